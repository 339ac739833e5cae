"""Payment standards: how files tell them, which one holds where and when, and what a patient pays beyond it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc import standards as rule
from pricecompare.errors import Conflict
from pricecompare.models import NATIONAL, Standard
from pricecompare.services.ingest import Asked, decisions
from pricecompare.services.offers import compare, standards
from pricecompare.services.statistics import standing
from pricecompare.services.uploads.receiving import refuse_unfitting
from tests.town import CODES, SHOPS, Town, as_sheet, codes, counts

HEADER = "drug_code,region,since,until,standard,basis,confidential\n"
HUNAN = (
    "序号,产品名称,药品统一编码,是否集采中选,是否国家谈判,是否价格保密,最小包装挂网价\n"
    f"1,甲,{CODES[0]},是,否,否,9.50\n"
    f"2,乙,{CODES[1]},否,是,是,88.00\n"
    f"3,丙,{CODES[2]},否,否,否,10.00\n"
)
SHEET = {"region": "990000", "since": "2026-01-01"}


@pytest.fixture
def town(store, tmp_path):
    """The invented town, without any standard."""
    town = Town(store, tmp_path)
    town.take_all()
    return town


def told(town):
    """Return every standard that is kept."""
    return [tuple(one[2:]) for one in town.store.standards()]


def test_a_table_of_standards_is_taken(town):
    rows = (
        f"{CODES[0]},全国,2026-01-01,2027-12-31,12.50,谈判,否\n"
        f"{CODES[0]},990100,2026/6/1,,9.00,集采中选,\n"
        f"{CODES[1]},national,2026-01-01,,*,negotiated,\n"
        f"{CODES[2]},990000,2026-01-01,,15.00＊,bid,\n"
    )
    assert counts(town.take("standards", HEADER + rows)) == {"rows": 4, "added": 4}
    assert told(town) == [
        ("2026-01-01", "2027-12-31", 1250, "negotiated", False),
        ("2026-06-01", None, 900, "vbp", False),
        ("2026-01-01", None, None, "negotiated", True),
        ("2026-01-01", None, 1500, "bid", True),
    ]
    assert counts(town.again("standards", HEADER + rows)) == {"rows": 4, "unchanged": 4}


@pytest.mark.parametrize("form", ["csv", "sheet"])
def test_the_sheet_of_a_province_is_taken_as_it_is(town, tmp_path, form):
    rows = [line.split(",") for line in HUNAN.splitlines()]
    report = town.take("standards", HUNAN if form == "csv" else as_sheet(tmp_path, rows), **SHEET)
    # What is neither of procurement nor negotiated is a listed price, no payment standard.
    assert counts(report) == {"rows": 3, "added": 2, "filtered": 1}
    assert told(town) == [
        ("2026-01-01", None, 950, "vbp", False),
        ("2026-01-01", None, 8800, "negotiated", True),
    ]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{CODES[0]},990100,2026-01-01,,abc,vbp,", "standard", "bad_price"),
        (f"{CODES[0]},990100,2026-01-01,,0,vbp,", "standard", "price_not_positive"),
        (f"{CODES[0]},990100,2026-01-01,,,vbp,否", "standard", "missing_value"),
        (f"{CODES[0]},990100,2026-01-01,,9.00,,", "basis", "standard_no_basis"),
        (f"{CODES[0]},990100,2026-01-01,,9.00,best,", "basis", "bad_choice"),
        (f"{CODES[0]},990100,2026-01-01,,9.00,vbp,maybe", "confidential", "bad_choice"),
        (f"{CODES[0]},990100,2026-13-01,,9.00,vbp,", "since", "bad_date"),
        (f"{CODES[0]},990100,2026-02-01,2026-01-31,9.00,vbp,", "until", "standard_never_holds"),
        (f"{CODES[0]},990102,2026-02-01,,9.00,vbp,", "region", "standard_of_district"),
        (f"{CODES[0]},123456,2026-02-01,,9.00,vbp,", "region", "unknown_region"),
        (f"{CODES[0]},,2026-02-01,,9.00,vbp,", "region", "missing_value"),
        ("XJ01CAA501A001010199999,990100,2026-02-01,,9.00,vbp,", "drug_code", "unknown_drug"),
    ],
)
def test_a_row_that_cannot_be_is_refused(town, row, column, code):
    before = town.dump()
    report = town.take("standards", HEADER + row)
    assert codes(report) == [(2, column, code)]
    assert (counts(report), town.dump()) == ({"rows": 1, "refused": 1}, before)


def test_rows_that_contradict_each_other_are_refused(town):
    row = f"{CODES[0]},990100,2026-01-01,,{{}},vbp,\n"
    report = town.take("standards", HEADER + row.format("9.00") + row.format("9.10"))
    assert codes(report) == [(2, "since", "duplicate_code"), (3, "since", "duplicate_code")]


def test_a_later_file_corrects_and_ends_a_standard_but_takes_none_back(town):
    row = f"{CODES[0]},990100,2026-01-01,{{}},{{}},vbp,"
    town.take("standards", HEADER + row.format("", "9.00"))
    report = town.take("standards", HEADER + row.format("2026-10-31", "9.50"))
    assert counts(report) == {"rows": 1, "changed": 1}
    assert told(town) == [("2026-01-01", "2026-10-31", 950, "vbp", False)]
    with pytest.raises(Conflict, match="corrected file instead"):
        decisions.retract(town.desk, report.upload.id)


def test_what_is_said_of_a_whole_file_is_said_of_standards_only():
    refuse_unfitting("standards", Asked(declared=SHEET))
    with pytest.raises(Exception, match="prices"):
        refuse_unfitting("prices", Asked(declared=SHEET))


DAYS = [f"2026-10-{day:02d}" for day in range(1, 13)]


@given(
    rows=st.lists(
        st.builds(
            Standard,
            drug_id=st.just(1),
            region_id=st.sampled_from([NATIONAL, 990000, 990100, 990200]),
            since_on=st.sampled_from(DAYS),
            until_on=st.sampled_from([None, *DAYS]),
            fen=st.integers(1, 99),
            basis=st.just("vbp"),
            confidential=st.just(False),
        ),
        unique_by=rule.known_as,
    ),
    today=st.sampled_from(DAYS),
)
def test_the_narrowest_standard_that_began_last_and_has_not_ended_holds(rows, today):
    expected = None
    for place in (NATIONAL, 990000, 990100):
        begun = sorted(one for one in rows if one.region_id == place and one.since_on <= today)
        if begun and not (begun[-1].until_on and begun[-1].until_on < today):
            expected = begun[-1]
    assert rule.in_force(rows, (990100, 990000, NATIONAL), today) == expected


@given(fen=st.integers(1, 10**6), standard=st.integers(1, 10**6))
def test_the_patient_pays_what_insurance_does_not(fen, standard):
    more = rule.excess(fen, standard)
    assert more >= 0
    assert min(fen, standard) + more == fen


@pytest.fixture
def paid(town):
    """The town with a national standard, one of a city that began later, and one to come."""
    rows = (
        f"{CODES[0]},national,2026-01-01,,12.00,negotiated,\n"
        f"{CODES[0]},990100,2026-10-25,,11.50,vbp,\n"
        f"{CODES[0]},990100,2026-11-02,,10.00,vbp,\n"
    )
    assert town.take("standards", HEADER + rows).findings == []
    return town


@pytest.mark.parametrize(
    ("place", "day", "standard"),
    [
        ({"region": "990100"}, None, ("11.50", "vbp", "990100")),
        ({"region": "990102"}, None, ("11.50", "vbp", "990100")),
        ({"region": "990100"}, date(2026, 10, 24), ("12.00", "negotiated", None)),
        ({"region": "990200"}, None, ("12.00", "negotiated", None)),
        # Two cities with standards of their own: each offer is measured by its own.
        ({"region": "990000"}, None, None),
    ],
)
def test_offers_say_what_the_patient_pays(paid, place, day, standard):
    answer = compare.offers(paid.desk, CODES[0], **place, as_of=day)
    shown = answer["standard"]
    assert standard == (shown and (shown["price"], shown["basis"], shown["region"] and shown["region"]["code"]))
    limits = {"990100": 1150 if day is None else 1200, "990200": 1200}
    assert answer["items"]
    for one in answer["items"]:
        more = max(one["fen"] - limits[one["pharmacy"]["region"]["code"]], 0)
        assert (one["excess_fen"], one["excess"]) == (more, f"{more / 100:.2f}")


def test_statistics_say_what_insurance_pays(paid):
    assert standing.statistics(paid.desk, CODES[0], region="990102")["standard"] == {
        "price": "11.50",
        "fen": 1150,
        "basis": "vbp",
        "region": {"code": "990100", "name": "云泽市"},
        "since": "2026-10-25",
        "until": None,
    }
    assert standing.statistics(paid.desk, CODES[1], region="990100")["standard"] is None


def test_a_drug_tells_its_standards_of_today(paid):
    found = standards.drug(paid.desk, CODES[0])
    assert [(one["price"], one["region"]) for one in found["standards"]] == [
        ("12.00", None),
        ("11.50", {"code": "990100", "name": "云泽市"}),
    ]
    assert found["vbp"] is True
    assert [standards.drug(paid.desk, CODES[1])[name] for name in ("vbp", "standards")] == [False, []]


def test_a_drug_without_a_standard_has_no_excess(paid):
    offers = compare.offers(paid.desk, CODES[1], region="990100")
    assert {(one["excess"], one["excess_fen"]) for one in offers["items"]} == {(None, None)}
    assert offers["standard"] is None


def test_a_standard_that_came_is_seen_at_once(paid):
    row = f"{CODES[0]},990100,2026-10-25,,11.00,vbp,\n"
    version = paid.store.versions().data
    assert counts(paid.take("standards", HEADER + row)) == {"rows": 1, "changed": 1}
    answer = compare.offers(paid.desk, CODES[0], region="990100")
    assert (answer["standard"]["price"], answer["data_version"]) == ("11.00", version + 1)


@pytest.mark.parametrize(("public", "findings"), [("national", 1), ("990100", 1), ("990200", 0)])
def test_a_public_standard_beside_a_confidential_one_is_remarked_on(town, public, findings):
    town.take("standards", HEADER + f"{CODES[0]},{public},2026-01-01,,12.00,negotiated,\n")
    report = town.take("standards", HEADER + f"{CODES[0]},990100,2026-10-01,,*,negotiated,\n")
    assert codes(report) == [(2, "confidential", "standard_shown_beside")] * findings


def test_every_price_is_measured(paid):
    assert len(SHOPS) == len(compare.offers(paid.desk, CODES[0], region="990000")["items"])
