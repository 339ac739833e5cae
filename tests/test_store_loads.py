"""New rows put in many at once: all of them or none, however many, and none of a pharmacy that nobody knows."""

import pytest

from pricecompare.errors import Conflict
from pricecompare.models import KINDS
from pricecompare.store import create_store
from tests.made import Shop, filled

OF_NOBODY = {
    "offer loaded": lambda store: store.load_offers([(440300, 1, 1, "listed", 3, 2, 0, 10)]),
    "offer put": lambda store: store.put_offers([(440300, 1, 1, "listed", 3, 2, 0, 10)]),
    "history": lambda store: store.load_changes([(440300, 1, "listed", 1, 5, 120, None, 0, 1)]),
}


@pytest.mark.parametrize("write", OF_NOBODY.values(), ids=OF_NOBODY)
def test_sqlite_refuses_the_price_of_a_pharmacy_nobody_knows(tmp_path, write):
    """A server would run a trigger for each such row; the same code is held to it here."""
    store = create_store(str(tmp_path / "prices.db"), cursor_key="test", max_age_days=30)
    with pytest.raises(Conflict) as caught, store.writing():
        write(store)
    assert caught.value.code == "integrity"
    store.close()


@pytest.mark.parametrize("rows", [1, 19, 20, 21, 40, 47])
def test_any_number_of_new_rows_goes_in_together(store, rows):
    filled(store, [Shop(1, 440305, None, None)])
    offers = [(440300, 1, 1 + at % 4, kind, 100 + at, 1, 0, at) for at, kind in enumerate(KINDS * 16)][:rows]
    offers = list({offer[2:4]: offer for offer in offers}.values())
    changes = [(440300, 1, "listed", 1, at, 100 + at, None, 0, 1) for at in range(rows)]
    with store.writing():
        store.load_offers(offers)
        store.load_changes(iter(changes))
    assert len(store.offers_of_pharmacy(440300, 1)) == len(offers)
    assert [step[1] for step in store.history(440300, 1, 1, "listed")] == list(range(100, 100 + rows))
