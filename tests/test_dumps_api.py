"""A dump over HTTP: its manifest, its files whole and in part, and no other file."""

import hashlib

import pytest

from pricecompare.services.dumps.making import dump
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.test_dumps import BOTH


@pytest.fixture
def served(tmp_path, city):
    dump(city, tmp_path / "d", BOTH)
    (tmp_path / "secret").write_text("hidden words")
    (tmp_path / "d" / "other.txt").write_text("hidden words")
    return create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat(), DUMPS=str(tmp_path / "d")).test_client()


def test_a_dump_is_handed_out_whole_and_in_part(served, tmp_path):
    told = served.get("/api/v1/dumps")
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-cache")
    again = served.get("/api/v1/dumps", headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for table in told.json["tables"]:
        for file in table["files"]:
            with served.get(file["href"]) as answer:
                assert hashlib.sha256(answer.data).hexdigest() == file["sha256"]
                assert answer.mimetype == file["media"] and "immutable" in answer.headers["Cache-Control"]
                tag = answer.headers["ETag"]
            with served.get(file["href"], headers={"Range": "bytes=4-9"}) as part:
                assert (part.status_code, part.data) == (206, (tmp_path / "d" / file["name"]).read_bytes()[4:10])
            with served.get(file["href"], headers={"If-None-Match": tag}) as known:
                assert known.status_code == 304


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "other.txt", "../secret", "%2e%2e%2fsecret", "..%5csecret", "/etc/passwd", "a" * 3000, "%ff"],
)
def test_no_other_file_is_handed_out(served, name):
    with served.get(f"/api/v1/dumps/{name}") as answer:
        assert answer.status_code in (404, 422) and b"hidden" not in answer.data


def test_without_a_dump_there_is_none(client, city, tmp_path):
    empty = create_app(DB=str(city.store.engine.path), DUMPS=str(tmp_path / "none")).test_client()
    for one in (client, empty):
        answers = [one.get(path) for path in ("/api/v1/dumps", "/api/v1/dumps/offers.csv.gz")]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "no_dump")] * 2
