"""Layouts for tests, and what a check makes of rows under one."""

from pricecompare.schemas.checking import Check
from pricecompare.schemas.layouts import layout
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked

DRUG, PHARMACY = "XJ01CAA501A001010190008", "P99010200001"
HEADER = ("pharmacy_code", "drug_code", "price", "observed_at", "stock")
TITLE = 'title = { zh = "甲", en = "A" }\n'


def laid_out(text, what="prices"):
    return layout(f'name = "x"\nversion = 1\nwhat = "{what}"\n{TITLE}{text}\n')


def looked_at(one, header, *rows, declared=None):
    """Return the values of rows by name, and (row, column, severity, code) of what was found in them."""
    check = Check(ROWS[one.what](), header, declared or {}, one)
    taken = [dict(zip(check.names, values, strict=True)) for _, values in checked(check, iter(enumerate(rows, 2)))]
    assert check.rows == len(rows) == len(taken) + check.refused + check.filtered
    return taken, [(found.row, found.column, found.severity, found.code) for found in check.findings]
