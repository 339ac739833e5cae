"""New rows that follow a transaction at a distance: a server takes them in while the next ones are being worked out."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

Step = Callable[[], None]
"""Hands a piece of rows over to the server, and returns when they are in their table."""

MOST = 128
"""Steps that may wait at a time; whoever has more waits."""


class Behind:
    """Rows still to be handed over on a connection that is used for other statements in between.

    One thread uses the transaction as before; another one, which is there only while rows wait, hands them over in the
    pauses. A statement that names a table waits for the rows of that table, any other only for the step under way: to
    the transaction it looks as if all rows had been there at once. A step that fails fails the next statement, or the
    end of the transaction, which then takes everything back.
    """

    def __init__(self, *, most: int = MOST):
        self._most = most
        self._line = Condition()
        self._waiting: dict[str, deque[Step]] = {}
        self._wanted = ""
        self._asking = False
        self._held = 0
        self._under_way = False
        self._fault: BaseException | None = None
        self._running = False

    def put(self, table: str, steps: Iterable[Step]) -> None:
        """Let the rows of a table follow; they are handed over at once by whoever is `alone`, with no rows missing."""
        for step in steps:
            if self._held:
                step()
                continue
            with self._line:
                self._line.wait_for(lambda: self._fault or self._size() < self._most)
                self._refuse_faulty()
                self._waiting.setdefault(table, deque()).append(step)
                if not self._running:
                    self._running = True
                    Thread(target=self._hand_over, name="rows behind", daemon=True).start()
                self._line.notify_all()

    @contextmanager
    def alone(self, statement: str | None = None) -> Iterator[None]:
        """Use the connection for a statement: no step is under way, and no rows of tables it names are missing.

        Without a statement no rows are missing at all.
        """
        with self._line:
            if self._waiting and not self._held:
                self._let_through(statement)
            self._refuse_faulty()
            self._held += 1
        try:
            yield
        finally:
            with self._line:
                self._held -= 1
                self._line.notify_all()

    def end(self, *, well: bool) -> None:
        """Wait until all rows are in their tables, or leave them out of a transaction that did not go well."""
        with self._line:
            if well:
                self._line.wait_for(lambda: self._fault or not self._waiting)
            self._waiting.clear()
            self._line.wait_for(lambda: not self._under_way)
            if well:
                self._refuse_faulty()

    def _let_through(self, statement: str | None) -> None:
        for table in [*self._waiting]:
            if statement is None or re.search(rf"\b{table}\b", statement):
                self._wanted = table
                self._line.wait_for(self._wanted_are_in)
        self._wanted, self._asking = "", True
        self._line.wait_for(lambda: not self._under_way)
        self._asking = False

    def _hand_over(self) -> None:
        """Take step after step while there are any."""
        while (found := self._next()) is not None:
            table, step = found
            try:
                step()
            except BaseException as error:  # noqa: BLE001 - whoever asks next is told
                self._fault = error
            self._done(table)

    def _next(self) -> tuple[str, Step] | None:
        """Return the step that comes next, when nobody else uses the connection; None when there is none left."""
        with self._line:
            self._line.wait_for(lambda: not self._waiting or not (self._held or self._asking))
            if not self._waiting:
                self._running = False
                return None
            self._under_way = True
            table = self._wanted if self._wanted in self._waiting else next(iter(self._waiting))
            return table, self._waiting[table][0]

    def _done(self, table: str) -> None:
        with self._line:
            self._under_way = False
            if self._fault:
                self._waiting.clear()
            elif steps := self._waiting.get(table):
                steps.popleft()
                if not steps:
                    del self._waiting[table]
            self._line.notify_all()

    def _wanted_are_in(self) -> bool:
        return bool(self._fault) or self._wanted not in self._waiting

    def _size(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _refuse_faulty(self) -> None:
        if self._fault:
            raise self._fault
