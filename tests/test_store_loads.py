"""New rows put in many at once: all of them or none, however many, and none of a pharmacy that nobody knows."""

import numpy as np
import pytest

from pricecompare.errors import Conflict
from pricecompare.models import KINDS
from pricecompare.store import create_store
from pricecompare.store.columns import Perhaps, Words
from tests.made import Shop, filled

OF_NOBODY = {
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
        store.put_offers(offers)
        store.load_changes(iter(changes))
    assert len(store.offers_of_pharmacy(440300, 1)) == len(offers)
    assert [step[1] for step in store.history(440300, 1, 1, "listed")] == list(range(100, 100 + rows))


@pytest.mark.parametrize("rows", [0, 1, 110, 111, 112, 230, 100_001])
def test_any_number_of_new_rows_goes_in_column_by_column(store, rows):
    """On a server in the binary format of COPY: words of any length, and nulls where there was no price before."""
    filled(store, [Shop(1, 440305, None, None)])
    at = np.arange(rows)
    before = Perhaps(at * 10**10, at % 3 != 0)
    region, one = np.full(rows, 440300), np.ones(rows, np.int8)
    with store.writing():
        store.load_change_columns(region, one, Words(KINDS, at % 3), one, at, at + 1, before, at % 2, one)
    told = {kind: store.history(440300, 1, 1, kind) for kind in KINDS}
    assert told == {
        kind: [(n, n + 1, None if n % 3 == 0 else n * 10**10, n % 2, 1) for n in range(number, rows, 3)]
        for number, kind in enumerate(KINDS)
    }


def test_a_row_that_is_there_already_is_a_conflict_and_nothing_goes_in(store):
    filled(store, [Shop(1, 440305, None, None)])
    same = np.zeros(2, int)
    with pytest.raises(Conflict), store.writing():
        store.load_offer_columns(same + 440300, same + 1, same + 1, Words(KINDS, same), same + 5, same, same, same)
    assert store.offers_of_pharmacy(440300, 1) == []
