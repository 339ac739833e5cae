"""The API page and the document behind it, served without any other host."""

from flask import Blueprint, Response, current_app, render_template, request

pages = Blueprint("pages", __name__)


@pages.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    response = Response(current_app.extensions["openapi"], mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=60"
    response.make_conditional(request)
    return response


@pages.get("/docs")
def docs() -> str:
    """Return the API page."""
    return render_template("docs.html")
