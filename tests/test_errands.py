"""What takes long is done beside a worker: as it would be done by itself, gently, and without it when that has gone."""

import os
import pickle
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from pricecompare.errors import Conflict, NotFound, TooMany, Unusable
from pricecompare.services.desk import Desk
from pricecompare.web.errands import GENTLE, Errands
from tests.conftest import NOW
from tests.sent import line, prices
from tests.served import children, until
from tests.test_ledger_api_server import HEAD, TAIL, Server


def who(desk, *given, **named):
    """Return where this is done, how gently, and what was given."""
    return os.getpid(), os.getpriority(os.PRIO_PROCESS, 0), given, named


def refused(desk):
    raise NotFound("unknown_drug", field="drug", suggestions=("XJ",), value="药")


def broken(desk):
    raise ZeroDivisionError("a word that somebody sent")


def dies(desk):
    os.kill(os.getpid(), signal.SIGKILL)


def meta(desk):
    return desk.store.meta()["cursor_key"]


@pytest.fixture
def errands(desk):
    this = Errands(desk)
    this.begin()
    yield this
    this.end()


@pytest.fixture
def desk(store):
    return Desk(store, lambda: NOW)


def test_an_errand_is_run_by_another_process_which_stands_back(errands):
    pid, gentle, *given = errands.run(who, 1, "药", why="so")
    assert pid in children(os.getpid())
    assert (gentle, given) == (os.getpriority(os.PRIO_PROCESS, 0) + GENTLE, [(1, "药"), {"why": "so"}])
    assert errands.run(meta) == "test"


def test_without_a_process_it_is_run_here(desk):
    assert Errands(desk).run(who)[0] == os.getpid()


def test_what_an_errand_raises_comes_back_whole(errands):
    with pytest.raises(NotFound) as caught:
        errands.run(refused)
    error = caught.value
    assert (error.code, error.field, error.suggestions) == ("unknown_drug", "drug", ("XJ",))
    assert "药" in error.reason.zh
    with pytest.raises(RuntimeError, match="an errand failed"):
        errands.run(broken)
    assert errands.run(meta) == "test"


@pytest.mark.parametrize("one", [TooMany("too_often", seconds=7), Conflict("in_progress", field="x")])
def test_every_error_can_be_told_to_another_process(one):
    again = pickle.loads(pickle.dumps(one))
    assert (type(again), vars(again), str(again)) == (type(one), vars(one), str(one))


def test_a_process_that_dies_is_told_and_done_without(desk):
    errands = Errands(desk)
    errands.begin()
    child = errands.run(who)[0]
    with pytest.raises(Unusable) as caught:
        errands.run(dies)
    assert caught.value.code == "unavailable"
    assert errands.run(who)[0] == os.getpid()
    assert child not in children(os.getpid())
    errands.end()


def test_signals_of_a_terminal_do_not_end_what_is_under_way(errands):
    child = errands.run(who)[0]
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child, one)
    assert errands.run(who)[0] == child


@pytest.fixture
def server(store, url, tmp_path):
    server = Server(url, store, tmp_path)
    server.start()
    until(lambda: len(beside(server)) == 2)
    yield server
    with suppress(ProcessLookupError):
        server.kill()


def beside(server):
    """Return the processes beside the workers."""
    (master,) = children(server.process.pid)
    return [one for worker in children(master) for one in children(worker)]


def test_a_server_takes_lists_beside_its_workers_and_leaves_none_behind(server):
    before = beside(server)
    answers = [server.send(prices(line(0, 0, f"{11 + at}.00", f"2026-10-{28 + at}"))) for at in range(4)]
    assert [(status, answer["state"]) for status, answer in answers] == [(201, "taken")] * 4
    assert any(seconds(one) > 0 for one in before)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert not any(Path(f"/proc/{one}").exists() for one in before)


def seconds(pid):
    """Return the seconds of processor that a process has taken in Python."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def test_a_killed_worker_takes_the_process_beside_it_along(server):
    (master,) = children(server.process.pid)
    worker = children(master)[0]
    (child,) = children(worker)
    os.kill(worker, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())
    until(lambda: len(beside(server)) == 2)
    status, answer = server.send(prices(line(0, 0, "11.00")))
    assert (status, answer["state"]) == (201, "taken")


DRY = b'--b\r\nContent-Disposition: form-data; name="dry_run"\r\n\r\ntrue\r\n'


def test_a_dry_run_is_done_beside_a_worker_too(server):
    server.send(prices(line(0, 0, "11.00", "2026-10-28")))
    before = sum(map(told, beside(server)))
    assert server.ask("/readyz")[0] == 200
    assert sum(map(told, beside(server))) == before
    status, answer = server.post(DRY + HEAD + prices(line(0, 0, "12.00", "2026-10-29")).encode() + TAIL)
    assert (status, answer["dry_run"], len(answer["changes"])) == (200, True, 1)
    assert sum(map(told, beside(server))) > before
    assert server.left() == []


def told(pid):
    """Return how many bytes a process was told, or read."""
    return int(Path(f"/proc/{pid}/io").read_text().split()[1])
