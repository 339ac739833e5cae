"""Everything that is derived, made again from what is stored: the same numbers come out."""

from collections import defaultdict
from dataclasses import dataclass

from pricecompare.services.cases.following import follow
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.markets.books import province_of
from pricecompare.services.markets.index_refresh import refresh_indices
from pricecompare.services.markets.looked import EMPTY
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.markets.sellers import heaps_of, offers_of_regions, pile_of_sellers
from pricecompare.services.ruling.running import Rulings


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was looked at, and how many markets and months of a region turned out different."""

    markets: int
    changed: int
    months: int
    changed_months: int


def rebuild(desk: Desk, *, aged: bool = False, told: Told = nothing_told) -> Rebuilt:
    """Make all markets, statistics, flags and indices again; with `aged` only markets changed by ageing.

    The data version moves when anything that was stored turns out different, and only then.
    """
    store = desk.store
    with store.writing():
        refresh = Refresh(
            store,
            version=store.versions().data + 1,
            today=desk.today(),
            told=lambda done, total: told("markets", done, total),
        )
        looked = _aged(desk, refresh) if aged else _all(desk, refresh, told)
        ruled = refresh.rules_moved if aged else _ruled(desk, refresh, told)
        follow(desk, refresh.flags_moved)
        months = [] if aged else store.sale_months()
        changed_months = 0
        for done, place in enumerate(months):
            other = refresh_indices(store, [place])
            changed_months += other
            if other:
                store.touch_prices(refresh.version, [place[0]])
            told("indices", done + 1, len(months))
        if refresh.spreads_moved:
            # What was asked in the past is judged by the spreads of now.
            store.touch_prices(refresh.version, [region.id for region in store.regions() if region.pooling])
        if refresh.written or refresh.spreads_moved or changed_months or ruled:
            store.next_version()
    return Rebuilt(looked, refresh.written, len(months), changed_months)


def _ruled(desk: Desk, refresh: Refresh, told: Told) -> bool:
    """Ask the rules in force besides the default one about everything; say whether the public sees a difference."""
    rulings = Rulings(
        desk.store,
        version=refresh.version,
        today=desk.today(),
        max_age=desk.max_age_days,
        told=lambda done, total: told("rules", done, total),
    )
    rulings.everything()
    refresh.flags_moved += rulings.moved
    desk.store.touch_prices(refresh.version, rulings.regions)
    return bool(rulings.regions)


def _aged(desk: Desk, refresh: Refresh) -> int:
    keys = desk.store.ageing(desk.today().isoformat())
    refresh.changed(dict.fromkeys(keys, EMPTY))
    return len(keys)


def _all(desk: Desk, refresh: Refresh, told: Told) -> int:
    """Make the markets of one province after the other."""
    provinces: dict[int, list[int]] = defaultdict(list)
    for region in desk.store.regions():
        if region.pooling:
            provinces[province_of(region.id)].append(region.id)
    looked = 0
    for done, regions in enumerate(provinces.values()):
        told("offers", done + 1, len(provinces))
        with pile_of_sellers(desk.store) as pile:
            offers_of_regions(desk.store, regions, pile)
            refresh.all_of(heaps_of(pile), regions)
        looked += sum(len(desk.store.market_keys(region_id)) for region_id in regions)
    return looked
