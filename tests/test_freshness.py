"""ETag, Last-Modified and Cache-Control: what changes them, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from pricecompare.models import MarketKey
from pricecompare.services.ingest.decisions import retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.town import PRICES, SHOPS, Town

DRUG = CODES[0]
HERE, THERE = "990100", "990200"
IN_REGION = [
    "drugs/{drug}/offers?region={region}",
    "drugs/{drug}/offers?lat={lat}&lng=112.91&radius_km=5",
    "drugs/{drug}/offers?region={region}&as_of=2026-10-30",
    "drugs/{drug}/statistics?region={region}&months=0",
    "drugs/{drug}/statistics?region={region}&months=12",
    "drugs/{drug}/statistics?region={region}&as_of=2026-10-30",
    "drugs/{drug}/history?region={region}",
    "drugs/{drug}/history?pharmacy={shop}",
    "pharmacies/{shop}/offers",
    "pharmacies/{shop}/index",
    "regions/{region}/flags",
    "regions/{region}/flags.csv",
    "regions/{region}/indices",
    "pharmacies?region={region}",
    "drugs?q=yao&region={region}",
    "drugs/suggest?q=yao&region={region}",
    "pharmacies/{shop}",
    "regions/{region}/online-gaps",
    "regions/{region}/online-gaps.csv",
    "regions/{region}/rules",
    "regions/{region}/rule-flags",
    "regions/{region}/index-map",
]
EVERYWHERE = ["regions", "drugs/suggest?q=yao", f"drugs/{DRUG}"]
# Of the past a whole province judges, and of how unusual a price is: a neighbour's price may change what is said here.
WIDE = ("as_of", "history?region", "months=12", "{region}/flags")


def addresses(region, shop, lat):
    return {one: "/api/v1/" + one.format(drug=DRUG, region=region, shop=shop, lat=lat) for one in IN_REGION}


PLACES = {
    HERE: addresses(HERE, SHOPS[0], 28.21),
    THERE: addresses(THERE, SHOPS[7], 29.9),
}


@pytest.fixture
def town(store, tmp_path) -> Town:
    town = Town(store, tmp_path)
    town.take_all()
    # Far from the others: else every circle that touches one region touches the other.
    rows = "".join(f"{shop},店,29.9,112.91,wgs84\n" for shop in SHOPS[7:])
    town.take("pharmacies", f"pharmacy_code,name,lat,lng,coord_type\n{rows}")
    return town


def client_of(url, now=NOW):
    return create_app(DB=url, NOW=now.isoformat()).test_client()


def answers(client):
    """Return tag, bytes and head of every answer."""
    found = {}
    for address in [*(f"/api/v1/{one}" for one in EVERYWHERE), *PLACES[HERE].values(), *PLACES[THERE].values()]:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        found[address] = answer.headers["ETag"], answer.data, answer.headers
    return found


def price(town):
    town.price(f"{SHOPS[0]},{DRUG},12.34,2026-10-31,listed,in")


def sale(town):
    town.take("sales", f"pharmacy_code,drug_code,month,quantity,amount\n{SHOPS[0]},{DRUG},2026-09,9,99\n")


def hours(town):
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[0]},24/7\n")


def closed(town):
    town.take("pharmacies", f"code,closed_on\n{SHOPS[0]},2026-11-01\n")


def confirmed(town):
    rows = [line for line in PRICES.splitlines() if line.startswith(SHOPS[0]) and ",listed," in line]
    town.full(*(line.replace("2026-10-20", "2026-11-01") for line in rows))


CHANGES = {
    "a price": price,
    "a sale": sale,
    "hours": hours,
    "a pharmacy closed": closed,
    "a list confirmed": confirmed,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_here_changes_the_tags_of_here_and_of_no_other_region(town, url, change):
    client = client_of(url)
    before = answers(client)
    change(town)
    after = answers(client)
    for name, address in PLACES[HERE].items():
        assert after[address][0] != before[address][0], name
    for name, address in PLACES[THERE].items():
        if not any(word in name for word in WIDE) or "pharmacy" in name:
            assert after[address][0] == before[address][0], name
        if after[address][0] == before[address][0]:
            assert after[address][1] == before[address][1], name
    for address in EVERYWHERE:
        assert after[f"/api/v1/{address}"][:2] == before[f"/api/v1/{address}"][:2]


def test_how_unusual_a_flagged_price_is_rests_on_the_whole_province(town, url):
    def told(form):
        answer = client.get(PLACES[HERE][f"regions/{{region}}/flags{form}"])
        return answer.headers["ETag"], answer.data

    client = client_of(url)
    town.price(f"{SHOPS[0]},{DRUG},40,2026-10-31,listed,in")
    town.price(*(f"{shop},{DRUG},{10 + at},2026-10-31,listed,in" for at, shop in enumerate(SHOPS[7:])))
    before = [told(form) for form in ("", ".csv")]
    assert SHOPS[0].encode() in before[0][1]
    town.price(*(f"{shop},{DRUG},{10 + 4 * at},2026-11-01,listed,in" for at, shop in enumerate(SHOPS[7:])))
    for (tag, data), form in zip(before, ("", ".csv"), strict=True):
        now = told(form)
        assert now[1] != data
        assert now[0] != tag


def test_a_sale_taken_back_changes_the_index(town, url):
    client, address = client_of(url), PLACES[HERE]["regions/{region}/indices"]
    sale(town)
    before = client.get(address).headers["ETag"]
    retract(town.desk, town.store.last_upload()[0])
    assert client.get(address).headers["ETag"] != before


def test_a_rebuild_that_finds_other_numbers_changes_the_tags_of_that_region(town, url):
    key = MarketKey(int(HERE), 1, "listed")
    with town.store.writing():
        town.store.put_markets([(key, town.store.market(key)._replace(n=99))])
    client, name = client_of(url), "drugs/{drug}/statistics?region={region}&months=0"
    before = [client.get(PLACES[region][name]) for region in (HERE, THERE)]
    assert rebuild(town.desk).changed == 1
    after = [client.get(PLACES[region][name]) for region in (HERE, THERE)]
    assert [one.headers["ETag"] == two.headers["ETag"] for one, two in zip(before, after, strict=True)] == [False, True]
    assert (before[0].json["n"], after[0].json["n"]) == (99, 7)


def test_a_change_of_another_province_changes_nothing_here(town, url):
    client = client_of(url)
    town.take("pharmacies", "code,name,lat,lng,coord_type\nP98010100001,远,40.0,100.0,wgs84\n")
    before = {address: found[:2] for address, found in answers(client).items()}
    town.price(f"P98010100001,{DRUG},12.34,2026-10-31,listed,in")
    assert {address: found[:2] for address, found in answers(client).items()} == before


def test_a_drug_or_a_region_renamed_changes_every_answer_it_is_in(town, url):
    client = client_of(url)
    before = answers(client)
    town.take("drugs", f"drug_code,generic_name\n{DRUG},新名\n")
    after = answers(client)
    for address in (PLACES[HERE][IN_REGION[0]], PLACES[THERE][IN_REGION[3]], f"/api/v1/drugs/{DRUG}"):
        assert after[address][0] != before[address][0]
    assert after["/api/v1/regions"][:2] == before["/api/v1/regions"][:2]
    town.take("regions", "code,name\n990102,新区\n")
    assert answers(client)["/api/v1/regions"][0] != after["/api/v1/regions"][0]


@pytest.mark.parametrize(("minutes", "other"), [(0, False), (29, False), (30, True), (12 * 60, True)])
def test_a_door_that_opens_or_closes_changes_the_tag(town, url, minutes, other):
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[0]},08:00-12:30\n")
    address = PLACES[HERE][IN_REGION[0]]
    first = client_of(url).get(address)
    again = client_of(url, NOW + timedelta(minutes=minutes)).get(address)
    assert (again.headers["ETag"] != first.headers["ETag"]) == other
    assert (again.data != first.data) == other


def test_the_same_tag_whenever_it_was_asked_first(town, url):
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[0]},08:00-12:30\n")
    early, late = client_of(url), client_of(url, NOW + timedelta(minutes=20))
    address = PLACES[HERE][IN_REGION[0]]
    assert late.get(address).headers["ETag"] == early.get(address).headers["ETag"]


@pytest.mark.parametrize(("seconds", "age"), [(0, 60), (1770, 30), (1799, 1), (1800, 60), (43199, 1)])
def test_an_answer_is_kept_no_longer_than_time_leaves_it(town, url, seconds, age):
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[0]},08:00-12:30\n")
    answer = client_of(url, NOW + timedelta(seconds=seconds)).get(PLACES[HERE][IN_REGION[0]])
    assert answer.headers["Cache-Control"] == f"public, max-age={age}"


def test_last_modified_is_when_the_newest_upload_came_or_time_changed_it(town, url):
    def told(address, now):
        return client_of(url, now).get(address).last_modified

    offers, regions, drug = PLACES[THERE][IN_REGION[0]], "/api/v1/regions", f"/api/v1/drugs/{DRUG}"
    midnight = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)
    later = NOW + timedelta(hours=1)
    assert [told(one, later) for one in (offers, regions, drug)] == [NOW] * 3
    after_midnight = midnight + timedelta(hours=3)
    assert [told(one, after_midnight) for one in (offers, regions, drug)] == [midnight, NOW, NOW]
    town.take("pharmacies", f"code,opening_hours\n{SHOPS[7]},08:00-12:30\n")
    assert told(offers, later) == NOW + timedelta(minutes=30)


def test_what_no_upload_made_has_no_last_modified(store, url):
    assert "Last-Modified" not in client_of(url).get("/api/v1/regions").headers
