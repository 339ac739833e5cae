"""The demo as a visitor starts it: it builds, invites, answers, refuses a taken port, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest

from pricecompare.cli import server
from pricecompare.errors import Reason, Unusable
from pricecompare.services.demo import build, is_current
from pricecompare.services.desk import wall_clock
from pricecompare.services.ingest.taken import nothing_told
from pricecompare.store import create_store, open_store
from tests.conftest import FIXTURES

PRICECOMPARE = Path(sys.executable).with_name("pricecompare")


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo(file: Path, port: int):
    """A demo that runs until the end of the block; it may have been stopped before."""
    words = ["demo", "--port", str(port), "--file", str(file), "--fixtures", str(FIXTURES)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRICECOMPARE_")}
    with subprocess.Popen(
        [PRICECOMPARE, *words],
        env=own | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            yield running
        finally:
            # Also what a demo left behind, so that a failing test leaves nothing.
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def said_until_docs(running: subprocess.Popen) -> str:
    """Return what a demo says up to the last call it invites to, or all it ever said."""
    lines: list[str] = []
    for line in running.stdout:
        lines.append(line)
        if line.rstrip().endswith("/docs'"):
            break
    return "".join(lines)


def answer(url: str) -> tuple[int, str, str]:
    """Return (status, media type, text) of a page."""
    with urllib.request.urlopen(url, timeout=30) as page:
        return page.status, page.headers.get_content_type(), page.read().decode("utf-8-sig")


def still_served(port: int) -> bool:
    """Say whether anything listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_demo_from_nothing_to_its_end(tmp_path, port):
    file = tmp_path / "var" / "demo.db"
    with demo(file, port) as first:
        said = said_until_docs(first)
        assert said.startswith("Building the demo database")
        calls = re.findall(r"^  curl '(http://127\.0\.0\.1:\d+/\S+)'$", said, re.MULTILINE)
        kinds = ["application/json"] * 3 + ["text/csv", "text/html"]
        answers = [answer(call) for call in calls]
        assert [(status, kind) for status, kind, _ in answers] == [(200, kind) for kind in kinds]
        words = ["阿莫西林", '"price":', '"index":', "very_high", "<html"]
        assert [word for word, (_, _, text) in zip(words, answers, strict=True) if word not in text] == []

        with demo(file, port) as second:
            out, error = second.communicate(timeout=60)
        reason = Reason.of("port_in_use", port=port, other=port + 1)
        assert (second.returncode, out) == (1, "")
        assert error == f"Error: {reason.en} (port_in_use)\n{reason.zh}\n"
        assert answer(calls[0])[0] == 200

        first.send_signal(signal.SIGINT)
        assert first.communicate(timeout=60) == ("", "")
        assert (first.returncode, still_served(port)) == (0, False)

    for polite in (signal.SIGTERM, signal.SIGHUP):
        with demo(file, port) as again:
            said = said_until_docs(again)
            assert "Building" not in said and "curl" in said
            again.send_signal(polite)
            assert again.communicate(timeout=60) == ("", "")
        assert (again.returncode, still_served(port)) == (0, False)


@pytest.fixture
def few_fixtures(tmp_path) -> Path:
    """The fixtures without prices and sales, which take their time."""
    folder = tmp_path / "few"
    folder.mkdir()
    for what in ("regions", "drugs", "pharmacies", "prices", "sales"):
        lines = (FIXTURES / f"{what}.csv").read_text("utf-8").splitlines(keepends=True)
        (folder / f"{what}.csv").write_text("".join(lines[:2] if what in ("prices", "sales") else lines), "utf-8")
    return folder


def test_what_is_no_database_of_ours_is_built_anew(tmp_path, few_fixtures):
    file, today = tmp_path / "demo.db", wall_clock().date()
    assert not is_current(file, today)
    file.write_bytes(b"no database" * 999)
    assert not is_current(file, today)
    file.unlink()
    store = create_store(str(file), cursor_key="", max_age_days=30)
    store.put_meta(demo=today.isoformat())
    assert is_current(file, today)
    store.put_meta(schema_version=99)
    store.close()
    assert not is_current(file, today)
    build(file, few_fixtures, today=today, told=nothing_told)
    assert is_current(file, today)
    assert not is_current(file, date.fromordinal(today.toordinal() + 9))


def test_a_log_of_the_old_database_does_not_outlive_it(tmp_path, few_fixtures):
    file = tmp_path / "demo.db"
    logs = [file.with_name(f"demo.db{log}") for log in ("-wal", "-shm")]
    for log in logs:
        log.write_bytes(b"old" * 999)
    build(file, few_fixtures, today=wall_clock().date(), told=nothing_told)
    assert [log for log in logs if log.exists()] == []
    store = open_store(str(file))
    assert store.counts()["pharmacies"] == 120
    store.close()


@pytest.mark.parametrize(
    ("program", "code"),
    [("raise SystemExit(3)", "server_died"), ("import time; time.sleep(600)", "server_silent")],
    ids=["died", "silent"],
)
def test_a_server_that_died_is_told_from_a_silent_one(monkeypatch, port, program, code):
    monkeypatch.setattr(server, "WAIT_SECONDS", 1)
    with subprocess.Popen([sys.executable, "-c", program]) as running, pytest.raises(Unusable) as caught:
        server._wait(running, f"http://127.0.0.1:{port}/healthz")
    assert caught.value.code == code
    assert running.poll() is not None


def test_a_database_that_no_demo_made_is_never_replaced(tmp_path):
    database = tmp_path / "demo.db"
    create_store(str(database), cursor_key="own", max_age_days=30).close()
    with pytest.raises(Unusable) as caught:
        is_current(database, date(2026, 11, 1))
    assert (caught.value.code, open_store(str(database)).meta()["cursor_key"]) == ("no_demo", "own")


def test_an_address_of_another_machine_is_not_called_a_port_in_use():
    with pytest.raises(Unusable) as caught:
        server._free("192.0.2.1", 8000)
    assert caught.value.code == "bad_address"
