"""What is kept for a time only: shown first, and pruned when that is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.opening import number_of
from pricecompare.services.uploads.once import KEPT_SECONDS
from pricecompare.services.uploads.receiving import waiting
from pricecompare.services.uploads.spool import DAY, PART, spool
from pricecompare.store import Store

LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Term:
    """For how many days rows of one sort are kept (0: for ever), how many are older, and how those are forgotten."""

    name: str
    days: int
    about: str
    count: Callable[[Store, int], int]
    prune: Callable[[Store, int], None]


TERMS = (
    Term("refused_rows", 365, "rows that were refused, as they came", Store.old_refused, Store.prune_refused),
    Term(
        "request_keys",
        KEPT_SECONDS // DAY,
        "answers to requests with a key of their own",
        Store.old_request_keys,
        lambda store, before: store.prune_request_keys(oldest=before),
    ),
    Term("reports", 730, "citizens' reports that were dismissed or settled", Store.old_reports, Store.prune_reports),
    Term(
        "nonces",
        1,
        "words of signed requests, which are refused for their time by then",
        Store.old_nonces,
        lambda store, before: store.prune_nonces(oldest=before),
    ),
    Term("login_failures", 1, "attempts to log in that failed", Store.old_failures, Store.prune_failures),
    Term("sessions", 1, "sessions at the console that are over", Store.old_sessions, Store.prune_sessions),
)
"""Each can be set as ``PRICECOMPARE_KEEP_<NAME>_DAYS``. Prices, sales, the ledger, cases and the audit trail stay."""

REPORT_DAYS, ASIDE_DAYS = 30, 30
"""Days for which counts of reports a day are kept, and databases that a restore put aside."""


@dataclass(frozen=True, slots=True)
class Old:
    """How many things of one sort are older than is kept, and from when on they are kept; None where that is no day."""

    name: str
    about: str
    days: int
    count: int


def terms(settings: Mapping[str, Any]) -> list[tuple[Term, int]]:
    """Return for how many days each sort is kept by `settings`; Invalid for what is no number of days."""
    return [
        (term, number_of(settings, f"keep_{term.name}_days", term.days, low=0, high=LONGEST_DAYS)) for term in TERMS
    ]


def retention(desk: Desk, settings: Mapping[str, Any], *, prune: bool, by: Hand) -> list[Old]:
    """Return what is older than is kept; with `prune` it is gone then, and the audit trail says so.

    All rows go in one transaction, files after it.
    """
    store, chosen = desk.store, terms(settings)
    files = _files(desk)
    with store.writing():
        found = [Old(term.name, term.about, days, _old(desk, term, days)) for term, days in chosen]
        day = (desk.today() - timedelta(days=REPORT_DAYS)).isoformat()
        found.append(Old("report_days", "counts of reports a day", REPORT_DAYS, store.old_report_days(day)))
        if prune:
            for term, days in chosen:
                if days:
                    term.prune(store, desk.now() - days * DAY)
            store.prune_report_days(day)
            _noted(desk, found, files, by)
    if prune:
        for path in (path for _, paths in files for path in paths):
            path.unlink(missing_ok=True)
    return found + [Old(one.name, one.about, one.days, len(paths)) for one, paths in files]


def _old(desk: Desk, term: Term, days: int) -> int:
    return term.count(desk.store, desk.now() - days * DAY) if days else 0


def _files(desk: Desk) -> list[tuple[Old, list[Path]]]:
    """Return files that nobody needs: of uploads that do not wait, of senders that are gone, databases put aside."""
    old = [path for path in _spooled(desk) if _age(desk, path) > DAY]
    aside = [path for path in _aside(desk) if _age(desk, path) > ASIDE_DAYS * DAY]
    return [
        (Old("spool", "files of uploads that wait no more", 1, 0), old),
        (Old("put_aside", "databases that a restore put aside", ASIDE_DAYS, 0), aside),
    ]


def _spooled(desk: Desk) -> list[Path]:
    folder, wait = spool(desk).folder, {upload.id for upload in waiting(desk)}
    if not folder.is_dir():
        return []
    names = [path for path in folder.iterdir() if path.name.startswith(PART) or path.name.isdecimal()]
    return [path for path in names if not path.name.isdecimal() or int(path.name) not in wait]


def _aside(desk: Desk) -> list[Path]:
    path = getattr(desk.store.engine, "path", None)
    return sorted(path.parent.glob(f"{path.name}.before-*")) if path else []


def _age(desk: Desk, path: Path) -> float:
    return desk.now() - path.stat().st_mtime


def _noted(desk: Desk, found: list[Old], files: list[tuple[Old, list[Path]]], by: Hand) -> None:
    counts = {one.name: one.count for one in found} | {one.name: len(paths) for one, paths in files}
    if any(counts.values()):
        audit.note(desk, "retention_applied", "retention", by=by, after=counts)
