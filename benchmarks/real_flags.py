"""What the rule says of real prices: the Italian day by fuel, its largest flags, and South Africa's jumps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import log
from pathlib import Path

from benchmarks.markdown import table
from pricecompare.calc.days import iso
from pricecompare.services.desk import Desk
from pricecompare.services.exports.pages import page
from pricecompare.services.opening import created
from tests import real_day as italy
from tests import real_histories as histories

MANY = 1000
"""Prices from which on a fuel has a line of its own."""

LARGEST = 20
FOREVER = 3650
"""Days after which nothing of the day is stale, so that old placeholders are judged as well."""

AUGUST, DECEMBER = date(2016, 8, 8), date(2016, 12, 21)
JUMPED = ("drug_name", "before", "price", "ratio")


def flagged(data: Path, folder: Path) -> Iterator[str]:
    """Yield the flag rate of each fuel, the largest flags, and what became of placeholders of any age."""
    desk = day_of(data, folder, max_age_days=30)
    yield "### Italy: what the rule flags\n\n" + table(
        ("fuel", "prices judged", "high", "high, %", "data errors"), rates(desk)
    )
    yield f"The {LARGEST} largest that are flagged high (euro for a litre):\n\n" + table(
        ("station", "province", "fuel", "price", "median", "others", "×", "seen on"), largest(desk)
    )
    judged = day_of(data, folder, max_age_days=FOREVER)
    yield "Placeholders when no price is too old to be judged:\n\n" + table(
        ("price", "taken", "data error", "high", "in a reference"), placeholders(judged)
    )


def day_of(data: Path, folder: Path, *, max_age_days: int) -> Desk:
    """Return a desk at the whole Italian day."""
    files = italy.files(data)
    desk = italy.desk_of(created(str(folder / f"{max_age_days}.db"), max_age_days=max_age_days))
    italy.registers(desk, files)
    italy.taken(desk, "prices", files.prices)
    return desk


def rates(desk: Desk) -> Iterator[tuple]:
    """Yield of each fuel with many prices, of the others together and of all: prices judged, high, per cent, errors."""
    names = {one.id: f"{one.name} {one.spec}" for one in desk.store.drugs()}
    judged = dict(desk.store.engine.rows("SELECT drug_id, sum(n + doubtful) FROM market GROUP BY drug_id", {}))
    flags = desk.store.engine.rows("SELECT drug_id, class FROM flag", {})
    ranked = sorted(judged, key=lambda one: -judged[one])
    groups = {names[one]: {one} for one in ranked if judged[one] >= MANY}
    groups |= {"others": {one for one in ranked if judged[one] < MANY}, "all": set(ranked)}
    for name, drugs in groups.items():
        n, high = sum(judged[one] for one in drugs), sum(drug in drugs and what == "high" for drug, what in flags)
        yield name, n, high, f"{100 * high / n:.3f}", sum(drug in drugs and what != "high" for drug, what in flags)


def largest(desk: Desk) -> Iterator[tuple]:
    """Yield the largest flags of class high."""
    regions = {one.id: one.name for one in desk.store.regions()}
    rows = [row for region in regions for row in desk.store.flags(region, class_="high", most=LARGEST)]
    for row in sorted(rows, key=lambda row: -log(row.ratio_median))[:LARGEST]:
        money = (f"{row.fen / 1000:.3f}", f"{row.ref_median / 1000:.3f}", row.others, f"{row.ratio_median:.2f}")
        place = (row.pharmacy_code[6:].lstrip("0"), regions[row.region_id], f"{row.drug_name} {row.spec}")
        yield *place, *money, iso(row.observed_at)[:10]


def placeholders(desk: Desk) -> Iterator[tuple]:
    """Yield of each placeholder how many prices there are, and how many of these are errors, high, and compared with.

    For a desk at which none is stale.
    """
    asked = (
        "SELECT o.fen, f.class, f.counted FROM offer o LEFT JOIN flag f USING (region_id, pharmacy_id, drug_id, kind)"
    )
    rows = desk.store.engine.rows(asked, {})
    for price, fen in italy.PLACEHOLDERS.items():
        mine = [row[1:] for row in rows if row[0] == fen]
        errors = sum(what in ("error_low", "error_high") for what, _ in mine)
        # What is not flagged is compared with, and so is what is flagged and counted.
        yield price, len(mine), errors, sum(what == "high" for what, _ in mine), sum(one != 0 for _, one in mine)


def jumps(data: Path, folder: Path) -> Iterator[str]:
    """Yield the prices of South Africa that trebled, or fell to a third, from one list to the next."""
    desk = africa(data, folder)
    filters = {"since": AUGUST, "until": DECEMBER, "times": "3"}
    items = page(desk, "jumps", "990001", filters=filters, limit=100)["items"]
    rows = [tuple(f"{one[name]:.3f}" if name == "ratio" else one[name] for name in JUMPED) for one in items]
    up = sum(one["ratio"] > 1 for one in items)
    yield (
        f"Between {AUGUST} and {DECEMBER} {up} price is over three times what it was, {len(items) - up} are below a "
        f"third (`pricecompare export jumps`):\n\n" + table(("product", "before", "price", "ratio"), rows)
    )


def africa(data: Path, folder: Path) -> Desk:
    """Return a desk at South Africa's lists."""
    series = histories.south_africa(data, folder)
    desk, clock = series.desk(created(str(folder / "jumps.db")), folder)
    for _ in histories.taken_and_confirmed(series, desk, clock, replace(series.asked, source="za")):
        pass
    return desk
