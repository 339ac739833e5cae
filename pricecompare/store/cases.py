"""What becomes of flags, in the store."""

from collections.abc import Iterable
from typing import Any

from pricecompare.models import Attachment, Case, CaseStep
from pricecompare.store.base import Base


class Cases(Base):
    """Cases, their steps, and the prices they were compared with."""

    def has_cases(self) -> bool:
        """Say whether anybody has taken up a flag yet."""
        return self._row("has_cases") is not None

    def case_of(self, pharmacy_id: int, drug_id: int, kind: str) -> Case | None:
        """Return what became of one price of one pharmacy; None where nobody has taken it up."""
        row = self._row("case_of", pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)
        return Case(*row) if row else None

    def cases_of(self, prices: Iterable[tuple[int, int, str]]) -> list[Case | None]:
        """Return what became of prices, given as (pharmacy, drug, kind); None for each that nobody has taken up."""
        names = ("pharmacy_id", "drug_id", "kind")
        found = self._each("case_of", (dict(zip(names, one, strict=True)) for one in prices))
        return [Case(*rows[0]) if rows else None for rows in found]

    def mended_cases(self) -> list[tuple[Case, int]]:
        """Return cases whose price is not flagged any more and was put right, each with the price in fen."""
        return [(Case(*row[:-1]), row[-1]) for row in self._rows("mended_cases")]

    def cases(self, region_id: int, *, most: int, after: int = 0, **narrow: Any) -> list[Case]:
        """Return up to `most` cases of a region after an id.

        `narrow` may give ``state``, ``pharmacy_id``, ``district_id`` and ``due_before``.
        """
        wanted = {name: narrow.get(name) for name in ("state", "pharmacy_id", "district_id", "due_before")}
        return [Case(*row) for row in self._rows("cases", region_id=region_id, most=most, after=after, **wanted)]

    def cases_of_batch(self, batch_id: int) -> list[Case]:
        """Return the cases whose newest step was taken in a batch."""
        return [Case(*row) for row in self._rows("cases_of_batch", batch_id=batch_id)]

    def size_of_batch(self, batch_id: int) -> int:
        """Return how many steps were taken in a batch."""
        return self._rows("size_of_batch", batch_id=batch_id)[0][0]

    def region_of_pharmacy(self, pharmacy_id: int) -> int | None:
        """Return the pooling region of a pharmacy; None for one that nobody knows."""
        row = self._row("region_of_pharmacy", id=pharmacy_id)
        return row[0] if row else None

    def flag_names(self, pharmacy_id: int, drug_id: int) -> tuple:
        """Return code, name and district of a pharmacy, and code, name, form, spec and maker of a drug."""
        return self._rows("flag_names", pharmacy_id=pharmacy_id, drug_id=drug_id)[0]

    def next_case(self) -> int:
        """Return the next free id; only meaningful inside `writing`."""
        return self._rows("next_case")[0][0]

    def next_batch(self) -> int:
        """Return the next free id of a batch; only meaningful inside `writing`."""
        return self._rows("next_batch")[0][0]

    def put_cases(self, cases: Iterable[Case]) -> None:
        """Add cases or replace those with the same id."""
        self._many("put_case", (_columns(case) for case in cases))

    def put_steps(self, steps: Iterable[tuple[int, CaseStep]]) -> None:
        """Add steps to cases, each with the id of its case."""
        self._many("put_step", ({"case_id": case_id, **step._asdict()} for case_id, step in steps))

    def steps(self, case_id: int) -> list[CaseStep]:
        """Return all that was done about a case, oldest first."""
        return [CaseStep(*row) for row in self._rows("steps", case_id=case_id)]

    def put_case_prices(self, rows: Iterable[tuple[str, int, bytes]]) -> None:
        """Keep prices that cases were compared with: (hash, layout, prices); those that are kept stay as they are."""
        self._many("put_case_prices", (dict(zip(("hash", "layout", "prices"), row, strict=True)) for row in rows))

    def case_prices(self, hash_: str) -> tuple[int, bytes]:
        """Return layout and prices that a case was compared with."""
        return self._rows("case_prices", hash=hash_)[0]

    def attachments(self, case_id: int) -> list[Attachment]:
        """Return the files that were put to a case, oldest first, without their bytes."""
        return [Attachment(*row) for row in self._rows("attachments", case_id=case_id)]

    def attachment(self, case_id: int, number: int) -> tuple[Attachment, bytes] | None:
        """Return one file of a case and its bytes; None when there is none with that number."""
        row = self._row("attachment", case_id=case_id, number=number)
        return (Attachment(*row[:-1]), bytes(row[-1])) if row else None

    def put_attachment(self, case_id: int, this: Attachment, content: bytes) -> None:
        """Put a file to a case."""
        self._do("put_attachment", case_id=case_id, content=content, **this._asdict())

    def asked_now(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> tuple[int, int] | None:
        """Return what a pharmacy asks for a drug now, in fen, and when it said so; None when it does not sell it."""
        return self._row("asked_now", region_id=region_id, pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)


def _columns(case: Case) -> dict[str, Any]:
    columns = case._asdict()
    return columns | {"class": columns.pop("class_")}
