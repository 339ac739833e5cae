"""Flags and reports at the command line: the same steps, told in a few lines."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.services.cases.citizens import Said, take
from tests.conftest import NOW
from tests.made import CODES
from tests.taken_up import REGION, only, seven_shops
from tests.test_attachments import FILES, PDF
from tests.town import SHOPS


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.fixture
def name(town):
    return only(town)


@pytest.fixture
def told(url, town, monkeypatch):
    monkeypatch.setenv("PRICECOMPARE_NOW", NOW.isoformat())

    def run(*words, fails=False):
        ran = CliRunner().invoke(main, ["--db", url, *words])
        assert bool(ran.exit_code) == fails, ran.output
        return ran.output

    return run


def test_a_flag_from_the_list_to_its_answer(told, name, tmp_path):
    assert name in told("flags", REGION)
    assert "open_to" in json.loads(told("flag", "show", name, "--json"))
    picture = tmp_path / "why.svg"
    assert "compared with 6 prices: 10.00 10.10 10.20 10.30 10.40 10.50" in told(
        "flag", "explain", name, "--svg", str(picture), "--lang", "en"
    )
    assert "this price 20.00" in picture.read_text("utf-8")
    assert (
        told("flag", "step", name, "screen", "--who", "王")
        == f"flag {name} is screened, revision 1, due by 2026-11-04\n"
    )
    code = told("flag", "step", name, "remind", "--who", "王", "--revision", "1").split()[-1]
    assert told("flag", "answer-code", SHOPS[6]).strip() == code
    assert "case_moved" in told("flag", "step", name, "remind", "--who", "王", "--revision", "1", fails=True)
    told("flag", "step", name, "explain", "--role", "pharmacy", "--who", "李", "--why", "进价上涨")
    shown = told("flag", "show", name)
    assert "regulator may: review" in shown and "进价上涨" in shown
    assert "as it was when it was taken up" in told("flag", "explain", name)
    assert name in told("flag", "list", REGION, "--state", "explained")
    assert name not in told("flag", "list", REGION, "--overdue")


def test_files(told, name, tmp_path):
    file, back = tmp_path / "receipt.txt", tmp_path / "back"
    file.write_bytes(FILES[PDF])
    assert told("flag", "attach", name, str(file), "--who", "王").startswith(
        "attachment 1: receipt.txt.pdf (application/pdf"
    )
    told("flag", "attachment", name, "1", "-o", str(back))
    assert back.read_bytes() == FILES[PDF]
    assert "attachment 1: receipt.txt.pdf" in told("flag", "show", name)


def test_many_at_once(told, name):
    words = ("flag", "batch", REGION, "screen", "--who", "王", "--class", "high", "--district", "990102")
    assert told(*words, "--dry-run") == "screen: 1 flags would be done\n"
    assert told(*words) == "screen: 1 flags done (batch 1)\n"
    assert told(*words) == "screen: 0 flags done\nleft as they are: 1 (step_out_of_turn)\n"
    undone = told("flag", "undo", "1", "--who", "王", "--why", "选错了")
    assert undone == "batch 1: 1 taken back, 0 moved since and stay\n"


@pytest.mark.parametrize(
    ("action", "told_back"),
    [("dismiss", "report 1 is dismissed"), ("settle", "report 1 is settled"), ("open", "report 1 is opened: flag ")],
)
def test_reports(told, town, action, told_back):
    take(town.desk, Said(SHOPS[6], "wrong_price", CODES[0], price="26.00"))
    assert "wrong_price" in told("reports", "list", REGION, "--state", "new")
    assert told("reports", action, "1", "--who", "王", "--why", "核实").startswith(told_back)
    assert "wrong_price" not in told("reports", "list", REGION, "--state", "new")


def test_what_there_is_not(told):
    assert "unknown_flag" in told("flag", "show", "nothing", fails=True)
    assert "unknown_pharmacy" in told("flag", "answer-code", "P1", fails=True)
    assert "unknown_batch" in told("flag", "undo", "1", "--who", "王", "--why", "x", fails=True)
    assert "unknown_report" in told("reports", "dismiss", "1", "--who", "王", "--why", "x", fails=True)
