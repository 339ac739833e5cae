"""Whether a drug is there, and how many packs: one small number for each price, in one byte.

0, 1 and 2 are the positions of models.STOCKS; from 3 on it is a number of packs more than two, of which 125 stands for
that many or more: nobody buys more at a counter.
"""

import numpy as np
from numpy.typing import NDArray

from pricecompare.models import STOCKS

IN, OUT = STOCKS.index("in"), STOCKS.index("out")

MOST_PACKS = 125

LEVELS = (*STOCKS, *["in"] * MOST_PACKS)
"""The level of each number that is stored."""

PACKS: tuple[int | None, ...] = (*[None] * len(STOCKS), *range(1, MOST_PACKS + 1))
"""How many packs each number that is stored stands for, None where none were counted."""

TOLD = tuple({"stock": level, "stock_packs": packs} for level, packs in zip(LEVELS, PACKS, strict=True))
"""What an answer says of each number that is stored."""


def of_packs(packs: float) -> int:
    """Return the number that is stored for packs that were counted; a part of a pack is one that can be sold.

    >>> of_packs(0), of_packs(1), of_packs(0.5), of_packs(12), of_packs(4000)
    (2, 3, 3, 14, 127)
    """
    return OUT + min(int(np.ceil(packs)), MOST_PACKS)


def is_there(stock: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Say where the drug is there for sure.

    >>> is_there(np.array([0, 1, 2, 3, 127], np.int8)).tolist()
    [False, True, False, True, True]
    """
    return (stock == IN) | (stock > OUT)


def too_few(stock: NDArray[np.integer], packs: int) -> NDArray[np.bool_]:
    """Say where there are fewer packs than that for sure.

    >>> too_few(np.array([0, 1, 2, 3, 5, 127], np.int8), 3).tolist()
    [False, False, True, True, False, False]
    """
    return (stock >= OUT) & (stock < OUT + min(packs, MOST_PACKS))
