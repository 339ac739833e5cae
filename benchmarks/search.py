"""Searching against looking one drug up by its key: both through the same application, over two catalogues."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import numpy as np
from flask import Flask

from benchmarks.baskets import densest
from benchmarks.city import NOW, VAR, City, is_current, remove
from benchmarks.figures import Figure, compared, late, micros, seconds_of, side_by_side
from benchmarks.questions import POOLING
from pricecompare.calc.pinyin import spellings
from pricecompare.models import Drug
from pricecompare.services.opening import created
from pricecompare.services.searching.words import vocabulary
from pricecompare.store import open_store
from pricecompare.web import create_app
from pricecompare.world.catalogue import items

ROUNDS = 5
"""Each question counts with its best time: the hundredth that takes longest is to be that of questions."""

NATIONAL = 13_738
"""As many codes as the published national names have."""

LEAST = 0.1
"""How fast the slowest hundredth of searches is to be, a look-up being 1."""


UNREACHED = 10**9
"""More requests than are asked in a minute."""


def figures(city: City) -> Iterator[Figure]:
    """Yield what a search costs, in a city with prices and in a catalogue of national size."""
    yield from _figures(f"{city.drugs:,} drugs with prices", city.database, city.questions, f"&region={POOLING}")
    near = f"&{urlencode(densest(city.desk()))}"
    yield from _figures(f"{city.drugs:,} drugs within 5 km", city.database, city.questions, near)
    yield from _figures(f"{NATIONAL:,} drugs", _national(), city.questions, "")


def _figures(where: str, database: Path, number: int, place: str) -> Iterator[Figure]:
    app = create_app(DB=str(database), NOW=NOW, PER_MINUTE=UNREACHED)
    drugs = open_store(str(database)).drugs()
    asked = typed(drugs, number)
    designs: dict[str, Callable[[tuple[Drug, str]], bytes]] = {
        "search": lambda one: answered(app, "/api/v1/drugs", f"q={quote(one[1])}{place}"),
        "suggest": lambda one: answered(app, "/api/v1/drugs/suggest", f"q={quote(one[1])}{place}"),
        "look-up": lambda one: answered(app, f"/api/v1/drugs/{one[0].code}"),
    }
    first = seconds_of(lambda: designs["search"](asked[0]))
    for one in asked:
        for design in designs.values():
            design(one)
    rounds = [side_by_side(designs, asked) for _ in range(ROUNDS)]
    times = {name: list(map(min, *(one[name] for one in rounds))) for name in designs}
    yield from _compared(where, times)
    yield Figure(f"first search after the catalogue changed, {where}", f"{first * 1000:,.0f} ms")
    yield Figure("… of which the search texts", f"{seconds_of(lambda: vocabulary(drugs)) * 1000:,.0f} ms")


def typed(drugs: Sequence[Drug], number: int) -> list[tuple[Drug, str]]:
    """Return random drugs with what somebody types who wants them, seeded."""
    rng = np.random.default_rng(3)
    chosen = [drugs[at] for at in rng.integers(len(drugs), size=number)]
    return [(one, sort(one, rng)) for one in chosen for sort in rng.choice(SORTS, 1)]


def _compared(where: str, times: dict[str, list[float]]) -> Iterator[Figure]:
    look_up = median(times["look-up"])
    for name in ("search", "suggest"):
        ratio = look_up / late(times[name])
        what = f"{name}, {where}: p99 against the median look-up of a drug"
        yield compared(what, micros(times[name]), micros(times["look-up"]), ratio, least=LEAST)


def answered(app: Flask, path: str, query: str = "") -> bytes:
    """Return the body of an answer, asked of the application without a server or a test client between."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), "wsgi.multithread": False, "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }  # fmt: skip
    statuses: list[str] = []
    body = b"".join(app(environ, lambda status, headers, trouble=None: statuses.append(status)))
    if not statuses[0].startswith("200"):
        raise SystemExit(f"{path}?{query}: {statuses[0]} {body[:200]!r}")
    return body


def _national() -> Path:
    """Return a database with a catalogue of national size and nothing else, made first when it is absent."""
    path = VAR / "national.db"
    if not is_current(path):
        remove(path)
        store = created(str(path))
        with store.writing():
            store.put_drugs(item.drug for item in items(NATIONAL))
            store.put_meta(drugs_version=1)
        store.close()
    return path


def _part(text: str, rng: np.random.Generator) -> str:
    """Return two to five characters of a text, mostly its first."""
    start = 0 if rng.random() < 0.7 else int(rng.integers(max(len(text) - 2, 1)))
    return text[start : start + int(rng.integers(2, 6))]


def _spelled(drug: Drug) -> Sequence[str]:
    return spellings(drug.name)[0]


def _mistyped(text: str, rng: np.random.Generator, wrong: str) -> str:
    """Return a text with one character wrong."""
    at = int(rng.integers(len(text)))
    return text[:at] + wrong[int(rng.integers(len(wrong)))] + text[at + 1 :]


SORTS: list[Callable[[Drug, np.random.Generator], str]] = [
    lambda drug, rng: _part(drug.name, rng),
    lambda drug, rng: drug.name[0],
    lambda drug, rng: drug.name,
    lambda drug, rng: "".join(sound[0] for sound in _spelled(drug)),
    lambda drug, rng: _part("".join(_spelled(drug)), rng),
    lambda drug, rng: "".join(_spelled(drug)),
    lambda drug, rng: f"{_part(drug.name, rng)} {drug.spec}",
    lambda drug, rng: f"{''.join(sound[0] for sound in _spelled(drug))} {drug.maker[:2]}",
    lambda drug, rng: _mistyped(drug.name, rng, "西平康林安宁"),
    lambda drug, rng: _mistyped("".join(_spelled(drug)), rng, "aeinou"),
    lambda drug, rng: drug.code,
    lambda drug, rng: drug.barcode,
    lambda drug, rng: drug.approval_no,
]
"""What people type when they want a drug: parts, pinyin, words, typing errors, codes."""
