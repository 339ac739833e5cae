"""A digest of flags: another one whenever anything of a flag is different, and the same whatever else is."""

import numpy as np
import pytest

from pricecompare.calc.found import Flagged, Found
from pricecompare.calc.market import SELLER

AREA = np.array([440300, 440300, 440300, 440400])
SELLERS = np.array([(3, 1000, 7, 1, 0), (5, 2400, 8, 1, 0), (6, 9000, 9, 1, 0), (7, 2500, 9, 1, 0)], SELLER)
FOUND = Found(
    *map(np.array, ([1, 2, 3], [0, 1, 0], [3, 0, 3], [1, 0, 1], [1, 0, 1], [1e3, 1e3, 1e3], [0, 0, 0], [2.4, 9.0, 2.5]))
)
RULE = ("loo-pooled", 1)


def digest(*, sellers=SELLERS, pack=24, rule=RULE, region=440300, **other):
    return Flagged(FOUND._replace(**other), sellers, AREA, pack).digests({region: rule})[region]


def column(name, value, *, at=1):
    """Return what was found with another value for the price at a place of the book."""
    changed = getattr(FOUND, name).copy()
    changed[FOUND.at == at] = value
    return {name: changed}


def seller(name, value, *, at=1):
    other = SELLERS.copy()
    other[name][at] = value
    return {"sellers": other}


OTHER = {
    "pharmacy": seller("pharmacy", 4),
    "price": seller("fen", 2401),
    "observation": seller("observed", 9),
    "class": column("error", -1, at=2),
    "grade": column("grade", 2),
    "strength": column("strong", 0),
    "counting": column("counted", 0),
    "median": column("ref_median", 1000.5),
    "area": column("ref_area", 1),
    "one that cannot be compared": column("ref_median", np.nan),
    "pack": {"pack": 12},
    "rule": {"rule": ("loo-pooled", 2)},
}
SAME = {
    "a price that is none": seller("fen", 1001, at=0),
    "stock": seller("stock", 0),
    "a flag of another region": seller("fen", 2600, at=3),
}


@pytest.mark.parametrize("other", OTHER)
def test_another_flag_has_another_digest(other):
    assert digest(**OTHER[other]) != digest()


@pytest.mark.parametrize("same", SAME)
def test_the_same_flags_have_the_same_digest(same):
    assert digest(**SAME[same]) == digest()


def test_a_pack_matters_to_errors_alone():
    assert digest(region=440400, pack=12) == digest(region=440400)


def test_no_flags_have_an_empty_digest():
    assert digest(region=440500) == b""
    assert digest(ref_median=np.full(3, np.nan)) == b""
