"""Whatever is changed in the audit trail is found: any column of any row, a row that is missing, one that is moved."""

import pytest

from pricecompare.models.audit import Entry
from pricecompare.services import audit
from tests.regulated import busy
from tests.test_audit import noted


@pytest.mark.parametrize("column", Entry._fields)
def test_a_change_of_any_column_of_any_row_is_found(store, tmp_path, column, once):
    desk = busy(store, tmp_path, once)
    noted(desk, "a", "b")
    last = desk.store.audit_head().id
    other = {"id": last + 7, "at": 1, "before": "{}", "after": '{"x":1}'}.get(column, "x")
    for number in range(1, last + 1):
        (row,) = desk.store.engine.rows(f"SELECT {column} FROM audit WHERE id = {number}", {})  # noqa: S608
        desk.store.engine.rows(f"UPDATE audit SET {column} = :new WHERE id = {number}", {"new": other})  # noqa: S608
        found = audit.verified(desk)["first_break"]
        assert found is not None and found["id"] == number, (column, number)
        where = other if column == "id" else number
        desk.store.engine.rows(f"UPDATE audit SET {column} = :old WHERE id = {where}", {"old": row[0]})  # noqa: S608
        assert audit.verified(desk)["first_break"] is None


def test_a_row_that_is_missing_anywhere_or_stands_twice_is_found(store, tmp_path, once):
    desk = busy(store, tmp_path, once)
    noted(desk, "a", "b")
    last = desk.store.audit_head().id
    names = ", ".join(Entry._fields)
    for number in range(1, last + 1):
        entry = desk.store.entry(number)
        desk.store.engine.rows(f"DELETE FROM audit WHERE id = {number}", {})  # noqa: S608
        assert audit.verified(desk)["first_break"] == {"id": number, "fault": "missing"}
        values = ", ".join(f":{name}" for name in Entry._fields)
        desk.store.engine.rows(f"INSERT INTO audit ({names}) VALUES ({values})", entry._asdict())  # noqa: S608
        assert audit.verified(desk)["first_break"] is None
