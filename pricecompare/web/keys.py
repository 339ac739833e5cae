"""Who may ask: the one place that knows which key opens what, keys of the settings as well as those that are kept."""

import hmac
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from flask import current_app, g, request

from pricecompare.errors import Forbidden, TooMany, Unauthorised
from pricecompare.models.access import EVERYTHING, Caller
from pricecompare.models.audit import Hand
from pricecompare.services.access import keys
from pricecompare.services.desk import Desk
from pricecompare.web import signatures


class Role(NamedTuple):
    """What a key is for: the setting that holds one, how its description calls it, the code of its absence.

    `opened_by` are the roles of keys that are kept.
    """

    name: str
    setting: str
    scheme: str
    off: str
    opened_by: tuple[str, ...] = ()


SENDER = Role("uploads", "upload_key", "uploadKey", "uploads_off", ("pharmacy", "chain", "operator"))
REGULATOR = Role("regulator", "regulator_key", "regulatorKey", "regulator_off", ("regulator",))
PHARMACY = Role("pharmacy", "", "answerCode", "", ("pharmacy", "chain"))
"""A pharmacy, known by its key or by its answer code: which one that opens is asked of the service."""

ANYBODY = Role("anybody", "", "", "")

ROLES = (SENDER, REGULATOR, PHARMACY)

BY_SETTING = {"uploads": Caller("operator"), "regulator": Caller("regulator")}
"""Who comes with a key of the settings: somebody who reaches everything."""

GUESSES_PER_HOUR = 100
"""Wrong keys that one process takes from one address in an hour, of those that people chose or read out."""

KEPT_BITS = {4: 24, 6: 48}
"""How much of an address is kept by its version: the network of a site, no single computer."""


def admit(desk: Desk, role: Role) -> Caller:
    """Return who asks, and know it for the rest of this request (`caller`).

    Raises Forbidden where nobody has that role, and for a key of another one; Unauthorised for a request without the
    right key; TooMany for guessing.
    """
    g.caller = EVERYTHING if role is ANYBODY else _asking(desk, role)
    return g.caller


def caller() -> Caller:
    """Return who makes this request."""
    return g.get("caller", EVERYTHING)


def _asking(desk: Desk, role: Role) -> Caller:
    try:
        who = signatures.signer(desk) if signatures.is_signed() else _bringing(desk, role, bearer())
    except Unauthorised:
        if _nobody_has(desk, role):
            raise Forbidden(role.off) from None
        raise
    if who.by and who.role not in role.opened_by:
        raise Forbidden("not_your_role")
    return who


def _bringing(desk: Desk, role: Role, given: str) -> Caller:
    """Return who comes with a key itself."""
    return keys.of_bearer(desk, given) or _by_setting(desk, role, given)


def _nobody_has(desk: Desk, role: Role) -> bool:
    """Say whether there is no key at all for a role."""
    if not role.setting or getattr(desk.settings, role.setting):
        return False
    return not any(desk.store.has_key(one) for one in role.opened_by)


def _by_setting(desk: Desk, role: Role, given: str) -> Caller:
    """Return who comes with the key of a setting; answer codes are looked at by the service."""
    if not role.setting:
        return EVERYTHING
    guesses, address = current_app.extensions["guesses"], request.remote_addr or ""
    if seconds := guesses.wait(address, desk.now()):
        raise TooMany("too_many_guesses", seconds=seconds)
    key = getattr(desk.settings, role.setting)
    if not key or not hmac.compare_digest(given.encode(), key.encode()):
        guesses.count(address, desk.now())
        raise Unauthorised("wrong_key")
    return BY_SETTING[role.name]


def bearer() -> str:
    """Return the key that comes with this request; Unauthorised when there is none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorised("no_key")
    return given.strip()


def own_pass() -> Caller | str:
    """Return by what a pharmacy is known: its key, or else the answer code it sent."""
    who = caller()
    return who if who.by else bearer()


def hand(who: str = "", why: str = "") -> Hand:
    """Return who makes this request, as far as that was said or follows from the key, and from which network."""
    this = caller()
    where = origin(request.remote_addr or "")
    return Hand(who or this.name, f"{where} {this.by}".rstrip(), why)


def origin(address: str) -> str:
    """Return where a request comes from, cut to what is needed.

    >>> origin("203.0.113.77"), origin("2001:db8:1:2::7"), origin("")
    ('api:203.0.113.0/24', 'api:2001:db8:1::/48', 'api')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "api"
    # A server that listens on both versions sees an IPv4 address as ::ffff:203.0.113.77.
    found = getattr(found, "ipv4_mapped", None) or found
    return f"api:{ip_network((found, KEPT_BITS[found.version]), strict=False)}"
