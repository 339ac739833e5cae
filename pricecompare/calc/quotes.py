"""Quotes: what price lists say, as arrays in the order of the offers they are about."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import groups
from pricecompare.calc.groups import Flags

QUOTE = np.dtype([("key", "<i8"), ("observed", "<i8"), ("fen", "<i4"), ("stock", "i1"), ("held", "i1"), ("row", "<i4")])
"""One quote: the key of its offer (`offer_key`), second of observation, fen, stock, whether it is held as suspicious,
row in the file. What is live has row 0."""

Quotes = NDArray[np.void]
Number = TypeVar("Number", int, NDArray[np.int64])

NEVER = -(1 << 62)
"""Earlier than any instant."""

_DRUG_BITS, _KIND_BITS = 32, 2


def offer_key(pharmacy_id: Number, drug_id: Number, kind: Number) -> Number:
    """Return one number for (pharmacy, drug, position of the kind in models.KINDS); works on arrays.

    >>> parts(offer_key(7, 5, 1))
    (7, 5, 1)
    """
    return (pharmacy_id << (_DRUG_BITS + _KIND_BITS)) | (drug_id << _KIND_BITS) | kind


def keys_of(pharmacy_id: int, drug_ids: NDArray[np.integer[Any]], kind: int) -> NDArray[np.int64]:
    """Return the `offer_key` of each of one pharmacy's drugs."""
    n = len(drug_ids)
    return offer_key(np.full(n, pharmacy_id, np.int64), drug_ids.astype(np.int64), np.full(n, kind, np.int64))


def parts(key: Number) -> tuple[Number, Number, Number]:
    """Return pharmacy id, drug id and kind of an `offer_key`; works on arrays."""
    drug_id = (key >> _KIND_BITS) & ((1 << _DRUG_BITS) - 1)
    return key >> (_DRUG_BITS + _KIND_BITS), drug_id, key & ((1 << _KIND_BITS) - 1)


def pair_of(key: Number) -> Number:
    """Return one number for the pharmacy and kind of an `offer_key`: whose list it belongs to; works on arrays.

    >>> pair_of(offer_key(7, 5, 1)) == pair_of(offer_key(7, 9, 1)) == pair(7, 1)
    True
    """
    return pair(key >> (_DRUG_BITS + _KIND_BITS), key & ((1 << _KIND_BITS) - 1))


def pair(pharmacy_id: Number, kind: Number) -> Number:
    """Return one number for a pharmacy and the position of a kind; works on arrays."""
    return (pharmacy_id << _KIND_BITS) | kind


def in_order(quotes: Quotes) -> Quotes:
    """Return quotes by key, then time, then row."""
    return quotes[np.lexsort((quotes["row"], quotes["observed"], quotes["key"]))]


def conflicts(quotes: Quotes) -> Flags:
    """Say which quotes (in order) contradict another of the same key and instant: another price."""
    if not len(quotes):
        return np.zeros(0, bool)
    starts = np.flatnonzero(groups.starts(quotes["key"], quotes["observed"]))
    low = np.minimum.reduceat(quotes["fen"], starts)
    high = np.maximum.reduceat(quotes["fen"], starts)
    return np.repeat(low != high, np.diff(np.append(starts, len(quotes))))


def last_of_each(quotes: Quotes) -> Quotes:
    """Return quotes (in order) with repeats of the same key and instant left out; the last row's stock stands."""
    return quotes[groups.ends(quotes["key"], quotes["observed"])]
