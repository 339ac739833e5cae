"""Every command and endpoint that changes something by hand is an entry of the audit trail: who, whence, what, why."""

import json
import os
import re

import click
import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.services import audit
from pricecompare.services.cases.answering import answer_code
from pricecompare.services.cases.citizens import Said, take
from pricecompare.services.indexing import runs
from pricecompare.web import create_app
from pricecompare.web.openapi import document
from tests.conftest import NOW
from tests.made import CODES
from tests.regulated import CITY, WANG, busy, line
from tests.taken_up import KEY, OTHER
from tests.test_attachments import FILES, PDF
from tests.test_layouts_kept import TEXT
from tests.test_notices import CHINESE
from tests.test_ruling import version
from tests.town import DRUGS, SHOPS, Town

READS = {
    "audit list", "audit verify", "basket", "doctor", "equivalents", "flag answer-code", "flag attachment",
    "flag explain", "flag list", "flag show", "flags", "groups", "history", "index appeals", "index limits",
    "index preview", "index report", "index run", "index runs", "index show", "index try", "index verify", "key list",
    "layout detect", "layout list", "layout show", "offers", "online-gaps", "openapi", "reports list", "rule found",
    "rule list", "rule show", "rule try", "rule uses", "search", "specs", "statistics", "suggest", "uploads changes",
    "uploads list", "uploads refused", "uploads show", "user list",
}  # fmt: skip
NOT_BY_HAND = {
    *(() if CHINESE else ("flag notice", "get /api/v1/flags/{id}/notice.pdf")),  # not without a font
    "backup", "demo", "dump", "init", "restore", "upgrade", "world",  # make a database whole, or files
    "rebuild", "rule run", "serve", "uploads take",  # do what others have asked for
    "post /api/v1/baskets/quote", "post /api/v1/rules/try",  # ask
    "post /api/v1/uploads", "post /api/v1/reports",  # send, report
}  # fmt: skip


@pytest.fixture
def desk(store, tmp_path, once):
    desk = busy(store, tmp_path, once)
    for what in ("closed", "not_in_stock", "wrong_price"):
        drug = None if what == "closed" else CODES[0]
        take(desk, Said(SHOPS[6], what, drug, "listed", "26.50" if what == "wrong_price" else None, None))
    return desk


def names(desk):
    """Return the flags that nobody has taken up yet."""
    listed = [(one.pharmacy_id, one.drug_id, one.kind) for one in desk.store.flags(int(CITY), most=50)]
    return ["-".join(map(str, one)) for one in listed if desk.store.case_of(*one) is None]


def forgotten(spool):
    """Put the file of an upload that waits no more into a spool."""
    spool.mkdir(exist_ok=True)
    (spool / "999").write_text("x")
    os.utime(spool / "999", (0, 0))


def commands(folder, desk):
    """Return a line and the word in the trail for each command that changes something, in the order to run them."""
    for name, text in (("drugs.csv", DRUGS.replace("药1", "新名")), ("chain.toml", TEXT.format(1, "价"))):
        (folder / name).write_text(text, "utf-8")
    (folder / "a.pdf").write_bytes(FILES[PDF])
    Town(desk.store, folder).full(line(0, 0, "21.00", "2026-11-01", "online"), source="s")
    flag, (other, aside) = names(desk)[0], [one.id for one in desk.store.uploads(most=2, state="quarantined")]
    by, who, out = ("--by", "王", "--why", "复核"), ("--who", "王", "--why", "复核"), str(folder / "out")
    runs.publish(desk, runs.Wish(CITY, "2026-09"), by=WANG)
    forgotten(folder / "spool")
    (folder / "rule.toml").write_text(version("plain-130", 2), "utf-8")
    run = ("--region", CITY, "--period", "2026-09", *who)
    return {
        "import": (("drugs", str(folder / "drugs.csv"), "--sender", "王"), "register_imported"),
        "layout add": ((str(folder / "chain.toml"), *by), "layout_put"),
        "layout remove": (("chain", *by), "layout_removed"),
        "guards": (("--set", "least_share=0.2", *by), "guard_set"),
        "flag step": ((flag, "screen", *who), "flag_screen"),
        "flag batch": ((CITY, "remind", *who), "flags_batch"),
        **({"flag notice": ((flag, "-o", f"{out}.pdf", *who), "notice_made")} if CHINESE else {}),
        "flag attach": ((flag, str(folder / "a.pdf"), *who), "flag_attach"),
        "flag undo": (("1", *who), "flags_undone"),
        "reports dismiss": (("1", *who), "report_dismissed"),
        "reports settle": (("2", *who), "report_settled"),
        "reports open": (("3", *who), "flag_open"),
        "export": (("flags", "--region", CITY, "--out", f"{out}.csv", *by), "exported"),
        "release": ((SHOPS[4], CODES[3], *by), "price_released"),
        "rule add": ((str(folder / "rule.toml"), *by), "rule_add"),
        "rule use": (("plain-130", "--region", CITY, *by), "rule_use"),
        "rule end": (("plain-130", "--region", CITY, *by), "rule_use"),
        "index limit": (("indicative_drugs", "1", *who), "index_limit_set"),
        "index publish": (run, "index_drafted"),
        "index drop": (("1", *who), "index_dropped"),
        "index confirm": (("2", *who), "index_confirmed"),
        "index appeal": ((SHOPS[0], "2", CODES[0], "price", *who), "appeal_file"),
        "index rule": (("1", "reject", *who), "appeal_reject"),
        "key create": (("operator", "--name", "值班", *by), "key_created"),
        "key rotate": (("1", *by), "key_rotated"),
        "key revoke": (("1", *by), "key_revoked"),
        "key rotate-secret": (by, "secret_rotated"),
        "user create": (("li", *by), "user_created"),
        "user reset": (("li", *by), "user_reset"),
        "user disable": (("li", *by), "user_disabled"),
        "retention": (("--apply", *by), "retention_applied"),
        "uploads reject": ((str(aside), *by), "upload_rejected"),
        "uploads confirm": ((str(other), *by), "upload_confirmed"),
        "retract": ((str(other), *by), "upload_retracted"),
    }


def leaves(command, path=()):
    """Yield the words of every command."""
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from leaves(one, (*path, name))
    else:
        yield " ".join(path)


def newer(desk, since):
    return [one for one in audit.entries(desk, limit=200)["items"][::-1] if one["id"] > since]


def checked(entries, word, who, origin, why):
    """Check that entries tell of one deed; return what they have of before and after."""
    assert word in [one["what"] for one in entries], (word, entries)
    for one in entries:
        assert (one["who"], one["at"], one["why"]) == (who, "2026-11-01T12:00:00+08:00", why), one
        assert one["origin"].startswith(origin) and one["about"]
        assert one["before"] is not None or one["after"] is not None


def test_every_command_that_changes_something_is_noted(url, desk, tmp_path):
    deeds = commands(tmp_path, desk)
    assert deeds.keys() | READS | {one for one in NOT_BY_HAND if "/" not in one} == set(leaves(main))
    environment = {"PRICECOMPARE_NOW": NOW.isoformat(), "PRICECOMPARE_SPOOL": str(tmp_path / "spool")}
    for name, (words, word) in deeds.items():
        head = desk.store.audit_head().id
        done = CliRunner().invoke(main, ["--db", url, *name.split(), *words], env=environment)
        assert done.exit_code == 0, (name, done.output)
        checked(newer(desk, head), word, "王", "cli:", "" if name == "import" else "复核")
    assert audit.verified(desk)["first_break"] is None


BODY = {"who": "王", "why": "复核"}
BY = {"by": "王", "why": "复核"}


def requests(desk):
    """Return key, path, body and word in the trail for each endpoint that changes something, in the order to ask."""
    flag, aside = names(desk)[0], desk.store.uploads(most=1, state="quarantined")[0].id
    shop = desk.store.pharmacy_name(int(flag.split("-")[0]))[0]
    own, file = answer_code(desk, shop), FILES[PDF]
    first, again = (answer_code(desk, one) for one in SHOPS[:2])
    draft, dispute = {"period": "2026-09"}, {"run": 2, "drug": CODES[0], "about": "price"}
    runs.publish(desk, runs.Wish(CITY, "2026-09"), by=WANG)
    return [
        ("post /flags/{id}/steps", KEY, f"/flags/{flag}/steps", BODY | {"action": "screen"}, "flag_screen"),
        ("post /regions/{region}/cases/batch", KEY, f"/regions/{CITY}/cases/batch", BODY | {"action": "remind"},
         "flags_batch"),
        *([("get /flags/{id}/notice.pdf", KEY, f"/flags/{flag}/notice.pdf?who=王&why=复核", None, "notice_made")]
          if CHINESE else []),
        ("post /flags/{id}/answer", own, f"/flags/{flag}/answer", BODY | {"action": "explain"}, "flag_explain"),
        ("post /flags/{id}/attachments", KEY, f"/flags/{flag}/attachments?name=a&who=王&why=复核", file, "flag_attach"),
        ("post /flags/{id}/own/attachments", own, f"/flags/{flag}/own/attachments?name=a&who=王&why=复核", file,
         "flag_attach"),
        ("post /batches/{number}/undo", KEY, "/batches/1/undo", BODY, "flags_undone"),
        ("post /reports/{number}/steps", KEY, "/reports/1/steps", BODY | {"action": "dismiss"}, "report_dismissed"),
        ("put /uploads/{id}/decision", OTHER, f"/uploads/{aside}/decision", BY | {"decision": "reject"},
         "upload_rejected"),
        ("put /pharmacies/{code}/offers/{drug}/release", OTHER, f"/pharmacies/{SHOPS[4]}/offers/{CODES[3]}/release", BY,
         "price_released"),
        ("post /rules", KEY, "/rules", BODY | {"text": version("plain-130", 2)}, "rule_add"),
        ("put /regions/{region}/rules/{rule}", KEY, f"/regions/{CITY}/rules/plain-130", BODY, "rule_use"),
        ("post /regions/{region}/index-limits", KEY, f"/regions/{CITY}/index-limits",
         BODY | {"name": "indicative_drugs", "value": 1}, "index_limit_set"),
        ("post /regions/{region}/index-runs", KEY, f"/regions/{CITY}/index-runs", BODY | draft, "index_drafted"),
        ("post /index-runs/{number}/steps", KEY, "/index-runs/1/steps", BODY | {"action": "drop"}, "index_dropped"),
        ("post /index-runs/{number}/steps", KEY, "/index-runs/2/steps", BODY | {"action": "confirm"},
         "index_confirmed"),
        ("post /pharmacies/{code}/index/appeals", first, f"/pharmacies/{SHOPS[0]}/index/appeals", BODY | dispute,
         "appeal_file"),
        ("post /appeals/{number}/steps", KEY, "/appeals/1/steps", BODY | {"action": "reject"}, "appeal_reject"),
        ("post /pharmacies/{code}/index/appeals", again, f"/pharmacies/{SHOPS[1]}/index/appeals", BODY | dispute,
         "appeal_file"),
        ("post /pharmacies/{code}/index/appeals/{number}/withdrawal", again,
         f"/pharmacies/{SHOPS[1]}/index/appeals/2/withdrawal", BODY, "appeal_withdraw"),
        *((f"get /exports/{name}.{{format}}", KEY, f"/exports/{name}.csv?region={CITY}&why=复核", None, "exported")
          for name in re.findall(r"/exports/(\w+)\.", document())),
    ]  # fmt: skip


def test_every_request_that_changes_something_or_hands_out_a_list_is_noted(url, desk, tmp_path):
    settings = {"REGULATOR_KEY": KEY, "UPLOAD_KEY": OTHER, "SPOOL": str(tmp_path / "spool"), "NOW": NOW.isoformat()}
    app, asked = create_app(DB=url, **settings), requests(desk)
    client = app.test_client()
    paths = json.loads(document())["paths"]
    writing = {f"{method} {path}" for path, found in paths.items() for method in found if method in WRITING}
    handed = {f"get {path}" for path in paths if "/exports/" in path or path.endswith("notice.pdf")}
    told = {name.replace(" ", " /api/v1", 1) for name, *_ in asked}
    assert told | {one for one in NOT_BY_HAND if "/" in one} == writing | handed
    for name, key, path, body, word in asked:
        head = desk.store.audit_head().id
        sent = {"data": body} if isinstance(body, bytes) else {"json": body} if body else {}
        headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
        answer = client.open("/api/v1" + path, method=name.split()[0].upper(), headers=headers, **sent)
        assert answer.status_code < 300, (name, answer.data)
        checked(newer(desk, head), word, "regulator" if word == "exported" else "王", "api:127.0.0.0/24", "复核")
    assert audit.verified(desk)["first_break"] is None
    if app.extensions["pricecompare"].store.engine is not desk.store.engine:
        app.extensions["pricecompare"].store.close()


def test_standards_groups_and_holidays_are_noted_like_registers(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    before = town.store.audit_head().id
    files = {
        "standards": f"drug_code,region,since,until,standard,basis\n{CODES[0]},990100,2026-01-01,,9.99*,bid\n",
        "holidays": "day,kind\n2026-10-01,holiday\n",
        "groups": f"drug_code,generic_group,reason,who\n{CODES[0]},g1,same,wang\n",
    }
    for what, text in files.items():
        for _ in range(2):
            assert town.take(what, text).errors == []
    entries = newer(town.desk, before)
    assert [entry["about"].split()[0] for entry in entries] == list(files)
    assert "9.99" not in str(entries), "the trail says which file came, not what is in it"


WRITING = {"post", "put", "patch", "delete"}
