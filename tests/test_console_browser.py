"""The console in a real browser that runs no script: log in, look at a case, take a step, log out."""

import threading

import pytest
from werkzeug.serving import make_server

from pricecompare.services.access import users
from pricecompare.services.cases import told
from tests.driven import CHROMIUM, browser
from tests.overseen import Overseen, now_code
from tests.taken_up import WANG


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
