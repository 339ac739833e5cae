"""A pharmacy's index as the command line tells it to a person."""

from collections import Counter
from typing import Any

from pricecompare.cli.tables import said, table

LEFT_OUT = {"few_sellers": "that too few others sold", "gross_error": "with a price out of all proportion"}
SAID = ("says", "why", "no_rank", "assortment", "methods", "volume_audit")


def explained(answer: dict[str, Any], most: int) -> None:
    """Print one pharmacy's index, what it means and rests on, and the drugs that move it most."""
    method, run = answer["method"], answer["run"]
    index = "no index" if answer["index"] is None else rounded(answer["index"])
    said(f"{answer['pharmacy']['name']}, {answer['period']}: {index} ({answer['status']}); 100 is the region's average")
    for one in filter(None, map(answer.get, SAID)):
        said(f"{one['text_en']}\n{one['text_zh']}")
    published = "sales as they stand" if run is None else f"published in run {run['id']}"
    said(f"method {method['id']} v{method['version']} {method['reference'] or ''}".rstrip() + f", {published}")
    said(
        f"{answer['n_items']} drugs compared, which count as {answer['n_eff']:.1f} of equal weight; "
        f"{answer['coverage']:.0%} of the turnover{_left_out(answer['not_compared'])}"
    )
    if answer["index"] is not None:
        _sure(answer)
    _parts(answer, most)


def _sure(answer: dict[str, Any]) -> None:
    """Print how sure an index is, and what other methods say."""
    interval = "not known" if answer["low"] is None else f"{rounded(answer['low'])} to {rounded(answer['high'])}"
    rank = f"; rank {answer['rank']} of {answer['ranked']}, 1 is the dearest" if answer["rank"] else ""
    said(f"95 % interval {interval}{rank}")
    if answer["beside"]:
        said("by other methods:")
    for one in answer["beside"]:
        level = one["id"] == "cpd_weighted" and answer["level_low"] is not None
        ends = f" ({rounded(answer['level_low'])} to {rounded(answer['level_high'])})" if level else ""
        said(f"  {rounded(one['index']):>7}  {one['title_en']}{ends}")


def _left_out(drugs: list[dict[str, Any]]) -> str:
    """Return what was not compared, by reason."""
    counts = Counter(one["why"] for one in drugs)
    told = [f"{counts[why]} {words}" for why, words in LEFT_OUT.items() if counts[why]]
    return f"; not compared: {' and '.join(told)}" if told else ""


def _parts(answer: dict[str, Any], most: int) -> None:
    parts = answer["contributions"]
    if not parts:
        return
    columns = ("paid", "region", "weight", "adds", "drug")
    table(columns, map(_part, parts[:most]), numbers=columns[:4])
    rest = sum(part["contribution"] for part in parts[most:])
    said(f"{len(parts[most:])} more drugs add {rest:+.2f}; 100 and all of them make {rounded(answer['index'])}")


def _part(one: dict[str, Any]) -> tuple:
    share = (f"{one['weight']:.1%}", f"{one['contribution']:+.2f}")
    return one["unit_value"], one["reference_price"], *share, one["drug"]["name"]


def rounded(value: float | None) -> str | None:
    """Return a number with two decimals."""
    return None if value is None else f"{value:.2f}"
