"""How often somebody may ask for something, counted in memory and forgotten within the hour."""

from collections import OrderedDict, deque
from ipaddress import ip_address, ip_network
from threading import Lock

HOUR = 3600
MOST_KNOWN = 10_000
"""Networks that are remembered; beyond it the one that asked longest ago is forgotten."""

IPV6_SITE = 64


class Often:
    """Counts requests by network over the last hour; safe between threads of one process."""

    def __init__(self, most: int):
        self._most = most
        self._asked: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, now: int) -> int:
        """Count a request and return 0, or return in how many seconds the next one will be counted."""
        with self._lock:
            asked = self._asked.setdefault(key := network(address), deque())
            self._asked.move_to_end(key)
            if len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
            while asked and asked[0] <= now - HOUR:
                asked.popleft()
            if len(asked) >= self._most:
                return asked[0] + HOUR - now
            asked.append(now)
            return 0


def network(address: str) -> str:
    """Return what stands for whoever asks from an address: it, or the site of an IPv6 address.

    >>> network("203.0.113.7"), network("::ffff:203.0.113.7"), network("2001:db8:1:2::7"), network("")
    ('203.0.113.7', '203.0.113.7', '2001:db8:1:2::/64', '')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found) if found.version == 4 else str(ip_network((found, IPV6_SITE), strict=False))
