"""What a rule would say before it is in force: how many prices, which, and what differs from the flags there are."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import Book, book
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import FRESH, SELLER, tiers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.calc.reference import LOCAL
from pricecompare.calc.rules import Judged, Quotes, judged
from pricecompare.errors import Invalid
from pricecompare.models import MarketKey
from pricecompare.schemas.rule import WORDS, PriceRule
from pricecompare.services import views
from pricecompare.services.atlas import Atlas
from pricecompare.services.books import province_of
from pricecompare.services.desk import Desk
from pricecompare.services.past import province
from pricecompare.services.places import pooling_of, region_of
from pricecompare.services.standards import standards_of

EXAMPLES = 10
PIECE = 1000


class Found(NamedTuple):
    """A price that a rule flags, with every number behind it; money in fen, `tier` a name of the rule's."""

    drug_id: int
    kind: str
    pharmacy_id: int
    fen: int
    observed_at: int
    tier: str
    ratio: float
    references: dict[str, float]
    others: int
    ref_area: str
    z: float | None
    usual: float


@dataclass(slots=True)
class Tried:
    """What a rule says of a region: how many prices it saw, which it flags, how many of each tier, the gravest."""

    looked: int = 0
    tiers: Counter[str] = field(default_factory=Counter)
    keys: set[tuple[int, str, int]] = field(default_factory=set)
    gravest: list[Found] = field(default_factory=list)


def tried(desk: Desk, rule: PriceRule, region: str) -> dict[str, Any]:
    """Return what `rule` would flag in a pooling region today; nothing is written.

    `new`, `same` and `gone` compare with the overpriced prices flagged now. Raises NotFound for an unknown region,
    Invalid for a rule about more than single packs.
    """
    if rule.group != "sku":
        raise Invalid("rule_group_not_tried", field="group", value=rule.group)
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        said = _said(desk, rule, pooling)
        now = _flagged_now(desk, pooling, rule.kinds)
        names = {"local": atlas.regions[pooling].name, "wider": _province_name(atlas, pooling)}
        shown = [_example(desk, rule, one, names[one.ref_area]) for one in said.gravest]
    return {
        "rule": {"name": rule.name, "version": rule.version, "title_zh": rule.title_zh, "title_en": rule.title_en},
        "region": views.place_name(atlas, pooling),
        "looked": said.looked,
        "flagged": len(said.keys),
        "tiers": {tier: said.tiers[tier] for tier, _ in rule.terms.tiers},
        "new": len(said.keys - now),
        "same": len(said.keys & now),
        "gone": len(now - said.keys),
        "examples": shown,
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _province_name(atlas: Atlas, region: int) -> str:
    """Return the name of the wide area; a file of regions may leave provinces out."""
    above = atlas.regions.get(province_of(region) * 10_000)
    return above.name if above else atlas.regions[region].name


def _said(desk: Desk, rule: PriceRule, region: int) -> Tried:
    """Return what a rule says of all prices of a region."""
    found = Tried()
    if rule.regions and f"{region:06d}" not in rule.regions:
        return found
    for key in desk.store.market_keys(region):
        if key.kind in rule.kinds:
            looked, flagged = flagged_by(desk, rule, key)
            found.looked += looked
            found.tiers.update(one.tier for one in flagged)
            found.keys |= {(one.drug_id, one.kind, one.pharmacy_id) for one in flagged}
            found.gravest = sorted([*found.gravest, *flagged], key=lambda one: _gravity(rule, one))[:EXAMPLES]
    return found


def _gravity(rule: PriceRule, one: Found) -> tuple[float, int, int]:
    """Return by what the gravest come first."""
    return (-one.ratio if rule.terms.above else one.ratio), one.drug_id, one.pharmacy_id


def flagged_by(desk: Desk, rule: PriceRule, key: MarketKey) -> tuple[int, list[Found]]:
    """Return how many fresh prices one market has, and which of them a rule flags; use inside `reading`."""
    this, other = _book(desk, key, key.kind), rule.other_kind
    usual = desk.store.typical_spread(province_of(key.region_id), key.kind)
    fen, area = this.quotes
    given = {"other_kind": _beside(this, _book(desk, key, other))} if other else {}
    if rule.ceilings:
        given["ceiling"] = _ceilings(desk, rule, key, area)
    quotes = Quotes(fen, area, this.aside, given)
    verdict = judged(quotes, rule.terms, DEFAULT_RULE.typical if usual is None else usual)
    here = area == key.region_id
    return int(here.sum()), list(_found(rule, key, this, verdict, np.flatnonzero(verdict.flagged & here)))


def _ceilings(desk: Desk, rule: PriceRule, key: MarketKey, area: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what may be charged where each price is asked, the rule's tolerance put on; nan where nothing says so.

    Public payment standards alone are looked at.
    """
    versions = desk.store.versions()
    atlas = desk.grounds.atlas(desk.store, versions.places)
    regions, which = np.unique(area, return_inverse=True)
    keys = [key._replace(region_id=int(region)) for region in regions]
    found = standards_of(desk, atlas, keys, desk.today(), versions.standards)
    fens = [one.fen if one and one.fen and one.basis in rule.ceilings else np.nan for one in found]
    return (np.array(fens, np.float64) * (1 + rule.tolerance))[which]


def _book(desk: Desk, key: MarketKey, kind: str) -> Book:
    """Return all that is asked for a drug in the province of a market."""
    version = desk.store.versions().data
    keys = [key._replace(region_id=region, kind=kind) for region in province(desk, key)]
    rows = {one.region_id: desk.seen.market(desk.store, one, version) for one in keys}
    sellers = {region: unpacked(row.sellers, layout=row.layout) for region, row in rows.items() if row}
    empty = {key.region_id: np.zeros(0, SELLER)}
    return book(sellers or empty, today=days.number_of(desk.today()), max_age=desk.max_age_days)


def _beside(this: Book, other: Book) -> NDArray[np.float64]:
    """Return what the same pharmacies ask in another kind of price, if that is sound; nan where they do not."""
    counted = other.sellers[tiers(~other.fresh, other.sellers["mark"]) == FRESH]
    order = np.argsort(counted["pharmacy"])
    ids, wanted = counted["pharmacy"][order], this.sellers["pharmacy"][this.fresh]
    if not len(ids):
        return np.full(len(wanted), np.nan)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, counted["fen"][order][at], np.nan)


def _found(rule: PriceRule, key: MarketKey, this: Book, verdict: Judged, places: NDArray[np.intp]) -> Iterator[Found]:
    """Yield the prices at `places` of a book's fresh ones."""
    first, names = rule.terms.named[0], [name for name, _ in rule.terms.tiers]
    fresh = this.sellers[this.fresh]
    for at in places.tolist():
        yield Found(
            *key[1:],
            pharmacy_id=int(fresh["pharmacy"][at]),
            fen=int(fresh["fen"][at]),
            observed_at=int(fresh["observed"][at]),
            tier=names[verdict.tier[at] - 1],
            ratio=float(verdict.ratios[first][at]),
            references={name: float(values[at]) for name, values in verdict.references.items()},
            others=int(verdict.others[at]),
            ref_area="local" if verdict.area[at] == LOCAL else "wider",
            z=None if np.isnan(verdict.base.z[at]) else float(verdict.base.z[at]),
            usual=verdict.base.spread,
        )


def _flagged_now(desk: Desk, region: int, kinds: Iterable[str]) -> set[tuple[int, str, int]]:
    """Return the overpriced prices that are flagged now."""
    found, last = set(), None
    while rows := desk.store.flags(region, most=PIECE, after=last, class_="high"):
        found |= {(row.drug_id, row.kind, row.pharmacy_id) for row in rows if row.kind in kinds}
        last = rows[-1].ratio_median, rows[-1].drug_id, rows[-1].pharmacy_id, rows[-1].kind
    return found


def _example(desk: Desk, rule: PriceRule, one: Found, area: str) -> dict[str, Any]:
    """Return a flagged price as it is shown, with the sentence its pharmacy would read."""
    drug, pharmacy = desk.store.drug_name(one.drug_id), desk.store.pharmacy_name(one.pharmacy_id)
    said = _said_of(rule, one, area)
    numbers = ("kind", "fen", "tier", "ratio", "others", "ref_area", "z")
    return {
        "drug": dict(zip(("code", "name"), drug, strict=True)),
        "pharmacy": dict(zip(("code", "name"), pharmacy, strict=True)),
        "price": yuan(one.fen),
        **{name: getattr(one, name) for name in numbers},
        "observed_at": days.iso(one.observed_at),
        "references": {name: yuan(fen) for name, fen in one.references.items()},
        "text_zh": rule.text_zh.format(**said),
        "text_en": rule.text_en.format(**said),
    }


def _said_of(rule: PriceRule, one: Found, area: str) -> dict[str, Any]:
    """Return what the sentences of a rule may name, of one price; a dash where there is nothing to name."""
    away = one.ratio - 1 if rule.terms.above else one.ratio
    references = {name: yuan(fen) for name, fen in one.references.items()}
    return (
        dict.fromkeys(WORDS, "–")
        | references
        | {
            "price": yuan(one.fen),
            "area": area,
            "day": days.date_of(one.observed_at).isoformat(),
            "others": one.others,
            "usual": round(one.usual * 100),
            "times": f"{one.ratio:.2f}",
            "percent": round(away * 100),
        }
    )
