"""Money as whole fen: read once on the way in, written once on the way out (domain.md, "Money, quantity, time")."""

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from pricecompare.errors import Invalid

Number = str | int | float | Decimal

_NUMBER = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")
# How nearly every price is written; read so it comes to the same number, ten times as fast.
_PLAIN = re.compile(r"[0-9]{1,6}\.[0-9]{2}")
_ALL_PLAIN = re.compile(rf"(?:{_PLAIN.pattern}\n)*+")
_CURRENCY = re.compile(r"[¥$元圆]|RMB|CNY")
_COMMAS = re.compile(r"-?[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?")
_BINARY_NOISE = Decimal("1e-8")  # yuan: a millionth of a fen


class _Rule(NamedTuple):
    """How many decimals a number may have, how large it may be, and the codes of its refusals."""

    decimals: int
    limit: int
    bad: str
    too_many_decimals: str
    too_high: str
    money: bool = True


_PRICE = _Rule(2, 1_000_000, "bad_price", "price_too_many_decimals", "price_too_high")
_AMOUNT = _Rule(6, 1_000_000_000, "bad_amount", "bad_amount", "amount_too_high")
_QUANTITY = _Rule(4, 1_000_000_000, "bad_quantity", "bad_quantity", "bad_quantity", money=False)


def fen(price: Number) -> int:
    """Return the price of a pack in whole fen.

    `price` is in yuan, above zero, at most 1,000,000 and a whole number of fen. Text may have full-width digits,
    surrounding blanks and trailing zeros (a database writes 12.5000); a float may carry binary noise below a millionth
    of a fen. Raises `Invalid`: bad_price, price_with_currency, price_decimal_comma, price_too_many_decimals,
    price_not_positive, price_too_high.

    >>> fen("12.50"), fen(" １２．５ "), fen(12.1), fen(7)
    (1250, 1250, 1210, 700)
    >>> fen("12,50")
    Traceback (most recent call last):
    pricecompare.errors.Invalid: '12,50' has a comma: write a point before the decimals and nothing between thousands.
    """
    if isinstance(price, str) and _PLAIN.fullmatch(price) and (whole := int(price.replace(".", ""))):
        return whole
    number = _number(price, _PRICE)
    if number <= 0:
        raise Invalid("price_not_positive", value=str(price))
    return int(number * 100)


def many_fen(prices: Sequence[Number]) -> list[int] | None:
    """Return many prices in fen; None when one of them is not written plainly: digits, a point and two digits.

    >>> many_fen(["12.50", "7.00"]), many_fen(["12.50", "7"])
    ([1250, 700], None)
    """
    if set(map(type, prices)) != {str}:
        return None
    lines = "\n".join(prices) + "\n"  # type: ignore[arg-type]
    if not _ALL_PLAIN.fullmatch(lines):
        return None
    found = [*map(int, lines.replace(".", "").split())]
    return found if len(found) == len(prices) and 0 not in found else None


def cost_fen(cost: Number) -> int:
    """Return what something is worth in whole fen: a price that may also be zero.

    Raises `Invalid` as `fen` does, and cost_negative below zero.

    >>> cost_fen("0"), cost_fen(0.0), cost_fen("1.50")
    (0, 0, 150)
    """
    number = _number(cost, _PRICE)
    if number < 0:
        raise Invalid("cost_negative", value=str(cost))
    return int(number * 100)


def amount_fen(amount: Number) -> int:
    """Return what was paid or given back in a sale, in fen, HALF_UP (a half goes away from zero).

    `amount` is in yuan with at most six decimals (NUM(16,6) of interface 3505), zero and returns included, within
    1,000,000,000 either way. Raises `Invalid`: bad_amount, price_with_currency, price_decimal_comma, amount_too_high.

    >>> amount_fen("10.005"), amount_fen("-0.125000"), amount_fen(0)
    (1001, -13, 0)
    """
    return _whole(_number(amount, _AMOUNT) * 100)


def quantity(packs: Number) -> float:
    """Return how many packs were sold, negative for a return; part packs have at most four decimals.

    Raises `Invalid` (bad_quantity) for anything else, and beyond 1,000,000,000 packs.

    >>> quantity("0.25"), quantity(-2), quantity("0")
    (0.25, -2.0, 0.0)
    """
    return float(_number(packs, _QUANTITY)) + 0.0


def yuan(fen: int | float) -> str:
    """Return fen as yuan with two decimals, HALF_UP (a half goes away from zero); a mean may have parts of a fen.

    >>> yuan(1075), yuan(1360.5), yuan(-1360.5), yuan(0)
    ('10.75', '13.61', '-13.61', '0.00')
    """
    whole = fen if isinstance(fen, int) else nearest(fen)
    return f"{whole // 100}.{whole % 100:02d}" if whole >= 0 else f"-{yuan(-whole)}"


def unit_price(fen: int, units: int) -> str:
    """Return the price of one unit in yuan with four decimals, HALF_UP, of a pack of `units` (≥ 1) for `fen` (≥ 0).

    >>> unit_price(1100, 24), unit_price(1, 800)
    ('0.4583', '0.0000')
    """
    ten_thousandths = (2 * 100 * fen + units) // (2 * units)
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"


def figures(text: str) -> str:
    """Return a number as people write it in half-width characters, without blanks around it.

    Raised and ringed digits stay what they are: they are marks beside a number, and no part of it.

    >>> figures(" １２．５ "), figures("128¹"), figures("①②")
    ('12.5', '128¹', '①②')
    """
    return (text if text.isascii() else "".join(map(_half_width, text))).strip()


def _half_width(sign: str) -> str:
    return sign if sign.isnumeric() and not sign.isdecimal() else unicodedata.normalize("NFKC", sign)


def nearest(number: float) -> int:
    """Return the whole number next to a float, HALF_UP; exact, because what a float has beyond its floor is a float."""
    size = abs(number)
    below = math.floor(size)
    nearest = below + 1 if size - below >= 0.5 else below
    return nearest if number >= 0 else -nearest


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))


def _number(value: Number, rule: _Rule) -> Decimal:
    """Return the exact number that `value` means under `rule`."""
    number = _written(value, rule) if isinstance(value, str) else _calculated(value, rule)
    if not -rule.limit <= number <= rule.limit:
        raise Invalid(rule.too_high, value=str(value), limit=f"{rule.limit:,}")
    return number


def _written(text: str, rule: _Rule) -> Decimal:
    """Return the number a person or a program wrote."""
    plain = figures(text)
    found = _NUMBER.fullmatch(plain)
    if not found:
        raise Invalid(_spelling(plain.upper(), rule), value=text)
    if len((found[1] or "").rstrip("0")) > rule.decimals:
        raise Invalid(rule.too_many_decimals, value=text)
    return Decimal(plain)


def _spelling(plain: str, rule: _Rule) -> str:
    """Return the code that names what is wrong with a text that is not a number."""
    if rule.money and _CURRENCY.search(plain) and re.search("[0-9]", plain):
        return "price_with_currency"
    if rule.money and _COMMAS.fullmatch(plain):
        return "price_decimal_comma"
    return rule.bad


def _calculated(value: object, rule: _Rule) -> Decimal:
    """Return a number that came as a number, freed of binary noise; a truth value is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Invalid(rule.bad, value=str(value))
    exact = Decimal(value)
    if not exact.is_finite():
        raise Invalid(rule.bad, value=str(value))
    if not -rule.limit <= exact <= rule.limit:
        return exact
    rounded = exact.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP)
    noise = max(_BINARY_NOISE, Decimal(math.ulp(value))) if isinstance(value, float) else 0
    if abs(exact - rounded) > noise:
        raise Invalid(rule.too_many_decimals, value=str(value))
    return rounded
