"""The measurements of the index run, invent what they say, and tell their figures."""

import sys

import numpy as np
import pytest

from benchmarks import index, intervals, plain_numpy, sales, sold
from pricecompare.calc.index import headline_of, quotes
from pricecompare.calc.index.registry import METHODS
from tests.made_quotes import EVERYTHING


def test_sales_come_as_a_database_gives_them():
    made = sales.region(30, 20, 0.4)
    key = made.outlet.astype(int) * 20 + made.drug
    assert (np.diff(key) > 0).all()
    assert len(made.drug) == pytest.approx(0.4 * 30 * 20, rel=0.2)
    assert min(made.value.min(), made.quantity.min()) > 0


def test_what_is_read_from_the_store_is_what_was_invented(tmp_path):
    made = sales.region(30, 20, 0.4)
    desk = sold.sold(tmp_path / "sold.db", made)
    with desk.store.reading():
        read = sold.panel(desk).quotes
    for name in ("outlet", "drug", "value", "quantity"):
        assert getattr(read, name).tolist() == getattr(quotes(*made), name).tolist()


def test_the_plain_numpy_program_says_the_same():
    """What our time is held against does the same work, as far as it goes."""
    made = sales.region(40, 30, 0.6)
    tables, these = plain_numpy.Tables(made), quotes(*made, **EVERYTHING)
    assert plain_numpy.headline(tables) == pytest.approx(headline_of(these).index, rel=1e-12)
    for name in ("geary_khamis", "cpd_weighted", "geks_fisher"):
        levels = np.log([plain_numpy.METHODS[name](tables), METHODS[name].levels(these).level])
        assert levels[0] - levels[0].mean() == pytest.approx(levels[1] - levels[1].mean(), abs=1e-9)


def test_the_whole_measurement_in_short(capfd, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks.index", "--short", "--rounds", "1"])
    index.main()
    told = capfd.readouterr()
    assert all(
        f"| {line}" in told.out + told.err
        for line in ("city, geks_fisher", "province, idb", "city, memory", "city, read")
    )
    assert " NO " not in told.out + told.err


@pytest.mark.parametrize("name", intervals.SCENARIOS)
def test_regions_are_what_they_are_called(name):
    scenario = intervals.SCENARIOS[name]
    made = intervals.region(scenario, 5)
    count = np.bincount(made.quotes.outlet, minlength=scenario.outlets)
    assert len(made.truth) == scenario.outlets == made.quotes.n_outlets
    if name == "S3":
        assert made.quotes.paid[0] > 0.3 * made.quotes.paid.sum()
    if name == "S7":
        assert (count[::2] <= 5).all() and (count[1::2] > 50).all()
    if name in ("S1", "S2"):
        assert count.mean() <= scenario.filled * scenario.drugs * 1.1


def test_published_intervals_hold_the_truth_as_often_as_they_say():
    """Few draws, wide limits: the table of 400 regions of each sort stands in docs/statistics.md."""
    kind, plain = "HC2, t(n_eff − 1)", "classical, 1.96"
    for scenario in intervals.SCENARIOS.values():
        published, shown = intervals.coverage(scenario, draws=12, kinds=[kind])[kind]
        assert 0.88 < published.coverage < 1
        assert shown.there >= published.there > 40
    classical = intervals.coverage(intervals.SCENARIOS["S1"], draws=4, kinds=[plain])[plain][0]
    assert classical.coverage < 0.8


def test_intervals_are_told_in_a_table(capfd, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks.intervals", "--draws", "1"])
    intervals.main()
    told = capfd.readouterr()
    assert "| HC2, t(n_eff − 1) |" in told.out + told.err


def test_the_headline_shrinks_what_like_for_like_levels_tell():
    """Where dear pharmacies sell other drugs: the assortment effect."""
    made = intervals.region(intervals.SCENARIOS["S4"], 3)
    slope = {
        name: np.polyfit(made.truth, np.log(METHODS[name].levels(made.quotes).level), 1)[0]
        for name in ("headline", "cpd_weighted")
    }
    assert slope["headline"] < 0.8 < 0.9 < slope["cpd_weighted"] < 1.1
