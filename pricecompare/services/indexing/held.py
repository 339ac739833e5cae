"""Panels held in memory until what they rest on changes; those of very large regions are made beside the questions."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import inf
from threading import Lock, Thread

from pricecompare.errors import TooSlow
from pricecompare.services.indexing.panel import Panel
from pricecompare.store import deadline

LARGE = 500_000
"""So many rows of sales, some two seconds of work, are not computed while somebody waits for an answer."""

PATIENCE = 2.0
"""For so many seconds a question waits for a large panel, in case it is nearly done."""

MOST, MOST_ROWS = 4, 12_000_000
"""Panels that are held, and their rows together; the newest is held however large it is."""

Make = Callable[[], tuple[Hashable, Panel]]
"""Makes a panel, and says under which name it may be found again: that of what it was really made of."""

Work = Callable[[Panel], object]


@dataclass(slots=True)
class Panels:
    """The panels that were asked for last; large ones are made one at a time."""

    _known: OrderedDict[Hashable, Panel] = field(default_factory=OrderedDict)
    _making: dict[Hashable, Future[Panel]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, asked: Hashable, make: Make, *, rows: int, first: Work) -> Panel:
        """Return the panel that was `asked` for; `rows` is about how many it has.

        Of a large one also what `first` computes is there at once: what an answer about one pharmacy needs.

        Raises TooSlow (index_in_making) for a large one that is not there yet, where somebody waits for an answer.
        """
        found = self._known.get(asked)
        if found is not None:
            return found
        if rows < LARGE or deadline.left() == inf:
            return self._kept(*make())
        return self._beside(asked, make, first)

    def _beside(self, asked: Hashable, make: Make, first: Work) -> Panel:
        with self._lock:
            future = self._making.get(asked)
            if future is None and not self._making:
                future = self._making[asked] = Future()
                Thread(target=self._made, args=(asked, make, first, future), name="index", daemon=True).start()
        try:
            if future is not None:
                return future.result(PATIENCE)
        except TimeoutError:
            pass
        raise TooSlow("index_in_making", seconds=deadline.RETRY_SECONDS)

    def _made(self, asked: Hashable, make: Make, first: Work, future: Future[Panel]) -> None:
        """Make a panel in a thread of its own; what goes wrong is told to who waits, and made anew for the next one."""
        try:
            name, panel = make()
            first(panel)
            made = self._kept(name, panel)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next question meets it again
            self._ended(asked)
            future.set_exception(error)
        else:
            self._ended(asked)
            future.set_result(made)

    def _ended(self, asked: Hashable) -> None:
        with self._lock:
            del self._making[asked]

    def _kept(self, name: Hashable, panel: Panel) -> Panel:
        with self._lock:
            held, rows = [(name, panel)], len(panel.rows)
            for key, one in reversed(self._known.items()):
                rows += len(one.rows)
                if key != name and len(held) < MOST and rows <= MOST_ROWS:
                    held.append((key, one))
            # Replaced whole, so readers need no lock.
            self._known = OrderedDict(reversed(held))
        return panel
