"""The worked example of docs/layouts.md against the real files: fuel, not drugs; skipped where they are absent."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from pricecompare.files.read import table
from pricecompare.files.write import table_lines
from pricecompare.schemas.checking import Check
from pricecompare.schemas.layouts import layout
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked, refused_rows
from tests.conftest import SHARED

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"
REAL = SHARED / "data" / "it_fuel"
REGISTRY, PRICES = REAL / "anagrafica_impianti_attivi_2026-08-21.csv", REAL / "prezzo_alle_8_2026-08-21.csv"

real = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"{REAL} is absent: the real tables come with the shared folder beside the checkout"
)


def example(name):
    return layout((EXAMPLES / f"italy-{name}.toml").read_text("utf-8"))


def taken(name, path):
    """Return the check of a file, its rows as taken, and the rows refused."""
    one = example(name)
    found = table(path, layout=one)
    check = Check(ROWS[one.what](), found.columns, {}, one)
    rows = dict(checked(check, found.rows))
    again = table(path, layout=one)
    refused = list(refused_rows(check, again.rows))
    assert len(rows) + len(refused) + check.filtered == check.rows
    return check, rows, refused, b"".join(table_lines(again.columns, refused, again.form, layout=one))


def found(check):
    return Counter((one.severity, one.code, one.column) for one in check.findings)


def test_the_examples_agree_with_each_other():
    assert example("regions").values["code"] == example("registry").values["region"]
    codes = example("drugs").values["code"]
    assert codes == example("prices").values["drug"] and len(set(codes.values())) == len(codes)


@real
@pytest.mark.parametrize(("name", "distinct"), [("registry", 23_963), ("regions", 107)])
def test_extra_separators_of_the_registry_are_repaired_or_refused_row_by_row(name, distinct):
    check, rows, refused, back = taken(name, REGISTRY)
    assert (check.rows, len(rows), len(set(map(tuple, rows.values())))) == (23_973, 23_963, distinct)
    assert found(check) == {
        ("warning", "surplus_joined", "Nome Impianto"): 102,
        ("error", "too_many_cells", ""): 10,
    }
    # In all ten the separator stands in two names, of which one could be anywhere.
    assert [len(cells) for _, cells, _ in refused] == [12] * 10
    assert back.decode().split("\r\n")[0] == "Estrazione del 2026-08-21"
    if name == "registry":
        joined = [one.row for one in check.findings if one.code == "surplus_joined"]
        assert all(rows[row][1].endswith("| gestori.prezzibenzina.it") for row in joined)


@real
def test_every_price_is_read_exactly():
    check, rows, refused, _ = taken("prices", PRICES)
    assert (check.rows, len(rows), refused, check.findings) == (92_812, 92_812, [], [])
    plain = [line.split("|") for line in PRICES.read_text("ascii").splitlines()[2:]]
    assert [row[3] for row in rows.values()] == [int(price.replace(".", "")) for _, _, price, _, _ in plain]
    assert [row[0] for row in rows.values()] == [f"P99000{int(station):06d}" for station, *_ in plain]
    seen = [
        datetime.strptime(f"{at} +0200", "%d/%m/%Y %H:%M:%S %z").timestamp() for *_, at in plain if "/08/2026" in at
    ]
    assert [row[4] for row, (*_, at) in zip(rows.values(), plain, strict=True) if "/08/2026" in at] == seen
    products = {(fuel.lower(), served) for _, fuel, _, served, _ in plain}
    assert len({row[1] for row in rows.values()}) == len(products)


@real
def test_every_product_of_the_price_file_is_a_drug_once():
    check, rows, _, _ = taken("drugs", PRICES)
    assert (len(rows), check.findings) == (92_812, [])
    by_code = {row[0]: tuple(row) for row in rows.values()}
    assert set(by_code.values()) == set(map(tuple, rows.values()))
    prices = {row[1] for row in taken("prices", PRICES)[1].values()}
    assert prices == by_code.keys()
