"""A pharmacy that comes under another pooling region: all that is known of it goes along, as a rebuild has it."""

import threading

import pytest

from pricecompare.calc.index import METHOD_ID
from pricecompare.services.ingest import import_file
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store
from tests.made import CODES
from tests.town import ALL, PHARMACIES, REGIONS, SALES, SHOPS, Town, counts


@pytest.fixture
def town(store, tmp_path):
    return Town(store, tmp_path)


def moved(*places: tuple[int, int]) -> str:
    """Return the pharmacies with some, by position, in another region."""
    regions = dict(places)
    header, *rows = (line.split(",") for line in PHARMACIES.splitlines())
    lines = [[*row[:2], str(regions.get(at, "")), *row[2:]] for at, row in enumerate(rows)]
    return "\n".join(map(",".join, [[*header[:2], "region", *header[2:]], *lines]))


def of_pharmacy(town: Town, number: int) -> dict:
    """Return all that is kept of one pharmacy, without the region it is kept under."""
    found = {}
    for table in ("offer", "price_change", "quote_list", "list_run", "sale", "sale_list"):
        rows = town.store.engine.rows(f"SELECT * FROM {table} WHERE pharmacy_id = :id", {"id": number})  # noqa: S608
        found[table] = sorted(row[1:] for row in rows)
        assert {row[0] for row in rows} <= {one.region_id for one in town.store.pharmacies() if one.id == number}
    return found


def untouched_by_rebuild(town: Town) -> bool:
    before = town.derived()
    rebuild(town.desk)
    return town.derived() == before


@pytest.mark.parametrize(
    "places",
    [[(0, 990202)], [(0, 980100), (7, 980100)], [(0, 990202), (7, 990102)], [(at, 980100) for at in range(7)]],
    ids=["to the next city", "to another province", "two change places", "a city loses all"],
)
def test_all_of_a_pharmacy_goes_along(town, places):
    town.take_all()
    town.full(*(f"{SHOPS[at]},{CODES[0]},{10 + at % 5}.00,2026-10-31,listed,in" for at in (0, 7)))
    before = {number: of_pharmacy(town, number) for number in range(1, len(SHOPS) + 1)}
    report = town.take("pharmacies", moved(*places))
    assert counts(report) == {"rows": len(SHOPS), "changed": len(places), "unchanged": len(SHOPS) - len(places)}
    assert {number: of_pharmacy(town, number) for number in before} == before
    assert {one.id: one.district_id for one in town.store.pharmacies()} == {
        at + 1: dict(places).get(at, int(code[1:7])) for at, code in enumerate(SHOPS)
    }
    assert untouched_by_rebuild(town)


def test_a_pharmacy_that_comes_back_leaves_no_trace(town):
    town.take_all()
    before = town.derived()
    town.take("pharmacies", moved((0, 990202), (8, 990102)))
    assert town.derived() != before
    town.take("pharmacies", PHARMACIES)
    assert town.derived() == before


def test_a_town_whose_shops_moved_is_the_town_where_they_always_stood(town, tmp_path):
    places = moved((2, 990202), (9, 980100))
    town.take_all()
    town.take("pharmacies", places)
    other = Town(create_store(str(tmp_path / "other.db"), cursor_key="", max_age_days=30), tmp_path)
    for what in ALL:
        other.take(what, places if what == "pharmacies" else ALL[what])
    assert other.derived() == town.derived()
    other.store.close()


def test_sales_follow_without_any_prices_and_the_old_region_has_no_index_left(town):
    town.take_all(until="prices")
    town.take("sales", "\n".join(SALES.splitlines()[:4]))
    assert [row.pharmacy_id for row in town.store.indices(990100, "2026-09", METHOD_ID)] == [1]
    town.take("pharmacies", moved((0, 990202)))
    assert town.store.indices(990100, "2026-09", METHOD_ID) == town.store.references(990100, "2026-09") == []
    assert [row.pharmacy_id for row in town.store.indices(990200, "2026-09", METHOD_ID)] == [1]
    assert untouched_by_rebuild(town)


def test_pharmacies_follow_their_district(town):
    town.take_all()
    before = town.derived()
    report = town.take("regions", REGIONS.replace("望江区,990200", "望江区,990100"))
    assert counts(report) == {"rows": 7, "changed": 1, "unchanged": 6}
    assert {one.region_id for one in town.store.pharmacies()} == {990100}
    assert town.store.market_keys(990200) == []
    assert untouched_by_rebuild(town)
    town.take("regions", REGIONS)
    assert town.derived() == before


def test_a_province_may_become_one_pooling_region(town):
    town.take_all()
    before = town.derived()
    whole = REGIONS.replace("province,0", "province,1").replace("city,1", "city,0")
    town.take("regions", whole)
    assert {one.region_id for one in town.store.pharmacies()} == {990000}
    assert len(town.store.market_keys(990000)) == 6
    assert town.store.market_keys(990100) == town.store.flags(990100, most=9) == []
    assert untouched_by_rebuild(town)
    town.take("regions", REGIONS)
    assert town.derived() == before


@pytest.mark.parametrize("what", ["prices", "sales"])
def test_a_pharmacy_that_moves_while_a_file_is_read_has_its_rows_where_it_is(town, what, url, monkeypatch):
    town.take_all(until=what)
    taking, begun, done = town.store.writing, threading.Event(), threading.Event()

    def after_the_move():
        begun.set()
        assert done.wait(20)
        return taking()

    reader = threading.Thread(target=town.take, args=(what, ALL[what]))
    monkeypatch.setattr(town.store, "writing", lambda: after_the_move() if not begun.is_set() else taking())
    reader.start()
    assert begun.wait(20)
    (town.folder / "moved.csv").write_text(moved((0, 990202)), "utf-8")
    import_file(town.desk, "pharmacies", town.folder / "moved.csv")
    done.set()
    reader.join()
    assert town.store.pharmacy(SHOPS[0]).region_id == 990200
    assert of_pharmacy(town, 1)["offer" if what == "prices" else "sale"]
    assert untouched_by_rebuild(town)
