"""Uploads to a real server: streamed to the disk, taken after a crash, and none lost when several come at once."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pricecompare.services.desk import Desk
from pricecompare.services.uploads import ledger, receiving
from tests.conftest import NOW
from tests.made import CODES
from tests.sent import BEARER, KEY, UPLOADS, line, prices
from tests.town import PRICE_HEADER, SHOPS, Town

WAIT_SECONDS = 60
HEAD = b'--b\r\nContent-Disposition: form-data; name="what"\r\n\r\nprices\r\n--b\r\n'
HEAD += b'Content-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
FORM = BEARER | {"Content-Type": "multipart/form-data; boundary=b"}


class Server:
    """A server in processes of its own, at a town that has everything but sales."""

    def __init__(self, url, store, folder):
        self.town = Town(store, folder)
        self.town.take_all(until="sales")
        self.spool = folder / "spool"
        self.settings = {"DB": url, "NOW": NOW.isoformat(), "UPLOAD_KEY": KEY, "SPOOL": str(self.spool)}
        self.process = None

    def start(self, **settings):
        """Start it, as the command `serve` does."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        names = {f"PRICECOMPARE_{name}": value for name, value in (self.settings | settings).items()}
        command = [sys.executable, "-m", "pricecompare.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=os.environ | names, start_new_session=True)
        until(self.answers)

    def answers(self):
        """Say whether it answers."""
        try:
            return self.ask("/healthz")[0] == 200
        except OSError:
            return False

    def kill(self):
        """Kill every process of it at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, path):
        """Return status and answer of a question."""
        return self.post(None, path)

    def post(self, content, path=UPLOADS):
        """Send a body, which may come in pieces; return status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            method = "GET" if content is None else "POST"
            connection.request(method, path, content, FORM, encode_chunked=not isinstance(content, bytes | None))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def send(self, content):
        """Send a price list."""
        return self.post(HEAD + content.encode() + TAIL)

    def state(self, number):
        """Return what became of an upload."""
        return self.ask(f"{UPLOADS}/{number}")[1]["state"]

    def left(self):
        """Return the files that lie in the spool, but for its lock."""
        return [path.name for path in self.spool.iterdir() if path.name != "lock"]


def until(done):
    """Wait until something is so."""
    end = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def server(store, url, tmp_path):
    server = Server(url, store, tmp_path)
    yield server
    if server.process is not None:
        server.kill()


def test_a_large_file_waits_and_is_taken(server):
    server.start(UPLOAD_WAIT_MB="0")
    status, answer = server.send(prices(line(0, 0, "11.00")))
    assert (status, answer["state"]) == (202, "waiting")
    until(lambda: server.state(answer["id"]) == "taken")
    changes = server.ask(f"{UPLOADS}/{answer['id']}/changes")[1]["items"]
    assert [(one["before"], one["price"]) for one in changes] == [("10.00", "11.00")]
    until(lambda: server.left() == [])


def test_what_waited_when_the_server_was_killed_is_taken_by_the_next(server):
    rows = [
        f"{shop},{drug},{11 + at % 3}.00,2026-10-{day}\n"
        for at, shop in enumerate(SHOPS)
        for drug in CODES
        for day in range(10, 31)
    ]
    server.start(UPLOAD_WAIT_MB="0")
    numbers = [server.send(PRICE_HEADER.replace(",kind,stock", "") + "".join(rows[at:]))[1]["id"] for at in range(6)]
    server.kill()
    desk = Desk(server.town.store, lambda: NOW)
    assert receiving.waiting(desk)
    server.start(UPLOAD_WAIT_MB="0")
    until(lambda: {server.state(number) for number in numbers} == {"taken"})
    found = [ledger.upload(desk, number) for number in numbers]
    assert [one["rows"] for one in found] == [len(rows) - at for at in range(6)]
    until(lambda: server.left() == [])


def test_uploads_at_the_same_time_are_all_taken(server):
    server.start()
    lists = [prices(line(shop, drug, f"{30 + shop}.00")) for shop in range(4) for drug in range(3)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(server.send, lists))
    assert [(status, answer["state"], answer["changed"]) for status, answer in answers] == [(201, "taken", 1)] * 12
    assert len({answer["id"] for _, answer in answers}) == 12
    offers = server.town.store.engine.rows("SELECT pharmacy_id, fen FROM offer WHERE fen >= 3000 ORDER BY 1", {})
    assert offers == [(shop + 1, 3000 + shop * 100) for shop in range(4) for _ in range(3)]


def test_an_upload_and_the_command_at_the_same_time_are_both_taken(server):
    server.start()
    path = server.town.folder / "mine.csv"
    path.write_text(prices(line(0, 0, "31.00")), "utf-8")
    names = {f"PRICECOMPARE_{name}": value for name, value in server.settings.items()}
    command = [sys.executable, "-m", "pricecompare.cli", "import", "prices", str(path)]
    with subprocess.Popen(command, env=os.environ | names, stdout=subprocess.DEVNULL) as other:
        answers = [server.send(prices(line(1, 0, "32.00", f"2026-10-{day}"))) for day in range(29, 32)]
    assert (other.returncode, [status for status, _ in answers]) == (0, [201] * 3)
    fens = server.town.store.engine.rows("SELECT fen FROM offer WHERE fen >= 3000 ORDER BY 1", {})
    assert fens == [(3100,), (3200,)]


def peak_megabytes(pid):
    """Return the most memory that a process and its children had so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = "".join(Path(f"/proc/{one}/status").read_text() for one in (pid, *children))
    return max(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM")) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read memory from")
@pytest.mark.parametrize("whole", [True, False], ids=["length told", "in chunks"])
def test_a_body_is_never_held_in_memory(server, whole):
    server.start(UPLOAD_WAIT_MB="64", MAX_UPLOAD_MB="100")
    master = int(Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()[0])
    server.send(prices(line(0, 0, "11.00")))
    before = peak_megabytes(master)
    piece = b"\0" * (1 << 20)
    pieces = [HEAD, *[piece] * 99, TAIL]
    status, answer = server.post(b"".join(pieces) if whole else iter(pieces))
    assert (status, answer["state"]) == (202, "waiting")
    too_much = [HEAD, *[piece] * 102, TAIL]
    assert server.post(b"".join(too_much))[0] == 413
    assert peak_megabytes(master) < before + 20
    until(lambda: server.state(answer["id"]) == "failed")
