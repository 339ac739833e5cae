"""Rows of one layout, more of them than memory should hold: heaped up as they come, given back heap by heap."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any

import numpy as np

HEAPS = 64
"""Into how many heaps a large pile is divided."""

IN_MEMORY = 1 << 19
"""Rows that are held in memory; a larger pile lies in unnamed temporary files, gone with the process."""

Rows = np.ndarray


class Pile:
    """Rows of `dtype`; `heap_of` says for rows which of `HEAPS` heaps each belongs to."""

    def __init__(self, dtype: np.dtype, heap_of: Callable[[Rows], np.ndarray], *, in_memory: int = IN_MEMORY):
        self.dtype = dtype
        self.rows = 0
        self._heap_of = heap_of
        self._in_memory = in_memory
        self._held: list[Rows] = []
        self._files: list[IO[bytes]] = []
        self._open = ExitStack()

    def add(self, rows: Rows) -> None:
        """Put rows on the pile."""
        self.rows += len(rows)
        if not self._files:
            self._held.append(rows)
            if self.rows <= self._in_memory:
                return
            self._files = [self._open.enter_context(TemporaryFile()) for _ in range(HEAPS)]
            rows, self._held = np.concatenate(self._held), []
        self._spill(rows)

    @property
    def is_held(self) -> bool:
        """Whether all of it lies in memory, as a single heap."""
        return not self._files

    def heaps(self) -> Iterator[Rows]:
        """Yield the rows heap by heap; a small pile is a single one. Can be asked more than once."""
        if not self._files:
            self._held = [np.concatenate([np.zeros(0, self.dtype), *self._held])]
            yield self._held[0]
            return
        for file in self._files:
            file.seek(0)
            yield np.frombuffer(file.read(), self.dtype)
            file.seek(0, 2)

    def _spill(self, rows: Rows) -> None:
        heaps = self._heap_of(rows)
        order = np.argsort(heaps, kind="stable")
        bounds = np.searchsorted(heaps[order], np.arange(HEAPS + 1))
        for file, start, end in zip(self._files, bounds[:-1], bounds[1:], strict=True):
            file.write(rows[order[start:end]].tobytes())

    def __enter__(self) -> "Pile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # On a full disk each file fails once more for what it still holds, which nobody will read.
        with suppress(OSError):
            self._open.close()


def spread_over(most: int) -> Callable[[Any], np.ndarray]:
    """Return the division of ids up to `most` into heaps of neighbours.

    >>> spread_over(127)(np.array([0, 1, 2, 127])).tolist()
    [0, 0, 1, 63]
    """

    def heap_of(ids: np.ndarray) -> np.ndarray:
        return np.minimum(ids.astype(np.int64) * HEAPS // (most + 1), HEAPS - 1)

    return heap_of
