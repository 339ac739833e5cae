"""Keys: handed out once, listed, rotated with an overlap, revoked, and told when somebody comes with one."""

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.signing import is_key, stored
from pricecompare.errors import Conflict, Invalid, NotFound, Unauthorised
from pricecompare.models.access import OWNERS, ROLES, Caller, Key
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.access import secret
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import region_of

FORM = re.compile(r"pck-([1-9][0-9]{0,14})-([A-Za-z0-9_-]{43})")
"""A key: its number, and 256 random bits."""

DAY, HOUR = 86_400, 3600
MOST_DAYS, MOST_OVERLAP = 3650, 24 * 90
MOST_IN_SCOPE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new key is to be for: a role, whose it is, what it reaches, for how many days, and whether it signs."""

    role: str
    name: str
    scope: tuple[str, ...] = ()
    days: int = 365
    signed: bool = False


def create(desk: Desk, wanted: Wanted, *, by: Hand) -> dict[str, Any]:
    """Return a new key as `told`, with its text as `key`: that is never shown again.

    Raises Invalid for a role, scope or time that makes no sense, NotFound for a pharmacy, chain or region that nobody
    knows.
    """
    scope = checked_scope(desk, wanted.role, wanted.scope)
    if not wanted.name.strip():
        raise Invalid("missing_value", field="name")
    _refuse_beyond("days", wanted.days, 1, MOST_DAYS)
    with desk.store.writing():
        now = desk.now()
        new = Key(
            id=desk.store.next_key(),
            role=wanted.role,
            name=wanted.name.strip()[: audit.LONGEST],
            scope=json.dumps(scope, ensure_ascii=False),
            hash="",
            signed=int(wanted.signed),
            made_at=now,
            expires_at=now + wanted.days * DAY,
            revoked_at=None,
            follows=None,
        )
        return _handed_out(desk, "key_created", new, by)


def _handed_out(desk: Desk, what: str, new: Key, by: Hand) -> dict[str, Any]:
    text = f"pck-{new.id}-{secrets.token_urlsafe(32)}"
    new = new._replace(hash=stored(text))
    desk.store.put_key(new)
    audit.note(desk, what, f"key {new.id}", by=by, after=_noted(desk, new))
    return told(desk, new) | {"key": text}


def checked_scope(desk: Desk, role: str, scope: tuple[str, ...]) -> list[str]:
    """Return what a role is to reach, each once and in order; of regulators and operators nothing means everything."""
    if role not in ROLES:
        raise Invalid("bad_choice", field="role", value=role, choices=", ".join(ROLES))
    found = sorted({one.strip() for one in scope})
    if role == "operator" and found:
        raise Invalid("scope_not_here", field="scope", role=role)
    if (role in OWNERS and not found) or len(found) > MOST_IN_SCOPE:
        raise Invalid("scope_wanted", field="scope", role=role, limit=MOST_IN_SCOPE)
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    for one in found:
        if role == "regulator":
            region_of(atlas, one)
        elif role == "pharmacy" and desk.store.pharmacy(one) is None:
            raise NotFound("unknown_pharmacy", field="pharmacy", value=one)
        elif role == "chain" and not desk.store.codes_of_chains((one,)):
            raise NotFound("unknown_chain", field="chain", value=one)
    return found


def listed(desk: Desk, role: str | None = None) -> list[dict[str, Any]]:
    """Return every key that was ever made, oldest first."""
    return [told(desk, one) for one in desk.store.keys(role)]


def told(desk: Desk, this: Key) -> dict[str, Any]:
    """Return a key as people are told about it: nothing that opens anything."""
    return {
        "id": this.id,
        "role": this.role,
        "name": this.name,
        "scope": json.loads(this.scope),
        "signed": bool(this.signed),
        "state": state(desk, this),
        "made_at": days.iso(this.made_at),
        "expires_at": days.iso(this.expires_at),
        "revoked_at": days.iso(this.revoked_at) if this.revoked_at is not None else None,
        "follows": this.follows,
    }


def state(desk: Desk, this: Key) -> str:
    """Return whether a key opens something: active, expired or revoked."""
    if this.revoked_at is not None:
        return "revoked"
    return "expired" if this.expires_at <= desk.now() else "active"


def rotate(desk: Desk, key_id: int, *, overlap_hours: int, days_more: int, by: Hand) -> dict[str, Any]:
    """Return a new key for the same; the old one opens for as many hours more, and never longer than before.

    Raises NotFound for a key there is not, Conflict for one that is revoked or expired.
    """
    _refuse_beyond("overlap", overlap_hours, 0, MOST_OVERLAP)
    _refuse_beyond("days", days_more, 1, MOST_DAYS)
    with desk.store.writing():
        old, now = _active(desk, key_id), desk.now()
        until = min(old.expires_at, now + overlap_hours * HOUR)
        desk.store.put_key(old._replace(expires_at=until))
        before, after = ({"expires_at": days.iso(at)} for at in (old.expires_at, until))
        audit.note(desk, "key_rotated", f"key {old.id}", by=by, before=before, after=after)
        times: dict[str, Any] = {"made_at": now, "expires_at": now + days_more * DAY, "follows": old.id}
        return _handed_out(desk, "key_created", old._replace(id=desk.store.next_key(), **times), by)


def _refuse_beyond(field: str, given: int, low: int, high: int) -> None:
    if not low <= given <= high:
        raise Invalid("out_of_range", field=field, low=low, high=high, value=given)


def rotate_secret(desk: Desk, *, overlap_hours: int, by: Hand) -> dict[str, Any]:
    """Make another secret of the database, and return until when the one before still counts.

    Answer codes of the old one open nothing after that, in every process at once; at once altogether without an
    overlap. A server signs cursors with the new one when it is started again.
    """
    _refuse_beyond("overlap", overlap_hours, 0, MOST_OVERLAP)
    with desk.store.writing():
        old, now = desk.store.meta()[secret.NOW], desk.now()
        until = now + overlap_hours * HOUR
        desk.store.put_meta(**{secret.NOW: secrets.token_hex(16), secret.BEFORE: old if overlap_hours else ""})
        desk.store.put_meta(**{secret.UNTIL: until})
        done = {"rotated_at": days.iso(now), "old_until": days.iso(until)}
        audit.note(desk, "secret_rotated", "secret of the database", by=by, after=done)
    return done


def revoke(desk: Desk, key_id: int, *, by: Hand) -> dict[str, Any]:
    """Let a key open nothing any more, from the next request on in every process; return it. Once more is the same."""
    with desk.store.writing():
        old = known(desk, key_id)
        if old.revoked_at is not None:
            return told(desk, old)
        new = old._replace(revoked_at=desk.now())
        desk.store.put_key(new)
        before = {"state": state(desk, old)}
        audit.note(desk, "key_revoked", f"key {old.id}", by=by, before=before, after=_noted(desk, new))
        return told(desk, new)


def known(desk: Desk, key_id: int) -> Key:
    """Return the key with that id; NotFound when there is none."""
    if (found := desk.store.key(key_id)) is None:
        raise NotFound("unknown_key", field="key", value=str(key_id))
    return found


def _active(desk: Desk, key_id: int) -> Key:
    found = known(desk, key_id)
    if (now := state(desk, found)) != "active":
        raise Conflict("key_over", field="key", value=key_id, state=now)
    return found


def _noted(desk: Desk, this: Key) -> dict[str, Any]:
    names = ("role", "name", "scope", "signed", "state", "expires_at", "follows")
    return {name: value for name, value in told(desk, this).items() if name in names}


def of_bearer(desk: Desk, text: str) -> Caller | None:
    """Return who comes with a key; None for what has not the form of one.

    Raises Unauthorised for a wrong, expired or revoked key, and for one that requests must be signed with: only who has
    the right key learns which.
    """
    match = FORM.fullmatch(text)
    if match is None:
        return None
    this = desk.store.key(int(match[1]))
    if this is None or not is_key(this.hash, text):
        raise Unauthorised("wrong_key")
    refuse_over(desk, this)
    if this.signed:
        raise Unauthorised("signature_wanted")
    return this.caller


def refuse_over(desk: Desk, this: Key) -> None:
    """Raise Unauthorised for a key that opens nothing any more."""
    now = state(desk, this)
    if now != "active":
        raise Unauthorised("key_expired" if now == "expired" else "key_revoked")
