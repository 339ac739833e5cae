"""What an upload of prices writes, as rows of tables in the order of their keys."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pricecompare.calc.days import day_number
from pricecompare.calc.groups import starts as starts_of
from pricecompare.calc.intake import Against, Intake, against
from pricecompare.calc.packing import CHANGED, EFFECT, GONE, LAYOUT, NEW, SEEN, packed_pieces
from pricecompare.calc.quotes import NEVER, QUOTE, Quotes, keys_of, pair, pair_of, parts
from pricecompare.calc.timeline import SAID
from pricecompare.models import KINDS
from pricecompare.store import Store
from pricecompare.store.columns import Column, Perhaps, Words, pieces

Regions = dict[int, int]
"""The pooling region of each pharmacy."""

PIECE = 100_000
"""Rows that are turned into plain values together."""

WHERE = ("region", "pharmacy", "drug", "kind")
VALUES = ("fen", "stock", "held", "observed")
"""What an offer is about and what it says, in the order of its table."""


def live(store: Store, quotes: Quotes, region_of: Regions) -> Quotes:
    """Return the live offers of every pharmacy and kind that `quotes` speak of, as quotes by key."""
    pairs = np.unique(pair_of(quotes["key"])).tolist()
    columns = store.offers_of_lists((region_of[code >> 2], code >> 2, KINDS[code & 3]) for code in pairs)
    found = np.concatenate([_quotes(code, **these) for code, these in zip(pairs, columns, strict=True)])
    return found[np.argsort(found["key"])]


def _quotes(code: int, drug_id: np.ndarray, observed_at: np.ndarray, **values: np.ndarray) -> Quotes:
    found = np.zeros(len(drug_id), QUOTE)
    found["key"], found["observed"] = keys_of(code >> 2, drug_id, code & 3), observed_at
    for name, column in values.items():
        found[name] = column
    return found


def confirmed(store: Store, pharmacies: Iterable[int], region_of: Regions) -> dict[int, int]:
    """Return the second of the last full list of pharmacies, by pair."""
    return {
        pair(pharmacy, KINDS.index(kind)): instant
        for pharmacy in pharmacies
        for kind, instant in store.confirmed(region_of[pharmacy], pharmacy).items()
    }


def regions(pharmacies: np.ndarray, region_of: Regions) -> np.ndarray:
    """Return the pooling region of each pharmacy id."""
    ids, back = np.unique(pharmacies, return_inverse=True)
    return np.array([region_of[one] for one in ids.tolist()], np.int64)[back]


def keep_lists(store: Store, these: Against, region_of: Regions, upload_id: int) -> None:
    """Keep what an upload says, one list for each pharmacy and kind."""
    full_at = dict(zip(these.pairs.tolist(), these.full_at.tolist(), strict=True)) if these.full else {}
    quotes, codes, starts, ends = by_pair(these.quotes)
    lists = packed_pieces(said(quotes), starts, ends)
    store.load_lists(
        (region_of[code >> 2], code >> 2, KINDS[code & 3], upload_id, full_at.get(code), LAYOUT, kept)
        for code, kept in zip(codes, lists, strict=True)
    )


def said(quotes: Quotes) -> np.ndarray:
    """Return quotes as statements, without saying whose."""
    found = np.zeros(len(quotes), SAID)
    found["drug"] = parts(quotes["key"])[1]
    for name in ("fen", "observed", "stock", "held"):
        found[name] = quotes[name]
    return found


def by_pair(quotes: Quotes) -> tuple[Quotes, list[int], list[int], list[int]]:
    """Return quotes in order by pair instead, the pairs, and where the quotes of each begin and end."""
    codes = pair_of(quotes["key"])
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    starts = np.flatnonzero(starts_of(codes))
    ends = np.append(starts[1:], len(codes))[: len(starts)]
    return quotes[order], codes[starts].tolist(), starts.tolist(), ends.tolist()


def write(store: Store, found: Intake, region_of: Regions, upload_id: int) -> None:
    """Write offers and history."""
    store.release_history(
        (region, drug, kind, pharmacy, fen)
        for region, pharmacy, drug, kind, fen in _rows(found.released, region_of, "fen")
    )
    _write_steps(store, found.steps, region_of, upload_id)
    if found.new.any():
        new = _Ordered(found.offers[found.new], region_of)
        store.load_offer_columns(new.regions, new.pharmacies, new.drugs, new.kinds, *new.columns(*VALUES))
    store.put_offers(_rows(found.offers[~found.new], region_of, *VALUES))
    store.delete_offers(_rows(found.gone, region_of))


def _write_steps(store: Store, steps: np.ndarray, region_of: Regions, upload_id: int) -> None:
    """Append steps to the history."""
    these = _Ordered(steps, region_of, drug_first=True)
    since, fen, seen, held = these.columns("since", "fen", "seen_before", "held")
    where = (these.regions, these.drugs, these.kinds, these.pharmacies)
    store.load_change_columns(*where, since, fen, Perhaps(seen, seen >= 0), held, np.full(len(since), upload_id))


class _Ordered:
    """A table by region, then by pharmacy and drug, or by drug first: both engines load rows fastest in key order."""

    def __init__(self, table: Quotes, region_of: Regions, *, drug_first: bool = False):
        pharmacies, drugs, kinds = parts(table["key"])
        region = regions(pharmacies, region_of)
        order = np.lexsort((pharmacies, kinds, drugs, region) if drug_first else (drugs, pharmacies, region))
        self._table, self._order = table, order
        self.regions, self.pharmacies, self.drugs = region[order], pharmacies[order], drugs[order]
        self.kinds = Words(KINDS, kinds[order])

    def columns(self, *names: str) -> list[np.ndarray]:
        """Return other columns in the same order."""
        return [self._table[name][self._order] for name in names]


def _rows(table: Quotes, region_of: Regions, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield (region, pharmacy, drug, kind, …) by region, pharmacy and drug."""
    if not len(table):
        return
    these = _Ordered(table, region_of)
    columns: list[Column] = [these.regions, these.pharmacies, these.drugs, these.kinds, *these.columns(*names)]
    for piece in pieces(dict(zip(WHERE + names, columns, strict=True)), PIECE):
        yield from zip(*(column.tolist() for column in piece.values()), strict=True)


def keep_runs(store: Store, these: Against, region_of: Regions, *, max_age: int) -> int:
    """Keep that whole lists were seen again; return how many were."""
    if not these.full:
        return 0
    again = these.full_at > these.confirmed
    silence = day_number(these.full_at) - day_number(np.maximum(these.confirmed, NEVER // 2))
    rows = [
        (_where(code, region_of), at, last, gap <= max_age)
        for code, at, last, gap, new in zip(
            *(column.tolist() for column in (these.pairs, these.full_at, these.confirmed, silence, again)), strict=True
        )
        if new
    ]
    store.prolong_runs({**where, "until_at": at, "last_at": last} for where, at, last, on in rows if on)
    store.put_runs({**where, "since_at": at, "until_at": at} for where, at, _, on in rows if not on)
    return len(rows)


def _where(code: int, region_of: Regions) -> dict[str, Any]:
    pharmacy, kind = code >> 2, KINDS[code & 3]
    return {"region_id": region_of[pharmacy], "pharmacy_id": pharmacy, "kind": kind}


def keep_effects(store: Store, these: Against, found: Intake, upload_id: int) -> None:
    """Keep what an upload did: a table for each pharmacy and kind to which it did anything, or whose list is whole."""
    at = np.searchsorted(these.quotes["key"], found.offers["key"])
    before = np.where(found.new, 0, these.was["fen"][at])
    effects = np.concatenate([_effects(found.offers, before), _effects(found.gone, found.gone["fen"], gone=True)])
    codes = pair_of(np.concatenate([found.offers["key"], found.gone["key"]]))
    order = np.lexsort((effects["drug"], codes))
    effects, codes = effects[order], codes[order]
    about = these.pairs if these.full else np.unique(codes)
    starts, ends = np.searchsorted(codes, about), np.searchsorted(codes, about, side="right")
    full_at = these.full_at.tolist() if these.full else [None] * len(about)
    each = packed_pieces(effects, starts.tolist(), ends.tolist())
    store.load_effects(
        (upload_id, code >> 2, KINDS[code & 3], whole, LAYOUT, kept)
        for code, whole, kept in zip(about.tolist(), full_at, each, strict=True)
    )


def _effects(offers: Quotes, before: np.ndarray, *, gone: bool = False) -> np.ndarray:
    effects = np.zeros(len(offers), EFFECT)
    effects["drug"], effects["before"] = parts(offers["key"])[1], before
    for name in ("fen", "observed", "stock", "held"):
        effects[name] = offers[name]
    kinds = [before == 0, before != offers["fen"]]
    effects["what"] = GONE if gone else np.select(kinds, [NEW, CHANGED], SEEN)
    if gone:
        effects["fen"] = 0
    return effects


def keep_aside(store: Store, quotes: Quotes, upload_id: int, *, full: bool) -> None:
    """Keep what a quarantined upload says."""
    region_of = dict(store.pharmacy_places().values())
    keep_lists(store, against(quotes, quotes[:0], {}, full=full), region_of, upload_id)
