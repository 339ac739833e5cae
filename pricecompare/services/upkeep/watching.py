"""Who may watch the server, and when it calls itself ready: settings of an operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from pricecompare.errors import Invalid
from pricecompare.services.opening import key_of, number_of

NEAR = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
LONGEST_HOURS = 10_000


@dataclass(frozen=True, slots=True)
class Watching:
    """Networks that may read /metrics, a token that also opens it, hours after which data are too old (0: never)."""

    networks: tuple[IPv4Network | IPv6Network, ...] = NEAR
    token: str = field(default="", repr=False)
    ready_hours: float = 0.0

    def admits(self, address: str, *, proxied: bool) -> bool:
        """Say whether somebody may read measures for the address alone; one whom a proxy let in never may.

        >>> Watching().admits("127.0.0.1", proxied=False), Watching().admits("127.0.0.1", proxied=True)
        (True, False)
        """
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return not proxied and any(found in network for network in self.networks)


def watching(settings: Mapping[str, Any]) -> Watching:
    """Return what METRICS_ALLOW (networks), METRICS_TOKEN and READY_HOURS say; Invalid for what makes no sense."""
    words = str(settings.get("METRICS_ALLOW") or "").replace(",", " ").split()
    return Watching(
        tuple(map(_network, words)) or NEAR,
        key_of(settings, "metrics_token"),
        number_of(settings, "ready_hours", 0.0, low=0, high=LONGEST_HOURS),
    )


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise Invalid("bad_metrics_network", field="metrics_allow", value=text) from None
