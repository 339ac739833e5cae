"""Seven shops of one region, one of which asks twice what the others do, and what becomes of its flag."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from pricecompare.models.audit import Hand
from pricecompare.services.cases import Asked, told
from pricecompare.store import Store
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.town import PRICE_HEADER, SHOPS, Town

REGION = "990100"
KEY, OTHER = "a key of regulators", "a key that senders know"
WANG = Hand("王", "cli:wang")
SCREEN = Asked("screen", "regulator", WANG)


def price(shop: int, yuan: str, day: int, drug: str = CODES[0]) -> str:
    return f"{SHOPS[shop]},{drug},{yuan},2026-10-{day},listed,in\n"


def seven_shops(store: Store, folder: Path) -> Town:
    town = Town(store, folder)
    town.take_all(until="prices")
    usual = "".join(price(shop, f"{10 + shop / 10:.2f}", 20) for shop in range(6))
    town.take("prices", PRICE_HEADER + usual + price(6, "20.00", 20))
    return town


def change(town: Town, yuan: str, day: int) -> None:
    """Let the dear shop ask something else."""
    town.take("prices", PRICE_HEADER + price(6, yuan, day))


def only(town: Town) -> str:
    (row,) = town.store.flags(int(REGION), most=10)
    return f"{row.pharmacy_id}-{row.drug_id}-{row.kind}"


def state(town: Town, name: str) -> tuple[str, bool, int]:
    found = told(town.desk, name)
    return found["state"], found["standing"], found["revision"]


def client_of(app: Flask, key: str) -> FlaskClient:
    """Return a client that always comes with a key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@contextmanager
def served(url: str, town: Town, folder: Path, **settings: Any) -> Iterator[Flask]:
    """Give the application over a town, with keys."""
    keys = {"REGULATOR_KEY": KEY, "UPLOAD_KEY": OTHER, "SPOOL": str(folder), "NOW": NOW.isoformat()}
    app = create_app(DB=url, **keys, **settings)
    yield app
    if app.extensions["pricecompare"].store.engine is not town.store.engine:
        app.extensions["pricecompare"].store.close()
