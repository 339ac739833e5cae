"""A region's report: how indices lie, by district and chain, what changed since the period before; and the map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pricecompare.calc.histogram import histogram
from pricecompare.calc.periods import before
from pricecompare.calc.stats import quantile
from pricecompare.models import Pharmacy
from pricecompare.models.indexing import IndexValue
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.indexing import index, shown
from pricecompare.services.indexing.beside import of_all
from pricecompare.services.indexing.sources import Source, asked, source, versions_beside

LEAST = 3
"""Pharmacies a chain or district needs for its quartiles to be told."""


def report(desk: Desk, region: str, *, period: str | None = None, **how: Any) -> dict[str, Any]:
    """Return how the indices of a pooling region lie in a period (the newest month by default).

    Its districts and chains come dearest first; their index is what their customers paid together against the region.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        found = source(desk, asked(desk, pooling, period, **how))
        earlier = _before(desk, found)
        known = {one.id: one for one in desk.store.pharmacies(pooling)}
    here = [value for value in found.values.values() if value.pharmacy_id in known]
    districts = _groups(here, {key: one.district_id for key, one in known.items()})
    chains = _groups(here, {key: one.chain for key, one in known.items() if one.chain})
    return {
        "region": views.place_name(atlas, pooling),
        **index.about(found),
        **_counts(here),
        "distribution": _distribution(here),
        "districts": [{"district": views.place_name(atlas, int(key)), **rest} for key, rest in districts],
        "chains": [{"chain": str(key), **rest} for key, rest in chains],
        "beside": of_all(here, versions_beside(found)),
        "since": _since(here, earlier),
        "data_version": versions.data,
    }


def _before(desk: Desk, found: Source) -> Source | None:
    """Return the figures of the period before; None where nothing was sold then."""
    earlier = before(found.wanted.period)
    told = None if earlier is None else source(desk, found.wanted._replace(period=earlier))
    return told if told and told.values else None


def _counts(values: Iterable[IndexValue]) -> dict[str, int]:
    statuses = [value.status for value in values]
    counts = {status: statuses.count(status) for status in ("published", "indicative", "suppressed")}
    return {"pharmacies": len(statuses), **counts}


def _told(values: Iterable[IndexValue]) -> list[IndexValue]:
    return [value for value in values if value.status != "suppressed" and value.value is not None]


def _distribution(values: list[IndexValue]) -> dict[str, Any]:
    """Return how many pharmacies lie where, on the scale on which 100 is the region's average."""
    # The bins of prices, which are whole fen: an index has two decimals.
    hundredths = np.array([round(10_000 * (value.value or 0.0)) for value in _told(values)], np.int64)
    bins = [{"from": low / 100, "below": high / 100, "pharmacies": n} for low, high, n in histogram(hundredths)]
    return {"histogram": bins, **_quartiles(hundredths / 100)}


def _quartiles(numbers: np.ndarray) -> dict[str, float | None]:
    ordered = np.sort(numbers)
    shares = {"low": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "high": 1.0}
    return {name: round(quantile(ordered, share), 2) if len(ordered) else None for name, share in shares.items()}


def _groups(values: list[IndexValue], group: Mapping[int, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Return what each group of pharmacies is like, dearest first."""
    members: dict[Any, list[IndexValue]] = defaultdict(list)
    for value in values:
        if value.pharmacy_id in group:
            members[group[value.pharmacy_id]].append(value)
    found = [(key, _group(these)) for key, these in members.items()]
    return sorted(found, key=lambda one: (-(one[1]["index"] or 0.0), str(one[0])))


def _group(these: list[IndexValue]) -> dict[str, Any]:
    """Return the index of pharmacies together, Σ index·cost ÷ Σ cost, and how theirs lie."""
    told = _told(these)
    cost = sum(value.cost for value in told)
    paid = sum((value.value or 0.0) * value.cost for value in told)
    lie = np.array([100 * (value.value or 0.0) for value in told]) if len(told) >= LEAST else np.zeros(0)
    return {**_counts(these), "index": round(100 * paid / cost, 2) if cost else None, **_quartiles(lie)}


def _since(values: list[IndexValue], earlier: Source | None) -> dict[str, Any] | None:
    """Return what changed since the period before, as far as both are told."""
    if earlier is None:
        return None
    was = {value.pharmacy_id: value.value for value in _told(earlier.values.values())}
    moved = [100 * ((value.value or 0.0) - (was[value.pharmacy_id] or 0.0)) for value in _told(values)
             if value.pharmacy_id in was]  # fmt: skip
    dearer, cheaper = sum(by > 0 for by in moved), sum(by < 0 for by in moved)
    run = earlier.run.id if earlier.run else None
    known = {value.pharmacy_id for value in values}
    return {
        "period": earlier.wanted.period.name,
        "run": run,
        "compared": len(moved),
        "dearer": dearer,
        "cheaper": cheaper,
        "median_change": round(quantile(np.sort(np.array(moved)), 0.5), 2) if moved else None,
        "new": len(known - earlier.values.keys()),
        "gone": len(earlier.values.keys() - known),
    }


def index_map(desk: Desk, region: str, *, period: str | None = None, **how: Any) -> dict[str, Any]:
    """Return the pharmacies of a region as a GeoJSON FeatureCollection in WGS-84, for everybody.

    What colours the map is `shrunk`: the index drawn towards the region's mean by how little is known of it. The index
    itself stands beside it; both are null where they may not be told.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        found = source(desk, asked(desk, pooling, period, **how))
        known = desk.store.pharmacies(pooling)
        rests_on = basis(desk, versions, [pooling])
    features = [_feature(one, found.values[one.id], found) for one in known if one.id in found.values]
    name = views.place_name(atlas, pooling)
    rest = {"region": name, **index.about(found), "data_version": rests_on.version}
    return {"type": "FeatureCollection", "features": features, **rest}


def _feature(this: Pharmacy, value: IndexValue, found: Source) -> dict[str, Any]:
    told = shown.rounded(shown.figures(value, found.limits))
    drawn = None if told["index"] is None or value.shrunk is None else round(100 * value.shrunk, 2)
    names = ("status", "index", "low", "high", "warning", "stars")
    place = {"type": "Point", "coordinates": [this.lng, this.lat]} if this.lat is not None else None
    said = {"code": this.code, "name": this.name, "shrunk": drawn, **{name: told[name] for name in names}}
    return {"type": "Feature", "id": this.code, "geometry": place, "properties": said}
