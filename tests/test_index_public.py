"""What everybody is told of an index lets nobody work out what a pharmacy sold; what stands beside it is true."""

import csv
import io
from collections.abc import Iterator
from math import fsum
from typing import Any

import pytest

from pricecompare.services.cases.answering import answer_code
from pricecompare.services.indexing import index
from pricecompare.services.indexing.runs import Wish, decide, publish
from pricecompare.store import create_store
from tests.sold import CITY, HEADER, MONTH, SHOPS, WANG, sold
from tests.taken_up import KEY, served

API = "/api/v1"
CONFIDENTIAL = {
    "quantity", "amount", "turnover", "turnover_fen", "weight", "contribution", "contributions", "not_compared",
    "volume_index", "value_index", "region_volume_index", "volume_audit", "share_of_region", "unit_value",
    "reference_price", "cost", "index_loo", "drug", "rows",
}  # fmt: skip
PUBLIC = (
    f"{API}/pharmacies/{{shop}}/index?period={MONTH}",
    f"{API}/pharmacies/{{shop}}/index?period={MONTH}&compare=generic",
    f"{API}/pharmacies/{{shop}}/index?period={MONTH}&method=cpd_weighted",
    f"{API}/regions/{CITY}/indices?period={MONTH}",
    f"{API}/regions/{CITY}/index-map?period={MONTH}",
    f"{API}/index-runs",
    f"{API}/index-runs/1",
    f"{API}/index-runs/1/indices",
)
NOT_OF_SALES = {"data_version", "run_data_version", "inputs_sha256", "values_sha256"}


@pytest.fixture
def town(store, tmp_path):
    town = sold(store, tmp_path)
    decide(town.desk, publish(town.desk, Wish(CITY, MONTH), by=WANG).id, "confirm", by=WANG)
    return town


def leaves(told: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of an answer with its path."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from leaves(value, f"{path}.{name}")
    elif isinstance(told, list):
        for value in told:
            yield from leaves(value, path)
    else:
        yield path.lstrip("."), told


def asked(client) -> dict[str, Any]:
    """Return every public answer about indices."""
    addresses = {one.format(shop=shop) for one in PUBLIC for shop in SHOPS[:7]}
    found = {address: client.get(address) for address in sorted(addresses)}
    assert {address: one.status_code for address, one in found.items() if one.status_code != 200} == {}
    return {address: one.json for address, one in found.items()}


def test_no_public_answer_names_a_drug_or_a_volume_or_tells_more_than_two_decimals(url, town, tmp_path):
    with served(url, town, tmp_path) as app:
        for address, told in asked(app.test_client()).items():
            for path, value in leaves(told):
                names = set(path.split("."))
                assert not names & CONFIDENTIAL, (address, path)
                if isinstance(value, float) and "limits" not in names and "coordinates" not in names:
                    assert value == round(value, 2), (address, path, value)


def test_any_volumes_fit_what_everybody_is_told(tmp_path):
    """All volumes of the region three times as large, and every public answer is the same: none of them follows."""
    told = []
    for factor in (1, 3):
        folder = tmp_path / str(factor)
        folder.mkdir()
        url = str(folder / "prices.db")
        town = sold(create_store(url, cursor_key="test", max_age_days=30), folder, factor=factor)
        decide(town.desk, publish(town.desk, Wish(CITY, MONTH), by=WANG).id, "confirm", by=WANG)
        with served(url, town, folder) as app:
            told.append(asked(app.test_client()))
        town.store.close()
    for address, one in told[0].items():
        these, those = (
            [pair for pair in leaves(answer) if not set(pair[0].split(".")) & NOT_OF_SALES]
            for answer in (one, told[1][address])
        )
        assert these == those, address


def test_the_pharmacy_and_the_regulator_see_all_of_it_and_nobody_else(url, town, tmp_path):
    own, full = (f"{API}/pharmacies/{SHOPS[0]}/index/{what}?period={MONTH}" for what in ("own", "full"))
    keys = {"own": answer_code(town.desk, SHOPS[0]), "other": answer_code(town.desk, SHOPS[1]), "regulator": KEY}
    with served(url, town, tmp_path) as app:
        client = app.test_client()

        def got(address: str, key: str | None) -> Any:
            headers = {} if key is None else {"Authorization": f"Bearer {keys[key]}"}
            return client.get(address, headers=headers)

        mine = got(own, "own")
        assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "no-store")
        assert mine.json == got(full, "regulator").json == index.of_pharmacy(town.desk, SHOPS[0], period=MONTH)
        for address in (own, full, own.replace("?", ".csv?"), full.replace("?", ".csv?")):
            allowed = "own" if "own" in address else "regulator"
            for key in (None, *keys):
                assert got(address, key).status_code == (200 if key == allowed else 401), (address, key)


def test_contributions_add_up_to_the_last_digit(town):
    for shop in SHOPS[:7]:
        told = index.of_pharmacy(town.desk, shop, period=MONTH)
        added = fsum(part["contribution"] for part in told["contributions"]) / 100
        assert abs(added - (told["index"] / 100 - 1)) < 1e-12
        assert told["value_index"] == pytest.approx(told["index"] * told["volume_index"] / 100, rel=1e-14)


def recomputed(text: str) -> tuple[float, float]:
    """Return the index a sheet names, and the one that a stranger works out from nothing but the sheet."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    head = next(at for at, row in enumerate(rows) if row[:1] == ["drug_code"])
    named = {row[0]: row[1] for row in rows[:head] if len(row) > 1}
    paid = cost = 0.0
    for row in rows[head + 1 :]:
        part = dict(zip(rows[head], row, strict=True))
        if part["compared"] == "yes":
            paid += float(part["amount"])
            cost += float(part["quantity"]) * float(part["reference_price"])
    return float(named["index"]), 100 * paid / cost


def test_a_stranger_works_the_index_out_of_the_sheet_alone(url, town, tmp_path):
    town.take("sales", HEADER + f"{SHOPS[0]},{town.desk.store.drugs()[0].code},2026-10,3,35.00\n")
    with served(url, town, tmp_path) as app:
        for shop in SHOPS[:7]:
            headers = {"Authorization": f"Bearer {answer_code(town.desk, shop)}"}
            sheet = app.test_client().get(f"{API}/pharmacies/{shop}/index/own.csv?period={MONTH}", headers=headers)
            assert "Σ amount ÷ Σ (quantity × reference_price)" in sheet.text
            named, again = recomputed(sheet.text)
            assert again == pytest.approx(named, rel=1e-12)


def test_what_it_would_be_without_the_ten_is_told_of_a_rest_that_can_be(city):
    told = index.of_pharmacy(city, "P99010200001", period="2026-10")
    rest = told["contributions"][10:]
    weight = fsum(part["weight"] for part in rest)
    expected = 100 * fsum(part["weight"] * part["ratio"] for part in rest) / weight
    assert told["without_top"] == pytest.approx(expected, rel=1e-12)
    public = index.public(city, "P99010200001", period="2026-10")
    assert public["without_top"] == round(expected, 1)


def test_of_ten_drugs_or_little_more_nothing_is_told_without_them(town):
    assert index.public(town.desk, SHOPS[0], period=MONTH)["without_top"] is None


def test_ranks_are_given_to_those_that_may_have_one_dearest_first(city):
    listed = index.of_region(city, CITY, period=MONTH, limit=200)["items"]
    ranked = [one for one in listed if one["rank"]]
    assert ranked and {one["ranked"] for one in ranked} == {len(ranked)}
    assert sorted(one["rank"] for one in ranked) == list(range(1, len(ranked) + 1))
    assert all(one["status"] == "published" and one["reliability"] >= 0.7 - 1e-9 for one in ranked)
    assert {one["percentile"] for one in ranked if one["rank"] == 1} == {100.0}
    assert all(one["rank"] is None for one in listed if one["status"] != "published")


def test_an_assortment_that_colours_the_index_is_said_in_both_languages(store, tmp_path):
    town = sold(store, tmp_path)
    codes = [drug.code for drug in town.desk.store.drugs()]
    # Dear shops sell the first two drugs above all, cheap ones the others: their own index hardly shows it.
    rows = [
        (shop, code, 60 if (at > 3) == (place < 2) else 1, (10 + place) * (1.3 if at > 3 else 1.0) + (at + place) / 50)
        for at, shop in enumerate(SHOPS[:7])
        for place, code in enumerate(codes)
    ]
    town.take("sales", HEADER + "".join(f"{s},{c},2026-08,{q},{q * p:.2f}\n" for s, c, q, p in rows))
    said = [index.public(town.desk, shop, period="2026-08")["assortment"] for shop in SHOPS[:7]]
    told = [one for one in said if one]
    assert told and all(one["code"] == "assortment_effect" for one in told)
    assert "Assortment effect" in told[0]["text_en"] and "品种结构影响" in told[0]["text_zh"]
