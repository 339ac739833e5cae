"""Lists about those who report: uploads in quarantine, and pharmacies that fell silent or always say the same."""

from datetime import timedelta

from pricecompare.calc import days
from pricecompare.models import KINDS
from pricecompare.models.listing import Column
from pricecompare.services.exports.columns import PHARMACY
from pricecompare.services.exports.listing import Listing, Rank, Rows, Scope
from pricecompare.services.ingest.told import reasons_read

SILENT, SAME = "silent", "same"
QUIET_DAYS = 30
"""After how many days a pharmacy is silent, or says the same for too long, unless it is said."""

UPLOAD = (
    Column("upload", "上传编号", "Upload", "integer"),
    Column("what", "内容", "What", "code"),
    Column("came_at", "收到时间", "Came at", "moment"),
    Column("waits_days", "已等天数", "Days waiting", "integer"),
    Column("sender", "报送人", "Sender"),
    Column("source", "来源", "Source"),
    Column("file_name", "文件名", "File"),
    Column("rows", "行数", "Rows", "integer", summed=True),
    Column("refused", "拒绝行数", "Refused", "integer", summed=True),
    Column("reasons", "原因代码", "Reasons", "code"),
    Column("reasons_zh", "原因（中文）", "Reasons in Chinese"),
    Column("reasons_en", "原因（英文）", "Reasons in English"),
)

QUIET = (
    *PHARMACY,
    Column("chain", "连锁企业", "Chain"),
    Column("phone", "电话", "Telephone"),
    Column("what", "情形", "What", "code"),
    Column("seen_at", "最近报送", "Last reported", "moment"),
    Column("seen_days", "距今天数", "Days since", "integer"),
    Column("changed_at", "最近变价", "Last changed", "moment"),
    Column("changed_days", "变价距今天数", "Days since a change", "integer"),
    Column("offers", "在售品种价格数", "Prices", "integer", summed=True),
)


def _uploads(scope: Scope, _: Rank | None) -> Rows:
    """Yield uploads in quarantine that speak of a pharmacy of the scope, the one that waits longest first."""
    now = days.day_number(scope.desk.now())
    for this in scope.desk.store.quarantined(**scope.place):
        reasons = reasons_read(this.reasons)
        told = ("; ".join(one[part] for one in reasons) for part in ("code", "zh", "en"))
        waits = now - days.day_number(this.came_at)
        sent = (this.sender, this.source, this.file_name, this.rows, this.refused)
        yield (this.id,), (this.id, this.what, this.came_at, waits, *sent, *told)


def _stale(scope: Scope, _: Rank | None) -> Rows:
    """Yield pharmacies that fell silent, those that never reported first, then those that always say the same."""
    desk, found = scope.desk, []
    oldest = days.instant(desk.today() - timedelta(days=scope.filters.get("days", QUIET_DAYS)))
    changed = desk.store.last_changes(scope.region_id)
    seen_whole: dict[int, int] = {}
    for kind in KINDS:
        for shop, second in desk.store.confirmations(scope.region_id, kind):
            seen_whole[shop] = max(second, seen_whole.get(shop, 0))
    for shop, count, seen, district, *named in desk.store.reporting(**scope.place):
        last = max(seen or 0, seen_whole.get(shop, 0))
        what = SILENT if last < oldest else SAME if changed.get(shop, 0) < oldest else ""
        if what and scope.filters.get("what", what) == what:
            dated = [part for at in (last, changed.get(shop, 0)) for part in _dated(desk.now(), at)]
            row = (*named[:2], scope.name_of(district), *named[2:], what, *dated, count)
            found.append(((what == SAME, last, shop), row))
    yield from sorted(found)


def _dated(now: int, at: int) -> tuple[int | None, int | None]:
    """Return an instant and how many days ago it was; 0 stands for never."""
    return (at, days.day_number(now) - days.day_number(at)) if at else (None, None)


uploads = Listing("uploads", "待审核的上传", "Uploads in quarantine", UPLOAD, _uploads)
stale = Listing("stale", "停报或长期不变的药店", "Pharmacies silent or unchanged", QUIET, _stale)
