"""Clients that do not hang up when they were answered: nobody waits for them, and what they were sent arrives whole."""

import socket

import pytest

from tests.conftest import NOW
from tests.served import Served

DRUG = "/api/v1/drugs/XJ01CAA501A001010190008"
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
MANY = 15
"""Clients for each of whom gunicorn's own worker keeps all others waiting for two seconds."""


@pytest.fixture
def server(city, tmp_path):
    settings = {"NOW": NOW.isoformat(), "SPOOL": str(tmp_path / "spool"), "LOG": "0"}
    running = Served(str(city.store.engine.path), "--workers", "1", **settings)
    yield running
    if running.process.poll() is None:
        running.stop()


def line(server):
    """Return a connection on which a last question has been asked."""
    this = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    this.sendall(LAST)
    return this


def whole(line):
    """Return all that came on a connection."""
    return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize("more", [b"", b"x" * 20_000, b"x" * 400_000], ids=["silent", "still sends", "sends too much"])
def test_nobody_waits_for_clients_that_do_not_hang_up(server, more):
    left = [line(server) for _ in range(MANY)]
    try:
        for one in left if more else []:
            _send(one, more)
        # The first may be let in before any of them is done.
        assert [server.ask(DRUG)[0] for _ in range(3)] == [200] * 3
        answers = [whole(one) for one in left] if len(more) < 65_536 else []
        assert all(one.startswith(b"HTTP/1.1 200") and b'"status":"ok"' in one for one in answers)
    finally:
        for one in left:
            one.close()
    assert server.ask(DRUG)[0] == 200


def _send(line, more):
    try:
        line.sendall(more)
    except ConnectionError:
        # It was heard enough.
        return


def test_a_server_stops_while_clients_do_not_hang_up(server):
    left = [line(server) for _ in range(MANY)]
    assert all(whole(one) for one in left)
    assert server.stop() == 0
    for one in left:
        one.close()


def test_who_hangs_up_first_is_no_trouble(server):
    for _ in range(MANY):
        line(server).close()
    assert server.ask(DRUG)[0] == 200
