"""A real server and those who mean no good: slow, malformed and oversized requests; limits that all workers share."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time

import pytest

from tests.conftest import NOW

SETTINGS = """
from pricecompare.web import server, slow

slow.HEAD_SECONDS = slow.BODY_SECONDS = 1
slow.BODY_BYTES_PER_SECOND = 1 << 20
globals().update({{name: value for name, value in vars(server).items() if name[:2] != "__"}})
worker_class = "{worker}"
workers, threads = 2, 2
"""
PATIENT = "pricecompare.web.leaving.Parting"
MARK = "13900000001-marked"
DRUG = "/api/v1/drugs/XJ01CAA501A001010190008"
WAIT = 30


class Server:
    """gunicorn with two workers of two threads that wait a second for slow clients, and what it logged."""

    def __init__(self, city, folder, **settings):
        self.config, self.log = folder / "gunicorn.py", folder / "log"
        self.config.write_text(SETTINGS.format(worker=settings.pop("worker", PATIENT)))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        names = {"DB": str(city.store.engine.path), "NOW": NOW.isoformat(), "LOG": "1", "SPOOL": str(folder / "spool")}
        names = {f"PRICECOMPARE_{name}": value for name, value in (names | settings).items()}
        command = [sys.executable, "-m", "gunicorn", "--config", str(self.config), "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "pricecompare.web:create_app()"], env=os.environ | names, stderr=log
            )
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                assert self.ask("/healthz")[0] == 200
                return
            except OSError:
                time.sleep(0.1)

    def ask(self, path, timeout=WAIT, **headers):
        """Return status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def line(self, sent):
        """Return a connection on which something has been sent."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        line.sendall(sent)
        return line

    def told(self, sent):
        """Return all that comes back for what is sent, until the server closes the connection."""
        with self.line(sent) as line:
            pieces = []
            try:
                while piece := line.recv(65_536):
                    pieces.append(piece)
            except ConnectionResetError:
                # It closed before it had read all that was sent.
                pass
        return b"".join(pieces)

    def lines(self):
        """Return what was logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self):
        self.process.terminate()
        self.process.wait(WAIT)


@pytest.fixture
def serve(city, tmp_path):
    running = []

    def start(**settings):
        running.append(Server(city, tmp_path, **settings))
        return running[-1]

    yield start
    for one in running:
        one.stop()


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
POST = b"POST /api/v1/baskets/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = POST + b"Content-Length: 900\r\n\r\n{"


@pytest.mark.parametrize("begun", [b"", HEAD, BODY, b"GET"], ids=["nothing", "a head", "a body", "a word"])
def test_slow_clients_keep_nobody_waiting_for_ever(serve, begun):
    server = serve()
    slow = [server.line(begun) for _ in range(12)]
    try:
        assert server.ask(DRUG)[0] == 200
        for line in slow if begun else []:
            # Whatever they go on to send, they are cut off or told that it makes no sense.
            assert not line.recv(4096).startswith(b"HTTP/1.1 200")
    finally:
        for line in slow:
            line.close()
    assert server.ask(DRUG)[0] == 200


def test_who_drips_is_cut_off_all_the_same(serve):
    server = serve()
    slow = [server.line(HEAD) for _ in range(8)]
    end, cut = time.monotonic() + WAIT, set()
    while len(cut) < len(slow) and time.monotonic() < end:
        time.sleep(0.2)
        for line in set(slow) - cut:
            try:
                line.sendall(b"x")
            except OSError:
                cut.add(line)
    for line in slow:
        line.close()
    assert len(cut) == len(slow) and server.ask(DRUG)[0] == 200


def test_a_slow_reader_gets_all_of_a_long_answer(serve):
    server = serve()
    with server.line(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        got = b""
        while piece := line.recv(65_536):
            got += piece
            if len(got) < 300_000:
                time.sleep(0.01)
    head, _, body = got.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0] and json.loads(body)["openapi"]


MALFORMED = {
    "no version": f"GET /{MARK}\r\n\r\n",
    "no method": f"G{{}}T /{MARK} HTTP/1.1\r\n\r\n",
    "a version from the future": f"GET /{MARK} HTTP/9.9\r\n\r\n",
    "a header without a colon": f"GET / HTTP/1.1\r\nHost: x\r\n{MARK}\r\n\r\n",
    "a header with a blank in its name": f"GET / HTTP/1.1\r\nHost: x\r\nX {MARK}: y\r\n\r\n",
    "a folded header": f"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n {MARK}\r\n\r\n",
    "two lengths": f"POST / HTTP/1.1\r\nHost: {MARK}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length and chunks": f"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{MARK}\r\n",
    "an unknown coding": f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {MARK}\r\n\r\n",
    "bad chunks": f"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}\r\n\r\n",
    "a long line": f"GET /{MARK}{'x' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": "GET / HTTP/1.1\r\nHost: x\r\n" + "".join(f"X{n}: {MARK}\r\n" for n in range(200)) + "\r\n",
    "a long header": f"GET / HTTP/1.1\r\nHost: x\r\nX: {MARK * 1000}\r\n\r\n",
    "a NUL": f"GET / HTTP/1.1\r\nHost: x\r\nX: a\0{MARK}\r\n\r\n",
}


def test_what_is_malformed_is_refused_and_not_repeated_in_the_log(serve):
    server = serve()
    for sort, sent in MALFORMED.items():
        told = server.told(sent.encode())
        assert told == b"" or 400 <= int(told.split(b" ", 2)[1]) < 500 or b" 501 " in told, (sort, told)
    assert server.ask(DRUG)[0] == 200
    server.stop()
    text = server.log.read_text()
    assert "marked" not in text and "13900000001" not in text
    messages = [line.get("message", "") for line in server.lines()]
    assert sum(message.startswith("malformed request from api:127.0.0.0/24") for message in messages) >= 8


def test_no_version_of_a_server_is_told(serve):
    _, head, _ = serve().ask(DRUG)
    assert head.get("Server") in (None, "gunicorn")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(serve):
    server = serve()
    announced = POST + b"Content-Length: 9000000000\r\n\r\n" + b"{" * 1000
    in_pieces = POST + b"Transfer-Encoding: chunked\r\n\r\n8000\r\n" + b"{" * 0x8000 + b"\r\n0\r\n\r\n"
    for sent in (announced, in_pieces):
        assert b" 413 " in server.told(sent).splitlines()[0]


@pytest.mark.parametrize(
    ("length", "status", "says"),
    [(300_000, 413, "close"), (40_000, 413, "keep-alive"), (9, 422, "keep-alive")],
    ids=["not read", "passed over", "read"],
)
def test_an_answer_says_whether_more_may_be_asked_on_its_connection(serve, length, status, says):
    connection = http.client.HTTPConnection("127.0.0.1", serve().port, timeout=WAIT)
    connection.request("POST", "/api/v1/baskets/quote", b"9" * length, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"], bool(answer.read())) == (status, says, True)
    line = connection.sock
    connection.request("GET", DRUG)
    assert connection.getresponse().status == 200
    assert (connection.sock is line) == (says == "keep-alive")
    connection.close()


def test_all_workers_count_together(serve):
    server = serve(PER_MINUTE="20")
    statuses = [server.ask(DRUG)[0] for _ in range(60)]
    # A unit comes back every three seconds, and two came with the question whether the server answers.
    assert set(statuses) == {200, 429} and 20 <= statuses.count(200) <= 35
    assert statuses[:15] == [200] * 15
    workers = {line["network"] for line in server.lines() if line.get("status") == 429}
    assert workers == {"api:127.0.0.0/24"}
