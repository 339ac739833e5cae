"""The API page in a real browser: it draws every endpoint under its own content policy and asks no other host."""

import json
import shutil
import subprocess
import threading

import pytest
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=10000"
).split()


@pytest.fixture
def site(client):
    """Address of the application on a real port."""
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def requested(log, site):
    """Return the addresses that pages of `site` asked for; the browser's own errands have another initiator."""
    events = json.loads(log.read_text("utf-8"))["events"]
    asked = [event["params"] for event in events if "url" in event.get("params", {})]
    return {one["url"] for one in asked if one.get("initiator") == site}


@pytest.mark.skipif(CHROMIUM is None, reason="there is no browser: apt-get install chromium")
def test_the_api_page_shows_every_endpoint_and_asks_no_other_host(site, client, tmp_path):
    log = tmp_path / "net.json"
    command = [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path}", f"--log-net-log={log}", "--dump-dom", f"{site}/docs"]
    page = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    paths = client.get("/openapi.json").json["paths"]
    assert [path for path in paths if f'data-path="{path}"' not in page] == []
    assert f"{site}/openapi.json" in requested(log, site)
    assert [url for url in requested(log, site) if not url.startswith(f"{site}/")] == []


def test_the_bare_address_leads_to_the_api_page(client):
    assert client.get("/").headers["Location"] == "/docs"
