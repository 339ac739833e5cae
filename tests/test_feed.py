"""The feed of changes, rule by rule, on either engine."""

import json

import pytest

from pricecompare.errors import PriceCompareError
from pricecompare.services.ingest import Asked, decisions, import_file
from pricecompare.services.uploads import feed
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES, Shop, filled
from tests.town import PRICE_HEADER, PRICES, SHOPS, Town


@pytest.fixture
def town(store, tmp_path):
    """The invented town with no prices yet."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def sent(town, *rows, **asked):
    path = town.folder / "sent.csv"
    path.write_text(PRICE_HEADER + "\n".join(rows), "utf-8")
    return import_file(town.desk, "prices", path, Asked(**asked)).upload


def told(town, **asked):
    """Return (version, pharmacy, drug, gone, fen) of a page, codes as places in the town's lists."""
    items = feed.changes(town.desk, **asked)["items"]
    return [
        (one["version"], SHOPS.index(one["pharmacy"]), CODES.index(one["drug"]), one["gone"], one["fen"])
        for one in items
    ]


def line(shop, drug, yuan, day):
    return f"{SHOPS[shop]},{CODES[drug]},{yuan},{day},listed,in"


def test_each_change_is_told_once_and_in_order(town):
    first = town.price(line(0, 0, "10.00", "2026-10-01"), line(1, 1, "20.00", "2026-10-01")).upload.data_version
    second = town.price(line(0, 0, "11.00", "2026-10-02")).upload.data_version
    everything = [(first, 0, 0, False, 1000), (first, 1, 1, False, 2000), (second, 0, 0, False, 1100)]
    assert told(town) == everything
    assert told(town, since=first) == everything[2:]
    assert told(town, since=second) == []


def test_an_upload_is_told_when_it_comes_to_count(town):
    """One that waited in quarantine comes after those that were sent later."""
    sent(town, line(0, 0, "10.00", "2026-10-20"), source="feed")
    waiting = sent(town, line(1, 0, "11.00", "2026-10-10"), source="feed")
    later = town.price(line(2, 0, "12.00", "2026-10-20")).upload
    assert waiting.state == "quarantined"
    decisions.confirm(town.desk, waiting.id)
    items = feed.changes(town.desk)["items"]
    assert [one["upload"] for one in items] == [waiting.id - 1, later.id, waiting.id]
    pages, cursor = [], None
    for _ in items:
        page = feed.changes(town.desk, limit=1, cursor_given=cursor)
        pages, cursor = pages + page["items"], page["next"]
    assert (pages, cursor) == (items, None)


def test_what_is_off_the_list_leaves_a_tombstone(town):
    sent(town, line(0, 0, "10.00", "2026-10-01"), line(0, 1, "20.00", "2026-10-01"), mode="full")
    since = town.store.versions().data
    sent(town, line(0, 0, "10.00", "2026-10-02"), mode="full")
    page = feed.changes(town.desk, since=since)
    assert [(one["drug"], one["gone"], one["price"], one["stock"], one["held"]) for one in page["items"]] == [
        (CODES[1], True, None, None, False)
    ]
    assert [(one["pharmacy"], one["confirmed_at"]) for one in page["confirmations"]] == [
        (SHOPS[0], "2026-10-02T00:00:00+08:00")
    ]


def test_what_only_the_past_learns_is_not_told(town):
    town.price(line(0, 0, "10.00", "2026-10-09"))
    since = town.store.versions().data
    assert town.price(line(0, 0, "9.00", "2026-10-02")).upload.late == 1
    assert feed.changes(town.desk, since=since)["items"] == []
    assert town.store.versions().data > since


def test_a_whole_list_that_is_taken_back_is_no_sighting_any_more(town):
    town.price(line(0, 0, "10.00", "2026-10-01"))
    upload = sent(town, line(0, 0, "10.00", "2026-10-09"), mode="full")
    since = town.store.versions().data
    decisions.retract(town.desk, upload.id)
    page = feed.changes(town.desk, since=since)
    assert (page["items"], [one["confirmed_at"] for one in page["confirmations"]]) == ([], [None])


def test_a_changed_offer_comes_with_its_whole_list(town):
    """A mirror that learnt of the pharmacy only today has never heard of its list."""
    sent(town, line(0, 0, "10.00", "2026-10-20"), line(0, 1, "10.00", "2026-10-20"), mode="full")
    since = town.store.versions().data
    town.price(line(0, 2, "5.00", "2026-10-09"), line(0, 0, "10.50", "2026-10-22"))
    page = feed.changes(town.desk, since=since)
    assert [one["confirmed_at"] for one in page["confirmations"]] == ["2026-10-20T00:00:00+08:00"]


@pytest.mark.parametrize(
    ("region", "shops"),
    [(None, {0, 7}), ("990100", {0}), ("990102", {0}), ("990200", {7}), ("980100", set())],
    ids=["everywhere", "a pooling region", "a district", "another", "nothing there"],
)
def test_a_region_is_told_of_its_own(town, region, shops):
    town.price(line(0, 0, "10.00", "2026-10-01"), line(7, 0, "10.00", "2026-10-01"))
    assert {shop for _, shop, *_ in told(town, region=region)} == shops


def test_a_district_is_told_of_its_own(store, tmp_path):
    shops = [Shop(1, 440305, None, None), Shop(2, 440306, None, None)]
    filled(store, shops)
    town = Town(store, tmp_path)
    town.price(*(f"{shop.code},{CODES[0]},10.00,2026-10-01,listed,in" for shop in shops))
    found = {region: feed.changes(town.desk, region=region)["items"] for region in ("440300", "440305", "440306")}
    assert {region: [one["pharmacy"] for one in items] for region, items in found.items()} == {
        "440300": [shops[0].code, shops[1].code],
        "440305": [shops[0].code],
        "440306": [shops[1].code],
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 1000])
def test_pages_join_to_the_whole(town, limit):
    town.take("prices", PRICES)
    sent(town, line(0, 0, "10.00", "2026-10-30"), mode="full")
    whole, pages, cursor = feed.changes(town.desk), [], None
    while True:
        pages.append(feed.changes(town.desk, limit=limit, cursor_given=cursor))
        if (cursor := pages[-1]["next"]) is None:
            break
    for name in ("items", "confirmations"):
        assert [one for page in pages for one in page[name]] == whole[name]
    assert max(len(page["items"]) for page in pages) <= limit
    assert len(whole["items"]) == 66 + 2


def test_more_lists_than_are_read_at_once(town, monkeypatch):
    town.take("prices", PRICES)
    whole = feed.changes(town.desk)["items"]
    monkeypatch.setattr(feed, "LISTS_AT_ONCE", 2)
    assert feed.changes(town.desk)["items"] == whole


def test_registers_say_when_they_changed(town):
    versions = town.store.versions()
    assert feed.changes(town.desk)["registers"] == {"drugs": versions.drugs, "places": versions.places}


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"since": 99}, "bad_since", "since"),
        ({"since": -1}, "bad_since", "since"),
        ({"limit": 0}, "bad_limit", "limit"),
        ({"limit": 10_001}, "bad_limit", "limit"),
        ({"region": "999999"}, "unknown_region", "region"),
        ({"region": "990000"}, "not_pooling", "region"),
        ({"cursor_given": "x"}, "bad_cursor", "cursor"),
    ],
)
def test_questions_that_make_no_sense(town, asked, code, field):
    with pytest.raises(PriceCompareError) as refused:
        feed.changes(town.desk, **asked)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_cursor_is_of_its_own_question(town):
    town.take("prices", PRICES)
    first = feed.changes(town.desk, limit=1)["next"]
    with pytest.raises(PriceCompareError, match="cursor"):
        feed.changes(town.desk, since=1, limit=1, cursor_given=first)


def test_over_http(town, url):
    town.take("prices", PRICES)
    client = create_app(DB=url, NOW=NOW.isoformat()).test_client()
    answer = client.get("/api/v1/changes?limit=2&region=990200")
    assert answer.status_code == 200
    assert answer.get_json() == json.loads(json.dumps(feed.changes(town.desk, limit=2, region="990200")))
    again = client.get("/api/v1/changes?limit=2&region=990200", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/changes?since=99").get_json()["code"] == "bad_since"
