"""The decisions: what each endpoint says to each role that asks for the pharmacy's, the district's, the city's data.

``+`` reaches it, ``1`` is asked for a key (401), ``3`` is told that it is not theirs (403), ``4`` learns nothing (404).
An endpoint that is not here fails the test that walks the routes: decide, then write it down.
"""

WHO = (
    "nobody", "pharmacy", "other pharmacy", "chain", "other chain", "district", "city", "province", "other district",
    "other city", "other province", "everywhere", "operator",
)  # fmt: skip

TABLE = """
#                                  nobody pharmacy other chain other | dist city prov | dist city prov | all operator
public                             +      +        +     +     +     | +    +    +    | +    +    +    | +   +
uploads.create_upload              1      +        +     +     +     | 3    3    3    | 3    3    3    | 3   +
uploads.list_uploads               1      +        +     +     +     | 3    3    3    | 3    3    3    | 3   +
uploads.show_upload                1      +        4     4     4     | 3    3    3    | 3    3    3    | 3   +
uploads.list_upload_changes        1      +        4     4     4     | 3    3    3    | 3    3    3    | 3   +
uploads.export_upload_changes      1      +        4     4     4     | 3    3    3    | 3    3    3    | 3   +
uploads.export_refused_rows        1      +        4     4     4     | 3    3    3    | 3    3    3    | 3   +
uploads.decide_upload              1      +        4     4     4     | 3    3    3    | 3    3    3    | 3   +
uploads.release_offer              1      3        3     3     3     | 3    3    3    | 3    3    3    | 3   +
audit.list_audit_entries           1      3        3     3     3     | 3    3    3    | 3    3    3    | +   3
audit.show_audit_entry             1      3        3     3     3     | 4    +    4    | 4    4    4    | +   3
lists.*                            1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.show_flag                    1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.explain_flag_as_taken_up     1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.step_flag                    1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.attach_to_flag               1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.show_attachment              1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.show_notice                  1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.list_region_cases            1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.step_many_flags              1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.undo_batch                   1      3        3     3     3     | +    +    +    | 4    4    4    | +   3
cases.list_region_reports          1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
cases.decide_report                1      3        3     3     3     | +    +    +    | 4    4    4    | +   3
all-indices.report_region_indices  1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
all-indices.show_whole_index       1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
all-indices.export_whole_index     1      3        3     3     3     | +    +    +    | 3    3    3    | +   3
publishing.list_region_runs        1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
publishing.draft_run               1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
publishing.preview_run             1      3        3     3     3     | 4    +    +    | 4    4    4    | +   3
publishing.decide_run              1      3        3     3     3     | 4    +    +    | 4    4    4    | +   3
publishing.verify_run              1      3        3     3     3     | 4    +    +    | 4    4    4    | +   3
index-limits.*                     1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
appeals.list_region_appeals        1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
appeals.show_appeal                1      3        3     3     3     | 4    +    +    | 4    4    4    | +   3
appeals.rule_appeal                1      3        3     3     3     | 4    +    +    | 4    4    4    | +   3
ruling.add_rule                    1      3        3     3     3     | 3    3    3    | 3    3    3    | +   3
ruling.try_rule                    1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
ruling.use_rule                    1      3        3     3     3     | 3    +    +    | 3    3    3    | +   3
own-indices.*                      1      +        3     +     3     | 3    3    3    | 3    3    3    | 3   3
own-appeals.*                      1      +        3     +     3     | 3    3    3    | 3    3    3    | 3   3
own.list_own_cases                 1      +        3     +     3     | 3    3    3    | 3    3    3    | 3   3
own.show_own_flag                  1      +        4     +     4     | 3    3    3    | 3    3    3    | 3   3
own.answer_flag                    1      +        4     +     4     | 3    3    3    | 3    3    3    | 3   3
own.attach_to_own_flag             1      +        4     +     4     | 3    3    3    | 3    3    3    | 3   3
own.show_own_attachment            1      +        4     +     4     | 3    3    3    | 3    3    3    | 3   3
"""

PUBLIC = """
static pages.front pages.docs pages.openapi site.show_health site.show_readiness site.show_metrics
baskets.quote_basket reports.create_report
history.list_changes history.show_drug_history drugs.list_drugs drugs.show_drug drugs.list_drug_equivalents
drugs.list_drug_offers drugs.show_drug_statistics drugs.suggest_drugs flags.explain_flag flags.draw_flag
pharmacies.list_pharmacies pharmacies.show_pharmacy pharmacies.list_pharmacy_offers
regions.list_regions regions.list_region_flags regions.export_region_flags
regions.list_region_online_gaps regions.export_region_online_gaps
indices.show_pharmacy_index region-indices.list_region_indices region-indices.map_region_indices
index-runs.list_published_runs index-runs.show_published_run index-runs.list_run_indices
rules.list_rules rules.show_rule ruled.list_region_rules ruled.list_region_rule_flags
dumps.show_dump dumps.fetch_dump_file
console.show_login console.login
""".split()
"""Endpoints that want no key of anybody.

`site.show_metrics` has a guard of its own, by the network or a token of the monitoring: from this computer, as tests
ask, it is open, and from elsewhere no key opens it (tests/test_roles.py).
The login has a form of its own, which tests/test_console.py looks at.
"""

AT_THE_CONSOLE = ("nobody", "city", "district", "other city", "operator", "pharmacy", "other pharmacy", "chain")

CONSOLE = """
#                            nobody city district other-city operator pharmacy other-pharmacy chain
console.front                login  +    +        +          +        +        +              +
console.logout               login  +    +        +          +        +        +              +
console.list_flags           login  +    +        3          3        3        3              3
console.list_cases           login  +    +        3          3        3        3              3
console.show_lists           login  +    +        +          3        3        3              3
console.list_named           login  +    +        3          3        3        3              3
console.export_list          login  +    +        3          3        3        3              3
console.ask_batch            login  +    +        3          3        3        3              3
console.step_batch           login  +    +        3          3        3        3              3
console.show_batch           login  +    +        4          3        3        3              3
console.undo_batch           login  +    +        4          3        3        3              3
console.show_case            login  +    +        3          3        3        3              3
console.step_case            login  +    +        3          3        3        3              3
console.print_notice         login  +    +        3          3        3        3              3
console.attach_to_case       login  +    +        3          3        3        3              3
console.show_attachment      login  +    +        3          3        3        3              3
console.list_appeals         login  +    3        3          3        3        3              3
console.show_appeal          login  +    4        4          3        3        3              3
console.rule_appeal          login  +    4        4          3        3        3              3
console.list_own             login  3    3        3          3        +        3              +
console.show_own             login  3    3        3          3        +        4              +
console.answer_own           login  3    3        3          3        +        4              +
console.attach_to_own        login  3    3        3          3        +        4              +
console.show_own_attachment  login  3    3        3          3        +        4              +
console.list_uploads         login  +    +        3          +        3        3              3
console.decide_upload        login  3    3        3          +        3        3              3
"""
"""What each page says to each person: ``login`` leads there. No key opens the console, and no session the API."""


def rows(table: str) -> dict[str, list[str]]:
    """Return what stands in each row of a table."""
    lines = [line.replace("|", " ").split() for line in table.strip().splitlines() if not line.startswith("#")]
    return {name: cells for name, *cells in lines}
