"""Which version of a rule holds where and when, from what was said of it."""

from collections.abc import Iterable, Sequence

from pricecompare.models.rules import RuleUse


def holding(uses: Iterable[RuleUse], places: Sequence[int], today: str) -> dict[str, int]:
    """Return the version of each rule (by name) that holds on the ISO day `today`; 0: none of them, as was said.

    `places` are a region and what it lies in, narrowest first: the narrowest that says something decides. What begins
    later ends what was said before for good, whether or not it has ended itself since; of two things said for one day
    the one said later counts.
    """
    found: dict[str, int] = {}
    for place in places:
        last: dict[str, RuleUse] = {}
        for one in uses:
            if one.region_id == place and one.since_on <= today:
                before = last.get(one.name)
                if before is None or (before.since_on, before.id) < (one.since_on, one.id):
                    last[one.name] = one
        for name, one in last.items():
            if one.until_on is None or one.until_on >= today:
                found.setdefault(name, one.version)
    return found
