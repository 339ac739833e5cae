"""The document is valid OpenAPI 3.1 and whole: an example for everything, and every code with its status."""

import ast
import json
import re
from functools import reduce
from pathlib import Path

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pricecompare import errors
from pricecompare.texts import TEXTS
from pricecompare.web import codes
from pricecompare.web.codes import APART, ASIDE, CODES, OF_FILES, OF_INDICES, OF_ROWS, UNREADY
from pricecompare.web.completing import METHODS, OF_STATUS
from pricecompare.web.openapi import document
from tests.test_texts import FAMILY, MADE, TREES, makes_a_reason

DOCUMENT = json.loads(document())
PAGE = (Path(__file__).resolve().parents[1] / "docs" / "api.md").read_text("utf-8")
OPERATIONS = {
    f"{method} {path}": (parts, parts[method])
    for path, parts in DOCUMENT["paths"].items()
    for method in METHODS
    if method in parts
}
REGISTRY = Registry().with_resource("doc", DRAFT202012.create_resource(DOCUMENT))

NOT_SHOWN = {
    "cursor": "one that is made up is refused; the answer before gives it",
    "If-None-Match": "an answer gives it",
    "X-Envelope": "it has one value, and a page that filled it in would show every answer so",
    "pharmacy": "of a history: it is one of region, which has an example, and a pharmacy, not both",
}
"""Parameters without an example, and why: an API page fills examples in."""

NOT_ANSWERED = set(
    # Sentences beside numbers, in answers.
    """flag_high flag_reported flag_imported flag_rule flag_error flag_slip flag_low flag_low_slip usual_nobody
    usual_one usual_few usual_few_alike usual usual_alike moved_up moved_down moved_not price_above price_below
    price_at_median index_few_drugs index_small_basket index_low_coverage index_low_reliability"""
    # Sentences of a notice on paper.
    """ notice_title notice_number notice_to notice_opening notice_picture notice_how_title notice_how
    notice_until_title notice_until notice_code_title notice_contact notice_sender notice_foot"""
    # What statuses are called.
    """ title_bad_request title_unauthorised title_forbidden title_not_found title_wrong_method title_conflict
    title_moved title_too_large title_wrong_type title_unclear title_unseen title_too_many title_internal_error
    title_unavailable"""
    # What whoever runs the server is told, on the command line and in its log; the public is told `unavailable`.
    """ no_driver database_unusable no_database no_tables unknown_engine database_exists other_schema bad_world_size
    port_in_use server_silent server_died no_fixtures no_demo bad_address file_unusable bad_upload_key
    bad_step_days bad_head bad_basket_item no_such_file not_a_file unknown_guard unknown_list
    bad_network bad_origin bad_metrics_network notice_off notice_no_font no_parquet
    database_damaged newer_schema backup_differs no_manifest restore_refused
    doctor_ok doctor_clock doctor_clock_stands doctor_damaged doctor_disk doctor_encoding doctor_no_backup
    doctor_no_data doctor_not_writable doctor_old_backup doctor_old_data doctor_quarantined doctor_readable doctor_root
    doctor_same_key doctor_structure doctor_unknown_setting doctor_waiting"""
    # Keys and people, who are made on the command line, and the console, which is no API.
    """ unknown_key key_over scope_wanted scope_not_here unknown_chain unknown_user user_exists bad_user_name
    bad_password_length bad_login locked_out form_too_old"""
    # Layouts, which are kept by commands alone; and what is wrong in a rule, which `bad_rule` tells in its sentence.
    """ bad_layout layout_no_toml layout_too_long layout_unknown_key layout_missing_key layout_bad_choice
    layout_bad_value layout_bad_word layout_not_here layout_dropped_column layout_given_twice layout_surplus_alone
    layout_shipped layout_exists layout_version_old layout_fits layout_lacks layout_unfit
    rule_one_side rule_other_kind rule_ceilings rule_tiers_order rule_dates rule_group_not_tried""".split()
)
"""Codes that no answer of the API has as its `code`."""


def test_it_is_valid():
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def test_the_validator_sees_what_is_not_valid():
    wrong = DOCUMENT | {"paths": {"/a/{b}": {"get": {"responses": {"200": {"description": "b is not described"}}}}}}
    assert list(OpenAPIV31SpecValidator(wrong).iter_errors())


def asked(name):
    """Return the parameters of an operation."""
    path, operation = OPERATIONS[name]
    return [resolved(one) for one in path.get("parameters", []) + operation.get("parameters", [])]


def resolved(part):
    """Return what a reference leads to."""
    if "$ref" not in part:
        return part
    return reduce(lambda whole, step: whole[step], part["$ref"].removeprefix("#/").split("/"), DOCUMENT)


def fits(schema, value):
    """Say whether a value is what a schema of the document describes."""
    rooted = json.loads(json.dumps(schema).replace('"#/', '"doc#/'))
    return not [error.message for error in OAS31Validator(rooted, registry=REGISTRY).iter_errors(value)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_parameter_has_an_example_that_fits(name):
    for one in asked(name):
        given = [one["example"]] if "example" in one else one["schema"].get("examples", [])
        assert one.get("description"), one["name"]
        assert given or one["name"] in NOT_SHOWN, one["name"]
        assert all(fits(one["schema"], example) for example in given), one["name"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_and_answer_has_an_example_that_fits(name):
    _, operation = OPERATIONS[name]
    contents = [resolved(answer).get("content", {}) for answer in operation["responses"].values()]
    for content in [operation.get("requestBody", {}).get("content", {}), *contents]:
        for kind, media in content.items():
            given = [media["example"]] if "example" in media else []
            given += [resolved(one)["value"] for one in media.get("examples", {}).values()]
            assert given, kind
            for example in given:
                assert fits(media["schema"], example), (kind, example)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_takes_and_gives_what_all_do(name):
    assert {"X-Envelope", "X-Request-Id", "Accept-Language"} <= {one["name"] for one in asked(name)}
    answers = OPERATIONS[name][1]["responses"]
    assert "application/vnd.pricecompare.envelope+json" in answers["200"]["content"]
    assert [status for status, one in answers.items() if "X-Request-Id" not in resolved(one)["headers"]] == []


def refused():
    """Yield (place, code, status) of every error that is raised with its code written out."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and makes_a_reason(node.func) and ast.unparse(node.func) != "Reason.of":
                name = ast.unparse(node.func).removeprefix("errors.")
                for code in {code for place, code, _ in MADE if place == f"{path}:{node.lineno}"}:
                    yield f"{path}:{node.lineno}", code, getattr(errors, name).status


def test_every_code_stands_in_its_place():
    known = {code for several in CODES.values() for code in several}.union(
        OF_FILES, ASIDE, OF_ROWS, APART, UNREADY, OF_INDICES
    )
    assert sorted(known - TEXTS.keys()) == []
    assert sorted(TEXTS.keys() - known - NOT_ANSWERED) == [], "put new codes into web/codes.py, then make openapi"
    assert sorted(known & NOT_ANSWERED) == []


def test_a_code_has_the_status_of_the_error_that_says_it():
    assert FAMILY
    of_files = dict.fromkeys(OF_FILES + OF_ROWS + APART, 422)
    told = {code: {status} for code, status in of_files.items()}
    for status, several in CODES.items():
        for code in several:
            told.setdefault(code, set()).add(status)
    wrong = [
        (place, code, status)
        for place, code, status in refused()
        if code not in NOT_ANSWERED and not place.startswith("cli") and status not in told[code]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", OF_STATUS)
def test_a_refusal_shows_every_code_it_may_have(name):
    shown = DOCUMENT["components"]["responses"][name]["content"]["application/problem+json"]["examples"]
    known = {code for status in OF_STATUS[name] for code in CODES[status]}
    assert shown.keys() == known | set(OF_FILES if name == "Unclear" else ())
    assert {code: one["value"]["code"] for code, one in shown.items()} == {code: code for code in shown}


def test_every_status_with_codes_is_shown():
    assert sorted(status for several in OF_STATUS.values() for status in several) == sorted(CODES)


def test_the_page_of_the_api_has_every_code_in_both_languages():
    assert codes.rewritten(PAGE) == PAGE, "run make openapi"
    rows = re.findall(r"^\|(?: (\d+) \|)? `(\w+)` \| (.+) \| (.+) \|$", PAGE, re.M)
    shown = {(int(status or 0), code) for status, code, _, _ in rows}
    assert shown >= {(status, code) for status, several in CODES.items() for code in several}
    assert {code for _, code in shown} >= {*OF_FILES, *ASIDE, *OF_ROWS, *APART, *UNREADY, *OF_INDICES}
    assert [code for _, code, english, chinese in rows if not english or not re.search("[一-鿿]", chinese)] == []


def test_a_page_without_a_code_is_noticed():
    assert codes.rewritten(PAGE.replace("| 404 | `unknown_region`", "| 405 | `unknown_region`")) == PAGE
