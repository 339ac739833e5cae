"""The price-volume index (量价比较指数) as answers: one pharmacy explained, or a region's list.

Each is there twice: exactly, with all that its drugs show, for the regulator and the pharmacy itself; and rounded,
without a word about single drugs or volumes, for everybody.
"""

from collections.abc import Mapping
from typing import Any

from pricecompare.errors import NotFound
from pricecompare.models import Pharmacy
from pricecompare.models.indexing import IndexValue
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.catalogue import known_pharmacy
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.indexing import shown, words
from pricecompare.services.indexing.beside import beside
from pricecompare.services.indexing.history import history
from pricecompare.services.indexing.parts import Parts, parts
from pricecompare.services.indexing.sources import (
    Source,
    asked,
    panel_of,
    source,
    told_run,
    version_of,
    versions_beside,
)
from pricecompare.services.searching.search import page_size


def of_pharmacy(desk: Desk, code: str, *, period: str | None = None, **how: Any) -> dict[str, Any]:
    """Return a pharmacy's index of a period (the newest month by default) and what each drug contributes to it.

    For the regulator and the pharmacy itself: it tells volumes. `how`: ``compare``, ``method``, ``reference``.
    """
    with desk.store.reading():
        answer, value, made, versions = _explained(desk, code, period, how)
    told = value.status != "suppressed"
    return (
        answer
        | shown.own(value)
        | {
            "beside": beside(value, versions),
            "contributions": made.compared if told else [],
            "not_compared": made.left_out if told else [],
            "without_top": _hundred(made.without_top) if told else None,
        }
    )


def public(desk: Desk, code: str, *, period: str | None = None, **how: Any) -> dict[str, Any]:
    """Return a pharmacy's index of a period as everybody may see it: no volumes, no single drug."""
    with desk.store.reading():
        answer, value, made, _ = _explained(desk, code, period, how)
    without = None if value.status == "suppressed" else _hundred(made.without_top)
    return shown.rounded(answer) | {"without_top": None if without is None else round(without, 1)}


def _hundred(ratio: float | None) -> float | None:
    return None if ratio is None else 100 * ratio


def _explained(
    desk: Desk, code: str, period: str | None, how: dict[str, Any]
) -> tuple[dict[str, Any], IndexValue, Parts, dict[str, int]]:
    """Return what there is to say of a pharmacy's index, with the methods beside it; call inside `reading`."""
    versions = desk.store.versions()
    this = known_pharmacy(desk, code)
    atlas = desk.grounds.atlas(desk.store, versions.places)
    found = source(desk, asked(desk, this.region_id, period, **how))
    value = _value(found, this)
    drugs = desk.words.of(desk.store, versions.drugs)[1]
    answer = {
        "pharmacy": {"code": this.code, "id": this.id, "name": this.name},
        "region": views.place_name(atlas, found.wanted.region_id),
        **about(found),
        **shown.figures(value, found.limits),
        "says": words.says(value.value if value.status != "suppressed" else None, found.wanted),
        "history": history(desk, this, found.wanted, found.limits),
        "data_version": basis(desk, versions, [this.region_id]).version,
    }
    return answer, value, parts(panel_of(desk, found), this.id, drugs), versions_beside(found)


def about(found: Source) -> dict[str, Any]:
    """Return of which period, by which method and from which run an index is."""
    months = found.wanted.period.months
    return {
        "period": found.wanted.period.name,
        "months": {"from": months[0], "until": months[-1]},
        "compare": found.wanted.compare,
        "method": words.method(found.wanted, version_of(found)),
        "run": told_run(found.run),
        "warning_line": found.limits.warning_line if found.limits.warning_line == found.limits.warning_line else None,
    }


def _value(found: Source, this: Pharmacy) -> IndexValue:
    if this.id not in found.values:
        raise NotFound("no_index", field="period", value=this.code, month=found.wanted.period.name)
    return found.values[this.id]


def of_region(
    desk: Desk,
    region: str,
    *,
    period: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Return the index of every pharmacy of a region in a period, dearest first, those that are not told last."""
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        place = region_of(atlas, region)
        pooling = pooling_of(atlas, place)
        found = source(desk, asked(desk, pooling, period, **how))
        known = {one.id: one for one in desk.store.pharmacies(pooling)}
        rests_on = basis(desk, versions, [pooling])
    # One that has moved away since the run is not of the region any more.
    here = {key: one for key, one in known.items() if district_of(place) in (None, one.district_id)}
    wanted = [value for value in found.values.values() if value.pharmacy_id in here]
    page = listed(desk, f"indices {region} {found.wanted}", found, wanted, here, limit, cursor_given)
    name = views.place_name(atlas, place.id)
    return {"region": name, **about(found), **page, "data_version": rests_on.version}


def listed(
    desk: Desk,
    question: str,
    found: Source,
    values: list[IndexValue],
    known: Mapping[int, Pharmacy],
    limit: int | None,
    cursor_given: str | None,
) -> dict[str, Any]:
    """Return a page of figures, dearest first."""
    size, last = page_size(desk, limit), after(desk, question, cursor_given)
    ordered = sorted(values, key=_rank)
    rest = [value for value in ordered if last is None or _rank(value) > last]
    return {
        "total": len(ordered),
        "items": [_listed(known[value.pharmacy_id], value, found) for value in rest[:size]],
        "next": cursor(desk, question, _rank(rest[size - 1])) if len(rest) > size else None,
    }


def public_of_region(desk: Desk, region: str, **question: Any) -> dict[str, Any]:
    """Return the same as everybody may see it."""
    answer = of_region(desk, region, **question)
    return answer | {"items": [shown.rounded(one) for one in answer["items"]]}


def _listed(this: Pharmacy, value: IndexValue, found: Source) -> dict[str, Any]:
    return {"pharmacy": {"code": this.code, "id": this.id, "name": this.name}, **shown.figures(value, found.limits)}


def _rank(value: IndexValue) -> tuple[int, float, int]:
    """Return what the list is ordered by: dearest first, then in the order of ids those whose index is not told."""
    told = None if value.status == "suppressed" else value.value
    return (1, 0.0, value.pharmacy_id) if told is None else (0, -told, value.pharmacy_id)
