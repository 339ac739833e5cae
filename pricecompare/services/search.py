"""Drugs found by what people type, and near misses when nothing is."""

from typing import Any

from pricecompare.errors import Invalid, NotFound
from pricecompare.models import Drug
from pricecompare.services import views
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk


def drugs(desk: Desk, *, q: str, limit: int | None = None, cursor_given: str | None = None) -> dict[str, Any]:
    """Return the drugs that a query finds, best first, and close names when there are none.

    `q` may be Chinese (one character is enough), a brand, pinyin or its initials, a national drug code, an
    approval number or a barcode.
    """
    versions = desk.store.versions()
    lexicon, known = desk.words.of(desk.store, versions.drugs)
    found = lexicon.matches(q)
    question = f"drugs {q} {versions.drugs}"
    start = int((after(desk, question, cursor_given) or (0,))[0])
    end = start + page_size(desk, limit)
    return {
        "total": len(found),
        "items": [views.drug(known[match.drug_id]) | {"matched": match.matched} for match in found[start:end]],
        "suggestions": [] if found else lexicon.close_names(q),
        "next": cursor(desk, question, (end,)) if end < len(found) else None,
        "data_version": max(versions.drugs, versions.regions),
    }


def known_drug(desk: Desk, code: str, *, version: int | None = None) -> Drug:
    """Return the drug with that code; NotFound suggests codes and names that look alike.

    Who knows the `version` of the catalogue need not ask the store again for a drug that was asked for before.
    """
    plain = code.strip().upper()
    drug = desk.store.drug(plain) if version is None else desk.shelf.drug(desk.store, plain, version)
    if drug is None:
        raise NotFound("unknown_drug", field="code", value=code, suggestions=_close_names(desk, code[:64]))
    return drug


def _close_names(desk: Desk, code: str) -> tuple[str, ...]:
    """Return names and codes that look like a code; none for one without any letter or digit."""
    lexicon, _ = desk.words.of(desk.store, desk.store.versions().drugs)
    try:
        return tuple(lexicon.close_names(code))
    except Invalid:
        return ()


def page_size(desk: Desk, limit: int | None) -> int:
    """Return how many rows a page has; Invalid beyond the cap."""
    size = desk.settings.page if limit is None else limit
    if not 1 <= size <= desk.settings.max_page:
        raise Invalid("bad_limit", field="limit", value=size, limit=desk.settings.max_page)
    return size
