"""Files that come over HTTP: taken at once, or put in line and taken one after the other; decisions about them."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pricecompare.errors import Invalid, PriceCompareError, Reason
from pricecompare.models import Upload
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.schemas.rows import ROWS
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, decisions, import_file
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.ingest.told import reasons_told
from pricecompare.services.ingest.upload import drafted, taken_before
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.once import KEPT_SECONDS, Answer, Once, digest, once
from pricecompare.services.uploads.spool import DAY, Spool, on_disk, spool

CREATED, REPEATED, WAITING = 201, 200, 202

DECISIONS: dict[str, tuple[Callable[..., Upload], str, str]] = {
    "confirm": (decisions.confirm, "confirmation", "taken"),
    "reject": (decisions.reject, "rejection", "rejected"),
    "retract": (decisions.retract, "retraction", "retracted"),
}
"""What can be decided: who does it, how the ledger calls it, and what the upload is then."""

WAITED = "api"
"""Where a file came from that waited; its address was not kept."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sent, on the disk, and how it is to be taken."""

    path: Path
    sha256: str
    bytes: int
    what: str
    asked: Asked

    @property
    def digest(self) -> str:
        """The hash of the file and all that was asked with it, but for its name."""
        asked = self.asked
        names = ("declared", "encoding", "layout", "mode")
        said = {name: getattr(asked, name) for name in names} | {"declared": dict(asked.declared)}
        owner = {"owner": asked.owner} if asked.owner else {}
        return digest(self.sha256, said | owner | {"what": self.what, "source": asked.source, "sender": asked.sender})


def refuse_unfitting(what: str, asked: Asked) -> None:
    """Raise Invalid for what cannot be said of a whole file of `what`."""
    for name in (name for name, value in asked.declared.items() if value and name not in ROWS[what].declared):
        raise Invalid("not_said_here", field="coord_type" if name == "datum" else name, what=what)
    if asked.mode not in ("", "changes") and what != "prices":
        raise Invalid("not_said_here", field="mode", what=what)


def receive(desk: Desk, sent: Sent, *, key: str | None = None) -> Answer:
    """Take a file, or put it in line when it is large; return what its sender is told.

    A file that is refused as a whole is in the ledger, with the reason. Raises Conflict when the same `key` came with
    something else or is under way.
    """
    # One sender's word is not another's: a word of theirs has no space in it, and what comes before it has one.
    own = f"{sent.asked.owner} {key}" if key and sent.asked.owner else key
    with once(desk, own, sent.digest) as request:
        if request.answer is not None:
            return request.answer
        waits = sent.bytes > desk.settings.upload_wait_mb * (1 << 20)
        return (_put_in_line if waits else _taken)(desk, sent, request)


def _taken(desk: Desk, sent: Sent, request: Once) -> Answer:
    def kept(upload: Upload) -> None:
        request.keep(Answer(CREATED, ledger.shown(desk, upload)))

    try:
        with on_disk():
            report = import_file(desk, sent.what, sent.path, replace(sent.asked, inspect=kept))
    except PriceCompareError as error:
        if error.status >= 500:
            raise
        return _refused(desk, sent, error, request)
    if report.repeated or request.answer is None:
        with desk.store.writing():
            return request.keep(Answer(REPEATED, ledger.shown(desk, report.upload)))
    return request.answer


def _refused(desk: Desk, sent: Sent, error: PriceCompareError, request: Once) -> Answer:
    """Note a file that was refused as a whole in the ledger."""
    draft = drafted(desk, sent.what, sent.path, sent.asked)
    with desk.store.writing():
        number = desk.store.next_ids().upload
        upload = replace(draft, id=number, state="failed", reasons=reasons_told([error.reason]))
        desk.store.put_upload(upload)
        return request.keep(Answer(error.status, ledger.shown(desk, upload)))


def _put_in_line(desk: Desk, sent: Sent, request: Once) -> Answer:
    """Let a file wait, unless the same one counts already or waits."""
    draft, store = drafted(desk, sent.what, sent.path, sent.asked), desk.store
    with store.writing():
        before = taken_before(desk, draft) or _waiting_already(desk, draft)
        if before is not None:
            status = WAITING if before.state == "waiting" else REPEATED
            return request.keep(Answer(status, ledger.shown(desk, before)))
        upload = replace(draft, id=store.next_ids().upload, state="waiting")
        spool(desk).keep(sent.path, upload.id)
        store.put_upload(upload)
        return request.keep(Answer(WAITING, ledger.shown(desk, upload)))


def _waiting_already(desk: Desk, draft: Upload) -> Upload | None:
    names = ("sha256", "what", "layout", "declared", "mode", "source", "owner")
    return next((one for one in waiting(desk) if all(getattr(one, n) == getattr(draft, n) for n in names)), None)


def waiting(desk: Desk) -> list[Upload]:
    """Return the uploads that wait, oldest first."""
    return desk.store.uploads(most=10_000, state="waiting")[::-1]


def take_waiting(desk: Desk, *, told: Told = nothing_told) -> list[Upload]:
    """Take all that waits, oldest first; return what became of each.

    One process of a machine does so at a time; others wait for it. An upload whose file is not on this machine is
    another's, until it has waited for a day. Raises Unusable when the database cannot be written now.
    """
    place, done = spool(desk), []
    with place.alone() as now:
        while (upload := _next(desk, place)) is not None:
            done.append(_take(desk, upload, place, told))
        with desk.store.writing():
            desk.store.prune_request_keys(oldest=desk.now() - KEPT_SECONDS)
            place.clean({one.id for one in waiting(desk)}, now)
    return done


def _next(desk: Desk, place: Spool) -> Upload | None:
    too_old = desk.now() - DAY
    found = (one for one in waiting(desk) if place.place(one.id).is_file() or one.came_at < too_old)
    return next(found, None)


def _take(desk: Desk, upload: Upload, place: Spool, told: Told) -> Upload:
    """Take one upload that waits; return its row of the ledger."""
    path, declared = place.place(upload.id), json.loads(upload.declared)
    names = ("mode", "layout", "source", "sender", "file_name", "owner")
    asked = Asked(encoding=declared.pop("encoding", None), declared=declared, upload_id=upload.id, origin=WAITED)
    asked = replace(asked, **{name: getattr(upload, name) for name in names})
    try:
        with on_disk():
            return import_file(desk, upload.what, path, asked, told=told).upload
    except PriceCompareError as error:
        if error.status >= 500:
            raise
        return _failed(desk, upload.id, error.reason)
    except Exception:
        # One bad file must not keep all behind it waiting for ever.
        LOG.exception("upload %s", upload.id)
        return _failed(desk, upload.id, Reason.of("internal_error"))


def _failed(desk: Desk, upload_id: int, reason: Reason) -> Upload:
    """Note why an upload that waited was not taken, unless somebody else took it."""
    with desk.store.writing():
        upload = decisions.known_upload(desk.store, upload_id)
        if upload.state == "waiting":
            upload = replace(upload, state="failed", reasons=reasons_told([reason]))
            desk.store.put_upload(upload)
    return upload


def decide(desk: Desk, upload_id: int, *, decision: str, by: Hand = NOBODY) -> dict[str, Any]:
    """Confirm, reject or retract an upload; return it as it is then. What was decided already stays so."""
    act, called, state = DECISIONS[decision]
    before = ledger.upload(desk, upload_id)
    if before["state"] == state and called in [one["what"] for one in before["decisions"]]:
        return before
    with on_disk():
        act(desk, upload_id, by=by)
    return ledger.upload(desk, upload_id)


def release(desk: Desk, pharmacy: str, drug: str, *, kind: str = "listed", by: Hand = NOBODY) -> Mapping[str, Any]:
    """Vouch for a price that was held; return the decision."""
    with on_disk():
        return ledger.shown(desk, decisions.release(desk, pharmacy, drug, kind=kind, by=by))
