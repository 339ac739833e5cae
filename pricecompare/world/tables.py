"""An invented province as CSV files, written pharmacy by pharmacy so that its size does not matter."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path

import numpy as np

from pricecompare.models import KINDS, STOCKS, Region
from pricecompare.world.ledger import Label, Ledger, MonthSales, PriceList
from pricecompare.world.province import World

MOST_COUNTED = 30
"""Packs that a till of the world counts at most."""

HEADERS = {
    "regions": "code,name,parent,level,pooling",
    "drugs": (
        "drug_code,generic_name,brand,form,spec,pack_count,unit,pack_unit,maker,approval_no,standard_code,barcode,"
        "insurance_class,prescription"
    ),
    "pharmacies": "pharmacy_code,name,chain,address,phone,uscc,lat,lng,coord_type,opening_hours,services",
    "prices": "pharmacy_code,drug_code,kind,price,observed_at,stock",
    "sales": "pharmacy_code,drug_code,month,quantity,amount",
    "labels": "pharmacy_code,drug_code,kind,observed_at,label,factor",
}
"""The header of each file, by its name without .csv."""


_drug_row = attrgetter(
    *("code", "name", "brand", "form", "spec", "pack_count", "unit", "pack_unit", "maker", "approval_no"),
    *("standard_code", "barcode", "insurance_class", "prescription"),
)
_pharmacy_row = attrgetter(
    "code", "name", "chain", "address", "phone", "uscc", "given_lat", "given_lng", "datum", "hours", "services"
)


def write(world: World, folder: Path) -> None:
    """Write regions, drugs, pharmacies, prices, sales and labels as CSV files into `folder`, making it if need be.

    UTF-8 without a mark, one line feed after each row, the same bytes for the same world.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_rows(folder, "regions", map(_region_row, world.regions))
    _write_rows(folder, "drugs", (_drug_row(item.drug) for item in world.items))
    _write_rows(folder, "pharmacies", map(_pharmacy_row, world.pharmacies))
    _write_ledgers(folder, world.ledgers(), [item.drug.code for item in world.items])


def _write_rows(folder: Path, name: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(HEADERS[name] + "\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


def _write_ledgers(folder: Path, ledgers: Iterable[Ledger], codes: list[str]) -> None:
    with ExitStack() as stack:
        prices, sales, labels = (
            stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            for name in ("prices", "sales", "labels")
        )
        for name, file in (("prices", prices), ("sales", sales), ("labels", labels)):
            file.write(HEADERS[name] + "\n")
        for ledger in ledgers:
            pharmacy = ledger.pharmacy.code
            for price_list in ledger.lists:
                prices.writelines(_price_lines(pharmacy, price_list, codes))
            for month in ledger.sales:
                sales.writelines(_sales_lines(pharmacy, month, codes))
            labels.writelines(_label_line(pharmacy, label, codes) for label in ledger.labels)


def _region_row(region: Region) -> tuple[object, ...]:
    parent = "" if region.parent_id is None else f"{region.parent_id:06d}"
    return region.code, region.name, parent, region.level, int(region.pooling)


def _price_lines(pharmacy: str, prices: PriceList, codes: list[str]) -> Iterator[str]:
    # No value of these rows can hold a comma or a quotation mark; the csv module would take most of the time.
    ends = [f",{prices.observed_at},{stock}\n" for stock in (*STOCKS, *range(1, MOST_COUNTED + 1))]
    # One pharmacy in three has a till that counts packs: how many hangs on price and drug, not on chance.
    columns = (prices.drugs.tolist(), prices.kinds.tolist(), prices.fen.tolist(), _stocks(pharmacy, prices))
    for drug, kind, fen, stock in zip(*columns, strict=True):
        yield f"{pharmacy},{codes[drug]},{KINDS[kind]},{fen // 100}.{fen % 100:02d}{ends[stock]}"


def _stocks(pharmacy: str, prices: PriceList) -> list[int]:
    """Return the position of each stock among levels and, after them, numbers of packs."""
    stocks = prices.stocks
    if int(pharmacy[-1]) % 3:
        return stocks.tolist()
    packs = (prices.fen // 7 + prices.drugs) % MOST_COUNTED
    return np.where(stocks == STOCKS.index("in"), len(STOCKS) + packs, stocks).tolist()


def _sales_lines(pharmacy: str, sales: MonthSales, codes: list[str]) -> Iterator[str]:
    for drug, packs, fen in zip(sales.drugs.tolist(), sales.packs.tolist(), sales.fen.tolist(), strict=True):
        sign = "-" if fen < 0 else ""
        yield f"{pharmacy},{codes[drug]},{sales.month},{packs},{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}\n"


def _label_line(pharmacy: str, label: Label, codes: list[str]) -> str:
    return f"{pharmacy},{codes[label.drug]},{label.kind},{label.observed_at},{label.label},{label.factor:.4g}\n"
