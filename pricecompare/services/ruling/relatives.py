"""What rests on the catalogue and on groups of drugs: flags of rules that compare packs or makers, and likely slips."""

from collections.abc import Collection

from pricecompare.models import MarketKey
from pricecompare.services.cases.following import follow
from pricecompare.services.desk import Desk
from pricecompare.services.markets.looked import EMPTY
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.ruling.running import Rulings
from pricecompare.store import Store


def compared_with(desk: Desk, drugs: Collection[int]) -> set[int]:
    """Return drugs with all that rules in force compare them with; ask before the catalogue or the groups change."""
    return _rulings(desk).with_relatives(drugs) if drugs else set()


def follow_catalogue(desk: Desk, drugs: Collection[int], *, repacked: Collection[int] = ()) -> None:
    """Bring flags in line with a catalogue, or groups, that have changed; use inside `writing`, after its new version.

    `drugs` are those that `compared_with` gave before: what they are compared with now is added. Of the drugs
    `repacked` the number in a pack is another one, and so is the likely slip of their probable errors.
    """
    store = desk.store
    if repacked:
        refresh = Refresh(store, version=store.versions().data, today=desk.today(), ruled=False)
        refresh.changed(dict.fromkeys(_markets_of(store, repacked), EMPTY))
        follow(desk, refresh.flags_moved)
    if drugs:
        rulings = _rulings(desk)
        rulings.touched_sold(set(drugs))
        store.touch_prices(store.versions().data, rulings.regions)
        follow(desk, rulings.moved)


def _rulings(desk: Desk) -> Rulings:
    # Each reads the catalogue as it stands when it is asked first.
    version = desk.store.versions().data
    return Rulings(desk.store, version=version, today=desk.today(), max_age=desk.max_age_days)


def _markets_of(store: Store, drugs: Collection[int]) -> list[MarketKey]:
    pooling = (region.id for region in store.regions() if region.pooling)
    return [key for region in pooling for key in store.market_keys(region) if key.drug_id in drugs]
