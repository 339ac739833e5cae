"""The console in a real browser that runs no script: log in, look at a case, take a step, log out."""

import threading

import pytest
from werkzeug.serving import make_server

from pricecompare.services.access import users
from pricecompare.services.cases import batch, told
from tests.driven import CHROMIUM, browser
from tests.overseen import OWN, Overseen, now_code
from tests.taken_up import SCREEN, WANG
from tests.test_attachments import FILES, PDF


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path, CONSOLE_PLAIN_HTTP=1)
    yield overseen
    overseen.close()


@pytest.fixture
def site(overseen):
    server = make_server("127.0.0.1", 0, overseen.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no browser: apt-get install chromium")
def test_a_person_works_at_the_console_without_script(overseen, site, tmp_path):
    made = users.create(overseen.desk, "wang", "regulator", ("990100",), by=WANG)
    with browser(tmp_path / "profile") as page:
        page.open(f"{site}/console/?lang=en")
        assert page.ask("location.pathname") == "/console/login"
        page.type("input[name=name]", "wang")
        page.type("input[name=password]", made["password"])
        page.type("input[name=code]", now_code(overseen.desk, "wang"))
        page.press("main button")
        assert page.ask("location.pathname") == "/console/flags"
        assert page.ask("document.cookie") == ""
        page.press("tbody a")
        assert page.ask("document.querySelector('img').naturalWidth > 100")
        page.press("main form button")
        assert page.ask("document.querySelector('main strong').textContent") == "screened"
        page.press("header form button")
        assert page.ask("location.pathname") == "/console/login"
        page.open(f"{site}/console/cases")
        assert page.ask("location.pathname") == "/console/login"
        assert [one for one in page.asked if not one.startswith((f"{site}/", "data:", "about:"))] == []
    assert told(overseen.desk, overseen.flag)["state"] == "screened"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no browser: apt-get install chromium")
def test_a_regulator_narrows_steps_exports_and_attaches_and_the_pharmacy_appeals(overseen, site, tmp_path):
    (paper := tmp_path / "paper.pdf").write_bytes(FILES[PDF])
    city = users.create(overseen.desk, "wang", "regulator", ("990100",), by=WANG)
    shop = users.create(overseen.desk, "li", "pharmacy", (OWN,), by=WANG)
    with browser(tmp_path / "profile") as page:
        entered(page, overseen, site, city)
        page.type("input[name=min_ratio]", "1.5")
        page.press("form.where button")
        assert "min_ratio=1.5" in page.ask("location.search")
        page.save("form[action$=export] button")
        (entry,) = overseen.desk.store.entries(most=1, before=10**9)
        assert (entry.what, entry.who) == ("exported", "wang")
        page.press("main p a")
        for step in ("screen", "remind"):
            page.choose("form.try select", step)
            page.press("form.try button")
            page.press("form.do button")
            if step == "screen":
                page.type("form.undo input[name=why]", "undone once")
                page.press("form.undo button")
                assert told(overseen.desk, overseen.flag)["state"] == "found"
                batch(overseen.desk, "990100", SCREEN)
                page.open(f"{site}/console/batch?region=990100&min_ratio=1.5")
        page.open(f"{site}/console/cases/{overseen.flag}")
        page.attach("input[type=file]", paper)
        page.press("form[enctype] button")
        page.press("header form button")
        entered(page, overseen, site, shop)
        page.press("tbody a")
        page.choose("main form select", "appeal")
        page.type("main form input[name=why]", "the pack is larger")
        page.press("main form button")
        assert page.ask("document.querySelector('main strong').textContent") == "appealed"
    found = told(overseen.desk, overseen.flag)
    assert (found["state"], [one["bytes"] for one in found["attachments"]]) == ("appealed", [len(FILES[PDF])])


def entered(page, overseen, site, made):
    """Log somebody in."""
    page.open(f"{site}/console/login?lang=en")
    page.type("input[name=name]", made["name"])
    page.type("input[name=password]", made["password"])
    page.type("input[name=code]", now_code(overseen.desk, made["name"]))
    page.press("main button")
