"""A regulator's lists over HTTP: page by page, and as files."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from flask import Response

from pricecompare.files.write import content_disposition
from pricecompare.models.audit import Hand
from pricecompare.models.listing import FORMATS
from pricecompare.schemas import lists as shapes
from pricecompare.services.exports.making import MEDIA, Made, Wish, export
from pricecompare.services.exports.pages import page
from pricecompare.services.exports.registry import LISTS
from pricecompare.services.uploads.spool import spool
from pricecompare.web.answering import desk
from pricecompare.web.keys import REGULATOR, hand
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked
from pricecompare.web.nouns import API

REGION = {"in": "path", "name": "region", "description": "Six-digit code of a region.", "example": "990100"}
FORMAT = {
    "in": "path",
    "name": "format",
    "description": "Form of the file.",
    "schema": {"type": "string", "enum": list(FORMATS)},
    "example": "csv",
}
PIECE = 1 << 16

lists = Locked("lists", REGULATOR, "Lists for regulators, page by page and as files with a manifest")


def _page_of(name: str) -> Callable[..., dict[str, Any]]:
    def view(region: str, limit: int | None = None, cursor_given: str | None = None, **filters: Any) -> dict[str, Any]:
        return page(desk(), name, region, filters=filters, limit=limit, cursor_given=cursor_given)

    view.__name__ = f"list_region_{name}_for_regulators"
    view.__doc__ = f"{LISTS[name].en}, page by page, with totals that a file of the same list has too."
    return view


def _file_of(name: str) -> Callable[..., Response]:
    def view(format: str, region: str, lang: str, why: str, most: int | None = None, **filters: Any) -> Response:
        return handed(Wish(name, region, filters, format, lang, most), by=hand(REGULATOR.name, why))

    view.__name__ = f"export_{name}"
    view.__doc__ = f"""{LISTS[name].en} as a file: CSV, XLSX, JSON, ZIP (CSV, manifest); headers in Chinese or English.

    The file is noted in the audit trail before it is sent; the header Link leads to that entry, which holds the
    manifest: filters, versions, rows, totals, SHA-256, who and when.
    """
    return view


def handed(wish: Wish, *, by: Hand) -> Response:
    """Return a list as a file that is noted in the audit trail; see `export` for what it raises."""
    target = spool(desk()).scratch()
    try:
        made = export(desk(), wish, target, by=by)
    except BaseException:
        target.close()
        raise
    return _sent(target, made, MEDIA[wish.format])


def _sent(target: BinaryIO, made: Made, media: str) -> Response:
    """Return a file piece by piece, and where its manifest is."""
    response = Response(_pieces(target), content_type=media if media.startswith("app") else f"{media}; charset=utf-8")
    response.call_on_close(target.close)
    response.headers["Content-Disposition"] = content_disposition(made.name)
    response.headers["Content-Length"] = str(made.manifest["bytes"])
    response.headers["Link"] = f'<{API}/audit/{made.entry.id}>; rel="describedby"; type="application/json"'
    return response


def _pieces(target: BinaryIO) -> Iterator[bytes]:
    with target:
        while piece := target.read(PIECE):
            yield piece


for _name in LISTS:
    lists.shows(f"/regions/<region>/lists/{_name}", shapes.paged(_name), shapes.ListPage, REGION)(_page_of(_name))
    _any = f"<any({', '.join(FORMATS)}):format>"
    _export = lists.hands_out(f"/exports/{_name}.{_any}", FORMAT, asked=shapes.written(_name), media=MEDIA.values())
    costs(100)(_export(_file_of(_name)))
