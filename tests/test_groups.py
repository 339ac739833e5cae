"""Groups that people give: what they put together, what is kept of it, and what is refused."""

import pytest

from pricecompare.errors import Conflict
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import retract
from pricecompare.services.offers import across, groups
from pricecompare.services.uploads.trial import tried
from tests.made import filled
from tests.packed import DRUGS
from tests.town import Town, codes, counts

HEADER = "drug_code,product_group,generic_group,reason,who\n"
CODE = {one.id: one.code for one in DRUGS}


@pytest.fixture
def town(store, tmp_path):
    filled(store, [], drugs=DRUGS)
    return Town(store, tmp_path)


def word(number, product="", generic="", reason="说明书一致", who="李"):
    return f"{CODE[number]},{product},{generic},{reason},{who}\n"


def members(town, number, compare):
    return [one["drug"]["id"] for one in groups.groups(town.desk, CODE[number])[compare]["items"]]


def test_what_a_person_puts_together_is_compared_by_all_that_differs(town):
    assert members(town, 1, "generic") == [1, 2, 3, 4, 5]
    report = town.take("groups", HEADER + word(1, generic="g") + word(6, generic="g") + word(7, generic="g"))
    assert counts(report) == {"rows": 3, "added": 3}
    found = groups.groups(town.desk, CODE[1])["generic"]
    assert [(one["drug"]["id"], one["k"], [why["dimension"] for why in one["why"]]) for one in found["items"]] == [
        (1, 1.0, []),
        (6, 1.7, ["content"]),
    ]
    assert [(one["drug"]["id"], one["code"]) for one in found["apart"]] == [(7, "spec_unclear")]
    assert members(town, 2, "generic") == [2, 3, 4, 5]
    assert members(town, 1, "product") == [1, 2, 3]


def test_a_drug_is_taken_out_of_its_group_by_a_name_of_its_own(town):
    town.take("groups", HEADER + word(2, product="只有自己"))
    assert (members(town, 1, "product"), members(town, 2, "product")) == ([1, 3], [2])


def test_the_newest_word_counts_and_all_are_kept(town):
    town.take("groups", HEADER + word(6, generic="g", who="王"))
    assert counts(town.take("groups", HEADER + word(6, reason="撤回") + word(1))) == {
        "rows": 2, "added": 1, "changed": 1,
    }  # fmt: skip
    assert members(town, 6, "generic") == [6]
    assert [(one["generic"], one["reason"], one["who"]) for one in groups.groups(town.desk, CODE[6])["said"]] == [
        ("", "撤回", "李"), ("g", "说明书一致", "王"),
    ]  # fmt: skip


def test_the_same_word_again_changes_nothing(town):
    town.take("groups", HEADER + word(6, generic="g"))
    before = town.dump()
    assert counts(town.again("groups", HEADER + word(6, generic="g"))) == {"rows": 1, "unchanged": 1}
    assert town.dump() == before


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("XJ01CAA999A001010190008,,g,r,w\n", [(2, "drug_code", "unknown_drug")]),
        (word(1, generic="g", reason=""), [(2, "reason", "missing_value")]),
        (word(1, generic="g", who=""), [(2, "who", "missing_value")]),
        (word(1, generic="g") + word(1, generic="h"), [(2, "drug_code", "duplicate_code"),
                                                      (3, "drug_code", "duplicate_code")]),
    ],
)  # fmt: skip
def test_a_word_without_its_reason_or_its_drug_is_refused(town, rows, expected):
    report = town.take("groups", HEADER + rows + word(5, generic="h"))
    assert codes(report) == expected
    assert report.upload.added == 1
    assert town.store.groups()[0].drug_id == 5


def test_a_dry_run_says_nothing_of_any_drug(town, tmp_path):
    path = tmp_path / "g.csv"
    path.write_text(HEADER + word(1, generic="g"), "utf-8")
    with (tmp_path / "lines").open("w+b") as lines:
        assert tried(town.desk, "groups", path, Asked(), lines).report.upload.added == 1
    assert town.store.groups() == []


def test_groups_are_put_right_by_a_newer_file_not_taken_back(town):
    upload = town.take("groups", HEADER + word(1, generic="g")).upload
    with pytest.raises(Conflict) as refused:
        retract(town.desk, upload.id)
    assert refused.value.code == "register_stays"


def test_specifications_that_cannot_be_read_are_listed(town):
    found = groups.unread(town.desk)
    assert (found["drugs"], found["unread"]) == (8, 1)
    assert [(one["spec"], one["drugs"], one["code"]) for one in found["items"]] == [
        ("0.25g（2号规格）", 1, "spec_unclear")
    ]


def test_a_request_reads_the_catalogue_once_for_each_version_of_it(town):
    read = []
    plainly = town.store.drugs
    town.store.drugs = lambda: read.append(1) or plainly()
    for _ in range(3):
        across.offers(town.desk, CODE[1], compare="generic", region="440300")
    assert read == [1]
    town.store.drugs = plainly
    town.take("groups", HEADER + word(1, generic="g"))
    assert across.offers(town.desk, CODE[1], compare="generic", region="440300")["drugs"] == 1
