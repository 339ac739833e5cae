"""Bad questions: each gets 4xx as application/problem+json with a stable code, and nothing ever gets 5xx."""

import json

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.schemas.problems import Problem
from pricecompare.web.openapi import NOUNS, document

DRUG, PHARMACY = "XJ01CAA501A001010190008", "P99010200001"
OFFERS, POINT = f"/api/v1/drugs/{DRUG}/offers", "lat=28.228&lng=112.939"


BAD = [
    # address, status, code, field
    (f"/api/v1/drugs/{DRUG}/equivalents", 422, "no_place", "lat"),
    (f"/api/v1/drugs/{DRUG}/equivalents?region=990100&compare=sku", 422, "unknown_parameter", "compare"),
    (f"/api/v1/drugs/{DRUG}/history", 422, "pharmacy_or_region", "pharmacy"),
    ("/api/v1/changes?since=-1", 422, "bad_since", "since"),
    (f"{OFFERS}?lat=NaN&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat=1&lng=inf", 422, "bad_number", "lng"),
    (f"{OFFERS}?lat=1&lng=-Infinity", 422, "bad_number", "lng"),
    (f"{OFFERS}?lat=abc&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat=&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat=1_0&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat=１０&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat={'9' * 400}&lng=1", 422, "bad_number", "lat"),
    (f"{OFFERS}?lat=91&lng=1", 422, "bad_latitude", "lat"),
    (f"{OFFERS}?lat=112.9&lng=28.2", 422, "bad_latitude", "lat"),
    (f"{OFFERS}?lat=-90.0001&lng=1", 422, "bad_latitude", "lat"),
    (f"{OFFERS}?lat=1&lng=180.5", 422, "bad_longitude", "lng"),
    (f"{OFFERS}?lat=28.2", 422, "half_a_coordinate", "lng"),
    (f"{OFFERS}?lng=112.9", 422, "half_a_coordinate", "lat"),
    (OFFERS, 422, "no_place", "lat"),
    ("/api/v1/pharmacies", 422, "no_place", "lat"),
    (f"{OFFERS}?{POINT}&coord_type=gps", 422, "unknown_datum", "coord_type"),
    (f"/api/v1/pharmacies/{PHARMACY}?coord_type=", 422, "unknown_datum", "coord_type"),
    (f"{OFFERS}?{POINT}&radius_km=0", 422, "bad_radius", "radius_km"),
    (f"{OFFERS}?{POINT}&radius_km=-1", 422, "bad_radius", "radius_km"),
    (f"{OFFERS}?{POINT}&radius_km=1e9", 422, "bad_radius", "radius_km"),
    (f"{OFFERS}?{POINT}&radius_km=NaN", 422, "bad_number", "radius_km"),
    (f"{OFFERS}?{POINT}&limit=0", 422, "bad_limit", "limit"),
    (f"{OFFERS}?{POINT}&limit=-1", 422, "bad_limit", "limit"),
    (f"{OFFERS}?{POINT}&limit=1000000000", 422, "bad_limit", "limit"),
    (f"{OFFERS}?{POINT}&limit=1.5", 422, "bad_number", "limit"),
    (f"{OFFERS}?{POINT}&limit={'9' * 5000}", 422, "bad_number", "limit"),
    ("/api/v1/pharmacies?region=990100&limit=0", 422, "bad_limit", "limit"),
    ("/api/v1/drugs?q=a&limit=201", 422, "bad_limit", "limit"),
    ("/api/v1/regions/990100/flags?limit=0", 422, "bad_limit", "limit"),
    ("/api/v1/regions/990100/indices?limit=0", 422, "bad_limit", "limit"),
    (f"/api/v1/pharmacies/{PHARMACY}/offers?limit=0", 422, "bad_limit", "limit"),
    (f"{OFFERS}?{POINT}&cursor=WzFd.tampered", 422, "bad_cursor", "cursor"),
    (f"{OFFERS}?{POINT}&cursor=", 422, "bad_cursor", "cursor"),
    (f"{OFFERS}?{POINT}&cursor=翻页", 422, "bad_cursor", "cursor"),
    ("/api/v1/drugs?q=a&cursor=x", 422, "bad_cursor", "cursor"),
    ("/api/v1/pharmacies?region=990100&cursor=x", 422, "bad_cursor", "cursor"),
    (f"/api/v1/pharmacies/{PHARMACY}/offers?cursor=x", 422, "bad_cursor", "cursor"),
    ("/api/v1/regions/990100/flags?cursor=x", 422, "bad_cursor", "cursor"),
    ("/api/v1/regions/990100/indices?cursor=x", 422, "bad_cursor", "cursor"),
    (f"{OFFERS}?{POINT}&sort=cheap", 422, "bad_choice", "sort"),
    (f"{OFFERS}?region=990100&sort=distance", 422, "sort_needs_point", "sort"),
    (f"{OFFERS}?{POINT}&kind=retail", 422, "bad_choice", "kind"),
    (f"{OFFERS}?{POINT}&in_stock=maybe", 422, "not_yes_or_no", "in_stock"),
    (f"{OFFERS}?{POINT}&max_age_days=-1", 422, "bad_age", "max_age_days"),
    (f"{OFFERS}?{POINT}&cost_per_km=cheap", 422, "bad_price", "cost_per_km"),
    (f"{OFFERS}?{POINT}&cost_per_km=-1", 422, "price_not_positive", "cost_per_km"),
    (f"{OFFERS}?{POINT}&radius=3", 422, "unknown_parameter", "radius"),
    (f"/api/v1/drugs/{DRUG}?region=990100", 422, "unknown_parameter", "region"),
    ("/healthz?x=%00", 422, "nul_in_question", None),
    ("/readyz?x=%00", 422, "nul_in_question", None),
    ("/metrics?x=%00", 422, "nul_in_question", None),
    (f"{OFFERS}?{POINT}&lat=29", 422, "repeated_parameter", "lat"),
    (f"{OFFERS}?{POINT}&region=000000", 404, "unknown_region", "region"),
    (f"{OFFERS}?region={'9' * 5000}", 404, "unknown_region", "region"),
    (f"{OFFERS}?region=", 404, "unknown_region", "region"),
    (f"{OFFERS}?region=%00", 422, "nul_in_question", None),
    ("/api/v1/drugs/%00", 422, "nul_in_question", None),
    ("/api/v1/drugs", 422, "missing_value", "q"),
    ("/api/v1/drugs?q=", 422, "empty_query", "q"),
    ("/api/v1/drugs?q=%F0%9F%92%8A", 422, "empty_query", "q"),
    (f"/api/v1/drugs?q={'药' * 10_000}", 422, "query_too_long", "q"),
    ("/api/v1/drugs?q=a&group=pack", 422, "bad_choice", "group"),
    ("/api/v1/drugs?q=a&prescription=yes", 422, "bad_choice", "prescription"),
    ("/api/v1/drugs?q=a&form=胶襄剂", 422, "unknown_facet_value", "form"),
    ("/api/v1/drugs?q=a&insurance_class=丙", 422, "unknown_facet_value", "insurance_class"),
    ("/api/v1/drugs?q=a&maker=", 422, "unknown_facet_value", "maker"),
    ("/api/v1/drugs?q=a&lat=28.2", 422, "half_a_coordinate", "lng"),
    ("/api/v1/drugs?q=a&radius_km=3", 422, "no_place", "lat"),
    ("/api/v1/drugs?q=a&region=123", 404, "unknown_region", "region"),
    ("/api/v1/drugs/suggest?q=", 422, "empty_query", "q"),
    ("/api/v1/drugs/suggest?q=%01%7F", 422, "empty_query", "q"),
    (f"/api/v1/drugs/suggest?q={'药' * 65}", 422, "query_too_long", "q"),
    ("/api/v1/drugs/XJ01", 404, "unknown_drug", "code"),
    ("/api/v1/drugs/---", 404, "unknown_drug", "code"),
    ("/api/v1/drugs/%20", 404, "unknown_drug", "code"),
    ("/api/v1/drugs/💊/offers?region=990100", 404, "unknown_drug", "code"),
    (f"/api/v1/drugs/{'X' * 10_000}", 404, "unknown_drug", "code"),
    ("/api/v1/drugs/XJ01/offers?region=990100", 404, "unknown_drug", "code"),
    (f"/api/v1/drugs/{DRUG}/statistics", 422, "missing_value", "region"),
    (f"/api/v1/drugs/{DRUG}/statistics?region=990000", 422, "not_pooling", "region"),
    (f"/api/v1/drugs/{DRUG}/statistics?region=123", 404, "unknown_region", "region"),
    ("/api/v1/pharmacies/P99010299999", 404, "unknown_pharmacy", "code"),
    ("/api/v1/pharmacies/P99010299999/offers", 404, "unknown_pharmacy", "code"),
    (f"/api/v1/pharmacies/{PHARMACY}/index?period=2026-13", 422, "bad_period", "period"),
    (f"/api/v1/pharmacies/{PHARMACY}/index?period=2026-10%0A", 422, "bad_period", "period"),
    (f"/api/v1/pharmacies/{PHARMACY}/index?period=２０２６-10", 422, "bad_period", "period"),
    (f"/api/v1/pharmacies/{PHARMACY}/index?period=1999-01", 404, "no_index", "period"),
    ("/api/v1/regions?parent=1", 404, "unknown_region", "parent"),
    ("/api/v1/regions?limit=0", 422, "bad_limit", "limit"),
    ("/api/v1/regions?cursor=x", 422, "bad_cursor", "cursor"),
    ("/api/v1/regions?pooling=2", 422, "not_yes_or_no", "pooling"),
    ("/api/v1/regions/%C3%A9/flags", 404, "unknown_region", "region"),
    ("/api/v1/regions/990000/flags", 422, "not_pooling", "region"),
    ("/api/v1/regions/990100/flags?class=low", 422, "bad_choice", "class"),
    ("/api/v1/regions/990100/flags.csv?class=low", 422, "bad_choice", "class"),
    ("/api/v1/flags/1-1-cash/explain", 404, "unknown_flag", "id"),
    ("/api/v1/flags/1-99999-listed/explain", 404, "not_flagged", "id"),
    ("/api/v1/flags/26-27-listed/explain?lang=fr", 422, "bad_choice", "lang"),
    ("/api/v1/flags/%F0%9F%92%8A/picture.svg", 404, "unknown_flag", "id"),
    ("/api/v1/regions/123456/flags.csv", 404, "unknown_region", "region"),
    ("/api/v1/regions/990100/online-gaps?min_percent=x", 422, "bad_gap", "min_percent"),
    ("/api/v1/regions/123456/online-gaps.csv", 404, "unknown_region", "region"),
    ("/api/v1/rules?name=x", 422, "unknown_parameter", "name"),
    ("/api/v1/rules/ceilings", 404, "unknown_rule", "rule"),
    ("/api/v1/rules/ceiling?version=x", 422, "bad_number", "version"),
    ("/api/v1/regions/123456/rules", 404, "unknown_region", "region"),
    ("/api/v1/regions/990100/rule-flags?kind=retail", 422, "bad_choice", "kind"),
    ("/api/v1/regions/990100/rule-flags?cursor=x", 422, "bad_cursor", "cursor"),
    ("/api/v1/regions/990000/flags.csv", 422, "not_pooling", "region"),
    ("/api/v1/index-runs?period=x", 422, "bad_period", "period"),
    ("/api/v1/regions/123456/index-map", 404, "unknown_region", "region"),
    ("/api/v1/index-runs/0", 404, "unknown_run", "number"),
    ("/api/v1/index-runs/x/indices", 404, "unknown_run", "number"),
    ("/api/v1/regions/990000/indices", 422, "not_pooling", "region"),
    ("/api/v1/regions/990100", 404, "no_such_page", None),
    ("/api/v1/drugs/", 404, "no_such_page", None),
    ("/api/v1//regions", 404, "no_such_page", None),
    ("/static/../app.py", 404, "no_such_page", None),
    ("/index.html", 404, "no_such_page", None),
]


@pytest.mark.parametrize(
    ("address", "status", "code", "field"), BAD, ids=[f"{code}: {address[:70]}" for address, _, code, _ in BAD]
)
def test_a_bad_question_is_refused_by_name(client, address, status, code, field):
    answer = client.get(address)
    problem = answer.json
    assert (answer.status_code, problem["status"], problem["code"], problem.get("field")) == (
        status, status, code, field,
    )  # fmt: skip
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/problem+json", "no-store")
    assert Problem().dump(problem) == problem
    assert Problem().validate(problem) == {}
    assert len(answer.data) < 2000


def test_several_things_wrong_are_all_named(client):
    problem = client.get(f"{OFFERS}?lat=x&limit=y&radius=3&sort=best").json
    assert problem["code"] == "bad_query"
    assert {wrong["field"]: wrong["code"] for wrong in problem["errors"]} == {
        "lat": "bad_number",
        "limit": "bad_number",
        "radius": "unknown_parameter",
        "sort": "bad_choice",
    }
    assert [wrong.get("suggestions") for wrong in problem["errors"] if wrong["field"] == "radius"] == [["radius_km"]]


def test_near_misses_are_suggested(client):
    assert client.get(f"{OFFERS}?{POINT}&limt=3").json["suggestions"] == ["limit"]
    assert "990100 云泽市" in client.get(f"{OFFERS}?region=云泽").json["suggestions"]


def test_all_parameters_that_are_known_are_named(client):
    known = "lat, lng, coord_type, radius_km, region, sort, kind, in_stock, max_age_days, as_of, open_now, service, "
    known += "cost_per_km, limit, cursor, compare, with"
    problem = client.get(f"{OFFERS}?{POINT}&radius=3").json
    assert sorted(problem["detail"].rpartition(": ")[2].rstrip(".").split(", ")) == sorted(known.split(", "))


def test_what_is_refused_in_a_path_is_named_as_the_document_names_it(client):
    for rule, operation in json.loads(document())["paths"].items():
        everybody = "get" in operation and "security" not in operation["get"]
        names = [one["name"] for one in operation["parameters"] if "name" in one] if "{" in rule and everybody else []
        for name in set(names) - {"If-None-Match"}:
            problem = client.get(rule.replace(f"{{{name}}}", "nothing"), query_string=NEEDED.get(rule, {})).json
            assert (problem["status"], problem["field"]) == (404, name)


def test_a_cursor_belongs_to_its_question(client):
    cursor = client.get(f"{OFFERS}?region=990100&limit=1").json["next"]
    assert client.get(f"{OFFERS}?region=990100&limit=1&cursor={cursor}").status_code == 200
    for other in ("region=990200&limit=1", "region=990100&limit=1&kind=insured", "region=990100&in_stock=true&limit=1"):
        assert client.get(f"{OFFERS}?{other}&cursor={cursor}").json["code"] == "bad_cursor"


NEEDED = {f"/api/v1/drugs/{{code}}/{what}": {"region": "990100"} for what in ("offers", "statistics", "history")}

PARAMETERS = st.sampled_from(
    ["lat", "lng", "coord_type", "radius_km", "region", "sort", "in_stock", "max_age_days", "kind", "cost_per_km"]
    + ["limit", "cursor", "q", "period", "class", "parent", "pooling", "?"]
)
VALUES = st.one_of(
    st.sampled_from(["", "0", "-1", "1e9", "NaN", "990100", "gcj02", "listed", "true", "2026-10", DRUG, "9" * 30]),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=20),
)
PATHS = st.sampled_from(
    [OFFERS, f"/api/v1/drugs/{DRUG}/statistics", "/api/v1/drugs", "/api/v1/pharmacies", "/api/v1/regions"]
    + [f"/api/v1/pharmacies/{PHARMACY}/{what}" for what in ("offers", "index")]
    + [f"/api/v1/regions/990100/{what}" for what in ("flags", "flags.csv", "indices", "online-gaps", "online-gaps.csv")]
)


@settings(max_examples=300, deadline=None)
@given(path=PATHS, asked=st.dictionaries(PARAMETERS, VALUES, max_size=5))
def test_no_question_breaks_the_server(client, path, asked):
    answer = client.get(path, query_string=asked)
    assert answer.status_code < 500
    assert answer.status_code < 400 or (answer.mimetype, bool(answer.json["code"])) == (
        "application/problem+json",
        True,
    )


def test_every_noun_is_tried():
    paths = {rule.rule for noun in NOUNS for rule in create_paths(noun)}
    tried = {address.split("?")[0] for address, *_ in BAD}
    assert {path for path in paths if not any(fits(path, one) for one in tried)} == set()


def create_paths(noun):
    """Return the rules of a blueprint."""
    app = Flask(__name__)
    app.register_blueprint(noun)
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def fits(rule, path):
    """Say whether a path belongs to a rule."""
    wanted, given = rule.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        one == other or one in ("<code>", "<region>", "<id>", "<rule>", "<number>")
        for one, other in zip(wanted, given, strict=True)
    )
