"""The list of prices that became several times what they were, or a part of it, from the end of one day to another."""

from datetime import date, timedelta

from pricecompare.calc import days
from pricecompare.errors import Invalid
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import DRUG, KIND, PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope, multiple
from pricecompare.services.exports.priced import PERIOD_DAYS

TIMES = "3"
"""By how many times a price must rise or fall unless it is said."""

JUMP = (
    *PHARMACY,
    *DRUG,
    KIND,
    Column("before", "原价（元）", "Before (yuan)", "money"),
    Column("price", "现价（元）", "Price (yuan)", "money"),
    Column("ratio", "现价与原价之比", "Ratio to before", "ratio"),
    Column("times", "倍数", "Times", "ratio"),
    Column("since", "变动时间", "Since", "moment"),
    Column("held", "待核", "Held", "truth"),
    Column("flag", "现价异常类别", "Flag of the price", "code"),
)


def _jumps(scope: Scope, _: Rank | None) -> Rows:
    """Yield prices of which one is so many times the other, that which moved most first; several steps are one jump.

    A price that is held as suspicious is in the list, and nothing is compared with one.
    """
    filters = scope.filters
    last = filters.get("until") or scope.desk.today()
    first = filters.get("since") or last - min(timedelta(days=PERIOD_DAYS), last - date.min)
    when = {"first": days.end(first), "until": days.end(last), "times": _times(filters.get("times") or TIMES)}
    for row in scope.desk.store.price_jumps(**scope.place, **when, kind=filters.get("kind", "listed")):
        shop, drug, kind, since, fen, was, held, district, *named, flag = row
        times = max(fen, was) / min(fen, was)
        moved = (was, fen, fen / was, times, since, bool(held))
        yield (-times, drug, shop), (*named[:2], scope.name_of(district), *named[2:], kind, *moved, flag)


def _times(text: str) -> int:
    """Return a least multiple in hundredths; Invalid for one that every price would be a jump by."""
    found = multiple(text, "times")
    if found <= 100:
        raise Invalid("out_of_range", field="times", value=text, low="1.01", high=9_999_999)
    return found


jumps = Listing("jumps", "价格骤变", "Price jumps", JUMP, _jumps)
