"""Exports: the rows of the lists, the same bytes for the same data, a manifest, an entry in the audit trail."""

import csv
import hashlib
import io
import json
import zipfile

import pytest

from pricecompare.errors import Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.models.listing import FORMATS
from pricecompare.schemas.lists import FILTERS
from pricecompare.services import audit
from pricecompare.services.exports.making import Wish, export, export_file
from pricecompare.services.exports.pages import page
from pricecompare.services.exports.registry import LISTS
from pricecompare.services.statistics.monitor import flags
from tests.made import CODES
from tests.regulated import CITY, DISTRICT, WANG, all_of, busy


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


def made(desk, *wish, by=WANG, **how):
    """Return the bytes of an export and what it is."""
    target = io.BytesIO()
    return target, export(desk, Wish(*wish, **{"filters": {}, **how}), target, by=by)


@pytest.mark.parametrize("name", LISTS)
def test_a_file_has_the_rows_and_totals_of_the_list(desk, name):
    target, done = made(desk, name, CITY, format="json")
    told, listed = json.loads(target.getvalue()), all_of(desk, name, CITY)
    money = {column.name for column in LISTS[name].columns if column.type == "money"}
    noted = {column.name for column in LISTS[name].columns if column.noted}
    assert [
        {
            key: f"{value:.2f}" if key in money and value is not None else value
            for key, value in row.items()
            if key not in noted
        }
        for row in told["rows"]
    ] == listed["items"]
    assert told["manifest"]["totals"] == done.manifest["totals"] | told["manifest"]["totals"]
    first = page(desk, name, CITY, filters={}, limit=1)
    assert first["totals"].items() <= done.manifest["totals"].items()
    assert first["totals"]["rows"] == done.manifest["rows"] == len(listed["items"])


def test_every_list_has_rows_here(desk):
    assert [name for name in LISTS if not all_of(desk, name, CITY)["items"]] == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_list_is_the_same_bytes_whoever_asks(desk, name, format):
    first, one = made(desk, name, CITY, format=format)
    second, other = made(desk, name, CITY, format=format, by=Hand("李", "api:10.0.0.0/24", "复核"))
    assert first.getvalue() == second.getvalue()
    assert (one.manifest["who"], other.manifest["who"], other.manifest["why"]) == ("王", "李", "复核")


def test_rows_have_one_hash_in_every_format_and_language(desk):
    found = {
        made(desk, "flags", CITY, format=format, lang=lang)[1].manifest["rows_sha256"]
        for format, lang in (("csv", "zh"), ("xlsx", "zh"), ("json", "en"))
    }
    assert len(found) == 1


def test_a_manifest_says_what_the_file_is(desk):
    target, done = made(desk, "flags", CITY, format="csv", filters={"class_": "high", "drug": None}, most=1)
    said = done.manifest
    assert said["sha256"] == hashlib.sha256(target.getvalue()).hexdigest()
    assert (said["bytes"], said["file"]) == (len(target.getvalue()), f"flags-{CITY}-2026-11-01.csv")
    assert (said["filters"], said["limit"], said["rows"], said["truncated"]) == ({"class": "high"}, 1, 1, True)
    assert (said["when"], said["origin"], said["rules"]) == (
        "2026-11-01T12:00:00+08:00",
        "cli:wang",
        ["loo-pooled v1", "plain-130 v1"],
    )
    assert said["data_version"] == desk.store.versions().data
    entry = audit.entry(desk, said["audit"]["id"])
    assert (entry["what"], entry["about"], entry["hash"]) == (
        "exported",
        f"list flags of {CITY}",
        said["audit"]["hash"],
    )
    beside = ("who", "origin", "why", "when", "audit")
    assert entry["after"] == {name: value for name, value in said.items() if name not in beside}


def test_what_is_inside_does_not_say_who_asked(desk):
    target, done = made(desk, "flags", CITY, format="json")
    inside = json.loads(target.getvalue())["manifest"]
    assert inside.items() <= done.manifest.items()
    assert {"who", "origin", "when", "why", "sha256"} & inside.keys() == set()


def test_a_zip_has_the_clean_csv_and_what_it_is(desk):
    plain, done = made(desk, "flags", CITY, format="csv", most=2)
    packed, whole = made(desk, "flags", CITY, format="zip", most=2)
    name = done.manifest["file"]
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None and archive.namelist() == [name, f"{name}.manifest.json"]
        table, said = archive.read(name), json.loads(archive.read(f"{name}.manifest.json"))
    assert table == plain.getvalue()
    assert (said["sha256"], said["bytes"]) == (done.manifest["sha256"], done.manifest["bytes"])
    assert (said["rows"], said["truncated"], said["rows_sha256"]) == (2, True, done.manifest["rows_sha256"])
    assert {"who", "origin", "when", "why"} & said.keys() == set()
    assert whole.manifest["sha256"] == hashlib.sha256(packed.getvalue()).hexdigest() != said["sha256"]
    assert whole.manifest["file"] == name.removesuffix("csv") + "zip"


@pytest.mark.parametrize(("most", "truncated"), [(1, True), (1000, False)])
def test_a_list_that_is_cut_off_says_so(desk, most, truncated):
    whole = page(desk, "offers", CITY, filters={}, limit=1)["totals"]["rows"]
    for limit, cut in ((most, truncated), (whole, False)):
        done = made(desk, "offers", CITY, most=limit)[1].manifest
        assert (done["truncated"], done["rows"]) == (cut, min(limit, whole))


def test_headers_are_chinese_or_english(desk):
    for lang in ("zh", "en"):
        header = next(csv.reader(io.StringIO(made(desk, "flags", CITY, lang=lang)[0].getvalue().decode("utf-8-sig"))))
        assert header == [column.header(lang) for column in LISTS["flags"].columns]


def test_a_list_without_rows_has_its_header_and_manifest(desk):
    target, done = made(desk, "flags", CITY, filters={"grade": "very_high", "pharmacy": "P99010200007"})
    assert (len(target.getvalue().splitlines()), done.manifest["rows"], done.manifest["truncated"]) == (1, 0, False)


REFUSED = {
    "unknown list": (("flag", CITY), {}, NotFound, "unknown_list"),
    "unknown format": (("flags", CITY), {"format": "pdf"}, Invalid, "bad_choice"),
    "unknown language": (("flags", CITY), {"lang": "fr"}, Invalid, "bad_choice"),
    "unknown region": (("flags", "123456"), {}, NotFound, "unknown_region"),
    "no region": (("flags", "../etc"), {}, NotFound, "unknown_region"),
    "a province": (("flags", "990000"), {}, Invalid, "not_pooling"),
    "a part of a region": (("drugs", DISTRICT), {}, Invalid, "whole_region_only"),
    "unknown drug": (("flags", CITY), {"filters": {"drug": "X"}}, NotFound, "unknown_drug"),
    "unknown pharmacy": (("offers", CITY), {"filters": {"pharmacy": "P"}}, NotFound, "unknown_pharmacy"),
}


@pytest.mark.parametrize(("wish", "how", "error", "code"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_and_not_noted(desk, wish, how, error, code):
    before = desk.store.audit_head()
    with pytest.raises(error) as caught:
        made(desk, *wish, **how)
    assert (caught.value.code, desk.store.audit_head()) == (code, before)


def test_a_file_and_its_manifest_lie_beside_each_other(desk, tmp_path):
    path = tmp_path / "清单.csv"
    done = export_file(desk, Wish("flags", CITY, {}), path, by=WANG)
    beside = json.loads((tmp_path / "清单.csv.manifest.json").read_text("utf-8"))
    assert beside == done.manifest
    assert hashlib.sha256(path.read_bytes()).hexdigest() == beside["sha256"]
    with pytest.raises(NotFound):
        export_file(desk, Wish("flags", "1", {}), path, by=WANG)
    assert sorted(one.name for one in tmp_path.glob("清单*")) == ["清单.csv", "清单.csv.manifest.json"]


def test_lists_agree_with_each_other(desk):
    def total(name, region=CITY, **filters):
        return page(desk, name, region, filters=filters, limit=1)["totals"]

    every = total("flags")["rows"]
    assert every > 0
    assert total("pharmacies")["flags"] == total("drugs", least_sellers=0)["flags"] == every
    assert total("low")["rows"] == total("flags", class_="error_low")["rows"] > 0
    assert sum(total("flags", class_=one)["rows"] for one in ("high", "error_high", "error_low")) == every
    assert total("pharmacies")["high"] == total("flags", class_="high")["rows"]
    assert total("pharmacies")["strong"] == total("flags", strong=True)["rows"]
    assert total("offers")["rows"] == sum(total("offers", drug=code)["rows"] for code in CODES)
    assert total("offers")["rows"] == sum(total("offers", held=held)["rows"] for held in (True, False))
    assert total("stale")["rows"] == sum(total("stale", what=what)["rows"] for what in ("silent", "same"))
    for name in ("flags", "pharmacies", "offers", "stale", "low"):
        assert total(name)["rows"] == total(name, DISTRICT)["rows"], "the city has one district"


def test_the_list_of_flags_is_the_one_that_everybody_sees(desk):
    public = [
        (one["pharmacy"]["code"], one["drug"]["code"], one["kind"]) for one in flags(desk, CITY, limit=200)["items"]
    ]
    names = ("pharmacy_code", "drug_code", "kind")
    assert [tuple(one[name] for name in names) for one in all_of(desk, "flags", CITY)["items"]] == public


def test_every_list_has_its_filters():
    assert FILTERS.keys() == LISTS.keys()
