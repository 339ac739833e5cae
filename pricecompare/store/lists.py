"""Lists of a region in the store, with names and in order, streamed where they can be long."""

from collections.abc import Iterator
from typing import Any

from pricecompare.models import Upload
from pricecompare.store.base import Base

NARROWS_FLAGS = (
    "kind", "district_id", "oldest", "grade", "strong", "min_ratio", "rule", "rule_version", "state", "drug_id",
    "pharmacy_id",
)  # fmt: skip
NARROWS_OFFERS = ("district_id", "kind", "drug_id", "pharmacy_id", "held")


class Lists(Base):
    """What a regulator looks through."""

    def count_flags(self, region_id: int, **narrow: Any) -> int:
        """Return how many flags of a region there are; narrowed as `flags` is."""
        wanted = {name: narrow.get(name) for name in NARROWS_FLAGS} | {"class": narrow.get("class_")}
        return self._rows("count_flags", region_id=region_id, **wanted)[0][0]

    def spreads_of_region(self, region_id: int, *, kind: str | None, least: int) -> Iterator[tuple]:
        """Yield (drug_id, kind, n, spread, median, q1, q3, low, high, code, name, form, spec, maker), widest first."""
        return self._stream("spreads_of_region", region_id=region_id, kind=kind, least=least)

    def price_steps(self, **asked: Any) -> Iterator[tuple]:
        """Yield changes of price from one second to before another, that with the largest effect in a month first.

        Each is (pharmacy_id, drug_id, kind, since_at, fen, fen before, own quantity, district_id, pharmacy code and
        name, drug code, name, form, spec, maker, class of its flag).
        """
        return self._stream("price_steps", **asked)

    def price_jumps(self, **asked: Any) -> Iterator[tuple]:
        """Yield prices that differ by many times from the one before a period, that which moved most first.

        Each is (pharmacy_id, drug_id, kind, since_at, fen, fen before, held, district_id, pharmacy code and name, drug
        code, name, form, spec, maker, class of its flag); ``times`` is in hundredths.
        """
        return self._stream("price_jumps", **asked)

    def cases_named(self, *, class_: str | None, **asked: Any) -> Iterator[tuple]:
        """Yield cases with names, that which is due first in front.

        Each is (id, pharmacy_id, drug_id, kind, class, grade, fen, numbers, fen now, standing, state, revision,
        opened_at, due_on, district_id, pharmacy code and name, drug code, name, form, spec, maker, action of the newest
        step, when, by whom, why, what the pharmacy answered last).
        """
        return self._stream("cases_named", **asked, **{"class": class_})

    def offers_named(self, region_id: int, *, after: tuple[int, int, str], **narrow: Any) -> Iterator[tuple]:
        """Yield what is asked after (pharmacy_id, drug_id, kind), in that order.

        Each is (pharmacy_id, drug_id, kind, fen, stock, held, observed_at, district_id, pharmacy code and name, drug
        code, name, form, spec, maker).
        """
        place = dict(zip(("after_pharmacy", "after_drug", "after_kind"), after, strict=True))
        wanted = {name: narrow.get(name) for name in NARROWS_OFFERS}
        return self._stream("offers_named", region_id=region_id, **place, **wanted)

    def count_offers(self, region_id: int, **narrow: Any) -> int:
        """Return how many prices are asked in a region; narrowed as `offers_named` is."""
        wanted = {name: narrow.get(name) for name in NARROWS_OFFERS}
        return self._rows("count_offers", region_id=region_id, **wanted)[0][0]

    def quarantined(self, region_id: int, district_id: int | None) -> Iterator[Upload]:
        """Yield uploads in quarantine that speak of a pharmacy of a region, by id."""
        rows = self._stream("quarantined", region_id=region_id, district_id=district_id)
        return (Upload(*row) for row in rows)

    def reporting(self, region_id: int, district_id: int | None) -> list[tuple]:
        """Return (id, prices, when the newest was stated, district_id, code, name, chain, phone) of each pharmacy."""
        return self._rows("reporting", region_id=region_id, district_id=district_id)

    def last_changes(self, region_id: int) -> dict[int, int]:
        """Return when each pharmacy of a region last changed a price, by id."""
        return dict(self._rows("last_changes", region_id=region_id))
