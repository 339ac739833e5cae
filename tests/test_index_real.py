"""The index of real prescribing data: English practices play pharmacies; prices are tariffs, so little differs."""

import csv
import gzip
from collections import defaultdict
from fractions import Fraction
from math import fsum

import numpy as np
import pytest

from pricecompare.calc.index_limits import Limits
from pricecompare.services.indexing.panel import INPUT, Panel
from tests.conftest import SHARED

FILE = SHARED / "data" / "uk_nhs" / "practice_drug_month_2017.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the English prescribing data is not beside this checkout")


@pytest.fixture(scope="module")
def rows():
    """(practice, drug, quantity, pence) as they were published."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        return [
            (row["PRACTICE_CODE"], row["BNF_CODE"], Fraction(row["TOTAL_QUANTITY"]), round(Fraction(row["NIC"]) * 100))
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def panel(rows):
    practices, drugs = (
        {one: at for at, one in enumerate(sorted({row[column] for row in rows}), 1)} for column in (0, 1)
    )
    table = np.zeros(len(rows), INPUT)
    for at, (practice, drug, quantity, pence) in enumerate(rows):
        table[at] = practices[practice], drugs[drug], float(quantity), pence, drugs[drug], 1.0
    return Panel(table[np.lexsort((table["drug"], table["pharmacy"]))], Limits())


def plain(rows):
    """Return {practice: (paid, cost at the mean of all four)} of the drugs that all four prescribed, no slips."""
    sold = defaultdict(lambda: defaultdict(lambda: [Fraction(0), Fraction(0)]))
    for practice, drug, quantity, pence in rows:
        sold[drug][practice][0] += quantity
        sold[drug][practice][1] += pence
    found = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for each in sold.values():
        these = {practice: pair for practice, pair in each.items() if min(pair) > 0}
        if len(these) == 4:
            mean = sum(pence for _, pence in these.values()) / sum(quantity for quantity, _ in these.values())
            for practice, (quantity, pence) in these.items():
                found[practice][0] += pence
                found[practice][1] += mean * quantity
    return dict(sorted(found.items()))


def test_both_halves_and_the_level_of_four_practices(rows, panel):
    told, expected = panel.figures, plain(rows)
    assert len(expected) == len(panel.pharmacies) == 4
    for at, (paid, cost) in enumerate(expected.values()):
        assert told.value[at] == pytest.approx(float(paid / cost), rel=1e-12)
    assert fsum(told.value * told.cost) == pytest.approx(fsum(told.cost), rel=1e-13)
    assert told.took == pytest.approx(told.value * told.volume, rel=1e-14)
    mean = sum(paid for paid, _ in expected.values()) / 4
    assert told.took.tolist() == pytest.approx([float(paid / mean) for paid, _ in expected.values()], rel=1e-12)
    # Tariffs: what differs is the month and the pack, by a few per cent at most.
    assert (abs(told.value - 1) < 0.01).all() and (abs(told.level - 1) < 0.01).all()
    assert (told.level_low < told.level).all() and (told.level < told.level_high).all()
    # Four practices have half of their turnover in drugs that all four prescribed: too little to be published.
    assert told.why == ["low_coverage"] * 4


def test_a_practice_that_surely_differs_does_so_against_the_others_alone_and_more(panel):
    told = panel.figures
    sure = (told.low > 1) | (told.high < 1)
    assert sure.any()
    assert (np.sign(told.loo - 1) == np.sign(told.value - 1))[sure].all()
    assert (abs(told.loo - 1) > abs(told.value - 1))[sure].all()
