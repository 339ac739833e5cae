"""Baskets over HTTP and on the command line: the same answer, nothing kept, and whatever is wrong named by its path."""

import io
import json
import logging

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.cli import main
from pricecompare.schemas.baskets import MOST_DRUGS, MOST_PACKS, MOST_STOPS, Quote
from pricecompare.schemas.problems import Problem
from pricecompare.services.baskets import quoting as baskets
from pricecompare.web import create_app
from pricecompare.web.bodies import BODY_BYTES
from tests.conftest import NOW
from tests.made import CODES
from tests.sent import Sender

QUOTE = "/api/v1/baskets/quote"
POINT = {"lat": 28.228, "lng": 112.939, "radius_km": 4}
DRUG, OTHER = "XJ01CAA501A001010190008", "XJ01CAA501A001010190001"
ONE = [{"code": DRUG, "quantity": 2}]


def drugs_of(city, count):
    return [{"code": one.code, "quantity": 1 + at % 3} for at, one in enumerate(city.store.drugs()[:count])]


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(
    "asked",
    [
        POINT,
        POINT | {"max_stops": 3, "allow": "generic"},
        {"region": "990100", "allow": "product"},
        {"lat": 0, "lng": 0},
    ],
    ids=["point", "three stops", "region", "far from everything"],
)
def test_the_service_answers_in_the_shape_that_is_described(client, city, count, asked):
    answer = client.post(QUOTE, json={"drugs": drugs_of(city, count), **asked})
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "application/json",
        "no-store",
    )
    assert "ETag" not in answer.headers
    assert Quote().dump(answer.json) == answer.json
    assert Quote().validate(answer.json) == {}
    assert answer.data == orjson.dumps(baskets.quote(city, drugs_of(city, count), **asked))
    assert "\\u" not in answer.text


def test_what_the_program_allows_is_what_is_described():
    assert (MOST_DRUGS, MOST_PACKS, MOST_STOPS) == (baskets.MOST_DRUGS, baskets.MOST_PACKS, baskets.MOST_STOPS)


BAD = [
    ({}, "missing_value", "drugs"),
    ({"drugs": None}, "missing_value", "drugs"),
    ({"drugs": DRUG}, "not_a_list", "drugs"),
    ({"drugs": []}, "bad_basket_size", "drugs"),
    ({"drugs": ONE * 31}, "bad_basket_size", "drugs"),
    ({"drugs": [DRUG]}, "no_object_here", "drugs[0]"),
    ({"drugs": [*ONE, None]}, "no_object_here", "drugs[1]"),
    ({"drugs": [{}]}, "missing_value", "drugs[0].code"),
    ({"drugs": [{"code": 5}]}, "not_a_text", "drugs[0].code"),
    ({"drugs": [*ONE, {"code": DRUG, "quantitiy": 2}]}, "unknown_parameter", "drugs[1].quantitiy"),
    *(
        ({"drugs": [*ONE * 3, {"code": DRUG, "quantity": value}]}, "bad_whole", "drugs[3].quantity")
        for value in (0, -1, 1.5, 1000, 10**18, "2", True, [1], 1e300)
    ),
    ({"drugs": ONE, "lat": "28.2", "lng": 112.9}, "bad_number", "lat"),
    ({"drugs": ONE, "lat": 112.9, "lng": 28.2}, "bad_latitude", "lat"),
    ({"drugs": ONE, "lat": 28.2}, "half_a_coordinate", "lng"),
    ({"drugs": ONE}, "no_place", "lat"),
    ({"drugs": ONE, **POINT, "radius_km": 0}, "bad_radius", "radius_km"),
    ({"drugs": ONE, **POINT, "radius_km": 1e9}, "bad_radius", "radius_km"),
    ({"drugs": ONE, **POINT, "coord_type": "gps"}, "unknown_datum", "coord_type"),
    ({"drugs": ONE, **POINT, "kind": 3}, "not_a_text", "kind"),
    ({"drugs": ONE, **POINT, "allow": "all"}, "bad_choice", "allow"),
    ({"drugs": ONE, **POINT, "in_stock": "true"}, "not_yes_or_no", "in_stock"),
    ({"drugs": ONE, **POINT, "max_stops": 0}, "bad_whole", "max_stops"),
    ({"drugs": ONE, **POINT, "max_stops": 4}, "bad_whole", "max_stops"),
    ({"drugs": ONE, **POINT, "max_age_days": -1}, "bad_whole", "max_age_days"),
    ({"drugs": ONE, **POINT, "cost_per_km": -0.01}, "cost_negative", "cost_per_km"),
    ({"drugs": ONE, **POINT, "cost_per_km": [1]}, "bad_price", "cost_per_km"),
    ({"drugs": ONE, **POINT, "cost_per_km": True}, "bad_price", "cost_per_km"),
    ({"drugs": ONE, **POINT, "cost_per_km": 1e9}, "price_too_high", "cost_per_km"),
    ({"drugs": ONE, **POINT, "max_stop": 2}, "unknown_parameter", "max_stop"),
    ({"drugs": ONE, "region": 990100}, "not_a_text", "region"),
]


@pytest.mark.parametrize(
    ("body", "code", "field"), BAD, ids=[f"{code} {field} {at}" for at, (_, code, field) in enumerate(BAD)]
)
def test_what_is_wrong_is_named_by_its_path(client, body, code, field):
    assert_refused(client.post(QUOTE, json=body), 422, code, field)


def assert_refused(answer, status, code, field=None):
    problem = answer.json
    assert (answer.status_code, problem["code"], problem.get("field")) == (status, code, field)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/problem+json", "no-store")
    assert Problem().validate(problem) == {}
    assert len(answer.data) < 2000


@pytest.mark.parametrize(
    ("drugs", "place", "code", "field"),
    [
        ([*ONE, {"code": "XX"}], POINT, "unknown_drug", "drugs[1].code"),
        ([*ONE, {"code": "药" * 1000}], POINT, "unknown_drug", "drugs[1].code"),
        (ONE, {"region": "000000"}, "unknown_region", "region"),
    ],
)
def test_what_nobody_knows_is_named(client, drugs, place, code, field):
    assert_refused(client.post(QUOTE, json={"drugs": drugs, **place}), 404, code, field)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 422, "body_not_json"),
        (b"{", "application/json", 422, "body_not_json"),
        (b"\xff{}", "application/json", 422, "body_not_json"),
        (b'{"lat": NaN}', "application/json", 422, "body_not_json"),
        (b'{"drugs":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", 422, "body_not_json"),
        (b"[]", "application/json", 422, "no_object_here"),
        (b'"drugs"', "application/json", 422, "no_object_here"),
        (b" " * (BODY_BYTES + 1), "application/json", 413, "body_too_large"),
        (b"{}", "text/plain", 415, "wrong_content_type"),
        (b"drugs=1", "application/x-www-form-urlencoded", 415, "wrong_content_type"),
    ],
    ids=["empty", "cut off", "no UTF-8", "NaN", "deep", "list", "text", "large", "plain text", "form"],
)
def test_a_body_that_is_none_is_refused(client, body, kind, status, code):
    assert_refused(client.post(QUOTE, data=body, content_type=kind), status, code)


def test_a_body_of_unknown_length_is_cut_off(client):
    body = {"input_stream": io.BytesIO(b" " * (BODY_BYTES + 1)), "content_type": "application/json"}
    answer = client.post(QUOTE, **body, environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""})
    assert_refused(answer, 413, "body_too_large")


def test_several_things_wrong_are_all_named_and_no_more_than_can_be_mended(client):
    problem = client.post(QUOTE, json={"drugs": [{"code": 1, "quantity": 0}] * 2, "lat": "x"}).json
    paths = ["drugs[0].code", "drugs[0].quantity", "drugs[1].code", "drugs[1].quantity", "lat"]
    assert [one["field"] for one in problem["errors"]] == paths
    assert len(client.post(QUOTE, json={"drugs": [{"code": 1, "quantity": 0}] * 30}).json["errors"]) == 20


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_there_is_no_other_way_to_ask(client, method):
    answer = getattr(client, method)(QUOTE)
    assert (answer.status_code, answer.json["code"], set(answer.headers["Allow"].split(", "))) == (
        405, "wrong_method", {"POST", "OPTIONS"},
    )  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(DRUG),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "quantity", "x"]), inner),
    max_leaves=6,
)
NAMES = ["drugs", "lat", "lng", "coord_type", "radius_km", "region", "allow", "kind", "in_stock", "max_age_days"]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*NAMES, "max_stops", "cost_per_km", "?"]), VALUES))
def test_no_body_breaks_the_server(client, body):
    for asked in (body, {"drugs": ONE, **POINT, **body}):
        answer = client.post(QUOTE, data=json.dumps(asked), content_type="application/json")
        assert answer.status_code in (200, 404, 422)
        assert answer.status_code == 200 or answer.json["code"]


def test_nothing_of_a_basket_is_logged(city, caplog):
    caplog.set_level(logging.DEBUG)
    client = create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat()).test_client()
    for body in ({"drugs": ONE, **POINT}, {"drugs": [{"code": "XX"}], **POINT}, {"drugs": 5}):
        client.post(QUOTE, json=body)
    assert DRUG not in caplog.text and "112.939" not in caplog.text and "XX" not in caplog.text


def test_both_engines_answer_the_same_over_http(url, store, tmp_path):
    sender = Sender(url, store, tmp_path)
    drugs = [{"code": code, "quantity": 2} for code in CODES[:3]]
    answer = sender.client.post(
        QUOTE, json={"drugs": drugs, "lat": 28.22, "lng": 112.92, "radius_km": 20, "max_stops": 3}
    )
    plan = answer.json["single"]
    assert (plan["complete"], plan["fen"]) == (True, 6060)
    assert answer.json == baskets.quote(sender.town.desk, drugs, lat=28.22, lng=112.92, radius_km=20, max_stops=3)


def told(city, *words):
    run = CliRunner(env={"PRICECOMPARE_NOW": NOW.isoformat()})
    return run.invoke(main, ["--db", str(city.store.engine.path), "basket", *words])


def test_the_command_answers_as_the_api_does(city, client):
    place = ["--lat", "28.228", "--lng", "112.939", "--radius-km", "4"]
    result = told(city, f"{DRUG}=2", OTHER, *place, "--max-stops", "3", "--json")
    asked = {"drugs": [*ONE, {"code": OTHER}], **POINT, "max_stops": 3}
    assert json.loads(result.stdout) == client.post(QUOTE, json=asked).json


def test_the_command_says_it_in_words(city):
    result = told(city, f"{DRUG}=2", OTHER, "--lat", "28.228", "--lng", "112.939", "--radius-km", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("best single pharmacy: ")
    lacking = told(city, DRUG, "--lat", "0", "--lng", "0")
    assert lacking.stdout == "Nobody there sells any of it.\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([f"{DRUG}=0", "--region", "990100"], "bad_whole"),
        ([f"{DRUG}=-1", "--region", "990100"], "bad_basket_item"),
        ([f"{DRUG}=1.5", "--region", "990100"], "bad_basket_item"),
        ([f"{DRUG}=", "--region", "990100"], "bad_basket_item"),
        (["=2", "--region", "990100"], "bad_basket_item"),
        ([f"{DRUG}={'9' * 400}", "--region", "990100"], "bad_basket_item"),
        ([DRUG, "XX", "--region", "990100"], "unknown_drug"),
        ([DRUG, "--region", "990100", "--max-stops", "4"], "bad_whole"),
        ([DRUG, "--lat", "nan", "--lng", "1"], "bad_latitude"),
        ([DRUG, "--lat", "1", "--lng", "1", "--radius-km", "nan"], "bad_radius"),
        ([DRUG], "no_place"),
    ],
)
def test_the_command_refuses_what_the_api_refuses(city, words, code):
    result = told(city, *words)
    assert (result.exit_code, f"({code})" in result.stderr) == (1, True)
