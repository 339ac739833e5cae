"""A small picture of local prices with one of them marked, as SVG: no script, no font of its own, readable aloud."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from xml.sax.saxutils import escape

from pricecompare.calc.money import yuan

WIDTH, HEIGHT = 480, 120
EDGE, LINE, LARGEST = 24, 66, 9.0
"""Room at the sides, where the strip lies, and the radius of the price that most pharmacies ask."""

COLOURS = {"other": "#5b7083", "this": "#c62828", "median": "#1b5e20", "mean": "#6a1b9a", "axis": "#b0bec5"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Where prices stand from left to right: logarithms, so that as many times dearer is as far everywhere."""

    low: float
    high: float

    def at(self, fen: float) -> float:
        """Return how far from the left a price stands."""
        if self.high == self.low:
            return WIDTH / 2
        share = (log(fen) - log(self.low)) / (log(self.high) - log(self.low))
        return EDGE + share * (WIDTH - 2 * EDGE)


def strip(
    others: Sequence[float], this: int, *, median: float | None, mean: float | None, title: str, words: tuple[str, ...]
) -> str:
    """Return an SVG of the prices `others` (fen, any order, one for each pharmacy) with the price `this` marked.

    One dot stands for a price, its area for how many ask it. `title` is read aloud; `words` are what this price, the
    median and the mean are called.
    """
    named = [(median, "median", 42), (mean, "mean", 28)]
    known = [*others, this, *(fen for fen, *_ in named if fen is not None)]
    scale = Scale(min(known), max(known))
    parts = [
        f'<line x1="{EDGE}" y1="{LINE}" x2="{WIDTH - EDGE}" y2="{LINE}" stroke="{COLOURS["axis"]}"/>',
        *_dots(others, scale),
        *(
            part
            for word, (fen, colour, below) in zip(words[1:], named, strict=True)
            if fen is not None
            for part in _rule(scale.at(fen), COLOURS[colour], f"{word} {yuan(fen)}", y=LINE + below)
        ),
        _dot(scale.at(this), 6, COLOURS["this"], f"{words[0]} {yuan(this)}"),
        _text(scale.at(this), LINE - 18, COLOURS["this"], f"{words[0]} {yuan(this)}", bold=True),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" width="{WIDTH}">'
    return f"{head}<title>{escape(title)}</title>{''.join(parts)}</svg>"


def _dots(others: Sequence[float], scale: Scale) -> Iterable[str]:
    """Yield a dot for each price that somebody asks, the dearest last."""
    counts = Counter(others)
    most = max(counts.values(), default=1)
    for fen, count in sorted(counts.items()):
        yield _dot(scale.at(fen), max(1.5, LARGEST * sqrt(count / most)), COLOURS["other"], f"{yuan(fen)} × {count}")


def _dot(x: float, radius: float, colour: str, said: str) -> str:
    opacity = "1" if colour == COLOURS["this"] else "0.5"
    shape = f'cx="{x:.1f}" cy="{LINE}" r="{radius:.1f}" fill="{colour}" fill-opacity="{opacity}"'
    return f"<circle {shape}><title>{escape(said)}</title></circle>"


def _rule(x: float, colour: str, said: str, *, y: int) -> Iterable[str]:
    """Yield a line across the strip and what it means."""
    yield f'<line x1="{x:.1f}" y1="{LINE - 14}" x2="{x:.1f}" y2="{y - 9}" stroke="{colour}" stroke-width="1.5"/>'
    yield _text(x, y, colour, said)


def _text(x: float, y: int, colour: str, said: str, *, bold: bool = False) -> str:
    """Return a text that stays inside the picture."""
    anchor = "start" if x < WIDTH / 3 else "end" if x > 2 * WIDTH / 3 else "middle"
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:.1f}" y="{y}" text-anchor="{anchor}"'
    return f'<text {place} font-size="12" font-family="sans-serif" fill="{colour}"{weight}>{escape(said)}</text>'
