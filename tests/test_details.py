"""How a pharmacy is run: hours, services and closures as files tell them, and what stays when they do not."""

import pytest

from pricecompare.models import Holiday
from tests.town import SHOPS, Town, codes, counts

SHOP = SHOPS[0]
HOURS = "Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00"


@pytest.fixture
def town(store, tmp_path) -> Town:
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def run(town, code=SHOP):
    """Return how a pharmacy is run."""
    this = town.store.pharmacy(code)
    closed = (this.closed_on, this.closed_from, this.closed_until, this.closed_reason)
    return this.hours, this.services, closed


OPEN = (None, None, None, "")
TOLD = {
    f"code,opening_hours\n{SHOP},周一至周五 8:30-21:00；周六日9:00-20:00": (HOURS, "", OPEN),
    f'rtalPhacCode,营业时间,services\n{SHOP},24小时,"双通道,24h"': ("24/7", "24h,dual_channel", OPEN),
    f"药店编码,24小时营业,双通道,电子处方,移动支付\n{SHOP},是,有,否,": ("", "24h,dual_channel", OPEN),
    f"rtalPhacCode,businessLvMpc,businessLvEpc\n{SHOP},1,3": ("", "mobile_payment", OPEN),
    f"code,closed_on\n{SHOP},2026-10-01": ("", "", ("2026-10-01", None, None, "")),
    f"code,closed_from,closed_until,停业原因\n{SHOP},2026/10/30,2026-11-05,装修": (
        "", "", (None, "2026-10-30", "2026-11-05", "装修"),
    ),
    f"code,closed_from\n{SHOP},2027-01-01": ("", "", (None, "2027-01-01", None, "")),
}  # fmt: skip


@pytest.mark.parametrize(("file", "told"), TOLD.items(), ids=TOLD)
def test_a_file_of_details_changes_only_these(town, file, told):
    before = town.store.pharmacy(SHOP)
    report = town.take("pharmacies", file)
    assert (report.findings, counts(report)) == ([], {"rows": 1, "changed": 1})
    assert run(town) == told
    after = town.store.pharmacy(SHOP)
    for name in ("name", "region_id", "district_id", "address", "lat", "given_lng", "datum", "uscc"):
        assert getattr(after, name) == getattr(before, name)


def test_columns_that_a_file_does_not_have_stay(town):
    town.take(
        "pharmacies", f"code,opening_hours,services,closed_from,closed_reason\n{SHOP},24/7,双通道,2026-12-01,装修"
    )
    told = run(town)
    register = f"code,name,address\n{SHOP},新名,新路"
    assert counts(town.take("pharmacies", register)) == {"rows": 1, "changed": 1}
    assert run(town) == told
    assert town.store.pharmacy(SHOP).name == "新名"


def test_an_empty_cell_is_nothing_known_any_more(town):
    town.take("pharmacies", f"code,opening_hours,services,closed_from\n{SHOP},24/7,双通道,2026-12-01")
    town.take("pharmacies", f"code,opening_hours,services,closed_from\n{SHOP},,,")
    assert run(town) == ("", "", OPEN)


def test_one_service_is_added_or_taken_away_by_its_own_column(town):
    town.take("pharmacies", f'code,services\n{SHOP},"双通道,24h"')
    town.take("pharmacies", f"code,双通道,移动支付\n{SHOP},否,是")
    assert run(town)[1] == "24h,mobile_payment"


def test_the_end_of_a_closure_is_held_against_the_beginning_that_is_known(town):
    town.take("pharmacies", f"code,closed_from\n{SHOP},2026-12-01")
    assert codes(town.take("pharmacies", f"code,closed_until\n{SHOP},2026-11-30")) == [
        (2, "closed_until", "days_turned_round")
    ]
    assert counts(town.take("pharmacies", f"code,closed_until\n{SHOP},2026-12-24")) == {"rows": 1, "changed": 1}
    assert run(town)[2] == (None, "2026-12-01", "2026-12-24", "")


def test_a_pharmacy_stays_where_it_is_when_a_file_does_not_name_it(town):
    town.take("pharmacies", f"code,name,region\n{SHOP},甲,990202")
    town.take("pharmacies", f"code,opening_hours\n{SHOP},24/7")
    assert (town.store.pharmacy(SHOP).district_id, town.store.pharmacy(SHOP).region_id) == (990202, 990200)


REFUSED = {
    f"code,opening_hours\n{SHOP},随缘": ("opening_hours", "bad_hours"),
    f"code,services\n{SHOP},洗车": ("services", "bad_choice"),
    f"code,双通道\n{SHOP},也许": ("双通道", "bad_choice"),
    f"code,closed_on\n{SHOP},2026-11-02": ("closed_on", "closed_in_future"),
    f"code,closed_on\n{SHOP},昨天": ("closed_on", "bad_date"),
    f"code,closed_from,closed_until\n{SHOP},2026-11-02,2026-11-01": ("closed_until", "days_turned_round"),
    f"code,closed_until\n{SHOP},2026-11-02": ("closed_until", "closure_without_start"),
    f"code,name,opening_hours\n{SHOP},,24/7": ("name", "missing_value"),
    "code,opening_hours\nP99010299999,24/7": ("code", "unknown_pharmacy"),
}


@pytest.mark.parametrize(("file", "found"), REFUSED.items(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_and_changes_nothing(town, file, found):
    before = town.dump()
    report = town.take("pharmacies", file)
    assert (codes(report), counts(report)) == ([(2, *found)], {"rows": 1, "refused": 1})
    assert town.dump() == before


def test_holidays_are_added_changed_and_taken_away(town):
    first = "日期,名称,类型\n2026-10-01,国庆节,节假日\n2026/10/10,国庆节,调休\n"
    assert counts(town.take("holidays", first)) == {"rows": 2, "added": 2}
    assert town.store.holidays() == [
        Holiday("2026-10-01", "国庆节", "holiday"), Holiday("2026-10-10", "国庆节", "workday"),
    ]  # fmt: skip
    version = town.store.versions()
    assert counts(town.take("holidays", "date,name,kind\n2026-10-01,国庆节,holiday\n")) == {"rows": 1, "unchanged": 1}
    assert town.store.versions() == version
    second = "date,name,kind\n2026-10-10,,usual\n2026-10-02,国庆节,holiday\n2026-10-03,,party\n"
    report = town.take("holidays", second)
    assert (counts(report), codes(report)) == (
        {"rows": 3, "added": 1, "changed": 1, "refused": 1}, [(4, "kind", "bad_choice")],
    )  # fmt: skip
    assert [one.day for one in town.store.holidays()] == ["2026-10-01", "2026-10-02"]
    assert town.store.versions().holidays == town.store.versions().data == version.data + 1


def test_two_rows_that_disagree_about_a_day_are_refused(town):
    report = town.take("holidays", "date,name,kind\n2026-10-01,国庆节,holiday\n2026-10-01,国庆节,workday\n")
    assert [code for *_, code in codes(report)] == ["duplicate_code"] * 2
