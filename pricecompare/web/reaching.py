"""What each endpoint is about: the one table that says who, of those held to their region or rows, reaches what.

An endpoint that does not stand here is closed to everybody who is held to a part.
"""

from collections.abc import Callable
from typing import Any

from flask import request

from pricecompare.models.access import OWNERS, Caller
from pricecompare.services.access import reach
from pricecompare.services.desk import Desk

Check = Callable[[Desk, Caller, dict[str, Any]], None]


def _flag(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.flag(desk, who, path["id"])


def _upload(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.upload(desk, who, path["id"])


def _entry(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.entry(desk, who, path["id"])


def _batch(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.batch(desk, who, path["number"])


def _report(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.report(desk, who, path["number"])


def _run(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.run(desk, who, path["number"])


def _appeal(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.appeal(desk, who, path["number"])


def _shop(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    reach.shop(desk, who, path["code"])


def _asked(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    """Leave it to the region or district that is asked about, which `refuse_beyond` looks at."""


def _whole(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    """Hold them to pooling regions that they reach all of; a region in a body is looked at by `refuse_asked`."""
    if "region" in path:
        reach.pooled(desk, who, path["region"])


def _own(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    """Leave it to the service, which tells nobody anything but their own."""


REACHED: dict[str, Check] = {
    "uploads.create_upload": _own,  # rows of others are refused one by one
    "uploads.list_uploads": _own,
    "uploads.show_upload": _upload,
    "uploads.list_upload_changes": _upload,
    "uploads.export_upload_changes": _upload,
    "uploads.export_refused_rows": _upload,
    "uploads.decide_upload": _upload,
    "audit.show_audit_entry": _entry,
    "cases.show_flag": _flag,
    "cases.explain_flag_as_taken_up": _flag,
    "cases.step_flag": _flag,
    "cases.attach_to_flag": _flag,
    "cases.show_attachment": _flag,
    "cases.show_notice": _flag,
    "cases.list_region_cases": _asked,
    "cases.step_many_flags": _asked,
    "cases.undo_batch": _batch,
    "cases.list_region_reports": _asked,
    "cases.decide_report": _report,
    "lists.list_region_*": _asked,
    "lists.export_*": _asked,
    "all-indices.report_region_indices": _whole,
    "all-indices.show_whole_index": _shop,
    "all-indices.export_whole_index": _shop,
    "publishing.list_region_runs": _whole,
    "publishing.draft_run": _whole,
    "publishing.preview_run": _run,
    "publishing.decide_run": _run,
    "publishing.verify_run": _run,
    "index-limits.*": _whole,
    "appeals.list_region_appeals": _whole,
    "appeals.show_appeal": _appeal,
    "appeals.rule_appeal": _appeal,
    "ruling.use_rule": _whole,
    "ruling.try_rule": _whole,  # rules are added by who oversees everything alone: they are for everybody
    "own.*": _own,
    "own-indices.*": _own,
    "own-appeals.*": _own,
}
"""Endpoint, or how its name begins, and what has to be reached."""


def _check() -> Check | None:
    """Return what has to be reached at the endpoint of this request; None where that is everything."""
    endpoint = request.endpoint or ""
    begun = (check for name, check in REACHED.items() if name.endswith("*") and endpoint.startswith(name[:-1]))
    return REACHED.get(endpoint) or next(begun, None)


def refuse_beyond(desk: Desk, who: Caller, path: dict[str, Any]) -> None:
    """Raise Forbidden or NotFound where somebody held to a part asks about what is not theirs, by the path alone."""
    if not who.scope:
        return
    check = _check()
    if check is None:
        return reach.everything(who)
    check(desk, who, path)


def refuse_asked(desk: Desk, who: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked, path and all, once a region or district in it has been found to be reached."""
    if who.scope and who.role not in OWNERS:
        check, region = _check(), given.get("region")
        if check in (_asked, _whole) and region is None:
            reach.everything(who)
        if check is _whole:
            reach.pooled(desk, who, str(region))
        reach.reached(desk, who, given)
    return given
