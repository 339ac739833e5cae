"""What other methods say beside an index: the numbers of the registry, in every run, checked with all the rest."""

import csv
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner

from pricecompare.calc.index import sensitivity as beside_calc
from pricecompare.calc.index.registry import METHODS
from pricecompare.calc.index_limits import Limits
from pricecompare.cli.main import main
from pricecompare.errors import Conflict
from pricecompare.models.indexing import IndexValue
from pricecompare.services.cases.answering import answer_code
from pricecompare.services.indexing import index, panels, reporting, settings, showing, words
from pricecompare.services.indexing.beside import disagreement
from pricecompare.services.indexing.runs import Wish, decide, hash_of, publish
from pricecompare.services.indexing.sources import asked
from pricecompare.services.indexing.verifying import verified
from tests.conftest import NOW
from tests.made_quotes import compared
from tests.sold import CITY, MONTH, SHOPS, WANG, sold
from tests.taken_up import KEY, served

BESIDE = {"cpd_weighted", "geary_khamis", "idb", "geks_fisher", "region_volume"}


@pytest.fixture
def town(store, tmp_path):
    return sold(store, tmp_path)


@pytest.fixture
def run(town):
    return decide(town.desk, publish(town.desk, Wish(CITY, MONTH), by=WANG).id, "confirm", by=WANG)


def change(town, statement, **values):
    with town.store.writing():
        town.store.engine.rows(statement, values)


def test_they_are_the_levels_of_the_registry(town):
    panel = panels.panel_now(town.desk, asked(town.desk, int(CITY), MONTH))
    for at, shop in enumerate(SHOPS[:7]):
        told = {one["id"]: one for one in index.of_pharmacy(town.desk, shop, period=MONTH)["beside"]}
        assert told.keys() == BESIDE
        value = index.of_pharmacy(town.desk, shop, period=MONTH)["index"]
        for id, one in told.items():
            assert one["index"] == pytest.approx(100 * METHODS[id].levels(panel.quotes).level[at], rel=1e-12)
            assert one["difference"] == pytest.approx(one["index"] - value, abs=1e-9)
            assert (one["version"], one["title_zh"]) == (METHODS[id].version, METHODS[id].title_zh)


def test_a_run_keeps_them_and_says_by_which_versions(town, run):
    before = index.of_pharmacy(town.desk, SHOPS[0], period=MONTH)
    assert (before["run"]["id"], {one["id"] for one in before["beside"]}) == (run.id, BESIDE)
    assert showing.public_run(town.desk, "1")["beside"] == {id: METHODS[id].version for id in BESIDE}
    assert verified(town.desk, run.id)["verified"]


@pytest.mark.parametrize("column", ["gk", "idb", "geks", "level", "region_volume"])
def test_a_changed_one_is_found_by_verifying(town, run, column):
    change(town, f"UPDATE index_value SET {column} = {column} + 0.001 WHERE pharmacy_id = 3")  # noqa: S608 - own names
    found = verified(town.desk, run.id)
    assert (found["verified"], found["recomputed"], found["values"], found["differing"]) == (False, False, False, [3])


def as_before(town, run):
    """Make a run what it would have been before other methods were kept."""
    change(town, "UPDATE index_value SET gk = NULL, idb = NULL, geks = NULL")
    facts = {name: value for name, value in json.loads(run.facts).items() if name != "beside"}
    hashed = hash_of(town.store.index_values(run.id))
    change(town, "UPDATE index_run SET facts = :facts, values_hash = :hash", facts=json.dumps(facts), hash=hashed)
    return hashed


def test_a_run_from_before_they_were_kept_is_still_what_it_was(town):
    run = publish(town.desk, Wish(CITY, MONTH), by=WANG)
    hashed = as_before(town, run)
    assert hashed != run.values_hash
    decide(town.desk, run.id, "confirm", by=WANG)
    assert verified(town.desk, run.id)["verified"]
    assert index.of_pharmacy(town.desk, SHOPS[0], period=MONTH)["beside"] == []
    assert reporting.report(town.desk, CITY, period=MONTH)["beside"] == []
    change(town, "UPDATE index_value SET gk = 1.5 WHERE pharmacy_id = 3")
    assert not verified(town.desk, run.id)["verified"], "nobody puts numbers into it afterwards"


def test_a_run_by_another_version_of_one_of_them_cannot_be_verified(town, run):
    facts = json.loads(run.facts)
    facts["beside"]["idb"] = 7
    change(town, "UPDATE index_run SET facts = :facts", facts=json.dumps(facts))
    with pytest.raises(Conflict, match="idb v7"):
        verified(town.desk, run.id)


def test_the_report_says_how_far_they_lie_apart(town, run):
    told = {one["id"]: one for one in reporting.report(town.desk, CITY, period=MONTH)["beside"]}
    assert told.keys() == BESIDE
    for id, one in told.items():
        parts = [
            next(part for part in index.of_pharmacy(town.desk, shop, period=MONTH)["beside"] if part["id"] == id)
            for shop in SHOPS[:7]
        ]
        apart = sorted(abs(part["difference"]) for part in parts)
        assert (one["pharmacies"], one["median_difference"]) == (7, round(apart[3], 2))
        assert one["largest_difference"] == round(apart[-1], 2)
        outside = [part["outside"] for part in parts]
        assert one["outside"] == (None if outside[0] is None else sum(outside))


def test_they_stand_in_the_own_answer_and_table_and_in_no_public_one(url, town, run, tmp_path):
    address = f"/api/v1/pharmacies/{SHOPS[0]}/index"
    with served(url, town, tmp_path) as app:
        client = app.test_client()
        key = {"Authorization": f"Bearer {answer_code(town.desk, SHOPS[0])}"}
        own = client.get(f"{address}/own?period={MONTH}", headers=key).json
        sheet = client.get(f"{address}/own.csv?period={MONTH}", headers=key).get_data(as_text=True)
        assert "beside" not in client.get(f"{address}?period={MONTH}").json
        report = client.get(
            f"/api/v1/regions/{CITY}/index-report?period={MONTH}", headers={"Authorization": f"Bearer {KEY}"}
        )
    rows = [row for row in csv.reader(io.StringIO(sheet)) if row[:1] == ["beside"]]
    told = [[f"{one['id']} v{one['version']}", one["index"]] for one in own["beside"]]
    assert [[row[1], float(row[2])] for row in rows] == told
    assert {one["id"] for one in report.json["beside"]} == BESIDE


def test_geks_is_left_out_where_its_pairs_are_out_of_reach(monkeypatch):
    quotes = compared([(outlet, drug, 900 + 7 * outlet * drug, 3 + drug) for outlet in range(8) for drug in range(4)])
    assert np.isfinite(beside_calc.sensitivity(quotes).geks).all()
    monkeypatch.setattr(beside_calc, "WIDEST", 5)
    found = beside_calc.sensitivity(quotes)
    assert np.isnan(found.geks).all()
    assert np.isfinite(found.gk).all()


NOBODY = IndexValue(1, 1.02, 1.0, 1.04, 0.01, 9, 9.0, 1.0, 0.0, 0.0, 0.2, 1.0, 1.0, 1.0, 1.0, 1.05, 1.03, 1.07, 0,
                    0.69, 1.01, 0, 0, 1.0, 1.0, "published", "")  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOBODY._replace(gk=1.05, idb=1.03, geks=1.07), None),
        (NOBODY._replace(gk=1.029, idb=1.05, geks=1.08), "Geary-Khamis, GEKS-Fisher"),
        (NOBODY._replace(gk=None, idb=1.08), "IDB"),
        (NOBODY._replace(gk=1.2, level_low=None, level_high=None), None),
        (NOBODY._replace(gk=1.2, status="suppressed"), None),
        (NOBODY, None),
    ],
)
def test_methods_that_leave_the_interval_are_named(value, said):
    found = disagreement(value)
    assert (found is None) == (said is None)
    assert found is None or (f"({said})" in found["text_en"] and f"（{said}）" in found["text_zh"])


@pytest.mark.parametrize(
    ("value", "code", "words_en"),
    [
        (NOBODY, "index_no_rank", "reliability 0.69, a rank needs 0.7"),
        (NOBODY._replace(reliability=0.699), "index_no_rank", "reliability 0.69"),
        (NOBODY._replace(reliability=None), "index_no_rank_unsure", "how sure"),
        (NOBODY._replace(rank=3, ranked=9), None, ""),
        (NOBODY._replace(status="indicative", why="small_basket"), None, ""),
    ],
)
def test_why_there_is_no_rank_is_said(value, code, words_en):
    found = words.no_rank(value, Limits())
    assert (found and found["code"]) == code
    assert words_en in (found["text_en"] if found else "")


@pytest.mark.parametrize(
    ("value", "method", "code", "percent"),
    [
        (1.0624, "headline", "index_says_dearer", "6.2 %"),
        (0.9376, "headline", "index_says_cheaper", "6.2 %"),
        (1.00049, "headline", "index_says_alike", ""),
        (1.0624, "idb", "level_says_dearer", "6.2 %"),
        (0.9, "idb", "level_says_cheaper", "10.0 %"),
        (1.0, "cpd_weighted", "level_says_alike", ""),
        (None, "headline", None, ""),
    ],
)
def test_an_index_is_said_in_a_sentence(town, value, method, code, percent):
    found = words.says(value, asked(town.desk, int(CITY), MONTH, method=method))
    assert (found and found["code"]) == code
    assert percent in (found["text_en"] if found else "")


def ran(url, *words):
    found = CliRunner().invoke(main, ["--db", url, "index", *words], env={"PRICECOMPARE_NOW": NOW.isoformat()})
    assert found.exit_code == 0, found.output
    return found.output


def test_a_person_is_told_all_of_it_on_the_command_line(url, town):
    told = ran(url, SHOPS[0], "--period", MONTH)
    assert " of -" not in told
    assert "None" not in told
    for words_told in (
        "Its customers paid",
        "顾客购药实付金额",
        "by other methods:",
        "Geary-Khamis level",
        "95 % interval",
    ):
        assert words_told in told
    assert "points apart in the middle" in ran(url, "report", CITY, "--period", MONTH)
    other = ran(url, SHOPS[0], "--period", MONTH, "--method", "idb")
    assert all(words_told in other for words_told in ("By this method", "95 % interval not known", "No rank: how sure"))


def test_what_may_not_be_told_is_not_told_on_the_command_line_either(url, town):
    settings.set_limit(town.desk, None, 0, "published_drugs", 9, by=WANG)
    settings.set_limit(town.desk, None, 0, "indicative_drugs", 4.5, by=WANG)
    told = ran(url, SHOPS[0], "--period", MONTH)
    assert "no index (suppressed)" in told
    assert "Too few drugs" in told
    assert not any(word in told for word in ("None", "95 %", "by other methods", "make"))
