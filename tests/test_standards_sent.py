"""Payment standards that come by the command line and over HTTP, and how both show them."""

import pytest
from click.testing import CliRunner

from pricecompare.cli.main import main
from tests.conftest import NOW
from tests.sent import Sender
from tests.town import CODES

SHEET = (
    "药品统一编码,是否集采中选,是否国家谈判,是否价格保密,最小包装挂网价\n"
    f"{CODES[0]},是,否,否,9.50\n"
    f"{CODES[1]},否,是,是,8.80\n"
)
SAID = {"region": "990000", "since": "2026-01-01"}


@pytest.fixture
def sender(url, store, tmp_path):
    """A town whose files come over HTTP."""
    sender = Sender(url, store, tmp_path)
    yield sender
    sender.close()


def test_a_sheet_comes_over_http(sender):
    answer = sender.send(SHEET, what="standards", **SAID)
    assert (answer.status_code, answer.json["added"], answer.json["declared"]) == (201, 2, SAID)
    assert sender.send(SHEET, what="standards", **SAID).status_code == 200
    found = sender.client.get(f"/api/v1/drugs/{CODES[0]}").json
    assert (found["vbp"], [one["price"] for one in found["standards"]]) == (True, ["9.50"])
    assert sender.client.get(f"/api/v1/drugs/{CODES[1]}").json["standards"] == []


def test_a_sheet_that_says_not_where_is_refused_as_a_whole(sender):
    answer = sender.send(SHEET, what="standards")
    assert (answer.status_code, answer.json["code"]) == (422, "missing_columns")


@pytest.mark.parametrize(("name", "value"), [("region", "990000"), ("since", "2026-01-01")])
def test_where_and_since_are_said_of_standards_only(sender, name, value):
    answer = sender.send("x", what="prices", **{name: value})
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "not_said_here", name)


def test_the_command_takes_a_sheet_and_shows_what_the_patient_pays(sender, url, tmp_path):
    (tmp_path / "sheet.csv").write_text(SHEET, "utf-8")
    run = CliRunner()

    def ask(*words):
        line = ["--db", url, *words]
        return run.invoke(main, line, env={"PRICECOMPARE_NOW": NOW.isoformat()}).output

    took = ask("import", "standards", str(tmp_path / "sheet.csv"), "--region", "990000", "--since", "2026-01-01")
    assert "2 rows of standards: 2 new" in took
    shown = ask("offers", CODES[0], "--region", "990100")
    assert "excess" in shown
    assert "Insurance pays 9.50 at most (vbp); the patient pays the excess." in shown
    assert "Insurance pays 9.50" in ask("statistics", CODES[0], "--region", "990100")
    assert "excess" not in ask("offers", CODES[1], "--region", "990100")
