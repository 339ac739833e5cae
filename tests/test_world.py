"""The invented province: the same for the same seed, well-formed in every code, with faults that are what they say."""

import csv
import filecmp
import itertools
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from pricecompare.calc import codes, coordinates
from pricecompare.errors import Invalid
from pricecompare.world import FIXTURE, world, write
from pricecompare.world.__main__ import main
from pricecompare.world.catalogue import generics, items, product
from pricecompare.world.places import pharmacies, regions
from pricecompare.world.tables import HEADERS

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FILES = [f"{name}.csv" for name in HEADERS]
SMALL = ["--pharmacies", "5", "--drugs", "30", "--seed", "3"]


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The fixture world, written anew."""
    folder = tmp_path_factory.mktemp("world")
    write(world(**FIXTURE), folder)
    return folder


@pytest.fixture(scope="module")
def drugs(folder):
    return table(folder, "drugs")


@pytest.fixture(scope="module")
def shops(folder):
    return table(folder, "pharmacies")


@pytest.mark.parametrize("name", FILES)
def test_the_fixtures_are_what_the_generator_writes(folder, name):
    # After a wanted change: python -m pricecompare.world fixtures
    assert filecmp.cmp(ROOT / "fixtures" / name, folder / name, shallow=False)


def test_the_fixtures_stay_small():
    assert sum((ROOT / "fixtures" / name).stat().st_size for name in FILES) < 3_500_000


def test_the_same_seed_gives_the_same_bytes_in_every_process(tmp_path):
    for hash_seed in ("0", "1"):
        command = [sys.executable, "-m", "pricecompare.world", str(tmp_path / hash_seed), *SMALL]
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hash_seed})
    assert filecmp.cmpfiles(tmp_path / "0", tmp_path / "1", FILES, shallow=False) == (FILES, [], [])


def test_another_seed_gives_other_prices(tmp_path):
    for seed in (1, 2):
        write(world(seed=seed, pharmacies=5, drugs=30), tmp_path / str(seed))
    assert not filecmp.cmp(tmp_path / "1" / "prices.csv", tmp_path / "2" / "prices.csv", shallow=False)


def test_ledgers_can_be_asked_for_twice():
    small = world(seed=1, pharmacies=5, drugs=30)
    assert [str(ledger) for ledger in small.ledgers()] == [str(ledger) for ledger in small.ledgers()]


CODES = {
    "drug code": ("drugs", "drug_code", codes.drug_code),
    "standard code": ("drugs", "standard_code", codes.standard_code),
    "approval number": ("drugs", "approval_no", codes.approval_number),
    "barcode": ("drugs", "barcode", codes.barcode),
    "pharmacy code": ("pharmacies", "pharmacy_code", codes.pharmacy_code),
    "credit code": ("pharmacies", "uscc", codes.uscc),
    "region code": ("regions", "code", lambda text: str(codes.region_code(text))),
}


@pytest.mark.parametrize(("name", "column", "normalised"), CODES.values(), ids=CODES)
def test_every_code_is_accepted_as_it_stands_and_unlike_the_others(folder, name, column, normalised):
    given = [row[column] for row in table(folder, name)]
    assert [normalised(code) for code in given] == given
    if column not in ("standard_code", "approval_no"):
        assert len(set(given)) == len(given)


@pytest.fixture(scope="module")
def many_drugs():
    """More drugs than the table lists: further makers, packs and strengths are invented."""
    return [item.drug for item in items(3000)]


def test_codes_stay_well_formed_and_unlike_when_there_are_many_drugs(many_drugs):
    assert len({codes.drug_code(drug.code) for drug in many_drugs}) == 3000
    assert len({codes.barcode(drug.barcode) for drug in many_drugs}) == 3000
    assert all(codes.maker_agrees(codes.standard_code(drug.standard_code), drug.code) for drug in many_drugs)


def test_packs_share_the_product_part_of_their_codes_exactly_when_they_are_one_product(many_drugs):
    meant, coded = defaultdict(set), defaultdict(set)
    for drug in many_drugs:
        meant[drug.name, drug.spec, drug.maker].add(drug.code)
        coded[product(drug.code)].add(drug.code)
    assert sorted(map(sorted, meant.values())) == sorted(map(sorted, coded.values()))
    western = [drug.code for drug in many_drugs if drug.code.startswith("X")]
    assert [codes.same_product(code) for code in western] == [product(code) for code in western]


def test_every_generic_of_the_table_is_in_the_default_world_with_its_real_form_and_pack():
    drugs = {(d.name, d.form, d.spec, d.pack_count, d.unit, d.pack_unit) for d, _ in items(200)}
    assert drugs == {(g.name, g.form, g.spec, g.pack_count, g.unit, g.pack_unit) for g in generics()}
    assert len({generic.substance for generic in generics()}) >= 100


def test_amoxicillin_comes_in_several_packs_and_of_several_makers(drugs):
    capsules = [row for row in drugs if row["generic_name"] == "阿莫西林胶囊" and row["spec"] == "0.25g"]
    assert {row["pack_count"] for row in capsules} == {"24", "36", "50"}
    assert len({row["maker"] for row in capsules if row["pack_count"] == "24"}) == 4


def test_everything_that_could_name_someone_is_invented(drugs, shops):
    assert {row["drug_code"][-5:-3] for row in drugs} == {"90"}
    assert {row["approval_no"][4:][1:3] for row in drugs} == {"99"}
    assert {row["barcode"][:3] for row in drugs} == {"699"}
    assert {row["pharmacy_code"][:3] for row in shops} == {"P99"}
    assert {row["uscc"][2:4] for row in shops} == {"99"}
    assert {row["phone"][:5] for row in shops} == {"0000-"}
    assert {row["address"][:3] for row in shops} == {"云泽省"}


def test_no_drug_code_is_a_real_one(many_drugs):
    real = SHARED / "data" / "cn" / "nhsa_codes_names.csv"
    if not real.exists():
        pytest.skip(
            "no list of real drug codes: put one of the national catalogue at ../shared/data/cn/nhsa_codes_names.csv"
        )
    known = {line.split(",")[0] for line in real.read_text(encoding="utf-8").splitlines()}
    assert known.isdisjoint(drug.code for drug in many_drugs)


def test_the_default_world_has_the_sizes_it_says(folder, drugs, shops):
    levels = [(row["code"], row["parent"], row["level"], row["pooling"]) for row in table(folder, "regions")]
    assert levels[0] == ("990000", "", "province", "0")
    assert [code for code, *_, pooling in levels if pooling == "1"] == ["990100", "990200", "990300"]
    assert Counter(parent for _, parent, level, _ in levels if level == "county") == {
        "990100": 4,
        "990200": 2,
        "990300": 2,
    }
    assert (len(drugs), len(shops)) == (200, 120)
    assert Counter(row["pharmacy_code"][1:5] for row in shops) == {"9901": 72, "9902": 24, "9903": 24}


@pytest.mark.parametrize("number", [1, 2, 7, 999, 1000, 5000])
@pytest.mark.parametrize("cities", [1, 2, 3, 98])
def test_any_number_of_pharmacies_is_spread_over_the_districts_there_are(number, cities):
    shops = pharmacies(1, number, cities)
    assert len({shop.code for shop in shops}) == number
    assert {(shop.region_id, shop.district_id) for shop in shops} <= {(r.parent_id, r.id) for r in regions(cities)}
    if cities > 1 and number >= 999:
        share = sum(shop.region_id == 990100 for shop in shops) / number
        assert share == pytest.approx(0.85 if number >= 1000 else 0.6, abs=0.001)


def test_a_circle_of_ten_kilometres_can_cross_into_each_neighbour():
    places = defaultdict(list)
    for shop in world(**FIXTURE).pharmacies:
        places[shop.region_id].append((shop.lat * 111, shop.lng * 98))
    for neighbour in (990200, 990300):
        pairs = itertools.product(places[990100], places[neighbour])
        assert min((a - c) ** 2 + (b - d) ** 2 for (a, b), (c, d) in pairs) < 10**2


def test_given_coordinates_lead_back_to_where_the_pharmacy_stands():
    shops = world(**FIXTURE).pharmacies
    assert {shop.datum for shop in shops} == {"gcj02", "bd09", "wgs84"}
    for shop in shops:
        assert coordinates.to_wgs84(shop.given_lat, shop.given_lng, shop.datum) == pytest.approx(
            (shop.lat, shop.lng), abs=1e-5
        )


@pytest.mark.parametrize("what", ["pharmacies", "drugs", "months", "cities"])
@pytest.mark.parametrize("size", [0, -1, 1_000_000])
def test_a_world_that_cannot_be_is_refused(what, size):
    with pytest.raises(Invalid) as refused:
        world(**{what: size})
    assert (refused.value.code, refused.value.field) == ("bad_world_size", what)


def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path):
    result = CliRunner().invoke(main, [str(tmp_path / "w"), "--drugs", "0"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: A world cannot have 0 drugs: give a number from 1 to 100000.\n",
    )
    assert not (tmp_path / "w").exists()


def test_the_smallest_world_can_be_written(tmp_path):
    write(world(pharmacies=1, drugs=1, months=1, cities=1), tmp_path)
    assert [len(table(tmp_path, name)) for name in ("drugs", "pharmacies", "regions")] == [1, 1, 6]
