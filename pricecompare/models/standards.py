"""What insurance pays at most for a pack."""

from typing import NamedTuple

BASES = ("vbp", "negotiated", "bid", "other")
"""What a payment standard rests on: 集采中选, 国家谈判, 竞价, or something else."""

NATIONAL = 0
"""Stands for the region of a standard that holds everywhere."""


class Standard(NamedTuple):
    """A payment standard (医保支付标准) of one drug in a region, a province or everywhere.

    `fen` is of a pack; only a confidential one may come without. Days are ISO, both counted; `until_on` is None while
    no end is known.
    """

    drug_id: int
    region_id: int
    since_on: str
    until_on: str | None
    fen: int | None
    basis: str
    confidential: bool
