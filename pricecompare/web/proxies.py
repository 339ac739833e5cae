"""Where a request comes from, as far as a proxy that is trusted says so."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from pricecompare.services.bounds import UNIX, Network

Application = Callable[..., Iterable[bytes]]
MOST_HOPS = 20


def behind(application: Application, trusted: tuple[Network | str, ...]) -> Application:
    """Return a WSGI application that knows clients by their own address and not by that of a trusted proxy."""
    networks = tuple(one for one in trusted if not isinstance(one, str))

    @lru_cache(maxsize=4096)
    def is_trusted(address: str) -> bool:
        if not address:
            return UNIX in trusted
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in networks)

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = client(environ, is_trusted)
        return application(environ, start)

    return answered


def client(environ: dict[str, Any], is_trusted: Callable[[str], bool]) -> str:
    """Return the last address that no trusted proxy has: whatever stands before it may be made up."""
    address = environ.get("REMOTE_ADDR") or ""
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")[-MOST_HOPS:]
    while is_trusted(address) and hops and (hop := bare(hops.pop())):
        address = hop
    return address


def bare(hop: str) -> str:
    """Return an address as a proxy wrote it, without a port; "" for what is none.

    >>> bare(" 203.0.113.7:4711"), bare("[2001:db8::7]:443"), bare("2001:db8::7"), bare("unknown")
    ('203.0.113.7', '2001:db8::7', '2001:db8::7', '')
    """
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
