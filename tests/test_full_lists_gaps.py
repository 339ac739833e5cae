"""A full list of which rows were refused is not whole: what it does not name may be what was refused."""

import pytest

from pricecompare.services.ingest.decisions import confirm
from tests.town import CODES, SHOPS, Town, codes

FIRST = [f"{shop},{drug},10.00,2026-10-20,listed,in" for shop in SHOPS[:2] for drug in CODES[:3]]


@pytest.fixture
def town(store, tmp_path):
    """A town in which two pharmacies have sent full lists."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    town.full(*FIRST)
    return town


def asked(town, shop):
    """Return the codes of what a pharmacy asks now."""
    place = town.store.pharmacy(SHOPS[shop])
    ids = {number: code for code, number in town.store.drug_ids().items()}
    return [ids[row[0]] for row in town.store.offers_of_pharmacy(place.region_id, place.id)]


def rows(shop, *drugs, price="10.00"):
    return [f"{SHOPS[shop]},{CODES[drug]},{price},2026-10-25,listed,in" for drug in drugs]


@pytest.mark.parametrize(
    ("refused", "kept"),
    [
        (rows(0, 1, price="x"), (3, 1)),
        ([*rows(0, 1), *rows(0, 1, price="11.00")], (3, 1)),
        ([f"{SHOPS[0]},XJ01CAA501A001010199999,9.00,2026-10-25,listed,in"], (3, 1)),
        ([f"P12,{CODES[1]},9.00,2026-10-25,listed,in"], (3, 3)),
        ([f"P99010299999,{CODES[1]},9.00,2026-10-25,listed,in"], (1, 1)),
        ([], (1, 1)),
    ],
    ids=["price", "conflict", "drug", "whose", "nobody's", "none"],
)
def test_nothing_is_closed_where_a_row_was_refused(town, refused, kept):
    town.full(*rows(0, 0), *rows(1, 0), *refused)
    assert (len(asked(town, 0)), len(asked(town, 1))) == kept


def test_a_list_with_gaps_confirms_nothing(town):
    before = town.store.confirmations(990100, "listed")
    town.full(*rows(0, 0), *rows(0, 1, price="x"), *rows(1, 0, 1, 2))
    after = town.store.confirmations(990100, "listed")
    assert [(one == other) for one, other in zip(before, after, strict=True)] == [True, False]


def test_it_is_the_same_when_it_was_put_aside_first(town):
    town.full(*FIRST, *rows(0, 0), source="feed")
    report = town.full(*rows(0, 0), *rows(0, 1, price="x"), source="feed")
    assert (report.upload.state, codes(report)) == ("quarantined", [(3, "price", "bad_price")])
    confirm(town.desk, report.upload.id)
    assert len(asked(town, 0)) == 3
