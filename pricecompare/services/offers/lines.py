"""Offers as JSON, column by column: what many of them share is written once and put in as it is.

Made as dicts one by one, the twenty offers of a page would take longer than finding and ranking them.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.market import MARKS
from pricecompare.calc.money import unit_price, yuan
from pricecompare.calc.stocked import TOLD
from pricecompare.models import Drug
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.doorways import inner
from pricecompare.services.grounds.opened import doors_written
from pricecompare.services.grounds.places import Where
from pricecompare.services.offers import standards
from pricecompare.services.offers.ranking import Ranking
from pricecompare.services.offers.sources import Sources
from pricecompare.services.offers.stalls import Stall
from pricecompare.services.statistics.standing import Local, current, local

BEFORE, VALUE, BEHIND = b'{"pharmacy":%b,%b,%b,"distance_m":', b',"value":', b",%b},"
"""An offer: its pharmacy, how its doors stand, its price and how that stands, its way, and what is known of it.

What comes before its way and behind it is the same whoever asks.
"""

NOTHING = b"null"

Told = tuple[bytes, bytes]
"""An offer before and behind its way."""


class Found(NamedTuple):
    """What a question has found: the drug, the place, where prices come from, all offers in order; and for which day.

    Coordinates are told in `datum`.
    """

    drug: Drug
    at: Where
    these: Sources
    ranked: Ranking
    day: date
    datum: str


def lines(desk: Desk, this: Found, rows: NDArray[np.intp]) -> bytes:
    """Return the offers of `rows` as a JSON array.

    Each says its pharmacy, its price in yuan and fen and for a unit, how it stands to the local median, how far it is
    in metres and, sorted by value, what it comes to with the way; when it was observed, its age, stock and flag.
    """
    if not len(rows):
        return b"[]"
    found = this.ranked.found
    fens, slots, sources = (column[rows].tolist() for column in (found.fen, found.slot, found.source))
    metres, told = found.metres[rows], _told(desk, this, rows, list(zip(sources, slots, strict=True)))
    before, behind = zip(*told, strict=True)
    far = _cells(metres.round(3)) if this.at.here else [NOTHING] * len(rows)
    woven = zip(before, far, repeat(VALUE), _values(this, fens, metres), behind, strict=False)
    # The last comma goes.
    return b"[%b]" % b"".join(chain.from_iterable(woven))[:-1]


def _told(desk: Desk, this: Found, rows: NDArray[np.intp], places: list[tuple[int, int]]) -> list[Told]:
    """Return what offers tell whoever asks, before and behind the way; most of it was written before this."""
    sold = zip(this.these.markets, this.at.grounds, this.these.moments, this.these.paid, strict=True)
    basis = this.day, this.drug, this.at.atlas, this.datum
    # Of a market that does not exist there is no offer.
    known: list[dict[int, Told]] = [
        Stall.of(row).written("offers", *basis, ground, moment and moment.written, paid) if row else {}
        for row, ground, moment, paid in sold
    ]
    missing = [at for at, (source, slot) in enumerate(places) if slot not in known[source]]
    if not missing:
        return [known[source][slot] for source, slot in places]
    new = {places[at]: one for at, one in zip(missing, _written(desk, this, rows[missing]), strict=True)}
    for (source, slot), one in new.items():
        known[source][slot] = one
    return [known[source][slot] for source, slot in places]


def _written(desk: Desk, this: Found, rows: NDArray[np.intp]) -> list[Told]:
    """Return what offers tell whoever asks."""
    found, today = this.ranked.found, days.number_of(this.day)
    fens, slots, sources = (column[rows].tolist() for column in (found.fen, found.slot, found.source))
    facts = (column[rows].tolist() for column in (found.observed, found.stock, found.mark, this.ranked.stale))
    shops = [views.pharmacies(this.at.atlas, ground, this.datum, written=True) for ground in this.at.grounds]
    doors = doors_written(this.these.moments)
    columns = sources, slots, _prices(desk, this, sources, fens), map(_known, repeat(today), *facts)
    return [
        (BEFORE % (shops[source][slot], doors[source][slot], price), BEHIND % known)
        for source, slot, price, known in zip(*columns, strict=True)
    ]


@lru_cache(maxsize=16_384)
def _known(today: int, observed: int, stock: int, mark: int, stale: bool) -> bytes:
    """Return when a price was observed, its age, stock and flag: those of a pharmacy mostly come on one list."""
    dated = {"observed_at": days.iso(observed), "age_days": today - days.day_number(observed), "stale": stale}
    # A price that aged since its market was written is not judged any more.
    return inner({**dated, **TOLD[stock], "flag": None if stale else MARKS[mark] or None})


def _cells(column: Sequence[Any] | NDArray[Any]) -> list[bytes]:
    """Return each value of a column as JSON, in none of which is a comma; what is infinite is null."""
    return orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",") if len(column) else []


def _prices(desk: Desk, this: Found, sources: list[int], fens: list[int]) -> list[bytes]:
    """Return each price in yuan, that of a unit and how it stands; most were written for a question before this."""
    sold = zip(this.these.markets, this.these.paid, strict=True)
    # Of a market that does not exist there is no offer.
    written = [Stall.of(row).written("prices", this.day, this.drug, paid) if row else {} for row, paid in sold]
    asked = list(zip(sources, fens, strict=True))
    told = [written[source].get(fen, b"") for source, fen in asked]
    if all(told):
        return told
    missing = {one for one in asked if one[1] not in written[one[0]]}
    usual = {source: usual_of(desk, this.at, this.these, source) for source in {source for source, _ in missing}}
    for source, fen in missing:
        written[source][fen] = _price(this, source, fen, usual[source])
    return [written[source][fen] for source, fen in asked]


def usual_of(desk: Desk, at: Where, these: Sources, source: int) -> Local | None:
    """Return the median of one of the markets of a place, as of today."""
    row = these.markets[source]
    return local(at.grounds[source].region_id, current(desk, row)) if row else None


def _price(this: Found, source: int, fen: int, usual: Local | None) -> bytes:
    """Return all that is told of a price, whoever asks it."""
    units = this.drug.pack_count
    return inner(
        {
            "price": yuan(fen),
            "fen": fen,
            "unit_price": unit_price(fen, units) if units else None,
            "unit": this.drug.unit,
            **standards.beyond(this.these.paid[source], fen),
            "local": usual.standing(fen) if usual else None,
        }
    )


def _values(this: Found, fens: list[int], metres: NDArray[np.float64]) -> list[bytes]:
    """Return prices plus what the way costs, where that was asked for."""
    if this.ranked.sort != "value":
        return [NOTHING] * len(fens)
    worth = this.ranked.fen_per_km / 1000
    asked = zip(fens, metres.tolist(), strict=True)
    return _cells([None if far == np.inf else yuan(fen + far * worth) for fen, far in asked])
