"""Uploads over HTTP: what became of each, what it changed, its refused rows, and decisions about it."""

import csv
import gzip
import io

import pytest

from pricecompare.services.uploads import ledger
from tests.made import CODES
from tests.sent import BEARER, KEY, UPLOADS, Sender, line, prices
from tests.town import SHOPS


@pytest.fixture
def sender(store, url, tmp_path):
    sender = Sender(url, store, tmp_path)
    yield sender
    sender.close()


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV answer."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_upload_is_in_the_ledger_with_all_that_was_said_of_it(sender):
    answer = sender.send(prices(line(0, 0, "11.00"), line(1, 0, "x")), sender="wang", source="chain", name="十月.csv")
    took = answer.json
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{UPLOADS}/{took['id']}")
    assert sender.ask(f"/{took['id']}").json == took
    named = ("what", "state", "sender", "source", "file_name", "mode", "rows", "changed", "refused", "reasons")
    assert [took[name] for name in named] == [
        "prices", "taken", "wang", "chain", "十月.csv", "changes", 2, 1, 1, [],
    ]  # fmt: skip
    assert (took["came_at"], took["newest_at"]) == ("2026-11-01T12:00:00+08:00", "2026-10-30T00:00:00+08:00")
    assert sender.left() == []


def test_what_is_said_of_the_whole_file_counts_and_is_kept(sender):
    content = "pharmacy_code,drug_code,price\n" + f"{SHOPS[0]},{CODES[0]},11.00\n"
    took = sender.send(content.encode("gb18030"), observed_at="2026-10-31", encoding="gb18030").json
    assert took["declared"] == {"encoding": "gb18030", "observed_at": "2026-10-31"}
    assert (took["changed"], took["newest_at"]) == (1, "2026-10-31T00:00:00+08:00")


def test_the_same_bytes_are_answered_with_the_first_upload(sender):
    content = prices(line(0, 0, "11.00"))
    first, again = sender.send(content), sender.send(content)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert sender.send(content, source="chain").status_code == 201


def test_the_ledger_is_listed_newest_first_and_page_by_page(sender):
    for day in ("28", "29", "30"):
        sender.send(prices(line(0, 0, "11.00", f"2026-10-{day}")), source="a" if day == "29" else "b")
    everything = [one["id"] for one in sender.ask("").json["items"]]
    assert everything == [7, 6, 5, 4, 3, 2, 1]
    found, cursor = [], None
    while True:
        page = sender.ask("", limit=2, **({"cursor": cursor} if cursor else {})).json
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == everything
    narrowed = {"source": "a", "what": "regions", "state": "quarantined"}
    assert [
        [one["id"] for one in sender.ask("", **{name: value}).json["items"]] for name, value in narrowed.items()
    ] == [[6], [1], []]


CHANGES = {
    "new": (line(0, 3, "9.00"), (None, "9.00", None)),
    "dearer": (line(0, 0, "11.00"), ("10.00", "11.00", "10.0")),
    "cheaper": (line(0, 0, "9.99"), ("10.00", "9.99", "-0.1")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_upload_changed_is_shown_row_by_row(sender, change):
    row, (before, price, percent) = CHANGES[change]
    took = sender.send(prices(row)).json
    shown = sender.ask(f"/{took['id']}/changes").json
    assert (shown["next"], len(shown["items"])) == (None, 1)
    only = shown["items"][0]
    assert only["pharmacy"] == {"code": SHOPS[0], "name": "第1药店"}
    assert (only["before"], only["price"]) == (before, price)
    assert only["percent"] == (None if percent is None else float(percent))
    assert only["what"] == ("new" if before is None else "changed")
    (cells,) = rows(sender.ask(f"/{took['id']}/changes.csv").text)
    assert (cells["before"], cells["price"], cells["percent"]) == (before or "", price, percent or "")
    assert (cells["pharmacy_code"], cells["drug_name"]) == (SHOPS[0], only["drug"]["name"])


def test_a_whole_list_shows_what_is_gone(sender):
    took = sender.send(prices(line(0, 0, "10.00")), mode="full").json
    shown = sender.ask(f"/{took['id']}/changes").json["items"]
    gone = [(one["drug"]["code"], one["before"], one["price"]) for one in shown if one["what"] == "gone"]
    assert gone == [(CODES[1], "10.10", None), (CODES[2], "10.20", None)]
    assert took["gone"] == 2


@pytest.mark.parametrize("lists", [1, ledger.LISTS], ids=["list by list", "many lists at a time"])
def test_changes_come_page_by_page_in_the_order_of_the_file_of_all(sender, monkeypatch, lists):
    monkeypatch.setattr(ledger, "LISTS", lists)
    places = [(shop, drug, kind) for shop in range(6) for drug in range(4) for kind in ("listed", "online")]
    lines = [line(shop, drug, f"{15 + drug}.00", kind=kind) for shop, drug, kind in places]
    took = sender.send(prices(*lines)).json
    whole = [(one["pharmacy_code"], one["drug_code"]) for one in rows(sender.ask(f"/{took['id']}/changes.csv").text)]
    assert len(whole) == took["added"] + took["changed"] == len(lines)
    found, page = [], sender.ask(f"/{took['id']}/changes", limit=7).json
    while True:
        found += [(one["pharmacy"]["code"], one["drug"]["code"]) for one in page["items"]]
        if page["next"] is None:
            break
        page = sender.ask(f"/{took['id']}/changes", limit=7, cursor=page["next"]).json
    assert found == whole


def test_changes_of_one_sort_are_shown_alone(sender):
    took = sender.send(prices(line(0, 0, "11.00"), line(0, 3, "9.00"), line(1, 0, "11.00")), mode="full").json
    sorts = {
        what: [one["what"] for one in sender.ask(f"/{took['id']}/changes", what=what).json["items"]]
        for what in ("new", "changed", "gone", "late")
    }
    assert sorts == {"new": ["new"], "changed": ["changed"], "gone": ["gone"] * 4, "late": []}
    first = sender.ask(f"/{took['id']}/changes", what="gone", limit=3).json
    rest = sender.ask(f"/{took['id']}/changes", what="gone", limit=3, cursor=first["next"]).json
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]


def test_a_cursor_belongs_to_its_upload(sender):
    ids = [sender.send(prices(line(0, 0, "12.00"), line(1, 0, f"{price}.00"))).json["id"] for price in (13, 14)]
    cursor = sender.ask(f"/{ids[0]}/changes", limit=1).json["next"]
    assert sender.ask(f"/{ids[0]}/changes", limit=1, cursor=cursor).status_code == 200
    assert sender.ask(f"/{ids[1]}/changes", limit=1, cursor=cursor).json["code"] == "bad_cursor"


def test_a_dry_run_says_what_the_real_run_does_and_leaves_nothing(sender):
    content, dump = prices(line(0, 0, "11.00"), line(0, 3, "9.00"), line(1, 0, "x")), sender.town.dump()
    ledger = sender.town.ledger()
    tried = sender.send(content, dry_run="true", mode="full")
    as_csv = sender.send(content, dry_run="true", mode="full", headers={"Accept": "text/csv"})
    said, table = tried.json, rows(as_csv.text)
    tried.close(), as_csv.close()
    assert (tried.status_code, sender.town.dump(), sender.town.ledger(), sender.left()) == (200, dump, ledger, [])
    assert [(one["row"], one["code"]) for one in said["findings"]] == [(4, "bad_price")]
    real = sender.send(content, mode="full").json
    differ = ("id", "data_version", "links")
    assert said["upload"] | dict.fromkeys(differ) == real | dict.fromkeys(differ)
    assert said["changes"] == sender.ask(f"/{real['id']}/changes").json["items"]
    assert table == rows(sender.ask(f"/{real['id']}/changes.csv").text)


def test_a_guarded_file_waits_for_a_person(sender):
    sender.send(prices(*(line(shop, drug, "10.00") for shop in range(11) for drug in range(3))), source="a")
    dump = sender.town.dump()
    took = sender.send(prices(line(0, 0, "12.00", "2026-10-31")), source="a")
    assert (took.status_code, took.json["state"]) == (201, "quarantined")
    assert [(one["code"], bool(one["zh"])) for one in took.json["reasons"]] == [("guard_few_rows", True)]
    unmoved = sender.town.dump("quote_list")
    assert unmoved == {table: lines for table, lines in dump.items() if table != "quote_list"}
    confirmed = sender.decide(took.json["id"], "confirm", by="li").json
    assert (confirmed["state"], confirmed["changed"]) == ("taken", 1)
    assert [(one["what"], one["by"]) for one in confirmed["decisions"]] == [("confirmation", "li")]


@pytest.mark.parametrize(
    ("first", "then", "status", "code"),
    [
        ("retract", "retract", 200, None),
        ("retract", "confirm", 409, "not_quarantined"),
        ("confirm", "confirm", 409, "not_quarantined"),
        ("reject", "retract", 409, "not_quarantined"),
    ],
)
def test_what_is_decided_stays_decided(sender, first, then, status, code):
    number = sender.send(prices(line(0, 0, "11.00"))).json["id"]
    sender.decide(number, first)
    answer = sender.decide(number, then if first == "retract" else first)
    assert (answer.status_code, answer.json.get("code")) == (status, code)


def test_an_upload_taken_back_never_came(sender):
    unlike = ("meta", "market", "effect")
    dump = sender.town.dump(*unlike)
    number = sender.send(prices(line(0, 0, "11.00"), line(0, 3, "9.00"))).json["id"]
    taken_back = sender.decide(number, "retract", by="zhao").json
    assert (taken_back["state"], taken_back["decisions"][0]["by"]) == ("retracted", "zhao")
    assert sender.town.dump(*unlike, "quote_list") == {name: dump[name] for name in dump if name != "quote_list"}
    did = sender.ask(f"/{taken_back['decisions'][0]['id']}/changes").json["items"]
    assert [(one["what"], one["price"]) for one in did] == [("changed", "10.00"), ("gone", None)]


def test_a_held_price_is_released_by_a_person(sender):
    took = sender.send(prices(line(0, 0, "99.00"))).json
    assert took["held"] == 1
    path = f"/api/v1/pharmacies/{SHOPS[0]}/offers/{CODES[0]}/release"
    decided = sender.client.put(path, json={"by": "sun"}, headers=BEARER)
    assert (decided.status_code, decided.json["what"], decided.json["sender"]) == (200, "release", "sun")
    again = sender.client.put(path, headers=BEARER)
    assert (again.status_code, again.json["code"]) == (409, "not_held")


def test_a_bomb_is_refused_as_a_whole(sender):
    answer = sender.send(gzip.compress(b"0,0\n" * (16 << 20)), name="list.csv.gz")
    assert (answer.status_code, answer.json["code"], sender.left()) == (422, "zip_bomb", [])


def test_a_file_refused_as_a_whole_is_in_the_ledger_with_the_reason(sender):
    dump = sender.town.dump()
    answer = sender.send("<html><body>Forbidden</body></html>")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    failed = sender.ask(f"/{answer.json['upload']}").json
    assert (failed["state"], [one["code"] for one in failed["reasons"]]) == ("failed", ["html_file"])
    assert (answer.json["code"], sender.town.dump()) == ("html_file", dump)


def test_the_key_is_shown_nowhere(sender):
    took = sender.send(prices(line(0, 0, "11.00")))
    assert KEY not in took.text + sender.ask("").text + sender.client.get("/openapi.json").text
    assert KEY not in repr(sender.app.extensions["pricecompare"])
