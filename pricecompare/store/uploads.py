"""The ledger in the store: what came, what it said, what became of it."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from pricecompare.models import Upload
from pricecompare.store.base import Base

UPLOAD = tuple(field.name for field in fields(Upload))
QUOTE_LIST = ("region_id", "pharmacy_id", "kind", "upload_id", "full_at", "layout", "quotes")
EFFECT = ("upload_id", "pharmacy_id", "kind", "full_at", "layout", "effects")
REFUSED = ("upload_id", "row", "cells", "findings")
NEWEST = 1 << 62
"""More than any id."""


class Uploads(Base):
    """Uploads, the lists they brought, and the decisions about them."""

    def put_upload(self, upload: Upload) -> None:
        """Add a row to the ledger, or complete the one with the same id."""
        self._do("put_upload", **{name: getattr(upload, name) for name in UPLOAD})

    def upload(self, upload_id: int) -> Upload | None:
        """Return the upload with that id."""
        row = self._row("upload", id=upload_id)
        return Upload(*row) if row else None

    def uploads(self, *, most: int, before: int = NEWEST, **narrow: str | None) -> list[Upload]:
        """Return up to `most` uploads below the id `before`, newest first; state, source, what, owner narrow them."""
        wanted = {name: narrow.get(name) for name in ("state", "source", "what", "owner")}
        return [Upload(*row) for row in self._rows("uploads", most=most, before=before, **wanted)]

    def uploads_about(self, upload_id: int) -> list[Upload]:
        """Return the decisions about an upload, oldest first."""
        return [Upload(*row) for row in self._rows("uploads_about", id=upload_id)]

    def ledger_since(self, version: int) -> list[tuple]:
        """Return what came with a data version or later, in its order.

        Each is (data version, id, sha256, second at which it was taken, what, state, rows).
        """
        return self._rows("ledger_since", version=version)

    def last_upload(self) -> tuple[int, str, int] | None:
        """Return id, subject and time of the newest upload that was taken."""
        return self._row("last_upload")

    def same_bytes(self, upload: Upload) -> Upload | None:
        """Return the newest upload with the same bytes and owner, read in the same way, that counts or waits."""
        names = ("sha256", "what", "layout", "declared", "mode", "source", "owner")
        found = self._rows("same_bytes", **{name: getattr(upload, name) for name in names})[0][0]
        return None if found is None else self.upload(found)

    def last_of_source(self, upload: Upload) -> tuple[int, int, int | None] | None:
        """Return (id, rows that went in, newest observation) of what the same source sent before `upload`."""
        names = {name: getattr(upload, name) for name in ("source", "what", "mode", "owner")}
        return self._row("last_of_source", before=upload.id, **names)

    def load_lists(self, rows: Iterable[tuple]) -> None:
        """Keep what an upload says, columns as in QUOTE_LIST."""
        self.engine.load("quote_list", QUOTE_LIST, rows)

    def lists_of_pharmacy(self, region_id: int, pharmacy_id: int, kind: str) -> list[tuple]:
        """Return (upload_id, full_at, layout, quotes) of all lists that count, in the order of uploads."""
        return self._rows("lists_of_pharmacy", region_id=region_id, pharmacy_id=pharmacy_id, kind=kind)

    def full_lists(self, region_id: int, pharmacy_id: int, kind: str) -> list[int]:
        """Return the seconds of a pharmacy's whole lists of one kind that count, oldest first."""
        return [row[0] for row in self._rows("full_lists", region_id=region_id, pharmacy_id=pharmacy_id, kind=kind)]

    def lists_of_upload(self, upload_id: int) -> Iterator[tuple]:
        """Yield (region_id, pharmacy_id, kind, full_at, layout, quotes) of one upload, by pharmacy."""
        return self._stream("lists_of_upload", upload_id=upload_id)

    def delete_lists(self, upload_id: int) -> None:
        """Forget what a quarantined upload said, to keep it anew as it is taken."""
        self._do("delete_lists", upload_id=upload_id)

    def load_effects(self, rows: Iterable[tuple]) -> None:
        """Keep what an upload or decision did, columns as in EFFECT."""
        self.engine.load("effect", EFFECT, rows)

    def effects(self, upload_id: int) -> Iterator[tuple]:
        """Yield (pharmacy_id, kind, full_at, layout, effects) of one upload or decision, by pharmacy."""
        return self._stream("effects_of_upload", upload_id=upload_id)

    def effects_since(self, *, most: int, start: tuple[int, int, int, str], **where: int | None) -> list[tuple]:
        """Return what was done from `start` (data version, upload, pharmacy, kind) on, up to `most` rows.

        Each is (data version, upload, pharmacy, kind, code of the pharmacy, whether it concerned a whole list, when one
        was last seen, layout, effects); `where` may give ``region_id`` and ``district_id`` of the pharmacies wanted.
        """
        place = dict(zip(("version", "upload_id", "pharmacy_id", "kind"), start, strict=True))
        wanted = {name: where.get(name) for name in ("region_id", "district_id")}
        return self._rows("effects_since", most=most, **place, **wanted)

    def effects_from(self, upload_id: int, pharmacy_id: int, kind: str, *, most: int) -> list[tuple]:
        """Return up to `most` of (pharmacy_id, kind, full_at, layout, effects), from one pharmacy and kind on."""
        return self._rows("effects_from", upload_id=upload_id, pharmacy_id=pharmacy_id, kind=kind, most=most)

    def confirmations(self, region_id: int, kind: str) -> list[tuple[int, int]]:
        """Return (pharmacy_id, second) of the last full list of each pharmacy of a region, by pharmacy."""
        return self._rows("confirmations", region_id=region_id, kind=kind)

    def confirmed(self, region_id: int, pharmacy_id: int) -> dict[str, int]:
        """Return the second of a pharmacy's last full list of each kind."""
        return dict(self._rows("confirmations_of_pharmacy", region_id=region_id, pharmacy_id=pharmacy_id))

    def runs(self, region_id: int, kind: str) -> list[tuple[int, int, int]]:
        """Return (pharmacy_id, first, last second) of every run of full lists of a region."""
        return self._rows("runs", region_id=region_id, kind=kind)

    def prolong_runs(self, rows: Iterable[dict[str, Any]]) -> None:
        """Let runs that ended at ``last_at`` go on until ``until_at``."""
        self._many("prolong_run", rows)

    def put_runs(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add runs."""
        self._many("put_run", rows)

    def delete_runs(self, region_id: int, kind: str, pharmacy_id: int) -> None:
        """Forget the runs of a pharmacy's lists, to write them anew."""
        self._do("delete_runs", region_id=region_id, kind=kind, pharmacy_id=pharmacy_id)

    def load_refused(self, rows: Iterable[tuple]) -> None:
        """Keep refused rows, columns as in REFUSED."""
        self.engine.load("refused_row", REFUSED, rows)

    def refused_rows(self, upload_id: int) -> Iterator[tuple[int, str, str]]:
        """Yield (row, cells, findings) of the refused rows of an upload, in the order of the file."""
        return self._stream("refused_rows", upload_id=upload_id)

    def put_refused_file(self, upload_id: int, form: str) -> None:
        """Keep how the file of refused rows is to be written."""
        self._do("put_refused_file", upload_id=upload_id, form=form)

    def refused_file(self, upload_id: int) -> str | None:
        """Return how the file of refused rows is to be written; None when no row was refused."""
        row = self._row("refused_file", upload_id=upload_id)
        return row[0] if row else None

    def request_key(self, key: str) -> tuple[str, int | None, int, str] | None:
        """Return (sha256, upload_id, status, answer) of the request that carried that key."""
        return self._row("request_key", key=key)

    def put_request_key(self, **columns: Any) -> None:
        """Keep what was answered to a request that carried a key."""
        self._do("put_request_key", **columns)

    def drop_request_key(self, key: str, *, begun: int) -> None:
        """Forget the request with that key when it was never answered and began before the second `begun`."""
        self._do("drop_request_key", key=key, begun=begun)

    def prune_request_keys(self, *, oldest: int) -> None:
        """Forget requests from before the second `oldest`."""
        self._do("prune_request_keys", oldest=oldest)
