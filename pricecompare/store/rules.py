"""Rules in force, and what they found, in the store."""

from collections.abc import Iterable, Iterator
from typing import Any

from pricecompare.models import Standard
from pricecompare.models.rules import RuleFlag, RuleUse
from pricecompare.store.base import Base

NARROWS = (
    "secret", "rule", "rule_version", "tier", "min_ratio", "state", "kind", "drug_id", "pharmacy_id", "district_id",
    "oldest",
)  # fmt: skip
PLACE = ("gravity", "after_drug", "after_pharmacy", "after_kind", "after_rule", "after_secret")
"""Where a page of a region's list begins."""

KEY = RuleFlag._fields[:6]


class Rules(Base):
    """Which rules hold where, and the prices that those besides the default one found."""

    def rule_uses(self) -> list[RuleUse]:
        """Return all that was ever said of rules in force, in the order it was said."""
        return [RuleUse(*row) for row in self._rows("rule_uses")]

    def put_rule_use(self, use: RuleUse) -> None:
        """Add what was said; Conflict for an id there is."""
        self._do("put_rule_use", **use._asdict())

    def standards_of_drug(self, drug_id: int) -> list[Standard]:
        """Return every standard of a drug, confidential ones too: never for an answer to the public."""
        rows = self._rows("standards_of_drug", drug_id=drug_id)
        return [Standard._make((*row[:-1], bool(row[-1]))) for row in rows]

    def rule_flags_of_markets(self, keys: Iterable[tuple[int, int, str]]) -> list[RuleFlag]:
        """Return what rules found in markets (region_id, drug_id, kind)."""
        asked = (dict(zip(KEY[:3], key, strict=True)) for key in keys)
        return [RuleFlag(*row) for rows in self._each("rule_flags_of_market", asked) for row in rows]

    def rule_flags_of_price(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> list[RuleFlag]:
        """Return what rules say of one price of one pharmacy, by name."""
        place = {"region_id": region_id, "pharmacy_id": pharmacy_id, "drug_id": drug_id, "kind": kind}
        return [RuleFlag(*row) for row in self._rows("rule_flags_of_price", **place)]

    def rule_flag_keys(self) -> Iterator[tuple]:
        """Yield (region_id, drug_id, kind, pharmacy_id, rule_id, secret) of every flag of a rule."""
        return self._stream("rule_flag_keys")

    def delete_rule_flags(self, keys: Iterable[tuple]) -> None:
        """Remove flags of rules, given as `rule_flag_keys` gives them."""
        self._many("delete_rule_flag", (dict(zip(KEY, key, strict=True)) for key in keys))

    def load_rule_flags(self, flags: Iterable[RuleFlag]) -> None:
        """Add flags of rules."""
        self.engine.load("rule_flag", RuleFlag._fields, flags)

    def rule_flags(
        self, region_id: int, *, most: int, after: tuple | None = None, **narrow: Any
    ) -> list[tuple[RuleFlag, tuple]]:
        """Return up to `most` flags of rules in a region, gravest first, each with the names that `flag_names` gives.

        `after` is (gravity, drug_id, pharmacy_id, kind, rule_id, secret) of the last one seen; `narrow` gives NARROWS.
        """
        wanted = {name: narrow.get(name) for name in NARROWS}
        place = dict(zip(PLACE, after or (None, 0, 0, "", "", 0), strict=True))
        rows = self._rows("rule_flags", region_id=region_id, most=most, **wanted, **place)
        size = len(RuleFlag._fields)
        return [(RuleFlag(*row[:size]), row[size:]) for row in rows]

    def count_rule_flags(self, region_id: int, **narrow: Any) -> int:
        """Return how many flags of rules a region has; narrowed as `rule_flags` is."""
        wanted = {name: narrow.get(name) for name in NARROWS}
        return self._rows("count_rule_flags", region_id=region_id, **wanted)[0][0]
