"""Published indices in the store: settings, runs, values, appeals."""

from collections.abc import Iterable
from typing import Any

from pricecompare.models.indexing import Appeal, AppealStep, IndexRun, IndexValue
from pricecompare.store.base import Base
from pricecompare.store.uploads import NEWEST


class Indexing(Base):
    """Runs that people publish, and what is disputed about them."""

    def index_settings(self, region_id: int, year: int) -> dict[str, float]:
        """Return what was set for a region and year; what is set for the region goes before what is set for all."""
        return {name: value for *_, name, value in self._rows("index_settings", region_id=region_id, year=year)}

    def all_index_settings(self) -> list[tuple[int, int, str, float]]:
        """Return (region_id, year, name, value) of all that was set; 0 stands for every region or year."""
        return self._rows("all_index_settings")

    def put_index_setting(self, region_id: int, year: int, name: str, value: float | None) -> None:
        """Set a limit of a region (0: all) and year (0: all); None takes the setting back."""
        where: dict[str, Any] = {"region_id": region_id, "year": year, "name": name}
        if value is None:
            self._do("delete_index_setting", **where)
        else:
            self._do("put_index_setting", **where, value=value)

    def add_index_run(self, run: IndexRun, inputs: bytes, values: Iterable[IndexValue]) -> None:
        """Add a run with its inputs and values."""
        self._do("put_index_run", **run._asdict(), inputs=inputs)
        self._many("put_index_value", ({"run_id": run.id, **value._asdict()} for value in values))

    def next_index_run(self) -> int:
        """Return the next free id of a run; only meaningful inside `writing`."""
        return self._rows("next_index_run")[0][0]

    def decide_index_run(self, run_id: int, state: str, *, at: int, by: str) -> None:
        """Confirm or drop a draft; any other run stays as it is."""
        self._do("decide_index_run", id=run_id, state=state, decided_at=at, decided_by=by)

    def index_run(self, run_id: int) -> IndexRun | None:
        """Return a run, without its inputs."""
        row = self._row("index_run", id=run_id)
        return IndexRun(*row) if row else None

    def index_inputs(self, run_id: int) -> bytes:
        """Return the packed inputs of a run."""
        return bytes(self._rows("index_inputs", id=run_id)[0][0])

    def index_runs(self, *, most: int, before: int = NEWEST, **narrow: Any) -> list[IndexRun]:
        """Return up to `most` runs, newest first, below an id; `narrow`: ``region_id``, ``period``, ``state``."""
        wanted = {name: narrow.get(name) for name in ("region_id", "period", "state")}
        return [IndexRun(*row) for row in self._rows("index_runs", most=most, before=before, **wanted)]

    def index_run_in_force(
        self, region_id: int, period: str, *, compare: str, method_id: str, reference: str
    ) -> IndexRun | None:
        """Return the confirmed run of a region and period whose place no other has taken."""
        what: dict[str, Any] = {"compare": compare, "method_id": method_id, "reference": reference}
        row = self._row("index_run_in_force", region_id=region_id, period=period, **what)
        return IndexRun(*row) if row else None

    def index_run_corrected_by(self, run_id: int) -> int | None:
        """Return the confirmed run that took the place of another."""
        row = self._row("index_run_corrected_by", id=run_id)
        return row[0] if row else None

    def index_values(self, run_id: int) -> list[IndexValue]:
        """Return what a run says of every pharmacy, by their ids."""
        return [IndexValue(*row) for row in self._rows("index_values", run_id=run_id)]

    def index_history(self, pharmacy_id: int, compare: str) -> list[tuple[tuple, IndexValue]]:
        """Return ((run, region, period, method, version, reference, decided_at), value) of each run in force."""
        rows = self._rows("index_history", pharmacy_id=pharmacy_id, compare=compare)
        return [(row[:7], IndexValue(*row[7:])) for row in rows]

    def monthly_history(self, region_id: int, pharmacy_id: int) -> list[tuple]:
        """Return (month, method_id, method_version, value, n_eff, coverage) of a pharmacy as sales stand now."""
        return self._rows("monthly_history", region_id=region_id, pharmacy_id=pharmacy_id)

    def next_appeal(self) -> int:
        """Return the next free id of an appeal; only meaningful inside `writing`."""
        return self._rows("next_appeal")[0][0]

    def put_appeal(self, appeal: Appeal, step: AppealStep) -> None:
        """Add an appeal, or write where it stands, with the step that led there."""
        self._do("put_appeal", **appeal._asdict())
        self._do("put_appeal_step", appeal_id=appeal.id, **step._asdict())

    def appeal(self, appeal_id: int) -> Appeal | None:
        """Return an appeal."""
        row = self._row("appeal", id=appeal_id)
        return Appeal(*row) if row else None

    def appeals(self, *, most: int, after: int = 0, **narrow: Any) -> list[Appeal]:
        """Return appeals after an id; `narrow`: region_id, state, run_id, pharmacy_id, due_before."""
        wanted = {name: narrow.get(name) for name in ("region_id", "state", "run_id", "pharmacy_id", "due_before")}
        return [Appeal(*row) for row in self._rows("appeals", most=most, after=after, **wanted)]

    def accepted_appeals(self, region_id: int) -> list[Appeal]:
        """Return what was accepted about the sales of a region's pharmacies, as it was filed."""
        return [Appeal(*row) for row in self._rows("accepted_appeals", region_id=region_id)]

    def appeal_steps(self, appeal_id: int) -> list[AppealStep]:
        """Return all that was done about an appeal, oldest first."""
        return [AppealStep(*row) for row in self._rows("appeal_steps", appeal_id=appeal_id)]
