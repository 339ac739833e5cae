"""Every code that the API can answer with, by status: published in the OpenAPI document and in docs/api.md."""

import re
from collections.abc import Iterator
from pathlib import Path

from pricecompare.texts import TEXTS

CODES = {
    status: tuple(codes.split())
    for status, codes in {
        400: "bad_request refused",
        401: """no_key wrong_key key_expired key_revoked
            signature_wanted bad_signature_form bad_signature signature_skewed nonce_used body_tampered""",
        403: """uploads_off regulator_off not_your_step not_your_role not_your_region only_for_all not_your_file
            not_your_decision not_your_pharmacy no_metrics""",
        404: """no_such_page unknown_region unknown_drug unknown_pharmacy no_index no_sales unknown_flag not_flagged
            unknown_upload nothing_refused unknown_layout unknown_entry unknown_batch unknown_attachment
            unknown_report unknown_rule unknown_run unknown_appeal appeal_not_sold no_sales_then
            no_dump unknown_dump_file""",
        405: "wrong_method",
        409: """integrity key_reused in_progress not_quarantined not_taken not_waiting overtaken register_stays not_held
            no_pooling_left step_out_of_turn too_many_attachments report_decided report_without_drug not_sold
            notice_not_reminded rule_exists rule_version_old rule_not_for_this
            run_decided run_in_force run_not_confirmed method_unknown appeal_decided appeal_exists appeal_too_late""",
        412: "case_moved",
        413: "body_too_large upload_too_large attachment_too_large",
        415: "wrong_content_type",
        422: """bad_query unknown_parameter repeated_parameter missing_value not_utf8 nul_in_question bad_number
            bad_choice not_yes_or_no not_a_text text_too_long control_character out_of_range
            bad_price price_not_positive price_too_high price_too_many_decimals price_decimal_comma price_with_currency
            bad_latitude bad_longitude half_a_coordinate unknown_datum no_place bad_radius radius_needs_point
            not_in_region not_pooling whole_region_only sort_needs_point
            bad_day bad_date bad_month bad_months bad_age date_in_future days_turned_round too_many_days
            open_in_the_past bad_since bad_limit bad_cursor too_deep pharmacy_or_region
            empty_query query_too_long unknown_facet_value bad_gap bad_multiple
            body_not_json bad_body no_object_here not_a_list bad_whole bad_basket_size cost_too_high cost_negative
            cost_needs_point
            unknown_step step_needs_who step_needs_why batch_too_large not_in_batch attachment_unknown bad_seen_on
            bad_rule rule_no_toml rule_too_long rule_needs_why rule_or_text rule_not_default rule_use_days
            bad_period bad_setting bad_quantity bad_amount amount_too_high period_not_over
            limits_out_of_order too_many_outlets appeal_needs_totals""",
        428: "no_if_match",
        429: "too_often too_many_guesses too_many_reports",
        500: "internal_error",
        503: "unavailable too_slow index_in_making not_ready",
    }.items()
}
"""What a refusal says as `code`."""

OF_FILES = tuple(
    """bad_form bad_request_key not_said_here layout_for_other nothing_to_import datum_missing unknown_encoding
    empty_file file_too_large no_rows html_file not_text nul_bytes broken_utf8 wrong_encoding line_too_long
    unclosed_quote missing_columns duplicate_columns too_many_columns wrong_format old_excel not_a_spreadsheet
    damaged_spreadsheet sheet_too_large zip_bomb damaged_archive nested_archive zip_not_one_file zip_password
    bad_json no_list not_an_object duplicate_keys nested_value bad_character""".split()
)
"""What a file that is refused as a whole says besides, with status 422; its row in the ledger says it again."""

ASIDE = tuple("guard_no_rows guard_few_rows guard_older guard_future guard_jumps guard_slip".split())
"""Why a file that was read is put aside, in `reasons` of its row in the ledger."""

OF_ROWS = tuple(
    """too_many_cells footer_line row_withheld surplus_joined conflicting_rows duplicate_code
    bad_count bad_stock
    bad_drug_code drug_code_length bad_standard_code standard_code_check_digit bad_approval_number bad_barcode
    barcode_check_digit maker_differs bad_pharmacy_code pharmacy_code_letters bad_uscc uscc_check_character
    bad_region_code zero_coordinates no_pooling_region region_by_prefix unknown_parent parent_not_above
    bad_hours closed_in_future
    closure_without_start case_not_sold not_your_pharmacy
    standard_never_holds standard_no_basis standard_of_district standard_shown_beside""".split()
)
"""What single rows of a file that is taken are refused or doubted for, beside the codes of 422."""

APART = tuple(
    """spec_empty spec_unclear spec_several spec_ambiguous spec_count pack_unknown pack_differs packs_apart
    k_content k_fill k_count""".split()
)
"""Why packs are not compared with one another, in `apart` of an answer, and beside rows of drugs."""

UNREADY = tuple("not_ready_database not_ready_schema not_ready_data not_ready_disk".split())
"""Why nobody should be sent to a server, in `errors` of `/readyz`."""

OF_INDICES = tuple(
    """assortment_effect volume_audit methods_disagree index_no_rank index_no_rank_unsure index_says_dearer
    index_says_cheaper index_says_alike level_says_dearer level_says_cheaper level_says_alike""".split()
)
"""What is said beside an index, with its numbers."""

BEGIN, END = "<!-- codes: written by make openapi -->", "<!-- end of codes -->"


def sentence(code: str, language: str) -> str:
    """Return what a code says, with what is filled in named in braces.

    >>> sentence("bad_number", "en")
    '{value} is not a number.'
    """
    return re.sub(r"\{(\w+)[^}]*\}", r"{\1}", TEXTS[code][("en", "zh").index(language)])


def tables() -> str:
    """Return the tables of docs/api.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from ("| status | code | English | Chinese |", "|---|---|---|---|")
    yield from (_row(status, code) for status, codes in CODES.items() for code in codes)
    for title, codes in (
        ("Of a file that is refused as a whole (status 422)", OF_FILES),
        ("Why a file is put aside (`reasons` in the ledger)", ASIDE),
        ("Of single rows of a file (in the refused rows and in `findings`)", OF_ROWS),
        ("Why packs are not compared (in `apart`)", APART),
        ("Why a server is not ready (in `errors` of `/readyz`)", UNREADY),
        ("What is said beside an index", OF_INDICES),
    ):
        yield from ("", f"### {title}", "", "| code | English | Chinese |", "|---|---|---|")
        yield from (_row(code) for code in codes)


def _row(*cells: object) -> str:
    code = str(cells[-1])
    said = (sentence(code, language).replace("|", "\\|") for language in ("en", "zh"))
    return f"| {' | '.join(map(str, cells[:-1] + (f'`{code}`',)))} | {' | '.join(said)} |"


def rewritten(page: str) -> str:
    """Return a page with the tables of today between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def write(page: str) -> None:
    """Put the tables of today into a page."""
    path = Path(page)
    path.write_text(rewritten(path.read_text("utf-8")), "utf-8")
