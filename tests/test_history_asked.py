"""What a drug cost over time, asked over HTTP and by command."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli.main import main
from pricecompare.services.desk import Desk, Settings
from pricecompare.services.statistics.history import DAY_COLUMNS, STEP_COLUMNS, history_table
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.town import SHOPS, Town


@pytest.fixture
def town(store, tmp_path):
    """The invented town with no prices yet."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def changes(town, *days):
    """Take a file of its own for each (price, day) of the first pharmacy."""
    for yuan, day in days:
        town.price(f"{SHOPS[0]},{CODES[0]},{yuan},{day},listed,in")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("region=990100&from=2026-10-01&to=2026-10-31", 200, None),
        (f"pharmacy={SHOPS[0]}", 200, None),
        ("region=990100&from=2026-02-30", 422, "bad_day"),
        ("region=990100&from=2026-1-1", 422, "bad_day"),
        ("region=990100&to=２０２６-10-01", 422, "bad_day"),
        ("region=990100&to=0001-01-01", 200, None),
        ("region=990100&kind=free", 422, "bad_choice"),
        ("region=990100&first=2026-10-01", 422, "unknown_parameter"),
        ("", 422, "pharmacy_or_region"),
    ],
)
def test_over_http(town, url, query, status, code):
    changes(town, ("10.00", "2026-10-01"))
    client = create_app(DB=url, NOW=NOW.isoformat()).test_client()
    answer = client.get(f"/api/v1/drugs/{CODES[0]}/history?{query}")
    assert (answer.status_code, answer.get_json().get("code")) == (status, code)


def command(url, *arguments):
    ran = CliRunner().invoke(main, ["--db", url, "history", CODES[0], *arguments], env={"PRICECOMPARE_NOW": str(NOW)})
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_command(town, url, tmp_path):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"))
    shown = command(url, "--pharmacy", SHOPS[0])
    rows = shown.splitlines()[2:]
    assert ("10.00" in rows[0], "11.00" in rows[1], rows[2:]) == (True, True, ["2 of 2 steps"])
    answer = json.loads(command(url, "--region", "990100", "--from", "2026-10-08", "--to", "2026-10-09", "--json"))
    assert [one["median"] for one in answer["days"]] == ["10.00", "11.00"]
    assert command(url, "--region", "990100").splitlines()[-1] == "90 of 90 days"


@pytest.mark.parametrize(
    ("asked", "columns", "rows"),
    [(["--pharmacy", SHOPS[0]], STEP_COLUMNS, 3), (["--region", "990100"], DAY_COLUMNS, 90)],
    ids=["pharmacy", "region"],
)
def test_all_of_it_as_a_file(town, url, tmp_path, asked, columns, rows):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"), ("12.00", "2026-10-12"))
    file = tmp_path / "history.csv"
    assert command(url, *asked, "--csv", str(file)) == f"{rows} rows written to {file}\n"
    lines = file.read_text("utf-8-sig").splitlines()
    assert (lines[0], len(lines) - 1) == (",".join(columns), rows)


def test_a_table_has_all_pages(town):
    changes(town, *((f"{10 + at % 7}.00", f"2026-{5 + at // 28:02d}-{1 + at % 28:02d}") for at in range(30)))
    desk = Desk(town.store, town.desk.clock, Settings(page=4, max_page=4))
    rows = list(history_table(desk, CODES[0], pharmacy=SHOPS[0]))
    assert len(rows) == 30
    assert [row[2] for row in rows] == [f"{10 + at % 7}.00" for at in range(30)]
