"""Lists made of flags: flags themselves, far-too-low prices, and pharmacies by number and weight of flags."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pricecompare.calc.money import nearest
from pricecompare.models import FlagRow
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import DRUG, KIND, PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope, by_price
from pricecompare.services.exports.standards import STANDARD, paying
from pricecompare.services.statistics import monitor

PIECE = 1000
"""Flags that are read at a time."""

FLAG = (
    *PHARMACY,
    *DRUG,
    KIND,
    Column("class", "类别", "Class", "code"),
    Column("grade", "等级", "Grade", "code"),
    Column("strong", "证据充分", "Strong evidence", "truth"),
    Column("price", "价格（元）", "Price (yuan)", "money"),
    Column("observed_at", "采集时间", "Observed at", "moment"),
    Column("ref_median", "参照中位价（元）", "Reference median (yuan)", "money"),
    Column("ref_mean", "参照均价（元）", "Reference mean (yuan)", "money"),
    Column("others", "参照药店数", "Other pharmacies", "integer"),
    Column("ref_area", "参照范围", "Area of reference", "code"),
    Column("ratio_median", "与中位价之比", "Ratio to median", "ratio"),
    Column("ratio_mean", "与均价之比", "Ratio to mean", "ratio"),
    Column("z", "稳健标准分", "Robust z", "ratio"),
    Column("spread", "常见离散度", "Usual spread", "ratio"),
    Column("factor", "疑似差错倍数", "Likely slip", "ratio"),
    Column("rule", "规则", "Rule", "code"),
    Column("text_zh", "中文说明", "In Chinese"),
    Column("text_en", "英文说明", "In English"),
)

DEAREST = (
    *PHARMACY,
    Column("chain", "连锁企业", "Chain"),
    Column("flags", "异常价格数", "Flags", "integer", summed=True),
    Column("high", "偏高", "Overpriced", "integer", summed=True),
    Column("very_high", "其中极高", "Of these very high", "integer", summed=True),
    Column("errors", "疑似差错", "Probable errors", "integer", summed=True),
    Column("strong", "证据充分", "Strong evidence", "integer", summed=True),
    Column("excess", "高出中位价合计（元）", "Above the median in all (yuan)", "money", summed=True),
    Column("highest_ratio", "最高倍数", "Highest ratio", "ratio"),
)


def flags_of(scope: Scope, after: Rank | None = None, *, class_: str | None = None) -> Iterator[FlagRow]:
    """Yield the flags of a scope that are fresh, highest ratio first, from a rank on; all of them, or one class."""
    ask = partial(scope.desk.store.flags, **_narrowed(scope, class_), most=PIECE)
    while rows := ask(after=after):
        yield from rows
        after = _rank(rows[-1])


def _narrowed(scope: Scope, class_: str | None) -> dict[str, Any]:
    asked = scope.asked("class_", "kind", "grade", "strong", "state") | dict(scope.ids) | scope.place | scope.ruled
    return asked | {"class_": class_ or asked["class_"], "min_ratio": scope.min_ratio, "oldest": scope.fresh_from}


def _rank(row: FlagRow) -> Rank:
    return row.ratio_median, row.drug_id, row.pharmacy_id, row.kind


def _flags(scope: Scope, after: Rank | None, *, class_: str | None = None) -> Rows:
    paid = paying(scope)
    for row in flags_of(scope, after, class_=class_):
        yield _rank(row), (*_flag(scope, row), *paid(row.drug_id, row.fen))


def _count(scope: Scope, *, class_: str | None = None) -> int:
    return scope.desk.store.count_flags(**_narrowed(scope, class_))


def _flag(scope: Scope, row: FlagRow) -> tuple[Any, ...]:
    names = ("others", "ref_area", "ratio_median", "ratio_mean", "z", "spread", "factor")
    said = monitor.sentences(scope.atlas, row)
    return (
        *(row.pharmacy_code, row.pharmacy_name, scope.name_of(row.district_id)),
        *(row.drug_code, row.drug_name, row.form, row.spec, row.maker),
        *(row.kind, row.class_, row.grade, bool(row.strong), row.fen, row.observed_at),
        *(nearest(row.ref_median), nearest(row.ref_mean)),
        *(getattr(row, name) for name in names),
        *(f"{row.rule_id} v{row.rule_version}", said["text_zh"], said["text_en"]),
    )


def _pharmacies(scope: Scope, _: Rank | None) -> Rows:
    """Yield pharmacies with flags, those with most first, among as many the one that asks most above the median."""
    found: dict[int, dict[str, Any]] = {}
    for row in flags_of(scope):
        one = found.setdefault(row.pharmacy_id, {"row": row, "counts": [0, 0, 0, 0, 0], "excess": 0.0})
        high = row.class_ == "high"
        marks = (True, high, high and row.grade == "very_high", not high, bool(row.strong))
        one["counts"] = [count + mark for count, mark in zip(one["counts"], marks, strict=True)]
        one["excess"] += row.fen - row.ref_median if high else 0.0
    chains = {shop.id: shop.chain for shop in scope.desk.store.pharmacies(scope.region_id)} if found else {}
    ranked = sorted((-one["counts"][0], -one["excess"], shop) for shop, one in found.items())
    for rank in ranked:
        one, row = found[rank[2]], found[rank[2]]["row"]
        shop = (row.pharmacy_code, row.pharmacy_name, scope.name_of(row.district_id), chains[rank[2]])
        # The flags come highest ratio first, so the one that was met first is the highest.
        yield rank, (*shop, *one["counts"], nearest(one["excess"]), row.ratio_median)


flags = Listing("flags", "异常价格", "Abnormal prices", (*FLAG, *STANDARD), _flags, _count, flag_of=by_price)

low = replace(
    flags,
    name="low",
    zh="畸低价格",
    en="Far too low prices",
    rows=partial(_flags, class_="error_low"),
    count=partial(_count, class_="error_low"),
)

pharmacies = Listing("pharmacies", "异常价格较多的药店", "Pharmacies by flags", DEAREST, _pharmacies)
