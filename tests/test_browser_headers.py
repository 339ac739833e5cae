"""What browsers are told: nothing is guessed, framed, sent on or run; other sites read only what is theirs to read."""

import pytest

from pricecompare.web import create_app
from pricecompare.web.headers import POLICY
from tests.conftest import NOW

PAGES = ("/docs",)
FILES = ("/api/v1/regions/990100/flags.csv", "/api/v1/regions/990100/online-gaps.csv")
OFFERS = "/api/v1/drugs/XJ01CAA501A001010190008/offers?region=990100"
SITE, OTHER = "https://prices.example", "https://other.example"


def client_of(city, **settings):
    return create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat(), **settings).test_client()


def test_every_page_has_a_strict_policy(client):
    rules = [str(rule) for rule in client.application.url_map.iter_rules() if not rule.arguments]
    pages = [path for path in rules if client.get(path).mimetype == "text/html" and client.get(path).status_code == 200]
    assert set(pages) >= set(PAGES)
    for path in pages:
        head = client.get(path).headers
        assert head["Content-Security-Policy"] == POLICY
        assert "'unsafe" not in POLICY and "http" not in POLICY and "frame-ancestors 'none'" in POLICY
        assert (head["X-Content-Type-Options"], head["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert "camera=()" in head["Permissions-Policy"]


@pytest.mark.parametrize("path", FILES)
def test_a_file_runs_nothing_wherever_it_is_opened(client, path):
    with client.get(path) as answer:
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", [OFFERS, "/healthz", "/openapi.json", "/no/such", *PAGES, *FILES])
def test_nothing_is_guessed_and_no_version_of_a_server_is_told(client, path):
    with client.get(path) as answer:
        assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]
        assert len(answer.headers.getlist("Content-Security-Policy")) <= 1
        assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())


def test_without_a_setting_no_other_site_reads_anything(client):
    for method in ("get", "options"):
        answer = getattr(client, method)(OFFERS, headers={"Origin": SITE, "Access-Control-Request-Method": "GET"})
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]
        assert "Origin" not in answer.headers.getlist("Vary")


def test_a_site_that_is_named_reads_answers_and_no_other_does(city):
    client = client_of(city, CORS_ORIGINS=f"{SITE} https://more.example")
    theirs, others = (client.get(OFFERS, headers={"Origin": one}) for one in (SITE, OTHER))
    assert theirs.headers["Access-Control-Allow-Origin"] == SITE
    assert "ETag" in theirs.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in others.headers
    for answer in (theirs, others, client.get(OFFERS), client.get("/no/such")):
        assert "Origin" in ", ".join(answer.headers.getlist("Vary"))
        assert "Access-Control-Allow-Credentials" not in answer.headers
    known = client.get(OFFERS, headers={"Origin": SITE, "If-None-Match": theirs.headers["ETag"]})
    assert (known.status_code, known.headers["Access-Control-Allow-Origin"]) == (304, SITE)


def test_a_browser_that_asks_first_is_told_what_it_may_send(city):
    client = client_of(city, CORS_ORIGINS=SITE)
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = client.options("/api/v1/baskets/quote", headers=asked)
    assert answer.status_code == 200 and "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_every_site_may_be_let_in(city):
    answer = client_of(city, CORS_ORIGINS="*").get(OFFERS, headers={"Origin": OTHER})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("origin", ["null", "https://prices.example.evil", "https://PRICES.example", "*", ""])
def test_what_only_looks_like_a_site_that_is_named_reads_nothing(city, origin):
    answer = client_of(city, CORS_ORIGINS=SITE).get(OFFERS, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers
