"""What becomes of flags, in the store."""

from collections.abc import Iterable
from typing import Any

from pricecompare.models import Case, CaseStep
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

    def cases(self, region_id: int, *, most: int, after: int = 0, **narrow: Any) -> list[Case]:
        """Return up to `most` cases of a region after an id; `narrow`: ``state``, ``pharmacy_id``, ``due_before``."""
        wanted = {name: narrow.get(name) for name in ("state", "pharmacy_id", "due_before")}
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

    def put_case_prices(self, hash_: str, layout: int, prices: bytes) -> None:
        """Keep prices that a case was compared with; those that are kept stay as they are."""
        self._do("put_case_prices", hash=hash_, layout=layout, prices=prices)

    def case_prices(self, hash_: str) -> tuple[int, bytes]:
        """Return layout and prices that a case was compared with."""
        return self._rows("case_prices", hash=hash_)[0]

    def fen_of(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> int | None:
        """Return what a pharmacy asks for a drug now, in fen; None when it does not sell it."""
        row = self._row("fen_of", region_id=region_id, pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)
        return row[0] if row else None


def _columns(case: Case) -> dict[str, Any]:
    columns = case._asdict()
    return columns | {"class": columns.pop("class_")}
