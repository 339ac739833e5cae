"""What every answer has besides its own: an id, a language, and an envelope for those who ask for one."""

import json
import re

import pytest

from pricecompare.texts import TEXTS
from pricecompare.web import create_app
from pricecompare.web.envelope import ENVELOPE
from pricecompare.web.named import REQUEST_ID
from pricecompare.web.problems import TITLES
from tests.operations import PATHS

DRUG, PHARMACY, REGION = "XJ01CAA501A001010190008", "P99010200001", "990100"
OF_DRUG = f"/api/v1/drugs/{DRUG}"
OFFERS = f"{OF_DRUG}/offers?region={REGION}"
IN = {"X-Envelope": "1"}
MADE = "[0-9a-f]{32}"
PUBLIC = [
    "/healthz", "/openapi.json", "/api/v1/regions", "/api/v1/changes?since=0", "/api/v1/drugs?q=amxl",
    "/api/v1/drugs/suggest?q=amx", OF_DRUG, OFFERS, f"{OF_DRUG}/equivalents?region={REGION}",
    f"{OF_DRUG}/statistics?region={REGION}", f"{OF_DRUG}/history?region={REGION}",
    f"/api/v1/pharmacies?region={REGION}", f"/api/v1/pharmacies/{PHARMACY}", f"/api/v1/pharmacies/{PHARMACY}/offers",
    f"/api/v1/pharmacies/{PHARMACY}/index",
    *(f"/api/v1/regions/{REGION}/{what}" for what in ("indices", "flags", "online-gaps", "rules", "rule-flags")),
    "/api/v1/flags/26-27-listed/explain", "/api/v1/rules", "/api/v1/rules/ceiling", "/readyz",
    "/api/v1/index-runs", "/api/v1/index-runs/1", "/api/v1/index-runs/1/indices",
    f"/api/v1/regions/{REGION}/index-map",
]  # fmt: skip
FILES = [
    f"/api/v1/regions/{REGION}/flags.csv", f"/api/v1/regions/{REGION}/online-gaps.csv",
    "/api/v1/flags/26-27-listed/picture.svg",
]  # fmt: skip
REFUSED = [
    ("get", "/api/v1/drugs/none", 404), ("get", "/api/v1/nothing", 404), ("delete", "/api/v1/regions", 405),
    ("get", f"{OFFERS}&limit=x&sort=y", 422), ("post", "/api/v1/baskets/quote", 415), ("get", "/api/v1/audit", 403),
    ("get", "/api/v1/dumps", 404), ("get", "/api/v1/dumps/manifest.json", 404),
    ("post", "/api/v1/uploads", 403), ("get", "/api/v1/flags/9-9-listed/own", 401), ("get", "/nope", 404),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("checkout-2026-10-31.17", True), ("0" * 8, True), ("0" * 64, True), ("A_b.C-d9", True),
        ("0" * 7, False), ("0" * 65, False), ("", False), ("a b c d e f", False), ("药店药店药店药店", False),
        ('"><script>', False), ("id\tid\tid", False), ("{00000000}", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/api/v1/regions", "/api/v1/drugs/none", "/nope", "/docs", "/static/docs.js"])
def test_an_answer_has_the_id_of_its_request(client, address, given, kept):
    answer = client.get(address, headers={"X-Request-Id": given})
    answer.close()
    (said,) = answer.headers.getlist("X-Request-Id")
    assert said == given if kept else re.fullmatch(MADE, said)
    if answer.status_code == 404:
        assert answer.json["request_id"] == said


def test_no_two_requests_have_the_same_id(client):
    given = [client.get("/healthz").headers["X-Request-Id"] for _ in range(300)]
    assert len(set(given)) == 300


def test_an_id_is_known_to_whoever_writes_about_the_request(city):
    app, seen = create_app(DB=str(city.store.engine.path)), []
    inner = app.wsgi_app

    def noting(environ, start):
        body = inner(environ, start)
        seen.append(environ[REQUEST_ID])
        return body

    app.wsgi_app = noting
    answer = app.test_client().get("/api/v1/regions")
    assert seen == [answer.headers["X-Request-Id"]]


def test_an_answer_that_is_known_already_has_an_id_of_its_own(client):
    first = client.get(OFFERS)
    again = client.get(OFFERS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"), ("", "en"), ("en", "en"), ("zh", "zh"), ("zh-CN", "zh"), ("zh-Hans-CN", "zh"), ("fr", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr, zh;q=0.5", "zh"), ("*", "en"),
        ("zh;q=0", "en"), (";;;q", "en"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("method", "address", "status"), REFUSED[:4])
def test_a_refusal_speaks_the_language_that_is_asked_for(client, asked, language, method, address, status):
    headers = {} if asked is None else {"Accept-Language": asked}
    answer = client.open(address, method=method, headers=headers)
    assert (answer.status_code, answer.headers["Content-Language"]) == (status, language)
    told = answer.json
    assert (told["detail"] == told["detail_zh"]) == (language == "zh")
    assert told["title"] == TEXTS[TITLES[status]][language == "zh"]
    for wrong in told.get("errors", []):
        assert (wrong["detail"] == wrong["detail_zh"]) == (language == "zh")


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_in_an_envelope_is_the_answer(client, address):
    plain, answer = client.get(address), client.get(address, headers=IN)
    assert (plain.status_code, answer.status_code, answer.mimetype) == (200, 200, ENVELOPE)
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    named = answer.headers["X-Request-Id"]
    assert list(answer.json.items()) == [("code", "ok"), ("message", ""), ("data", plain.json), ("request_id", named)]


@pytest.mark.parametrize("address", FILES)
def test_a_file_is_sent_as_it_is(client, address):
    plain, answer = client.get(address), client.get(address, headers=IN)
    assert (plain.status_code, answer.status_code) == (200, 200)
    assert (answer.mimetype, answer.data) == (plain.mimetype, plain.data)


def test_every_endpoint_for_everybody_is_tried():
    tried = {address.partition("?")[0] for address in [*PUBLIC, *FILES, *(refused for _, refused, _ in REFUSED)]}
    # Measures count the question itself, so that no two are the same; tests/test_metrics.py reads them.
    tried.add("/metrics")
    rules = [re.sub(r"{\w+}", "[^/]+", path) for path in PATHS.split()]
    assert [rule for rule in rules if not any(re.fullmatch(rule, address) for address in tried)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("method", "address", "status"), REFUSED)
def test_what_is_refused_is_told_in_the_envelope(client, method, address, status, language):
    headers = {"Accept-Language": language}
    plain = client.open(address, method=method, headers=headers)
    answer = client.open(address, method=method, headers=headers | IN)
    assert (plain.status_code, answer.status_code, answer.mimetype) == (status, 200, ENVELOPE)
    around = answer.json
    assert around["data"] | {"request_id": ""} == plain.json | {"request_id": ""}
    assert (around["code"], around["message"]) == (plain.json["code"], plain.json["detail"])
    assert around["data"]["request_id"] == around["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_of_the_server_itself_is_told_in_the_envelope(city, monkeypatch):
    app = create_app(DB=str(city.store.engine.path))
    monkeypatch.setitem(app.extensions, "remembered", None)
    plain, answer = (app.test_client().get(OFFERS, headers=headers) for headers in ({}, IN))
    assert (plain.status_code, plain.json["code"]) == (500, "internal_error")
    assert (answer.status_code, answer.json["code"], answer.json["data"]["status"]) == (200, "internal_error", 500)


@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since"])
@pytest.mark.parametrize("address", [OFFERS, "/openapi.json"])
def test_an_envelope_is_never_conditional(client, address, name):
    plain = client.get(address)
    given = {"If-None-Match": plain.headers["ETag"], "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}
    answer = client.get(address, headers=IN | {name: given[name]})
    assert (answer.status_code, answer.json["code"]) == (200, "ok")
    assert answer.json["data"] == plain.json
    assert not {"ETag", "Last-Modified"} & set(dict(answer.headers))


@pytest.mark.parametrize("given", ["0", "", "true", "2", "1, 1"])
def test_any_other_value_asks_for_no_envelope(client, given):
    assert client.get("/api/v1/drugs/none", headers={"X-Envelope": given}).status_code == 404


def test_proxies_keep_both_forms_apart(client):
    assert client.get("/api/v1/regions").headers["Vary"] == "X-Envelope"
    assert client.get("/api/v1/pharmacies?region=990100").headers["Vary"] == "Accept, X-Envelope"
    assert client.get("/openapi.json").headers["Vary"] == "X-Envelope"


@pytest.mark.parametrize("address", ["/api/v1/regions", "/api/v1/drugs/none"])
def test_an_envelope_of_head_is_empty(client, address):
    answer = client.head(address, headers=IN)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, ENVELOPE, b"")


def test_an_answer_in_pieces_stays_in_pieces(city):
    pieces, closed = (b'{"a"', b":1", b"}"), []

    class Body(list):
        def close(self):
            closed.append(True)

    app = create_app(DB=str(city.store.engine.path))
    app.add_url_rule("/pieces", view_func=lambda: app.response_class(Body(pieces), mimetype="application/json"))
    answer = app.test_client().get("/pieces", headers=IN)
    told = list(answer.iter_encoded())
    answer.close()
    assert told[1:-1] == list(pieces)
    assert json.loads(b"".join(told))["data"] == {"a": 1}
    assert closed
