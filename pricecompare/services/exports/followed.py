"""Lists of flags that somebody has taken up: all of them, appeals, and those whose next step is overdue."""

import json
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pricecompare.calc.codes import flag_name
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import DRUG, KIND, PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Ranked, Rows, Scope

FOLLOWED = (
    Column("flag", "编号", "Flag", "code"),
    *PHARMACY,
    *DRUG,
    KIND,
    Column("class", "类别", "Class", "code"),
    Column("grade", "等级", "Grade", "code"),
    Column("price", "立案时价格（元）", "Price when taken up (yuan)", "money"),
    Column("ratio_median", "与中位价之比", "Ratio to median", "ratio"),
    Column("price_now", "现价（元）", "Price now (yuan)", "money"),
    Column("standing", "仍被标记", "Still flagged", "truth"),
    Column("state", "状态", "State", "code"),
    Column("revision", "版次", "Revision", "integer"),
    Column("opened_at", "立案时间", "Taken up at", "moment"),
    Column("due_on", "下一步期限", "Next step due", "day"),
    Column("overdue_days", "逾期天数", "Days overdue", "integer"),
    Column("step", "最近步骤", "Last step", "code"),
    Column("step_at", "步骤时间", "Time of step", "moment"),
    Column("step_who", "办理人", "By whom"),
    Column("step_why", "步骤说明", "Why"),
    Column("answer", "药店答复", "Answer of the pharmacy"),
)


def _narrowed(scope: Scope, state: str | None, late: bool) -> dict[str, Any]:
    asked = scope.asked("state", "class_", "grade", "kind") | dict(scope.ids) | scope.place
    today = scope.desk.today().isoformat() if late or scope.filters.get("overdue") else None
    return asked | {"state": state or asked["state"], "due_before": today}


def _cases(scope: Scope, _: Rank | None, *, state: str | None = None, late: bool = False) -> Rows:
    """Yield flags that were taken up, that which is due first in front, those with no next step last."""
    today = scope.desk.today()
    for row in scope.desk.store.cases_named(**_narrowed(scope, state, late)):
        case, pharmacy, drug, kind, *judged, numbers, now, standing, stage, revision, opened, due, district = row[:15]
        names, done = row[15:22], row[22:]
        over = (today - date.fromisoformat(due)).days if due else 0
        place = (*names[:2], scope.name_of(district), *names[2:], kind)
        priced = (*judged, json.loads(numbers)["ratio_median"], now, bool(standing))
        stands = (stage, revision, opened, due, over if over > 0 else None)
        yield (due is None, due or "", case), (flag_name(pharmacy, drug, kind), *place, *priced, *stands, *done)


def _flag_of(ranked: Ranked) -> str:
    return str(ranked[1][0])


cases = Listing("cases", "已立案的异常价格", "Flags taken up", FOLLOWED, _cases, flag_of=_flag_of)
appeals = replace(cases, name="appeals", zh="申诉", en="Appeals", rows=partial(_cases, state="appealed"))
overdue = replace(cases, name="overdue", zh="逾期未办", en="Overdue steps", rows=partial(_cases, late=True))
