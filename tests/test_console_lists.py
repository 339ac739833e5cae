"""Lists at the console: narrowed and paged as the API's, had as its very files, and stepped many at a time."""

import json
import re
from html import unescape
from itertools import product

import pytest

from pricecompare.schemas.lists import FILTERS
from pricecompare.services.cases import told
from pricecompare.services.exports.registry import LISTS
from pricecompare.web.entered import WORDS
from pricecompare.web.narrowing import boxes
from tests.browsing import HTTPS, shown
from tests.made import CODES
from tests.overseen import OWN, Overseen
from tests.sent import line

HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')
FORM = re.compile(r"<form [^>]*>.*?</form>", re.DOTALL)
NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path, PAGE=1)
    yield overseen
    overseen.close()


def fields(page, action):
    """Return the hidden fields of the form of a page that is sent to an address."""
    (form,) = [one for one in FORM.findall(page) if f'action="{action}"' in one]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def test_a_file_is_the_one_of_the_api_and_noted_as_that_is(overseen):
    overseen.something()
    client, token = overseen.person("city")
    for name, (form, lang) in product(LISTS, (("csv", "zh"), ("xlsx", "en"), ("json", "zh"))):
        asked = {"region": "990100", "lang": lang, "why": "季度检查"}
        asked |= {"kind": "listed"} if "kind" in FILTERS[name]().fields else {}
        made = client.post(f"/console/lists/{name}/export", data=asked | {"token": token, "format": form}, **HTTPS)
        wanted = overseen.client("city").get(f"/api/v1/exports/{name}.{form}", query_string=asked)
        assert (made.status_code, made.data, made.mimetype) == (200, wanted.data, wanted.mimetype)
        assert made.headers["Content-Disposition"] == wanted.headers["Content-Disposition"]
        api, ours = overseen.desk.store.entries(most=2, before=10**9)
        assert (ours.what, ours.who, ours.why) == ("exported", "city", "季度检查")
        assert (ours.origin, json.loads(ours.after)) == ("console:127.0.0.0/24 user city", json.loads(api.after))


def test_every_list_has_a_page_and_every_field_a_word(overseen):
    overseen.something()
    client, _ = overseen.person("city")
    path = {"flags": "/console/flags", "cases": "/console/cases", "uploads": "/console/uploads"}
    for name, lang in product(LISTS, ("zh", "en")):
        status, page = shown(client, path.get(name, f"/console/lists/{name}"), region="990100", lang=lang)
        assert (status, f'action="/console/lists/{name}/export"' in page) == (200, True), name
        assert [one.name for one in boxes(name, {}) if f"filter_{one.name}" not in WORDS] == []


def test_what_narrows_a_list_is_kept_while_paging_in_its_file_and_its_batch(overseen):
    overseen.send("pharmacy", line(6, 1, "90.00", "2026-10-30"), line(6, 2, "95.00", "2026-10-30"))
    others = [line(shop, drug, f"{20 + shop / 10}", "2026-10-30") for shop in range(6) for drug in (1, 2)]
    assert overseen.send("operator", *others).status_code == 201
    client, _ = overseen.person("city")
    asked = {"region": "990102", "kind": "listed", "min_ratio": "1.5", "state": "", "pharmacy": OWN}
    page, seen = shown(client, "/console/flags", **asked)[1], []
    while True:
        seen += re.findall(r'href="/console/cases/([\d-]+listed)"', page)
        assert fields(page, "/console/lists/flags/export").items() >= {
            ("region", "990102"), ("kind", "listed"), ("min_ratio", "1.5"), ("pharmacy", OWN),
        }  # fmt: skip
        assert "min_ratio=1.5" in re.search(r'href="(/console/batch[^"]*)"', page)[1]
        following = re.search(r'href="(/console/flags\?[^"]*)">下一页', page)
        if not following:
            break
        page = client.get(unescape(following[1]), **HTTPS).get_data(as_text=True)
    assert len(seen) == len(set(seen)) >= 3
    for query, status in (({"state": "no"}, 422), ({"colour": "red"}, 422), ({"region": "990200"}, 403)):
        assert shown(client, "/console/flags", **query)[0] == status


@pytest.mark.parametrize("narrowed", [{}, {"grade": "high", "min_ratio": "1.5"}, {"drug": CODES[0], "state": "found"}])
def test_a_batch_is_tried_first_then_taken_then_taken_back(overseen, narrowed):
    client, token = overseen.person("city")
    page = shown(client, "/console/batch", region="990100", **narrowed)[1]
    form = fields(page, "/console/batch") | {"action": "screen"}
    assert form == {"token": token, "region": "990100", "action": "screen", **narrowed}
    page = client.post("/console/batch", data=form, **HTTPS).get_data(as_text=True)
    assert "试算结果" in page and "<strong>1</strong>" in page and told(overseen.desk, overseen.flag)["revision"] == 0
    (do,) = [one for one in FORM.findall(page) if 'name="do"' in one]
    sent = dict(HIDDEN.findall(do)) | {"do": "yes"}
    page = client.post("/console/batch", data=sent, **HTTPS).get_data(as_text=True)
    assert told(overseen.desk, overseen.flag)["state"] == "screened"
    undo = re.search(r'action="(/console/batches/\d+/undo)"', page)[1]
    again = client.post("/console/batch", data=form, **HTTPS).get_data(as_text=True)
    assert narrowed.get("state") == "found" or f"{WORDS['left_step_out_of_turn']['zh']}: 1" in again
    assert undo.removesuffix("/undo") in shown(client, f"/console/cases/{overseen.flag}")[1]
    assert client.post(undo, data={"token": token, "why": ""}, **HTTPS).status_code == 422
    assert client.post(undo, data={"token": "0" * 64, "why": "选错"}, **HTTPS).status_code == 403
    page = client.post(undo, data={"token": token, "why": "选错"}, **HTTPS).get_data(as_text=True)
    assert "<strong>1</strong>" in page and told(overseen.desk, overseen.flag)["state"] == "found"


def test_the_address_of_a_batch_says_nothing_of_the_step(overseen):
    client, token = overseen.person("city")
    said = {"action": "dismiss", "who": "eve", "why": "evil", "do": "yes", "dry_run": "false", "token": "x"}
    page = shown(client, "/console/batch", region="990100", grade="high", revision="1", **said)[1]
    hidden = [("token", token), ("region", "990100"), ("grade", "high")]
    assert HIDDEN.findall(page.partition("</header>")[2]) == hidden and "evil" not in page.partition("</header>")[2]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"region": "990200", "action": "screen"}, 403),
        ({"region": "990100", "action": "explain"}, 422),
        ({"region": "990100", "action": "dismiss", "do": "yes"}, 422),
        ({"region": "990100", "action": "screen", "tier": "above", "do": "yes"}, 422),
        ({"region": "990100", "action": "screen", "district": "990200", "do": "yes"}, 403),
        ({"region": "990100", "action": "screen", "grade": NASTY, "do": "yes"}, 422),
        ({"region": "990100", "action": "screen", "do": "yes", "token": "0" * 64}, 403),
    ],
)
def test_a_batch_that_may_not_be_does_nothing(overseen, said, status):
    client, token = overseen.person("city")
    answer = client.post("/console/batch", data={"token": token} | said, **HTTPS)
    assert (answer.status_code, told(overseen.desk, overseen.flag)["revision"]) == (status, 0)
    assert "<script" not in answer.get_data(as_text=True)


def test_what_is_asked_is_text_on_every_page(overseen):
    client, _ = overseen.person("city")
    for path in ("/console/flags", "/console/lists/offers", "/console/batch", "/console/appeals"):
        for name in ("drug", "pharmacy", "rule", "state", "region", "cursor"):
            page = shown(client, path, **({"region": "990100"} | {name: NASTY}))[1]
            assert "<html" in page and "<script" not in page, (path, name)


@pytest.mark.parametrize(("method", "path", "status"), [
    ("get", "/console/nothing", 404), ("get", "/console/lists/nothing", 404), ("post", "/console/flags", 405),
])  # fmt: skip
def test_nowhere_at_the_console_is_a_calm_page_and_elsewhere_what_it_was(overseen, method, path, status):
    for lang, words in (("zh", "返回"), ("en", "Back")):
        answer = getattr(overseen.client(), method)(f"{path}?lang={lang}", **HTTPS)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, answer.mimetype, words in page) == (status, "text/html", True)
        assert answer.headers["Cache-Control"] == "no-store" and "Content-Security-Policy" in answer.headers
        assert ("Allow" in answer.headers) == (status == 405)
    assert overseen.client().get("/consoles", **HTTPS).mimetype == "application/problem+json"
    assert overseen.client().get("/api/v1/nothing", **HTTPS).json["code"] == "no_such_page"
