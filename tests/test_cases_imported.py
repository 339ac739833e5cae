"""Cases that a file opens: prices that an inspection found, each once, noted, with what it was compared with."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.services import audit
from pricecompare.services.cases import Asked, explained, step, told
from pricecompare.services.exports.pages import page
from pricecompare.services.ingest import Asked as Taken
from tests.conftest import NOW
from tests.made import CODES
from tests.sent import Sender
from tests.taken_up import REGION, SCREEN, WANG, change, only, seven_shops, state
from tests.town import SHOPS, codes, counts

HEADER = "药店编码,药品代码,价格类型,理由,经办人\n"


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def row(shop, drug=CODES[0], kind="listed", why="现场检查", who="李"):
    return f"{SHOPS[shop]},{drug},{kind},{why},{who}\n"


def found(town, shop=0):
    (item,) = page(town.desk, "cases", REGION, filters={"pharmacy": SHOPS[shop]})["items"]
    return item


def test_a_price_that_no_rule_found_is_opened_with_what_it_is_compared_with(town):
    assert counts(town.take("cases", HEADER + row(0), Taken(origin="cli:wang"))) == {"rows": 1, "added": 1}
    item = found(town)
    assert (item["state"], item["class"], item["price"], item["standing"]) == ("found", "imported", "10.00", False)
    assert (item["step"], item["step_who"], item["step_why"]) == ("open", "李", "现场检查")
    why = explained(town.desk, item["flag"])
    assert (why["compared_with"]["n"], why["flag"]["ref_median"]) == (6, "10.35")
    assert "由检查发现" in why["flag"]["text_zh"]
    entry = audit.entries(town.desk, what="flag_open")["items"][0]
    assert (entry["who"], entry["origin"], entry["why"]) == ("李", "cli:wang", "现场检查")


def test_one_that_a_rule_found_is_its_flag(town):
    name = only(town)
    assert counts(town.take("cases", HEADER + row(6))) == {"rows": 1, "added": 1}
    assert state(town, name) == ("found", True, 1)
    assert told(town.desk, name)["taken_up"]["class"] == "high"


def test_what_is_followed_already_stays_and_what_is_over_begins_again(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    assert counts(town.take("cases", HEADER + row(6))) == {"rows": 1, "unchanged": 1}
    assert state(town, name) == ("screened", True, 1)
    step(town.desk, name, Asked("dismiss", "regulator", WANG._replace(why="票据相符")))
    assert counts(town.take("cases", HEADER + row(6, why="再次检查"))) == {"rows": 1, "added": 1}
    assert state(town, name) == ("found", True, 3)


def test_one_whose_price_comes_down_is_re_priced(town):
    town.take("cases", HEADER + row(6, kind="listed"))
    step(town.desk, only(town), SCREEN)
    name = only(town)
    change(town, "10.00", 25)
    assert state(town, name)[0] == "repriced"


REFUSED = {
    "unknown pharmacy": ("P99010299999," + row(0).partition(",")[2], "unknown_pharmacy"),
    "unknown drug": (row(0, drug="XA01AAA001A001010100001"), "unknown_drug"),
    "not sold": (row(0, drug=CODES[1]), "case_not_sold"),
    "not sold there": (row(0, kind="online"), "case_not_sold"),
    "no reason": (row(0, why=""), "missing_value"),
    "nobody": (row(0, who=""), "missing_value"),
    "two reasons": (row(0) + row(0, why="群众举报"), "duplicate_code"),
}


@pytest.mark.parametrize(("rows", "code"), REFUSED.values(), ids=REFUSED)
def test_rows_that_cannot_be_are_refused_and_the_others_go_in(town, rows, code):
    report = town.take("cases", HEADER + rows + row(1))
    assert {one[2] for one in codes(report)} == {code}
    assert [one["pharmacy_code"] for one in page(town.desk, "cases", REGION, filters={})["items"]] == [SHOPS[1]]


def test_a_dry_run_opens_nothing(town):
    before = town.dump()
    assert counts(town.take("cases", HEADER + row(0), Taken(dry=True))) == {"rows": 1, "added": 1}
    assert town.dump() == before


def test_senders_open_no_cases(url, store, tmp_path):
    sender = Sender(url, store, tmp_path)
    answer = sender.send(HEADER + row(0), what="cases")
    assert (answer.status_code, answer.json["code"]) == (422, "bad_choice")
    sender.close()


def test_the_command_opens_them(url, town, tmp_path):
    path = tmp_path / "检查.csv"
    path.write_text(HEADER + row(0), "utf-8")
    command = ["--db", url, "import", "cases", str(path), "--json"]
    done = CliRunner().invoke(main, command, env={"PRICECOMPARE_NOW": NOW.isoformat()})
    assert (done.exit_code, json.loads(done.output)["upload"]["added"]) == (0, 1)
    assert found(town)["state"] == "found"
