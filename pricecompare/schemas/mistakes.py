"""Values of a TOML text taken one by one, every mistake noted instead of the first one raised."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from pricecompare.errors import Reason


class Mistakes:
    """What is wrong with a text: reasons, each with the key it is about, and what may have been meant."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Reason]] = []
        self.near: list[str] = []

    def note(self, field: str, code: str, **values: Any) -> None:
        """Note one mistake."""
        self.told.append((field, Reason.of(code, field=field, **values)))

    def unknown(self, where: str, found: Iterable[str], known: Iterable[str]) -> None:
        """Note every key in `found` that is not `known`, with the known ones that are close to it."""
        known = list(known)
        for name in found:
            if name not in known:
                self.near += get_close_matches(name, known, 2)
                self.note(f"{where}{name}", "layout_unknown_key", choices=", ".join(known))

    def text(self, field: str, value: Any) -> str:
        """Return a text as it is."""
        return self._of(field, value, isinstance(value, str), "", "text")

    def flag(self, field: str, value: Any) -> bool:
        """Return true or false."""
        return self._of(field, value, isinstance(value, bool), False, "true", quoted=False)

    def whole(self, field: str, value: Any, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return self._of(field, value, good, low, f"{low}…{high}", quoted=False)

    def choice(self, field: str, value: Any, choices: Iterable[str]) -> str:
        """Return one of `choices`."""
        if value not in (choices := list(choices)):
            self.note(field, "layout_bad_choice", value=str(value), choices=", ".join(map(repr, choices)))
            return ""
        return value

    def texts(self, field: str, value: Any) -> tuple[str, ...]:
        """Return a list of texts; a single one is a list too."""
        listed = [value] if isinstance(value, str) else value
        good = isinstance(listed, list) and all(isinstance(one, str) for one in listed)
        if not good:
            self.note(field, "layout_bad_value", value=str(value), example='["a", "b"]')
        return tuple(listed) if good else ()

    def table(self, field: str, value: Any) -> dict[str, Any]:
        """Return a table of keys and values."""
        good = isinstance(value, dict)
        if not good:
            self.note(field, "layout_bad_value", value=str(value), example=f"[{field}]")
        return value if good else {}

    def tried(self, field: str, value: Any, read: Callable[[Any], Any], example: str) -> Any:
        """Return what `read` makes of a value; a ValueError of it is a mistake, and gives None."""
        try:
            return read(value)
        except (ValueError, LookupError, TypeError, ArithmeticError, OSError):
            self.note(field, "layout_bad_value", value=str(value), example=example)
            return None

    def _of(self, field: str, value: Any, good: bool, instead: Any, example: str, *, quoted: bool = True) -> Any:
        if not good:
            self.note(field, "layout_bad_value", value=str(value), example=f'"{example}"' if quoted else example)
        return value if good else instead
