"""What numbers say, in plain Chinese and English: the one place where such sentences are made."""

from typing import Any, NamedTuple

from pricecompare.calc.money import yuan
from pricecompare.errors import Reason


class Usual(NamedTuple):
    """What a drug usually costs in an area; prices in fen, None where no price counts."""

    area: str
    n: int
    median: float | None
    q1: float | None
    q3: float | None
    low: float | None
    high: float | None


def told(reason: Reason) -> dict[str, str]:
    """Return a sentence as answers carry it."""
    return {"text_en": reason.en, "text_zh": reason.zh}


def usual(this: Usual, *, few: int, months: int = 0, change: float | None = None) -> Reason:
    """Return what a drug usually costs in one sentence; `change` is how much the median rose in so many `months`.

    Where fewer than `few` prices count no median is told, only from where to where they lie.
    """
    if this.median is None or this.q1 is None or this.q3 is None or this.low is None or this.high is None:
        return Reason.of("usual_nobody", area=this.area)
    said: dict[str, Any] = {"area": this.area, "sellers": this.n, "median": yuan(this.median)}
    if this.n < few:
        low, high = yuan(this.low), yuan(this.high)
        if this.n == 1:
            return Reason.of("usual_one", area=this.area, price=low)
        if low == high:
            return Reason.of("usual_few_alike", **said, price=low)
        return Reason.of("usual_few", **said, low=low, high=high)
    moved = _moved(months, change)
    said |= {"moved": moved.en, "moved_zh": moved.zh} if moved else {"moved": "", "moved_zh": ""}
    q1, q3 = yuan(this.q1), yuan(this.q3)
    return Reason.of("usual_alike", **said) if q1 == q3 else Reason.of("usual", **said, q1=q1, q3=q3)


def _moved(months: int, change: float | None) -> Reason | None:
    if change is None:
        return None
    if change == 0:
        return Reason.of("moved_not", months=months)
    return Reason.of("moved_up" if change > 0 else "moved_down", months=months, percent=_plain(change))


def beside_median(percent: float) -> Reason:
    """Return how a price stands to the local median, `percent` being how much dearer it is."""
    if percent == 0:
        return Reason.of("price_at_median")
    return Reason.of("price_above" if percent > 0 else "price_below", percent=_plain(percent))


def _plain(percent: float) -> str:
    """Return how many per cent, without a sign and without a decimal that is nothing."""
    return f"{abs(percent):.1f}".removesuffix(".0")
