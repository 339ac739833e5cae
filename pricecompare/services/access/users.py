"""People at the console: let in with a password and a second factor shown once, reset, shut out."""

import base64
import hashlib
import json
import re
import secrets
from typing import Any

from pricecompare.calc import days, totp
from pricecompare.calc.passwords import hashed
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.access import WORKERS, User
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.access.keys import checked_scope
from pricecompare.services.desk import Desk

NAME = re.compile(r"[\w.-]{2,40}")
ISSUER = "pricecompare"
SHORTEST, LONGEST = 12, 200
SECRET_BYTES, SALT_BYTES, RECOVERY_BYTES = 20, 16, 10
RECOVERY_CODES = 8


def create(
    desk: Desk, name: str, role: str, scope: tuple[str, ...] = (), *, password: str = "", by: Hand
) -> dict[str, Any]:
    """Let a person in and return them as `told`, with all that is shown this once.

    That is ``password`` (made, unless it is given), ``otpauth`` (the address for a telephone) and ``recovery`` (a code
    each for one login without telephone). Raises Invalid for a name, role, scope or password that is none, Conflict
    for a name that is taken.
    """
    if not NAME.fullmatch(name):
        raise Invalid("bad_user_name", field="name", value=name)
    if role not in WORKERS:
        raise Invalid("bad_choice", field="role", value=role, choices=", ".join(WORKERS))
    reach = json.dumps(checked_scope(desk, role, scope), ensure_ascii=False)
    once = _made(password)
    with desk.store.writing():
        if desk.store.user(name) is not None:
            raise Conflict("user_exists", field="name", value=name)
        blank = User(desk.store.next_user(), name, role, reach, "", "", 0, "[]", desk.now(), None)
        new = _with(blank, once)
        desk.store.put_user(new)
        audit.note(desk, "user_created", f"user {name}", by=by, after={"role": role, "scope": json.loads(reach)})
    return told(new) | _shown(name, once)


def reset(desk: Desk, name: str, *, password: str = "", by: Hand) -> dict[str, Any]:
    """Give a person a new password, second factor and codes, let in again who was shut out; end their sessions."""
    once = _made(password)
    with desk.store.writing():
        old = known(desk, name)
        new = _with(old, once)._replace(disabled_at=None)
        desk.store.put_user(new)
        desk.store.end_sessions(old.id)
        before = {"disabled": old.disabled_at is not None}
        audit.note(desk, "user_reset", f"user {name}", by=by, before=before, after={"disabled": False})
    return told(new) | _shown(name, once)


def disable(desk: Desk, name: str, *, by: Hand) -> dict[str, Any]:
    """Shut a person out, from the next request on in every process; return them. Once more is the same."""
    with desk.store.writing():
        old = known(desk, name)
        if old.disabled_at is None:
            old = old._replace(disabled_at=desk.now())
            desk.store.put_user(old)
            desk.store.end_sessions(old.id)
            audit.note(desk, "user_disabled", f"user {name}", by=by, after={"disabled": True})
    return told(old)


def listed(desk: Desk) -> list[dict[str, Any]]:
    """Return everybody who was ever let in, by name."""
    return [told(one) for one in desk.store.users()]


def known(desk: Desk, name: str) -> User:
    """Return the person of that name; NotFound when there is none."""
    if (found := desk.store.user(name)) is None:
        raise NotFound("unknown_user", field="name", value=name)
    return found


def told(this: User) -> dict[str, Any]:
    """Return a person as others are told about them: nothing by which anybody gets in."""
    return {
        "name": this.name,
        "role": this.role,
        "scope": json.loads(this.scope),
        "made_at": days.iso(this.made_at),
        "disabled_at": None if this.disabled_at is None else days.iso(this.disabled_at),
        "recovery_left": len(json.loads(this.recovery)),
    }


def recovery_hash(code: str) -> str:
    """Return what is kept of a code for a lost telephone; spaces, hyphens and small letters are all the same."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).hexdigest()


def _made(password: str) -> dict[str, Any]:
    """Return all that is shown once."""
    if password and not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("bad_password_length", field="password", shortest=SHORTEST, longest=LONGEST)
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    recovery = ["-".join((one[:4], one[4:8], one[8:12], one[12:])) for one in codes]
    return {
        "password": password or secrets.token_urlsafe(15),
        "secret": secrets.token_bytes(SECRET_BYTES),
        "recovery": recovery,
    }


def _with(this: User, once: dict[str, Any]) -> User:
    return this._replace(
        password=hashed(once["password"], secrets.token_bytes(SALT_BYTES)),
        secret=base64.b32encode(once["secret"]).decode(),
        recovery=json.dumps([recovery_hash(one) for one in once["recovery"]]),
        step=0,
    )


def _shown(name: str, once: dict[str, Any]) -> dict[str, Any]:
    uri = totp.uri(once["secret"], name, ISSUER)
    return {"password": once["password"], "otpauth": uri, "recovery": once["recovery"]}
