"""Where everything is kept: one schema and one set of statements on SQLite and PostgreSQL."""

from pricecompare.store.store import Store, create_store, open_store

__all__ = ["Store", "create_store", "open_store"]
