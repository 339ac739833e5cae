"""What people decide about uploads, and that an upload taken back is as if it had never come."""

import json

import pytest

from pricecompare.errors import Conflict, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import confirm, reject, release, retract
from pricecompare.services.markets.rebuild import rebuild
from tests.made import CODES
from tests.town import ALL, SALES, SHOPS, Town, counts

TOMORROW = f"{SHOPS[6]},{CODES[3]},9.00,2026-11-30,listed,in"
"""One row of the future in a short file puts it aside."""


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    return town


def row(price, *, shop=0, drug=0, day="2026-10-30", kind="listed"):
    return f"{SHOPS[shop]},{CODES[drug]},{price},{day},{kind},in"


FILES = {
    "a new price": ([row(9, drug=3)], "changes"),
    "another price": ([row(12)], "changes"),
    "the same price": ([row(10)], "changes"),
    "a late price": ([row(9, day="2026-10-02")], "changes"),
    "a correction": ([row(11, day="2026-10-20")], "changes"),
    "a held price": ([row(80)], "changes"),
    "a held price repeated": ([row(80), row(80, day="2026-10-31")], "changes"),
    "a whole list": ([row(10), row(9, drug=3)], "full"),
    "a late whole list": ([row(10, day="2026-10-03")], "full"),
    "two pharmacies": ([row(12), row(13, shop=8), row(14, shop=8, kind="online")], "full"),
    "repeats and refusals": ([row(12), row(12), row("免费"), row(13, drug=1), row(14, drug=1)], "changes"),
}


@pytest.mark.parametrize(("rows", "mode"), FILES.values(), ids=FILES)
def test_prices_taken_back_are_as_if_they_had_never_come(town, rows, mode):
    before, ledger = town.derived(), town.ledger()
    upload = town.price(*rows, asked=Asked(mode=mode)).upload
    assert upload.state == "taken"
    decision = retract(town.desk, upload.id, by=Hand("甲"))
    assert town.derived() == before
    assert (decision.what, decision.about_id, decision.sender) == ("retraction", upload.id, "甲")
    assert town.store.upload(upload.id).state == "retracted"
    assert town.store.uploads_about(upload.id) == [decision]
    assert set(ledger["quote_list"]) < set(town.ledger()["quote_list"])
    assert (rebuild(town.desk).changed, town.derived()) == (0, before)


@pytest.mark.parametrize(("rows", "mode"), FILES.values(), ids=FILES)
def test_what_came_after_stays_as_if_the_one_taken_back_had_never_come(town, tmp_path, rows, mode):
    after = [[row(10.5, day="2026-10-31"), row(10.5, shop=1)], [row(12, day="2026-10-29")]]
    upload = town.price(*rows, asked=Asked(mode=mode)).upload
    for these in after:
        town.price(*these)
    retract(town.desk, upload.id)
    found = town.derived()
    for number in range(upload.id + 2, upload.id, -1):
        retract(town.desk, number)
    for these in after:
        assert town.price(*these).repeated is False
    again = town.derived()
    # The history names the uploads; these came again under other numbers.
    assert {table: rows for table, rows in again.items() if table != "price_change"} == {
        table: rows for table, rows in found.items() if table != "price_change"
    }
    assert len(again["price_change"]) == len(found["price_change"])


def test_a_file_that_was_taken_back_may_come_again(town):
    upload = town.price(row(12)).upload
    retract(town.desk, upload.id)
    again = town.price(row(12))
    assert (again.repeated, again.upload.changed) == (False, 1)


OTHER = "\n".join([SALES.splitlines()[0], f"{SHOPS[0]},{CODES[0]},2026-09,9,99", f"{SHOPS[0]},{CODES[3]},2026-09,1,9"])


def test_sales_taken_back_are_as_if_they_had_never_come(town):
    before = town.derived()
    upload = town.take("sales", OTHER).upload
    assert (upload.added, upload.changed) == (1, 1) and town.derived() != before
    decision = retract(town.desk, upload.id)
    assert (decision.changed, decision.data_version) == (2, town.store.versions().data)
    assert town.derived() == before


def test_sales_between_others_taken_back_leave_those_that_count(town):
    second = town.take("sales", OTHER).upload.id
    town.take("sales", OTHER.replace("2026-09,9,99", "2026-09,3,30"))
    retract(town.desk, second)
    sold = {sale.drug_id: tuple(sale[2:]) for sale in town.store.sales_of_pharmacy(990100, "2026-09", 1)}
    assert (sold[1], sold[4]) == ((3.0, 3000), (1.0, 900))
    # The amounts are those of the first file, so it is that one that says so.
    first = [one.id for one in town.store.uploads(most=9, what="sales")][-1]
    rows = town.store.engine.rows("SELECT upload_id FROM sale WHERE pharmacy_id = 1 AND drug_id = 1", {})
    assert rows == [(first,)]


def test_all_sales_taken_back_leave_no_index(town):
    (sales,) = town.store.uploads(most=1, what="sales")
    retract(town.desk, sales.id)
    assert town.dump()["sale"] == town.dump()["pharmacy_index"] == town.dump()["reference_price"] == []
    assert retract(town.desk, town.take("sales", ALL["sales"]).upload.id).changed == sales.added


@pytest.fixture
def aside(town):
    """An upload in quarantine."""
    upload = town.price(row(12), row(12), row(9, drug=3), TOMORROW).upload
    assert (upload.state, upload.refused) == ("quarantined", 1)
    return upload.id


def test_a_confirmed_file_counts_as_if_it_had_come_now(town, aside):
    before = town.derived()
    done = confirm(town.desk, aside, by=Hand("甲"))
    assert counts_of(done) == {"rows": 4, "added": 1, "changed": 1, "unchanged": 1, "refused": 1}
    assert (done.state, done.taken_at, done.data_version) == ("taken", town.desk.now(), town.store.versions().data)
    decision = town.store.uploads_about(aside)[0]
    assert (decision.what, decision.sender, decision.data_version) == ("confirmation", "甲", done.data_version)
    confirmed = town.derived()
    retract(town.desk, aside)
    assert town.derived() == before
    assert town.price(row(12), row(12), row(9, drug=3)).upload.state == "taken"
    same = town.derived()
    assert (same["offer"], same["market"]) == (confirmed["offer"], confirmed["market"])


def counts_of(upload):
    names = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "filtered")
    return {name: count for name in names if (count := getattr(upload, name))}


def test_a_file_confirmed_later_does_not_move_what_is_newer(town, aside):
    town.price(row(13, day="2026-10-31"))
    done = confirm(town.desk, aside)
    assert counts_of(done) == {"rows": 4, "added": 1, "unchanged": 1, "late": 1, "refused": 1}
    assert town.store.offers_of_pharmacy(990100, 1)[0][2] == 1300


def test_a_file_confirmed_later_keeps_its_place_among_the_uploads(town, aside):
    later = town.price(row(12), row(9, drug=3), row(15, drug=3, day="2026-10-29")).upload.id
    confirm(town.desk, aside)
    steps = [town.store.history(990100, 1, drug, "listed") for drug in (1, 4)]
    assert [[(step[1], step[4]) for step in these] for these in steps] == [
        [(1000, 4), (1200, aside)],
        [(1500, later), (900, aside)],
    ]


def test_a_rejected_file_never_counts(town, aside):
    before = town.dump()
    done = reject(town.desk, aside, by=Hand("乙"))
    assert (done.state, town.dump()) == ("rejected", before)
    assert [(one.what, one.sender) for one in town.store.uploads_about(aside)] == [("rejection", "乙")]


def test_a_quarantined_file_is_known_by_its_bytes_and_a_rejected_one_comes_again(town, aside):
    rows = (row(12), row(12), row(9, drug=3), TOMORROW)
    assert town.price(*rows).repeated
    reject(town.desk, aside)
    again = town.price(*rows)
    assert (again.repeated, again.upload.state) == (False, "quarantined")


def test_a_file_confirmed_after_its_pharmacy_moved_counts_where_that_is_now(town, aside):
    town.take("pharmacies", f"pharmacy_code,name,region\n{SHOPS[0]},第1药店,990202\n")
    confirm(town.desk, aside)
    assert town.store.offers_of_pharmacy(990100, 1) == []
    assert {row[0]: row[2] for row in town.store.offers_of_pharmacy(990200, 1) if row[1] == "listed"}[4] == 900
    assert rebuild(town.desk).changed == 0


@pytest.mark.parametrize("decide", [confirm, reject, retract])
def test_what_nobody_knows_cannot_be_decided_about(town, decide):
    before = town.ledger()
    with pytest.raises(NotFound) as caught:
        decide(town.desk, 99)
    assert (caught.value.code, town.ledger()) == ("unknown_upload", before)


@pytest.mark.parametrize(
    ("state", "decide", "code"),
    [
        ("taken", confirm, "not_quarantined"),
        ("taken", reject, "not_quarantined"),
        ("quarantined", retract, "not_taken"),
        ("rejected", retract, "not_taken"),
        ("rejected", confirm, "not_quarantined"),
        ("retracted", retract, "not_taken"),
        ("retracted", confirm, "not_quarantined"),
        ("decision", retract, "not_taken"),
        ("release", retract, "not_taken"),
        *((what, retract, "register_stays") for what in ("regions", "drugs", "pharmacies")),
    ],
)
def test_a_decision_must_fit(town, state, decide, code):
    number = number_of(town, state)
    before = town.dump(), town.ledger()
    with pytest.raises(Conflict) as caught:
        decide(town.desk, number)
    assert (caught.value.code, town.dump(), town.ledger()) == (code, *before)


def number_of(town, state):
    """Return the number of an upload in that state, or of that sort."""
    if state in ALL:
        return town.store.uploads(most=1, what=state)[0].id
    if state == "release":
        town.price(row(80))
        return release(town.desk, SHOPS[0], CODES[0]).id
    upload = town.price(row(12), *[TOMORROW] * (state in ("quarantined", "rejected"))).upload.id
    if state == "rejected":
        reject(town.desk, upload)
    return retract(town.desk, upload).id if state == "decision" else told_back(town, upload, state)


def told_back(town, upload, state):
    if state == "retracted":
        retract(town.desk, upload)
    return upload


def test_the_reasons_of_a_quarantine_are_kept_in_both_languages(town, aside):
    (reason,) = json.loads(town.store.upload(aside).reasons)
    assert (reason["code"], reason["en"]) == ("guard_future", "1 of its 4 rows are dated in the future.")
    assert "4 行中有 1 行" in reason["zh"]
    assert counts(town.price(row(9, drug=3))) == {"rows": 1, "added": 1}
