"""A town with something in every list of a regulator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pricecompare.calc.codes import flag_name
from pricecompare.models.audit import Hand
from pricecompare.services.cases import Asked, step
from pricecompare.services.desk import Desk, Settings
from pricecompare.services.exports.pages import page
from pricecompare.services.ruling import using
from pricecompare.store import Store
from tests.blank import Fill
from tests.conftest import NOW
from tests.made import CODES
from tests.town import SHOPS, Town

CITY, DISTRICT = "990100", "990102"
WANG = Hand("王", "cli:wang")
SILENT, SAME = 5, 6
"""Shops that have not reported for long, and that report the same since long."""


def line(shop: int, drug: int, price: str, day: str, kind: str = "listed") -> str:
    return f"{SHOPS[shop]},{CODES[drug]},{price},{day},{kind},in"


def directly(fill: Fill, store: Store, folder: Path) -> None:
    fill(store, folder)


def busy(store: Store, folder: Path, once: Callable[[Fill, Store, Path], None] = directly) -> Desk:
    """Return a desk at a town with flags, far-too-low prices, changes, a quarantine, and quiet shops."""
    once(crowded, store, folder)
    return Desk(store, lambda: NOW, Settings(spool=str(folder / "spool"), max_page=200))


def crowded(store: Store, folder: Path) -> None:
    """Let all that come to pass in an empty store."""
    town = Town(store, folder)
    town.take_all(until="prices")
    first = [line(shop, drug, f"{10 + shop / 10 + drug:.2f}", "2026-09-01") for shop in range(7) for drug in range(4)]
    town.price(*first)
    steady = [line(shop, drug, f"{10 + shop / 10 + drug:.2f}", "2026-10-25") for shop in range(5) for drug in range(4)]
    town.price(*steady, *(line(SAME, drug, f"{10.6 + drug:.2f}", "2026-10-20") for drug in range(4)))
    town.price(line(0, 0, "14.00", "2026-10-28"), line(1, 0, "14.90", "2026-10-29"), line(2, 1, "12.00", "2026-10-29"))
    town.price(line(3, 2, "21.90", "2026-10-30"), line(4, 3, "1.30", "2026-10-30"), line(0, 0, "19.90", "2026-10-31"))
    town.take("sales", "pharmacy_code,drug_code,month,quantity,amount\n" + "".join(
        f"{SHOPS[shop]},{CODES[drug]},2026-09,{3 + shop},{100 + drug}\n" for shop in range(3) for drug in range(2)
    ))  # fmt: skip
    town.full(*(line(0, drug, f"{20 + drug}.00", "2026-10-31", "online") for drug in range(4)), source="s")
    aside = town.full(line(0, 0, "20.00", "2026-11-01", "online"), source="s")
    assert aside.upload.state == "quarantined"
    using.use(town.desk, CITY, "plain-130", by=WANG._replace(why="试行"))
    taken_up(town)


def taken_up(town: Town) -> None:
    """Let one flag be appealed against, and one wait since long."""
    appealed, waiting = [
        flag_name(one.pharmacy_id, one.drug_id, one.kind) for one in town.store.flags(int(CITY), most=2)
    ]
    for action, role in (("screen", "regulator"), ("remind", "regulator"), ("appeal", "pharmacy")):
        step(town.desk, appealed, Asked(action, role, Hand(role, "cli:wang", "=进价上涨")))
    before = replace(town.desk, clock=lambda: NOW - timedelta(days=20))
    step(before, waiting, Asked("screen", "regulator", WANG))


def all_of(desk: Desk, name: str, region: str, **filters: Any) -> dict[str, Any]:
    """Return a list with the rows of all its pages, asked for three at a time."""
    whole = found = page(desk, name, region, filters=filters, limit=3)
    while found["next"]:
        found = page(desk, name, region, filters=filters, limit=3, cursor_given=found["next"])
        assert found["totals"] == whole["totals"] and found["items"]
        whole["items"] += found["items"]
    return whole
