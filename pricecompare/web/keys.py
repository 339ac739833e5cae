"""Who may ask: the one place that knows which key opens what, so that a table of keys can take its place."""

import hmac
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from flask import request

from pricecompare.errors import Forbidden, Unauthorised
from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk


class Role(NamedTuple):
    """What a key is for: the setting that holds it, how its description calls it, and the code of its absence."""

    name: str
    setting: str
    scheme: str
    off: str


SENDER = Role("uploads", "upload_key", "uploadKey", "uploads_off")
REGULATOR = Role("regulator", "regulator_key", "regulatorKey", "regulator_off")
PHARMACY = Role("pharmacy", "", "answerCode", "")
"""A pharmacy, known by its answer code: which one that opens is asked of the service."""

ANYBODY = Role("anybody", "", "", "")

ROLES = (SENDER, REGULATOR, PHARMACY)

KEPT_BITS = {4: 24, 6: 48}
"""How much of an address is kept by its version: the network of a site, no single computer."""


def admit(desk: Desk, role: Role) -> None:
    """Raise Forbidden where nobody has that role, Unauthorised for a request without the right key."""
    if role is ANYBODY:
        return
    if not role.setting:
        bearer()
        return
    key = getattr(desk.settings, role.setting)
    if not key:
        raise Forbidden(role.off)
    if not hmac.compare_digest(bearer().encode(), key.encode()):
        raise Unauthorised("wrong_key")


def bearer() -> str:
    """Return the key that comes with this request; Unauthorised when there is none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorised("no_key")
    return given.strip()


def hand(who: str = "", why: str = "") -> Hand:
    """Return who makes this request, as far as that was said, and from which network."""
    return Hand(who, origin(request.remote_addr or ""), why)


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
