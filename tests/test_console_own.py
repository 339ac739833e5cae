"""The console for pharmacies, and files and appeals there: own flags answered, nothing of others, all of it text."""

import io

import pytest

from pricecompare.services.cases import Asked, step, told
from pricecompare.web.entered import WORDS
from tests.browsing import HTTPS, shown
from tests.overseen import Overseen
from tests.taken_up import WANG
from tests.test_attachments import FILES, PDF

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path, ATTACHMENT_MB=0.1)
    for action in ("screen", "remind"):
        step(overseen.desk, overseen.flag, Asked(action, "regulator", WANG))
    yield overseen
    overseen.close()


def attach(client, path, token, content, name="票据.pdf", why="进货"):
    form = {"token": token, "why": why, "file": (io.BytesIO(content), name)}
    return client.post(f"{path}/attachments", data=form, **HTTPS)


def test_a_pharmacy_sees_answers_and_attaches(overseen):
    client, token = overseen.person("pharmacy")
    assert client.get("/console/", **HTTPS).headers["Location"] == "/console/own"
    path = f"/console/own/{overseen.flag}"
    assert f'href="{path}"' in shown(client, "/console/own")[1]
    for revision, (action, why) in enumerate((("explain", "进价上涨"), ("appeal", NASTY)), 2):
        form = {"token": token, "action": action, "why": why, "revision": str(revision)}
        assert client.post(f"{path}/answer", data=form, **HTTPS).status_code == 303
        assert client.post(f"{path}/answer", data=form, **HTTPS).status_code == 412
    assert attach(client, path, token, FILES[PDF], name=f"{NASTY}.pdf", why=NASTY).status_code == 303
    found = told(overseen.desk, overseen.flag)
    assert (found["state"], found["attachments"][0]["role"]) == ("appealed", "pharmacy")
    assert [one["role"] for one in found["steps"][2:]] == ["pharmacy"] * 3
    file = client.get(f"{path}/attachments/1", **HTTPS)
    assert (file.data, file.mimetype) == (FILES[PDF], "application/pdf")
    assert "attachment" in file.headers["Content-Disposition"] and "sandbox" in file.headers["Content-Security-Policy"]
    regulator, _ = overseen.person("city")
    pages = [(client, path), (regulator, f"/console/cases/{overseen.flag}")]
    pages += [(regulator, "/console/lists/appeals?region=990100"), (client, "/console/own")]
    for who, where in pages:
        for lang in ("zh", "en"):
            page = who.get(where, query_string={"lang": lang} if "?" not in where else None, **HTTPS).text
            assert "<script" not in page and "&lt;script&gt;" in page or where == "/console/own"
    assert regulator.get(f"/console/cases/{overseen.flag}/attachments/1", **HTTPS).data == FILES[PDF]


def test_a_pharmacy_has_nothing_of_others(overseen):
    client, token = overseen.person("other pharmacy")
    path = f"/console/own/{overseen.flag}"
    assert overseen.flag not in shown(client, "/console/own")[1]
    assert shown(client, path)[0] == shown(client, "/console/own/9999-1-listed")[0] == 404
    assert shown(client, "/console/own", pharmacy="P99010200007")[0] in (403, 404)
    form = {"token": token, "action": "explain", "why": "x", "revision": "2"}
    assert client.post(f"{path}/answer", data=form, **HTTPS).status_code == 404
    assert attach(client, path, token, FILES[PDF]).status_code == 404
    for page in ("flags", "cases", "lists/", "batch", "appeals", "uploads", f"cases/{overseen.flag}"):
        assert shown(client, f"/console/{page}", region="990100")[0] == 403


@pytest.mark.parametrize("who", ["city", "pharmacy"])
def test_files_are_checked_as_the_api_does(overseen, who):
    client, token = overseen.person(who)
    path = f"/console/{'cases' if who == 'city' else 'own'}/{overseen.flag}"
    asked = [(b"MZ" + bytes(99), token, 422), (FILES[PDF] + bytes(110 << 10), token, 413)]
    asked += [(FILES[PDF] + bytes(400 << 10), token, 413), (FILES[PDF], "0" * 64, 403), (b"", token, 422)]
    for content, word, status in asked:
        answer = attach(client, path, word, content)
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert attach(client, path, token, FILES[PDF], name="a\x01b.pdf").status_code in (303, 422)
    answer = attach(client, path, token, FILES[PDF], name=f"{'a' * 200}.pdf")
    assert answer.status_code == 422 and WORDS["filter_name"]["zh"] in answer.get_data(as_text=True)
    assert client.post(f"{path}/attachments", data={"token": token}, **HTTPS).status_code == 422
    form = {"token": token, "file": [(io.BytesIO(FILES[PDF]), "a.pdf"), (io.BytesIO(FILES[PDF]), "b.pdf")]}
    assert client.post(f"{path}/attachments", data=form, **HTTPS).status_code in (303, 422)


def test_an_appeal_against_the_index_is_seen_and_decided(overseen):
    run = overseen._published()
    number = overseen.undecided(run)["appeal"]
    client, token = overseen.person("city")
    assert f'href="/console/appeals/{number}"' in shown(client, "/console/appeals", region="990100", state="filed")[1]
    path = f"/console/appeals/{number}"
    assert f'action="{path}/steps"' in shown(client, path)[1]
    form = {"token": token, "revision": "1", "action": "accept", "effect": "correct", "why": NASTY}
    for wrong, status in (({"token": "0"}, 403), ({"why": ""}, 422), ({"revision": "9"}, 412), ({}, 422)):
        assert client.post(f"{path}/steps", data=form | wrong, **HTTPS).status_code == status
    right = form | {"quantity": "3", "amount": "30.00"}
    assert client.post(f"{path}/steps", data=right, **HTTPS).status_code == 303
    page = shown(client, path)[1]
    assert "已采纳" in page and f'action="{path}/steps"' not in page and "<script" not in page
