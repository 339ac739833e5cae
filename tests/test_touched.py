"""Whatever touches markets, however often: what is derived is to the bit what a rebuild from nothing makes of it."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pricecompare.calc.market import HELD, SELLER, UNMARKED
from pricecompare.models import MarketKey
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.markets.refresh import Refresh
from tests.conftest import NOW
from tests.made import POOLING, Shop, filled

DERIVED = ("market", "flag", "drug_spread", "typical_spread")
WHERE = {"a city by itself": [450102], "two of one province": [440305, 440402]}
FEN = st.one_of(st.integers(950, 1100), st.sampled_from([0, 120, 1299, 1300, 1600, 1950, 2100, 2222, 5000, 8888]))
ROWS = st.lists(
    st.tuples(st.integers(1, 14), st.integers(1, 3), FEN, st.sampled_from([0, 0, 0, 5, 29, 30, 40]), st.integers(0, 7)),
    max_size=20,
    unique_by=lambda row: row[:2],
)
"""An upload: pharmacy, drug, price in fen (0: taken off the list), age in days, and whether it is held (0)."""
LEVEL = [(shop, drug, 1000 + 9 * shop, 0, 1) for shop in range(1, 13) for drug in (1, 2, 3)]
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Enough(Exception):
    """What was tried is taken back."""


@pytest.fixture(params=WHERE)
def town(request, store):
    """A desk at pharmacies that ask nothing yet."""
    districts = WHERE[request.param]
    return filled(store, [Shop(number, districts[number % len(districts)], None, None) for number in range(1, 15)])


def taken(desk, rows):
    """Take an upload as an import does: the offers, then the markets that are touched."""
    store, changes, gone, offers = desk.store, defaultdict(list), [], []
    region = {one.id: one.region_id for one in store.pharmacies()}
    for shop, drug, fen, age, chance in sorted(rows):
        held, observed = int(chance == 0), int(NOW.timestamp()) - age * 86_400
        gone.append((region[shop], shop, drug, "listed"))
        offers += [(*gone[-1], fen, 1, held, observed)] if fen else []
        changes[MarketKey(region[shop], drug, "listed")].append((shop, fen, observed, 1, HELD if held else UNMARKED))
    store.delete_offers(gone)
    store.put_offers(offers)
    refresh = Refresh(store, version=store.next_version(), today=desk.today())
    refresh.changed({key: np.array(these, SELLER) for key, these in changes.items()})


def derived(desk):
    """Return all that is derived but the versions in which it was written."""
    store = desk.store
    keys = [key for region in sorted(set(POOLING.values())) for key in store.market_keys(region)]
    spreads = [store.spreads(province, "listed") for province in (44, 45)]
    usual = [store.typical_spread(province, "listed") for province, one in zip((44, 45), spreads, strict=True) if one]
    rows = {key: store.market(key)._replace(data_version=0) for key in keys}
    return rows, store.flags_of_markets(keys), spreads, usual


@SOME
@given(st.lists(ROWS, min_size=1, max_size=4))
@example([LEVEL, [(1, 1, 1010, 0, 1)]])
@example([LEVEL, [(1, 1, 2100, 0, 1)], [(2, 2, 1010, 0, 1)], [(1, 1, 1009, 0, 1)]])
@example([LEVEL, [(1, 1, 2100, 0, 1)], [(1, 1, 2100, 5, 1)]])
@example([LEVEL, [(1, 1, 2100, 0, 1)], [(1, 1, 0, 0, 1)]])
def test_touching_comes_to_what_a_rebuild_from_nothing_makes(town, uploads):
    with pytest.raises(Enough), town.store.writing():
        for rows in uploads:
            taken(town, rows)
        found = derived(town)
        for table in DERIVED:
            town.store.engine.rows(f"DELETE FROM {table}", {})  # noqa: S608 - own names
        rebuild(town)
        assert derived(town) == found
        raise Enough


def test_flags_of_which_no_digest_is_known_are_looked_at(town):
    with pytest.raises(Enough), town.store.writing():
        taken(town, LEVEL)
        taken(town, [(1, 1, 2100, 0, 1)])
        rows, flags, *_ = derived(town)
        town.store.engine.rows("UPDATE market SET flags_digest = NULL", {})
        town.store.engine.rows("UPDATE flag SET ratio_median = 1.0", {})
        taken(town, [(3, 1, 1027, 1, 1)])
        taken(town, [(3, 1, 1027, 0, 1)])
        (key,) = {MarketKey(*flag[:3]) for flag in flags}
        assert derived(town)[0][key] == rows[key]
        assert derived(town)[1] == flags
        raise Enough
