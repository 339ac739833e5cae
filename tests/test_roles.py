"""Every route, every role, own and another's data: what each may do is decided in tests/decided.py, and holds."""

import io

import pytest

from tests.decided import AT_THE_CONSOLE, CONSOLE, PUBLIC, TABLE, WHO, rows
from tests.made import CODES
from tests.overseen import OWN, Overseen
from tests.sent import line, prices
from tests.sold import MONTH
from tests.test_attachments import FILES, PDF
from tests.test_ruling import version

DECIDED, ON_CONSOLE = rows(TABLE), rows(CONSOLE)
COMMENT = {"action": "comment", "who": "王", "why": "记录"}
SAID = {"who": "王", "why": "核实"}
PRICES = prices(line(6, 0, "21.00", "2026-10-31"))

BODIES = {
    "uploads.decide_upload": {"json": {"decision": "retract", "by": "王", "why": "重报"}},
    "uploads.release_offer": {"json": {"by": "王", "why": "核实"}},
    "cases.step_flag": {"json": COMMENT, "headers": {"If-Match": "*"}},
    "cases.step_many_flags": {"json": {"action": "remind", "who": "王", "why": "", "dry_run": True}},
    "cases.undo_batch": {"json": {"who": "王", "why": "误批"}},
    "cases.decide_report": {"json": {"action": "dismiss", "who": "王", "why": "核实"}},
    "cases.attach_to_flag": {"data": FILES[PDF], "query_string": {"name": "a.pdf", "who": "王"}},
    "own.answer_flag": {"json": COMMENT},
    "own.attach_to_own_flag": {"data": FILES[PDF], "query_string": {"name": "a.pdf", "who": "李"}},
    "reports.create_report": {"json": {"pharmacy": OWN, "what": "closed"}},
    "cases.show_notice": {"query_string": {"who": "王"}},
    "publishing.draft_run": {"json": {"period": MONTH, "corrects": 1, **SAID}},
    "publishing.decide_run": {"json": {"action": "drop", **SAID}},
    "index-limits.set_index_limit": {"json": {"name": "warning_line", "value": 115, **SAID}},
    "appeals.rule_appeal": {"json": {"action": "reject", **SAID}},
    "own-appeals.file_appeal": {"json": {"run": 1, "drug": CODES[0], "about": "price", **SAID}},
    "own-appeals.withdraw_appeal": {"json": SAID},
    "ruling.add_rule": {"json": {"text": version("plain-130", 2), **SAID}},
    "ruling.try_rule": {"json": {"rule": "plain-130", "region": "990102"}},
    "ruling.use_rule": {"json": SAID},
    "baskets.quote_basket": {"json": {"drugs": [{"drug": CODES[0]}], "region": "990100"}},
}
"""What is sent with a question, so that it is answered where it is allowed."""

WHOLE_ALONE = ("publishing.draft_run", "ruling.use_rule")
"""What is asked about a city, since it is refused for a district to everybody."""

REACHED = {"whole_region_only", "not_held", "report_decided", "too_many_attachments", "not_your_turn", "not_taken"}


@pytest.fixture(scope="module")
def overseen(tmp_path_factory):
    overseen = Overseen(tmp_path_factory.mktemp("overseen"), ATTACHMENT_MB=1)
    yield overseen
    overseen.close()


@pytest.fixture(scope="module")
def names(overseen):
    return overseen.something()


@pytest.fixture(scope="module")
def browsers(overseen):
    return {who: overseen.person(who) for who in AT_THE_CONSOLE[1:]}


def endpoints(app):
    """Return every rule of the application with its method, by endpoint."""
    return {
        (rule.endpoint, method): rule
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def decided(endpoint):
    """Return what was decided about an endpoint, None when nothing was."""
    if endpoint in PUBLIC:
        return DECIDED["public"]
    return DECIDED.get(endpoint) or DECIDED.get(f"{endpoint.partition('.')[0]}.*")


def number(endpoint, names):
    """Return the number of what an endpoint is about."""
    numbered = {
        "cases.undo_batch": "batch",
        "publishing.decide_run": "draft",
        "appeals.rule_appeal": "appeal",
        "appeals.show_appeal": "appeal",
        "console.rule_appeal": "appeal",
        "console.show_appeal": "appeal",
        "console.show_batch": "batch",
        "console.undo_batch": "batch",
        "console.show_attachment": "file",
        "console.show_own_attachment": "file",
        "own-appeals.withdraw_appeal": "own appeal",
    }
    name = numbered.get(endpoint, "run" if endpoint.startswith(("publishing.", "index-runs.")) else "report")
    return (names | {"file": 1})[name]


def address(app, endpoint, method, names):
    """Return the address of an endpoint about what is the pharmacy's."""
    noun = endpoint.partition(".")[0]
    ids = {"uploads": names["upload"], "audit": names["entry"]}
    values = {"id": ids.get(noun, names["flag"]), "code": OWN, "drug": CODES[0], "region": "990102", "format": "csv"}
    values["name"] = "offers"
    values |= {"number": number(endpoint, names), "filename": "docs.css", "file": "manifest.json", "rule": "plain-150"}
    if endpoint in WHOLE_ALONE:
        values["region"] = "990100"
    if noun in ("drugs", "history"):
        values["code"] = CODES[0]
    if endpoint == "console.decide_upload":
        values["id"] = names["upload"]
    rule = endpoints(app)[endpoint, method]
    _, path = rule.build({name: values[name] for name in rule.arguments})
    return path


def said(endpoint):
    """Return what is sent to an endpoint."""
    if endpoint == "uploads.create_upload":
        return {"data": {"what": "prices", "file": (io.BytesIO(PRICES.encode()), "list.csv")}}
    if endpoint.startswith("lists.export"):
        return {"query_string": {"region": "990102", "why": "检查"}}
    return dict(BODIES.get(endpoint, {}))


def test_every_route_has_a_decision(overseen):
    found = {endpoint for endpoint, _ in endpoints(overseen.app)}
    assert sorted(one for one in found if decided(one) is None and one not in ON_CONSOLE) == []
    begun = {f"{one.partition('.')[0]}.*" for one in found}
    gone = {*DECIDED, *PUBLIC, *ON_CONSOLE} - found - begun - {"public"}
    assert sorted(gone) == []


def sign(answer, public):
    """Return what an answer comes to in the table."""
    told = {401: "1", 403: "3", 404: "4"}.get(answer.status_code)
    if told and not (public and told == "4"):
        return told
    # A list of whole regions says so to who may ask for it, and what was done already is a conflict.
    reached = answer.status_code in (409, 422) and answer.json["code"] in REACHED
    fine = answer.status_code < 400 or reached or public
    return "+" if fine else f"{answer.status_code} {answer.get_data(as_text=True)[:200]}"


@pytest.mark.parametrize("who", WHO)
def test_every_role_reaches_what_was_decided(overseen, names, who):
    client, column, found = overseen.client("" if who == "nobody" else who), WHO.index(who), {}
    names = names | overseen.undecided(names["run"])
    for endpoint, method in endpoints(overseen.app):
        if endpoint in ON_CONSOLE or endpoint == "console.login":
            continue
        answer = client.open(
            address(overseen.app, endpoint, method, names), method=method, buffered=True, **said(endpoint)
        )
        now, wanted = sign(answer, endpoint in PUBLIC), decided(endpoint)[column]
        if now != wanted:
            found[f"{method} {endpoint}"] = f"{now} instead of {wanted}"
    assert found == {}


@pytest.mark.parametrize("region", ["990100", "990102", "990000", "000000"])
def test_what_acts_on_a_whole_city_is_not_for_one_of_its_districts(overseen, names, region):
    rows = {endpoint for endpoint, cells in DECIDED.items() if cells[5:8] == ["3", "+", "+"]}
    client, asked = overseen.client("district"), set()
    for endpoint, method in endpoints(overseen.app):
        if {endpoint, f"{endpoint.partition('.')[0]}.*"} & rows:
            path = address(overseen.app, endpoint, method, names | overseen.undecided(names["run"]))
            sent = said(endpoint)
            if endpoint == "ruling.try_rule":
                sent = {"json": sent["json"] | {"region": region}}
            answer = client.open(
                path.replace("/990102/", f"/{region}/").replace("/990100/", f"/{region}/"), method=method, **sent
            )
            told = "only_for_all" if region == "000000" else "not_your_region"
            assert (answer.status_code, answer.json["code"]) == (403, told), endpoint
            asked.add(endpoint)
    assert len(asked) >= 9


def test_a_province_puts_a_rule_in_force_in_all_of_it_and_nowhere_else(overseen, names):
    asked = [
        ("city", "990000", 403),
        ("province", "990000", 200),
        ("province", "980000", 403),
        ("province", "000000", 403),
    ]
    for who, region, status in [*asked, ("everywhere", "000000", 200)]:
        answer = overseen.client(who).put(f"/api/v1/regions/{region}/rules/plain-200", json=SAID)
        assert answer.status_code == status, (who, region, answer.json)


@pytest.mark.parametrize("who", WHO)
def test_no_key_of_anybody_opens_the_measures_from_elsewhere(overseen, who):
    client = overseen.client("" if who == "nobody" else who)
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert (answer.status_code, answer.json["code"]) == (403, "no_metrics")


def filled(endpoint, token):
    """Return the form that is sent to a page."""
    form = {"token": token, "action": "comment", "why": "看过", "revision": "0"}
    if endpoint == "console.export_list":
        return {"token": token, "region": "990102", "format": "csv"}
    if endpoint == "console.step_batch":
        return {"token": token, "region": "990102", "action": "remind"}
    if endpoint == "console.rule_appeal":
        return form | {"action": "reject", "revision": "1"}
    if endpoint.startswith("console.attach_"):
        return {"token": token, "why": "发票", "file": (io.BytesIO(FILES[PDF]), "a.pdf")}
    return form | {"decision": "reject"} if endpoint == "console.decide_upload" else form


def asked_at(endpoint):
    """Return what the address of a page asks about."""
    return {"pharmacy": OWN} if endpoint == "console.list_own" else {"region": "990102"}


@pytest.mark.parametrize("who", AT_THE_CONSOLE)
def test_everybody_at_the_console_reaches_what_was_decided(overseen, names, browsers, who):
    client, token = browsers[who] if who != "nobody" else (overseen.client(), "")
    names = names | overseen.undecided(names["run"])
    column, found = AT_THE_CONSOLE.index(who), {}
    for endpoint, method in sorted(endpoints(overseen.app), key=lambda one: one[0] == "console.logout"):
        if endpoint not in ON_CONSOLE:
            continue
        more = {"data": filled(endpoint, token)} if method == "POST" else {"query_string": asked_at(endpoint)}
        path = address(overseen.app, endpoint, method, names)
        answer = client.open(path, method=method, base_url="https://localhost", buffered=True, **more)
        place = answer.headers.get("Location", "")
        left = place.endswith("/console/login") and not (token and endpoint == "console.logout")
        fine = answer.status_code < 400 or answer.status_code in (409, 412)
        now = "login" if left else "+" if fine else str(answer.status_code)[-1]
        if now != ON_CONSOLE[endpoint][column]:
            found[endpoint] = f"{answer.status_code} instead of {ON_CONSOLE[endpoint][column]}"
    assert found == {}


def test_a_session_opens_no_endpoint_and_a_key_no_page(overseen, names, browsers):
    browser, _ = browsers["district"]
    assert browser.get(f"/api/v1/flags/{names['flag']}", base_url="https://localhost").status_code == 401
    answer = overseen.client("everywhere").get("/console/cases")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")
