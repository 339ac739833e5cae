"""Prices that come in: read as quotes, judged as a whole, applied or put aside."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pricecompare.calc.guards import LIMITS, Limits, Seen, guarded
from pricecompare.calc.quotes import QUOTE, Quotes, conflicts, in_order, last_of_each, parts
from pricecompare.errors import Reason
from pricecompare.models import Upload
from pricecompare.services.ingest import written
from pricecompare.services.ingest.applying import Applying, Gaps
from pricecompare.services.ingest.quoted import heap_up
from pricecompare.services.ingest.taken import Batch
from pricecompare.services.ingest.told import reasons_told
from pricecompare.services.markets.pile import Pile, spread_over
from pricecompare.store import Store


class Guarded(Exception):
    """A file that must not count before a person has looked at it."""

    def __init__(self, reasons: list[Reason]):
        super().__init__(reasons)
        self.reasons = reasons


def take_prices(batch: Batch) -> Upload:
    """Take prices; return the ledger row. Offers, history, markets, statistics and flags change together.

    A file that a guard objects to is kept aside as a whole, with the reasons, and changes nothing.
    """
    with pile_of_quotes(batch.desk.store) as pile:
        future = heap_up(batch, pile)
        gaps = _gaps(batch)
        try:
            with batch.writing():
                upload = _entered(batch)
                applying = Applying(batch.desk, upload, newest=batch.is_last(), gaps=gaps)
                repeated = sum(_applied(batch, applying, pile))
                upload = replace(batch.ledger(id=upload.id), newest_at=applying.outcome.newest_at)
                if reasons := _guarded(batch, upload, applying, future):
                    raise Guarded(reasons)
                return batch.keep(finished(batch, upload, applying, unchanged=repeated))
        except Guarded as guard:
            return _put_aside(batch, pile, upload, gaps, guard.reasons)


def pile_of_quotes(store: Store) -> Pile:
    """Return an empty pile of QUOTE, to be divided by pharmacies."""
    heap_of = spread_over(max(store.next_ids().pharmacy, 1))
    return Pile(QUOTE, lambda quotes: heap_of(parts(quotes["key"])[0]))


def _applied(batch: Batch, applying: Applying, pile: Pile) -> Iterator[int]:
    """Apply what lies on a pile; yield how many quotes of each heap only repeat another."""
    done = 0
    for heap in pile.heaps():
        quotes, repeated, disputed = _agreeing(batch, in_order(heap))
        applying.gaps.pharmacies |= set(disputed)
        if len(quotes):
            applying.take(quotes)
        done += len(heap)
        batch.told("offers", done, pile.rows)
        yield repeated


def finished(batch: Batch, upload: Upload, applying: Applying, *, unchanged: int = 0) -> Upload:
    """Return the completed ledger row of what was applied, markets refreshed; call inside `writing`."""
    found = applying.outcome
    version = batch.desk.store.next_version() if found.told else None
    if version is not None:
        applying.refresh(version, lambda done, total: batch.told("markets", done, total))
    names = ("added", "changed", "late", "gone", "held")
    counts = {name: getattr(found, name) for name in names}
    return replace(upload, **counts, unchanged=found.unchanged + unchanged, data_version=version)


def _entered(batch: Batch, **columns: Any) -> Upload:
    """Return the upload with an id, in the ledger."""
    upload = replace(batch.ledger(id=batch.number()), **columns)
    batch.desk.store.put_upload(upload)
    return upload


def _guarded(batch: Batch, upload: Upload, applying: Applying, future: int) -> list[Reason]:
    """Return what the guards object to."""
    store = batch.desk.store
    last = store.last_of_source(upload) if upload.source else None
    seen = Seen(
        rows=upload.rows,
        accepted=upload.rows - upload.refused - upload.filtered,
        future=future,
        newest=upload.newest_at,
        ratios=np.concatenate([np.zeros(0, np.float32), *applying.outcome.ratios]),
        last_rows=last[1] if last else None,
        last_newest=last[2] if last else None,
    )
    limits = {name: value for name, value in store.guard_limits(upload.source).items() if name in LIMITS}
    return guarded(seen, Limits(**limits), whole=bool(upload.source) or upload.mode == "full")


def _gaps(batch: Batch) -> Gaps:
    """Return whose lists are not whole, reading the rows that were refused a second time."""
    gaps, check = Gaps(), batch.check
    if batch.upload.mode != "full" or not check.refused:
        return gaps
    places = batch.desk.registers.places(batch.desk.store, batch.desk.store.versions())
    for row, cells in batch.reread().rows:
        if check.is_refused(row) and not check.is_footer(cells):
            code = check.value("pharmacy", cells)
            gaps.everywhere |= code is None
            if code in places:
                gaps.pharmacies.add(places[code][0])
    return gaps


def _put_aside(batch: Batch, pile: Pile, judged: Upload, gaps: Gaps, reasons: list[Reason]) -> Upload:
    """Keep what a file says without letting it count."""
    with batch.writing():
        aside = {"state": "quarantined", "taken_at": None, "newest_at": judged.newest_at}
        upload = _entered(batch, **aside, reasons=reasons_told(reasons))
        for heap in pile.heaps():
            quotes = in_order(heap)
            quotes = last_of_each(quotes[~conflicts(quotes)])
            whole = gaps.whole(parts(quotes["key"])[0]) & (upload.mode == "full")
            written.keep_aside(batch.desk.store, quotes[whole], upload.id, full=True)
            written.keep_aside(batch.desk.store, quotes[~whole], upload.id, full=False)
        return batch.keep(upload)


def _agreeing(batch: Batch, quotes: Quotes) -> tuple[Quotes, int, list[int]]:
    """Return quotes that no other row of the file contradicts, how many only repeat another, and whose are disputed.

    The others are refused, naming each other's rows.
    """
    contradicted = conflicts(quotes)
    against: dict[tuple[int, int], list[int]] = {}
    for quote in quotes[contradicted]:
        against.setdefault((int(quote["key"]), int(quote["observed"])), []).append(int(quote["row"]))
    for rows in against.values():
        for row in rows:
            batch.refuse(row, "fen", "conflicting_rows", rows=", ".join(map(str, rows[:10])))
    agreeing = quotes[~contradicted]
    kept = last_of_each(agreeing)
    disputed = np.unique(parts(quotes["key"][contradicted])[0]).tolist()
    return kept, len(agreeing) - len(kept), disputed
