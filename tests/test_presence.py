"""How many pharmacies sell a drug: what is kept up to date is what a new count says, whatever happens to prices."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.searching.presence import Presence
from tests.made import CODES
from tests.town import SHOPS, Town

DRUGS = np.arange(50)
REGIONS = (980100, 990100, 990200)


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def counted(town, regions):
    """Return the sellers of each drug, counted in the offers: of several kinds the one that most tell."""
    total = {}
    for region in regions:
        here = {}
        for _, drug_id, kind, *_ in town.store.offers_of_region(region):
            here.setdefault(drug_id, {}).setdefault(kind, []).append(1)
        for drug_id, kinds in here.items():
            total[drug_id] = total.get(drug_id, 0) + max(map(len, kinds.values()))
    return total


def told(presence, town, regions):
    with town.store.reading():
        counts = presence.told(town.store, town.store.versions().data).of(regions, DRUGS)
    return {drug_id: number for drug_id, number in zip(DRUGS.tolist(), counts.tolist(), strict=True) if number}


def test_sellers_are_those_of_the_offers(town):
    presence = Presence()
    assert told(presence, town, None) == {}
    town.price(
        *(f"{shop},{CODES[0]},10.00,2026-10-20,{kind},in" for shop in SHOPS[:3] for kind in ("listed", "online"))
    )
    town.price(f"{SHOPS[7]},{CODES[0]},10.00,2026-10-20,listed,in", f"{SHOPS[0]},{CODES[3]},9.00,2026-10-01,listed,in")
    for regions in (None, [990100], [990200], [990200, 990100], [980100], []):
        assert told(presence, town, regions) == counted(town, REGIONS if regions is None else regions)


rows = st.tuples(st.sampled_from(SHOPS), st.sampled_from(CODES[:3]), st.sampled_from(["listed", "online"]))
steps = st.lists(st.tuples(st.lists(rows, min_size=1, max_size=6, unique=True), st.booleans()), min_size=1, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(steps)
def test_what_is_kept_up_to_date_is_what_is_counted_anew(town, steps):
    presence = Presence()
    for these, full in steps:
        take = town.full if full else town.price
        take(*(f"{shop},{drug},10.00,2026-10-25,{kind},in" for shop, drug, kind in these))
        assert told(presence, town, None) == counted(town, REGIONS)
        assert told(presence, town, [990100]) == counted(town, [990100])
    rebuild(town.desk)
    assert told(presence, town, None) == counted(town, REGIONS)


def test_only_what_changed_is_read_again(town, monkeypatch):
    presence, asked = Presence(), []
    town.take_all()
    told(presence, town, None)
    plain = town.store.sellers_since
    monkeypatch.setattr(town.store, "sellers_since", lambda version: asked.append(version) or plain(version))
    before = town.store.versions().data
    town.price(f"{SHOPS[0]},{CODES[3]},10.00,2026-10-20,listed,in")
    assert told(presence, town, None) == counted(town, REGIONS)
    assert (asked, len(plain(before))) == ([before], 1)


def test_an_older_state_is_not_mixed_with_a_newer_one(town):
    town.take_all()
    presence = Presence()
    whole = told(presence, town, None)
    presence.told(town.store, 0).of(None, DRUGS)
    assert told(presence, town, None) == whole == counted(town, REGIONS)
