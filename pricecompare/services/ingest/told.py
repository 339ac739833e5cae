"""Reasons as the ledger keeps them and tells them."""

import json
from collections.abc import Iterable
from typing import Any

from pricecompare.errors import Reason


def reasons_told(reasons: Iterable[Reason]) -> str:
    """Return reasons as the JSON the ledger keeps."""
    plain = [{"code": one.code, "en": one.en, "zh": one.zh} for one in reasons]
    return json.dumps(plain, ensure_ascii=False)


def reasons_read(stored: str) -> list[dict[str, Any]]:
    """Return the reasons that the ledger keeps: code, en, zh."""
    return list(json.loads(stored))
