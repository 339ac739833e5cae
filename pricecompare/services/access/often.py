"""How often somebody asks for something: counted in memory, shared by processes, and forgotten within the hour."""

import fcntl
import mmap
import os
import struct
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from tempfile import TemporaryFile
from threading import Lock

from pricecompare.calc.pace import Pace, Verdict, asked

HOUR = 3600
ROWS = 1 << 16
"""Callers that are remembered at once: 1 MB."""

TOGETHER = 8
"""Rows among which a caller has its place: where all are taken, the one that is forgotten soonest gives way."""

ROW = struct.Struct("=8sd")
GROUP = struct.Struct("=" + "8sd" * TOGETHER)
IPV6_SITE = 64


class Often:
    """Counts what callers ask for; safe between threads, and between the processes forked after it was made.

    Of a caller it keeps eight bytes of a keyed hash and one number. A process that is killed while it counts holds up
    nobody: the system lets go of its lock.
    """

    def __init__(self, rows: int = ROWS):
        self._groups = rows // TOGETHER
        # Locked beyond its end: a limit on the size of files is none on what is counted.
        self._file = _nameless()
        self._memory = mmap.mmap(-1, self._groups * GROUP.size)
        self._secret = os.urandom(16)
        self._threads = Lock()
        self._digest = lru_cache(maxsize=4096)(self._hashed)

    def take(self, caller: str, pace: Pace, now: float, *, cost: int = 1) -> Verdict:
        """Count what a caller asks for and say whether that is too much; `now` is of a clock that all share."""
        name, place = self._digest(caller)
        # Written out: what a context manager costs is a third of all this.
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX, GROUP.size, place)
            try:
                return self._taken(name, place, pace, now, cost)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, GROUP.size, place)

    def _taken(self, name: bytes, place: int, pace: Pace, now: float, cost: int) -> Verdict:
        """Count what a caller asks for in its group, which nobody else touches meanwhile."""
        found = GROUP.unpack_from(self._memory, place)
        if name in found:
            at = found.index(name) // 2
            full_at = found[2 * at + 1]
        else:
            times = found[1::2]
            at, full_at = times.index(min(times)), 0.0
        verdict = asked(pace, full_at, now, cost)
        ROW.pack_into(self._memory, place + ROW.size * at, name, verdict.full_at)
        return verdict

    def _hashed(self, caller: str) -> tuple[bytes, int]:
        """Return by what a caller is known, and where its group begins."""
        digest = blake2b(caller.encode("utf-8", "replace"), key=self._secret, digest_size=16).digest()
        return digest[:8], int.from_bytes(digest[8:], "big") % self._groups * GROUP.size


def _nameless() -> int:
    """Return an empty file that no folder has and that is gone with the last process that uses it."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("often")
    with TemporaryFile() as file:
        return os.dup(file.fileno())


@lru_cache(maxsize=4096)
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
