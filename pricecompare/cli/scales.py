"""Tables of offers on the scale of one pack."""

from typing import Any

from pricecompare.cli.tables import said, table


def compared(answer: dict[str, Any]) -> None:
    """Print offers across packs and makers."""
    grouped(answer)
    columns = ("on scale", "price", "K", "each", "pack", "km", "age", "mark", "maker", "pharmacy")
    table(columns, map(_offer, answer["items"]), numbers=columns[:7])
    said(f"{len(answer['items'])} of {answer['total']} offers of {answer['drugs']} drugs")


def grouped(answer: dict[str, Any]) -> None:
    """Print why a drug is compared with nothing else, and which drugs have no scale in common with it."""
    if answer["alone"]:
        said(f"Compared with itself alone: {answer['alone']['en']}")
    for one in answer["apart"]:
        said(f"Not compared: {one['drug']['code']} {one['drug']['spec']}: {one['en']}")


def pack(drug: dict[str, Any]) -> str:
    """Return a pack as people write it."""
    return f"{drug['spec']}×{drug['pack_count'] or '?'}{drug['unit']}"


def kilometres(offer: dict[str, Any]) -> str | None:
    """Return how far an offer is, where that is known."""
    return None if offer["distance_m"] is None else f"{offer['distance_m'] / 1000:.2f}"


def _offer(one: dict[str, Any]) -> tuple:
    mark = "stale" if one["stale"] else one["flag"]
    scaled = (one["normalised"], one["price"], f"{one['k']:.4f}", one["unit_price"], pack(one["drug"]))
    return *scaled, kilometres(one), f"{one['age_days']} d", mark, one["drug"]["maker"], one["pharmacy"]["name"]
