"""Files that are put to cases: few, small, pictures or PDF by their content."""

import hashlib

from pricecompare.calc.cases import PEOPLE
from pricecompare.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from pricecompare.files.media import media_of, shown_name
from pricecompare.models import Attachment
from pricecompare.models.audit import Hand
from pricecompare.services.cases.named import flag_id
from pricecompare.services.cases.steps import Asked, case_of, refuse_hand, write
from pricecompare.services.desk import Desk

MOST = 10
"""Files of one case."""


def attach(desk: Desk, name: str, content: bytes, *, file_name: str, role: str, by: Hand) -> Attachment:
    """Put a file to a case, which is a step of it that changes no state; return what is kept of it.

    Raises TooLarge for one beyond the limit, Invalid for one that is no PNG, JPEG or PDF, Conflict when the case has
    as many files as it may have, NotFound for what is neither flagged nor taken up.
    """
    refuse_hand(by)
    if role not in PEOPLE:
        raise Forbidden("not_your_step", field="action", value="attach", role=", ".join(PEOPLE))
    if len(content) > desk.settings.attachment_mb * (1 << 20):
        raise TooLarge("attachment_too_large", field="file", limit=desk.settings.attachment_mb)
    if (media := media_of(content)) is None:
        raise Invalid("attachment_unknown", field="file")
    with desk.store.writing():
        case = case_of(desk, flag_id(desk, name))
        number = len(desk.store.attachments(case.id)) + 1
        if number > MOST:
            raise Conflict("too_many_attachments", field="file", limit=MOST)
        called, hashed = shown_name(file_name, media), hashlib.sha256(content).hexdigest()
        this = Attachment(number, desk.now(), role, by.who.strip(), called, media, len(content), hashed)
        write(desk, case, case.state, Asked("attach", role, by), attachment=this._asdict())
        desk.store.put_attachment(case.id, this, content)
    return this


def attached(desk: Desk, name: str, number: int) -> tuple[Attachment, bytes]:
    """Return one file of a case and its bytes; NotFound when there is none with that number."""
    with desk.store.reading():
        this = flag_id(desk, name)
        case = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
        found = desk.store.attachment(case.id, number) if case else None
    if found is None:
        raise NotFound("unknown_attachment", field="number", value=str(number))
    return found
