"""Packs, makers and groups as they are asked for: over HTTP and on the command line, with the invented city."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.schemas import packs
from pricecompare.services.offers import across, equivalents, groups
from tests.conftest import NOW

DRUG, REGION = "XJ01CAA501A001010190008", "990100"
HERE = {"lat": 28.228, "lng": 112.939}
SHAPES = {
    f"offers?region={REGION}": packs.Offers,
    f"offers?region={REGION}&compare=sku": packs.Offers,
    f"offers?region={REGION}&compare=product&limit=100": packs.Offers,
    "offers?lat=28.228&lng=112.939&compare=generic&sort=value": packs.Offers,
    f"equivalents?region={REGION}": packs.Equivalents,
    "equivalents?lat=28.228&lng=112.939&radius_km=3&in_stock=true&max_age_days=20": packs.Equivalents,
    "equivalents?lat=0&lng=0": packs.Equivalents,
}


@pytest.mark.parametrize(("asked", "shape"), SHAPES.items(), ids=SHAPES)
def test_an_answer_is_what_its_shape_says(client, asked, shape):
    answer = client.get(f"/api/v1/drugs/{DRUG}/{asked}")
    assert answer.status_code == 200
    assert shape().dump(answer.json) == answer.json
    assert shape().validate(answer.json) == {}


def test_the_service_answers(client, city):
    got = client.get(f"/api/v1/drugs/{DRUG}/offers", query_string={**HERE, "compare": "generic"}).json
    assert got == across.offers(city, DRUG, compare="generic", **HERE)
    got = client.get(f"/api/v1/drugs/{DRUG}/equivalents", query_string=HERE).json
    assert got == equivalents.equivalents(city, DRUG, **HERE)


def test_sku_is_what_is_compared_when_nothing_is_said(client):
    plain, said = (
        client.get(f"/api/v1/drugs/{DRUG}/offers?region={REGION}{more}").data for more in ("", "&compare=sku")
    )
    assert plain == said
    assert b"normalised" not in plain


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("offers?region=990100&compare=brand", "bad_choice"),
        ("equivalents", "no_place"),
        ("equivalents?region=990100&compare=sku", "unknown_parameter"),
        ("equivalents?region=990100&cursor=a.b", "bad_cursor"),
    ],
)
def test_what_makes_no_sense_is_refused(client, asked, code):
    answer = client.get(f"/api/v1/drugs/{DRUG}/{asked}")
    assert (answer.status_code, answer.json["code"]) == (422, code)


@pytest.fixture
def run(city, monkeypatch):
    monkeypatch.setenv("PRICECOMPARE_NOW", NOW.isoformat())
    return lambda *words: CliRunner().invoke(main, ["--db", str(city.store.engine.path), *words])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (
            ("offers", DRUG, "--region", REGION, "--compare", "generic"),
            lambda desk: across.offers(desk, DRUG, compare="generic", region=REGION),
        ),
        (("equivalents", DRUG, "--region", REGION), lambda desk: equivalents.equivalents(desk, DRUG, region=REGION)),
        (("groups", DRUG), lambda desk: groups.groups(desk, DRUG)),
        (("specs",), groups.unread),
    ],
    ids=["offers", "equivalents", "groups", "specs"],
)
def test_a_command_gives_what_the_service_gives(run, city, words, answer):
    told, wanted = json.loads(run(*words, "--json").stdout), answer(city)
    # A cursor is signed with all that was asked, also with what was left open.
    assert told | {"next": None} == wanted | {"next": None}
    assert run(*words).exit_code == 0


def test_a_command_shows_both_prices(run):
    shown = run("offers", DRUG, "--region", REGION, "--compare", "product", "--limit", "3").stdout
    assert "on scale" in shown and "3 of 80 offers of 3 drugs" in shown
    first = next(line.split() for line in shown.splitlines() if "15.50" in line)
    assert first[:4] == ["7.64", "15.50", "2.0282", "0.3100"]
    shown = run("equivalents", DRUG, "--region", REGION).stdout
    assert "6 of 6 equivalents" in shown and "28.8" in shown
