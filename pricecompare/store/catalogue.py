"""Regions, drugs and pharmacies in the store."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import NamedTuple

from pricecompare.models import Drug, Extent, Pharmacy, Region
from pricecompare.store.base import Base

MOVES = (
    "move_offers", "move_changes", "move_lists", "move_runs", "move_sale_lists", "move_sales", "move_cases",
    "move_reports",
)  # fmt: skip


class NextIds(NamedTuple):
    """The next free id of each table that gives ids."""

    drug: int
    pharmacy: int
    upload: int


class Catalogue(Base):
    """What things are and where they stand."""

    def regions(self) -> list[Region]:
        """Return every region in the order of codes."""
        return [
            Region(key, name, parent_id, level, bool(pooling))
            for key, name, parent_id, level, pooling in self._rows("regions")
        ]

    def put_regions(self, regions: Iterable[Region]) -> None:
        """Add regions or replace those with the same id; parents first."""
        self._many("put_region", (asdict(region) | {"pooling": int(region.pooling)} for region in regions))

    def extents(self) -> list[Extent]:
        """Return where the pharmacies of each region lie; a region without coordinates has none."""
        return [Extent(*row) for row in self._rows("extents")]

    def put_extent(self, region_id: int, version: int, ball: tuple[float, float, float, float] | None) -> None:
        """Keep the ball around a region's pharmacies: x, y, z and radius in metres."""
        x, y, z, reach = ball or (None, None, None, None)
        self._do("put_extent", id=region_id, version=version, x=x, y=y, z=z, reach=reach)

    def drugs(self) -> list[Drug]:
        """Return the whole catalogue in the order of ids."""
        return [Drug(*row) for row in self._rows("drugs")]

    def drug(self, code: str) -> Drug | None:
        """Return the drug with that code."""
        row = self._row("drug", code=code)
        return Drug(*row) if row else None

    def drug_ids(self) -> dict[str, int]:
        """Return the id of every drug by its code."""
        return dict(self._rows("drug_ids"))

    def pack_counts(self, drug_ids: Iterable[int]) -> dict[int, int]:
        """Return the pack counts of drugs by id, of those that have one."""
        return dict(self._about(drug_ids, "pack_count", "pack_counts_between", key="id"))

    def put_drugs(self, drugs: Iterable[Drug]) -> None:
        """Add drugs or replace those with the same id."""
        self._many("put_drug", map(asdict, drugs))

    def pharmacies(self, region_id: int | None = None) -> list[Pharmacy]:
        """Return the pharmacies of one pooling region, or all, in the order of ids."""
        if region_id is None:
            return [Pharmacy(*row) for row in self._rows("pharmacies")]
        return [Pharmacy(*row) for row in self._rows("pharmacies_of_region", region_id=region_id)]

    def pharmacy(self, code: str) -> Pharmacy | None:
        """Return the pharmacy with that code."""
        row = self._row("pharmacy", code=code)
        return Pharmacy(*row) if row else None

    def closed_pharmacies(self) -> dict[int, str]:
        """Return since which day pharmacies are closed for good, by id."""
        return dict(self._rows("closed_pharmacies"))

    def pharmacy_name(self, pharmacy_id: int) -> tuple[str, str]:
        """Return code and name of the pharmacy with that id."""
        return self._rows("pharmacy_name", id=pharmacy_id)[0]

    def drug_name(self, drug_id: int) -> tuple[str, str]:
        """Return code and name of the drug with that id."""
        return self._rows("drug_name", id=drug_id)[0]

    def close_pharmacies(self, code: str) -> tuple[str, ...]:
        """Return up to five "code name" of pharmacies whose codes begin like `code`."""
        start = code.strip().upper()[:7]
        rows = self._rows("close_pharmacies", low=start, high=start + "~") if len(start) == 7 else []
        return tuple(f"{found} {name}" for found, name in rows)

    def pharmacy_places(self) -> dict[str, tuple[int, int]]:
        """Return (id, pooling region) of every pharmacy by its code."""
        return {code: (key, region_id) for code, key, region_id in self._rows("pharmacy_places")}

    def put_pharmacies(self, pharmacies: Iterable[Pharmacy]) -> None:
        """Add pharmacies or replace those with the same id."""
        self._many("put_pharmacy", map(asdict, pharmacies))

    def move_pharmacy(self, pharmacy_id: int, from_region: int, to_region: int) -> None:
        """Let all that is known of a pharmacy's prices and sales follow it into another pooling region."""
        for name in MOVES:
            self._do(name, pharmacy_id=pharmacy_id, region_id=from_region, to_region=to_region)

    def next_ids(self) -> NextIds:
        """Return the next free ids; only meaningful inside `writing`."""
        return NextIds(*self._rows("next_ids")[0])

    def counts(self) -> dict[str, int]:
        """Return how many regions, drugs, pharmacies and markets there are."""
        return dict(zip(("regions", "drugs", "pharmacies", "markets"), self._rows("counts")[0], strict=True))
