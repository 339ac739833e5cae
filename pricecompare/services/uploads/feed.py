"""What changed since a data version, for those who keep a copy: the effects of uploads and decisions, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.money import yuan
from pricecompare.calc.packing import EFFECT, GONE, LATE, unpacked
from pricecompare.calc.stocked import LEVELS, PACKS
from pricecompare.errors import Invalid
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import district_of, pooling_of, region_of

USUAL, MOST = 1_000, 10_000
"""Changes on a page."""

LISTS_AT_ONCE = 200
"""Lists that are read together."""

Place = tuple[int, int, int, str]
"""Data version, upload, pharmacy and kind: whose effects come next."""


@dataclass(frozen=True, slots=True)
class _Effects:
    """What one upload or decision did to one pharmacy's prices of one kind."""

    version: int
    upload: int
    pharmacy: int
    kind: str
    code: str
    whole: int
    confirmed_at: int | None
    layout: int
    effects: bytes

    @property
    def place(self) -> Place:
        """Where it stands in the order of all."""
        return self.version, self.upload, self.pharmacy, self.kind

    def rows(self) -> list[tuple]:
        """Return what became of each offer, but for what only the past learnt."""
        table = unpacked(self.effects, EFFECT, layout=self.layout)
        return table[table["what"] != LATE].tolist()


def changes(
    desk: Desk, *, since: int = 0, region: str | None = None, limit: int | None = None, cursor_given: str | None = None
) -> dict[str, Any]:
    """Return one page of what changed after the data version `since`, in the order in which it came to count.

    Each item is an offer as it became, or says that it is gone: applied in order to a copy of what was asked at `since`
    they make one of what is asked at ``data_version``, wherever pages end and whatever comes meanwhile. Raises Invalid
    for a version that is still to come, NotFound for a region nobody knows.
    """
    question, size = f"changes {since} {region}", _size(limit)
    place = after(desk, question, cursor_given, endless=True) or (since + 1, 0, 0, "", 0)
    with desk.store.reading():
        versions = desk.store.versions()
        if not 0 <= since <= versions.data:
            raise Invalid("bad_since", field="since", value=since, limit=versions.data)
        drugs = desk.words.of(desk.store, versions.drugs)[1]
        page = _Page(size, place[:4], told=place[4])
        page.fill(_effects(desk, place[:4], _where(desk, region, versions.places)))
    return {
        "since": since,
        "items": [_item(one, drugs[row[0]].code, *row[1:]) for one, row in page.rows],
        "confirmations": [_confirmation(one) for one in page.whole],
        "registers": {"drugs": versions.drugs, "places": versions.places},
        "next": cursor(desk, question, page.end) if page.end else None,
        "data_version": versions.data,
    }


class _Page:
    """One page as it fills, after the rows of the list at `start` that were `told`; `end` is where the next begins."""

    def __init__(self, size: int, start: Place, *, told: int):
        self.room = size
        self.start, self.told = start, told
        self.rows: list[tuple[_Effects, tuple]] = []
        self.whole: list[_Effects] = []
        self.end: tuple[int, int, int, str, int] | None = None

    def fill(self, effects: Iterator[_Effects]) -> None:
        """Take effects until there is no room for more."""
        for one in effects:
            rows = one.rows()
            # A pharmacy that has left the region in the meantime is not told of any further.
            told = self.told if one.place == self.start else 0
            taken = rows[told : told + self.room]
            self.rows += [(one, row) for row in taken]
            if not self.room or told + len(taken) < len(rows):
                self.end = (*one.place, told + len(taken))
                return
            self.room -= len(taken)
            # Whoever learns of a price must know of the list it stands on, even if that was confirmed long ago.
            if one.whole or (rows and one.confirmed_at is not None):
                self.whole.append(one)
                self.room = max(self.room - 1, 0)


def _size(limit: int | None) -> int:
    size = USUAL if limit is None else limit
    if not 1 <= size <= MOST:
        raise Invalid("bad_limit", field="limit", value=size, limit=MOST)
    return size


def _where(desk: Desk, region: str | None, version: int) -> dict[str, int | None]:
    """Return what narrows changes to the pharmacies of a region."""
    if region is None:
        return {}
    atlas = desk.grounds.atlas(desk.store, version)
    found = region_of(atlas, region)
    return {"region_id": pooling_of(atlas, found), "district_id": district_of(found)}


def _effects(desk: Desk, start: Place, where: dict[str, int | None]) -> Iterator[_Effects]:
    """Yield effects in order, from those at `start` on."""
    told = None
    while rows := desk.store.effects_since(most=LISTS_AT_ONCE, start=start, **where):
        found = [one for one in (_Effects(*row) for row in rows) if one.place != told]
        yield from found
        if len(rows) < LISTS_AT_ONCE:
            return
        start = told = found[-1].place


def _item(one: _Effects, drug: str, what: int, fen: int, before: int, observed: int, stock: int, held: int) -> dict:
    """Return one change as it is shown."""
    gone = what == GONE
    return {
        "version": one.version,
        "upload": one.upload,
        "pharmacy": one.code,
        "drug": drug,
        "kind": one.kind,
        "gone": gone,
        "price": None if gone else yuan(fen),
        "fen": None if gone else fen,
        "observed_at": days.iso(observed),
        "stock": None if gone else LEVELS[stock],
        "stock_packs": None if gone else PACKS[stock],
        "held": bool(held) and not gone,
    }


def _confirmation(one: _Effects) -> dict[str, Any]:
    """Return when a whole list was last seen: as it is now, since one that was taken back leaves no date of its own."""
    instant = one.confirmed_at
    return {"pharmacy": one.code, "kind": one.kind, "confirmed_at": None if instant is None else days.iso(instant)}
