"""Workers that share one line of questions: whoever is free answers, each is answered once, and nobody is forgotten."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from select import select
from threading import Event

import pytest

from tests.served import children, free_port

WAIT = 20
SHORT = 15
"""Milliseconds that a question takes which is in hand, but not long enough to count as a long one."""


class Echoing:
    """gunicorn with two workers of two threads each, and kept connections to it."""

    def __init__(self, *options):
        self.port, self._lines = free_port(), []
        worker = "pricecompare.web.sharing.Sharing"
        sizes = ["--workers=2", "--threads=2", "--keep-alive=30", f"--worker-class={worker}", *options]
        bound = f"--bind=127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", bound, *sizes, "--log-level=critical", "tests.echoing:answer"]
        )
        end = time.monotonic() + WAIT
        while not (self.heard(self.connection()) and len(self.workers) == 2):
            assert time.monotonic() < end
            time.sleep(0.05)

    @property
    def workers(self):
        return children(self.process.pid)

    def connection(self):
        self._lines.append(HTTPConnection("127.0.0.1", self.port, timeout=WAIT))
        return self._lines[-1]

    def heard(self, line, word="x", took=0):
        """Return word and number of the process of an answer, None where it never came."""
        try:
            line.request("GET", f"/{word}?{took}")
            return line.getresponse().read().decode().split()
        except (OSError, HTTPException):
            return None

    def hang_up(self):
        for line in self._lines:
            line.close()

    def stop(self):
        self.process.terminate()
        return self.process.wait(WAIT)


@pytest.fixture
def server():
    this = Echoing()
    yield this
    this.hang_up()
    this.stop()


def test_a_question_on_a_kept_connection_is_answered_by_whoever_is_free(server):
    lines = [server.connection() for _ in range(6)]
    seen = [{server.heard(line)[1]} for line in lines]
    end = time.monotonic() + WAIT
    while not any(len(one) == 2 for one in seen) and time.monotonic() < end:
        for line in lines:
            line.request("GET", f"/x?{SHORT}")
        for line, one in zip(lines, seen, strict=True):
            one.add(line.getresponse().read().decode().split()[1])
    assert any(len(one) == 2 for one in seen)


def test_each_of_many_who_ask_at_once_hears_what_was_asked(server):
    """More than the line holds (some two hundred connections), so that some wait where they came in."""
    lines = [server.connection() for _ in range(400)]
    for turn in range(3):
        for number, line in enumerate(lines):
            line.request("GET", f"/{turn}-{number}?2")
        words = [line.getresponse().read().decode().split()[0] for line in lines]
        assert words == [f"{turn}-{number}" for number in range(len(lines))]


@pytest.mark.parametrize("took", [2, 100], ids=["many short ones", "more long ones than threads"])
def test_who_comes_anew_is_heard_while_others_ask_without_a_pause(server, took):
    stop = Event()

    def asking():
        line, count = server.connection(), 0
        while not stop.is_set():
            assert server.heard(line, "kept", took)[0] == "kept"
            count += 1
        return count

    with ThreadPoolExecutor(12) as threads:
        busy = [threads.submit(asking) for _ in range(12)]
        try:
            assert all(server.heard(server.connection(), f"{n}")[0] == f"{n}" for n in range(10))
            assert not any(one.done() for one in busy)
        finally:
            stop.set()
        assert all(one.result() for one in busy)


def test_what_was_asked_before_the_end_is_answered(server):
    """Also what stood in the line; afterwards a connection is closed, but not between a question and its answer."""

    def asking(_):
        line = server.connection()
        while True:
            line.request("GET", f"/last?{SHORT}")
            answer = line.getresponse()
            assert answer.read().startswith(b"last ")
            if answer.headers["Connection"] == "close":
                return True

    with ThreadPoolExecutor(30) as threads:
        ended = [threads.submit(asking, number) for number in range(30)]
        time.sleep(0.5)
        assert server.stop() == 0
        assert all(one.result() for one in ended)


def test_a_connection_outlives_the_worker_that_let_it_in(server):
    """Its question is lost only where that worker had it in hand; the line is there for the next worker, too."""
    lines = [server.connection() for _ in range(20)]
    for line in lines:
        line.request("GET", f"/x?{SHORT}")
    os.kill(server.workers[0], signal.SIGKILL)
    heard = sum(_answered(line) for line in lines)
    assert heard >= len(lines) // 4
    assert all(server.heard(server.connection()) for _ in range(20))


def test_no_worker_has_more_connections_than_it_may(room=10):
    """Whoever finds no room waits to be let in, and is answered when others have hung up."""
    server = Echoing(f"--worker-connections={room}")
    try:
        before, asked = max(_open(server)), {server.connection() for _ in range(6 * room)}
        for line in asked:
            line.request("GET", "/x")
        time.sleep(0.5)
        # A thread that looks whether a client has said something has one more file open.
        assert max(_open(server)) <= before + room + 2
        while asked:
            for line in select([one.sock for one in asked], [], [], WAIT)[0]:
                (one,) = (one for one in asked if one.sock is line)
                assert one.getresponse().read().startswith(b"x ")
                one.close()
                asked.remove(one)
    finally:
        server.hang_up()
        server.stop()


def _open(server):
    return [len(os.listdir(f"/proc/{worker}/fd")) for worker in server.workers]


def _answered(line):
    try:
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
