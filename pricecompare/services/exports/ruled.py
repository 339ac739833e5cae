"""What rules in force besides the default one found, as a list: what rests on confidential standards is among it."""

import json
from functools import partial
from typing import Any

from pricecompare.calc.money import nearest
from pricecompare.models.listing import Column
from pricecompare.models.rules import RuleFlag
from pricecompare.services.exports.columns import DRUG, KIND, PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope, by_price
from pricecompare.services.ruling.listing import rank
from pricecompare.services.ruling.reasons import Texts, reason, texts_of

PIECE = 1000

RULED = (
    *PHARMACY,
    *DRUG,
    KIND,
    Column("rule", "规则", "Rule", "code"),
    Column("title", "规则名称", "What the rule says"),
    Column("tier", "等级", "Tier", "code"),
    Column("price", "价格（元）", "Price (yuan)", "money"),
    Column("observed_at", "采集时间", "Observed at", "moment"),
    Column("reference", "参照项", "Reference", "code"),
    Column("reference_price", "参照价（元）", "Reference (yuan)", "money"),
    Column("ratio", "与参照价之比", "Ratio to reference", "ratio"),
    Column("others", "参照药店数", "Other pharmacies", "integer"),
    Column("ref_area", "参照范围", "Area of reference", "code"),
    Column("z", "稳健标准分", "Robust z", "ratio"),
    Column("confidential", "涉及保密标准", "Confidential standard", "truth"),
    Column("text_zh", "中文说明", "In Chinese"),
    Column("text_en", "英文说明", "In English"),
)


def _asked(scope: Scope) -> dict[str, Any]:
    asked = scope.asked("tier", "kind", "state") | dict(scope.ids) | scope.ruled
    return asked | {"min_ratio": scope.min_ratio, "oldest": scope.fresh_from}


def _found(scope: Scope, after: Rank | None) -> Rows:
    texts = texts_of(scope.desk)
    ask = partial(scope.desk.store.rule_flags, **scope.place, **_asked(scope), most=PIECE)
    while rows := ask(after=after):
        for this, names in rows:
            after = rank(this)
            yield after, _row(scope, texts, this, names)


def _count(scope: Scope) -> int:
    return scope.desk.store.count_rule_flags(**scope.place, **_asked(scope))


def _row(scope: Scope, texts: Texts, this: RuleFlag, names: tuple) -> tuple[Any, ...]:
    code, name, district, *drug = names
    said, numbers = reason(scope.atlas, texts, this), json.loads(this.numbers)
    first, fen = next(iter(numbers["references"].items()))
    return (
        *(code, name, scope.name_of(district), *drug, this.kind),
        *(f"{this.rule_id} v{this.rule_version}", said["rule"]["title_zh"], this.tier, this.fen, this.observed_at),
        *(first, nearest(fen), numbers["ratio"], numbers["others"], numbers["ref_area"], numbers["z"]),
        *(bool(this.secret), said["text_zh"], said["text_en"]),
    )


ruled = Listing("ruled", "规则列出的价格", "Prices found by rules", RULED, _found, _count, flag_of=by_price)
