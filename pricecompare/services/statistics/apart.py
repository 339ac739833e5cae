"""The newest list of counter and online prices that lie apart, held in memory for its other pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pricecompare.calc.gaps import Gaps


@dataclass(slots=True)
class Apart:
    """One list and what was asked for it: whoever turns its pages does not wait again."""

    _known: tuple[Any, Gaps] | None = None

    def gaps(self, asked: Any, make: Callable[[], Gaps]) -> Gaps:
        """Return the list that was `asked` for, data version and all, made by `make` when it is not the one held."""
        # Replaced whole, so readers need no lock.
        known = self._known
        if known is None or known[0] != asked:
            known = self._known = (asked, make())
        return known[1]
