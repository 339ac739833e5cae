"""Rules in force, and the prices that rules other than the default one found."""

from typing import NamedTuple


class RuleUse(NamedTuple):
    """What somebody said of a rule: which version (0: none) holds in a region, a province or everywhere, and when.

    Days are ISO, both counted; `until_on` is None while no end is known.
    """

    id: int
    region_id: int
    name: str
    version: int
    since_on: str
    until_on: str | None
    made_at: int
    made_by: str
    why: str


class RuleFlag(NamedTuple):
    """A price that a rule in force found; `numbers` is JSON with all that is needed to check it by hand.

    `gravity` is how many times away from the first reference it lies, above 1 in either direction. A flag is `secret`
    when it rests on a payment standard that must not be published: only regulators are told of it.
    """

    region_id: int
    drug_id: int
    kind: str
    pharmacy_id: int
    rule_id: str
    secret: int
    rule_version: int
    tier: str
    gravity: float
    fen: int
    observed_at: int
    numbers: str
    data_version: int

    @property
    def key(self) -> tuple[int, int, str, int]:
        """Which price of which pharmacy it is about."""
        return self[:4]
