"""Requests that carry a key of their own: the same key has one effect and is answered the same way."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from pricecompare.errors import Conflict, PriceCompareError
from pricecompare.services.desk import Desk

BUSY_SECONDS = 900
"""A request that was not answered after so long has died with its process."""

KEPT_SECONDS = 30 * 86_400
"""For how long a key is known."""


class Answer(NamedTuple):
    """What a request was answered: an HTTP status and a row of the ledger as it is shown."""

    status: int
    body: dict[str, Any]


def digest(sha256: str, asked: Mapping[str, Any]) -> str:
    """Return the hash of a file's hash and all that was asked with it."""
    said = json.dumps([sha256, asked], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class Once:
    """One request, with its key when it has one."""

    def __init__(self, desk: Desk, key: str | None, sha256: str):
        self._desk, self._key, self._sha256 = desk, key, sha256
        self.answer: Answer | None = None
        """What it was answered, now or before."""

    def keep(self, answer: Answer) -> Answer:
        """Keep the answer together with the effect; call inside `writing`."""
        self.answer = answer
        if self._key is not None:
            self._put(answer.status, json.dumps(answer.body, ensure_ascii=False), answer.body["id"])
        return answer

    def begin(self) -> None:
        """Find the answer of an earlier request, or claim the key.

        Raises Conflict when it came with another body, and while the earlier request is under way.
        """
        store, key = self._desk.store, self._key
        if key is None:
            return
        with store.writing():
            store.drop_request_key(key, begun=self._desk.now() - BUSY_SECONDS)
            before = store.request_key(key)
            if before is None:
                return self._put(0, "", None)
        sha256, _, status, answer = before
        if sha256 != self._sha256:
            raise Conflict("key_reused", field="Idempotency-Key")
        if not status:
            raise Conflict("in_progress", field="Idempotency-Key")
        self.answer = Answer(status, json.loads(answer))

    def let_go(self) -> None:
        """Let the key be used again: nothing was done."""
        # What failed may be the database itself; a key that stays claimed is free again after some minutes.
        with suppress(PriceCompareError):
            self._free()

    def _free(self) -> None:
        if self._key is not None:
            with self._desk.store.writing():
                self._desk.store.drop_request_key(self._key, begun=self._desk.now() + 1)

    def _put(self, status: int, answer: str, upload_id: int | None) -> None:
        self._desk.store.put_request_key(
            key=self._key,
            sha256=self._sha256,
            upload_id=upload_id,
            status=status,
            answer=answer,
            made_at=self._desk.now(),
        )


@contextmanager
def once(desk: Desk, key: str | None, sha256: str) -> Iterator[Once]:
    """Give a request that has begun; its key is free again when it fails."""
    this = Once(desk, key, sha256)
    this.begin()
    try:
        yield this
    except BaseException:
        this.let_go()
        raise
