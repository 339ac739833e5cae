"""Sales and the price-volume index in the store."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import numpy as np

from pricecompare.calc.packing import SOLD, Table
from pricecompare.models import IndexRow, ReferencePrice, Sale
from pricecompare.store.base import Base

REFERENCE = ("region_id", "month", "drug_id", "sellers", "quantity", "amount_fen", "median")
SALE_LIST = ("region_id", "pharmacy_id", "month", "upload_id", "layout", "totals")
INDEX = (
    "pharmacy_id", "method_id", "method_version", "value", "se", "n_items", "n_eff", "largest_weight", "coverage",
    "turnover_fen", "status",
)  # fmt: skip


class Sales(Base):
    """What was sold, and how dear each pharmacy was."""

    def sales_of_month(self, region_id: int, month: str) -> Table:
        """Return what every pharmacy of a region sold in a month, columns as in SOLD, by pharmacy and drug."""
        # Straight into the array: a city has millions, which as objects would take gigabytes.
        return np.fromiter(self._stream("sales_of_month", region_id=region_id, month=month), SOLD)

    def sales_of_pharmacy(self, region_id: int, month: str, pharmacy_id: int) -> list[Sale]:
        """Return what one pharmacy sold in a month, in the order of drugs."""
        rows = self._rows("sales_of_pharmacy", region_id=region_id, month=month, pharmacy_id=pharmacy_id)
        return [Sale(pharmacy_id, *row) for row in rows]

    def sale_months(self) -> list[tuple[int, str]]:
        """Return each (region, month) with sales."""
        return self._rows("sale_months")

    def sales_stamps(self, region_id: int, months: Iterable[str]) -> list[tuple[int, str]]:
        """Return (rows, a hash of them) of a region's sales in each of the months that has any."""
        asked = [{"region_id": region_id, "month": month} for month in months]
        return [row for rows in self._each("sales_stamp", asked) for row in rows]

    def stamp_sales(self, region_id: int, month: str, sales: Table) -> None:
        """Note what the sales of a region and month are by now: whoever holds figures of others sees that."""
        self._do("delete_sales_stamp", region_id=region_id, month=month)
        if len(sales):
            told = {"rows": len(sales), "hash": sha256(sales.data).hexdigest()}
            self._do("put_sales_stamp", region_id=region_id, month=month, **told)

    def put_sales(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add monthly sales or replace those of the same pharmacy, drug and month."""
        self._many("put_sale", rows)

    def delete_sales(self, rows: Iterable[dict[str, Any]]) -> None:
        """Take back monthly sales, given by region, month, pharmacy and drug."""
        self._many("delete_sale", rows)

    def load_sale_lists(self, rows: Iterable[tuple]) -> None:
        """Keep what an upload says was sold, columns as in SALE_LIST."""
        self.engine.load("sale_list", SALE_LIST, rows)

    def sale_lists(self, region_id: int, pharmacy_id: int, month: str) -> list[tuple[int, int, bytes]]:
        """Return (upload_id, layout, totals) of all lists that count of a pharmacy's month, in the order of uploads."""
        return self._rows("sale_lists", region_id=region_id, pharmacy_id=pharmacy_id, month=month)

    def sale_lists_of_upload(self, upload_id: int) -> list[tuple[int, int, str]]:
        """Return (region_id, pharmacy_id, month) that an upload speaks of."""
        return self._rows("sale_lists_of_upload", upload_id=upload_id)

    def references(self, region_id: int, month: str) -> list[ReferencePrice]:
        """Return the region's side of the index, by drug."""
        return [ReferencePrice(*row) for row in self._rows("references", region_id=region_id, month=month)]

    def put_references(self, region_id: int, month: str, references: Iterable[ReferencePrice]) -> None:
        """Replace the region's side of the index for one month."""
        self._do("delete_references", region_id=region_id, month=month)
        self.engine.load("reference_price", REFERENCE, ((region_id, month, *reference) for reference in references))

    def indices(self, region_id: int, month: str, method_id: str) -> list[IndexRow]:
        """Return the index of every pharmacy of a region in a month, dearest first."""
        return [IndexRow(*row) for row in self._rows("indices", region_id=region_id, month=month, method_id=method_id)]

    def indices_of_month(self, region_id: int, month: str) -> list[dict[str, Any]]:
        """Return every index of a region and month by pharmacy, columns as in INDEX."""
        rows = self._rows("indices_of_month", region_id=region_id, month=month)
        return [dict(zip(INDEX, row, strict=True)) for row in rows]

    def index(self, region_id: int, month: str, method_id: str, pharmacy_id: int) -> IndexRow | None:
        """Return one pharmacy's index of a month."""
        values = {"region_id": region_id, "month": month, "method_id": method_id, "pharmacy_id": pharmacy_id}
        row = self._row("index_of_pharmacy", **values)
        return IndexRow(*row) if row else None

    def last_index_month(self, region_id: int) -> str | None:
        """Return the newest month for which a region has indices."""
        return self._rows("last_index_month", region_id=region_id)[0][0]

    def put_indices(self, region_id: int, month: str, rows: Iterable[dict[str, Any]]) -> None:
        """Replace the indices of a region and month."""
        self._do("delete_indices", region_id=region_id, month=month)
        self._many("put_index", ({"region_id": region_id, "month": month, **row} for row in rows))
