"""Payment standards (医保支付标准): how they are written, which one holds, and what a patient pays beyond it."""

import unicodedata
from collections.abc import Iterable, Sequence

from pricecompare.calc import codes, days, money
from pricecompare.models import NATIONAL, Standard

EVERYWHERE = {"national", "全国", "国家", "000000", "100000"}
"""How files write that a standard holds everywhere; 100000 is the whole country in map services."""

Amount = tuple[int | None, bool]
"""Fen of a pack, if they are told, and whether a star marks them as not to be published."""


def region(text: str) -> int:
    """Return the code of a region as a number, NATIONAL for the whole country; Invalid (bad_region_code).

    >>> region("全国"), region("990100")
    (0, 990100)
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return NATIONAL if plain in EVERYWHERE else codes.region_code(text)


def day(text: str) -> str:
    """Return the ISO day that a date names; Invalid (bad_date).

    >>> day("2026/1/5")
    '2026-01-05'
    """
    return days.date_of(days.instant(text)).isoformat()


def amount(cell: money.Number) -> Amount:
    """Return a standard in fen; a star beside it or alone says that it must not be published (NRDL 2024).

    Raises Invalid as money.fen does.

    >>> amount("12.50"), amount("12.50*"), amount("＊")
    ((1250, False), (1250, True), (None, True))
    """
    if not isinstance(cell, str):
        return money.fen(cell), False
    plain = unicodedata.normalize("NFKC", cell).strip()
    bare = plain.strip("*").strip()
    starred = bare != plain
    return (None if starred and not bare else money.fen(bare)), starred


def in_force(known: Iterable[Standard], places: Sequence[int], today: str) -> Standard | None:
    """Return the standard of one drug that holds on the ISO day `today`; None when there is none.

    `places` are the region and what it lies in, narrowest first: the narrowest that has one decides. Where one
    follows another the later one ends the earlier for good, whether or not it has ended itself since.
    """
    begun = [one for one in known if one.since_on <= today]
    for place in places:
        last = max((one for one in begun if one.region_id == place), key=lambda one: one.since_on, default=None)
        if last is not None and (last.until_on is None or last.until_on >= today):
            return last
    return None


def basis_of(basis: str | None, *, vbp: bool | None, negotiated: bool | None) -> str | None:
    """Return what a standard rests on: as told, or as the marks 是否集采中选 and 是否国家谈判 say; None for neither.

    Of both marks VBP counts: its winning price took the place of the negotiated one.
    """
    return basis or ("vbp" if vbp else "negotiated" if negotiated else None)


def excess(fen: int, standard: int) -> int:
    """Return what a patient pays beyond the standard, in fen: nothing at or below it.

    >>> excess(1300, 1250), excess(1200, 1250)
    (50, 0)
    """
    return max(fen - standard, 0)


def known_as(this: Standard) -> tuple[int, int, str]:
    """Return what no two standards share: drug, region and first day."""
    return this.drug_id, this.region_id, this.since_on


def ends_before_it_begins(since: str, until: str | None) -> bool:
    """Say whether a standard would hold on no day."""
    return until is not None and until < since
