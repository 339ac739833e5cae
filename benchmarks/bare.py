"""The application without what stands between a request and its answer: ``gunicorn benchmarks.bare:app``.

No request id, no envelope, no proxy, no limit, no deadline, no line of the log, no header besides those of the answer.
"""

from flask import Flask, Request, Response

from pricecompare.web import create_app
from pricecompare.web.answering import NOT_GUESSED, Final
from pricecompare.web.application import Application


class Bare(Application):
    """The application as it would be if nobody but friends asked it."""

    def _begin(self, request: Request) -> None:
        """Neither count nor bound a request."""

    def process_response(self, response: Response) -> Response:
        """Return an answer as it was made."""
        if not isinstance(response, Final):
            response.headers.extend([NOT_GUESSED])
        return response


app = create_app()
app.__class__ = Bare
app.wsgi_app = Flask.wsgi_app.__get__(app)  # type: ignore[method-assign]
