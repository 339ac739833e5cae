"""Wrong keys counted in memory by where they come from, and forgotten within the hour."""

from collections import OrderedDict, deque
from threading import Lock

from pricecompare.services.access.often import network

HOUR = 3600
MOST_KNOWN = 10_000
"""Addresses that are remembered; beyond it the one that guessed longest ago is forgotten."""


class Guesses:
    """Counts wrong keys by address over the last hour; safe between threads of one process."""

    def __init__(self, most: int):
        self._most = most
        self._wrong: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, now: int) -> int:
        """Return for how many seconds no key from an address is looked at; 0 when the next one is."""
        with self._lock:
            wrong = self._wrong.get(network(address), deque())
            while wrong and wrong[0] <= now - HOUR:
                wrong.popleft()
            return wrong[0] + HOUR - now if len(wrong) >= self._most else 0

    def count(self, address: str, now: int) -> None:
        """Count a wrong key."""
        with self._lock:
            self._wrong.setdefault(key := network(address), deque(maxlen=self._most)).append(now)
            self._wrong.move_to_end(key)
            if len(self._wrong) > MOST_KNOWN:
                self._wrong.popitem(last=False)
