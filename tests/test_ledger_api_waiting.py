"""Files that wait: in line until they are taken, one after the other, whatever happens meanwhile."""

import json
import os
import threading
from dataclasses import replace

import pytest

from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked
from pricecompare.services.uploads import ledger, receiving
from pricecompare.services.uploads.receiving import Sent, receive, take_waiting
from pricecompare.services.uploads.spool import DAY, spool
from tests.sent import line, prices
from tests.town import ALL, DRUGS, SHOPS, Town

GOOD = prices(line(0, 0, "11.00"))
SOLD = "SELECT pharmacy_id, drug_id, month, quantity, amount_fen FROM sale ORDER BY 1, 2, 3"


class Line:
    """A town at which every file waits."""

    def __init__(self, store, folder):
        self.town = Town(store, folder)
        self.town.take_all(until="sales")
        settings = replace(self.town.desk.settings, upload_wait_mb=0, spool=str(folder / "spool"))
        self.desk = Desk(store, self.town.desk.clock, settings)

    def send(self, content, what="prices", *, key=None, desk=None, **asked):
        """Send a file as the server does; return the answer."""
        part = spool(self.desk).part()
        part.write(content.encode(asked.get("encoding") or "utf-8"))
        part.seek(0)
        asked = Asked(file_name="list.csv", **asked)
        try:
            return receive(desk or self.desk, Sent(part.path, part.sha256, part.size, what, asked), key=key)
        finally:
            part.remove()

    def at_once(self, content, what="prices", **asked):
        """Send a small file, which does not wait."""
        desk = Desk(self.desk.store, self.desk.clock, replace(self.desk.settings, upload_wait_mb=1))
        return self.send(content, what, desk=desk, **asked)

    def left(self):
        return sorted(path.name for path in spool(self.desk).folder.iterdir() if path.name != "lock")


@pytest.fixture
def line_of(store, tmp_path):
    return Line(store, tmp_path)


def test_a_file_that_waits_changes_nothing_until_it_is_taken(line_of):
    dump = line_of.town.dump()
    answer = line_of.send(GOOD, sender="wang", source="a", mode="full", encoding="utf-16-be")
    number = answer.body["id"]
    assert (answer.status, answer.body["state"], answer.body["taken_at"]) == (202, "waiting", None)
    assert (line_of.town.dump(), line_of.left()) == (dump, [str(number)])
    (taken,) = take_waiting(line_of.desk)
    shown = ledger.upload(line_of.desk, number)
    names = ("sender", "source", "mode", "file_name", "declared", "sha256", "came_at")
    assert {name: shown[name] for name in names} == {name: answer.body[name] for name in names}
    assert (taken.id, shown["state"], shown["changed"], shown["gone"]) == (number, "taken", 1, 2)
    assert line_of.left() == []


def test_what_waits_is_taken_as_if_it_had_come_at_once(line_of):
    line_of.send(prices(line(0, 0, "11.00"), line(0, 3, "9.00"), line(1, 1, "x")))
    take_waiting(line_of.desk)
    receiving.decide(line_of.desk, 5, decision="retract")
    again = line_of.at_once(prices(line(0, 0, "11.00"), line(0, 3, "9.00"), line(1, 1, "x"))).body
    first = ledger.upload(line_of.desk, 5)
    counts = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused")
    assert [first[name] for name in counts] == [again[name] for name in counts]


def test_the_same_file_waits_once(line_of):
    first, again, other = line_of.send(GOOD), line_of.send(GOOD), line_of.send(GOOD, source="b")
    assert (again.status, again.body) == (202, first.body)
    assert other.body["id"] != first.body["id"]
    take_waiting(line_of.desk)
    late = line_of.send(GOOD)
    assert (late.status, late.body["id"], late.body["state"]) == (200, first.body["id"], "taken")


def test_a_key_is_answered_as_before_when_the_file_was_taken_since(line_of):
    first = line_of.send(GOOD, key="k")
    take_waiting(line_of.desk)
    assert line_of.send(GOOD, key="k") == first


@pytest.mark.parametrize(
    ("content", "what", "state", "code"),
    [
        ("<html>", "prices", "failed", "html_file"),
        ("a,b\n1,2\n", "prices", "failed", "missing_columns"),
        (prices(), "prices", "failed", "no_rows"),
        (GOOD.replace("2026-10-30", "2027-10-30"), "prices", "quarantined", "guard_future"),
        (DRUGS.replace("厂", "药厂"), "drugs", "taken", None),
    ],
)
def test_a_file_that_waits_may_end_in_any_way(line_of, content, what, state, code):
    number = line_of.send(content, what).body["id"]
    after = line_of.send(GOOD).body["id"]
    taken = take_waiting(line_of.desk)
    assert [one.id for one in taken] == [number, after]
    shown = ledger.upload(line_of.desk, number)
    assert (shown["state"], [one["code"] for one in shown["reasons"]]) == (state, [code] if code else [])
    assert (ledger.upload(line_of.desk, after)["state"], line_of.left()) == ("taken", [])


def test_one_that_was_put_aside_after_waiting_is_confirmed_like_any_other(line_of):
    number = line_of.send(GOOD.replace("2026-10-30", "2027-10-30") + line(1, 0, "12.00")).body["id"]
    take_waiting(line_of.desk)
    assert receiving.decide(line_of.desk, number, decision="confirm")["changed"] == 1


def test_a_price_list_that_was_overtaken_still_counts_at_its_place(line_of):
    waiting = line_of.send(prices(line(0, 0, "11.00"), line(0, 1, "12.00", "2026-10-31"))).body["id"]
    later = line_of.at_once(prices(line(0, 0, "13.00"), line(0, 2, "14.00", "2026-10-31"))).body["id"]
    take_waiting(line_of.desk)
    offers = {row[0]: row[2] for row in line_of.desk.store.offers_of_pharmacy(990100, 1) if row[1] == "listed"}
    assert waiting < later
    # The upload that came later holds where both speak of the same instant.
    assert offers == {1: 1300, 2: 1200, 3: 1400}


@pytest.mark.parametrize(
    ("mode", "first"),
    [
        ("changes", [line(0, 0, "11.00")]),
        ("full", [line(0, 0, "11.00")]),
        ("full", [line(0, 0, "13.00"), line(0, 3, "9.00")]),
    ],
    ids=["a price", "a price in whole lists", "one drug more in whole lists"],
)
def test_of_one_instant_the_later_upload_holds_whichever_is_taken_first(line_of, mode, first):
    line_of.send(prices(*first), mode=mode)
    line_of.at_once(prices(line(0, 0, "13.00")), mode=mode)
    before = line_of.town.dump()["offer"]
    (taken,) = take_waiting(line_of.desk)
    assert (taken.state, line_of.town.dump()["offer"]) == ("taken", before)


def test_sales_that_were_overtaken_give_way(line_of):
    line_of.town.take("sales", ALL["sales"])
    more, most = ALL["sales"].replace(",3,30", ",4,40"), ALL["sales"].replace(",3,30", ",5,50")
    line_of.send(more, "sales")
    line_of.at_once(most, "sales")
    sales = line_of.desk.store.engine.rows(SOLD, {})
    take_waiting(line_of.desk)
    assert line_of.desk.store.engine.rows(SOLD, {}) == sales


def test_a_register_that_was_overtaken_does_not_go_back(line_of):
    number = line_of.send(DRUGS.replace("药1", "旧"), "drugs").body["id"]
    line_of.at_once(DRUGS.replace("药1", "新"), "drugs")
    take_waiting(line_of.desk)
    shown = ledger.upload(line_of.desk, number)
    assert (shown["state"], shown["reasons"][0]["code"]) == ("failed", "overtaken")
    assert line_of.desk.store.drugs()[0].name == "新"


def test_a_file_that_is_lost_is_waited_for_a_day(line_of):
    number = line_of.send(GOOD).body["id"]
    spool(line_of.desk).place(number).unlink()
    assert (take_waiting(line_of.desk), ledger.upload(line_of.desk, number)["state"]) == ([], "waiting")
    later = line_of.desk.clock().timestamp() + DAY + 1
    desk = Desk(line_of.desk.store, lambda: line_of.desk.clock().fromtimestamp(later, line_of.desk.clock().tzinfo))
    take_waiting(Desk(desk.store, desk.clock, line_of.desk.settings))
    assert ledger.upload(line_of.desk, number)["reasons"][0]["code"] == "no_such_file"


def test_what_nobody_waits_for_is_cleared_away(line_of):
    folder = spool(line_of.desk).folder
    number = line_of.send(GOOD).body["id"]
    for name in ("part-old", "part-new", "77", "notes.txt"):
        (folder / name).write_text("x")
    old = (folder / "part-new").stat().st_mtime - DAY - 60
    os.utime(folder / "part-old", (old, old))
    spool(line_of.desk).place(number).rename(folder / "aside")
    take_waiting(line_of.desk)
    assert line_of.left() == ["aside", "notes.txt", "part-new"]
    (folder / "aside").rename(folder / str(number))
    take_waiting(line_of.desk)
    assert line_of.left() == ["notes.txt", "part-new"]


def test_what_somebody_waits_for_is_left(line_of):
    place = spool(line_of.desk)
    number = line_of.send(GOOD).body["id"]
    place.place(number + 1).write_text("x")
    place.clean({number}, 0)
    assert line_of.left() == [str(number)]


def test_two_who_take_what_waits_take_each_once(line_of):
    numbers = [line_of.send(prices(line(shop, 0, "11.00"))).body["id"] for shop in range(6)]
    done: list[int] = []

    def take():
        done.extend(one.id for one in take_waiting(line_of.desk))
        if hasattr(line_of.desk.store.engine, "path"):
            line_of.desk.store.close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == numbers
    assert {ledger.upload(line_of.desk, one)["state"] for one in numbers} == {"taken"}


def test_an_upload_that_does_not_wait_is_not_taken_again(line_of):
    upload = line_of.town.take("prices", GOOD).upload
    path = line_of.town.folder / "prices.csv"
    dump = line_of.town.dump()
    with pytest.raises(Exception, match="does not wait"):
        receiving.import_file(line_of.desk, "prices", path, Asked(upload_id=upload.id))
    assert line_of.town.dump() == dump


def test_the_ledger_tells_what_was_said(line_of):
    number = line_of.send(
        "pharmacy_code,drug_code,price\n" + f"{SHOPS[0]},X,1\n", declared={"observed_at": "2026-10-30"}
    )
    assert json.loads(line_of.desk.store.upload(number.body["id"]).declared) == {"observed_at": "2026-10-30"}
