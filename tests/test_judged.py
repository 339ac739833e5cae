"""The first three finds of queries that people judged, over the real national names."""

import csv
import sys
from pathlib import Path

import pytest

from pricecompare.models import Drug
from pricecompare.services.searching.words import vocabulary

NAMES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "cn" / "nhsa_codes_names.csv"

QUERIES = [
    tuple(line.split(" → "))
    for line in Path(__file__).with_name("judged.txt").read_text("utf-8").splitlines()
    if " → " in line
]
LEAST = 0.97


@pytest.fixture(scope="module")
def words():
    if not NAMES.exists():
        pytest.skip(f"{NAMES.name} is absent: put the folder `shared` with the real data beside the checkout")
    with NAMES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    unknown = {"brand": "", "form": "", "spec": "", "pack_count": None, "unit": "", "pack_unit": "", "maker": ""}
    unknown |= dict.fromkeys(("approval_no", "standard_code", "barcode", "insurance_class", "prescription"), "")
    drugs = [Drug(id=at, code=row["nhsa_code"], name=row["generic_name"], **unknown) for at, row in enumerate(rows, 1)]
    return vocabulary(drugs)


def first_three(words, query):
    finds = words.lexicon.finds(query).heads(words.facets.products)
    return [words.lexicon.entries[position].name for position in finds.positions[:3]]


def test_enough_was_judged():
    assert len(dict(QUERIES)) == len(QUERIES) >= 150


def test_the_drug_is_among_the_first_three(words):
    failed = [
        f"{query!r} should find {drug}, finds {first_three(words, query)}"
        for query, drug in QUERIES
        if drug not in first_three(words, query)
    ]
    sys.stdout.write("\n".join([f"{len(QUERIES) - len(failed)} of {len(QUERIES)} judged queries pass", *failed, ""]))
    assert len(failed) <= (1 - LEAST) * len(QUERIES), failed
