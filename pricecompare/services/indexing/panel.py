"""What an index of a region and period is computed from, and what follows from it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import index
from pricecompare.calc.index.references import Reference
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.packing import LAYOUT, Table, packed, unpacked
from pricecompare.calc.sold import Floats, Sales, gross_errors, unit_values

if TYPE_CHECKING:
    from pricecompare.calc.index_figures import Figures

INPUT = np.dtype(
    [("pharmacy", "<i4"), ("drug", "<i4"), ("quantity", "<f8"), ("amount", "<i8"), ("group", "<i4"), ("k", "<f8")]
)
"""One row of sales: pharmacy and drug id, packs, fen; the drug it is compared as, and how many packs of that it is."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Every row of sales of a region and period, and the limits its index is computed and shown by."""

    rows: Table
    limits: Limits
    method: str = index.METHOD_ID
    reference: Reference | None = "mean"

    @cached_property
    def _outlets(self) -> tuple[NDArray, NDArray]:
        return index.coded(self.rows["pharmacy"])

    @cached_property
    def _groups(self) -> tuple[NDArray, NDArray]:
        return index.coded(self.rows["group"])

    @property
    def pharmacies(self) -> NDArray[np.integer]:
        """The ids of pharmacies, place j for outlet code j."""
        return self._outlets[0]

    @property
    def drugs(self) -> NDArray[np.integer]:
        """The ids of drugs as they are compared, place i for drug code i."""
        return self._groups[0]

    @cached_property
    def sales(self) -> Sales:
        """Unit values per pharmacy and drug, packs on the scale of the drug it is compared as."""
        packs = self.rows["quantity"] * self.rows["k"]
        return unit_values(self._outlets[1], self._groups[1], self.rows["amount"].astype(np.float64), packs)

    @cached_property
    def quotes(self) -> index.Quotes:
        """Those of them that may be compared."""
        screened = {"min_others": round(self.limits.min_others), "error_ratio": self.limits.error_ratio}
        return index.quotes(*self.sales, n_outlets=len(self.pharmacies), **screened)  # type: ignore[arg-type]

    @cached_property
    def gross(self) -> NDArray[np.bool_]:
        """Of each row of `sales`, whether it is a gross error."""
        return gross_errors(self.sales.drug, self.sales.value / self.sales.quantity, self.limits.error_ratio)

    @cached_property
    def reference_prices(self) -> Floats:
        """What each quote is held against, fen per pack."""
        return index.reference_of_rows(self.quotes, self.reference or "mean")

    @cached_property
    def figures(self) -> "Figures":
        """What is told of every pharmacy."""
        # Here and not above: it loads scipy, which most commands do without.
        from pricecompare.calc.index_figures import figures

        with np.errstate(invalid="ignore", divide="ignore"):
            return figures(self.sales, self.quotes, self.limits, self.method, self.reference)

    def told_of_one(self) -> tuple[NDArray[np.bool_], Floats]:
        """Return what answers about one pharmacy's drugs need; it is held from then on."""
        return self.gross, self.reference_prices

    def told_of_all(self) -> "Figures":
        """Return the figures, once all is held that answers about one pharmacy's drugs need."""
        self.told_of_one()
        return self.figures

    def place(self, pharmacy_id: int) -> int | None:
        """Return the outlet code of a pharmacy; None for one without sales."""
        at = int(np.searchsorted(self.pharmacies, pharmacy_id))
        return at if at < len(self.pharmacies) and self.pharmacies[at] == pharmacy_id else None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rows, column by column."""
        digest = hashlib.sha256()
        for name in INPUT.names or ():
            digest.update(np.ascontiguousarray(self.rows[name]).tobytes())
        return digest.hexdigest()

    def packed(self) -> tuple[int, bytes]:
        """Return the layout and the bytes by which the rows are kept."""
        return LAYOUT, packed(self.rows)


def kept(stored: bytes, layout: int, limits: Limits, method: str, reference: Reference | None) -> Panel:
    """Return the panel that a run kept."""
    return Panel(unpacked(stored, INPUT, layout=layout), limits, method, reference)
