"""A small invented country put straight into a store: two cities with districts, and one of the next province."""

from collections.abc import Iterable
from typing import NamedTuple

from pricecompare.models import Drug, Pharmacy, Region, Upload
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.pharmacies import ball
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.markets.sellers import heaps_of, offers_of_regions, pile_of_sellers
from pricecompare.store import Store
from tests.conftest import NOW

REGIONS = [
    Region(440000, "甲省", None, "province", False),
    Region(440300, "甲市", 440000, "city", True),
    Region(440305, "甲东区", 440300, "county", False),
    Region(440306, "甲西区", 440300, "county", False),
    Region(440400, "乙市", 440000, "city", True),
    Region(440402, "乙区", 440400, "county", False),
    Region(450000, "丙省", None, "province", False),
    Region(450100, "丙市", 450000, "city", True),
    Region(450102, "丙区", 450100, "county", False),
]
POOLING = {440305: 440300, 440306: 440300, 440402: 440400, 450102: 450100}
"""The pooling region of each district."""

CODES = ["XJ01CAA501A001010190008", "XJ01CAA501A001010190019", "XC09AAK524A004010190020", "ZC01AAF6040020190020"]


class Shop(NamedTuple):
    """A pharmacy: its id, its district, and where it is in WGS-84."""

    id: int
    district: int
    lat: float | None
    lng: float | None

    @property
    def code(self) -> str:
        return f"P{self.district}{self.id:05d}"


class Ask(NamedTuple):
    """What a shop asks, and how many days ago it was seen."""

    shop: int
    fen: int
    age: int = 0
    stock: int = 1
    kind: str = "listed"
    drug: int = 1

    @property
    def observed(self) -> int:
        return int(NOW.timestamp()) - self.age * 86_400


def desk_of(store: Store) -> Desk:
    return Desk(store, lambda: NOW)


def filled(store: Store, shops: Iterable[Shop], asks: Iterable[Ask] = (), drugs: Iterable[Drug] | None = None) -> Desk:
    """Return a desk at `store` once it has the shops, four drugs or those given, and what is asked."""
    shops, regions = list(shops), {shop.id: POOLING[shop.district] for shop in shops}
    with store.writing():
        store.put_regions(REGIONS)
        store.put_drugs(drugs or (drug(number, code) for number, code in enumerate(CODES, 1)))
        store.put_pharmacies(map(pharmacy, shops))
        version = store.next_version()
        store.put_meta(places_version=version, drugs_version=version)
        for region in sorted(set(POOLING.values())):
            store.put_extent(region, version, ball(store.pharmacies(region)))
        store.put_upload(Upload(1, "prices"))
        store.put_offers(
            (regions[ask.shop], ask.shop, ask.drug, ask.kind, ask.fen, ask.stock, 0, ask.observed) for ask in asks
        )
        refresh = Refresh(store, version=version, today=desk_of(store).today())
        with pile_of_sellers(store) as pile:
            offers_of_regions(store, set(regions.values()), pile)
            refresh.changed(heaps_of(pile))
    return desk_of(store)


def drug(number: int, code: str) -> Drug:
    return Drug(number, code, f"药{number}", "", "片剂", "0.1g", 24, "片", "盒", "厂", "", "", "", "", "")


def pharmacy(shop: Shop) -> Pharmacy:
    datum = "" if shop.lat is None else "wgs84"
    name, region = f"第{shop.id}药店", POOLING[shop.district]
    return Pharmacy(
        shop.id, shop.code, region, shop.district, name, "", "", "", "", shop.lat, shop.lng, datum, shop.lat, shop.lng
    )


def in_pages(question, **asked) -> list:
    """Return the rows of all pages of a question, one after the other."""
    rows, cursor, seen = [], None, set()
    while True:
        page = question(**asked, cursor_given=cursor)
        rows += page["items"]
        if (cursor := page["next"]) is None:
            return rows
        assert cursor not in seen
        seen.add(cursor)
