"""The audit trail over HTTP."""

from typing import Any

from pricecompare.schemas import audit as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.services import audit
from pricecompare.web.answering import desk
from pricecompare.web.keys import REGULATOR
from pricecompare.web.locked import Locked

ID = {"in": "path", "name": "id", "description": "Number of an entry in the audit trail.", "example": 1}

trail = Locked("audit", REGULATOR, "Who changed what, when, from where and why")


@trail.shows("/audit", shapes.Entries, shapes.Trail)
def list_audit_entries(**asked: Any) -> dict[str, Any]:
    """The audit trail, newest first, in which each entry is sealed over the one before it."""
    return audit.entries(desk(), **asked)


@trail.shows("/audit/<int(max=9007199254740991):id>", Plain, shapes.Entry, ID)
def show_audit_entry(id: int) -> dict[str, Any]:
    """One entry; of an export it holds the manifest."""
    return audit.entry(desk(), id)
