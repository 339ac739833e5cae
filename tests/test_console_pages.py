"""Pages of the console: they show what there is to do, do it for forms of their own alone, and run nothing."""

import re

import pytest

from pricecompare.calc.cases import COMMENT, OPEN, STATES, STEPS
from pricecompare.schemas.lists import GRADES
from pricecompare.services.access import users
from pricecompare.services.cases import told
from pricecompare.services.statistics.monitor import flags
from pricecompare.web.console import hundredths
from pricecompare.web.entered import WORDS
from tests.browsing import HTTPS, LOGIN, TOKEN, shown, words
from tests.overseen import OWN, Overseen
from tests.sent import line
from tests.taken_up import WANG


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path)
    yield overseen
    overseen.close()


@pytest.fixture
def made(overseen):
    return users.create(overseen.desk, "王医保", "regulator", ("990100",), by=WANG)


def test_a_form_from_elsewhere_does_nothing(overseen, made):
    client, token = overseen.person("city")
    other, others = overseen.person("district")
    name, before = overseen.flag, told(overseen.desk, overseen.flag)
    for wrong in ("", "0" * 64, others):
        step = {"token": wrong, "action": "screen", "revision": "0"}
        assert client.post(f"/console/cases/{name}/steps", data=step, **HTTPS).status_code == 403
        assert client.post("/console/logout", data={"token": wrong}, **HTTPS).status_code == 403
    assert overseen.client().post(LOGIN, data=words(overseen, made), **HTTPS).status_code == 403
    assert told(overseen.desk, name) == before
    assert shown(client, "/console/cases")[0] == 200


def test_a_case_is_shown_explained_and_stepped(overseen):
    client, token = overseen.person("city")
    status, page = shown(client, f"/console/cases/{overseen.flag}")
    assert (status, "第7药店" in page, "data:image/svg+xml;base64," in page) == (200, True, True)
    step = {"token": TOKEN.search(page)[1], "action": "screen", "revision": "0", "why": ""}
    answer = client.post(f"/console/cases/{overseen.flag}/steps", data=step, **HTTPS)
    assert answer.status_code == 303
    found = told(overseen.desk, overseen.flag)
    assert (found["state"], found["steps"][0]["who"]) == ("screened", "city")
    (entry,) = overseen.desk.store.entries(most=1, before=10**9)
    assert entry.origin == "console:127.0.0.0/24 user city"
    # Who looked at it before somebody else stepped is told so.
    assert client.post(f"/console/cases/{overseen.flag}/steps", data=step, **HTTPS).status_code == 412
    remind = step | {"action": "remind", "revision": "1"}
    code = client.post(f"/console/cases/{overseen.flag}/steps", data=remind, **HTTPS).get_data(as_text=True)
    assert re.search(r"<code>[A-Z2-7]{32}</code>", code)
    assert "已提醒</a>" in shown(client, "/console/cases", region="990102", state="")[1]


def test_every_state_step_and_grade_has_a_word_in_both_languages():
    asked = [("state", STATES), ("step", (*STEPS, COMMENT, OPEN, "attach", "undo")), ("grade", (*GRADES, "rule"))]
    lacking = [
        name for kind, names in asked for one in names if set(WORDS.get(name := f"{kind}_{one}", ())) != {"zh", "en"}
    ]
    assert lacking == []


def test_a_page_tells_numbers_and_names_as_people_do_and_stays_where_it_was_in_the_other_language(overseen):
    client, _ = overseen.person("city")
    (flag,) = (one for one in flags(overseen.desk, "990102")["items"] if one["id"] == overseen.flag)
    page = shown(client, "/console/flags", region="990102", lang="zh")[1]
    for cell in (hundredths(flag["ratio_median"]), flag["drug"]["name"], flag["drug"]["spec"]):
        assert f">{cell}</td>" in page
    assert 'href="/console/flags?region=990102&amp;lang=en"' in page


def test_an_operator_decides_about_what_was_put_aside(overseen):
    rows = [line(6, drug, f"{20 + drug}.00", "2026-10-31") for drug in range(4)]
    overseen.send("pharmacy", *rows, source="till", mode="full")
    aside = overseen.send("pharmacy", line(6, 0, "21.00", "2026-11-01"), source="till", mode="full").json
    assert aside["state"] == "quarantined"
    regulator, _ = overseen.person("city")
    assert "list.csv" in shown(regulator, "/console/uploads", region="990100")[1]
    operator, token = overseen.person("operator")
    assert "list.csv" in shown(operator, "/console/uploads")[1]
    said = {"token": token, "decision": "confirm", "why": "电话核实"}
    for word in ("", "confirmed"):
        answer = operator.post(f"/console/uploads/{aside['id']}/decision", data=said | {"decision": word}, **HTTPS)
        assert answer.status_code == 422 and overseen.desk.store.upload(aside["id"]).state == "quarantined"
    assert operator.post(f"/console/uploads/{aside['id']}/decision", data=said, **HTTPS).status_code == 303
    assert overseen.desk.store.upload(aside["id"]).state == "taken"


def test_pages_are_in_both_languages_without_a_line_of_script(overseen):
    client, _ = overseen.person("city")
    pages = [
        LOGIN,
        "/console/flags",
        "/console/cases",
        f"/console/cases/{overseen.flag}",
        "/console/uploads",
        "/console/cases/no",
    ]
    for path in pages:
        for lang, other in (("zh", "English"), ("en", "中文")):
            answer = client.get(path, query_string={"lang": lang}, **HTTPS)
            page = answer.get_data(as_text=True)
            assert f'lang="{lang}' in page and other in page
            assert "<script" not in page and not re.search(r"<[^>]*\son\w+=", page)
            assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
            assert answer.headers["Cache-Control"] == "no-store"
    assert 'lang="en"' in shown(client, LOGIN)[1]


def test_what_somebody_sent_is_text_on_every_page(overseen):
    nasty = '"><script>alert(1)</script>'
    rows = f'pharmacy_code,name,chain\n{OWN},"""><script>alert(1)</script>",康宁\n'
    assert overseen.town.take("pharmacies", rows).errors == []
    client, token = overseen.person("city")
    said = {"token": token, "action": "comment", "revision": "0", "why": nasty}
    client.post(f"/console/cases/{overseen.flag}/steps", data=said, **HTTPS)
    for path in ("/console/flags", "/console/cases?region=990102", f"/console/cases/{overseen.flag}"):
        page = client.get(path, **HTTPS).get_data(as_text=True)
        assert "<script" not in page and "&lt;script&gt;" in page
