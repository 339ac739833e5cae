"""What uploads and decisions come to, said plainly: everything that counts is replayed from the start, each time."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean, median
from typing import NamedTuple

from tests.plain_timeline import Plain, PlainList, Quote, day, plain_timeline


class Pair(NamedTuple):
    """A pharmacy and a kind of price: whose list it is."""

    shop: int
    kind: str


class Seller(NamedTuple):
    """Who asks what in one market, and when that was last seen: stated, or confirmed with the whole list."""

    shop: int
    fen: int
    observed: int
    stock: int
    held: int
    seen: int


@dataclass
class Came:
    """One upload: whether it counts, of which pharmacies its lists are whole, and what it says."""

    state: str
    whole: set[int]
    lists: dict[Pair, list[Quote]]


class PlainUploads:
    """Every upload there ever was, and the prices that people vouched for."""

    def __init__(self, *, now: int, max_age: int):
        self.now, self.max_age = now, max_age
        self.came: dict[int, Came] = {}
        self.vouched: dict[Pair, set[tuple[int, int]]] = defaultdict(set)

    def comes(self, upload: int, lists: dict[Pair, list[Quote]], *, whole: set[int], state: str) -> None:
        """An upload comes and counts, or is put aside."""
        counting = self.judged(lists) if state == "taken" else lists
        self.came[upload] = Came(state, whole, counting)

    def confirmed(self, upload: int) -> None:
        """One that was put aside counts: its prices are judged as of now."""
        came = self.came[upload]
        self.came[upload] = Came("taken", came.whole, self.judged(came.lists))

    def judged(self, lists: dict[Pair, list[Quote]]) -> dict[Pair, list[Quote]]:
        """Return lists with those prices held that are news and too far from what others ask."""
        markets = {place: self.figures(sellers) for place, sellers in self.markets().items()}
        found = {}
        for pair, quotes in lists.items():
            live = {offer[:2] for offer in self.line(pair).offers} | self.vouched[pair]
            found[pair] = [
                one._replace(
                    held=int((one.drug, one.fen) not in live and far(one.fen, markets.get((one.drug, pair.kind))))
                )
                for one in quotes
            ]
        return found

    def line(self, pair: Pair) -> Plain:
        """Return what held when of one pharmacy and kind."""
        lists = [
            PlainList(upload, max(one.observed for one in quotes) if pair.shop in came.whole else None, quotes)
            for upload, came in sorted(self.came.items())
            if came.state == "taken" and (quotes := came.lists.get(pair))
        ]
        return plain_timeline(lists, max_age=self.max_age, vouched=self.vouched[pair])

    def pairs(self) -> list[Pair]:
        return sorted({pair for came in self.came.values() for pair in came.lists})

    def offers(self) -> dict[tuple[Pair, int], tuple[int, int, int, int]]:
        """Return (fen, observed, stock, held) by pair and drug."""
        return {(pair, drug): tuple(offer) for pair in self.pairs() for drug, *offer in self.line(pair).offers}

    def markets(self) -> dict[tuple[int, str], list[Seller]]:
        """Return the sellers of each drug and kind, by pharmacy."""
        found = defaultdict(list)
        for pair in self.pairs():
            line = self.line(pair)
            last = line.runs[-1][1] if line.runs else 0
            for drug, fen, observed, stock, held in line.offers:
                found[drug, pair.kind].append(Seller(pair.shop, fen, observed, stock, held, max(observed, last)))
        return dict(found)

    def figures(self, sellers: list[Seller]) -> tuple:
        """Return n, mean, median, how many are stale, how many doubtful."""
        fresh = [one for one in sellers if day(one.seen) >= day(self.now) - self.max_age]
        sound = [one.fen for one in fresh if not one.held]
        middle = (fmean(sound), median(sound)) if sound else (None, None)
        return len(sound), *middle, len(sellers) - len(fresh), len(fresh) - len(sound)


def far(fen: int, figures: tuple | None) -> bool:
    """Say whether a price is over five times the median of at least three, or under a fifth of it."""
    if figures is None or figures[0] < 3:
        return False
    return fen > 5 * figures[2] or fen < figures[2] / 5
