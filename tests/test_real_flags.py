"""What the rule says of real prices: fuel of Italy, all of it, and drugs of South Africa; skipped where absent."""

import pytest

from benchmarks import real_flags
from pricecompare.services.exports.pages import page
from tests.conftest import SHARED

REAL = SHARED / "data"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"{REAL} is absent: the real tables come with the shared folder beside the checkout"
)
NONE = {10, 100, 8888, 9999}
"""Ten litres for what is no price of one: 0.01, 0.1, 8.888 and 9.999."""


@pytest.fixture(scope="module", params=[30, real_flags.FOREVER], ids=["of a month", "of any age"])
def day(request, tmp_path_factory):
    """A desk at the whole Italian day."""
    desk = real_flags.day_of(REAL, tmp_path_factory.mktemp("day"), max_age_days=request.param)
    yield desk
    desk.store.close()


def test_placeholders_are_errors_and_in_no_reference(day):
    stale = 4 if day.max_age_days == 30 else 0
    found = {price: rest for price, *rest in real_flags.placeholders(day)}
    assert {price: found[price][0] for price in ("0.010", "0.100", "8.888", "9.999")} == {
        "0.010": 0, "0.100": 4, "8.888": 2, "9.999": 0,
    }  # fmt: skip
    assert sum(found[price][1] for price in ("0.100", "8.888")) == 6 - stale
    assert sum(found[price][2] for price in ("0.100", "8.888")) == 0, "none is taken for a price that is high"
    assert stale or sum(found[price][3] for price in ("0.100", "8.888")) == 0
    rows = day.store.engine.rows("SELECT region_id, drug_id, low, high FROM market WHERE n > 0", {})
    assert [row for row in rows if {row[2], row[3]} & NONE] == [], "the least and the largest that statistics rest on"


def test_few_prices_are_flagged(day):
    rates = {name: rest for name, *rest in real_flags.rates(day)}
    judged, high, _, errors = rates["all"]
    assert (judged, high, errors) == ((92_193, 43, 4) if day.max_age_days == 30 else (92_742, 48, 8))
    assert max(high / n for n, high, *_ in rates.values()) < 0.01


def test_the_largest_are_those_that_were_looked_at(day):
    found = [(station, fuel, price) for station, _, fuel, price, *_ in real_flags.largest(day)]
    assert found[:2] == [("50753", "Metano servito", "4.999"), ("51219", "Metano servito", "2.899")]
    assert len(found) == 20


def test_south_africa_jumps(tmp_path):
    desk = real_flags.africa(REAL, tmp_path)
    asked = {"since": real_flags.AUGUST, "until": real_flags.DECEMBER}
    items = page(desk, "jumps", "990001", filters=asked, limit=50)["items"]
    assert [one["ratio"] > 1 for one in items].count(True) == 1
    assert [one["ratio"] < 1 for one in items].count(True) == 8
    assert {one["drug_name"] for one in items if one["ratio"] > 1} == {"Euvax B Inj"}
    desk.store.close()
