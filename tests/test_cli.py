"""What commands owe a script: exit codes, JSON, files; and the settings they refuse to start with."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.cli.later import COMMANDS
from pricecompare.errors import Invalid, Reason
from pricecompare.services.desk import Settings
from pricecompare.services.opening import limits
from tests.conftest import NOW
from tests.sessions import ROOT
from tests.town import ALL, PRICE_HEADER, SHOPS

BAD_PRICES = ALL["prices"] + f"{SHOPS[0]},XX,1.00,2026-10-20,listed,in\n"
FILES = {
    "good.csv": ALL["prices"],
    "bad.csv": BAD_PRICES,
    "short.csv": PRICE_HEADER + f"{SHOPS[0]},1\n{SHOPS[0]},1,2,3,4,5,6,7\n",
    "page.csv": "<html><body>403</body></html>",
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs commands in an empty folder with a town's files, the clock standing still; says (exit code, outputs)."""
    for name in [name for name in os.environ if name.startswith("PRICECOMPARE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRICECOMPARE_NOW", NOW.isoformat())
    monkeypatch.chdir(tmp_path)
    for name, content in {f"{what}.csv": text for what, text in ALL.items()}.items() | FILES.items():
        (tmp_path / name).write_text(content, "utf-8")
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def town(run):
    """The same with a database that has everything but prices and sales."""
    assert run("init").exit_code == 0
    for what in ("regions", "drugs", "pharmacies"):
        assert run("import", what, f"{what}.csv").exit_code == 0
    return run


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["good.csv"], 0),
        (["bad.csv"], 3),
        (["bad.csv", "good.csv"], 3),
        (["page.csv"], 1),
        (["good.csv", "page.csv"], 1),
        (["none.csv"], 1),
        ([], 2),
    ],
    ids=["all good", "a row refused", "one of two files", "whole file", "second file whole", "no file", "no name"],
)
def test_the_exit_code_says_what_became_of_the_files(town, files, code):
    assert town("import", "prices", *files).exit_code == code
    assert town("import", "prices", *files, "--json").exit_code == code


def test_a_file_refused_as_a_whole_is_told_in_both_languages(town):
    result = town("import", "prices", "page.csv")
    reason = Reason.of("html_file")
    told = "page.csv: nothing of it was taken, nor of the files after it.\n"
    assert result.stderr == f"{told}Error: {reason.en} (html_file)\n{reason.zh}\n"
    assert result.stdout == ""


def test_one_file_answers_with_one_report(town):
    report = json.loads(town("import", "prices", "bad.csv", "--json").stdout)
    assert set(report) == {"upload", "findings", "untold", "repeated"}
    took = report["upload"]
    assert (took["file_name"], took["rows"], took["added"], took["refused"]) == (
        "bad.csv", BAD_PRICES.count("\n") - 1, ALL["prices"].count("\n") - 1, 1,
    )  # fmt: skip
    assert [(one["row"], one["column"], one["severity"]) for one in report["findings"]] == [
        (BAD_PRICES.count("\n"), "drug_code", "error")
    ]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["good.csv", "bad.csv"], ["good.csv", "bad.csv"]),
        (["good.csv", "page.csv"], ["good.csv"]),
        (["page.csv", "good.csv"], []),
    ],
    ids=["both taken", "second refused", "first refused"],
)
def test_several_files_answer_with_one_list(town, files, names):
    reports = json.loads(town("import", "prices", *files, "--json").stdout)
    assert [report["upload"]["file_name"] for report in reports] == names


def test_a_row_without_a_column_is_told_without_a_comma(town):
    shown = town("import", "prices", "short.csv").stdout
    assert "  row 3: error too_many_cells" in shown
    assert ", :" not in shown


def test_init_makes_a_database_once(run):
    made = run("init", "--json", "--max-age-days", "7")
    assert (made.exit_code, json.loads(made.stdout)) == (0, {"database": "prices.db", "max_age_days": 7})
    again = run("init")
    assert (again.exit_code, again.stderr.count("(database_exists)")) == (1, 1)


@pytest.mark.parametrize("days", ["0", "-1", "3651"])
def test_init_refuses_an_age_that_makes_no_sense(run, tmp_path, days):
    result = run("init", "--max-age-days", days)
    assert (result.exit_code, result.stderr.count("(bad_setting)")) == (1, 1)
    assert not (tmp_path / "prices.db").exists()


def test_rebuild_counts_as_json(town):
    town("import", "prices", "good.csv")
    assert json.loads(town("rebuild", "--json").stdout) == {
        "markets": 12, "changed": 0, "months": 0, "changed_months": 0,
    }  # fmt: skip


def test_flags_are_written_for_a_spreadsheet(city, tmp_path):
    target = tmp_path / "flags.csv"
    words = ["--db", str(city.store.engine.path), "flags", "990100", "--csv", str(target)]
    result = CliRunner(env={"PRICECOMPARE_NOW": NOW.isoformat()}).invoke(main, words)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and not content.startswith(b"\xef\xbb\xbf" * 2)
    rows = content.decode("utf-8-sig").split("\r\n")
    assert result.stdout == f"{len(rows) - 2} flags written to {target}\n"
    assert len(rows) > 50 and rows[-1] == ""
    assert {row.count(",") >= rows[0].count(",") for row in rows[:-1]} == {True}


@pytest.mark.parametrize("words", [[], [SHOPS[0], "--region", "990100"]], ids=["neither", "both"])
def test_index_wants_a_pharmacy_or_a_region(town, words):
    result = town("index", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Give a pharmacy code or --region." in result.stderr


@pytest.mark.parametrize("command", [[], *([name] for name in sorted(main.commands))], ids=" ".join)
def test_every_command_explains_itself(run, command):
    result = run(*command, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Usage: ") and "--help" in result.stdout


@pytest.mark.parametrize("url", ["PostgreSQL://me:s3cret@127.0.0.1:1/prices", "mysql://me:s3cret@127.0.0.1/prices"])
@pytest.mark.parametrize("words", [["init"], ["rebuild"], ["import", "prices", "good.csv"]], ids=" ".join)
def test_a_password_is_never_printed(run, url, words):
    result = run("--db", url, *words)
    assert result.exit_code == 1
    assert "s3cret" not in result.output


def test_the_application_for_any_server_can_be_imported(city):
    settings = {"PRICECOMPARE_DB": str(city.store.engine.path), "PRICECOMPARE_NOW": NOW.isoformat()}
    code = "from app import app; print(app.test_client().get('/healthz').json['status'])"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "ok\n", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("COST_PER_KM", value) for value in ("abc", "0", "-1", "1.005", "nan", True)),
        *(("RADIUS_KM", value) for value in ("nan", "-5", "0", "inf", "201", "near", float("nan"), [5])),
        *(("MAX_RADIUS_KM", value) for value in ("500.1", "50000", "0", "nan")),
        *(("PAGE", value) for value in ("0", 0, "-1", "201", "20.5", 20.5, True, "many")),
        *(("MAX_PAGE", value) for value in ("0", "10001", "1e3")),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(Invalid, match=f"The setting {name} must be") as caught:
        limits({name: value})
    assert (caught.value.code, caught.value.field) == ("bad_setting", name.lower())


@pytest.mark.parametrize(
    ("settings", "read"),
    [
        ({}, Settings()),
        ({"PAGE": "", "RADIUS_KM": None}, Settings()),
        ({"MAX_RADIUS_KM": "500", "RADIUS_KM": "500"}, Settings(radius_km=500, max_radius_km=500)),
        ({"MAX_RADIUS_KM": 3}, Settings(radius_km=3, max_radius_km=3)),
        ({"PAGE": 7, "MAX_PAGE": "7"}, Settings(page=7, max_page=7)),
        ({"MAX_PAGE": "5"}, Settings(page=5, max_page=5)),
        ({"COST_PER_KM": 1.5}, Settings(cost_per_km="1.5")),
    ],
    ids=["none", "empty", "up to the cap", "radius gives way", "page as long as the longest", "page gives way", "cost"],
)
def test_settings_are_read(settings, read):
    assert limits(settings) == read


@pytest.mark.parametrize("words", [["rebuild"], ["serve"], ["demo"]], ids=" ".join)
def test_no_command_starts_with_a_bad_setting(run, monkeypatch, words):
    monkeypatch.setenv("PRICECOMPARE_RADIUS_KM", "nan")
    result = run(*words)
    assert (result.exit_code, result.stderr.count("(bad_setting)")) == (1, 1)


def test_a_file_that_cannot_be_written_is_told(town):
    result = town("flags", "990100", "--csv", "nowhere/flags.csv")
    assert (result.exit_code, "(file_unusable)" in result.stderr) == (1, True)


@pytest.mark.parametrize("words", [["-h"], ["import", "-h"], ["key", "rotate", "--help"]])
def test_every_command_helps_whoever_asks_in_either_way(run, words):
    assert run(*words).output.startswith("Usage:")


def test_help_names_every_command_with_its_whole_first_sentence(run):
    told = " ".join(run("--help").output.split())
    for name, command in COMMANDS.items():
        sentence = " ".join(command.help.split("\n\n")[0].split())
        assert f"{name} {sentence.split('. ')[0].rstrip('.')}" in told
