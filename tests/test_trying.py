"""What a rule would flag: the default rule what is flagged now, others what a plain look at the offers says."""

import json
import statistics
from collections import defaultdict

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import NotFound
from pricecompare.schemas.rule import rule
from pricecompare.services.ruling.rules import shipped
from pricecompare.services.ruling.trying import tried
from tests.conftest import NOW
from tests.made import CODES
from tests.test_rule_text import GOOD
from tests.town import Town

RULES = {one.name: one for one in shipped()}
REGION = "990100"


@pytest.mark.parametrize("region", ["990100", "990200", "990300"])
def test_the_default_rule_says_what_is_flagged_now(city, region):
    found = tried(city, RULES["loo-pooled"], region)
    assert found["flagged"] > 0
    assert (found["new"], found["gone"], found["same"]) == (0, 0, found["flagged"])


def test_the_default_rule_says_so_on_both_engines(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    found = tried(town.desk, RULES["loo-pooled"], REGION)
    assert (found["new"], found["gone"]) == (0, 0)


def prices(city, kind):
    """Return the sound prices of a region by drug and pharmacy, as its offers and its flags say."""
    region = int(REGION)
    wrong = {
        (row.drug_id, row.pharmacy_id, row.kind)
        for row in city.store.flags(region, most=100_000)
        if row.class_ != "high"
    }
    found = defaultdict(dict)
    oldest = NOW.timestamp() - 31 * 86_400
    for pharmacy, drug, its, fen, _, held, observed in city.store.offers_of_region(region):
        if its == kind and not held and observed > oldest and (drug, pharmacy, kind) not in wrong:
            found[drug][pharmacy] = fen
    return found


def test_a_plain_multiple(city):
    """Without anybody's statistics: once more by hand, from the offers."""
    expected = sum(
        fen >= 1.5 * statistics.mean(sold.values()) and fen >= 1.5 * statistics.median(sold.values())
        for kind in ("listed", "insured", "online")
        for sold in prices(city, kind).values()
        if len(sold) >= 3
        for fen in sold.values()
    )
    assert tried(city, RULES["plain-150"], REGION)["flagged"] == expected > 0


def test_who_pays_with_insurance_pays_more(city):
    listed, insured = prices(city, "listed"), prices(city, "insured")
    expected = sum(
        fen > listed[drug].get(pharmacy, fen) for drug, sold in insured.items() for pharmacy, fen in sold.items()
    )
    assert tried(city, RULES["insured-listed"], REGION)["flagged"] == expected > 0


def test_examples_are_the_gravest_and_say_why(city):
    found = tried(city, RULES["plain-130"], REGION)
    ratios = [one["ratio"] for one in found["examples"]]
    assert ratios == sorted(ratios, reverse=True)
    first = found["examples"][0]
    assert first["fen"] / 100 / float(first["references"]["all_median"]) == pytest.approx(first["ratio"], rel=1e-3)
    assert first["price"] in first["text_zh"] and first["references"]["all_mean"] in first["text_en"]


def test_a_rule_of_other_regions_says_nothing(city):
    elsewhere = rule(GOOD.replace("version = 1", 'version = 1\nregions = ["990200"]'))
    assert (tried(city, elsewhere, REGION)["flagged"], tried(city, elsewhere, "990200")["flagged"] > 0) == (0, True)


def test_nothing_is_written(city):
    before = city.store.versions(), city.store.flags(int(REGION), most=100_000)
    tried(city, RULES["plain-130"], REGION)
    assert (city.store.versions(), city.store.flags(int(REGION), most=100_000)) == before


def test_ceilings_are_the_payment_standards_in_force(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    assert tried(town.desk, RULES["ceiling"], REGION)["flagged"] == 0
    header = "drug_code,region,since,until,standard,basis,confidential\n"
    town.take(
        "standards", f"{header}{CODES[0]},990100,2026-01-01,,12.00,vbp,否\n{CODES[1]},全国,2027-01-01,,1.00,谈判,否\n"
    )
    asked = {fen for _, drug, _, fen, *_ in store.offers_of_region(int(REGION)) if drug == 1}
    found = tried(town.desk, RULES["ceiling"], REGION)
    assert {one["fen"] for one in found["examples"]} <= {fen for fen in asked if fen > 1200}
    assert found["flagged"] == sum(row[3] > 1200 for row in store.offers_of_region(int(REGION)) if row[1] == 1) > 0


def test_an_unknown_region(city):
    with pytest.raises(NotFound):
        tried(city, RULES["plain-130"], "123456")


def test_on_the_command_line(city, tmp_path, monkeypatch):
    monkeypatch.setenv("PRICECOMPARE_NOW", NOW.isoformat())
    (tmp_path / "mine.toml").write_text(GOOD, "utf-8")
    words = ["--db", str(city.store.engine.path), "rule", "try", str(tmp_path / "mine.toml"), "--region", REGION]
    shown = CliRunner().invoke(main, words, catch_exceptions=False)
    assert shown.output.startswith("mine@1 in 云泽市: ")
    found = json.loads(CliRunner().invoke(main, [*words, "--json"], catch_exceptions=False).output)
    assert found["flagged"] == sum(found["tiers"].values())
