"""The API page and the document behind it, served without any other host."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.web.openapi import document

pages = Blueprint("pages", __name__)


@pages.get("/")
def front() -> BaseResponse:
    """Lead a person who opens the bare address to the API page."""
    return redirect("/docs")


@pages.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    response = Response(document(), mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.add("X-Envelope")
    response.make_conditional(request)
    return response


@pages.get("/docs")
def docs() -> str:
    """Return the API page."""
    return render_template("docs.html")
