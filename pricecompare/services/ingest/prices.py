"""Prices that come in: compared with what is live, written only where something changed."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.intake import (
    QUOTE,
    Intake,
    Quotes,
    conflicts,
    in_order,
    intake,
    last_of_each,
    offer_key,
    parts,
    placed,
)
from pricecompare.models import KINDS, Upload
from pricecompare.services.ingest.taken import Batch
from pricecompare.services.markets import Refresh, grouped_sellers
from pricecompare.store import Store

PIECE = 100_000
"""Rows that are turned into arrays together."""

AHEAD_SECONDS = 600
"""How far a sender's clock may be ahead of ours."""


def take_prices(batch: Batch) -> Upload:
    """Take prices; return the ledger row. Offers, history, markets, statistics and flags change together."""
    store = batch.desk.store
    quotes = _agreeing(batch, _quotes(batch, store.pharmacy_places()))
    with store.writing():
        # Only now: while the file was read another upload may have moved a pharmacy.
        region_of = dict(store.pharmacy_places().values())
        upload_id = store.next_ids().upload
        store.put_upload(batch.ledger(upload_id))
        found = intake(quotes, _live(store, quotes, region_of))
        late = _write(store, found, region_of, upload_id)
        if len(found.offers) or late:
            refresh = Refresh(store, version=store.next_version(), today=batch.desk.today(), told=_telling(batch))
            refresh.changed(_sellers(found, region_of))
        same = found.unchanged + len(found.late) - late
        upload = batch.ledger(upload_id, added=found.added, changed=found.changed, unchanged=same, late=late)
        store.put_upload(upload)
    return upload


def _telling(batch: Batch) -> Any:
    return lambda done, total: batch.told("markets", done, total)


def _quotes(batch: Batch, places: dict[str, tuple[int, int]]) -> Quotes:
    """Return the rows of known pharmacies and drugs, none of them from the future, in order."""
    pieces, piece = [], []
    for quote in _known(batch, places, batch.desk.store.drug_ids()):
        piece.append(quote)
        if len(piece) == PIECE:
            pieces.append(np.array(piece, QUOTE))
            batch.told("rows", batch.check.rows, 0)
            piece = []
    return in_order(np.concatenate([*pieces, np.array(piece, QUOTE)]))


def _known(batch: Batch, places: dict[str, tuple[int, int]], drug_ids: dict[str, int]) -> Iterator[tuple]:
    """Yield quotes; refuse rows that speak of a pharmacy or drug nobody knows, or of tomorrow."""
    latest = batch.desk.now() + AHEAD_SECONDS
    for row, (pharmacy, drug, kind, fen, observed, stock) in batch.values():
        place, drug_id = places.get(pharmacy), drug_ids.get(drug)
        if place is not None and drug_id is not None and observed <= latest:
            yield offer_key(place[0], drug_id, kind), observed, fen, stock, row
            continue
        if place is None:
            batch.refuse(row, "pharmacy", "unknown_pharmacy", pharmacy, value=pharmacy)
        if drug_id is None:
            batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
        if observed > latest:
            batch.refuse(row, "observed_at", "date_in_future", days.iso(observed), value=days.iso(observed))


def _agreeing(batch: Batch, quotes: Quotes) -> Quotes:
    """Return quotes that no other row of the file contradicts; refuse the others, naming each other's rows."""
    contradicted = conflicts(quotes)
    against: dict[tuple[int, int], list[int]] = {}
    for quote in quotes[contradicted]:
        against.setdefault((int(quote["key"]), int(quote["observed"])), []).append(int(quote["row"]))
    for rows in against.values():
        for row in rows:
            batch.refuse(row, "fen", "conflicting_rows", rows=", ".join(map(str, rows[:10])))
    return last_of_each(quotes[~contradicted])


def _live(store: Store, quotes: Quotes, region_of: dict[int, int]) -> Quotes:
    """Return the live offers of every pharmacy that `quotes` speak of, as quotes by key."""
    pharmacies = np.unique(parts(quotes["key"])[0]).tolist()
    live = [
        (offer_key(pharmacy_id, drug_id, KINDS.index(kind)), observed, fen, stock, 0)
        for pharmacy_id in pharmacies
        for drug_id, kind, fen, stock, observed in store.offers_of_pharmacy(region_of[pharmacy_id], pharmacy_id)
    ]
    found = np.array(live, QUOTE)
    return found[np.argsort(found["key"])]


def _write(store: Store, found: Intake, region_of: dict[int, int], upload_id: int) -> int:
    """Write offers and history; return how many late quotes told the history something new."""
    late = list(_placed(store, found, region_of, upload_id))
    store.load_changes(row for row, _ in late)
    store.load_offers(_offers(found.offers[found.new], region_of, upload_id))
    store.put_offers(_offers(found.offers[~found.new], region_of, upload_id))
    store.load_changes(_changes(found.changes, region_of, upload_id))
    return sum(new for _, new in late)


def _offers(quotes: Quotes, region_of: dict[int, int], upload_id: int) -> Iterator[tuple]:
    """Yield rows of the table offer, in the order of its key."""
    for region, pharmacy, drug, kind, quote in _by_region(quotes, region_of):
        yield region, pharmacy, drug, kind, quote[2], quote[3], quote[1], upload_id


def _changes(quotes: Quotes, region_of: dict[int, int], upload_id: int) -> Iterator[tuple]:
    """Yield rows of the table price_change, in the order of its key."""
    for region, pharmacy, drug, kind, quote in _by_region(quotes, region_of):
        yield region, pharmacy, drug, kind, quote[1], upload_id, quote[2]


def _by_region(quotes: Quotes, region_of: dict[int, int]) -> Iterator[tuple[int, int, int, str, tuple]]:
    """Yield (region, pharmacy, drug, kind, quote), by region: both engines load a table fastest in its own order."""
    pharmacies, drugs, kinds = parts(quotes["key"])
    regions = _regions(pharmacies, region_of)
    order = np.argsort(regions, kind="stable")
    for piece in np.array_split(order, len(order) // PIECE + 1):
        columns = (regions[piece].tolist(), pharmacies[piece].tolist(), drugs[piece].tolist(), kinds[piece].tolist())
        for region, pharmacy, drug, kind, quote in zip(*columns, quotes[piece].tolist(), strict=True):
            yield region, pharmacy, drug, KINDS[kind], quote


def _regions(pharmacies: np.ndarray, region_of: dict[int, int]) -> np.ndarray:
    """Return the pooling region of each pharmacy id."""
    ids, back = np.unique(pharmacies, return_inverse=True)
    return np.array([region_of[one] for one in ids.tolist()], np.int64)[back]


def _placed(store: Store, found: Intake, region_of: dict[int, int], upload_id: int) -> Iterator[tuple[tuple, bool]]:
    """Yield the history rows that put late quotes at their place, and whether each is one of those quotes."""
    if not len(found.late):
        return
    told = {
        (int(key), int(observed)) for key, observed in zip(found.changes["key"], found.changes["observed"], strict=True)
    }
    late: dict[int, list[tuple[int, int]]] = {}
    for quote in found.late.tolist():
        late.setdefault(quote[0], []).append((quote[1], quote[2]))
    live = {quote[0]: (quote[1], quote[2]) for quote in found.live.tolist()}
    for key, quotes in late.items():
        pharmacy, drug, kind = parts(key)
        where = (region_of[pharmacy], pharmacy, drug, KINDS[kind])
        for observed, fen in placed(store.history(*where), live[key], quotes):
            if (key, observed) not in told:
                yield (*where, observed, upload_id, fen), observed != live[key][0]


def _sellers(found: Intake, region_of: dict[int, int]) -> Any:
    """Return the sellers that changed, by market."""
    pharmacies, drugs, kinds = parts(found.offers["key"])
    regions = _regions(pharmacies, region_of)
    offers = found.offers
    return grouped_sellers(regions, pharmacies, drugs, kinds, offers["fen"], offers["stock"], offers["observed"])
