"""A store that a test is given is new, whatever the tests before have done to theirs."""

import pytest

from tests.town import TABLES, Town

DEEDS = {
    "rows": "",
    "no first facts": "DELETE FROM meta",
    "a table less": "DROP TABLE holiday",
    "an index less": "DROP INDEX market_by_version",
    "a table more": "CREATE TABLE more (id INTEGER)",
    "an index more": "CREATE INDEX more ON drug (maker)",
    "a column more": "ALTER TABLE holiday ADD COLUMN more TEXT",
    "a view more": "CREATE VIEW more AS SELECT * FROM holiday",
    "statistics": "ANALYZE",
}
SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
    "postgres": "SELECT table_name, ordinal_position, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = 'public' UNION ALL SELECT tablename, 0, indexname, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public' UNION ALL SELECT relname, -1, starelid::text, '' FROM pg_statistic"
    " JOIN pg_class ON oid = starelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4",
}


@pytest.fixture
def another(blank, url, tmp_path):
    """One new store after the other, each as the next test would get it."""
    stores = []

    def new():
        folder = tmp_path / str(len(stores))
        folder.mkdir()
        stores.append(blank.store(url if "://" in url else str(folder / "prices.db")))
        return Town(stores[-1], folder)

    yield new
    for one in stores:
        one.close()


def state(town):
    """Return the tables and indices of a store, and every row."""
    shape = town.store.engine.rows(SHAPES["postgres" if "postgres" in repr(town.store.engine) else "sqlite"], {})
    return shape, {table: town.store.engine.rows(f"SELECT * FROM {table}", {}) for table in TABLES}  # noqa: S608 - own names


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_nothing_is_left_of_what_a_test_has_done(another, deed):
    first = another()
    new = state(first)
    first.take_all()
    if deed:
        first.store.engine.rows(deed, {})
    first.store.close()
    assert state(another()) == new


def fill(store, folder):
    Town(store, folder).take_all()


def test_what_is_filled_once_is_there_each_time_and_belongs_to_one_test(another, once):
    first = another()
    once(fill, first.store, first.folder)
    filled, shape = first.dump() | first.ledger(), state(first)[0]
    second = another()
    once(fill, second.store, second.folder)
    assert second.dump() | second.ledger() == filled
    second.price("P99010200001,XJ01CAA501A001010190008,99.00,2026-10-31,listed,in")
    assert second.dump() | second.ledger() != filled
    third = another()
    once(fill, third.store, third.folder)
    assert (third.dump() | third.ledger(), state(third)[0]) == (filled, shape)
    empty = another()
    assert sum(map(len, state(empty)[1].values())) == len(empty.store.meta())
