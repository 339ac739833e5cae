"""Lines of the log: JSON people can read, the route and not the address, the kind of an error and not its text."""

import json
import logging

import pytest
from gunicorn.config import Config

from pricecompare.web import create_app, logs
from tests.conftest import NOW

MARK = "1390000marked"
FIELDS = ["at", "level", "what", "request_id", "method", "route", "status", "ms"]


def lines(capfd):
    """Return the lines that were written since the last time."""
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


@pytest.fixture
def app(city, capfd):
    app = create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat(), LOG="1")
    return app


def test_a_request_has_one_line_without_anything_that_was_asked(app, capfd):
    app.test_client().get(f"/api/v1/drugs/{MARK}/offers?lat=28.2281&lng=112.9391", headers={"User-Agent": MARK})
    (line,) = lines(capfd)
    assert list(line) == FIELDS
    assert (line["route"], line["status"], line["method"]) == ("/api/v1/drugs/<code>/offers", 404, "GET")
    assert line["ms"] >= 0 and MARK not in json.dumps(line)


@pytest.mark.parametrize(
    ("method", "path", "shown"),
    [
        ("GET", f"/{MARK}", ("GET", "-", 404)),
        (MARK, "/docs", ("other", "-", 405)),
        ("GET", "/docs", ("GET", "/docs", 200)),
    ],
)
def test_an_address_or_method_nobody_knows_is_not_repeated(app, capfd, method, path, shown):
    app.test_client().open(path, method=method)
    (line,) = lines(capfd)
    assert (line["method"], line["route"], line["status"]) == shown


def test_of_what_is_refused_the_network_is_told(app, capfd):
    client = app.test_client()
    client.get("/api/v1/uploads", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    (line,) = lines(capfd)
    assert (line["status"], line["network"]) == (403, "api:203.0.113.0/24")


def test_an_error_that_nobody_foresaw_tells_where_it_came_up_and_not_what_it_said(app, capfd):
    def broken(**_):
        raise KeyError(MARK) from ValueError(MARK)

    app.view_functions["regions.list_regions"] = broken
    answer = app.test_client().get(f"/api/v1/regions?q={MARK}")
    found = lines(capfd)
    assert answer.status_code == 500 and MARK not in answer.text
    (error,) = [line for line in found if line["level"] == "error"]
    assert (error["error"], error["of"], error["route"]) == ("KeyError", "ValueError", "/api/v1/regions")
    assert error["where"][-1].startswith("test_logs.py:") and MARK not in json.dumps(found)


def test_chinese_stays_readable_and_a_line_stays_one(app, capfd):
    logging.getLogger("pricecompare.test").warning("药店\n%s", "云泽市")
    text = capfd.readouterr().err
    assert "云泽市" in text and text.count("\n") == 1


def test_nothing_that_is_logged_breaks_a_line():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "a\r\nb\x00%s", ("\ud800",), None)
    assert json.loads(logs.Lines().format(record))["message"] == "a\r\nb\x00?"


@pytest.fixture
def server_log(capfd):
    config = Config()
    config.set("loglevel", "debug")
    config.set("errorlog", "-")
    log = logs.ServerLog(config)
    yield log
    log.error_log.handlers = []


def test_gunicorn_repeats_nothing_that_was_sent(server_log, capfd):
    server_log.warning(f"Invalid request from ip=203.0.113.77: Invalid Request Line 'GET {MARK}\n{MARK}'")
    try:
        raise ValueError(MARK)
    except ValueError:
        server_log.exception("Error handling request %s %s", "GET", f"/{MARK}")
    server_log.debug("Ignored premature client disconnection. %s", MARK)
    server_log.access(None, None, {"RAW_URI": MARK}, None)
    server_log.info("Listening at: %s", "http://127.0.0.1")
    found = lines(capfd)
    assert MARK not in json.dumps(found)
    assert [line["message"] for line in found] == [
        "malformed request from api:203.0.113.0/24", "Error handling request", "Listening at: http://127.0.0.1",
    ]  # fmt: skip
    assert found[1]["error"] == "ValueError"
