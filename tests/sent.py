"""A town whose files come over HTTP."""

import io
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from pricecompare.store import Store
from pricecompare.store.sqlite import SQLite
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.town import PRICE_HEADER, SHOPS, Town

KEY = "a key that senders know"
BEARER = {"Authorization": f"Bearer {KEY}"}
UPLOADS = "/api/v1/uploads"


def line(shop: int, drug: int, price: str, day: str = "2026-10-30", kind: str = "listed") -> str:
    """Return one line of a price list."""
    return f"{SHOPS[shop]},{CODES[drug]},{price},{day},{kind},in\n"


def prices(*lines: str) -> str:
    """Return a price list."""
    return PRICE_HEADER + "".join(lines)


class Sender:
    """A client of a server at a town, and the town itself."""

    def __init__(self, url: str, store: Store, folder: Path, **settings: Any):
        self.town = Town(store, folder)
        self.town.take_all(until="sales")
        self.spool = folder / "spool"
        settings = {"UPLOAD_KEY": KEY, "SPOOL": str(self.spool), "NOW": NOW.isoformat()} | settings
        self.app = create_app(DB=url, **settings)
        self.client = self.app.test_client()

    def send(self, content: str | bytes, *, name: str = "list.csv", headers: Any = None, **fields: str) -> TestResponse:
        """Send a file of prices, or of what `fields` say."""
        data = content if isinstance(content, bytes) else content.encode()
        form = {"what": "prices", **fields, "file": (io.BytesIO(data), name)}
        return self.client.post(UPLOADS, data=form, headers=BEARER | (headers or {}))

    def ask(self, path: str, **query: Any) -> TestResponse:
        """Ask something about the ledger."""
        return self.client.get(UPLOADS + path, query_string=query, headers=BEARER)

    def decide(self, upload: int, decision: str, **more: str) -> TestResponse:
        """Decide about an upload."""
        return self.client.put(f"{UPLOADS}/{upload}/decision", json={"decision": decision, **more}, headers=BEARER)

    def left(self) -> list[str]:
        """Return the files that lie in the spool, but for its lock."""
        return sorted(path.name for path in self.spool.iterdir() if path.name != "lock") if self.spool.exists() else []

    def leave(self) -> None:
        """Let go of what a thread holds of the database: SQLite has a connection for each, PostgreSQL one pool."""
        if isinstance(self.town.store.engine, SQLite):
            self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.app.extensions["pricecompare"].store.close()
