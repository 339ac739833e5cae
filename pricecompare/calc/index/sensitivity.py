"""What other methods would say: levels that stand beside the headline, so that nobody trusts one formula blindly."""

from typing import NamedTuple

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.geks import WIDEST
from pricecompare.calc.index.registry import METHODS
from pricecompare.calc.sold import Floats

METHOD_OF = {
    "level": "cpd_weighted", "gk": "geary_khamis", "idb": "idb", "geks": "geks_fisher",
    "region_volume": "region_volume",
}  # fmt: skip
"""The method of each column that stands beside an index (statistics.md §1.5)."""


class Sensitivity(NamedTuple):
    """Levels by Geary-Khamis, IDB and GEKS-Fisher, shape (outlets,); 1 is the region's average, nan not computed."""

    gk: Floats
    idb: Floats
    geks: Floats


def sensitivity(quotes: Quotes) -> Sensitivity:
    """Return the levels of every outlet by the methods that only show how far the choice of one matters.

    GEKS looks at all pairs of outlets: beyond `geks.WIDEST` of them it is left out.
    """
    wide = quotes.n_outlets > WIDEST
    names = {name: METHOD_OF[name] for name in Sensitivity._fields}
    return Sensitivity(
        **{
            name: np.full(quotes.n_outlets, np.nan) if wide and name == "geks" else METHODS[id].levels(quotes).level
            for name, id in names.items()
        }
    )


def versions() -> dict[str, int]:
    """Return the version of every method that stands beside an index, by its id."""
    return {id: METHODS[id].version for id in METHOD_OF.values()}
