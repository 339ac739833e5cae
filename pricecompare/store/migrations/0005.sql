-- Rules in force by region and day, and what they found.

-- Which version of which rule holds where, from and to which day: what was said, never changed. What begins later counts,
-- and the narrowest place that says something (calc/in_force.py).
CREATE TABLE rule_use (
    id        BIGINT PRIMARY KEY,
    region_id BIGINT NOT NULL,              -- a pooling region, a province, or 0: everywhere
    name      TEXT NOT NULL,
    version   BIGINT NOT NULL,              -- 0: no version of it, of the default rule the shipped one
    since_on  TEXT NOT NULL,
    until_on  TEXT,                         -- the last day; null while no end is known
    made_at   BIGINT NOT NULL,
    made_by   TEXT NOT NULL,
    why       TEXT NOT NULL
);

-- Prices that rules in force besides the default one found, each with every number needed to check it by hand.
CREATE TABLE rule_flag (
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    rule_id      TEXT NOT NULL,
    secret       BIGINT NOT NULL CHECK (secret IN (0, 1)),   -- 1: rests on a confidential standard, for regulators alone
    rule_version BIGINT NOT NULL,
    tier         TEXT NOT NULL,
    gravity      DOUBLE PRECISION NOT NULL, -- times away from the first reference, above 1 in either direction
    fen          BIGINT NOT NULL,
    observed_at  BIGINT NOT NULL,
    numbers      TEXT NOT NULL,             -- references, ratios, how many others, z … as JSON
    data_version BIGINT NOT NULL,           -- the data version that last changed this row
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id, rule_id, secret)
) /* sqlite: WITHOUT ROWID */;
-- A region's list, gravest first, page by page.
CREATE INDEX rule_flag_by_gravity ON rule_flag (region_id, gravity DESC, drug_id, pharmacy_id, kind, rule_id, secret);
