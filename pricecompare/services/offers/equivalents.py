"""What else would do: the same generic, strength and form from other makers or in other packs, and what it saves."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import groups
from pricecompare.calc.kinship import plain
from pricecompare.calc.market import FRESH, best, tiers
from pricecompare.calc.packs import normalised, shown
from pricecompare.models import Drug
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.offers import standards
from pricecompare.services.offers.across import Stall, divided, group, items, stall_of
from pricecompare.services.offers.compare import Question
from pricecompare.services.offers.families import Member
from pricecompare.services.searching.search import page_size

FACETS = ("generic", "form", "strength", "pack", "maker", "brand")
"""What two drugs may have in common."""


def equivalents(desk: Desk, code: str, *, cursor_given: str | None = None, **question: Any) -> dict[str, Any]:
    """Return the drugs that are the same but for maker, brand or pack, the cheapest sound offer of each, lowest first.

    `question` is the fields of compare.Question and the place. Prices are compared on the scale of the pack asked for;
    what is saved is against the cheapest sound offer of that drug itself in the place. Stale and doubtful prices are
    nobody's cheapest offer. Raises what `compare.offers` does.
    """
    place, asked = divided(question)
    stall = stall_of(desk, code, "generic", place, asked)
    cheapest = _cheapest(stall)
    own = cheapest.pop(0, None)
    rows, last = _page(
        stall, np.array(list(cheapest.values()), np.intp), page_size(desk, asked.limit),
        after(desk, signed := f"equivalents {code} {asked} {place}", cursor_given),
    )  # fmt: skip
    base = None if own is None else Decimal(int(stall.ranked.found.fen[own]))
    return {
        "drug": views.drug(stall.drug),
        **group(stall.family),
        "kind": asked.kind,
        "max_age_days": desk.max_age_days,
        "own": None if own is None else _own(desk, stall, own, asked),
        "total": len(cheapest),
        "items": [
            _item(stall, row, offer, base) for row, offer in zip(rows, items(desk, stall, rows, asked), strict=True)
        ],
        "next": cursor(desk, signed, last) if last else None,
        "today": stall.these.day.isoformat(),
        "data_version": stall.these.rests_on.version,
    }


def _cheapest(stall: Stall) -> dict[int, int]:
    """Return the row of the cheapest sound offer of each member that has one, by the member's place in the family."""
    found, scaled = stall.ranked.found, stall.scaled.found
    sound = np.flatnonzero(tiers(stall.ranked.stale, found.mark) == FRESH)
    of = found.source // max(stall.grounds, 1)
    # Candidates come market by market, so that those of a member stand together.
    first = groups.starts(of[sound])
    lows = np.minimum.reduceat(scaled.fen[sound], np.flatnonzero(first)) if len(sound) else scaled.fen[sound]
    rows = sound[scaled.fen[sound] == lows.take(first.cumsum() - 1)]
    rows = rows[np.lexsort((found.pharmacy[rows], found.metres[rows], of[rows]))]
    firsts = rows[groups.starts(of[rows])]
    return dict(zip(of[firsts].tolist(), firsts.tolist(), strict=True))


def _page(
    stall: Stall, rows: NDArray[np.intp], limit: int, last: tuple | None
) -> tuple[NDArray[np.intp], tuple[int, float, float, int] | None]:
    """Return the rows of one page, lowest normalised price first, and the rank of its last one when there are more."""
    found = stall.scaled.found
    first, second = found.fen[rows].astype(np.float64), found.metres[rows]
    drugs: Any = np.array([stall.member(int(source)).drug.id for source in found.source[rows]], np.int64)
    kept = best(np.zeros(len(rows), np.int8), first, second, drugs, limit=limit + 1, after=last)
    if len(kept) <= limit:
        return rows[kept], None
    end = kept[limit - 1]
    return rows[kept[:limit]], (0, float(first[end]), float(second[end]), int(drugs[end]))


def _own(desk: Desk, stall: Stall, row: int, asked: Question) -> dict[str, Any]:
    """Return the cheapest sound offer of the drug asked for."""
    [offer] = items(desk, stall, np.array([row], np.intp), asked)
    return offer | _paid(stall, row)


def _item(stall: Stall, row: int, offer: dict[str, Any], base: Decimal | None) -> dict[str, Any]:
    """Return one equivalent: its drug, what is the same and what is not, its cheapest offer, and what it saves."""
    member = stall.member(int(stall.ranked.found.source[row]))
    alike = _alike(stall.drug, member, stall.family.members[0].units)
    told = [facet for facet in FACETS if facet in alike]
    return {
        "drug": offer.pop("drug"),
        "same": [facet for facet in told if alike[facet]],
        "differs": [facet for facet in told if not alike[facet]],
        "saves": None if base is None else _saved(base, normalised(offer["fen"], member.k)),
        **_paid(stall, row),
        "offer": offer,
    }


def _paid(stall: Stall, row: int) -> dict[str, Any]:
    """Return the public standard of a drug where its offer is, and whether that is the price of a winner."""
    this = stall.these.paid[int(stall.ranked.found.source[row])]
    return {"vbp": this is not None and this.basis == "vbp", "standard": standards.shown(stall.at.atlas, this)}


def _alike(drug: Drug, member: Member, units: int | None) -> dict[str, bool]:
    """Say for each of FACETS whether a member has it in common with the drug asked for; nothing of what neither has."""
    named = (("generic", "name"), ("form", "form"), ("maker", "maker"), ("brand", "brand"))
    pairs = {facet: (plain(getattr(drug, name)), plain(getattr(member.drug, name))) for facet, name in named}
    return {
        "strength": all(one.dimension == "count" for one in member.why),
        "pack": units == member.units and drug.pack_unit == member.drug.pack_unit,
        **{facet: one == two for facet, (one, two) in pairs.items() if one or two},
    }


def _saved(base: Decimal, fen: Decimal) -> dict[str, Any]:
    """Return what is saved against the drug asked for, on the scale of its pack; below zero when it costs more."""
    percent = ((base - fen) / base * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return {"price": shown(base - fen), "fen": float(base - fen), "percent": float(percent)}
