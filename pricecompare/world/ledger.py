"""What one pharmacy reports: its price lists with their faults, and its monthly sales."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from pricecompare.models import KINDS, STOCKS, Pharmacy
from pricecompare.world.faults import LABELS, OVERPRICED, STALE, Faults, faults
from pricecompare.world.market import Floats, Ints, Market, Marks, price_lists, usual_ending

LISTED, INSURED, ONLINE = (KINDS.index(kind) for kind in ("listed", "insured", "online"))

_STOCK_BOUNDS = (0.05, 0.93)  # below: unknown; between: in; above: out
_STOCK_ORDER = np.array([STOCKS.index(stock) for stock in ("unknown", "in", "out")])


class Calendar(NamedTuple):
    """The months of a world, the first first, each with the last day on which its list may be observed."""

    last_days: tuple[date, ...]
    reported: int  # the last so many months are reported in full; older lists only leave stale prices behind

    @property
    def lists(self) -> int:
        """How many lists there are."""
        return len(self.last_days)

    @property
    def months(self) -> range:
        """The positions of the months that are reported in full."""
        return range(self.lists - self.reported, self.lists)


class PriceList(NamedTuple):
    """One upload of a pharmacy: when it was observed, and parallel arrays of drug, kind, fen and stock positions."""

    observed_at: str
    drugs: Ints
    kinds: Ints
    fen: Ints
    stocks: Ints


class MonthSales(NamedTuple):
    """One month of a pharmacy: parallel arrays of drug position, packs and fen; negative where more came back."""

    month: str
    drugs: Ints
    packs: Ints
    fen: Ints


class Label(NamedTuple):
    """A planted fault: the drug's position, the kind of price, the row it stands in, what it is, its factor."""

    drug: int
    kind: str
    observed_at: str
    label: str
    factor: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything one pharmacy reports."""

    pharmacy: Pharmacy
    lists: tuple[PriceList, ...]
    sales: tuple[MonthSales, ...]
    labels: tuple[Label, ...]


class Offers(NamedTuple):
    """What a pharmacy offers: drug and kind of each offer, and its right fen by list and offer."""

    drugs: Ints
    kinds: Ints
    fen: Ints


def calendar(until: date, months: int) -> Calendar:
    """Return the last `months` months up to `until`, and at least the three that a stale price needs."""
    last_days = [until]
    while len(last_days) < max(months, 3):
        last_days.append(last_days[-1].replace(day=1) - timedelta(days=1))
    return Calendar(tuple(reversed(last_days)), months)


def ledger(
    rng: np.random.Generator,
    pharmacy: Pharmacy,
    market: Market,
    *,
    dates: Calendar,
    level: float,
    chain_lists: Ints | None,
    online: bool,
    other_pack: Floats,
) -> Ledger:
    """Return what a pharmacy reports; `level` is its region's, `chain_lists` its chain's central fen if it has one."""
    size = float(np.exp(0.5 * rng.standard_normal()))
    offers = _offers(rng, market, dates=dates, level=level, size=size, chain_lists=chain_lists, online=online)
    market_fen = market.price[offers.drugs]
    planted = faults(rng, fen=offers.fen[-1], market_fen=market_fen, other_pack=other_pack[offers.drugs])
    observed = tuple(_observed_at(rng, last_day) for last_day in dates.last_days)
    return Ledger(
        pharmacy,
        tuple(_price_list(rng, offers, planted, dates, at=at, observed=observed) for at in range(dates.lists)),
        _sales(rng, offers, planted, market, dates=dates, size=size),
        tuple(_labels(offers, planted, observed)),
    )


def _offers(
    rng: np.random.Generator,
    market: Market,
    *,
    dates: Calendar,
    level: float,
    size: float,
    chain_lists: Ints | None,
    online: bool,
) -> Offers:
    own = price_lists(rng, market, lists=dates.lists, level=level + 0.05 * rng.standard_normal())
    follows = rng.random(len(market.price)) < 0.9
    fen = own if chain_lists is None else np.where(follows, chain_lists, own)
    stocked = rng.random(len(market.price)) < np.clip(_assortment(size) * market.popularity, 0.03, 0.97)
    drugs = np.flatnonzero(stocked)
    parts = [
        Offers(drugs, np.full(len(drugs), LISTED), fen[:, drugs]),
        _beside(rng, INSURED, drugs, fen, share=0.1, low=0.9, high=1.0),
        _beside(rng, ONLINE, drugs, fen, share=0.6 if online else 0.0, low=0.95, high=1.08),
    ]
    return Offers(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True)))


def _assortment(size: float) -> float:
    """Return the share of all drugs a pharmacy of this size (1 in the middle) keeps: 36 to 62 %."""
    return min(0.36 + 0.06 * size, 0.62)


def _beside(
    rng: np.random.Generator, kind: int, drugs: Ints, fen: Ints, *, share: float, low: float, high: float
) -> Offers:
    """Return offers of another kind for a share of the drugs, some at the listed price, others at a factor of it."""
    chosen = drugs[rng.random(len(drugs)) < share]
    same, factor = rng.random((2, len(chosen)))
    factors = np.where(same < 0.4, 1.0, low + (high - low) * factor)
    return Offers(chosen, np.full(len(chosen), kind), usual_ending(fen[:, chosen] * factors))


def _observed_at(rng: np.random.Generator, last_day: date) -> str:
    """Return a time of business in the last week up to `last_day`, with China's offset."""
    back, hour, minute = rng.random(3)
    day = last_day - timedelta(days=int(back * min(7, last_day.day)))
    return f"{day}T{8 + int(hour * 13):02d}:{int(minute * 60):02d}:00+08:00"


def _price_list(
    rng: np.random.Generator, offers: Offers, planted: Faults, dates: Calendar, *, at: int, observed: tuple[str, ...]
) -> PriceList:
    stale = _marked(planted, offers, STALE)
    reported = np.full(len(stale), at in dates.months)
    # A stale price was last seen in the third list from the end.
    kept = np.flatnonzero(reported | stale if at == dates.lists - 3 else reported & ~(stale & (at >= dates.lists - 2)))
    fen = offers.fen[at].copy()
    if at == dates.lists - 1:
        fen[planted.places] = planted.fen
    stocks = _STOCK_ORDER[np.searchsorted(_STOCK_BOUNDS, rng.random(len(kept)), side="right")]
    return PriceList(observed[at], offers.drugs[kept], offers.kinds[kept], fen[kept], stocks)


def _marked(planted: Faults, offers: Offers, label: str) -> Marks:
    """Return which offers have this fault."""
    marks = np.zeros(len(offers.drugs), dtype=np.bool_)
    marks[planted.places[planted.labels == LABELS.index(label)]] = True
    return marks


def _labels(offers: Offers, planted: Faults, observed: tuple[str, ...]) -> list[Label]:
    return [
        Label(
            int(offers.drugs[place]),
            KINDS[offers.kinds[place]],
            observed[-3] if LABELS[label] == STALE else observed[-1],
            LABELS[label],
            float(factor),
        )
        for place, label, factor in zip(planted.places, planted.labels, planted.factors, strict=True)
    ]


def _sales(
    rng: np.random.Generator, offers: Offers, planted: Faults, market: Market, *, dates: Calendar, size: float
) -> tuple[MonthSales, ...]:
    listed = offers.kinds == LISTED
    drugs = offers.drugs[listed]
    paid = _paid(offers, planted, len(market.price))[:, drugs]
    likely = 0.36 * market.popularity[drugs] * market.sold[drugs]
    before = np.zeros(len(drugs), dtype=np.bool_)
    months = []
    for at in dates.months:
        packs = _packs(rng, likely, before, size)
        fen = np.floor(packs * paid[at] * (1 - 0.03 * rng.random(len(drugs))) + 0.5).astype(np.int64)
        some, before = packs != 0, packs > 0
        months.append(MonthSales(f"{dates.last_days[at]:%Y-%m}", drugs[some], packs[some], fen[some]))
    return tuple(months)


def _paid(offers: Offers, planted: Faults, drugs: int) -> Ints:
    """Return what customers pay by list and drug: the insured price where there is one; only overpricing is real."""
    fen = offers.fen.copy()
    real = planted.labels == LABELS.index(OVERPRICED)
    fen[-1, planted.places[real]] = planted.fen[real]
    paid = np.zeros((len(fen), drugs), dtype=np.int64)
    for kind in (LISTED, INSURED):
        paid[:, offers.drugs[offers.kinds == kind]] = fen[:, offers.kinds == kind]
    return paid


def _packs(rng: np.random.Generator, likely: Floats, before: Marks, size: float) -> Ints:
    """Return packs sold in a month, skewed; a few drugs sold the month before only come back."""
    sells, returns = rng.random((2, len(likely)))
    quantity = np.floor(1 + size * np.exp(0.8 + rng.standard_normal(len(likely)))).astype(np.int64)
    return np.where(sells < likely, quantity, np.where(before & (returns < 0.02), -1, 0))
