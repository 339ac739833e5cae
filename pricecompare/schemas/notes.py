"""Findings kept outside memory, however many there are: a row's number and a place each, the words in a file."""

import json
import weakref
from array import array
from functools import cached_property
from tempfile import SpooledTemporaryFile

import numpy as np

from pricecompare.models import Finding

IN_MEMORY = 8 << 20


class Notes:
    """Findings by row. Beyond some megabytes they go into a nameless file that ends with this object."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)
        self._rows, self._at = array("q"), array("q")
        self._end = 0
        weakref.finalize(self, self._file.close)

    def add(self, finding: Finding) -> None:
        """Keep a finding."""
        told = (finding.column, finding.severity, finding.code, finding.en, finding.zh, finding.value)
        self._rows.append(finding.row)
        self._at.append(self._end)
        self._end += self._file.write(json.dumps(told).encode() + b"\n")

    def of(self, row: int) -> list[Finding]:
        """Return the findings of a row in the order they came; once asked, nothing may be added any more."""
        rows, at = self._in_order
        first, last = np.searchsorted(rows, [row, row + 1])
        return [self._read(row, int(place)) for place in at[first:last]]

    @cached_property
    def _in_order(self) -> tuple[np.ndarray, np.ndarray]:
        rows, at = np.array(self._rows), np.array(self._at)
        order = np.argsort(rows, kind="stable")
        return rows[order], at[order]

    def _read(self, row: int, place: int) -> Finding:
        self._file.seek(place)
        return Finding(row, *json.loads(self._file.readline()))
