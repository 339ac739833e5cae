"""Plans for a basket as people and programs are shown them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.basket import PER_FEN, Offered, Plan
from pricecompare.calc.market import FRESH, STALE
from pricecompare.calc.money import yuan
from pricecompare.calc.stocked import TOLD
from pricecompare.models import Drug
from pricecompare.services.answers import views
from pricecompare.services.baskets.gathering import Beyond, Gathered, Line, Pick
from pricecompare.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of one basket: its lines, where they can be had, and who further away has the rest."""

    desk: Desk
    found: Gathered
    lines: list[Line]
    beyond: Beyond | None
    offered: Offered
    datum: str
    _known: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)

    def item(self, line: Line) -> dict[str, Any]:
        """Return a line as it was asked for."""
        return {"drug": _drug(line.wanted.drug), "quantity": line.wanted.quantity}

    def plan(self, plan: Plan, most: int) -> dict[str, Any]:
        """Return a plan with what is bought at each stop and what is lacking."""
        bought = {stop: [] for stop in plan.stops}  # type: dict[int, list[dict[str, Any]]]
        for line, stop in zip(self.lines, plan.bought, strict=True):
            if stop >= 0:
                bought[stop].append(self._bought(line, stop))
        every = [line for lines in bought.values() for line in lines]
        fen, way_fen = sum(line["total_fen"] for line in every), self._way_fen(plan.rank.mm)
        point = self.found.at.here is not None
        return {
            "max_stops": most,
            "complete": plan.rank.missing == 0,
            "total": yuan(fen),
            "fen": fen,
            "way_m": plan.rank.mm / 1000 if point else None,
            "way_cost": yuan(way_fen) if point else None,
            "cost": yuan(fen + way_fen),
            "cost_fen": fen + way_fen,
            "oldest_days": max((line["age_days"] for line in every), default=None),
            "unsound": sum(not line["sound"] for line in every),
            "stops": [self._stop(stop, lines) for stop, lines in bought.items()],
            "missing": [self._missing(line) for line, at in zip(self.lines, plan.bought, strict=True) if at < 0],
        }

    def _way_fen(self, mm: int) -> int:
        """Return what a way costs in whole fen, HALF_UP."""
        return (2 * mm * self.offered.fen_per_km + PER_FEN) // (2 * PER_FEN)

    def _stop(self, column: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
        fen = sum(line["total_fen"] for line in lines)
        return {**self._place(self.found, column), "total": yuan(fen), "fen": fen, "lines": lines}

    def _place(self, found: Gathered, column: int) -> dict[str, Any]:
        """Return a pharmacy and how far it is."""
        ground = found.grounds[int(found.source[column])]
        far = round(float(found.metres[column]), 3) if found.at.here is not None else None
        shown = views.pharmacy(found.at.atlas, ground, int(found.slot[column]), self.datum)
        return {"pharmacy": shown, "distance_m": far}

    def _bought(self, line: Line, stop: int) -> dict[str, Any]:
        """Return what is bought for a line at a stop, to be read only: plans have most of it in common."""
        key = line.wanted.drug.id, stop
        if (known := self._known.get(key)) is None:
            known = self._known[key] = self._line(line, line.pick(stop))
        return known

    def _line(self, line: Line, pick: Pick) -> dict[str, Any]:
        """Return what is bought for a line, and what is known of its price."""
        stale, total = pick.tier == STALE, pick.fen * pick.packs
        return {
            "drug": _drug(pick.drug),
            "wanted": line.wanted.drug.code,
            "quantity": pick.packs,
            "price": yuan(pick.fen),
            "fen": pick.fen,
            "total": yuan(total),
            "total_fen": total,
            "observed_at": days.iso(pick.observed),
            "age_days": days.number_of(self.desk.today()) - days.day_number(pick.observed),
            "stale": stale,
            **TOLD[pick.stock],
            "flag": None if stale else pick.mark or None,
            "sound": pick.tier == FRESH,
        }

    def _missing(self, line: Line) -> dict[str, Any]:
        """Return a line that a plan lacks, with the nearest and the cheapest pharmacy that has it."""
        found, there = self.found, line
        if np.isinf(line.fen).all() and self.beyond is not None:
            found, there = self.beyond.found, self.beyond.lines[line.wanted.drug.id]
        sells = np.flatnonzero(np.isfinite(there.fen))
        near = self._first(found, there, sells, found.metres.take(sells), there.fen.take(sells))
        cheap = self._first(found, there, sells, there.fen.take(sells), found.metres.take(sells))
        return {**self.item(line), "nearest": near if found.at.here is not None else None, "cheapest": cheap}

    def _first(self, found: Gathered, line: Line, columns: np.ndarray, *keys: np.ndarray) -> dict[str, Any] | None:
        """Return the first of some pharmacies by `keys`, and what is bought there."""
        if not len(columns):
            return None
        at = int(columns[np.lexsort((found.numbers.take(columns), *keys[::-1]))[0]])
        return {**self._place(found, at), "line": self._line(line, line.pick(at))}


def _drug(this: Drug) -> dict[str, Any]:
    """Return a drug with what tells its pack from others."""
    named = {"code": this.code, "id": this.id, "name": this.name, "spec": this.spec, "maker": this.maker}
    return {**named, "pack_count": this.pack_count, "unit": this.unit}
