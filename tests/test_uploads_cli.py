"""Commands about what came: dry runs, files put aside, the ledger, refused rows, decisions and guards."""

import csv
import json
import os

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from tests.conftest import NOW
from tests.made import CODES
from tests.sent import line, prices
from tests.town import ALL, SHOPS

EVERYTHING = [line(shop, drug, "10.00") for shop in range(11) for drug in range(3)]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs commands in a folder with a town's database, the clock standing still; says (exit code, outputs)."""
    for name in [name for name in os.environ if name.startswith("PRICECOMPARE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRICECOMPARE_NOW", NOW.isoformat())
    monkeypatch.chdir(tmp_path)

    def ran(*words, code=0):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return done

    ran("init")
    for what in ("regions", "drugs", "pharmacies", "prices"):
        (tmp_path / f"{what}.csv").write_text(ALL[what], "utf-8")
        ran("import", what, f"{what}.csv")
    return ran


@pytest.fixture
def listed(tmp_path):
    """Writes a price list into the folder; gives its name."""

    def written(*lines, name="list.csv"):
        (tmp_path / name).write_text(prices(*lines), "utf-8")
        return name

    return written


def answer(done):
    """Return what a command says as JSON."""
    return json.loads(done.stdout)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(run, listed):
    file = listed(line(0, 0, "11.00"), line(0, 3, "9.00"), line(1, 0, "x"))
    shown = run("import", "prices", file, "--full", "--dry-run", code=3).stdout
    assert "would be 3 rows of prices: 1 new, 1 changed, 0 unchanged, 2 gone, 1 refused" in shown
    changed = next(row.split() for row in shown.splitlines() if CODES[0] in row)
    assert changed[-4:] == ["changed", "10.00", "11.00", "10.0"]
    assert len(answer(run("uploads", "list", "--json"))["items"]) == 4
    real = run("import", "prices", file, "--full", code=3).stdout
    assert real.splitlines()[0] == shown.splitlines()[0].replace("would be ", "")


def test_a_dry_run_as_json_and_as_a_file_tells_all(run, listed, tmp_path):
    file = listed(*(line(shop, drug, "12.05") for shop in range(11) for drug in range(3)))
    tried = answer(run("import", "prices", file, "--dry-run", "--json", "--csv", "out.csv"))
    assert (tried["dry_run"], tried["upload"]["id"], tried["upload"]["changed"]) == (True, None, 33)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as found:
        rows = list(csv.DictReader(found))
    named = [(one["pharmacy"]["code"], one["drug"]["code"], one["price"]) for one in tried["changes"]]
    assert [(row["pharmacy_code"], row["drug_code"], row["price"]) for row in rows] == named
    assert len(named) == 33
    shown = run("import", "prices", file, "--dry-run").stdout
    assert shown.endswith("… and 13 more.\n")


@pytest.mark.parametrize("words", [["--csv", "x.csv"], ["--dry-run", "--csv", "x.csv", "prices.csv"]])
def test_changes_are_written_of_one_dry_run(run, listed, words):
    run("import", "prices", listed(line(0, 0, "11.00")), *words, code=2)


def test_a_repeated_file_says_so(run):
    shown = run("import", "prices", "prices.csv").stdout
    assert "Taken before as upload 4; nothing was done again." in shown
    assert answer(run("import", "prices", "prices.csv", "--json"))["repeated"] is True


def test_a_guarded_file_is_put_aside_until_somebody_confirms_it(run, listed):
    run("import", "prices", listed(*EVERYTHING), "--source", "a", "--sender", "wang")
    few = listed(line(0, 0, "12.00", "2026-10-31"))
    tried = run("import", "prices", few, "--source", "a", "--dry-run", code=4).stdout
    assert "guard_few_rows" in tried
    assert "uploads confirm" not in tried
    shown = run("import", "prices", few, "--source", "a", code=4).stdout
    assert all(
        part in shown for part in ("quarantined", "last time there were 33", "上次为 33 行", "uploads confirm 6")
    )
    assert answer(run("uploads", "show", 6, "--json"))["state"] == "quarantined"
    assert run("uploads", "confirm", 6, "--by", "li").stdout == "Upload 6 is taken: 1 rows, 1 changed\n"
    assert "confirmation (7) at 2026-11-01T12:00:00+08:00 by li" in run("uploads", "show", 6).stdout
    assert "not in quarantine" in run("uploads", "reject", 6, code=1).stderr


def test_a_guarded_file_that_is_rejected_never_counts(run, listed):
    run("import", "prices", listed(*EVERYTHING), "--source", "a")
    run("import", "prices", listed(line(0, 0, "12.00", "2026-10-31")), "--source", "a", code=4)
    assert answer(run("uploads", "reject", 6, "--json"))["state"] == "rejected"
    assert run("uploads", "changes", 6).stdout == "No price is different.\n"


def test_the_ledger_is_listed_newest_first(run, listed):
    run("import", "prices", listed(line(0, 0, "11.00")), "--source", "chain", "--sender", "wang")
    rows = run("uploads").stdout.splitlines()
    assert [row.split()[:3] for row in rows[2:]] == [
        [str(number), what, "taken"]
        for number, what in zip((5, 4, 3, 2, 1), ("prices", "prices", "pharmacies", "drugs", "regions"), strict=True)
    ]
    assert [one["id"] for one in answer(run("uploads", "list", "--source", "chain", "--json"))["items"]] == [5]
    assert run("uploads", "list", "--limit", 2).stdout.endswith("There are more; --limit shows them.\n")


def test_what_an_upload_changed_is_shown_and_written(run, listed, tmp_path):
    run("import", "prices", listed(line(0, 0, "11.00"), line(0, 3, "9.00")))
    assert [one["what"] for one in answer(run("uploads", "changes", 5, "--json"))["items"]] == ["changed", "new"]
    assert "10.00" in run("uploads", "changes", 5).stdout
    run("uploads", "changes", 5, "--csv", "changes.csv")
    assert (tmp_path / "changes.csv").read_text("utf-8-sig").count("\n") == 3


def test_refused_rows_are_written_and_go_in_when_corrected(run, listed, tmp_path):
    run("import", "prices", listed(line(0, 0, "x"), line(1, 0, "11.00")), code=3)
    run("uploads", "refused", 5, "-o", "back.csv")
    back = (tmp_path / "back.csv").read_text("utf-8")
    assert run("uploads", "refused", 5).stdout_bytes == (tmp_path / "back.csv").read_bytes()
    assert [row.split(",")[0] for row in back.splitlines()] == ["pharmacy_code", SHOPS[0]]
    (tmp_path / "back.csv").write_text(back.replace(",x,", ",12.00,", 1), "utf-8")
    assert "1 changed" in run("import", "prices", "back.csv").stdout
    assert "No row of upload 4 was refused" in run("uploads", "refused", 4, code=1).stderr


def test_an_upload_is_taken_back(run, listed):
    before = run("offers", CODES[0], "--region", "990100", "--json").stdout
    run("import", "prices", listed(line(0, 0, "11.00")))
    assert run("retract", 5, "--by", "zhao").stdout.startswith("Upload 5 is retracted")
    after = run("offers", CODES[0], "--region", "990100", "--json").stdout
    versions = [json.loads(one).pop("data_version") for one in (before, after)]
    assert json.loads(before)["items"] == json.loads(after)["items"]
    assert versions[0] < versions[1]
    assert "is a register" in run("retract", 1, code=1).stderr
    assert "no upload 99" in run("retract", 99, code=1).stderr


def test_a_held_price_is_released(run, listed):
    run("import", "prices", listed(line(0, 0, "99.00")))
    assert run("release", SHOPS[0], CODES[0], "--by", "sun").stdout.endswith("counts (decision 6).\n")
    assert answer(run("uploads", "show", 6, "--json"))["sender"] == "sun"
    assert "not held" in run("release", SHOPS[0], CODES[0], code=1).stderr


def guard(run, name, *words):
    """Return the value of a guard's limit."""
    found = answer(run("guards", *words, "--json"))["limits"]
    return next(one["value"] for one in found if one["name"] == name)


def test_guards_are_set_for_one_source_and_for_all(run, listed):
    assert guard(run, "least_share") == 0.5
    run("guards", "--set", "least_share=0.4")
    run("guards", "--source", "a", "--set", "least_share=0.01")
    assert [guard(run, "least_share", *words) for words in ([], ["--source", "a"], ["--source", "b"])] == [
        0.4,
        0.01,
        0.4,
    ]
    run("import", "prices", listed(*EVERYTHING), "--source", "a")
    run("import", "prices", listed(line(0, 0, "12.00", "2026-10-31")), "--source", "a")
    run("guards", "--source", "a", "--unset", "least_share")
    assert guard(run, "least_share", "--source", "a") == 0.4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("most=1", "There is no limit 'most'"),
        ("jump=much", "is not a number"),
        ("jump", "is not a number"),
        ("jump=-1", "must be a number from"),
        ("jump=nan", "must be a number from"),
        ("jump=inf", "must be a number from"),
    ],
)
def test_a_guard_that_makes_no_sense_is_refused(run, given, told):
    assert told in run("guards", "--set", given, code=1).stderr


def test_nothing_waits_where_nothing_came(run, tmp_path):
    assert run("uploads", "take").stdout == ""
    assert sorted(path.name for path in (tmp_path / "prices.db.spool").iterdir()) == ["lock"]
