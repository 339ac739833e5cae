"""Until when a thread may ask the database: an answer that takes longer is given up, not waited for."""

import threading
import time
from math import inf

from pricecompare.errors import TooSlow

RETRY_SECONDS = 30
"""When to come again: by then an upload is in, or the next backup done."""

LEAST = 0.001


class _Deadline(threading.local):
    at = inf
    seconds = inf


_this = _Deadline()


def begin(seconds: float) -> None:
    """Let this thread ask the database for so many seconds from now on; `inf` is for ever."""
    _this.seconds, _this.at = seconds, time.monotonic() + seconds


def end() -> None:
    """Let this thread ask for as long as it takes."""
    _this.at = inf


def left() -> float:
    """Return how many seconds are left, `inf` where there is no end; never less than a thousandth."""
    return max(_this.at - time.monotonic(), LEAST)


def is_over() -> bool:
    """Say whether the time of this thread is over."""
    return time.monotonic() >= _this.at


def refuse_late() -> None:
    """Raise TooSlow when the time of this thread is over."""
    if _this.at != inf and is_over():
        raise too_slow()


def too_slow() -> TooSlow:
    """Return the error of an answer that took too long."""
    return TooSlow("too_slow", seconds=RETRY_SECONDS, limit=f"{_this.seconds:g}")
