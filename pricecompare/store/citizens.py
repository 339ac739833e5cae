"""What citizens said, in the store."""

from typing import Any

from pricecompare.models import CitizenReport
from pricecompare.store.base import Base


class Citizens(Base):
    """Reports of citizens, and how many came about each pharmacy on a day."""

    def next_report(self) -> int:
        """Return the next free id; only meaningful inside `writing`."""
        return self._rows("next_report")[0][0]

    def same_report(self, this: CitizenReport) -> CitizenReport | None:
        """Return the report that says the same and that nobody has looked at yet."""
        said = {name: getattr(this, name) for name in ("pharmacy_id", "drug_id", "kind", "what", "fen")}
        row = self._row("same_report", **said)
        return CitizenReport(*row) if row else None

    def report(self, report_id: int) -> CitizenReport | None:
        """Return the report with that id."""
        row = self._row("report", id=report_id)
        return CitizenReport(*row) if row else None

    def reports(self, region_id: int, *, most: int, after: int = 0, **narrow: Any) -> list[CitizenReport]:
        """Return up to `most` reports of a region after an id; `narrow`: ``state``, ``what``, ``district_id``."""
        wanted = {name: narrow.get(name) for name in ("state", "what", "district_id")}
        return [
            CitizenReport(*row) for row in self._rows("reports", region_id=region_id, most=most, after=after, **wanted)
        ]

    def put_report(self, report: CitizenReport) -> None:
        """Add a report, or replace the one with the same id."""
        self._do("put_report", **report._asdict())

    def reports_on(self, pharmacy_id: int, day: str) -> int:
        """Return how many reports about a pharmacy came on a day."""
        row = self._row("report_day", pharmacy_id=pharmacy_id, day=day)
        return row[0] if row else 0

    def put_reports_on(self, pharmacy_id: int, day: str, count: int) -> None:
        """Keep how many reports about a pharmacy came on a day, and forget the days before."""
        self._do("forget_report_days", day=day)
        self._do("put_report_day", pharmacy_id=pharmacy_id, day=day, count=count)
