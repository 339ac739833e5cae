"""Refused rows as they came, kept with every reason, to be written back as the sender's own file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from pricecompare.files.tables import Table
from pricecompare.files.write import Refusal
from pricecompare.models import Finding
from pricecompare.schemas.checking import Check
from pricecompare.schemas.sifting import refused_rows
from pricecompare.store import Store


def keep_refused(store: Store, upload_id: int, check: Check, table: Table) -> None:
    """Keep the rows that `check` refused, reading the file's `table` a second time; call inside `writing`."""
    told = {"columns": table.columns, **asdict(table.form)}
    store.put_refused_file(upload_id, json.dumps(told, ensure_ascii=False))
    store.load_refused(
        (upload_id, row, _json(cells), _json([(one.column, one.code, one.en, one.zh) for one in findings]))
        for row, cells, findings in refused_rows(check, table.rows)
    )


def _json(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False, default=_plain)


def _plain(cell: Any) -> str:
    """Return a cell of a sheet that JSON has no word for as its text."""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def refusals(store: Store, upload_id: int) -> Iterator[Refusal]:
    """Yield the refused rows of an upload as they were kept, in the order of the file."""
    for row, cells, findings in store.refused_rows(upload_id):
        found = [Finding(row, column, "error", code, en, zh, "") for column, code, en, zh in json.loads(findings)]
        yield row, json.loads(cells), found
