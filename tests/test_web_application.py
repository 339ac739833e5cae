"""Flask made lighter: what is left out or remembered changes nothing that anybody is told."""

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from pricecompare.web import create_app
from pricecompare.web.application import HOSTS, LONGEST, ROUTES

OFFERS = "/api/v1/drugs/XJ01CAA501A001010190008/offers?lat=28.228&lng=112.939"
BESIDE = "/api/v1/drugs/XJ01CAA501A001010190008/offers?region=990200"


@pytest.fixture
def app(city):
    return create_app(DB=str(city.store.engine.path), NOW=city.clock().isoformat())


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/docs", {}),
        ("/api/v1/drugs/药", {"query_string": "q=%E8%8D%AF&a=1"}),
        ("//docs//", {"headers": {"Host": "Prices.Example:8000"}}),
        ("/healthz", {"headers": {"Host": "药店.example"}}),
        ("/healthz", {"headers": {"Host": "bad host/"}}),
        ("/healthz", {"base_url": "https://prices.example:443"}),
        ("/healthz", {"headers": {"Connection": "upgrade", "Upgrade": "websocket"}}),
        ("/healthz", {"environ_overrides": {"SCRIPT_NAME": "/behind"}}),
        ("/healthz", {"environ_overrides": {"PATH_INFO": ""}}),
        ("/healthz", {"method": "HEAD", "environ_overrides": {"QUERY_STRING": "\xff"}}),
    ],
)
def test_a_view_is_found_as_flask_finds_it(app, path, more):
    request = app.request_class(EnvironBuilder(path, **more).get_environ())
    known = vars(Flask.create_url_adapter(app, request))
    host = request.host
    for _ in range(2):
        request = app.request_class(EnvironBuilder(path, **more).get_environ())
        found = vars(app.create_url_adapter(request))
        assert {name: value for name, value in found.items() if name != "known"} == known
        assert request.host == host


def test_a_host_that_cannot_be_is_refused_every_time(app):
    asked = {"Host": f"{'x' * 70}.example"}
    assert {app.test_client().get("/healthz", headers=asked).status_code for _ in range(3)} == {400}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_route_is_found_again_as_it_was_found_first(app, method):
    paths = (
        "/healthz",
        "/api/v1/drugs/A/offers",
        "/api/v1/drugs/B/offers",
        "/docs/",
        "/docs",
        "/api/v1/nothing",
        "//docs",
    )
    for path in (*paths, *paths, f"/api/v1/drugs/{'x' * LONGEST}"):
        request = app.request_class(EnvironBuilder(path, method=method).get_environ())
        found, known = app.create_url_adapter(request), Flask.create_url_adapter(app, request)
        assert routed(found) == routed(known)


def routed(adapter):
    """Return the route and the parts of an address, or how it is refused."""
    try:
        rule, values = adapter.match(return_rule=True)
    except HTTPException as error:
        return type(error), getattr(error, "new_url", None)
    # Whoever takes something out takes nothing from the next one.
    told = rule, dict(values)
    values.clear()
    return told


def test_addresses_are_not_collected_without_end(app):
    client = app.test_client()
    for code in range(ROUTES + 20):
        client.get(f"/api/v1/drugs/{code}")
    client.get(f"/api/v1/drugs/{'x' * LONGEST}")
    assert 0 < len(app._routes) <= ROUTES
    assert max(len(path) for _, path in app._routes) <= LONGEST


def test_names_of_hosts_are_not_collected_without_end(app):
    client = app.test_client()
    answers = {client.get("/healthz", headers={"Host": f"h{n}.example"}).status_code for n in range(HOSTS + 20)}
    assert (answers, len(app._hosts)) == ({200}, HOSTS)


def test_an_answer_to_head_is_that_to_get_without_its_body(client):
    named = {"X-Request-Id": "checkout-17"}
    asked, told = client.head(OFFERS, headers=named), client.get(OFFERS, headers=named)
    assert (asked.status_code, asked.data, list(asked.headers)) == (200, b"", list(told.headers))
    assert int(told.headers["Content-Length"]) == len(told.data) > 0


def test_a_head_says_this_and_no_more(client):
    named = {"X-Request-Id": "checkout-17"}
    # Of the region that a file changed last: what a decision changed has no time that anybody may know.
    told = client.get(BESIDE, headers=named)
    tag = told.headers["ETag"]
    again = client.get(BESIDE, headers=named | {"If-None-Match": tag})
    kept = [("ETag", tag), ("Cache-Control", "public, max-age=60"), ("X-Content-Type-Options", "nosniff")]
    kept += [("Vary", "X-Envelope"), *named.items()]
    kept += [("Last-Modified", told.headers["Last-Modified"])]
    assert (again.status, again.data, sorted(again.headers)) == ("304 NOT MODIFIED", b"", sorted(kept))
    body = [("Content-Type", "application/json"), ("Content-Length", str(len(told.data)))]
    assert (told.status, sorted(told.headers)) == ("200 OK", sorted(kept + body))


@pytest.mark.parametrize(
    ("given", "status"),
    [("{tag}", 304), ("W/{tag}", 304), ('"x", {tag}', 304), ("*", 200), ("", 200), ('"x"', 200), ("{bare}", 304)],
)
def test_every_way_to_name_what_one_has_is_understood(client, given, status):
    tag = client.get(OFFERS).headers["ETag"]
    asked = given.format(tag=tag, bare=tag.strip('"'))
    assert client.get(OFFERS, headers={"If-None-Match": asked}).status_code == status


def test_nothing_can_be_kept_in_a_session(app):
    with app.test_request_context("/docs") as asked, pytest.raises(RuntimeError):
        asked.session["who"] = "me"
