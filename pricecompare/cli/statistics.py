"""The command that tells what a drug usually costs: statistics."""

from collections.abc import Sequence
from typing import Any

import click

from pricecompare.cli.questions import DAY, KIND, day_of
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.services.opening import opened
from pricecompare.services.statistics import standing
from pricecompare.services.statistics.trend import USUAL_MONTHS

NUMBERS = ("n", "mean", "median", "mad", "q1", "q3", "low", "high")
SPARKS = "▁▂▃▄▅▆▇█"
WIDEST = 40
"""Blocks of the longest bar."""


@click.command()
@click.argument("drug")
@click.option("--region", required=True, help="Six digits of a pooling region or of one of its parts.")
@KIND
@click.option("--as-of", type=DAY, callback=day_of, help="The end of a day of the past.")
@click.option("--months", type=int, default=USUAL_MONTHS, show_default=True, help="Months of trend; 0 for none.")
@click.option("--by-district", is_flag=True, help="Also tell each district.")
@wants_json
@click.pass_obj
def statistics(settings: dict[str, Any], drug: str, json: bool, **question: Any) -> None:
    """Show what DRUG (a national code) usually costs in a pooling region."""
    answer = standing.statistics(opened(settings), drug, **question)
    if json:
        return as_json(answer)
    said(f"{answer['drug']['name']} {answer['drug']['spec']} {answer['drug']['maker']}")
    said(f"{answer['text_zh']}\n{answer['text_en']}")
    if (paid := answer["standard"]) is not None:
        said(f"Insurance pays {paid['price']} at most ({paid['basis']}); the patient pays the excess.")
    table(NUMBERS, [[answer[name] for name in NUMBERS]], numbers=NUMBERS)
    said(f"{answer['sellers']} of {answer['pharmacies']} pharmacies sell it")
    _show_bins(answer["histogram"])
    _show_trend(answer["trend"])
    if answer["districts"]:
        columns = ("n", "median", "q1", "q3", "low", "high")
        rows = [[*(one[name] for name in columns), one["district"]["name"]] for one in answer["districts"]]
        table([*columns, "district"], rows, numbers=columns)


def _show_bins(bins: Sequence[dict[str, Any]]) -> None:
    """Print a histogram as bars."""
    most = max((one["n"] for one in bins), default=0)
    rows = [(one["lower"], one["upper"], one["n"], bar(one["n"], most)) for one in bins]
    if rows:
        table(("from", "below", "prices", ""), rows, numbers=("from", "below", "prices"))


def bar(n: int, most: int) -> str:
    """Return a bar for `n` of at most `most`; whatever is not nothing can be seen.

    >>> bar(0, 80), bar(1, 80), bar(8, 80)
    ('', '█', '████')
    """
    return "█" * max(round(n / most * WIDEST), 1) if n else ""


def _show_trend(trend: dict[str, Any] | None) -> None:
    """Print how the median moved as a line of small bars."""
    if trend is None or all(one["median_fen"] is None for one in trend["points"]):
        return
    first, *_, last = trend["points"]
    moved = "" if trend["percent"] is None else f" {trend['percent']:+.1f} %"
    told = [one["median"] or "–" for one in (first, last)]
    said(f"median {first['day']} {told[0]} {spark([one['median_fen'] for one in trend['points']])} {told[1]}{moved}")


def spark(values: Sequence[float | None]) -> str:
    """Return values as bars between the lowest and the highest, a blank where there is none.

    >>> spark([100, None, 150, 200]), spark([100, 100])
    ('▁ ▅█', '▁▁')
    """
    known = [value for value in values if value is not None]
    low, width = min(known), max(known) - min(known)
    places = (None if one is None else round((one - low) / width * (len(SPARKS) - 1)) if width else 0 for one in values)
    return "".join(" " if place is None else SPARKS[place] for place in places)
