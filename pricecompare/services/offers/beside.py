"""What an offer may carry beside its price when it is asked for: the shop's other kind of price, and a sentence."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import Sellers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.answers import sayings
from pricecompare.services.desk import Desk
from pricecompare.services.offers.ranking import Candidates
from pricecompare.services.statistics.gaps import COUNTER, ONLINE, difference
from pricecompare.services.statistics.past import market_as_of

TWINS = {COUNTER: ONLINE, ONLINE: COUNTER}
"""The other kind of price a shop may ask; what insurance settled has none."""


class Beside(NamedTuple):
    """What is asked for beside offers of a kind, and the market of the other kind for each of theirs, or None."""

    asked: tuple[str, ...]
    kind: str
    twins: list[MarketRow | None]


def twins(desk: Desk, keys: list[MarketKey], asked: tuple[str, ...], version: int, as_of: date | None) -> Beside | None:
    """Return what is needed for what is `asked` beside the offers of some markets; None when nothing is.

    Ask inside `reading`.
    """
    if not asked or not keys:
        return None
    kind = keys[0].kind
    if "other_kind" not in asked or kind not in TWINS:
        return Beside(asked, kind, [None] * len(keys))
    others = [key._replace(kind=TWINS[kind]) for key in keys]
    if as_of is not None:
        return Beside(asked, kind, [market_as_of(desk, key, as_of) for key in others])
    return Beside(asked, kind, [desk.seen.market(desk.store, key, version) for key in others])


def put(
    desk: Desk, items: list[dict[str, Any]], this: Beside | None, found: Candidates, rows: NDArray[np.intp], day: date
) -> None:
    """Put what is asked for into offers as they are shown: those of the candidates `found` at `rows`."""
    if this is None:
        return
    shops = zip(found.source.take(rows).tolist(), found.pharmacy.take(rows).tolist(), strict=True)
    known = [None if row is None else unpacked(row.sellers, layout=row.layout) for row in this.twins]
    for item, (source, shop) in zip(items, shops, strict=True):
        if "other_kind" in this.asked:
            item["other_kind"] = _other_kind(desk, this.kind, item["fen"], _seller(known[source], shop), day)
        if "text" in this.asked and item["local"] is not None:
            item["local"] = item["local"] | sayings.told(sayings.beside_median(item["local"]["percent"]))


def _seller(these: Sellers | None, shop: int) -> Any:
    """Return what a pharmacy asks in a market, None when it asks nothing."""
    place = 0 if these is None else int(np.searchsorted(these["pharmacy"], shop))
    return these[place] if these is not None and place < len(these) and these["pharmacy"][place] == shop else None


def _other_kind(desk: Desk, kind: str, fen: int, seller: Any, day: date) -> dict[str, Any] | None:
    """Return the other price of a shop and how much dearer online is, whichever of both is the offer."""
    if seller is None:
        return None
    other = _companion(desk, seller, TWINS[kind], day)
    return other | (difference(fen, other["fen"]) if kind == COUNTER else difference(other["fen"], fen))


def _companion(desk: Desk, seller: np.void, kind: str, day: date) -> dict[str, Any]:
    fen, observed, today = int(seller["fen"]), int(seller["observed"]), days.number_of(day)
    return {
        "kind": kind,
        "price": yuan(fen),
        "fen": fen,
        "observed_at": days.iso(observed),
        "age_days": today - days.day_number(observed),
        "stale": bool(is_stale(np.array(observed), today=today, max_age=desk.max_age_days)),
    }
