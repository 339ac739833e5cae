"""The life of a flag: the one way through it, and every way that is none."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.cases import DAYS, OVER, ROLES, STATES, STEPS, open_to, taken
from pricecompare.errors import Conflict, Forbidden, Invalid, PriceCompareError

LIVES = [
    "screen remind explain review interview rectify close",
    "screen remind appeal review dismiss",
    "screen remind explain appeal review close",
    "screen dismiss reopen screen",
    "reprice review close reopen screen remind",
    "screen remind reprice reopen screen",
]
FROM = {
    "found": "screen reprice", "screened": "remind dismiss reprice", "reminded": "explain appeal reprice",
    "explained": "appeal review reprice", "repriced": "review reopen", "appealed": "review reprice",
    "reviewed": "interview dismiss close reprice", "interviewed": "rectify reprice", "rectified": "close reopen",
    "dismissed": "reopen", "closed": "reopen",
}  # fmt: skip
"""Every step there is, by state, once more."""


@pytest.mark.parametrize("life", LIVES)
def test_a_whole_life(life):
    state = "found"
    for action in life.split():
        state = taken(state, action, STEPS[action].role, why="因为")
    assert state in STATES


@pytest.mark.parametrize(("state", "action"), list(product(STATES, STEPS)))
def test_no_step_is_skipped(state, action):
    if action in FROM[state].split():
        assert taken(state, action, STEPS[action].role, why="因为") == STEPS[action].after
    else:
        with pytest.raises(Conflict):
            taken(state, action, STEPS[action].role, why="因为")


@pytest.mark.parametrize(("action", "role"), list(product(STEPS, ROLES)))
def test_a_step_belongs_to_one_role(action, role):
    (state, *_) = STEPS[action].before
    if role == STEPS[action].role:
        assert taken(state, action, role, why="因为")
    else:
        with pytest.raises(Forbidden):
            taken(state, action, role, why="因为")


def test_only_a_reminder_that_is_overdue_is_reviewed_without_an_answer():
    assert taken("reminded", "review", "regulator", why="逾期", overdue=True) == "reviewed"
    with pytest.raises(Conflict):
        taken("reminded", "review", "regulator", why="逾期")
    with pytest.raises(Conflict):
        taken("screened", "review", "regulator", why="逾期", overdue=True)


@pytest.mark.parametrize("action", [name for name, step in STEPS.items() if step.says_why])
def test_some_steps_must_say_why(action):
    (state, *_) = STEPS[action].before
    with pytest.raises(Invalid) as refused:
        taken(state, action, STEPS[action].role, why=" ")
    assert refused.value.code == "step_needs_why"


def test_an_unknown_step():
    with pytest.raises(Invalid) as refused:
        taken("found", "punish", "regulator")
    assert refused.value.code == "unknown_step"


@given(st.sampled_from(STATES), st.sampled_from(ROLES), st.booleans())
def test_what_is_offered_is_what_can_be_taken(state, role, overdue):
    def can(action):
        try:
            return bool(taken(state, action, role, why="因为", overdue=overdue))
        except PriceCompareError:
            return False

    assert set(open_to(state, role, overdue=overdue)) == set(filter(can, STEPS))


def test_every_state_is_reached_and_all_but_the_last_have_a_deadline():
    assert {"found", *(step.after for step in STEPS.values())} == set(STATES)
    assert set(DAYS) == set(STATES) - OVER


def test_a_step_out_of_turn_says_what_can_be_done():
    with pytest.raises(Conflict) as refused:
        taken("screened", "review", "regulator", why="x")
    assert refused.value.reason.en.endswith("what can: remind, dismiss, comment.")
    assert refused.value.reason.zh.endswith("此时可执行：remind, dismiss, comment。")
