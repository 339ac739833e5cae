"""Who is open: in offers, in lists of pharmacies and about one pharmacy, minute by minute; who is closed for good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pricecompare.errors import Invalid
from pricecompare.models import MarketKey
from pricecompare.services.grounds import catalogue, nearby
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.offers import compare
from pricecompare.services.statistics import monitor, standing
from pricecompare.services.statistics.history import history
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.town import SHOPS, Town, codes

REGION, DRUG = "990100", CODES[0]
DETAILS = "code,opening_hours,services,closed_from,closed_until,closed_reason\n" + "\n".join(
    [
        # NOW is Sunday 2026-11-01, noon in China.
        f"{SHOPS[0]},Mo-Fr 08:30-21:00; Sa 09:00-20:00,双通道,,,",
        f"{SHOPS[1]},08:00-22:00,,,,",
        f"{SHOPS[2]},24/7,移动支付,,,",
        f"{SHOPS[3]},08:00-22:00,双通道,2026-10-30,2026-11-02,装修",
        f"{SHOPS[4]},08:00-22:00,,2026-10-30,,",
        f"{SHOPS[5]},20:00-12:01,,,,",
    ]
)
STATES = {
    SHOPS[0]: (False, "2026-11-02T08:30:00+08:00", None),
    SHOPS[1]: (True, None, "2026-11-01T22:00:00+08:00"),
    SHOPS[2]: (True, None, None),
    SHOPS[3]: (False, "2026-11-03T08:00:00+08:00", None),
    SHOPS[4]: (False, None, None),
    SHOPS[5]: (True, None, "2026-11-01T12:01:00+08:00"),
    SHOPS[6]: (None, None, None),
}
OPEN = {SHOPS[1], SHOPS[2], SHOPS[5]}


@pytest.fixture
def town(store, tmp_path) -> Town:
    town = Town(store, tmp_path)
    town.take_all()
    assert town.take("pharmacies", DETAILS).findings == []
    return town


def state(one):
    return one["open_now"], one["opens_at"], one["closes_at"]


def later(town, minutes):
    """Return a desk at a later minute."""
    return replace(town.desk, clock=lambda: NOW + timedelta(minutes=minutes))


def sellers(answer):
    return {one["pharmacy"]["code"] for one in answer["items"]}


def test_every_answer_says_how_each_door_stands(town):
    offers = compare.offers(town.desk, DRUG, region=REGION)["items"]
    assert {one["pharmacy"]["code"]: state(one) for one in offers} == STATES
    listed = nearby.pharmacies(town.desk, region=REGION)["items"]
    assert {one["code"]: state(one) for one in listed} == STATES
    assert {code: state(catalogue.pharmacy(town.desk, code)) for code in STATES} == STATES


@pytest.mark.parametrize(
    ("narrow", "found"),
    [
        ({"open_now": True}, OPEN),
        ({"service": "dual_channel"}, {SHOPS[0], SHOPS[3]}),
        ({"service": "24h"}, {SHOPS[2]}),
        ({"service": "e_prescription"}, set()),
        ({"open_now": True, "service": "mobile_payment"}, {SHOPS[2]}),
    ],
    ids=["open now", "dual channel", "all day", "nobody", "both"],
)
def test_lists_are_narrowed_only_when_asked(town, narrow, found):
    answer = compare.offers(town.desk, DRUG, region=REGION, **narrow)
    assert (sellers(answer), answer["total"]) == (found, len(found))
    listed = nearby.pharmacies(town.desk, region=REGION, **narrow)
    assert ({one["code"] for one in listed["items"]}, listed["total"]) == (found, len(found))
    assert compare.offers(town.desk, DRUG, region=REGION)["total"] == len(STATES)


def test_a_door_that_closes_is_closed_from_that_minute_on(town):
    assert SHOPS[5] in sellers(compare.offers(later(town, 0), DRUG, region=REGION, open_now=True))
    assert SHOPS[5] not in sellers(compare.offers(later(town, 1), DRUG, region=REGION, open_now=True))


def test_a_holiday_counts_as_soon_as_it_is_known(town):
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[1]},08:00-22:00; PH off")
    assert catalogue.pharmacy(town.desk, SHOPS[1])["open_now"] is True
    town.take("holidays", "date,name,kind\n2026-11-01,节,holiday\n")
    assert state(catalogue.pharmacy(town.desk, SHOPS[1])) == (False, "2026-11-02T08:00:00+08:00", None)
    town.take("holidays", "date,name,kind\n2026-11-01,,usual\n")
    assert catalogue.pharmacy(town.desk, SHOPS[1])["open_now"] is True


def test_one_pharmacy_has_its_table_services_and_closure(town):
    shown = catalogue.pharmacy(town.desk, SHOPS[3])
    assert (shown["hours"], shown["services"]) == ("08:00-22:00", ["dual_channel"])
    assert shown["closure"] == {"from": "2026-10-30", "until": "2026-11-02", "reason": "装修"}
    assert shown["week"]["days"][0] == {"day": "Mo", "open": ["08:00-22:00"]}
    assert catalogue.pharmacy(town.desk, SHOPS[6])["week"] is None


def test_nobody_knows_who_was_open_in_the_past(town):
    past = {"region": REGION, "as_of": NOW.date() - timedelta(days=1)}
    assert {state(one) for one in compare.offers(town.desk, DRUG, **past)["items"]} == {(None, None, None)}
    with pytest.raises(Invalid) as refused:
        compare.offers(town.desk, DRUG, open_now=True, **past)
    assert refused.value.code == "open_in_the_past"


def test_stale_and_left_out_prices_are_counted(town):
    ages = [one["age_days"] for one in compare.offers(town.desk, DRUG, region=REGION)["items"]]
    answer = compare.offers(town.desk, DRUG, region=REGION, max_age_days=6)
    assert answer["left_out"] == sum(age > 6 for age in ages) > 0
    assert answer["total"] + answer["left_out"] == len(ages)
    old = replace(town.desk, clock=lambda: NOW + timedelta(days=25))
    answer = compare.offers(old, DRUG, region=REGION)
    assert answer["stale"] == sum(one["stale"] for one in answer["items"]) > 0
    assert catalogue.offers_of_pharmacy(old, SHOPS[0])["stale"] == 6


def gone(town, day="2026-10-31"):
    town.take("pharmacies", f"code,closed_on\n{SHOPS[1]},{day}")


def test_who_is_closed_for_good_sells_nothing_and_counts_nowhere(town):
    before = standing.statistics(town.desk, DRUG, region=REGION)["n"]
    gone(town)
    assert standing.statistics(town.desk, DRUG, region=REGION)["n"] == before - 1
    assert SHOPS[1] not in sellers(compare.offers(town.desk, DRUG, region=REGION))
    assert catalogue.offers_of_pharmacy(town.desk, SHOPS[1])["items"] == []
    assert SHOPS[1] not in {one["code"] for one in nearby.pharmacies(town.desk, region=REGION)["items"]}
    assert SHOPS[1] in {one["code"] for one in nearby.pharmacies(town.desk, region=REGION, closed=True)["items"]}
    assert catalogue.pharmacy(town.desk, SHOPS[1])["closed_on"] == "2026-10-31"
    flagged = monitor.flags(town.desk, REGION)["items"]
    assert SHOPS[1] not in {one["pharmacy"]["code"] for one in flagged}


def test_prices_that_come_from_who_is_closed_stay_out_of_markets(town):
    gone(town)
    town.price(f"{SHOPS[1]},{DRUG},10.00,2026-11-01,listed,in")
    assert SHOPS[1] not in sellers(compare.offers(town.desk, DRUG, region=REGION))
    assert rebuild(town.desk).changed == 0


def test_who_opens_again_is_back_as_if_nothing_had_been(town):
    before = town.derived()
    gone(town)
    assert rebuild(town.desk).changed == 0
    assert town.derived() != before
    town.take("pharmacies", f"code,closed_on\n{SHOPS[1]},")
    assert town.derived() == before
    assert rebuild(town.desk).changed == 0


def test_who_closed_and_moved_is_in_no_market_of_either_region(town):
    town.take("pharmacies", f"code,name,region,closed_on\n{SHOPS[1]},甲,990202,2026-10-31")
    other = town.store.market(MarketKey(990200, 1, "listed"))
    assert other.n == 4
    assert rebuild(town.desk).changed == 0


def test_the_past_before_it_closed_is_as_it_was(town):
    day = datetime(2026, 10, 29).date()  # noqa: DTZ001 - a day
    before = [compare.offers(town.desk, DRUG, region=REGION, as_of=day + timedelta(days=at)) for at in range(3)]
    days = history(town.desk, DRUG, region=REGION)["days"]
    gone(town)
    after = [compare.offers(town.desk, DRUG, region=REGION, as_of=day + timedelta(days=at)) for at in range(3)]
    assert [one["items"] for one in after[:2]] != [[], []]
    assert [seen(one) for one in after[:2]] == [seen(one) for one in before[:2]]
    assert sellers(before[2]) - sellers(after[2]) == {SHOPS[1]}
    told = history(town.desk, DRUG, region=REGION)["days"]
    assert told[:-2] == days[:-2]
    assert [one["n"] - two["n"] for one, two in zip(days[-2:], told[-2:], strict=True)] == [1, 1]


def seen(answer):
    return [
        {name: value for name, value in one.items() if name != "pharmacy"} | {"code": one["pharmacy"]["code"]}
        for one in answer["items"]
    ]


def test_pharmacies_are_given_as_geojson(town, url):
    town.take("pharmacies", f"code,name,lat,lng,coord_type\n{SHOPS[6]},甲,,,gcj02")
    client = create_app(DB=url, NOW=NOW.isoformat()).test_client()
    address = f"/api/v1/pharmacies?region={REGION}&limit=3"
    plain = client.get(address)
    answer = client.get(address, headers={"Accept": "application/geo+json"})
    assert (answer.mimetype, answer.json["type"]) == ("application/geo+json", "FeatureCollection")
    assert (answer.json["total"], answer.json["next"]) == (7, plain.json["next"])
    first = answer.json["features"][0]
    this = town.store.pharmacy(SHOPS[0])
    assert first["geometry"] == {"type": "Point", "coordinates": [round(this.lng, 6), round(this.lat, 6)]}
    rest = {name: value for name, value in plain.json["items"][0].items() if name not in ("lat", "lng", "coord_type")}
    assert (first["type"], first["id"], first["properties"]) == ("Feature", SHOPS[0], rest)
    whole = client.get(f"/api/v1/pharmacies?region={REGION}", headers={"Accept": "application/geo+json"})
    assert whole.json["features"][6]["geometry"] is None
    assert answer.headers["ETag"] != plain.headers["ETag"]
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept, X-Envelope"
    assert client.get(address, headers={"Accept": "*/*"}).mimetype == "application/json"


def test_what_the_query_gets_wrong_is_refused(town, url):
    client = create_app(DB=url, NOW=NOW.isoformat()).test_client()
    for address in ("pharmacies", f"drugs/{DRUG}/offers"):
        answer = client.get(f"/api/v1/{address}?region={REGION}&service=wash")
        assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "bad_choice", "service")


def test_no_row_of_a_closed_pharmacy_is_refused(town):
    gone(town)
    assert codes(town.price(f"{SHOPS[1]},{DRUG},10.00,2026-11-01,listed,in")) == []


def test_a_price_of_who_is_closed_for_good_for_a_drug_nobody_sells(store, tmp_path):
    """Then there is no market at all to put it into."""
    town = Town(store, tmp_path)
    town.take_all()
    town.take("pharmacies", f"code,closed_on\n{SHOPS[0]},2026-10-30\n")
    report = town.price(f"{SHOPS[0]},{CODES[3]},10.00,2026-10-30,listed,in")
    assert (report.errors, store.market_keys(990100)) == (
        [],
        [key for key in store.market_keys(990100) if key.drug_id < 4],
    )
