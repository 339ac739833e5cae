-- What other methods say of a pharmacy stands beside its index; of runs that were made before, nothing is known.
ALTER TABLE index_value ADD COLUMN gk DOUBLE PRECISION;
ALTER TABLE index_value ADD COLUMN idb DOUBLE PRECISION;
ALTER TABLE index_value ADD COLUMN geks DOUBLE PRECISION;

-- Whether what was computed of a region's sales of a month is still true, and how much there is to compute.
CREATE TABLE sale_month (
    region_id BIGINT NOT NULL,
    month     TEXT NOT NULL,
    rows      BIGINT NOT NULL,
    hash      TEXT NOT NULL,                -- of all of them
    PRIMARY KEY (region_id, month)
) /* sqlite: WITHOUT ROWID */;
INSERT INTO sale_month (region_id, month, rows, hash)
SELECT region_id, month, count(*), '' FROM sale GROUP BY region_id, month;
