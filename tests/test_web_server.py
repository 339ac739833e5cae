"""The server itself: methods, odd bytes, failures, settings; nothing it says gives away how it is made."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gunicorn.config import Config

from pricecompare.errors import Invalid, Unusable
from pricecompare.store import create_store
from pricecompare.web import create_app
from pricecompare.web.server import settle

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = "application/problem+json"
OFFERS = "/api/v1/drugs/XJ01CAA501A001010190008/offers"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/regions", OFFERS, "/docs", "/healthz", "/openapi.json"])
def test_only_questions_are_taken(client, method, address):
    answer = getattr(client, method)(address, data="x")
    assert (answer.status_code, answer.mimetype) == (405, PROBLEM)
    assert answer.json["code"] == "wrong_method"
    assert {"GET", "HEAD", "OPTIONS"} == {method.strip() for method in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("q=\xff", {"not_utf8"}),
        ("\xff=1", {"not_utf8"}),
        ("lat=%ff&lng=1", {"bad_query", "bad_number"}),
        ("region=%e4%ba", {"missing_value", "unknown_region"}),
        ("&&&==", {"bad_query", "unknown_parameter"}),
    ],
)
def test_bytes_that_are_no_text_are_no_trouble(client, raw, codes):
    paths = ("/api/v1/drugs/suggest", OFFERS)
    assert {client.get(path, environ_overrides={"QUERY_STRING": raw}).json["code"] for path in paths} == codes


def test_chinese_may_stand_in_the_address_as_it_is(client):
    raw = "q=阿莫西林".encode().decode("latin-1")
    answer = client.get("/api/v1/drugs", environ_overrides={"QUERY_STRING": raw})
    assert answer.json == client.get("/api/v1/drugs?q=阿莫西林").json
    assert answer.json["total"] > 0


def test_a_failure_says_nothing_about_the_server(city, monkeypatch):
    app = create_app(DB=str(city.store.engine.path))
    monkeypatch.setattr("pricecompare.web.regions.catalogue.regions", lambda desk: 1 / 0)
    answer = app.test_client().get("/api/v1/regions")
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
        500, "application/problem+json", "internal_error",
    )  # fmt: skip
    assert "division" not in answer.text


@pytest.mark.parametrize(("address", "code"), [("/readyz", "not_ready"), ("/api/v1/regions", "unavailable")])
def test_a_database_that_cannot_be_read_is_503(tmp_path, address, code):
    path = tmp_path / "prices.db"
    create_store(str(path), cursor_key="k", max_age_days=30).close()
    client = create_app(DB=str(path)).test_client()
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE meta")
    database.close()
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (503, PROBLEM, code)
    assert str(path) not in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_the_application_wants_a_database_and_settings_that_make_sense(city, tmp_path, monkeypatch):
    with pytest.raises(Unusable, match="no pricecompare database"):
        create_app(DB=str(tmp_path / "none.db"))
    monkeypatch.setenv("PRICECOMPARE_DB", str(city.store.engine.path))
    monkeypatch.setenv("PRICECOMPARE_PAGE", "7")
    client = create_app().test_client()
    assert len(client.get("/api/v1/pharmacies?region=990100").json["items"]) == 7
    assert len(create_app(PAGE=3).test_client().get("/api/v1/pharmacies?region=990100").json["items"]) == 3
    monkeypatch.setenv("PRICECOMPARE_PAGE", "many")
    with pytest.raises(Invalid, match="PAGE"):
        create_app()


def test_an_empty_database_of_either_engine_answers(url, store):
    client = create_app(DB=url).test_client()
    health = client.get("/healthz").json
    assert (health["status"], health["last_upload"]) == ("ok", None)
    assert set(health["counts"].values()) == {0}
    assert client.get("/api/v1/regions").json["items"] == []
    assert client.get("/api/v1/drugs?q=药").json["items"] == []
    assert client.get("/api/v1/pharmacies?lat=28.2&lng=112.9").json["items"] == []
    codes = [client.get(one).json["code"] for one in (f"{OFFERS}?region=990100", "/api/v1/pharmacies/P99010200001")]
    assert codes == ["unknown_drug", "unknown_pharmacy"]
    client.application.extensions["pricecompare"].store.close()


def test_flask_runs_it_too(city):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", str(port)]
    settings = os.environ | {"PRICECOMPARE_DB": str(city.store.engine.path)}
    with subprocess.Popen(command, cwd=ROOT, env=settings, stderr=subprocess.DEVNULL) as running:
        try:
            assert b"990100" in _awaited(f"http://127.0.0.1:{port}/api/v1/regions")
        finally:
            running.terminate()


def _awaited(url: str) -> bytes:
    """Return what a server answers as soon as it does."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read()
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(url)


def test_a_worker_finds_the_same_settings_where_they_are_looked_up_faster():
    settings = Config()
    settings.set("workers", 3)
    before = {name: getattr(settings, name) for name in settings.settings}
    settle(settings)
    assert {name: getattr(settings, name) for name in before} == before
    assert vars(settings)["workers"] == 3
