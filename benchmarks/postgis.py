"""PostgreSQL with PostGIS as a peer, where it is installed: ``apt-get install postgresql-15-postgis-3`` on Debian 12.

The usual plan: a geography column with a GiST index and ``ST_DWithin``, the drug's price by primary key; for the
nearest the index walked outward by ``<->``. A private server is started for the run, tuned for reading, on a socket.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.city import say
from benchmarks.peers import FEN_PER_KM, Answer, Peer
from benchmarks.questions import LIMIT, Question
from pricecompare.services.desk import Desk

INSTALLED = Path("/usr/lib/postgresql")
EXTENSION = "/usr/share/postgresql/{}/extension/postgis.control"
SERVER = {
    "listen_addresses": "", "shared_buffers": "1GB", "work_mem": "64MB", "jit": "off", "fsync": "off",
    "max_parallel_workers_per_gather": "0", "random_page_cost": "1.1", "effective_cache_size": "4GB",
}  # fmt: skip
USER = "postgres"

TABLES = """
CREATE EXTENSION postgis;
CREATE TABLE seller (drug_id int, pharmacy_id int, fen int, stock int, tier int);
CREATE TABLE place (pharmacy_id int PRIMARY KEY, geog geography(Point, 4326));
"""
INDEXES = """
ALTER TABLE seller ADD PRIMARY KEY (drug_id, pharmacy_id);
CREATE INDEX ON place USING gist (geog);
VACUUM ANALYZE
"""
WITHIN = """
WITH here AS (SELECT ST_MakePoint(%(lng)s, %(lat)s)::geography AS point)
SELECT s.pharmacy_id, s.fen, ST_Distance(p.geog, here.point) AS far
FROM here, place p JOIN seller s ON s.drug_id = %(drug)s AND s.pharmacy_id = p.pharmacy_id
WHERE ST_DWithin(p.geog, here.point, %(metres)s) AND s.stock = 1
ORDER BY s.tier, s.fen + ST_Distance(p.geog, here.point) * %(worth)s, ST_Distance(p.geog, here.point), s.pharmacy_id
LIMIT %(limit)s
"""
NEAREST = """
WITH here AS (SELECT ST_MakePoint(%(lng)s, %(lat)s)::geography AS point)
SELECT s.pharmacy_id, s.fen, ST_Distance(p.geog, (SELECT point FROM here)) AS far
FROM place p JOIN seller s ON s.drug_id = %(drug)s AND s.pharmacy_id = p.pharmacy_id
WHERE s.stock = 1 AND s.tier = 0
ORDER BY p.geog <-> (SELECT point FROM here)
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PostGIS:
    """A connection to a server that holds what the other peers hold."""

    db: psycopg.Connection

    def within(self, one: Question) -> Answer:
        """Return the best sellers within the radius."""
        assert one.radius_km is not None
        worth = FEN_PER_KM / 1000 if one.sort == "value" else 0.0
        return self._asked(WITHIN, one, metres=one.radius_km * 1000, worth=worth)

    def nearest(self, one: Question) -> Answer:
        """Return the nearest sellers whose price is sound, as ``<->`` sees it: on a sphere."""
        return self._asked(NEAREST, one)

    def _asked(self, sql: str, one: Question, **more: object) -> Answer:
        values = {"drug": one.drug_id, "lat": one.lat, "lng": one.lng, "limit": LIMIT, **more}
        return self.db.execute(sql, values, prepare=True).fetchall()


@contextmanager
def postgis(peer: Peer, desk: Desk) -> Iterator[PostGIS | None]:
    """Give a server that holds what `peer` holds; None, and that is said, where PostGIS is not installed."""
    programs = next(
        (one / "bin" for one in sorted(INSTALLED.glob("*")) if Path(EXTENSION.format(one.name)).is_file()), None
    )
    if programs is None:
        say("No PostGIS here (on Debian: apt-get install postgresql-15-postgis-3): it is left out.")
        yield None
        return
    with ExitStack() as stack:
        folder = stack.enter_context(_running(programs))
        db = stack.enter_context(psycopg.connect(host=folder, user=USER, dbname=USER, autocommit=True))
        _fill(db, peer, desk)
        yield PostGIS(db)


@contextmanager
def _running(programs: Path) -> Iterator[str]:
    """Run a private server; give the folder of its socket."""
    # PostgreSQL will not run as root.
    apart = {"user": USER} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if apart:
            shutil.chown(folder, USER)
        data, quiet = f"{folder}/data", {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **apart}
        subprocess.run([programs / "initdb", "-U", USER, "-A", "trust", "-E", "UTF8", "-D", data], **quiet)
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SERVER.items())
        ruled = [programs / "pg_ctl", "-w", "-D", data, "-l", f"{folder}/log"]
        subprocess.run([*ruled, "-o", f"{options} -k {folder}", "start"], **quiet)
        try:
            yield folder
        finally:
            subprocess.run([*ruled, "-m", "fast", "stop"], **quiet)


def _fill(db: psycopg.Connection, peer: Peer, desk: Desk) -> None:
    """Copy the peer's sellers and the pharmacies' places."""
    db.execute(TABLES)
    with db.cursor() as cursor:
        with cursor.copy("COPY seller FROM STDIN") as copy:
            for row in peer.db.execute("SELECT drug_id, pharmacy_id, fen, stock, tier FROM seller"):
                copy.write_row(row)
        with cursor.copy("COPY place FROM STDIN") as copy:
            for shop in desk.store.pharmacies():
                if shop.lat is not None:
                    copy.write_row((shop.id, f"SRID=4326;POINT({shop.lng} {shop.lat})"))
    for statement in INDEXES.split(";"):
        db.execute(statement)
