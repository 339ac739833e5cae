"""Alive, ready and measured: what a monitoring is told, to whom, and that it says nothing about persons."""

import re
from datetime import timedelta

import pytest

from pricecompare.store import create_store
from pricecompare.store.sql import SCHEMA_VERSION
from pricecompare.web import create_app
from pricecompare.web.exposition import MEASURES
from pricecompare.web.metrics import BOUNDS, NOWHERE, PART_BYTES, Counters, Memory
from tests.conftest import NOW

TOKEN = "a-token-of-sixteen"
LINE = re.compile(r'^(\w+)(?:\{((?:\w+="[^"]*",?)*)\})? (-?[0-9.e+]+)$')


def read(text: str) -> dict[str, float]:
    """Return the samples of an exposition by name and labels; every line must be one, or a comment."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = LINE.match(line).groups()
            found[f"{name}{{{labels}}}" if labels else name] = float(value)
    return found


@pytest.fixture
def told(city, tmp_path):
    """An application of its own over a copy of the invented city."""
    city.store.engine.save(tmp_path / "city.db")
    return create_app(DB=str(tmp_path / "city.db"), NOW=NOW.isoformat()).test_client()


def test_a_request_is_counted_by_route_and_status_and_its_time_by_class(told):
    told.get("/api/v1/regions")
    told.get("/api/v1/regions")
    told.get("/api/v1/drugs/13900000000/offers?lat=95")
    told.get("/13900000000")
    samples = read(told.get("/metrics").text)
    requests = {key: value for key, value in samples.items() if key.startswith("pricecompare_http_requests_total")}
    assert requests == {
        'pricecompare_http_requests_total{route="/api/v1/regions",status="200"}': 2,
        'pricecompare_http_requests_total{route="/api/v1/drugs/<code>/offers",status="404"}': 1,
        'pricecompare_http_requests_total{route="-",status="404"}': 1,
    }
    seconds = "pricecompare_http_request_seconds"
    classes = [samples[f'{seconds}_bucket{{route="/api/v1/regions",le="{le}"}}'] for le in (*BOUNDS, "+Inf")]
    assert classes == sorted(classes) and classes[-1] == samples[f'{seconds}_count{{route="/api/v1/regions"}}'] == 2
    assert samples[f'{seconds}_sum{{route="/api/v1/regions"}}'] > 0


def test_what_is_stored_is_told_by_subject_region_and_queue(told, city):
    samples = read(told.get("/metrics").text)
    assert samples['pricecompare_import_rows_total{what="drugs",outcome="taken"}'] == 200
    assert samples['pricecompare_import_rows_total{what="drugs",outcome="refused"}'] == 0
    assert samples["pricecompare_data_version"] == city.store.versions().data
    assert samples['pricecompare_queue_length{queue="uploads_waiting"}'] == 0
    assert samples['pricecompare_prices_age_seconds{region="990100"}'] == 0
    by_class = {key: value for key, value in samples.items() if key.startswith("pricecompare_flags")}
    assert sum(by_class.values()) == city.store.engine.rows("SELECT count(*) FROM flag", {})[0][0] > 0
    assert samples["pricecompare_ready"] == 1
    assert samples[f'pricecompare_build_info{{version="0.1.0",schema="{SCHEMA_VERSION}"}}'] == 1


def test_every_measure_is_named_whether_it_has_a_value_or_not(told):
    named = re.findall(r"^# TYPE (\w+) (\w+)$", told.get("/metrics").text, re.MULTILINE)
    assert dict(named) == {name: sort for name, (sort, _) in MEASURES.items()}


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("203.0.113.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 403),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {TOKEN}"}, 200),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}x"}, 403),
        ("203.0.113.7", {"Authorization": "Bearer "}, 403),
        ("", {}, 403),
    ],
)
def test_who_may_watch(city, address, headers, status):
    app = create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat(), METRICS_TOKEN=TOKEN)
    answer = app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert status == 200 or answer.json["code"] == "no_metrics"


def test_without_a_token_an_empty_one_opens_nothing(city):
    app = create_app(DB=str(city.store.engine.path), METRICS_ALLOW="10.0.0.0/8")
    for address, status in (("10.1.2.3", 200), ("127.0.0.1", 403)):
        asked = {"headers": {"Authorization": "Bearer "}, "environ_overrides": {"REMOTE_ADDR": address}}
        assert app.test_client().get("/metrics", **asked).status_code == status


def test_ready_says_what_was_looked_at(told):
    answer = told.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")
    assert answer.json["schema_version"] == SCHEMA_VERSION


def _newer(path, app):
    store = app.extensions["pricecompare"].store
    store.put_meta(schema_version=SCHEMA_VERSION + 1)


def _damaged(path, _):
    path.write_bytes(b"\0" * path.stat().st_size)


@pytest.mark.parametrize(
    ("harm", "check", "code"),
    [(_newer, "migrations", "not_ready_schema"), (_damaged, "database", "not_ready_database")],
)
def test_not_ready_says_why_and_when_to_ask_again_while_the_program_is_alive(tmp_path, city, harm, check, code):
    path = tmp_path / "city.db"
    city.store.engine.save(path)
    app = create_app(DB=str(path), NOW=NOW.isoformat())
    app.extensions["pricecompare"].store.close()
    harm(path, app)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (answer.mimetype, answer.json["code"]) == ("application/problem+json", "not_ready")
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [(check, code)]
    assert str(path) not in answer.text
    assert app.test_client().get("/healthz").status_code == 200
    assert read(app.test_client().get("/metrics").text)["pricecompare_ready"] == 0


def test_old_data_are_a_reason_only_when_an_operator_says_so(tmp_path, city):
    path = tmp_path / "city.db"
    city.store.engine.save(path)
    later = (NOW + timedelta(hours=25)).isoformat()
    for hours, status in (("", 200), ("26", 200), ("24.5", 503)):
        app = create_app(DB=str(path), NOW=later, READY_HOURS=hours)
        assert app.test_client().get("/readyz").status_code == status


def test_an_empty_database_is_ready_and_has_no_ages(tmp_path):
    create_store(str(tmp_path / "x.db"), cursor_key="", max_age_days=30).close()
    client = create_app(DB=str(tmp_path / "x.db")).test_client()
    assert client.get("/readyz").status_code == 200
    assert not [key for key in read(client.get("/metrics").text) if "age_seconds" in key]


def test_workers_count_in_parts_of_one_memory_and_a_new_one_goes_on_where_the_last_stopped():
    memory = Memory()
    first, second = memory.take(), memory.take()
    for part, times in ((first, 2), (second, 3)):
        counters = Counters(["/a"], memory, part)
        counters.begin(pid=part + 100, part=part)
        for _ in range(times):
            counters.count("/a", 200, 0.002)
    assert counters.pids == [100, 101]
    memory.give_back(first)
    assert memory.take() == first
    after = Counters(["/a"], memory, first)
    after.count("/a", 299, 99.0)
    after.count("/other", 200, 0.0)
    told = {route: (by_status, sum(times)) for route, by_status, times, _ in after.answered()}
    assert told == {"/a": ({200: 5, 0: 1}, 6), NOWHERE: ({200: 1}, 1)}
    assert (after.pids, after.starts) == ([101], 2)


def test_all_routes_fit_into_the_part_of_a_worker(city):
    assert len(create_app(DB=str(city.store.engine.path)).extensions["counters"].routes) < PART_BYTES // 8 // 50 // 1.2
    with pytest.raises(ValueError, match="do not fit"):
        Counters(map(str, range(999)), Memory())
