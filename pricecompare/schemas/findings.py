"""What is found wrong or doubtful in the rows of one file: kept, counted, and told by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from pricecompare.errors import Reason
from pricecompare.models import Finding
from pricecompare.schemas.notes import Notes

MOST_FINDINGS = 100_000
"""How many findings of one file are kept, some 50 MB of them; all beyond are only counted."""


class Findings:
    """The findings of one file; `columns` says where each value stands, `titles` what the columns are called there."""

    columns: Mapping[str, int]
    titles: Sequence[str]
    _notes: Notes

    def _forget(self) -> None:
        """Begin with nothing found."""
        self.findings: list[Finding] = []
        self.untold = self.errors = self.warnings = self.rows = self.filtered = 0
        self._refused = bytearray()

    def find(self, row: int, name: str, severity: str, reason: Reason, cell: Any = "") -> None:
        """Note an error or a warning about a row whose shape is right, under the column's name in this file."""
        finding = self._tell(row, name, severity, reason, cell)
        if severity == "error":
            self._notes.add(finding)

    def _tell(self, row: int, name: str, severity: str, reason: Reason, cell: Any = "") -> Finding:
        """Count a finding and keep it; of very many only count it."""
        column = self.titles[self.columns[name]] if name in self.columns else name
        finding = Finding(row, column, severity, reason.code, reason.en, reason.zh, str(cell)[:200])
        if severity == "error":
            self.errors += 1
            self._refuse(row)
        else:
            self.warnings += 1
        if len(self.findings) >= MOST_FINDINGS:
            self.untold += 1
        else:
            self.findings.append(finding)
        return finding

    def _refuse(self, row: int) -> None:
        self._refused.extend(bytes(max(0, row + 1 - len(self._refused))))
        self._refused[row] = 1

    def is_refused(self, row: int) -> bool:
        """Say whether a row has an error."""
        return row < len(self._refused) and bool(self._refused[row])

    @property
    def refused(self) -> int:
        """How many rows have an error: a row may have several."""
        return self._refused.count(1)
