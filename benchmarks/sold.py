"""A store that knows what a whole region sold in a month: put there by its own statements, read as a run reads it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import sales
from benchmarks.city import NOW
from pricecompare.calc.periods import period
from pricecompare.models import Drug, Pharmacy, Region, Upload
from pricecompare.services.desk import Desk
from pricecompare.services.indexing.held import Panels
from pricecompare.services.indexing.panel import Panel
from pricecompare.services.indexing.panels import Wanted, panel_now
from pricecompare.services.ingest.pharmacies import ball
from pricecompare.services.opening import created, opened

SALE = ("region_id", "month", "pharmacy_id", "drug_id", "quantity", "amount_fen", "upload_id")
CITY, DISTRICT, MONTH = 440300, 440305, "2026-09"
PLACES = (
    Region(440000, "甲省", None, "province", False),
    Region(CITY, "甲市", 440000, "city", True),
    Region(DISTRICT, "甲东区", CITY, "county", False),
)


def sold(database: Path, columns: sales.Columns) -> Desk:
    """Return a desk on a new database that holds invented sales of one region and month."""
    created(str(database)).close()
    desk = opened({"DB": database, "NOW": NOW})
    store = desk.store
    with store.writing():
        store.put_regions(PLACES)
        store.put_drugs(map(_drug, range(1, int(columns.drug.max()) + 2)))
        store.put_pharmacies(map(_pharmacy, range(1, int(columns.outlet.max()) + 2)))
        version = store.next_version()
        store.put_meta(places_version=version, drugs_version=version)
        store.put_extent(CITY, version, ball(store.pharmacies(CITY)))
        store.put_upload(Upload(1, "sales"))
        store.engine.load("sale", SALE, _rows(columns))
        store.touch_prices(version, [CITY])
        store.stamp_sales(CITY, MONTH, store.sales_of_month(CITY, MONTH))
    return desk


def panel(desk: Desk) -> Panel:
    """Return what an index of those sales is computed from, read anew; use inside `reading`."""
    fresh = replace(desk, panels=Panels())
    return panel_now(fresh, Wanted(CITY, period(MONTH)))


def _drug(number: int) -> Drug:
    return Drug(number, f"XJ01CAA501A0010101{number:05d}", f"药{number}", *[""] * 3, 24, *[""] * 8)


def _pharmacy(number: int) -> Pharmacy:
    where = f"P{DISTRICT}{number:05d}", CITY, DISTRICT
    return Pharmacy(number, *where, f"第{number}药店", *[""] * 4, None, None, "", None, None)


def _rows(columns: sales.Columns) -> Iterator[tuple]:
    amounts = columns.value.astype(int).tolist()
    told = zip(columns.outlet.tolist(), columns.drug.tolist(), columns.quantity.tolist(), amounts, strict=True)
    for outlet, drug, packs, fen in told:
        yield CITY, MONTH, outlet + 1, drug + 1, packs, fen, 1
