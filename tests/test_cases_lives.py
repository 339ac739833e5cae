"""Cases through a shop's prices: re-priced and re-opened by themselves, overdue, noted, and cheap for an upload."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pricecompare.calc.cases import STEPS
from pricecompare.calc.codes import flag_name
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases import Asked, explained, listed, step, told
from tests.conftest import NOW
from tests.made import CODES
from tests.taken_up import REGION, SCREEN, change, only, price, seven_shops, state
from tests.town import PHARMACIES, PRICE_HEADER, Town


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


LIVES = {
    "re-priced, comes back": ("screen", "10.50 20.00", "found", 1),
    "re-priced, comes back dearer": ("screen", "10.50 22.00", "found", 1),
    "re-priced twice": ("screen", "10.50 20.00 10.40", "repriced", 0),
    "dearer still": ("screen", "25.00", "screened", 1),
    "re-priced after it was dearer": ("screen", "25.00 11.00", "repriced", 0),
    "dismissed, same price": ("screen dismiss", "20.00", "dismissed", 1),
    "dismissed, down and up again": ("screen dismiss", "10.50 20.00", "dismissed", 1),
    "dismissed when it was dearer, same price": ("screen 25.00 dismiss", "25.00", "dismissed", 1),
    "dismissed when it was dearer, cheaper again": ("screen 25.00 dismiss", "20.00", "found", 1),
    "a slip far too low puts nothing right": ("screen", "0.10", "screened", 1),
    "a slip, then put right": ("screen", "0.10 10.50", "repriced", 0),
    "dismissed, another price": ("screen dismiss", "21.00", "found", 1),
    "closed after it was re-priced, comes back": ("screen 10.50 review close", "20.00", "found", 1),
    "closed after it was re-priced, comes back later": ("screen 10.50 review close", "10.60 20.00", "found", 1),
    "reviewed after it was re-priced, comes back": ("screen 10.50 review", "20.00", "reviewed", 1),
    "and is re-priced once more": ("screen 10.50 review", "20.00 10.40", "repriced", 0),
    "rectified, then put right, comes back": ("10.50 review interview rectify", "10.40 20.00", "found", 1),
}  # fmt: skip
"""What is done, which prices come then, and where the case is: its state and whether it stands."""


@pytest.mark.parametrize(("done", "prices", "after", "standing"), LIVES.values(), ids=LIVES)
def test_what_becomes_of_a_case_when_its_price_changes(town, done, prices, after, standing):
    name = only(town)
    if not done.startswith("screen"):
        step(town.desk, name, SCREEN)
    for day, one in enumerate([*done.split(), *prices.split()], 21):
        if one in STEPS:
            step(town.desk, name, Asked(one, "regulator", Hand("王", "", "因为")))
        else:
            change(town, one, day)
    found = told(town.desk, name)
    assert (found["state"], found["standing"]) == (after, bool(standing))
    assert [one["revision"] for one in found["steps"]] == list(range(1, found["revision"] + 1))


def test_a_price_that_waits_is_re_priced_when_it_comes_down_later(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    town.take("prices", PRICE_HEADER + "".join(price(shop, f"{19 + shop / 10:.2f}", 22) for shop in range(6)))
    assert state(town, name) == ("screened", False, 1)
    change(town, "19.20", 23)
    assert state(town, name) == ("repriced", False, 2)


def test_a_price_far_too_low_is_put_right_upwards(town):
    change(town, "1.00", 21)
    name = only(town)
    step(town.desk, name, SCREEN)
    assert told(town.desk, name)["taken_up"]["class"] == "error_low"
    change(town, "10.50", 22)
    assert state(town, name) == ("repriced", False, 2)


def test_a_price_that_is_not_sold_any_more_waits_for_a_person(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    town.full(price(6, "9.00", 23, drug=CODES[1]).strip())
    assert town.store.flag_of(int(REGION), *(int(part) for part in name.split("-")[:2]), "listed") is None
    assert state(town, name) == ("screened", False, 1)


def test_a_case_follows_its_pharmacy_into_another_region(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    header, *rows = PHARMACIES.splitlines()
    moved = ",".join([*rows[6].split(","), "990202"])
    town.take("pharmacies", f"{header},region\n{moved}\n")
    assert told(town.desk, name)["region"]["code"] == "990200"
    assert state(town, name)[0] == "screened"


def test_what_became_stale_meanwhile_is_not_compared_with(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    town.price(*(price(shop, f"{10 + shop / 10:.2f}", 5 if shop < 3 else 28).strip() for shop in range(6)))
    change(town, "20.00", 30)
    name = only(town)
    later = replace(town.desk, clock=lambda: NOW + timedelta(days=10))
    step(later, name, SCREEN)
    kept = explained(later, name)
    assert kept["compared_with"]["fen"] == [1030, 1040, 1050]
    assert (kept["flag"]["others"], kept["flag"]["ref_median"], kept["flag"]["ref_mean"]) == (3, "10.40", "10.40")
    assert kept["flag"]["ratio_median"] == pytest.approx(2000 / 1040)


def test_a_comment_changes_no_state_and_no_day(town):
    name = only(town)
    step(town.desk, name, Asked("comment", "regulator", Hand("王", "", "电话核实")))
    assert state(town, name) == ("found", True, 1)
    due = told(town.desk, name)["due_on"]
    later = replace(town.desk, clock=lambda: NOW + timedelta(days=2))
    step(later, name, Asked("comment", "pharmacy", Hand("李", "", "已核对")))
    assert (told(later, name)["due_on"], told(later, name)["revision"]) == (due, 2)


def test_what_is_overdue(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    assert [one["overdue"] for one in listed(town.desk, REGION)["items"]] == [False]
    assert listed(town.desk, REGION, late=True)["items"] == []
    later = replace(town.desk, clock=lambda: NOW + timedelta(days=4))
    assert [one["id"] for one in listed(later, REGION, late=True)["items"]] == [name]


def test_every_step_is_in_the_audit_trail(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    change(town, "10.50", 22)
    change(town, "20.00", 24)
    trail = [(one["what"], one["who"], one["about"]) for one in audit.entries(town.desk, about="flag")["items"]]
    program = ("pricecompare", f"flag {name}")
    assert trail == [("flag_reopen", *program), ("flag_reprice", *program), ("flag_screen", "王", f"flag {name}")]
    (screened,) = audit.entries(town.desk, what="flag_screen")["items"]
    assert (screened["before"]["state"], screened["after"]["state"], screened["origin"]) == (
        "found",
        "screened",
        "cli:wang",
    )
    assert audit.verified(town.desk)["first_break"] is None


def test_an_upload_asks_about_the_cases_it_touches_only(town, monkeypatch):
    town.price(*(price(shop, f"{10 + shop / 10 + (10 if shop == 6 else 0):.2f}", 20, drug).strip()
                 for drug in CODES[1:3] for shop in range(7)))  # fmt: skip
    for row in town.store.flags(int(REGION), most=10):
        step(town.desk, flag_name(row.pharmacy_id, row.drug_id, row.kind), SCREEN)
    asked = []
    engine = type(town.store.engine)
    rows, each = engine.rows, engine.each
    monkeypatch.setattr(engine, "rows", lambda self, sql, values: asked.append(sql) or rows(self, sql, values))
    monkeypatch.setattr(engine, "each", lambda self, sql, many: asked.append(sql) or each(self, sql, many))
    town.price(*(price(shop, f"{10.05 + shop / 10:.2f}", 26, CODES[3]).strip() for shop in range(7)))
    untouched = [sql for sql in asked if "flag_case" in sql]
    asked.clear()
    town.price(price(6, "10.40", 27, CODES[1]).strip())
    touched = [sql for sql in asked if "flag_case" in sql and "INSERT" not in sql]
    assert (len(untouched), len(touched)) == (3, 3)
