"""What rules in force find, kept true to the prices: for what an import touched, or for everything."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from pricecompare.models import KINDS
from pricecompare.models.rules import RuleFlag
from pricecompare.schemas.rule import PriceRule
from pricecompare.services.markets.books import province_of
from pricecompare.services.ruling.force import rules_in_force
from pricecompare.services.ruling.prices import Prices
from pricecompare.services.ruling.verdicts import Found, found_by
from pricecompare.store import Store

Touched = Mapping[tuple[int, str], Iterable[int]]
"""Drugs by (province, kind)."""

Wanted = dict[tuple[int, str], dict[int, list[PriceRule]]]
"""By (province, kind) and drug the rules that are to be asked again."""

Progress = Callable[[int, int], None]

AT_ONCE = 5_000
"""Flags that are written together."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Rulings:
    """The flags of rules in force, brought in line with a store; use inside `writing`, when its markets are right."""

    def __init__(self, store: Store, *, version: int, today: date, max_age: int, told: Progress = no_progress):
        self.store = store
        self.version = version
        self.told = told
        self.moved: list[tuple[int, int, str, int]] = []
        """Flags that came, changed or went: region, drug, kind, pharmacy."""
        self.regions: set[int] = set()
        """The regions whose public answers are different now."""
        self.looked = 0
        """How many prices rules looked at."""
        self._known = store.versions().data
        self._prices = Prices(store, today, max_age)
        self._places: dict[int, dict[str, tuple[PriceRule, list[int]]]] = defaultdict(dict)
        for region, rules in rules_in_force(store, today).items():
            for rule in rules:
                self._put(rule, region)

    def _put(self, rule: PriceRule, region: int) -> None:
        # Regions of one province may have different versions of a rule.
        self._places[province_of(region)].setdefault(rule.label, (rule, []))[1].append(region)

    def __bool__(self) -> bool:
        """Say whether any rule is in force."""
        return bool(self._places)

    def touched(self, drugs: Touched) -> None:
        """Ask the rules again about drugs whose prices, or other prices they are compared with, are different now."""
        if self:
            self._ask(self._wanted(drugs))

    def touched_drugs(self, drugs: Iterable[int]) -> None:
        """Ask the rules again about drugs everywhere: what may be charged for them is different now."""
        drugs = list(drugs)
        self.touched({(province, kind): drugs for province in self._places for kind in KINDS})

    def touched_sold(self, drugs: set[int]) -> None:
        """Ask the rules again about drugs wherever they are sold: what they are compared with is different now."""
        places = (place for province in self._places for place in self._sold(province))
        self.touched({place: drugs & sold for place, sold in places})

    def with_relatives(self, drugs: Iterable[int]) -> set[int]:
        """Return drugs with all that any rule in force compares with them."""
        drugs = set(drugs)
        groups = {rule.group: rule for there in self._places.values() for rule, _ in there.values()}
        return drugs.union(*(self._relatives(rule, drugs) for rule in groups.values()))

    def everything(self) -> None:
        """Ask all rules about all prices, and forget what rules found that are not in force any more."""
        wanted = self._wanted({place: drugs for province in self._places for place, drugs in self._sold(province)})
        self._ask(wanted)
        self._forget(wanted)

    def _sold(self, province: int) -> Iterator[tuple[tuple[int, str], set[int]]]:
        found: dict[tuple[int, str], set[int]] = defaultdict(set)
        for region in self._prices.regions_of(province):
            for key in self.store.market_keys(region):
                found[province, key.kind].add(key.drug_id)
        yield from found.items()

    def _wanted(self, drugs: Touched) -> Wanted:
        found: Wanted = defaultdict(lambda: defaultdict(list))
        for (province, kind), touched in drugs.items():
            for rule, _ in self._places.get(province, {}).values():
                concerned = set(self._relatives(rule, touched))
                for its in rule.kinds:
                    if kind in (its, rule.other_kind):
                        for drug in concerned:
                            if rule not in (rules := found[province, its][drug]):
                                rules.append(rule)
        return found

    def _relatives(self, rule: PriceRule, drugs: Iterable[int]) -> Iterator[int]:
        """Yield drugs with all that a rule compares with them."""
        for drug in drugs:
            yield drug
            if rule.group != "sku":
                yield from (member.drug.id for member in self._prices.family(drug, rule.group).members)

    def _ask(self, wanted: Wanted) -> None:
        total, done = sum(map(len, wanted.values())), 0
        found: list[RuleFlag] = []
        before: dict[tuple, RuleFlag] = {}
        for (province, kind), drugs in wanted.items():
            for drug_id, rules in sorted(drugs.items()):
                before |= self._before(province, kind, drug_id, rules)
                found += self._found(province, kind, drug_id, rules)
                done += 1
                self.told(done, total)
                if len(found) + len(before) > AT_ONCE:
                    self._write(before, found)
                    before, found = {}, []
        self._write(before, found)

    def _before(self, province: int, kind: str, drug_id: int, rules: list[PriceRule]) -> dict[tuple, RuleFlag]:
        """Return what is stored of some rules about one drug."""
        asked = [self._places[province][rule.label] for rule in rules]
        mine = {(region, rule.name) for rule, regions in asked for region in regions}
        stored = self.store.rule_flags_of_markets(
            (region, drug_id, kind) for region in sorted({one for one, _ in mine})
        )
        return {flag[:6]: flag for flag in stored if (flag.region_id, flag.rule_id) in mine}

    def _found(self, province: int, kind: str, drug_id: int, rules: list[PriceRule]) -> Iterator[RuleFlag]:
        for label in (rule.label for rule in rules):
            rule, regions = self._places[province][label]
            for secret in (False, True) if rule.ceilings else (False,):
                looked, flagged = found_by(self._prices, rule, drug_id, kind, regions, province=province, secret=secret)
                self.looked += 0 if secret else looked
                yield from (self._flag(rule, one, secret=secret) for one in flagged)

    def _flag(self, rule: PriceRule, one: Found, *, secret: bool) -> RuleFlag:
        # That a confidential standard says something must not move what the public sees, versions included.
        version = self._known if secret else self.version
        place = (one.region_id, one.drug_id, one.kind, one.pharmacy_id, rule.name, int(secret), rule.version)
        return RuleFlag(*place, one.tier, one.gravity, one.fen, one.observed_at, one.told, version)

    def _write(self, before: dict[tuple, RuleFlag], found: list[RuleFlag]) -> None:
        """Write what differs."""
        now = {flag[:6]: flag for flag in found}
        same = {key for key, flag in now.items() if key in before and before[key][:-1] == flag[:-1]}
        self._delete(before.keys() - same)
        new = [flag for key, flag in sorted(now.items()) if key not in same]
        self.store.load_rule_flags(new)
        self._note(flag[:6] for flag in new)

    def _forget(self, wanted: Wanted) -> None:
        """Remove flags of rules that nobody asked: they are not in force any more, or the drug is not sold."""

        def asked(region: int, drug: int, kind: str, rule_id: str) -> bool:
            province = province_of(region)
            there = self._places.get(province, {})
            rules = wanted.get((province, kind), {}).get(drug, ())
            return any(rule.name == rule_id and region in there[rule.label][1] for rule in rules)

        keys = list(self.store.rule_flag_keys())
        self._delete([key for key in keys if not asked(key[0], key[1], key[2], key[4])])

    def _delete(self, keys: Iterable[tuple]) -> None:
        keys = sorted(keys)
        self.store.delete_rule_flags(keys)
        self._note(keys)

    def _note(self, keys: Iterable[tuple]) -> None:
        for key in keys:
            self.moved.append((key[0], key[1], key[2], key[3]))
            if not key[5]:
                self.regions.add(key[0])
