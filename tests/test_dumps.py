"""Dumps: what the API tells anybody and nothing besides, the same data the same bytes, whole or not at all."""

import csv
import gzip
import hashlib
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from pricecompare.cli.main import main
from pricecompare.errors import Unusable
from pricecompare.models.listing import TYPES
from pricecompare.services.desk import Desk
from pricecompare.services.dumps import making
from pricecompare.services.dumps.making import dump, names
from pricecompare.services.dumps.tables import TABLES
from pricecompare.services.grounds.catalogue import offers_of_pharmacy
from pricecompare.services.indexing import index
from pricecompare.services.statistics import monitor
from pricecompare.services.statistics.history import history
from pricecompare.services.statistics.standing import statistics
from pricecompare.store import create_store, open_store
from tests.conftest import NOW
from tests.regulated import busy
from tests.test_confidential import PUBLIC, SECRET, town_of
from tests.town import PHARMACIES, SHOPS, Town

BOTH = ("csv.gz", "parquet")


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of every table, as their CSV has them."""
    manifest = json.loads((folder / making.MANIFEST).read_bytes())
    found = {}
    for table in manifest["tables"]:
        (file,) = [one for one in table["files"] if one["format"] == "csv.gz"]
        text = gzip.decompress((folder / file["name"]).read_bytes()).decode()
        found[table["name"]] = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(found[table["name"]]) == table["rows"]
    return found


def as_dumped(one: dict) -> tuple[str, ...]:
    """What a dump says of an offer as the API tells it."""
    packs = "" if one["stock_packs"] is None else str(one["stock_packs"])
    return (
        one["drug"]["code"],
        one["kind"],
        one["price"],
        one["stock"],
        packs,
        str(int(one["held"])),
        one["observed_at"],
    )


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


def test_every_table_says_what_the_api_says(desk, tmp_path):
    dump(desk, tmp_path / "d")
    found = tables(tmp_path / "d")
    offers = [row for row in found["offers"] if row["pharmacy_code"] == SHOPS[0]]
    told = offers_of_pharmacy(desk, SHOPS[0], limit=200)["items"]
    assert [tuple(row.values())[2:] for row in offers] == [as_dumped(one) for one in told]
    drug = offers[0]["drug_code"]
    steps = history(desk, drug, pharmacy=SHOPS[0], limit=200)["steps"]
    kept = [row for row in found["changes"] if (row["drug_code"], row["pharmacy_code"]) == (drug, SHOPS[0])]
    listed = [(row["since"], row["price"] or None, row["upload"]) for row in kept if row["kind"] == "listed"]
    assert listed == [(step["since"], step["price"], str(step["upload"])) for step in steps]
    for row in found["statistics"]:
        said = statistics(desk, row["drug_code"], region=row["region"]) if row["kind"] == "listed" else None
        if said:
            assert [int(row[name]) for name in ("n", "stale", "doubtful")] == [
                said[n] for n in ("n", "stale", "doubtful")
            ]
            assert [row["median"], row["low"]] == [f"{said[name]}" for name in ("median_fen", "low_fen")]
    flags = monitor.flags(desk, "990100", limit=200)["items"]
    assert [(row["price"], row["text_zh"]) for row in found["flags"] if row["region"] == "990100"] == [
        (one["price"], one["text_zh"]) for one in flags
    ]
    indices = {one["pharmacy"]["code"]: one for one in index.of_region(desk, "990100", limit=200)["items"]}
    assert {row["pharmacy_code"] for row in found["indices"]} == indices.keys() != set()
    for row in found["indices"]:
        said = indices[row["pharmacy_code"]]
        assert (row["index"], row["status"]) == ("" if said["index"] is None else str(said["index"]), said["status"])


def test_what_the_api_does_not_tell_is_not_there(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    header, *shops = PHARMACIES.splitlines()
    town.take("pharmacies", f"{header},closed_on\n{shops[0]},2026-10-01\n")
    dump(town.desk, tmp_path / "d")
    found = tables(tmp_path / "d")
    assert SHOPS[0] not in {row["pharmacy_code"] for row in found["offers"]}
    assert {SHOPS[1]} <= {row["pharmacy_code"] for row in found["offers"]}
    assert "2026-10-01" in {row["closed_on"] for row in found["pharmacies"]}


def test_confidential_standards_change_no_byte(tmp_path):
    there, not_there = (
        town_of(tmp_path / name, PUBLIC, rows, prices=False) for name, rows in (("a", SECRET), ("b", ""))
    )
    said = []
    for path in (there, not_there):
        store = open_store(str(path))
        manifest = dump(Desk(store, lambda: NOW), path.parent / "d", BOTH)
        said.append([file["sha256"] for table in manifest["tables"] for file in table["files"]])
        store.close()
    assert said[0] == said[1]


def test_the_same_data_are_the_same_bytes_and_the_files_of_before_stay_once(desk, tmp_path):
    first = dump(desk, tmp_path / "d", BOTH)
    files = {path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    assert dump(desk, tmp_path / "d", BOTH) == first
    assert {path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()} == files
    before = set(names(tmp_path / "d"))
    town = Town(desk.store, tmp_path)
    town.price(f"{SHOPS[0]},{tables(tmp_path / 'd')['drugs'][0]['code']},17.77,2026-11-01,listed,in")
    dump(desk, tmp_path / "d", BOTH)
    after = set(names(tmp_path / "d"))
    here = {path.name for path in (tmp_path / "d").iterdir()}
    assert after != before and here == before | after | {making.MANIFEST}
    dump(desk, tmp_path / "d", BOTH)
    assert {path.name for path in (tmp_path / "d").iterdir()} == after | {making.MANIFEST}


def test_a_manifest_says_what_lies_there(desk, tmp_path):
    manifest = dump(desk, tmp_path / "d", BOTH)
    assert [table["name"] for table in manifest["tables"]] == [table.name for table in TABLES]
    for table in manifest["tables"]:
        assert {column["type"] for column in table["columns"]} <= set(TYPES)
        for file in table["files"]:
            content = (tmp_path / "d" / file["name"]).read_bytes()
            assert (file["sha256"], file["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert NOW.isoformat()[:10] == manifest["today"]
    later = Desk(desk.store, lambda: NOW + timedelta(hours=3))
    assert dump(later, tmp_path / "later", BOTH) == manifest


def test_parquet_has_the_rows_of_the_csv(desk, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet is an extra: pip install 'pricecompare[dump]'")
    manifest = dump(desk, tmp_path / "d", BOTH)
    found = tables(tmp_path / "d")
    for table in manifest["tables"]:
        (file,) = [one for one in table["files"] if one["format"] == "parquet"]
        rows = parquet.read_table(tmp_path / "d" / file["name"]).to_pylist()
        assert len(rows) == len(found[table["name"]])
        for row, plain in zip(rows, found[table["name"]], strict=True):
            for column in table["columns"]:
                assert written(row[column["name"]], column["type"]) == plain[column["name"]].removeprefix("'")


def written(value, type):
    """Return a value of Parquet as CSV has it."""
    if value is None:
        return ""
    if type == "moment":
        return (value + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S+08:00")
    if type == "truth":
        return str(int(value))
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value).removeprefix("'")


def test_a_dump_that_fails_leaves_the_one_before(desk, tmp_path, monkeypatch):
    dump(desk, tmp_path / "d")
    before = {path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    (tmp_path / "d" / "notes.txt").write_text("not ours")
    monkeypatch.setitem(making.WRITERS, "csv.gz", Broken)
    with pytest.raises(Unusable):
        dump(desk, tmp_path / "d")
    after = {path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    assert after == before | {"notes.txt": b"not ours"}


class Broken:
    """A disk that is full after the first table."""

    def __init__(self, target, columns):
        self.target, self.full = target, len(columns) == 16

    def write(self, rows):
        self.target.write(b"half")
        if self.full:
            raise OSError(28, "No space left on device")

    def close(self):
        pass


def test_what_a_spreadsheet_would_run_is_shielded(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    header, *shops = PHARMACIES.splitlines()
    town.take(
        "pharmacies", f"{header}\n{shops[0].replace('第1药店', '=1+1')}\n{shops[1].replace('路2号', '@SUM(1)')}\n"
    )
    dump(town.desk, tmp_path / "d")
    first, second, *_ = tables(tmp_path / "d")["pharmacies"]
    assert (first["name"], second["address"]) == ("'=1+1", "'@SUM(1)")


def test_the_command_says_what_it_wrote(city, tmp_path):
    line = ["--db", str(city.store.engine.path), "dump", str(tmp_path / "d"), "--parquet"]
    env = {"PRICECOMPARE_NOW": NOW.isoformat()}
    said = CliRunner().invoke(main, line, env=env)
    assert said.exit_code == 0 and len(said.output.splitlines()) == 2 * len(TABLES) + 1
    told = json.loads(CliRunner().invoke(main, [*line, "--json"], env=env).output)
    assert told == json.loads((tmp_path / "d" / making.MANIFEST).read_bytes())


def test_an_empty_database_has_an_empty_dump(tmp_path):
    store = create_store(str(tmp_path / "x.db"), cursor_key="k", max_age_days=30)
    manifest = dump(Desk(store, lambda: NOW), tmp_path / "d", BOTH)
    assert {table["rows"] for table in manifest["tables"]} == {0}
    store.close()
