"""Baskets over HTTP: asked by POST, for what somebody needs and where they are belongs in no address and no log."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from pricecompare.schemas import baskets as shapes
from pricecompare.services.baskets.quoting import quote
from pricecompare.web.answering import as_json, desk
from pricecompare.web.bodies import json_body
from pricecompare.web.limits import costs
from pricecompare.web.nouns import API

REFUSALS = {404: "NotFound", 413: "TooLarge", 415: "WrongType", 422: "Unclear", 503: "Unavailable"}

baskets = Blueprint("baskets", __name__, description="Several drugs bought together")


def _asks(schema: type[shapes.Basket]) -> Callable[[Callable[..., dict[str, Any]]], Callable[[], Response]]:
    """Return what turns an answer to a body into a view; the decorators of flask-smorest only describe it."""

    def published(answer: Callable[..., dict[str, Any]]) -> Callable[[], Response]:
        reads = schema()

        def view() -> Response:
            response = as_json(answer(**json_body(reads)))
            response.headers["Cache-Control"] = "no-store"
            return response

        described = baskets.response(200, shapes.Quote)(baskets.arguments(schema)(answer))
        described = baskets.doc(operationId=answer.__name__, responses=REFUSALS)(described)
        return wraps(described)(view)

    return published


@costs(20)
@baskets.route(f"{API}/baskets/quote", methods=["POST"])
@_asks(shapes.Basket)
def quote_basket(**asked: Any) -> dict[str, Any]:
    """How several drugs are best bought: at one pharmacy, at the nearest that has all, with two or three stops.

    Exact: no other choice of so few pharmacies is better. Old and probably wrong prices are used only for a drug that
    nobody in the place has a better price of, and say so. Nothing of the question is kept.
    """
    return quote(desk(), **asked)
