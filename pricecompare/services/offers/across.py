"""Offers across packs and makers: the markets of all drugs of a group side by side, on the scale of one pack."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.market import MARKS
from pricecompare.calc.money import unit_price, yuan
from pricecompare.calc.packs import Difference, normalised, shown
from pricecompare.calc.stocked import TOLD
from pricecompare.errors import Reason
from pricecompare.models import Drug, MarketKey, MarketRow
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.opened import doors_of
from pricecompare.services.grounds.places import Where, where
from pricecompare.services.offers import beside, standards
from pricecompare.services.offers import compare as single
from pricecompare.services.offers.families import Family, Kin, Member
from pricecompare.services.offers.lines import usual_of
from pricecompare.services.offers.ranking import Candidates, Ranking
from pricecompare.services.offers.sources import Sources, keys_of, sources
from pricecompare.services.searching.search import known_drug, page_size

SOURCE = Candidates._fields.index("source") - 1
"""Which of the columns shown is the source: the pharmacy's number is not among them."""

WHY = {"content": "k_content", "fill": "k_fill", "count": "k_count"}
"""What is said of each dimension."""

IDS = 1 << 31
"""More than any id of a drug."""


class Stall(NamedTuple):
    """All that a group of drugs is asked for in a place, and how it ranks on the scale of the drug asked for.

    `at` has its grounds once for each member, as many as `grounds`, so that the source of a candidate tells both.
    `ranked` holds what is really asked, `scaled` the same with normalised prices, each seller of each drug by a number
    of its own.
    """

    drug: Drug
    family: Family
    at: Where
    grounds: int
    these: Sources
    left_out: int
    ranked: Ranking
    scaled: Ranking

    def member(self, source: int) -> Member:
        """Return the drug of a candidate from its source."""
        return self.family.members[source // self.grounds]


def offers(
    desk: Desk,
    code: str,
    *,
    compare: str = "sku",
    cursor_given: str | None = None,
    written: bool = False,
    **question: Any,
) -> dict[str, Any]:
    """Return who sells a drug as `compare.offers`, or with compare=product or generic any pack or maker of it.

    Then all is ranked by the price brought to the pack asked for, and each offer says which drug it is of, what it
    costs by itself and by the unit, and how it was brought to that scale.
    """
    if compare == "sku":
        return single.offers(desk, code, cursor_given=cursor_given, written=written, **question)
    place, asked = divided(question)
    stall = stall_of(desk, code, compare, place, asked)
    signed = f"offers {code} {compare} {asked} {place}"
    page = stall.scaled.page(page_size(desk, asked.limit), after(desk, signed, cursor_given))
    return {
        **_answered(desk, stall, asked, compare),
        "items": items(desk, stall, page.rows, asked, written=written),
        "left_out": stall.left_out,
        "next": cursor(desk, signed, page.last) if page.last else None,
        "today": stall.these.day.isoformat(),
        "data_version": stall.these.rests_on.version,
    }


def _answered(desk: Desk, stall: Stall, asked: single.Question, compare: str) -> dict[str, Any]:
    """Return what an answer says before its offers."""
    return {
        "drug": views.drug(stall.drug),
        "compare": compare,
        **group(stall.family),
        "kind": asked.kind,
        "sort": asked.sort,
        "cost_per_km": yuan(stall.ranked.fen_per_km) if asked.sort == "value" else None,
        "max_age_days": desk.max_age_days,
        "standard": standards.shown(stall.at.atlas, standards.common(stall.these.paid[: stall.grounds])),
        "total": stall.ranked.total,
        "stale": stall.ranked.old,
    }


def divided(question: dict[str, Any]) -> tuple[dict[str, Any], single.Question]:
    """Return the place a question names, and the rest of it."""
    place = {name: question[name] for name in single.PLACE if name in question}
    return place, single.Question(**{name: question[name] for name in question.keys() - place.keys()})


def stall_of(desk: Desk, code: str, compare: str, place: dict[str, Any], asked: single.Question) -> Stall:
    """Return all offers of a drug's group in a place, ranked; raises what `compare.offers` does."""
    with desk.store.reading():
        versions = desk.store.versions()
        drug = known_drug(desk, code, version=versions.drugs)
        at = where(desk, version=versions.places, coord_type=asked.coord_type, **place)
        family = kin_of(desk, versions.drugs).family(drug, compare)
        keys = keys_of(at, [member.drug.id for member in family.members], asked.kind)
        markets = _markets(desk, keys, versions.data, asked)
        these = sources(desk, versions, at, keys, markets, as_of=asked.as_of, beside=asked.beside)
    grounds, at = len(at.grounds), at._replace(grounds=at.grounds * len(family.members))
    ranked, left_out = single.ranking_of(desk, at, these, asked)
    fair = ranked._replace(found=_scaled(ranked.found, family, grounds))
    return Stall(drug, family, at, grounds, these, left_out, ranked, fair)


def _markets(desk: Desk, drugs: list[list[MarketKey]], version: int, asked: single.Question) -> list[MarketRow | None]:
    """Return the markets of every member in every ground of a place, member by member."""
    keys = [key for these in drugs for key in these]
    # What is not offered now may have been in the past.
    there = set(keys) if asked.as_of else desk.offered.among(desk.store, keys, version)
    return [single.market(desk, key, version, asked.as_of) if key in there else None for key in keys]


def kin_of(desk: Desk, version: int) -> Kin:
    """Return the groups of that version of the catalogue."""
    return desk.families.of(desk.store, version, lambda: desk.words.of(desk.store, version)[1])


def _scaled(found: Candidates, family: Family, grounds: int) -> Candidates:
    """Return candidates with normalised prices, and numbers that no two of them share."""
    of = found.source // max(grounds, 1)
    k = np.array([float(member.k) for member in family.members])
    ids = np.array([member.drug.id for member in family.members], np.int64)
    # Equal prices must not be told apart by the last digit of a float: 19.50 for 48 is 10.00 for 24.
    fen: Any = (found.fen / k.take(of)).round(6)
    sellers: Any = found.pharmacy.astype(np.int64) * IDS + ids.take(of)
    return found._replace(fen=fen, pharmacy=sellers)


def group(family: Family) -> dict[str, Any]:
    """Return what a group is: how many drugs are compared, which are not and why, and why none are."""
    return {
        "drugs": len(family.members),
        "alone": said(family.alone) if family.alone else None,
        "apart": [{"drug": views.drug(one.drug), **said(one.reason)} for one in family.apart],
    }


def said(reason: Reason) -> dict[str, str]:
    """Return a reason as it is shown."""
    return {"code": reason.code, "en": reason.en, "zh": reason.zh}


def items(
    desk: Desk, stall: Stall, rows: NDArray[np.intp], asked: single.Question, *, written: bool = False
) -> list[dict[str, Any]]:
    """Return offers as they are shown: each with its own drug and price, and with the price on the common scale."""
    found, stale = stall.ranked.found, stall.ranked.stale
    columns = [column.take(rows).tolist() for column in (*found[1:], stale)]
    shop = _shops(stall, asked.coord_type, written=written)
    usual = {source: usual_of(desk, stall.at, stall.these, source) for source in set(columns[SOURCE])}
    doors, day = doors_of(stall.these.moments), stall.these.day
    shown = [
        {
            **_priced(stall, fen, metres, source, asked),
            **doors[source][slot],
            **standards.beyond(stall.these.paid[source], fen),
            "pharmacy": shop(source, slot),
            "local": there.standing(fen) if (there := usual[source]) else None,
            "observed_at": days.iso(observed),
            "age_days": days.number_of(day) - days.day_number(observed),
            "stale": old,
            **TOLD[stock],
            "flag": None if old else MARKS[mark] or None,
        }
        for fen, observed, stock, mark, metres, source, slot, old in zip(*columns, strict=True)
    ]
    beside.put(desk, shown, stall.these.twins, found, rows, day)
    return shown


def _shops(stall: Stall, datum: str, *, written: bool) -> Callable[[int, int], Any]:
    """Return what tells of the pharmacy at a position of a ground; `written` as JSON that orjson puts in as it is."""
    shops = partial(views.pharmacies, stall.at.atlas, datum=datum, written=written)
    if written:
        return lambda source, slot: orjson.Fragment(shops(stall.at.grounds[source])[slot])
    return lambda source, slot: shops(stall.at.grounds[source])[slot]


def _priced(stall: Stall, fen: int, metres: float, source: int, asked: single.Question) -> dict[str, Any]:
    """Return what is said of a price, of which drug it is, and how far one has to go for it."""
    member = stall.member(source)
    known = stall.at.here is not None and metres != np.inf
    fair = normalised(fen, member.k)
    worth = fair + Decimal(metres * stall.ranked.fen_per_km / 1000) if asked.sort == "value" and known else None
    return {
        "drug": views.drug(member.drug),
        "price": yuan(fen),
        "fen": fen,
        "unit_price": unit_price(fen, member.units) if member.units else None,
        "unit": member.drug.unit,
        **scaled(member, fair),
        "distance_m": round(metres, 3) if known else None,
        "value": None if worth is None else shown(worth),
    }


def scaled(member: Member, fen: Decimal) -> dict[str, Any]:
    """Return a price on the common scale, and how it was brought there."""
    return {"normalised": shown(fen), "normalised_fen": float(fen), **scale(member)}


def scale(member: Member) -> dict[str, Any]:
    """Return K of a member and why it is that."""
    return {"k": float(member.k), "why": [_difference(one) for one in member.why]}


def _difference(one: Difference) -> dict[str, Any]:
    reason = Reason.of(WHY[one.dimension], ratio=f"{one.ratio:.4g}", k=f"{one.k:.4f}")
    return {"dimension": one.dimension, "ratio": float(one.ratio), "k": float(one.k), **said(reason)}
