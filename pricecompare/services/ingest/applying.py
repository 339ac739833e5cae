"""An upload of prices on its way into what is kept: lists, offers, history, confirmations, effects and markets."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.intake import Against, Intake, against, intake, late_pairs, late_quotes
from pricecompare.calc.packing import CHANGED, GONE, LATE, NEW
from pricecompare.calc.quotes import NEVER, Quotes, offer_key, pair_of, parts
from pricecompare.calc.suspicion import suspicious
from pricecompare.calc.timeline import Said
from pricecompare.models import KINDS, MarketKey, Upload
from pricecompare.services.cases.following import follow
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import written
from pricecompare.services.ingest.retold import Retelling, Told
from pricecompare.services.markets.before import Before
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.markets.sellers import ROW, heaps_of, pile_of_sellers

NO_MARKET = (0, None)
"""How many prices there are, and their median, where there is no market yet."""


@dataclass(slots=True)
class Outcome:
    """What became of quotes, and how the prices that could be compared moved: `ratios` are new ÷ old."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    gone: int = 0
    held: int = 0
    ratios: list[np.ndarray] = field(default_factory=list)
    moved: int = 0
    """Offers that markets must follow."""
    rewritten: bool = False
    """Whether the past of any list is told differently."""
    confirmed: int = 0
    """Whole lists that were seen again."""
    newest_at: int | None = None
    """The newest observation."""

    def count(self, **counts: int) -> None:
        """Add to the counts."""
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + count)

    @property
    def told(self) -> bool:
        """Whether anything is different now."""
        return bool(self.moved or self.late or self.confirmed or self.rewritten)


@dataclass(slots=True)
class Gaps:
    """Pharmacies whose lists are not whole, because rows of them were refused: what is missing may be what was refused.

    `everywhere`: it could not be read whose rows they were.
    """

    pharmacies: set[int] = field(default_factory=set)
    everywhere: bool = False

    def whole(self, pharmacies: np.ndarray) -> np.ndarray:
        """Say which pharmacies' lists are whole."""
        if self.everywhere:
            return np.zeros(len(pharmacies), bool)
        return ~np.isin(pharmacies, list(self.pharmacies))


class Applying:
    """One upload being applied; use inside `writing`, its row already in the ledger.

    Of full lists with `gaps` nothing is closed and nothing confirmed: what they say counts as changes.

    `newest` says that no later upload was applied before: only then can an upload be news without its pharmacies'
    other lists being read.
    """

    def __init__(self, desk: Desk, upload: Upload, *, newest: bool = True, gaps: Gaps | None = None):
        self.desk, self.store = desk, desk.store
        self.gaps = gaps or Gaps()
        self.upload = upload
        self.newest = newest
        self.today = days.number_of(desk.today())
        self.max_age = desk.max_age_days
        # Only now: while the file was read another upload may have moved a pharmacy.
        self.region_of = desk.registers.region_of(self.store, self.store.versions())
        self.outcome = Outcome()
        self._before = Before(self.store)
        self._medians: dict[MarketKey, tuple[int, float | None]] = {}
        self._moved = pile_of_sellers(self.store)
        self._retold = False

    def take(self, quotes: Quotes) -> None:
        """Apply quotes (in order, agreeing), all there are in the upload of the pharmacies they speak of."""
        whole = self.gaps.whole(parts(quotes["key"])[0]) & (self.upload.mode == "full")
        for chosen, full in ((quotes[whole], True), (quotes[~whole], False)):
            if len(chosen):
                self._take(chosen, full=full)

    def _take(self, quotes: Quotes, *, full: bool) -> None:
        these = against(quotes, written.live(self.store, quotes, self.region_of), self._confirmed(quotes), full=full)
        these.quotes["held"] = self._suspicious(these)
        self._compare(these)
        self.outcome.newest_at = max(int(quotes["observed"].max()), self.outcome.newest_at or NEVER)
        late = late_pairs(these) if self.newest else np.unique(pair_of(quotes["key"]))
        news = np.setdiff1d(these.pairs, late)
        if len(news):
            self._news(these.of(news) if len(late) else these)
        # Only now: while lists are packed a server takes in the history and offers of what is news.
        written.keep_lists(self.store, these, self.region_of, self.upload.id)
        for one in late.tolist():
            self._late(these.of(np.array([one])))

    def refresh(self, version: int, told: Callable[[int, int], None]) -> None:
        """Bring markets, statistics and flags in line with what was applied."""
        self.store.touch_prices_of_upload(version, self.upload.id, self.upload.about_id)
        if self._retold:
            self.store.put_meta(past_version=version)
        with self._moved as moved:
            if moved.rows:
                refresh = Refresh(self.store, version=version, today=days.day_of(self.today), told=told)
                refresh.changed(heaps_of(moved))
                follow(self.desk, refresh.flags_moved)

    def _follow(self, quotes: Quotes) -> None:
        """Let markets follow offers as they are now, 0 fen for those that are gone."""
        rows = np.zeros(len(quotes), ROW)
        rows["pharmacy"], rows["drug"], rows["kind"] = parts(quotes["key"])
        rows["region"] = written.regions(rows["pharmacy"], self.region_of)
        for name in ("fen", "observed", "stock", "held"):
            rows[name] = quotes[name]
        self._moved.add(rows)
        self.outcome.moved += len(rows)

    def _confirmed(self, quotes: Quotes) -> dict[int, int]:
        """Return the second of the last full list of the pharmacies that `quotes` speak of, by pair."""
        pharmacies = np.unique(parts(quotes["key"])[0]).tolist()
        return written.confirmed(self.store, pharmacies, self.region_of)

    def _suspicious(self, these: Against) -> np.ndarray:
        """Say which quotes are far from what others ask, and are neither live nor confirmed by a person."""
        quotes = these.quotes
        other = ~these.known | (quotes["fen"] != these.was["fen"])
        found = np.zeros(len(quotes), bool)
        found[other] = suspicious(quotes["fen"][other], *self._usual(quotes["key"][other]))
        for at in np.flatnonzero(found).tolist():
            pharmacy, drug, kind = map(int, parts(quotes["key"][at]))
            found[at] = (drug, int(quotes["fen"][at])) not in self.store.vouched(pharmacy, KINDS[kind])
        return found

    def _usual(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (how many, median) of the market each key belongs to, as it was before this upload; nan for none."""
        pharmacies, drugs, kinds = parts(keys)
        # A region in the place of a pharmacy: one number for a market sorts twenty times as fast as three.
        each, back = np.unique(
            offer_key(written.regions(pharmacies, self.region_of), drugs, kinds), return_inverse=True
        )
        columns = (column.tolist() for column in parts(each))
        named = [MarketKey(region, drug, KINDS[kind]) for region, drug, kind in zip(*columns, strict=True)]
        new = [key for key in named if key not in self._medians and not self._before.is_bare(key.region_id)]
        self._medians.update(zip(new, self.store.medians_of(new), strict=True))
        found = (self._medians.get(key, NO_MARKET) for key in named)
        pairs = np.array([(n, np.nan if middle is None else middle) for n, middle in found])
        pairs = pairs.reshape(-1, 2)
        return pairs[back, 0], pairs[back, 1]

    def _compare(self, these: Against) -> None:
        quotes, known = these.quotes, these.known.copy()
        known[:-1] &= quotes["key"][1:] != quotes["key"][:-1]
        self.outcome.ratios.append((quotes["fen"][known] / these.was["fen"][known]).astype(np.float32))

    def _news(self, these: Against) -> None:
        """Apply quotes that are all newer than what was known."""
        found: Intake = intake(these, today=self.today, max_age=self.max_age)
        written.write(self.store, found, self.region_of, self.upload.id)
        confirmed = written.keep_runs(self.store, these, self.region_of, max_age=self.max_age)
        written.keep_effects(self.store, these, found, self.upload.id)
        self.outcome.count(
            added=found.added,
            changed=found.changed,
            unchanged=found.unchanged,
            gone=len(found.gone),
            held=int((found.offers["held"] > 0).sum()),
            confirmed=confirmed,
        )
        gone = found.gone.copy()
        gone["fen"] = 0
        self._follow(np.concatenate([found.offers, gone, found.fresher]))

    def retell(
        self, pair: int, drugs: np.ndarray, *, whole: bool, taken_back: Said | None = None
    ) -> tuple[Retelling, Told]:
        """Tell one pharmacy's prices of one kind again from the lists that count: `drugs`, or the `whole` list."""
        self._retold = True
        again = Retelling(self.store, pair, self.region_of, max_age=self.max_age)
        told = again.tell(self.upload.id, drugs, whole=whole, taken_back=taken_back)
        self.outcome.rewritten |= told.rewritten
        counts = {"added": told.count(NEW), "changed": told.count(CHANGED), "gone": told.count(GONE)}
        held = int(((told.effects["held"] > 0) & (told.effects["what"] != LATE)).sum())
        self.outcome.count(**counts, held=held, confirmed=int(told.confirmed))
        self._follow(told.moved)
        return again, told

    def _late(self, these: Against) -> None:
        """Tell one pharmacy's prices of one kind again, since the upload says something about its past."""
        quotes = these.quotes
        drugs = parts(quotes["key"])[1]
        again, told = self.retell(int(these.pairs[0]), np.unique(drugs), whole=these.full)
        presents = np.append(drugs[1:] != drugs[:-1], True) & np.isin(drugs, told.priced)
        late = len(again.unheard(quotes[late_quotes(these) & ~presents], self.upload.id))
        self.outcome.count(late=late, unchanged=len(quotes) - len(told.priced) - late)
