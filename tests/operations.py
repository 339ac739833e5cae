"""Every operation of the API, and which key it needs."""

from pricecompare.schemas.lists import FILTERS

PATHS = """/healthz /readyz /metrics /api/v1/regions /api/v1/regions/{region}/indices /api/v1/regions/{region}/flags
/api/v1/regions/{region}/flags.csv /api/v1/regions/{region}/online-gaps
/api/v1/regions/{region}/online-gaps.csv /api/v1/drugs /api/v1/drugs/{code} /api/v1/drugs/{code}/offers
/api/v1/drugs/{code}/statistics /api/v1/drugs/{code}/equivalents /api/v1/drugs/suggest
/api/v1/pharmacies /api/v1/pharmacies/{code} /api/v1/pharmacies/{code}/offers
/api/v1/pharmacies/{code}/index /api/v1/drugs/{code}/history /api/v1/changes /api/v1/flags/{id}/explain
/api/v1/flags/{id}/picture.svg /api/v1/rules /api/v1/rules/{rule} /api/v1/regions/{region}/rules
/api/v1/regions/{region}/rule-flags /api/v1/index-runs /api/v1/index-runs/{number} /api/v1/dumps /api/v1/dumps/{file}
/api/v1/index-runs/{number}/indices /api/v1/regions/{region}/index-map"""
BASKET = "post /api/v1/baskets/quote"
"""What is asked with a body."""
LEDGER = """post /api/v1/uploads, get /api/v1/uploads, get /api/v1/uploads/{id}, get /api/v1/uploads/{id}/changes,
get /api/v1/uploads/{id}/changes.csv, get /api/v1/uploads/{id}/refused, put /api/v1/uploads/{id}/decision,
put /api/v1/pharmacies/{code}/offers/{drug}/release"""
"""What needs the key of those who send files."""
CASES = """get /api/v1/flags/{id}, get /api/v1/flags/{id}/notice.pdf, get /api/v1/flags/{id}/taken-up,
post /api/v1/flags/{id}/steps,
post /api/v1/flags/{id}/attachments, get /api/v1/flags/{id}/attachments/{number}, get /api/v1/regions/{region}/cases,
post /api/v1/regions/{region}/cases/batch, post /api/v1/batches/{number}/undo, get /api/v1/regions/{region}/reports,
post /api/v1/reports/{number}/steps, post /api/v1/rules, post /api/v1/rules/try,
put /api/v1/regions/{region}/rules/{rule}, get /api/v1/pharmacies/{code}/index/full,
get /api/v1/pharmacies/{code}/index/full.csv, get /api/v1/regions/{region}/index-runs,
post /api/v1/regions/{region}/index-runs, get /api/v1/index-runs/{number}/preview,
post /api/v1/index-runs/{number}/steps, get /api/v1/index-runs/{number}/verification,
get /api/v1/regions/{region}/index-limits, post /api/v1/regions/{region}/index-limits,
get /api/v1/regions/{region}/index-limits/trial, get /api/v1/regions/{region}/appeals, get /api/v1/appeals/{number},
post /api/v1/appeals/{number}/steps, get /api/v1/regions/{region}/index-report"""
OWN = """get /api/v1/pharmacies/{code}/cases, get /api/v1/flags/{id}/own, post /api/v1/flags/{id}/answer,
post /api/v1/flags/{id}/own/attachments, get /api/v1/flags/{id}/own/attachments/{number},
get /api/v1/pharmacies/{code}/index/own, get /api/v1/pharmacies/{code}/index/own.csv,
get /api/v1/pharmacies/{code}/index/appeals, post /api/v1/pharmacies/{code}/index/appeals,
post /api/v1/pharmacies/{code}/index/appeals/{number}/withdrawal"""
"""What needs the answer code of a pharmacy."""
REGULATED = {"get /api/v1/audit", "get /api/v1/audit/{id}", *(name.strip() for name in CASES.split(","))} | {
    path
    for name in FILTERS
    for path in (f"get /api/v1/regions/{{region}}/lists/{name}", f"get /api/v1/exports/{name}.{{format}}")
}
"""What needs the key of regulators."""
KEYS = (
    dict.fromkeys((name.strip() for name in LEDGER.split(",")), [{"uploadKey": []}])
    | dict.fromkeys(REGULATED, [{"regulatorKey": []}])
    | dict.fromkeys((name.strip() for name in OWN.split(",")), [{"answerCode": []}])
    | {"post /api/v1/reports": []}
)
"""What an operation that is not for everybody, or changes something, says of keys."""
