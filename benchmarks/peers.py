"""The usual ways to find offers, as good as they get: on the same engine, in a table made for this one question.

Both peers read a table keyed (drug, pharmacy) that holds nothing but listed prices, keep the pharmacies' places in
memory as we do, and measure distances with our own vectorised function: what is compared is how offers are found.
"""

import sqlite3
from dataclasses import dataclass
from math import cos, radians

import numpy as np

from benchmarks.city import NOW, City, remove
from benchmarks.questions import KIND, LIMIT, Question
from pricecompare.calc.days import date_of, day_of, instant, number_of
from pricecompare.calc.distance import Points, near, points
from pricecompare.services.desk import Desk

Answer = list[tuple[int, int, float]]
"""(pharmacy id, fen, metres) of each offer, best first."""

FEN_PER_KM = 100
LEAST_METRES_PER_DEGREE = 110_500.0
"""No degree of latitude is shorter; the longer one of the equator would make boxes too small."""

TABLES = """
CREATE TABLE seller (drug_id INTEGER, pharmacy_id INTEGER, fen INTEGER, stock INTEGER, tier INTEGER,
                     PRIMARY KEY (drug_id, pharmacy_id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE place USING rtree (pharmacy_id, south, north, west, east);
"""

FILL = """
INSERT INTO seller
SELECT o.drug_id, o.pharmacy_id, o.fen, CASE WHEN o.stock = 1 OR o.stock > 2 THEN 1 ELSE 0 END,
       CASE WHEN o.observed_at < :stale_before THEN 2 WHEN f.class IN ('error_high', 'error_low') THEN 1 ELSE 0 END
FROM city.offer o
LEFT JOIN city.flag f ON f.region_id = o.region_id AND f.drug_id = o.drug_id AND f.kind = o.kind
                     AND f.pharmacy_id = o.pharmacy_id
WHERE o.kind = :kind ORDER BY o.drug_id, o.pharmacy_id
"""

ALL_SELLERS = "SELECT pharmacy_id, fen, tier FROM seller WHERE drug_id = :drug AND stock = 1"

IN_THE_BOX = """
SELECT s.pharmacy_id, s.fen, s.tier
FROM place p CROSS JOIN seller s ON s.drug_id = :drug AND s.pharmacy_id = p.pharmacy_id
WHERE p.north >= :south AND p.south <= :north AND p.east >= :west AND p.west <= :east AND s.stock = 1
"""


def box(one: Question) -> dict[str, float]:
    """Return the box around the circle of a question."""
    assert one.radius_km is not None
    north = one.radius_km * 1000 / LEAST_METRES_PER_DEGREE
    east = north / cos(radians(abs(one.lat) + north))
    return {"south": one.lat - north, "north": one.lat + north, "west": one.lng - east, "east": one.lng + east}


@dataclass(frozen=True, slots=True)
class Peer:
    """The tables of the peers, and the pharmacies' places by id."""

    db: sqlite3.Connection
    places: Points

    def brute_force(self, one: Question) -> Answer:
        """Return the best of all the drug's sellers, every one of them read."""
        return self._best(one, self.db.execute(ALL_SELLERS, {"drug": one.drug_id}).fetchall())

    def rtree(self, one: Question) -> Answer:
        """Return the best of the sellers in the box around the circle: an R*Tree, then the primary key of each."""
        return self._best(one, self.db.execute(IN_THE_BOX, {"drug": one.drug_id, **box(one)}).fetchall())

    def _best(self, one: Question, rows: list[tuple[int, int, int]]) -> Answer:
        ids, fen, tier = np.array(rows, np.int64).reshape(-1, 3).T
        far = np.zeros(len(ids))
        if one.radius_km is not None:
            kept, far = near((one.lat, one.lng), self.places.at(ids), one.radius_km * 1000)
            ids, fen, tier = ids[kept], fen[kept], tier[kept]
        keys = {"price": (far, fen), "distance": (fen, far), "value": (far, fen + far * (FEN_PER_KM / 1000))}
        order = np.lexsort((ids, *keys[one.sort], tier))[:LIMIT]
        return list(zip(ids[order].tolist(), fen[order].tolist(), far[order].tolist(), strict=True))


def peer(city: City, desk: Desk) -> Peer:
    """Return the peers' tables, made again when the city's database is newer."""
    database = city.database.with_name(f"{city.name}-peer.db")
    if not database.is_file() or database.stat().st_mtime < city.database.stat().st_mtime:
        fresh = database.with_suffix(".new")
        remove(fresh)
        _fill(sqlite3.connect(fresh), city, desk)
        fresh.rename(database)
    return Peer(sqlite3.connect(database), _places(desk))


def _fill(db: sqlite3.Connection, city: City, desk: Desk) -> None:
    """Fill the tables of the peers from the city's database."""
    oldest = number_of(date_of(instant(NOW))) - desk.max_age_days
    db.executescript(TABLES)
    db.execute("ATTACH ? AS city", (str(city.database),))
    with db:
        db.execute(FILL, {"kind": KIND, "stale_before": instant(day_of(oldest))})
        shops = (shop for shop in desk.store.pharmacies() if shop.lat is not None)
        rows = ((shop.id, shop.lat, shop.lat, shop.lng, shop.lng) for shop in shops)
        db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", rows)
    db.close()


def _places(desk: Desk) -> Points:
    """Return the places of all pharmacies by id; where there is none, NaN."""
    shops = desk.store.pharmacies()
    degrees = np.full((2, max(shop.id for shop in shops) + 1), np.nan)
    for shop in shops:
        degrees[:, shop.id] = shop.lat, shop.lng
    return points(*degrees)
