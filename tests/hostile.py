"""What people try who mean no good, and what programs stumble over."""

# ruff: noqa: E501 - lists of words are read as lists

from pricecompare.services.ruling.rules import shipped
from tests.made import CODES
from tests.town import SHOPS

HOSTILE = (
    "' OR '1'='1", "'; DROP TABLE offer; --", "1 UNION SELECT value FROM meta", "\\'; --", "%' --", "1;SELECT pg_sleep(9)",
    "../../../../etc/passwd", "..\\..\\win.ini", "/etc/passwd", "file:///etc/passwd", "%2e%2e%2f", "....//",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "{{7*7}}", "${7*7}", "{0.__class__}",
    "%s%s%n", "=cmd|' /C calc'!A0", "@SUM(1)", "a\r\nSet-Cookie: x=1", "a\nX-Injected: 1", "\x00", "\x1b[31m", "\u202e",
    "\ufeff", "\ud7ff", "😀" * 20, "药" * 400, "A" * 5000, "", " ", "null", "true", "[]", "{}", "0", "-1", "1e309", "NaN",
    "Infinity", "9" * 40, "0x10", "1_000", "１２", "²", "-0.0", "1e-400", "2026-02-30", "9999-12-31", "0000-00-00", "+", "&",
    "a=b&a=c", ";", "#", "*", "%", "%zz", "\\", "`id`", "$(id)", "|id", "W/\"\"", "\"", "990100", "d" * 40 + "." + "e" * 32,
)  # fmt: skip
GOOD = (*CODES[:2], *SHOPS[:2], "990100", "listed", "28.22", "112.92", "1", "2026-10-30", "2026-09", "price", "true")

HEADERS = (
    "ACCEPT", "ACCEPT_LANGUAGE", "IF_NONE_MATCH", "IF_MATCH", "IF_MODIFIED_SINCE", "RANGE", "IF_RANGE", "ORIGIN", "COOKIE",
    "X_ENVELOPE", "X_REQUEST_ID", "X_FORWARDED_FOR", "IDEMPOTENCY_KEY", "HOST", "REFERER", "USER_AGENT", "X_HTTP_METHOD_OVERRIDE",
    "AUTHORIZATION", "EXPECT", "CONTENT_ENCODING",
)  # fmt: skip

BOMBS = (
    b'{"a":1,"a":2}', b"[" * 8000 + b"]" * 8000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a":1e999}', b'{"a":' + b"9" * 9000 + b"}",
    b'"\\ud800"', b'{"\\u0000":"\\u0000"}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{} {}", b'{"a":NaN}', b"", b"null",
    b'{"drugs":[' + b"{}," * 4000 + b"{}]}", b"{" + b",".join(b'"k%d":1' % n for n in range(1500)) + b"}",
)  # fmt: skip
"""Bodies that make a reader of JSON take much, or that two readers take differently."""

SAID = {"who": "王", "why": "核实"}
RULE = shipped()[0].text.replace("version = 1", "version = 2")

BODIES = {
    "/api/v1/baskets/quote": {"region": "990100", "drugs": [{"code": CODES[0], "quantity": 1}]},
    "/api/v1/reports": {"pharmacy": SHOPS[6], "what": "wrong_price", "drug": CODES[0], "price": 26.5},
    "/api/v1/flags/{id}/steps": {"action": "screen", "who": "王", "why": "核实"},
    "/api/v1/flags/{id}/answer": {"action": "explain", "who": "店", "why": "新包装"},
    "/api/v1/regions/{region}/cases/batch": {"action": "screen", "who": "王", "why": "核实", "grade": "notice"},
    "/api/v1/batches/{number}/undo": {"who": "王", "why": "误操作"},
    "/api/v1/reports/{number}/steps": {"action": "dismiss", "who": "王", "why": "已核实"},
    "/api/v1/uploads/{id}/decision": {"decision": "confirm", "by": "王", "why": "核实"},
    "/api/v1/regions/{region}/index-runs": {"period": "2026-09", **SAID},
    "/api/v1/index-runs/{number}/steps": {"action": "confirm", **SAID},
    "/api/v1/regions/{region}/index-limits": {"name": "warning_line", "value": 115, "year": 2026, **SAID},
    "/api/v1/appeals/{number}/steps": {"action": "accept", "effect": "correct", "quantity": 3, "amount": 30, **SAID},
    "/api/v1/pharmacies/{code}/index/appeals": {"run": 1, "drug": CODES[0], "about": "price", **SAID},
    "/api/v1/pharmacies/{code}/index/appeals/{number}/withdrawal": SAID,
    "/api/v1/rules": {"text": RULE, **SAID},
    "/api/v1/rules/try": {"region": "990100", "rule": "plain-130"},
    "/api/v1/regions/{region}/rules/{rule}": {"version": 1, "in_force": True, "since": "2026-11-01", **SAID},
    "/api/v1/pharmacies/{code}/offers/{drug}/release": {"kind": "listed", "by": "王", "why": "核实"},
}
"""Bodies that make sense, by route, so that what is changed in one of them is what is looked at."""
