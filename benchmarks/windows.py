"""Statistics of all markets by window functions of SQL over the table of offers, as one writes them."""

import sqlite3
from pathlib import Path

from benchmarks.figures import seconds_of

STATISTICS = """
WITH counted AS (
    SELECT region_id, drug_id, kind, fen,
           row_number() OVER (PARTITION BY region_id, drug_id, kind ORDER BY fen) AS place,
           count(*) OVER (PARTITION BY region_id, drug_id, kind) AS n,
           avg(fen) OVER (PARTITION BY region_id, drug_id, kind) AS mean
    FROM offer WHERE held = 0),
middles AS (
    SELECT region_id, drug_id, kind, fen, n, mean,
           avg(CASE WHEN place IN ((n + 1) / 2, (n + 2) / 2) THEN fen END)
               OVER (PARTITION BY region_id, drug_id, kind) AS median
    FROM counted),
gaps AS (
    SELECT region_id, drug_id, kind, n, mean, median, abs(fen - median) AS gap,
           row_number() OVER (PARTITION BY region_id, drug_id, kind ORDER BY abs(fen - median)) AS place
    FROM middles)
SELECT region_id, drug_id, kind, max(n), max(mean), max(median), 1.4826 * avg(gap)
FROM gaps WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY region_id, drug_id, kind
"""
"""Number, mean, median and MAD; stale prices and probable errors are among them, which spares the peer a look."""


def windows(database: Path) -> float:
    """Return how many seconds a database takes for the statistics of all its markets."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.execute("PRAGMA cache_size = -200000")
    try:
        return seconds_of(lambda: connection.execute(STATISTICS).fetchall())
    finally:
        connection.close()
