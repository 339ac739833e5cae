"""Lists made of prices: drugs by spread, largest changes by effect, and everything that is asked in a region."""

from datetime import date, timedelta
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.money import nearest
from pricecompare.calc.stocked import LEVELS
from pricecompare.models import KINDS
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import DRUG, KIND, PHARMACY
from pricecompare.services.exports.flagged import flags_of
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope
from pricecompare.services.exports.standards import STANDARD, paying

PERIOD_DAYS = 30
"""How far back changes are looked for unless it is said."""

LEAST_SELLERS = 5

SPREAD = (
    *DRUG,
    KIND,
    Column("sellers", "药店数", "Pharmacies", "integer"),
    Column("median", "中位价（元）", "Median (yuan)", "money"),
    Column("q1", "下四分位（元）", "Lower quartile (yuan)", "money"),
    Column("q3", "上四分位（元）", "Upper quartile (yuan)", "money"),
    Column("low", "最低（元）", "Lowest (yuan)", "money"),
    Column("high", "最高（元）", "Highest (yuan)", "money"),
    Column("spread", "四分位距与中位价之比", "Interquartile range ÷ median", "ratio"),
    Column("high_low", "最高与最低之比", "Highest ÷ lowest", "ratio"),
    Column("flags", "异常价格数", "Flags", "integer", summed=True),
)

CHANGE = (
    *PHARMACY,
    *DRUG,
    KIND,
    Column("since", "变动时间", "Since", "moment"),
    Column("before", "原价（元）", "Before (yuan)", "money"),
    Column("price", "现价（元）", "Price (yuan)", "money"),
    Column("change", "变动（元）", "Change (yuan)", "money"),
    Column("ratio", "现价与原价之比", "Ratio to before", "ratio"),
    Column("month", "销量月份", "Month of volume", "code"),
    Column("quantity", "本店月销量（盒）", "Own volume (packs)", "ratio"),
    Column("effect", "月影响金额（元）", "Effect a month (yuan)", "money", summed=True),
    Column("flag", "现价异常类别", "Flag of the price", "code"),
)

OFFER = (
    *PHARMACY,
    *DRUG,
    KIND,
    Column("price", "价格（元）", "Price (yuan)", "money"),
    Column("stock", "库存", "Stock", "code"),
    Column("held", "待核", "Held", "truth"),
    Column("observed_at", "采集时间", "Observed at", "moment"),
    Column("confirmed_at", "最近确认", "Last confirmed", "moment"),
    *STANDARD,
)


def _drugs(scope: Scope, _: Rank | None) -> Rows:
    """Yield drugs with enough sellers, that whose prices lie furthest apart first, those without prices last."""
    flagged: dict[tuple[int, str], int] = {}
    for flag in flags_of(scope):
        flagged[flag.drug_id, flag.kind] = flagged.get((flag.drug_id, flag.kind), 0) + 1
    least = scope.filters.get("least_sellers", LEAST_SELLERS)
    rows = scope.desk.store.spreads_of_region(scope.region_id, kind=scope.filters.get("kind"), least=least)
    for key, kind, n, spread, median, q1, q3, low, high, *named in rows:
        money = (None if fen is None else nearest(fen) for fen in (median, q1, q3, low, high))
        ratio = None if low is None else high / low
        row = (*named, kind, n, *money, spread, ratio, flagged.get((key, kind), 0))
        yield (spread is None, -(spread or 0.0), key, kind), row


def _changes(scope: Scope, _: Rank | None) -> Rows:
    """Yield changes of price of a period, that which costs or saves patients most first, those without sales last."""
    store, filters = scope.desk.store, scope.filters
    last = filters.get("until") or scope.desk.today()
    first = filters.get("since") or last - min(timedelta(days=PERIOD_DAYS), last - date.min)
    month = max((month for region, month in store.sale_months() if region == scope.region_id), default="")
    when = {"since": days.instant(first), "until": days.end(last), "month": month}
    for step in store.price_steps(**scope.place, **when, kind=filters.get("kind", "listed")):
        shop, drug, kind, since, fen, before, quantity, district, *named, flag = step
        effect = None if quantity is None else (fen - before) * quantity
        change = (since, before, fen, fen - before, fen / before)
        sold = (None, None, None) if effect is None else (month, quantity, nearest(effect))
        row = (*named[:2], scope.name_of(district), *named[2:], kind, *change, *sold, flag)
        yield (effect is None, -abs(effect or 0.0), drug, shop, since), row


def _narrowed(scope: Scope) -> dict[str, Any]:
    return scope.place | dict(scope.ids) | scope.asked("kind", "held")


def _offers(scope: Scope, after: Rank | None) -> Rows:
    """Yield all that is asked, by pharmacy, drug and kind."""
    store = scope.desk.store
    paid = paying(scope)
    confirmed = {kind: dict(store.confirmations(scope.region_id, kind)) for kind in KINDS}
    for row in store.offers_named(**_narrowed(scope), after=after or (0, 0, "")):
        shop, drug, kind, fen, stock, held, observed, district, *named = row
        seen = max(observed, confirmed[kind].get(shop, 0))
        told = (fen, LEVELS[stock], bool(held), observed, seen, *paid(drug, fen))
        yield (shop, drug, kind), (*named[:2], scope.name_of(district), *named[2:], kind, *told)


def _count(scope: Scope) -> int:
    return scope.desk.store.count_offers(**_narrowed(scope))


drugs = Listing("drugs", "价差较大的药品", "Drugs by spread", SPREAD, _drugs, whole=True)
changes = Listing("changes", "影响较大的价格变动", "Price changes by effect", CHANGE, _changes)
offers = Listing("offers", "全部价格", "All prices", OFFER, _offers, _count)
