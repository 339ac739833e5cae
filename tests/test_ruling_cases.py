"""A price that several rules find is one case with several reasons; confidential ones are told to regulators alone."""

import json

import pytest

from pricecompare.errors import NotFound
from pricecompare.services.cases import Asked, answering, batch, explained, step, told
from pricecompare.services.exports.pages import page
from pricecompare.services.ruling import using
from pricecompare.services.ruling.rules import add
from tests.made import CODES
from tests.taken_up import OTHER, REGION, SCREEN, WANG, change, price, served, seven_shops
from tests.test_ruling import HEADER, found, later, use, version
from tests.town import PRICE_HEADER, Town

REMIND = Asked("remind", "regulator", WANG)
DEAR, MILD = "7-1-listed", "6-1-listed"


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def above(town: Town, yuan: str, *, secret: bool = False) -> None:
    """Say what may be charged for the first drug."""
    town.take("standards", f"{HEADER}{CODES[0]},990100,2026-01-01,,{yuan},negotiated,{'是' if secret else '否'}\n")


def reasons(answer):
    return [one["rule"]["id"] for one in answer["reasons"]]


def test_one_case_with_several_reasons(town):
    above(town, "12.00")
    for rule in ("plain-130", "ceiling", "interval-130"):
        use(town.desk, rule)
    step(town.desk, DEAR, SCREEN)
    case = told(town.desk, DEAR)
    assert (case["flag"]["class"], case["flag"]["rule"]["id"]) == ("high", "loo-pooled")
    assert sorted(reasons(case)) == sorted(reasons(case["taken_up"])) == ["ceiling", "interval-130", "plain-130"]
    assert town.store.engine.rows("SELECT count(*) FROM flag_case", {}) == [(1,)]
    assert [one for one in case["reasons"] if one["rule"]["id"] == "ceiling"][0]["references"] == [
        {"name": "ceiling", "price": "12.00", "fen": 1200.0, "ratio": 2000 / 1200}
    ]


def test_what_another_rule_alone_found_is_taken_up_with_its_sentence(town):
    above(town, "10.45")
    use(town.desk, "ceiling")
    now = explained(town.desk, MILD, now=True)
    assert (now["flag"]["class"], now["flag"]["grade"], now["flag"]["rule"]) == (
        "rule",
        "rule",
        {"id": "ceiling", "version": 1},
    )
    assert "10.45" in now["flag"]["text_zh"] and "10.45" in now["flag"]["text_en"] and "限价" in now["svg"]
    assert now["compared_with"]["fen"] == [1000, 1010, 1020, 1030, 1040, 2000]
    step(town.desk, MILD, SCREEN)
    above(town, "30.00")
    frozen = explained(town.desk, MILD)
    assert (frozen["frozen"], frozen["flag"]["text_zh"]) == (True, now["flag"]["text_zh"])
    case = told(town.desk, MILD)
    assert (case["state"], case["standing"], case["flag"], case["reasons"]) == ("screened", False, None, [])
    with pytest.raises(NotFound):
        explained(town.desk, MILD, now=True)


def test_it_is_re_priced_and_re_opened_like_any_other(town):
    above(town, "12.00")
    town.take("prices", PRICE_HEADER + price(5, "12.50", 21))
    use(town.desk, "ceiling")
    step(town.desk, MILD, SCREEN)
    town.take("prices", PRICE_HEADER + price(5, "11.00", 22))
    assert (told(town.desk, MILD)["state"], told(town.desk, MILD)["standing"]) == ("repriced", False)
    town.take("prices", PRICE_HEADER + price(5, "12.60", 23))
    assert (told(town.desk, MILD)["state"], told(town.desk, MILD)["standing"]) == ("found", True)


def test_two_runs_flag_a_price_once_and_a_rule_that_ends_leaves_the_other_reason(town):
    for rule in ("plain-130", "interval-130"):
        use(town.desk, rule)
    step(town.desk, DEAR, SCREEN)
    before = told(town.desk, DEAR)
    assert using.run(town.desk).moved == 0 and told(town.desk, DEAR) == before
    use(town.desk, "plain-130", in_force=False)
    after = told(town.desk, DEAR)
    assert (reasons(after), after["state"], after["revision"]) == (["interval-130"], "screened", 1)
    change(town, "10.50", 25)
    assert (told(town.desk, DEAR)["state"], told(town.desk, DEAR)["reasons"]) == ("repriced", [])


def test_a_group_is_frozen_as_votes(town):
    town.take(
        "groups", f"drug_code,product_group,generic_group,reason,who\n{CODES[0]},甲,甲,同,王\n{CODES[1]},甲,甲,同,王\n"
    )
    town.take("prices", PRICE_HEADER + "".join(price(shop, "9.00", 21, CODES[1]) for shop in range(5)))
    milder = [("version = 2", 'version = 2\ngroup = "product"'), ("1.3 }", "1.05 }"), ('"1.00"', '"0.10"')]
    add(town.desk, version("interval-130", 2, *milder), made_by="王", why="试")
    use(town.desk, "interval-130")
    now = explained(town.desk, MILD, now=True)
    assert now["compared_with"]["fen"] == [950, 955, 960, 965, 970, 2000]
    assert now["reasons"][0]["group"] == "product"
    step(town.desk, MILD, SCREEN)
    change(town, "10.00", 25)
    assert explained(town.desk, MILD)["compared_with"] == now["compared_with"]


def test_a_batch_takes_what_a_rule_found(town):
    above(town, "10.35")
    use(town.desk, "ceiling")
    asked = {"rule": "ceiling", "kind": "listed"}
    assert batch(town.desk, REGION, SCREEN, dry=True, **asked)["done"] == 3
    assert batch(town.desk, REGION, SCREEN, **asked)["done"] == 3
    assert batch(town.desk, REGION, SCREEN, **asked) == {
        "batch": None, "done": 0, "left": {"step_out_of_turn": 3}, "dry_run": False,
    }  # fmt: skip
    assert batch(town.desk, REGION, REMIND, dry=True, class_="high", rule="ceiling")["done"] == 0


def test_a_confidential_standard_is_told_to_regulators_alone(town):
    use(town.desk, "ceiling")
    before = town.store.versions().data
    above(town, "10.45", secret=True)
    assert (found(town.desk), town.store.versions().data) == ([], before)
    rows = page(town.desk, "ruled", REGION, filters={})["items"]
    assert [(one["price"], one["reference_price"], one["confidential"]) for one in rows] == [
        ("20.00", "10.45", True), ("10.50", "10.45", True),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        explained(town.desk, MILD, now=True)
    step(town.desk, MILD, SCREEN)
    assert "10.45" in json.dumps(told(town.desk, MILD, secret=True))
    step(town.desk, MILD, REMIND)
    own = answering.case(town.desk, MILD, answering.answer_code(town.desk, "P99010200006"))
    assert "10.45" not in json.dumps(own, ensure_ascii=False) and "ceiling" not in json.dumps(own)
    assert own["taken_up"]["reasons"] == own["explained"]["reasons"] == []
    assert own["explained"]["flag"]["text_en"].startswith(
        "The price ¥10.50, seen on 2026-10-20 in 云泽市, was found by"
    )


def test_a_confidential_standard_that_begins_moves_no_version(town):
    use(town.desk, "ceiling")
    town.take("standards", f"{HEADER}{CODES[0]},990100,2026-11-02,,10.45,negotiated,是\n")
    before, desk = town.store.versions(), later(town.desk, 1)
    assert using.run(desk).moved == 2 and town.store.versions() == before
    assert {this.data_version for this, _ in town.store.rule_flags(int(REGION), most=9)} == {before.data}


def test_a_public_and_a_confidential_standard_are_two_reasons(town):
    use(town.desk, "ceiling")
    town.take("standards", f"{HEADER}{CODES[0]},全国,2026-01-01,,15.00,vbp,否\n")
    above(town, "10.45", secret=True)
    assert reasons(told(town.desk, DEAR)) == ["ceiling"]
    assert reasons(told(town.desk, DEAR, secret=True)) == ["ceiling", "ceiling"]
    assert [one["references"][0]["price"] for one in found(town.desk)] == ["15.00"]


def test_a_list_leaves_out_what_has_aged(town):
    use(town.desk, "plain-130")
    assert page(town.desk, "ruled", REGION, filters={"rule": "plain-130"})["totals"]["rows"] == 1
    assert page(later(town.desk, 25), "ruled", REGION, filters={})["items"] == []


def test_over_http_a_flag_of_a_rule_is_explained_and_drawn(url, town, tmp_path):
    above(town, "10.45")
    use(town.desk, "ceiling")
    with served(url, town, tmp_path / "spool") as app:
        client = app.test_client()
        assert client.get(f"/api/v1/flags/{MILD}/explain").json["reasons"][0]["tier"] == "above"
        assert client.get(f"/api/v1/flags/{MILD}/picture.svg").data.startswith(b"<svg")
        assert client.get("/api/v1/regions/990100/lists/ruled").status_code == 401
        refused = client.get("/api/v1/regions/990100/lists/ruled", headers={"Authorization": f"Bearer {OTHER}"})
        assert refused.status_code == 401
