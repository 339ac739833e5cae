"""What a pharmacy may do about its own flags: see them and answer, known by its key, or a code from the regulator."""

import base64
import hashlib
import hmac
from typing import Any

from pricecompare.calc.cases import COMMENT
from pricecompare.errors import Forbidden, Invalid, NotFound, Unauthorised
from pricecompare.models import Attachment, Pharmacy
from pricecompare.models.access import Caller
from pricecompare.models.audit import Hand
from pricecompare.services.access import reach
from pricecompare.services.access.secret import accepted
from pricecompare.services.cases import attaching, telling
from pricecompare.services.cases.named import flag_id
from pricecompare.services.cases.steps import Asked, step
from pricecompare.services.desk import Desk

ANSWERS = ("explain", "appeal", COMMENT)
"""What a pharmacy may say about its flag."""

BYTES = 20

Pass = str | Caller
"""How a pharmacy is known: its answer code, or the key it came with."""


def answer_code(desk: Desk, pharmacy: str) -> str:
    """Return the code by which a pharmacy answers: 32 letters and digits that nobody else can work out.

    Raises NotFound for a pharmacy that nobody knows.
    """
    return _code(accepted(desk)[0], _pharmacy(desk, pharmacy).code)


def answer_code_of(desk: Desk, flag: str) -> str:
    """Return the answer code of the pharmacy that a flag is about."""
    return _code(accepted(desk)[0], desk.store.pharmacy_name(flag_id(desk, flag).pharmacy_id)[0])


def _code(secret: str, pharmacy: str) -> str:
    # RFC 2104; 160 bits in base 32 can be read over the telephone.
    digest = hmac.new(secret.encode(), f"pharmacy {pharmacy}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:BYTES]).decode()


def _pharmacy(desk: Desk, code: str) -> Pharmacy:
    found = desk.store.pharmacy(code.strip().upper())
    if found is None:
        raise NotFound("unknown_pharmacy", field="pharmacy", value=code)
    return found


def _is_own(desk: Desk, pharmacy: str, given: Pass) -> bool:
    if isinstance(given, Caller):
        return reach.pharmacy(desk, given, pharmacy)
    code = given.strip().upper().encode()
    return any(hmac.compare_digest(_code(secret, pharmacy).encode(), code) for secret in accepted(desk))


def itself(desk: Desk, pharmacy: str, code: Pass) -> Pharmacy:
    """Return the pharmacy that asks about itself; Unauthorised for a `code`, Forbidden for a key not its own."""
    shop = _pharmacy(desk, pharmacy)
    if _is_own(desk, shop.code, code):
        return shop
    if isinstance(code, str):
        raise Unauthorised("wrong_key")
    raise Forbidden("not_your_pharmacy", value=shop.code)


def cases(desk: Desk, pharmacy: str, code: Pass, **page: Any) -> dict[str, Any]:
    """Return the cases of a pharmacy for itself; Unauthorised for a `code`, Forbidden for a key that is not its own."""
    shop = itself(desk, pharmacy, code)
    return {"pharmacy": {"code": shop.code, "name": shop.name}, **telling.of_pharmacy(desk, shop, **page)}


def case(desk: Desk, flag: str, code: Pass) -> dict[str, Any]:
    """Return a flag for its pharmacy: all that became of it, and what it rests on; NotFound for another's."""
    _own(desk, flag, code)
    return telling.told(desk, flag) | {"explained": telling.explained(desk, flag)}


def answer(desk: Desk, flag: str, code: Pass, asked: Asked) -> dict[str, Any]:
    """Take an answer of a pharmacy to its own flag and return where that stands; NotFound for another's flag."""
    _own(desk, flag, code)
    if asked.action not in ANSWERS:
        raise Invalid("bad_choice", field="action", value=asked.action, choices=", ".join(ANSWERS))
    step(desk, flag, asked)
    return telling.told(desk, flag)


def attach(desk: Desk, flag: str, code: Pass, content: bytes, *, file_name: str, by: Hand) -> Attachment:
    """Put a file of a pharmacy to its own flag; NotFound for another's."""
    _own(desk, flag, code)
    return attaching.attach(desk, flag, content, file_name=file_name, role="pharmacy", by=by)


def attached(desk: Desk, flag: str, code: Pass, number: int) -> tuple[Attachment, bytes]:
    """Return a file that was put to a pharmacy's own flag; NotFound for another's."""
    _own(desk, flag, code)
    return attaching.attached(desk, flag, number)


def _own(desk: Desk, flag: str, code: Pass) -> None:
    """Raise NotFound for a flag of another pharmacy, as for one that there is not."""
    shop, _ = desk.store.pharmacy_name(flag_id(desk, flag).pharmacy_id)
    if not _is_own(desk, shop, code):
        raise NotFound("unknown_flag", field="id", value=flag)
