"""What processes must agree on: words of signed requests, failed logins and sessions, on both engines, many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pricecompare.calc.signing import message, signature
from pricecompare.errors import PriceCompareError, TooMany, Unauthorised
from pricecompare.models.audit import Hand
from pricecompare.services.access import keys, sessions, users
from pricecompare.services.access.keys import Wanted
from pricecompare.services.access.sessions import MOST_HERE
from pricecompare.services.access.signed import Signed, of_signed
from pricecompare.services.desk import Desk
from pricecompare.store import open_store
from tests.conftest import NOW
from tests.overseen import now_code
from tests.taken_up import WANG

SECOND = int(NOW.timestamp())
HERE = {"address": "203.0.113.7", "by": Hand("wang", "console")}


@pytest.fixture
def desks(store, url):
    """Desks of two processes at one database."""
    other = open_store(url)
    yield [Desk(one, lambda: NOW) for one in (store, other)]
    other.close()


def outcome(ask):
    try:
        return ask() and "done"
    except PriceCompareError as error:
        return error.code


def together(desks, ask, times):
    """Return what came of asking so many times at once, at either desk."""

    def one(number):
        desk = desks[number % 2]
        try:
            return outcome(lambda: ask(desk))
        finally:
            if hasattr(desk.store.engine, "path"):
                desk.store.close()

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(one, range(times)))


def test_one_of_many_same_signed_requests_is_taken(desks):
    text = keys.create(desks[0], Wanted("operator", "a"), by=WANG)["key"]
    signed = message("GET", "/", "", SECOND, "n" * 16, "a" * 64)
    this = Signed(1, SECOND, "n" * 16, "a" * 64, signature(text, signed))
    found = together(desks, lambda desk: of_signed(desk, this, method="GET", path="/", query=""), 12)
    assert found == ["done"] + ["nonce_used"] * 11


def test_many_guesses_at_once_are_no_more_than_one_by_one(desks):
    users.create(desks[0], "wang", "regulator", by=WANG)
    found = together(desks, lambda desk: sessions.login(desk, "wang", "wrong", "000000", **HERE), 12)
    assert found == ["bad_login"] * MOST_HERE + ["locked_out"] * (12 - MOST_HERE)


def test_one_of_many_logins_with_the_same_code_gets_in(desks):
    password = users.create(desks[0], "wang", "regulator", by=WANG)["password"]
    code = now_code(desks[0], "wang")
    found = together(desks, lambda desk: sessions.login(desk, "wang", password, code, **HERE), MOST_HERE)
    assert found == ["bad_login"] * (MOST_HERE - 1) + ["done"]


def test_a_session_is_known_and_ended_everywhere(desks):
    here, there = desks
    password = users.create(here, "wang", "regulator", by=WANG)["password"]
    token = sessions.login(here, "wang", password, now_code(here, "wang"), **HERE)
    assert sessions.whose(there, token).name == "wang"
    sessions.logout(there, token)
    assert sessions.whose(here, token) is None
    assert sessions.whose(here, "") is sessions.whose(here, "x") is None


def test_whoever_gets_in_has_failed_no_more(desks):
    here, _ = desks
    password = users.create(here, "wang", "regulator", by=WANG)["password"]
    for turn in (0, 1):
        for _ in range(MOST_HERE - 1):
            with pytest.raises(Unauthorised):
                sessions.login(here, "wang", "wrong", "000000", **HERE)
        assert sessions.login(here, "wang", password, now_code(here, "wang", turn), **HERE)
    for _ in range(MOST_HERE):
        assert outcome(lambda: sessions.login(here, "wang", "wrong", "0", **HERE)) == "bad_login"
    with pytest.raises(TooMany):
        sessions.login(here, "wang", password, now_code(here, "wang", 1), **HERE)
