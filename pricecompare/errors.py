"""One family of errors, each with its HTTP status and a stable code, in Chinese and English."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pricecompare.texts import TEXTS


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused or doubted: a stable `code` and one sentence in each language."""

    code: str
    en: str
    zh: str

    @classmethod
    def of(cls, code: str, **values: Any) -> "Reason":
        """Return the reason `code` with `values` put into its texts; an unknown code is a KeyError.

        `value` is what somebody wrote and is shortened; all other values are ours and are told whole.

        >>> Reason.of("unknown_region", value="999999").en
        "There is no region '999999'."
        """
        english, chinese = TEXTS[code]
        shown = values | {"value": _shortened(values.get("value"))}
        return cls(code, english.format(**shown), chinese.format(**shown))


def _shortened(value: Any) -> Any:
    """Return `value`, cut to 80 characters when it is a long text, so that no error repeats a megabyte."""
    return value[:80] + "…" if isinstance(value, str) and len(value) > 80 else value


class PriceCompareError(Exception):
    """Base of every error raised on purpose; its text is the English sentence."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, *, field: str | None = None, suggestions: tuple[str, ...] = (), **values: Any):
        self.reason = Reason.of(code, **values)
        self.field = field
        self.suggestions = suggestions
        super().__init__(self.reason.en)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes the same error in another process."""
        return BaseException.__new__, (type(self), *self.args), self.__dict__

    @property
    def code(self) -> str:
        """The stable code that programs may rely on."""
        return self.reason.code


class Invalid(PriceCompareError):
    """A value that cannot be what it says it is."""

    status = 422


class NotFound(PriceCompareError):
    """No such region, drug, pharmacy or page."""

    status = 404


class Unauthorised(PriceCompareError):
    """Nobody may ask this without a key."""

    status = 401


class Forbidden(PriceCompareError):
    """Nobody may ask this here."""

    status = 403


class TooLarge(PriceCompareError):
    """More than is taken at once."""

    status = 413


class WrongType(PriceCompareError):
    """A body that is sent as something else than what is taken."""

    status = 415


class Unreadable(PriceCompareError):
    """A file that is not what it claims to be; nothing of it was taken."""

    status = 422


class Conflict(PriceCompareError):
    """What is asked does not fit what is stored."""

    status = 409


class Moved(Conflict):
    """What somebody looked at before they asked has changed meanwhile."""

    status = 412


class Unseen(PriceCompareError):
    """Whoever asks must say what they looked at before."""

    status = 428


class TooMany(PriceCompareError):
    """More often than is taken; `seconds` say when to come again."""

    status = 429

    def __init__(self, code: str, *, seconds: int, **values: Any):
        super().__init__(code, seconds=seconds, **values)
        self.seconds = seconds


class TooSlow(PriceCompareError):
    """An answer that takes longer than it may; `seconds` say when to come again."""

    status = 503

    def __init__(self, code: str, *, seconds: int, **values: Any):
        super().__init__(code, seconds=seconds, **values)
        self.seconds = seconds


class Unusable(PriceCompareError):
    """The database, a setting or a port cannot be used as it is; an operator has to act."""

    status = 503
