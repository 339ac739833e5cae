"""Sessions of people at the console: begun with password and code, counted when that fails, and ended."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from functools import cache

from pricecompare.calc import totp
from pricecompare.calc.passwords import hashed, is_password
from pricecompare.errors import TooMany, Unauthorised
from pricecompare.models.access import User
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.access.often import network
from pricecompare.services.access.users import LONGEST, recovery_hash
from pricecompare.services.desk import Desk

SESSION_SECONDS = 8 * 3600
"""A working day: who comes the next morning logs in again."""

WINDOW_SECONDS = 900
CODE = re.compile(r"[0-9]{6}")
MOST_HERE, MOST_FROM, MOST_OF = 5, 60, 40
"""Attempts within a quarter of an hour: of one name from one address, from one address, of one name."""


def login(desk: Desk, name: str, password: str, code: str, *, address: str, by: Hand) -> str:
    """Return the token of a new session, which is kept nowhere.

    `code` is one of the telephone or one for its loss, each good once. Raises Unauthorised when anything is wrong,
    without saying what, and TooMany after too many attempts, of which every process of the server knows.
    """
    _counted(desk, name, address)
    known = desk.store.user(name)
    right = is_password(known.password if known else _nobody(), password[: LONGEST + 1])
    if known is None or not right or known.disabled_at is not None:
        raise Unauthorised("bad_login")
    token, now = secrets.token_urlsafe(32), desk.now()
    with desk.store.writing():
        # Once more, now that nobody else can use the same code.
        user = desk.store.user(name)
        after = _second(user, code, now) if user and user.disabled_at is None else None
        if user is None or after is None or user.password != known.password:
            raise Unauthorised("bad_login")
        desk.store.put_user(after)
        for who in _names(desk, name, address)[::2]:
            desk.store.forget_failures(who)
        desk.store.put_session(_hash(token), user.id, until=now + SESSION_SECONDS)
        audit.note(desk, "console_login", f"user {name}", by=by, after={"recovery": after.recovery != user.recovery})
    return token


@cache
def _nobody() -> str:
    """Return what a password is compared with where there is nobody, so that an answer takes as long."""
    return hashed("", bytes(16))


def _counted(desk: Desk, name: str, address: str) -> None:
    """Count an attempt before it is looked at, so that many at once are no more than one by one."""
    now = desk.now()
    with desk.store.writing():
        desk.store.prune_console(now=now, oldest=now - WINDOW_SECONDS)
        for who, most in zip(_names(desk, name, address), (MOST_HERE, MOST_FROM, MOST_OF), strict=True):
            count, oldest = desk.store.failures(who, now - WINDOW_SECONDS)
            if count >= most and oldest is not None:
                raise TooMany("locked_out", seconds=oldest + WINDOW_SECONDS - now)
            desk.store.put_failure(who, now)


def _names(desk: Desk, name: str, address: str) -> list[str]:
    """Return what attempts are counted under: people type passwords for names, so that none is kept."""
    where = network(address)
    told = (f"here {name} {where}", f"from {where}", f"of {name}")
    return [hmac.digest(desk.cursor_key.encode(), one.encode(), "sha256").hex() for one in told]


def _second(user: User, code: str, now: int) -> User | None:
    """Return a person once their code has been used; None when it is not right."""
    given = re.sub(r"\s", "", code)
    if CODE.fullmatch(given):
        step = totp.step_of(base64.b32decode(user.secret), given, now, after=user.step)
        return None if step is None else user._replace(step=step)
    left = json.loads(user.recovery)
    if (used := recovery_hash(given)) not in left:
        return None
    return user._replace(recovery=json.dumps([one for one in left if one != used]))


def whose(desk: Desk, token: str) -> User | None:
    """Return whose session a token is of; None when it is over or never was."""
    return desk.store.user_of_session(_hash(token), desk.now()) if token else None


def logout(desk: Desk, token: str) -> None:
    """End a session."""
    with desk.store.writing():
        desk.store.end_session(_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
