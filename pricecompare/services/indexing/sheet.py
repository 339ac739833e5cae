"""A pharmacy's index as a table to be checked in a spreadsheet: every number of the formula, and the formula."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pricecompare.services.desk import Desk
from pricecompare.services.indexing import index

COLUMNS = (
    "drug_code", "drug_name", "spec", "maker", "compared", "quantity", "amount", "unit_value", "reference_price",
    "cost_at_reference", "weight", "ratio", "contribution",
)  # fmt: skip
FORMULAS = (
    ("formula", "index = 100 × Σ amount ÷ Σ (quantity × reference_price), over the rows with compared = yes"),
    ("公式", "指数 = 100 × 实收金额合计 ÷ Σ（数量 × 全区参考价），仅计 compared = yes 的行"),
    ("cost_at_reference", "quantity × reference_price"),
    ("weight", "cost_at_reference ÷ Σ cost_at_reference"),
    ("ratio", "unit_value ÷ reference_price"),
    ("contribution", "100 × weight × (ratio − 1); all of them add up to index − 100"),
)


class Sheet(NamedTuple):
    """A table: what a file of it is called, its first line, and the others."""

    name: str
    first: list[str]
    rows: Iterator[list[object]]


def sheet(desk: Desk, code: str, **question: Any) -> Sheet:
    """Return the table of a pharmacy: what it is about, the formula, and one row for each drug.

    Amounts and prices are in yuan, reference prices with all their decimals, so that the index comes out again.
    """
    told = index.of_pharmacy(desk, code, **question)
    name = f"指数-{told['pharmacy']['code']}-{told['period'].replace('/', '-')}.csv"
    return Sheet(name, ["pharmacy", told["pharmacy"]["code"], told["pharmacy"]["name"]], _rows(told))


def _rows(told: dict[str, Any]) -> Iterator[list[object]]:
    method, run = told["method"], told["run"]
    yield ["region", told["region"]["code"], told["region"]["name"]]
    yield ["period", told["period"], told["months"]["from"], told["months"]["until"]]
    yield ["method", f"{method['id']} v{method['version']}", method["reference"], told["compare"]]
    yield ["run", "" if run is None else run["id"]]
    yield ["status", told["status"]]
    yield ["index", told["index"]]
    for one in told["beside"]:
        yield ["beside", f"{one['id']} v{one['version']}", one["index"], one["title_zh"], one["title_en"]]
    yield from map(list, FORMULAS)
    yield []
    yield list(COLUMNS)
    for part in told["contributions"]:
        yield _row(part, "yes")
    for part in told["not_compared"]:
        yield _row(part, part["why"])


def _row(part: dict[str, Any], compared: str) -> list[object]:
    drug, reference = part["drug"], part.get("reference_price_fen")
    price = None if reference is None else reference / 100
    cost = None if price is None else part["quantity"] * price
    sold = [part["quantity"], part["amount"], part["unit_value_fen"] / 100]
    return [
        *(drug[name] for name in ("code", "name", "spec", "maker")),
        compared,
        *sold,
        price,
        cost,
        *(part.get(name) for name in ("weight", "ratio", "contribution")),
    ]
