"""Of what people ask nothing is kept: not where they are, what they look for, who they are, nor their key."""

import json
import re

import pytest

from pricecompare.services.dumps.making import dump
from pricecompare.store import create_store
from pricecompare.store.sql import schema
from pricecompare.web import create_app
from tests.attacks import REGULATOR, routes
from tests.browsing import LOGIN, TOKEN
from tests.conftest import NOW
from tests.hostile import BODIES
from tests.regulated import busy
from tests.sent import KEY

LAT, LNG = "28.2271337719", "112.9391884251"
WORDS = "头孢标记克肟"
SECRET = "marked-secret-key-0123456789"
PERSON = "13900001234"
ADDRESS = "203.0.113.177"
HEADERS = {
    "User-Agent": PERSON, "Referer": f"https://x.example/{PERSON}", "Cookie": f"session={SECRET}", "From": PERSON,
    "X-Forwarded-For": ADDRESS, "Accept-Language": PERSON, "If-None-Match": f'"{SECRET}"',
}  # fmt: skip
HEADERS_TYPED = {name: value for name, value in HEADERS.items() if name != "Cookie"}
SAID = {"lat": LAT, "lng": LNG, "q": WORDS}
MARKS = [LAT[:9], LNG[:10], WORDS, WORDS.encode().hex(), SECRET, PERSON, ADDRESS]
ESCAPED = [json.dumps(WORDS)[1:-1], "".join(f"%{byte:02X}" for byte in WORDS.encode())]


@pytest.fixture
def app(url, store, tmp_path, once):
    desk = busy(store, tmp_path, once)
    dump(desk, tmp_path / "dumps")
    keys = {"UPLOAD_KEY": KEY, "REGULATOR_KEY": REGULATOR, "SPOOL": str(tmp_path / "spool")}
    app = create_app(DB=url, NOW=NOW.isoformat(), LOG="1", DUMPS=str(tmp_path / "dumps"), **keys)
    yield app
    app.extensions["pricecompare"].store.close()


def asked(route):
    """Yield (path, query, body) of questions with marks in every place that a question has."""
    fitting = {name: SAID.get(name, values[0]) for name, values in route.known.items()}
    for query in (SAID, {name: SAID[name] for name in SAID.keys() & fitting.keys()}, dict.fromkeys(fitting, WORDS)):
        for place in ("990100", WORDS, PERSON, "1"):
            body = BODIES.get(route.rule, {}) | {"lat": LAT, "lng": LNG, "x": PERSON, WORDS: WORDS}
            yield re.sub(r"\{\w+\}", place, route.rule), query, body
    yield re.sub(r"\{\w+\}", "1", route.rule), {}, BODIES.get(route.rule, {}) | {"lat": float(LAT), "lng": float(LNG)}


def typed(client):
    """Yield answers to the login with marks in every field, and in the form itself."""
    page = client.get(LOGIN, base_url="https://localhost").get_data(as_text=True)
    token = TOKEN.search(page)[1]
    marked = {"name": WORDS, "password": SECRET, "code": PERSON}
    more = [marked | {name: mark} for name in marked for mark in (SECRET, PERSON, WORDS, LAT, "王")]
    for form in [marked, *more, {**marked, WORDS: SECRET}, {**marked, "token": SECRET}]:
        yield client.post(LOGIN, data={"token": token, **form}, headers=HEADERS_TYPED, base_url="https://localhost")


def found_in(text: str) -> list[str]:
    """Return the marks that stand in a text, however they are spelt."""
    return [mark for mark in (*MARKS, *ESCAPED) if mark.lower() in text.lower()]


def kept(store) -> str:
    """Return everything that stands in a database."""
    tables = re.findall(r"^CREATE TABLE (\w+)", schema(), re.MULTILINE)
    return "\n".join(repr(row) for table in tables for row in store.engine.rows(f"SELECT * FROM {table}", {}))  # noqa: S608


def test_nothing_of_a_question_is_written_anywhere(app, store, tmp_path, capfd):
    client, count = app.test_client(), 0
    for route in routes(app):
        for path, query, body in asked(route):
            for key in (SECRET, route.key):
                more = {} if route.method == "GET" else {"json": body}
                headers = HEADERS | {"Authorization": f"Bearer {key}"}
                answer = client.open(path, method=route.method, query_string=query, headers=headers, **more)
                assert answer.status_code < 500
                assert not {SECRET, ADDRESS} & set(found_in(answer.get_data(as_text=True)))
                answer.close()
                count += 1
    for answer in typed(app.test_client()):
        assert answer.status_code in (401, 403, 429)
        assert {SECRET, PERSON, WORDS, ADDRESS} & set(found_in(answer.get_data(as_text=True))) == set()
        count += 1
    told = capfd.readouterr()
    assert len(told.err.splitlines()) >= count > 1000
    assert found_in(told.err) == found_in(told.out) == []
    assert found_in(kept(store)) == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    text = "".join(path.read_bytes().decode("utf-8", "replace") for path in files)
    assert found_in(text + "".join(map(str, files))) == []


def test_the_search_for_marks_finds_them(tmp_path):
    store = create_store(str(tmp_path / "x.db"), cursor_key=f"{SECRET} {WORDS}", max_age_days=30)
    assert found_in(kept(store)) == [WORDS, SECRET]
    assert found_in(json.dumps({"x": WORDS})) == [ESCAPED[0]]
    assert found_in(f"lat={LAT}") == [MARKS[0]]
    store.close()
