"""Every endpoint: the shape it promises, the page by page way, the literal Chinese, the 304."""

import csv
import io

import orjson
import pytest

from pricecompare.schemas import answers, beside, found, gaps, indexing_shown, paid, people, problems
from pricecompare.services.offers import compare
from pricecompare.services.statistics import monitor, standing
from pricecompare.store import create_store
from pricecompare.web import create_app

DRUG, PHARMACY, REGION = "XJ01CAA501A001010190008", "P99010200001", "990100"
NOW = "2026-11-01T12:00:00+08:00"
HERE = {"lat": 28.228, "lng": 112.939}

SHAPES = {
    "/healthz": problems.Health,
    "/api/v1/regions": answers.Regions,
    "/api/v1/regions?pooling=true&parent=990000": answers.Regions,
    "/api/v1/drugs?q=amxl": found.Drugs,
    "/api/v1/drugs?q=阿莫西林胶襄": found.Drugs,
    "/api/v1/drugs/suggest?q=amx": found.Suggestions,
    f"/api/v1/drugs/{DRUG}": paid.PaidDrug,
    f"/api/v1/drugs/{DRUG}/offers?region={REGION}": beside.Offers,
    f"/api/v1/drugs/{DRUG}/offers?lat=28.228&lng=112.939&sort=value&radius_km=20&limit=50": beside.Offers,
    f"/api/v1/drugs/{DRUG}/offers?lat=0&lng=0": beside.Offers,
    f"/api/v1/drugs/{DRUG}/statistics?region={REGION}": people.Statistics,
    f"/api/v1/drugs/{DRUG}/statistics?region={REGION}&kind=online": people.Statistics,
    f"/api/v1/drugs/{DRUG}/offers?region={REGION}&with=other_kind,text&limit=200": beside.Offers,
    f"/api/v1/regions/{REGION}/online-gaps": gaps.Gaps,
    "/api/v1/pharmacies?lat=28.228&lng=112.939": answers.Pharmacies,
    f"/api/v1/pharmacies?region={REGION}&limit=200": answers.Pharmacies,
    f"/api/v1/pharmacies/{PHARMACY}": answers.Pharmacy,
    f"/api/v1/pharmacies/{PHARMACY}/offers": answers.PharmacyOffers,
    f"/api/v1/pharmacies/{PHARMACY}/index": indexing_shown.Index,
    f"/api/v1/regions/{REGION}/indices?limit=200": indexing_shown.Indices,
    f"/api/v1/regions/{REGION}/flags?limit=200": answers.Flags,
    f"/api/v1/regions/{REGION}/flags?class=error_low": answers.Flags,
}


@pytest.mark.parametrize(("address", "shape"), SHAPES.items(), ids=SHAPES)
def test_an_answer_is_what_its_shape_says(client, address, shape):
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert shape().dump(answer.json) == answer.json
    assert shape().validate(answer.json) == {}


@pytest.mark.parametrize(
    "asked",
    [
        {**HERE, "limit": 50},
        {**HERE, "coord_type": "bd09", "sort": "value", "radius_km": 50.0},
        {"region": REGION, "kind": "online"},
        {"lat": 0.0, "lng": 0.0},
    ],
    ids=str,
)
def test_offers_written_with_ready_made_pieces_are_those_of_plain_values(client, city, asked):
    plain = orjson.dumps(compare.offers(city, DRUG, **asked))
    assert [client.get(f"/api/v1/drugs/{DRUG}/offers", query_string=asked).data for _ in range(2)] == [plain, plain]


def test_the_service_answers(client, city):
    got = client.get(f"/api/v1/drugs/{DRUG}/offers", query_string={**HERE, "sort": "distance", "limit": 3}).json
    assert got == compare.offers(city, DRUG, **HERE, sort="distance", limit=3)
    got = client.get(f"/api/v1/drugs/{DRUG}/statistics", query_string={"region": REGION}).json
    assert got == standing.statistics(city, DRUG, region=REGION)


@pytest.mark.parametrize(
    ("address", "size"),
    [
        (f"/api/v1/drugs/{DRUG}/offers?region={REGION}&sort=price", 5),
        (f"/api/v1/drugs/{DRUG}/offers?lat=28.228&lng=112.939&radius_km=100&sort=distance", 7),
        (f"/api/v1/drugs/{DRUG}/offers?lat=28.228&lng=112.939&radius_km=100&sort=value&coord_type=bd09", 4),
        ("/api/v1/drugs?q=胶囊", 9),
        ("/api/v1/regions", 5),
        ("/api/v1/regions?pooling=false", 4),
        ("/api/v1/pharmacies?lat=28.228&lng=112.939&radius_km=100", 25),
        (f"/api/v1/pharmacies?region={REGION}", 50),
        (f"/api/v1/pharmacies/{PHARMACY}/offers", 33),
        (f"/api/v1/regions/{REGION}/indices", 20),
        (f"/api/v1/regions/{REGION}/flags", 20),
    ],
)
def test_all_pages_together_are_the_whole(client, address, size):
    pages = list(in_pages(client, f"{address}&limit={size}" if "?" in address else f"{address}?limit={size}"))
    whole = list(in_pages(client, f"{address}&limit=200" if "?" in address else f"{address}?limit=200"))
    assert len(pages) > 1
    assert {len(page) for page in pages[:-1]} == {size}
    assert sum(pages, []) == sum(whole, [])


def in_pages(client, address):
    """Yield the rows of each page."""
    cursor = ""
    while cursor is not None:
        answer = client.get(address + cursor).json
        yield answer["items"]
        cursor = answer["next"] and f"&cursor={answer['next']}"


@pytest.mark.parametrize("address", SHAPES)
def test_chinese_is_written_as_text(client, address):
    assert "\\u" not in client.get(address).text


def test_an_error_is_written_as_text(client):
    assert "没有代码为 '云' 的药品" in client.get("/api/v1/drugs/云").text


@pytest.mark.parametrize("address", [one for one in SHAPES if one.startswith("/api")] + ["/openapi.json"])
def test_what_the_client_has_is_not_sent_again(client, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, max-age=60"


def test_a_304_costs_no_work(city, monkeypatch):
    client = create_app(DB=str(city.store.engine.path)).test_client()
    address = f"/api/v1/drugs/{DRUG}/offers?region={REGION}"
    tag = client.get(address).headers["ETag"]
    monkeypatch.delattr(compare, "offers")
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_star_does_not_stand_for_what_is_not_there(client):
    star = {"If-None-Match": "*"}
    assert client.get("/api/v1/drugs/nothing", headers=star).status_code == 404
    assert client.get("/api/v1/regions", headers=star).status_code == 200


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ({"NOW": "2026-11-02T00:00:00+08:00"}, "/api/v1/regions"),
        ({"PAGE": 3}, "/api/v1/regions"),
        ({}, "/api/v1/regions?pooling=true"),
    ],
    ids=["another day", "other settings", "another question"],
)
def test_another_answer_has_another_tag(client, city, config, address):
    other = create_app(**{"DB": str(city.store.engine.path), "NOW": NOW, **config}).test_client()
    assert other.get(address).headers["ETag"] != client.get("/api/v1/regions").headers["ETag"]


def test_a_change_of_the_database_changes_the_tag(tmp_path):
    store = create_store(str(tmp_path / "prices.db"), cursor_key="k", max_age_days=30)
    client = create_app(DB=str(tmp_path / "prices.db"), NOW=NOW).test_client()
    before = client.get("/api/v1/regions").headers["ETag"]
    with store.writing():
        store.put_meta(regions_version=store.next_version())
    assert client.get("/api/v1/regions").headers["ETag"] != before
    store.close()


def test_the_export_is_the_list(client, city):
    answer = client.get(f"/api/v1/regions/{REGION}/flags.csv?class=high")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        "filename*=UTF-8''%E5%BC%82%E5%B8%B8%E4%BB%B7%E6%A0%BC-990100-2026-11-01.csv"
        in (answer.headers["Content-Disposition"])
    )
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    flags = sum(in_pages(client, f"/api/v1/regions/{REGION}/flags?class=high&limit=200"), [])
    assert [(row["pharmacy_code"], row["drug_code"], row["price"], row["text_zh"]) for row in rows] == [
        (flag["pharmacy"]["code"], flag["drug"]["code"], flag["price"], flag["text_zh"]) for flag in flags
    ]
    assert list(rows[0]) == list(monitor.COLUMNS)


def test_the_export_has_a_tag_too(client):
    address = f"/api/v1/regions/{REGION}/flags.csv"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_head_is_get_without_its_body(client):
    for address in ("/api/v1/regions", f"/api/v1/regions/{REGION}/flags.csv", "/healthz", "/docs"):
        head = client.head(address)
        assert (head.status_code, head.data) == (200, b"")


def test_health_is_never_kept(client):
    answer = client.get("/healthz")
    assert "ETag" not in answer.headers
    assert answer.json["last_upload"] == {
        "id": 5, "what": "sales", "taken_at": "2026-11-01T12:00:00+08:00", "age_seconds": 0,
    }  # fmt: skip
