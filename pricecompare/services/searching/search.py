"""Drugs found by what people type, and near misses when nothing is."""

from functools import partial
from typing import Any

import numpy as np

from pricecompare.calc.facets import FACETS, Facet
from pricecompare.calc.fields import CLOSE, MATCHED
from pricecompare.calc.finds import Finds
from pricecompare.errors import Invalid, NotFound
from pricecompare.models import GROUPS, Drug, Versions
from pricecompare.services.answers.basis import Basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import Where
from pricecompare.services.searching.popularity import (
    PLACE,
    begun_rests_upon,
    place_of,
    regions_of,
    rests_upon,
    sellers,
)
from pricecompare.services.searching.presence import Counts
from pricecompare.services.searching.words import Vocabulary

GROUPED = GROUPS[0]
VBP = "vbp"


def drugs(
    desk: Desk,
    *,
    q: str,
    group: str = GROUPED,
    limit: int | None = None,
    cursor_given: str | None = None,
    **narrow: Any,
) -> dict[str, Any]:
    """Return the drugs that a query finds, best first, and close names when nothing is found as it was typed.

    `q` may be Chinese (one character is enough), a brand, pinyin or its initials, words of these with a maker, form or
    spec, a national drug code, an approval number or a barcode. `narrow` may give a place (``region``, ``lat``,
    ``lng``, ``radius_km``), of which the sellers count in the ranking, and values of facets.
    With `group` product only the best pack of each product is an item. Invalid for a value that no drug has.
    """
    place, chosen = _given(narrow, PLACE), _given(narrow, (*FACETS, VBP))
    words, found, counted, winners, rests_on = _found(desk, q, place, chosen)
    packs, facets = words.facets.narrowed(found, chosen, grouped=group == GROUPED, also={VBP: winners})
    shown = packs.heads(words.facets.products) if group == GROUPED else packs
    question = f"drugs {q} {group} {sorted((place | chosen).items())} {words.version}"
    page, following = _page(desk, shown, question, limit, cursor_given)
    return {
        "total": len(shown),
        "items": _items(words, counted, page, packs),
        "facets": facets,
        "suggestions": [] if (found.fields != CLOSE).any() else words.lexicon.close_names(q),
        "next": following,
        "data_version": rests_on.version,
    }


def _found(
    desk: Desk, q: str, place: dict[str, Any], chosen: dict[str, str]
) -> tuple[Vocabulary, Finds, Counts, Facet, Basis]:
    """Return what is searched, what a query finds, how many sell it, which are winners, and what that rests on."""
    with desk.store.reading():
        words, at, versions = _searched(desk, place)
        _known_values(words, chosen)
        hits = words.lexicon.hits(q)
        counted = sellers(desk, versions, at, words, hits.positions)
        winners = _winners(desk, words, at, versions)
        return words, Finds(hits, counted), counted, winners, rests_upon(desk, versions, at)


def _page(
    desk: Desk, shown: Finds, question: str, limit: int | None, cursor_given: str | None
) -> tuple[Finds, str | None]:
    """Return one page of finds, and the cursor of the next."""
    start = shown.after((after(desk, question, cursor_given) or (None,))[0])
    page = shown.kept(slice(start, start + page_size(desk, limit)))
    more = start + len(page) < len(shown)
    return page, cursor(desk, question, (int(page.keys[-1]),)) if more else None


def suggestions(desk: Desk, *, q: str, **place: Any) -> dict[str, Any]:
    """Return up to ten names, brands and makers that a query may be the beginning of, likeliest first.

    With a place (``region``, ``lat``, ``lng``, ``radius_km``, ``coord_type``) the likelier of equals is what more
    pharmacies there sell.
    """
    with desk.store.reading():
        words, at, versions = _searched(desk, _given(place, PLACE))
        crowd = None if at is None else partial(sellers, desk, versions, at, words)
        items = words.suggestions.of(q, sellers=crowd)
        rests_on = begun_rests_upon(desk, versions, at)
    return {"items": [one._asdict() for one in items], "data_version": rests_on.version}


def known_drug(desk: Desk, code: str, *, version: int | None = None, field: str = "code") -> Drug:
    """Return the drug with that code; NotFound, about `field`, suggests codes and names that look alike.

    Who knows the `version` of the catalogue need not ask the store again for a drug that was asked for before.
    """
    plain = code.strip().upper()
    drug = desk.store.drug(plain) if version is None else desk.shelf.drug(desk.store, plain, version)
    if drug is None:
        raise NotFound("unknown_drug", field=field, value=code, suggestions=_close_names(desk, code[:64]))
    return drug


def page_size(desk: Desk, limit: int | None) -> int:
    """Return how many rows a page has; Invalid beyond the cap."""
    size = desk.settings.page if limit is None else limit
    if not 1 <= size <= desk.settings.max_page:
        raise Invalid("bad_limit", field="limit", value=size, limit=desk.settings.max_page)
    return size


def _given(narrow: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: narrow[name] for name in names if narrow.get(name) is not None}


def _searched(desk: Desk, place: dict[str, Any]) -> tuple[Vocabulary, Where | None, Versions]:
    """Return what is searched, and where. Use inside `reading`."""
    versions = desk.store.versions()
    return desk.words.of(desk.store, versions.drugs), place_of(desk, versions, place), versions


def _winners(desk: Desk, words: Vocabulary, at: Where | None, versions: Versions) -> Facet:
    """Return which drugs won a central purchase in a place, or anywhere."""
    atlas = desk.grounds.atlas(desk.store, versions.places)
    return desk.winners.facet(desk.store, words, atlas, versions, desk.today().isoformat(), regions_of(at))


def _known_values(words: Vocabulary, chosen: dict[str, str]) -> None:
    """Raise Invalid for a value of a facet that no drug has, with values that are written like it."""
    for name, value in chosen.items():
        if name != VBP and not words.facets.knows(name, value):
            near = words.facets.close(name, value[:64])
            raise Invalid("unknown_facet_value", field=name, value=value[:64], suggestions=near)


def _items(words: Vocabulary, counted: Counts, page: Finds, packs: Finds) -> list[dict[str, Any]]:
    """Return the finds of a page as drugs, each with all packs of its product that were found."""
    entries, products, shown = words.lexicon.entries, words.facets.products, words.shown
    wanted = np.zeros(len(entries), np.bool_)
    wanted[products[page.positions]] = True
    these = packs.positions[wanted[products[packs.positions]]]
    codes: dict[int, list[str]] = {}
    for position in these.tolist():
        codes.setdefault(int(products[position]), []).append(entries[position].code)
    return [
        {
            **shown[position],
            "matched": MATCHED[field],
            "sellers": int(counted[position]),
            "packs": {"count": len(codes[product]), "codes": codes[product]},
        }
        for position, field, product in zip(
            page.positions.tolist(), page.fields.tolist(), products[page.positions].tolist(), strict=True
        )
    ]


def _close_names(desk: Desk, code: str) -> tuple[str, ...]:
    """Return names and codes that look like a code; none for one without any letter or digit."""
    lexicon = desk.words.of(desk.store, desk.store.versions().drugs).lexicon
    try:
        return tuple(lexicon.close_names(code))
    except Invalid:
        return ()
