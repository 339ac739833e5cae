"""What a server that faces the internet lets people do: how often, how long, how far, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

from pricecompare.errors import Invalid

Network = IPv4Network | IPv6Network

UNIX = "unix"
"""A proxy on the same machine that asks through a socket in a folder, and so has no address."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a server; each can be set as ``PRICECOMPARE_<NAME>``."""

    per_minute: int = 1200
    """Units that one network may ask for in a minute, all at once if it likes; 0: as many as it likes."""
    key_per_minute: int = 6000
    """The same for one key, wherever it is used; 0: as many as it likes."""
    answer_seconds: float = 20.0
    """For how long the database may be asked for one answer."""
    max_pages: int = 500
    """How many pages of one list are handed out: who wants more takes the dump."""
    trusted_proxies: tuple[Network | str, ...] = ()
    """Whose word is taken for where a request comes from: networks, and ``unix``."""
    cors_origins: tuple[str, ...] = ()
    """Sites whose pages may read answers in a browser; ``*`` is every site."""
    dumps: str = ""
    """The folder whose dump is handed out; nothing is without it."""


def proxies(value: Any) -> tuple[Network | str, ...]:
    """Return the networks that a text like ``127.0.0.1 10.0.0.0/8 unix`` names.

    >>> proxies("127.0.0.1, unix")
    (IPv4Network('127.0.0.1/32'), 'unix')
    """
    return tuple(one if one == UNIX else _network(one) for one in _words(value))


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise Invalid("bad_network", field="trusted_proxies", value=text) from None


def origins(value: Any) -> tuple[str, ...]:
    """Return the sites that a text like ``https://a.example https://b.example`` names, as browsers write them."""
    return tuple(_origin(one) for one in _words(value))


def _origin(text: str) -> str:
    if text == "*":
        return text
    parts = urlsplit(text)
    plain = text.isascii() and text == f"{parts.scheme}://{parts.netloc}".lower() and "@" not in text
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise Invalid("bad_origin", field="cors_origins", value=text)
    return text


def _words(value: Any) -> list[str]:
    """Return the words of a setting that is a text, or a list where it was written as JSON."""
    words = value if isinstance(value, list | tuple) else str(value or "").replace(",", " ").split()
    return [str(word) for word in words]


def folder(settings: Mapping[str, Any]) -> str:
    """Return the folder of the dump that is handed out, "" for none."""
    return str(settings.get("DUMPS") or "")
