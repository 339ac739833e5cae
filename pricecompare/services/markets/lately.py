"""What uploads touched since a data version: all else that was made of that version is still right.

It is told only of uploads of prices that were all news, each the one row of the ledger with its version: of these the
effects name every offer, and so every history, that is different. Of anything else that happens nothing is told, and
what was made before is made anew: decisions, registers, rules, standards, a rebuild, words about the past, a database
that was put back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pricecompare.calc.packing import EFFECT, unpacked
from pricecompare.store import Store

MOST_ROWS = 20_000
"""Rows of uploads beyond which it is not asked what they touched: to remember little is then the lesser work."""

H = TypeVar("H")

Made = list[tuple]
"""The rows of the ledger that made a data version: another history has others, though it may reach the same number."""


class Since(NamedTuple):
    """What is different since a data version: kind and drug of `offers`, and which whole `lists` were seen again.

    A list is known by region, pharmacy and kind; with it goes which drugs are on it.
    """

    version: int
    offers: set[tuple[str, int]]
    lists: dict[tuple[int, int, str], set[int]]


def made(store: Store, version: int) -> Made:
    """Return the rows of the ledger with the newest data version; ask inside `reading`."""
    return store.ledger_since(version)


def since(store: Store, version: int, before: Made) -> Since | None:
    """Return what is different since a data version that `before` made; None when that is not told."""
    rows, versions = store.ledger_since(version), store.versions()
    later = rows[len(before) :]
    if rows[: len(before)] != before or versions.past > version:
        return None
    if [row[0] for row in later] != [*range(version + 1, versions.data + 1)]:
        return None
    if any(row[4:6] != ("prices", "taken") for row in later) or sum(row[6] for row in later) > MOST_ROWS:
        return None
    uploads = [row[1] for row in later]
    return Since(version, _offers(store, uploads), _lists(store, uploads))


def _offers(store: Store, uploads: list[int]) -> set[tuple[str, int]]:
    effects = (row for upload in uploads for row in store.effects(upload))
    tables = ((kind, unpacked(told, EFFECT, layout=layout)) for _, kind, _, layout, told in effects)
    return {(kind, drug) for kind, table in tables for drug in table["drug"].tolist()}


def _lists(store: Store, uploads: list[int]) -> dict[tuple[int, int, str], set[int]]:
    found: dict[tuple[int, int, str], set[int]] = {}
    for region, pharmacy, kind, full_at, layout, quotes in (
        row for upload in uploads for row in store.lists_of_upload(upload)
    ):
        if full_at is not None:
            found.setdefault((region, pharmacy, kind), set()).update(unpacked(quotes, layout=layout)["drug"].tolist())
    return found


@dataclass(slots=True)
class _Now(Generic[H]):
    """What is held of the newest data version, and of which one it was held before."""

    version: int
    made: Made
    held: H
    before: int
    doubted: bool = False


class Lately(Generic[H]):
    """What is made of one data version, `carried` over to the next one as far as that is known to be right.

    Always ask inside `reading`, with the data version read there. What is held is replaced whole, so that readers need
    no lock.
    """

    def __init__(self, fresh: Callable[[Store], H], carried: Callable[[Store, H, Since], H]):
        self._fresh, self._carried = fresh, carried
        self._now: _Now[H] | None = None

    def at(self, store: Store, version: int) -> H:
        """Return what is held of a data version."""
        now = self._now
        if now is not None and now.version == version and not now.doubted:
            return now.held
        return self._other(store, version, now)

    def emptied(self, store: Store, version: int) -> H:
        """Hold nothing of a data version, and return that."""
        self._now = _Now(version, made(store, version), self._fresh(store), -1)
        return self._now.held

    def _other(self, store: Store, version: int, now: _Now[H] | None) -> H:
        """Return what is held of a data version that is not simply the newest one that was asked about."""
        if now is None:
            return self.emptied(store, version)
        if version == now.before:
            # Who began to read before the newest upload: nothing is lost for that, unless it is the newest after all.
            now.doubted = True
            return self._fresh(store)
        if version == now.version and made(store, version) == now.made:
            now.doubted = False
            return now.held
        told = since(store, now.version, now.made) if version > now.version else None
        if told is None:
            return self.emptied(store, version)
        held = self._carried(store, now.held, told)
        self._now = _Now(version, made(store, version), held, now.version)
        return held
