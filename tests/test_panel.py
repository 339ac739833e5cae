"""The labelled panels hold what they say, and the default rule finds at least what was measured before."""

import numpy as np
import pytest

from benchmarks import flags, panel
from benchmarks.panel import HONEST, OVERPRICED, SLIP_DOWN, SLIP_UP


@pytest.fixture(scope="module")
def drugs():
    return panel.panel(seed=11, share=0.02)


def joined(drugs, name):
    return np.concatenate([getattr(drug, name) for drug in drugs])


def test_a_panel_is_the_same_each_time(drugs):
    again = panel.panel(seed=11, share=0.02)
    assert all((one.fen == other.fen).all() for one, other in zip(drugs, again, strict=True))


@pytest.mark.parametrize(
    ("labels", "share"), [((OVERPRICED,), 0.02), ((SLIP_UP, SLIP_DOWN), panel.SLIPS), ((HONEST,), 0.974)]
)
def test_as_much_is_planted_as_was_said(drugs, labels, share):
    assert np.isin(joined(drugs, "label"), labels).mean() == pytest.approx(share, rel=0.15)


def test_what_was_planted_is_what_it_is_called(drugs):
    label, multiple = joined(drugs, "label"), joined(drugs, "multiple")
    assert (multiple[label == HONEST] == 1).all()
    assert ((multiple[label == OVERPRICED] >= 1.3) & (multiple[label == OVERPRICED] <= 3)).all()
    assert (multiple[label == SLIP_UP] >= 6).all()
    assert (multiple[label == SLIP_DOWN] <= 1 / 6).all()


def test_the_default_rule_is_no_worse_than_it_was_measured_to_be(drugs):
    """Lowest values over other seeds, rounded down: docs/statistics.md has the figures of nine panels."""
    rule, naive, errors = (flags.joined(said, [drugs]) for said in (flags.default, flags.naive, flags.errors))
    assert all(figure >= least for figure, least in zip(rule.figures(), (0.88, 0.80, 0.85), strict=True))
    assert errors.figures()[2] > 0.98
    assert rule.figures()[2] > naive.figures()[2] + 0.1


def test_figures_are_counted_right():
    truth, said = np.array([1, 1, 1, 0, 0], bool), np.array([1, 1, 0, 1, 0], bool)
    found = flags.Verdicts(truth, said, np.array([3, 3, 9, 9, 9]))
    assert found.figures() == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert found.figures(3, 4) == (1.0, 1.0, 1.0)
