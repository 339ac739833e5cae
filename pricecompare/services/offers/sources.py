"""Where offers come from: the markets of a question, and what is told beside the prices of each."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pricecompare.models import MarketKey, MarketRow, Standard, Versions
from pricecompare.services.answers.basis import Basis, of_place
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.doorways import Moment
from pricecompare.services.grounds.opened import moments_of
from pricecompare.services.grounds.places import Where
from pricecompare.services.offers.beside import Beside, twins
from pricecompare.services.offers.standards import standards_of


class Sources(NamedTuple):
    """Markets of one drug or more in every ground of a place, drug by drug; None where nobody sells it.

    For each of them also the `moments` of its pharmacies' doors and the payment standard that holds there (`paid`);
    `twins` are the markets of the other kind of price, where these are asked for; all of it is as of `day` and
    `rests_on` this.
    """

    markets: list[MarketRow | None]
    moments: list[Moment | None]
    paid: list[Standard | None]
    twins: Beside | None
    day: date
    rests_on: Basis


def keys_of(at: Where, drugs: Sequence[int], kind: str) -> list[list[MarketKey]]:
    """Return the markets of each drug in every ground of a place."""
    return [[MarketKey(ground.region_id, drug, kind) for ground in at.grounds] for drug in drugs]


def sources(
    desk: Desk,
    versions: Versions,
    at: Where,
    keys: Sequence[list[MarketKey]],
    markets: list[MarketRow | None],
    *,
    as_of: date | None,
    beside: tuple[str, ...],
) -> Sources:
    """Return `markets` with what is told beside them; `keys` are theirs, drug by drug. Use inside `reading`."""
    past, day = as_of is not None, as_of or desk.today()
    moments = moments_of(desk, at.grounds, versions, past=past)
    paid = [standards_of(desk, at.atlas, these, day, versions.standards) for these in keys]
    others = twins(desk, [key for these in keys for key in these], beside, versions.data, as_of)
    rests_on = of_place(desk, versions, at.regions, moments, past=past)
    return Sources(markets, moments * len(keys), [one for these in paid for one in these], others, day, rests_on)
