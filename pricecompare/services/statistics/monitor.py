"""What a regulator watches: abnormal prices with the numbers behind them, as answers and as a table to export."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.codes import flag_name
from pricecompare.calc.money import yuan
from pricecompare.errors import Reason
from pricecompare.models import FlagRow
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis, provinces
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.ruling.reasons import area_name, flags_by_rule
from pricecompare.services.searching.search import page_size

COLUMNS = (
    "pharmacy_code", "pharmacy_name", "district", "drug_code", "drug_name", "form", "spec", "maker", "kind", "class",
    "grade", "strong", "price", "observed_at", "ref_median", "ref_mean", "others", "ref_area", "ratio_median",
    "ratio_mean", "z", "spread", "factor", "rule", "text_zh", "text_en",
)  # fmt: skip
"""Columns of the export, in order; prices and references in yuan."""

PIECE = 1000


def flags(
    desk: Desk,
    region: str,
    *,
    class_: str | None = None,
    kind: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return the abnormal prices of a pooling region or one of its districts, highest ratio to the median first.

    A price that has become stale since it was found is not judged any more.
    """
    question, size = f"flags {region} {class_} {kind}", page_size(desk, limit)
    with desk.store.reading():
        versions = desk.store.versions()
        atlas, where = _where(desk, region, versions.places)
        last = after(desk, question, cursor_given)
        rows = desk.store.flags(**where, class_=class_, kind=kind, most=size + 1, after=last)
        rests_on = basis(desk, versions, provinces(desk, versions, [where["region_id"]]))
    more = len(rows) > size
    return {
        "region": views.place_name(atlas, region_of(atlas, region).id),
        "items": [shown(atlas, row) for row in rows[:size]],
        "next": cursor(desk, question, _rank(rows[size - 1])) if more else None,
        "data_version": rests_on.version,
    }


def _where(desk: Desk, region: str, version: int) -> tuple[Atlas, dict[str, Any]]:
    """Return the atlas, and what narrows flags to fresh prices of the region that `region` stands for."""
    atlas = desk.grounds.atlas(desk.store, version)
    found = region_of(atlas, region)
    oldest = days.instant(desk.today() - timedelta(days=desk.max_age_days))
    return atlas, {"region_id": pooling_of(atlas, found), "district_id": district_of(found), "oldest": oldest}


def _rank(row: FlagRow) -> tuple[float, int, int, str]:
    return row.ratio_median, row.drug_id, row.pharmacy_id, row.kind


def shown(atlas: Atlas, row: FlagRow) -> dict[str, Any]:
    """Return a flag as it is shown: whose price, what it was compared with, and its sentences."""
    numbers = ("others", "ref_area", "ratio_median", "ratio_mean", "z", "spread", "factor")
    return {
        "id": flag_name(row.pharmacy_id, row.drug_id, row.kind),
        **_named(atlas, row),
        "kind": row.kind,
        "class": row.class_,
        "grade": row.grade,
        "strong": bool(row.strong),
        "price": yuan(row.fen),
        "fen": row.fen,
        "observed_at": days.iso(row.observed_at),
        "ref_median": perhaps_yuan(row.ref_median),
        "ref_mean": perhaps_yuan(row.ref_mean),
        **{name: getattr(row, name) for name in numbers},
        "rule": {"id": row.rule_id, "version": row.rule_version},
        **sentences(atlas, row),
    }


def perhaps_yuan(fen: float | None) -> str | None:
    """Return fen as yuan; None where a price was compared with nobody's."""
    return None if fen is None else yuan(fen)


def _named(atlas: Atlas, row: FlagRow) -> dict[str, Any]:
    """Return the pharmacy and the drug of a flag."""
    district = views.place_name(atlas, row.district_id)
    pharmacy = {"code": row.pharmacy_code, "id": row.pharmacy_id, "name": row.pharmacy_name, "district": district}
    pack = {"form": row.form, "spec": row.spec, "maker": row.maker}
    return {"pharmacy": pharmacy, "drug": {"code": row.drug_code, "id": row.drug_id, "name": row.drug_name, **pack}}


def sentences(atlas: Atlas, row: FlagRow) -> dict[str, str]:
    """Return what a flag says, in Chinese and English: a question to the pharmacy, never an accusation."""
    where = {"area": area_name(atlas, row.region_id, row.ref_area), "day": days.date_of(row.observed_at).isoformat()}
    wordings = {"high": _high, "reported": _reported, "imported": _imported, "rule": _by_rule}
    said = wordings.get(row.class_, _error)
    reason = said(row, where)
    return {"text_en": reason.en, "text_zh": reason.zh}


def _high(row: FlagRow, where: dict[str, str]) -> Reason:
    return Reason.of(
        "flag_high",
        price=yuan(row.fen),
        median=yuan(row.ref_median),
        mean=yuan(row.ref_mean),
        above_median=round((row.ratio_median - 1) * 100),
        above_mean=round((row.ratio_mean - 1) * 100),
        others=row.others,
        usual=round((row.spread or 0) * 100),
        **where,
    )


def _reported(row: FlagRow, where: dict[str, str]) -> Reason:
    numbers = {"price": yuan(row.fen), "median": yuan(row.ref_median), "others": row.others}
    return Reason.of("flag_reported", **numbers, **where)


def _by_rule(row: FlagRow, where: dict[str, str]) -> Reason:
    """Return what is said of a price where the sentence of the rule itself is not to be had."""
    return Reason.of("flag_rule", price=yuan(row.fen), **where)


def _imported(row: FlagRow, where: dict[str, str]) -> Reason:
    numbers = {"price": yuan(row.fen), "median": yuan(row.ref_median), "others": row.others}
    return Reason.of("flag_imported", **numbers, **where)


def _error(row: FlagRow, where: dict[str, str]) -> Reason:
    said = {"price": yuan(row.fen), "median": yuan(row.ref_median), **where}
    if row.class_ == "error_low":
        said["part"] = f"{1 / row.ratio_median:.0f}"
        if row.factor is None:
            return Reason.of("flag_low", **said)
        return Reason.of("flag_low_slip", **said, factor=f"{1 / row.factor:.0f}")
    said["times"] = figures(row.ratio_median)
    if row.factor is None:
        return Reason.of("flag_error", **said)
    return Reason.of("flag_slip", **said, factor=f"{row.factor:.0f}")


def figures(value: float) -> str:
    """Return a number as one writes it: three figures at most, never with an exponent.

    >>> figures(99.6), figures(140.2), figures(1234.0)
    ('99.6', '140', '1230')
    """
    return f"{Decimal(f'{value:.3g}'):f}"


def flag_table(desk: Desk, region: str, *, class_: str | None = None, kind: str | None = None) -> Iterator[tuple]:
    """Return the rows of the export, columns as in COLUMNS, all of them, worst first, of one state of the database.

    A region that makes no sense is refused at once, not when the first row is asked for.
    """
    atlas, where = _where(desk, region, desk.store.versions().places)
    return _table(desk, atlas, where | {"class_": class_, "kind": kind})


def every_flag(desk: Desk, region: str, *, most: int, **narrow: Any) -> Iterator[FlagRow]:
    """Yield the flags of a region or district, worst first, up to `most`; use inside `reading` or `writing`.

    `narrow` may give ``class_``, ``kind``, ``grade``, ``strong``, ``drug_id`` and ``pharmacy_id``, or a ``rule``: then
    those that rule found, gravest first.
    """
    _, where = _where(desk, region, desk.store.versions().places)
    if rule := narrow.pop("rule", None):
        yield from flags_by_rule(desk, rule, most=most, **where, **narrow)
        return
    last, left = None, most
    while left and (rows := desk.store.flags(**where, **narrow, most=min(PIECE, left), after=last)):
        yield from rows
        last, left = _rank(rows[-1]), left - len(rows)


def _table(desk: Desk, atlas: Atlas, narrowed: dict[str, Any]) -> Iterator[tuple]:
    last = None
    with desk.store.reading():
        while rows := desk.store.flags(**narrowed, most=PIECE, after=last):
            yield from (_cells(atlas, row) for row in rows)
            last = _rank(rows[-1])


def _cells(atlas: Atlas, row: FlagRow) -> tuple:
    said = shown(atlas, row)
    drug, pharmacy = said["drug"], said["pharmacy"]
    named = {
        "pharmacy_code": pharmacy["code"], "pharmacy_name": pharmacy["name"], "district": pharmacy["district"]["name"],
        "drug_code": drug["code"], "drug_name": drug["name"], "form": drug["form"], "spec": drug["spec"],
        "maker": drug["maker"], "rule": f"{row.rule_id} v{row.rule_version}",
    }  # fmt: skip
    return tuple(named.get(column, said.get(column)) for column in COLUMNS)
