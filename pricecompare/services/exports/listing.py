"""What a list is: its columns, where its rows come from, and what it was asked to be about."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.codes import flag_name
from pricecompare.calc.gaps import hundredths
from pricecompare.errors import Invalid, NotFound
from pricecompare.models import Region, Versions
from pricecompare.models.listing import Column
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.ruling.rules import rule_named

Rank = tuple[Any, ...]
Ranked = tuple[Rank, tuple[Any, ...]]
"""Where a row stands in its list, and its values; ranks are plain values and rise from row to row."""

Rows = Generator[Ranked, None, None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list is about: a pooling region or one of its districts, and what else was asked (`filters`)."""

    desk: Desk
    versions: Versions
    atlas: Atlas
    region: Region
    region_id: int
    district_id: int | None
    filters: Mapping[str, Any]
    ids: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def place(self) -> dict[str, Any]:
        """What narrows a question to the place."""
        return {"region_id": self.region_id, "district_id": self.district_id}

    @property
    def fresh_from(self) -> int:
        """The second from which on a price is not stale."""
        return days.instant(self.desk.today() - timedelta(days=self.desk.max_age_days))

    def asked(self, *names: str) -> dict[str, Any]:
        """Return what was asked under `names`, None for what was not, a truth value as the store keeps it."""
        found = {name: self.filters.get(name) for name in names}
        return {name: int(value) if isinstance(value, bool) else value for name, value in found.items()}

    @property
    def ruled(self) -> dict[str, Any]:
        """What narrows a question to a rule, or to one version of it; NotFound for one that nobody knows."""
        if (label := self.filters.get("rule")) is None:
            return {"rule": None, "rule_version": None}
        rule = rule_named(self.desk, label)
        return {"rule": rule.name, "rule_version": rule.version if "@" in label else None}

    @property
    def min_ratio(self) -> float | None:
        """From which multiple on a row is wanted."""
        asked = self.filters.get("min_ratio")
        return None if asked is None else multiple(asked, "min_ratio") / 100

    def name_of(self, region_id: int) -> str:
        """Return the name of a region."""
        return self.atlas.regions[region_id].name


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that a regulator can ask for.

    `rows` yields it from a rank on, or from the beginning, inside `reading`. With `count`, which says how many rows
    there are, a page reads no more than itself; without, the list is made whole for each page, always from the
    beginning. `whole`: it is about pooling regions only, not about a part of one. `flag_of` names the flag that a row
    is about.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope, Rank | None], Rows]
    count: Callable[[Scope], int] | None = None
    whole: bool = False
    flag_of: Callable[[Ranked], str] | None = None

    def title(self, lang: str) -> str:
        """Return the title in Chinese or English."""
        return self.zh if lang == "zh" else self.en


def by_price(ranked: Ranked) -> str:
    """Return the name of the flag of a row whose rank has drug, pharmacy and kind in the second place and on."""
    _, drug_id, pharmacy_id, kind = ranked[0][:4]
    return flag_name(pharmacy_id, drug_id, kind)


def multiple(text: str, field: str) -> int:
    """Return a least multiple in hundredths; Invalid (bad_multiple), which names `field`, for what is none."""
    try:
        return hundredths(text, refusal="bad_multiple")
    except Invalid as error:
        raise Invalid(error.code, field=field, value=text) from None


def scoped(desk: Desk, listing: Listing, region: str, filters: Mapping[str, Any]) -> Scope:
    """Return what a list is about; call inside `reading`.

    NotFound for a region, drug or pharmacy that nobody knows; Invalid for a region that the list cannot be about.
    """
    versions = desk.store.versions()
    atlas = desk.grounds.atlas(desk.store, versions.places)
    found = region_of(atlas, region)
    pooling, district = pooling_of(atlas, found), district_of(found)
    if listing.whole and district is not None:
        raise Invalid("whole_region_only", field="region", value=region, pooling=f"{pooling:06d}")
    return Scope(desk, versions, atlas, found, pooling, district, filters, ids_of(desk, filters))


def ids_of(desk: Desk, filters: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the ids of the drug and the pharmacy that `filters` name by their codes; NotFound for an unknown one."""
    ids: dict[str, int | None] = {"drug_id": None, "pharmacy_id": None}
    if (code := filters.get("drug")) is not None:
        if (drug := desk.store.drug(code.strip().upper())) is None:
            raise NotFound("unknown_drug", field="drug", value=code)
        ids["drug_id"] = drug.id
    if (code := filters.get("pharmacy")) is not None:
        if (shop := desk.store.pharmacy(code.strip().upper())) is None:
            raise NotFound("unknown_pharmacy", field="pharmacy", value=code)
        ids["pharmacy_id"] = shop.id
    return ids
