"""The list of indices: every pharmacy of a region with all its figures, by the run in force or sales as they stand."""

from typing import Any

from pricecompare.models import Pharmacy
from pricecompare.models.indexing import IndexValue
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope
from pricecompare.services.indexing import shown
from pricecompare.services.indexing.sources import Source, asked, source, version_of

HOW = ("period", "compare", "method", "reference")
NUMBERS = (
    "index", "low", "high", "se", "level", "level_low", "level_high", "index_loo", "region_volume_index",
    "gk", "idb", "geks", "volume_index", "value_index", "n_eff", "coverage", "single_seller_share",
    "own_reference_share", "largest_weight", "reliability",
)  # fmt: skip
COUNTS = ("n_items", "component", "rank", "ranked", "stars")

INDEX = (
    *PHARMACY,
    Column("chain", "连锁企业", "Chain"),
    Column("period", "期间", "Period", "code"),
    Column("run", "发布批次", "Run", "integer"),
    Column("method", "方法", "Method", "code"),
    Column("reference", "参考价", "Reference price", "code"),
    Column("compare", "可比口径", "Compared by", "code"),
    Column("status", "状态", "Status", "code"),
    Column("why", "原因", "Why", "code"),
    Column("index", "指数", "Index", "ratio"),
    Column("low", "区间下限", "Interval from", "ratio"),
    Column("high", "区间上限", "Interval to", "ratio"),
    Column("se", "标准误", "Standard error", "ratio"),
    Column("level", "同品价格水平", "Like-for-like level", "ratio"),
    Column("level_low", "水平下限", "Level from", "ratio"),
    Column("level_high", "水平上限", "Level to", "ratio"),
    Column("index_loo", "与他店相比", "Against the others alone", "ratio"),
    Column("region_volume_index", "全区销量口径", "With the region's volumes", "ratio"),
    Column("gk", "Geary-Khamis 水平", "Geary-Khamis level", "ratio"),
    Column("idb", "IDB 水平", "IDB level", "ratio"),
    Column("geks", "GEKS-Fisher 水平", "GEKS-Fisher level", "ratio"),
    Column("volume_index", "销量指数", "Volume index", "ratio"),
    Column("value_index", "销售额指数", "Value index", "ratio"),
    Column("n_eff", "有效品种数", "Effective drugs", "ratio"),
    Column("coverage", "可比占比", "Coverage", "ratio"),
    Column("single_seller_share", "独家品种占比", "Single-seller share", "ratio"),
    Column("own_reference_share", "自我参照占比", "Own-reference share", "ratio"),
    Column("largest_weight", "最大权重", "Largest weight", "ratio"),
    Column("reliability", "可靠度", "Reliability", "ratio"),
    Column("n_items", "可比品种数", "Drugs compared", "integer"),
    Column("component", "可比组", "Group", "integer"),
    Column("rank", "名次", "Rank", "integer"),
    Column("ranked", "参与排名数", "Ranked", "integer"),
    Column("stars", "星级", "Stars", "integer"),
    Column("warning", "监测值", "Warning line", "code"),
    Column("assortment", "品种结构影响", "Assortment effect", "truth"),
    Column("turnover", "销售额（元）", "Turnover (yuan)", "money", summed=True),
)


def _indices(scope: Scope, _: Rank | None) -> Rows:
    """Yield the pharmacies of a scope, dearest first, those that are not told last."""
    how: dict[str, Any] = {name: value for name in HOW if (value := scope.filters.get(name)) is not None}
    found = source(scope.desk, asked(scope.desk, scope.region_id, how.pop("period", None), **how))
    known = {one.id: one for one in scope.desk.store.pharmacies(scope.region_id)}
    rows = []
    for value in found.values.values():
        this = known.get(value.pharmacy_id)
        if this is not None and scope.district_id in (None, this.district_id):
            told = shown.figures(value, found.limits) | shown.own(value) | shown.others(value)
            rank = told["index"] is None, -(told["index"] or 0.0), this.id
            rows.append((rank, _row(scope, found, this, value, told)))
    yield from sorted(rows)


def _row(scope: Scope, found: Source, this: Pharmacy, value: IndexValue, told: dict[str, Any]) -> tuple[Any, ...]:
    named = (this.code, this.name, scope.name_of(this.district_id), this.chain, found.wanted.period.name)
    method = f"{found.wanted.method} v{version_of(found)}"
    how = (found.run.id if found.run else None, method, found.wanted.reference or "", found.wanted.compare)
    counts = (told[name] for name in COUNTS)
    marks = (told["warning"] or "", told["assortment"] is not None, told["turnover_fen"])
    return (*named, *how, value.status, value.why, *(told[name] for name in NUMBERS), *counts, *marks)


indices = Listing("indices", "量价比较指数", "Price-volume indices", INDEX, _indices)
