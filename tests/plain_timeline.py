"""What held when, said plainly and slowly: one drug, one instant, one word after the other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

CHINA, DAY = 8 * 3600, 86_400


class Quote(NamedTuple):
    """One statement, as timeline.SAID."""

    drug: int
    fen: int
    observed: int
    stock: int = 0
    held: int = 0


class PlainList(NamedTuple):
    """What one upload says of one pharmacy and kind; `full_at` dates a whole list."""

    upload: int
    full_at: int | None
    quotes: Sequence[Quote]


class Word(NamedTuple):
    """What one upload says of one drug as of one instant; 0 fen: it is not on the list. `stated` by itself."""

    upload: int
    fen: int
    stock: int
    held: int
    stated: bool


@dataclass
class Price:
    """A price from when it begins to hold: whether it came as suspicious, and which uploads stated it."""

    fen: int
    came_held: bool = False
    uploads: set[int] = field(default_factory=set)

    @property
    def held(self) -> int:
        return int(self.came_held and len(self.uploads) == 1)


@dataclass
class Plain:
    """Steps (drug, since, fen, seen_before, held, upload), offers (drug, fen, observed, stock, held), and runs."""

    steps: list[tuple[int, ...]] = field(default_factory=list)
    offers: list[tuple[int, ...]] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)


def plain_timeline(lists: Iterable[PlainList], *, max_age: int, vouched: Collection[tuple[int, int]] = ()) -> Plain:
    """Return what lists, in the order of uploads, come to."""
    lists, found = list(lists), Plain()
    for drug in sorted({quote.drug for one in lists for quote in one.quotes}):
        tell(found, drug, words_about(drug, lists), max_age, {fen for about, fen in vouched if about == drug})
    for instant in sorted({one.full_at for one in lists if one.full_at is not None}):
        if found.runs and day(instant) - day(found.runs[-1][1]) <= max_age:
            found.runs[-1] = (found.runs[-1][0], instant)
        else:
            found.runs.append((instant, instant))
    return found


def words_about(drug: int, lists: list[PlainList]) -> dict[int, list[Word]]:
    """Return what is said of a drug by instant, in the order of uploads."""
    words = defaultdict(list)
    for upload, full_at, quotes in lists:
        mine = sorted((quote for quote in quotes if quote.drug == drug), key=lambda quote: quote.observed)
        for _, fen, observed, stock, held in mine:
            words[observed].append(Word(upload, fen, stock, held, full_at is None))
        if full_at is not None and not mine:
            words[full_at].append(Word(upload, 0, 0, 0, False))
        elif full_at is not None and mine[-1].observed < full_at:
            words[full_at].append(Word(upload, mine[-1].fen, mine[-1].stock, mine[-1].held, False))
    return words


def tell(found: Plain, drug: int, words: dict[int, list[Word]], max_age: int, vouched: set[int]) -> None:
    """Add the steps of one drug, and what is asked in the end."""
    price, stock, seen = Price(0), 0, 0
    steps: list[tuple[int, Price, int, int]] = []
    for instant in sorted(words):
        agreeing = last_that_agree(words[instant])
        first, last = agreeing[0], agreeing[-1]
        if last.fen == price.fen == 0:
            continue
        before, altered = price, last.fen != price.fen or last.stock != stock
        if last.fen != price.fen:
            price = Price(last.fen, bool(first.held) and last.fen not in vouched)
            steps.append((instant, price, seen if before.fen else -1, first.upload))
        elif (altered or any(word.stated for word in agreeing)) and day(instant) - day(seen) > max_age:
            by = first if altered else next(word for word in agreeing if word.stated)
            steps.append((instant, price, seen, by.upload))
        price.uploads |= {word.upload for word in agreeing}
        if altered or any(word.stated for word in agreeing):
            seen = instant
        stock = last.stock
    found.steps += [(drug, since, step.fen, before, step.held, upload) for since, step, before, upload in steps]
    if price.fen:
        found.offers.append((drug, price.fen, seen, stock, price.held))


def last_that_agree(words: list[Word]) -> list[Word]:
    """Return the last word about an instant, after those just before it that give the same price."""
    start = max((at + 1 for at, word in enumerate(words) if word.fen != words[-1].fen), default=0)
    return words[start:]


def day(second: int) -> int:
    """Return the number of a day in China."""
    return (second + CHINA) // DAY
