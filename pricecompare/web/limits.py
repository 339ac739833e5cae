"""How much one network and one key may ask: counted before anything is answered, and told in every answer."""

import math
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from flask import Flask, Request

from pricecompare.calc.pace import Pace, Verdict
from pricecompare.errors import TooMany
from pricecompare.services.access.often import Often
from pricecompare.services.bounds import Bounds
from pricecompare.web.keys import origin

MINUTE = 60
USUAL = 1
"""Units that an answer costs when its endpoint says nothing: those of a question about one drug around one point."""

LIMIT = "pricecompare.limit"
"""Where it stands in the WSGI environment what is left to whoever asked."""

View = TypeVar("View", bound=Callable[..., Any])

network = lru_cache(maxsize=4096)(origin)


class Told(NamedTuple):
    """What is left to whoever asked: of how much, and what was found."""

    pace: Pace
    verdict: Verdict
    now: float

    @property
    def part(self) -> float:
        """How much is left of all."""
        return self.verdict.left / self.pace.most

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What an answer says of it: units at once, units left, and seconds until all of them are there again."""
        full = math.ceil(max(self.verdict.full_at - self.now, 0))
        return [
            ("RateLimit-Limit", str(self.pace.most)),
            ("RateLimit-Remaining", str(self.verdict.left)),
            ("RateLimit-Reset", str(full)),
        ]


def costs(units: int, **with_parameter: int) -> Callable[[View], View]:
    """Declare what each answer of an endpoint costs, and what with a parameter that makes more work of it.

    Stands above what publishes the endpoint. A unit is the work of telling who sells a drug around a point.
    """

    def declared(view: View) -> View:
        view.cost, view.dearer = units, with_parameter  # type: ignore[attr-defined]
        return view

    return declared


class Limits:
    """The limits of one application; with other processes they are counted together where `often` is shared."""

    def __init__(self, app: Flask, bounds: Bounds, often: Often, clock: Callable[[], float] = time.monotonic):
        self._app = app
        self._often = often
        self._clock = clock
        self._network = Pace(bounds.per_minute, MINUTE)
        self._key = Pace(bounds.key_per_minute, MINUTE)
        self._declared = lru_cache(maxsize=None)(self._of)

    def cost(self, endpoint: str | None, query: str = "") -> int:
        """Return how many units an answer costs; what nobody answers costs as much as the usual."""
        units, dearer = self._declared(endpoint)
        if dearer and query:
            # A name may be written with percent signs, too.
            asked = unquote(query) if "%" in query else query
            for name, more in dearer:
                if name in asked:
                    units = max(units, more)
        return units

    def _of(self, endpoint: str | None) -> tuple[int, list[tuple[str, int]]]:
        """Return what an endpoint costs, and what more where this stands in the question."""
        view = self._app.view_functions.get(endpoint or "")
        dearer = [(f"{name}=", more) for name, more in getattr(view, "dearer", {}).items()]
        return getattr(view, "cost", USUAL), dearer

    def admit(self, request: Request) -> None:
        """Count a request for its network and, when it has a key, for that; raise TooMany when either has no more."""
        environ = request.environ
        cost = self.cost(request.endpoint, environ.get("QUERY_STRING", ""))
        if cost == 0:
            return
        now, given = self._clock(), environ.get("HTTP_AUTHORIZATION")
        if self._network.most:
            self._count(environ, network(environ.get("REMOTE_ADDR", "")), self._network, now, cost)
        if given and self._key.most:
            self._count(environ, f"key {_name(given)}", self._key, now, cost)

    def _count(self, environ: dict[str, Any], caller: str, pace: Pace, now: float, cost: int) -> None:
        told = Told(pace, self._often.take(caller, pace, now, cost=cost), now)
        wait = told.verdict.wait
        # Of two the scarcer is told.
        if LIMIT not in environ or wait or told.part < environ[LIMIT].part:
            environ[LIMIT] = told
        if wait:
            raise TooMany("too_often", seconds=math.ceil(wait))


def _name(given: str) -> str:
    """Return what names the key of a request: what is sent of it, but for a signature, which is never the same."""
    return given.partition(", time=")[0]
