-- From version 2 to 3: hours and closures of pharmacies, payment standards, groups of drugs, rules, cases, the audit trail.
-- A column in the middle of region, which pharmacies refer to, makes both anew. Flags, derived, say less in each row.
-- aside: region, pharmacy, flag
-- rebuild

CREATE TABLE region (
    id        BIGINT PRIMARY KEY CHECK (id BETWEEN 100000 AND 999999),
    name      TEXT NOT NULL,
    parent_id BIGINT REFERENCES region (id),
    level     TEXT NOT NULL CHECK (level IN ('province', 'city', 'county')),
    pooling   BIGINT NOT NULL CHECK (pooling IN (0, 1)),
    version   BIGINT NOT NULL DEFAULT 0,
    prices_version BIGINT NOT NULL DEFAULT 0,
    x         DOUBLE PRECISION,
    y         DOUBLE PRECISION,
    z         DOUBLE PRECISION,
    reach     DOUBLE PRECISION
);

CREATE TABLE pharmacy (
    id          BIGINT PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    region_id   BIGINT NOT NULL REFERENCES region (id),
    district_id BIGINT NOT NULL REFERENCES region (id),
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    phone       TEXT NOT NULL,
    chain       TEXT NOT NULL,
    uscc        TEXT NOT NULL,
    lat         DOUBLE PRECISION CHECK (lat BETWEEN -90 AND 90),
    lng         DOUBLE PRECISION CHECK (lng BETWEEN -180 AND 180),
    datum       TEXT NOT NULL CHECK (datum IN ('', 'wgs84', 'gcj02', 'bd09')),
    given_lat   DOUBLE PRECISION,
    given_lng   DOUBLE PRECISION,
    hours       TEXT NOT NULL,
    services    TEXT NOT NULL,
    closed_on   TEXT,
    closed_from TEXT,
    closed_until TEXT,
    closed_reason TEXT NOT NULL
);
CREATE INDEX pharmacy_by_region ON pharmacy (region_id, id);

CREATE TABLE flag (
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    class        TEXT NOT NULL CHECK (class IN ('high', 'error_high', 'error_low')),
    grade        TEXT NOT NULL CHECK (grade IN ('notice', 'high', 'very_high', 'error')),
    strong       BIGINT NOT NULL,
    counted      BIGINT NOT NULL,
    fen          BIGINT NOT NULL,
    observed_at  BIGINT NOT NULL,
    ref_median   DOUBLE PRECISION NOT NULL,
    ref_area     TEXT NOT NULL CHECK (ref_area IN ('local', 'wider')),
    ratio_median DOUBLE PRECISION NOT NULL,
    factor       DOUBLE PRECISION,
    rule_id      TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    data_version BIGINT NOT NULL,
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX flag_by_ratio ON flag (region_id, class, ratio_median DESC, drug_id, pharmacy_id, kind);

CREATE TABLE drug_group (
    drug_id   BIGINT NOT NULL REFERENCES drug (id),
    upload_id BIGINT NOT NULL,
    product   TEXT NOT NULL,
    generic   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    who       TEXT NOT NULL,
    PRIMARY KEY (drug_id, upload_id)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE payment_standard (
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    region_id    BIGINT NOT NULL,
    since_on     TEXT NOT NULL,
    until_on     TEXT,
    fen          BIGINT CHECK (fen > 0),
    basis        TEXT NOT NULL CHECK (basis IN ('vbp', 'negotiated', 'bid', 'other')),
    confidential BIGINT NOT NULL CHECK (confidential IN (0, 1)),
    CHECK (fen IS NOT NULL OR confidential = 1),
    PRIMARY KEY (drug_id, region_id, since_on)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE holiday (
    day  TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('holiday', 'workday'))
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE rule (
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    text    TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    why     TEXT NOT NULL,
    PRIMARY KEY (name, version)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE audit (
    id       BIGINT PRIMARY KEY CHECK (id > 0),
    at       BIGINT NOT NULL,
    who      TEXT NOT NULL,
    origin   TEXT NOT NULL,
    what     TEXT NOT NULL,
    about    TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    why      TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE flag_case (
    id           BIGINT PRIMARY KEY,
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    state        TEXT NOT NULL,
    standing     BIGINT NOT NULL CHECK (standing IN (0, 1)),
    mended       BIGINT NOT NULL CHECK (mended IN (0, 1)),
    judged       BIGINT,
    revision     BIGINT NOT NULL,
    due_on       TEXT,
    opened_at    BIGINT NOT NULL,
    class        TEXT NOT NULL,
    grade        TEXT NOT NULL,
    fen          BIGINT NOT NULL,
    numbers      TEXT NOT NULL,
    prices_hash  TEXT NOT NULL
);
CREATE UNIQUE INDEX flag_case_by_price ON flag_case (pharmacy_id, drug_id, kind);
CREATE INDEX flag_case_by_state ON flag_case (region_id, state, due_on);
CREATE INDEX flag_case_waiting ON flag_case (standing, mended);

CREATE TABLE case_step (
    case_id  BIGINT NOT NULL REFERENCES flag_case (id),
    revision BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    action   TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    role     TEXT NOT NULL,
    who      TEXT NOT NULL,
    why      TEXT NOT NULL,
    fen      BIGINT NOT NULL,
    batch_id BIGINT,
    PRIMARY KEY (case_id, revision)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX case_step_by_batch ON case_step (batch_id);

CREATE TABLE case_prices (
    hash   TEXT PRIMARY KEY,
    layout BIGINT NOT NULL,
    prices BYTEA NOT NULL
);

CREATE TABLE case_file (
    case_id BIGINT NOT NULL REFERENCES flag_case (id),
    number  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    role    TEXT NOT NULL,
    who     TEXT NOT NULL,
    name    TEXT NOT NULL,
    media   TEXT NOT NULL,
    bytes   BIGINT NOT NULL,
    sha256  TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (case_id, number)
);

CREATE TABLE citizen_report (
    id          BIGINT PRIMARY KEY,
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT REFERENCES drug (id),
    kind        TEXT NOT NULL,
    what        TEXT NOT NULL,
    fen         BIGINT,
    seen_on     TEXT,
    times       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    who         TEXT NOT NULL,
    why         TEXT NOT NULL
);
CREATE INDEX citizen_report_by_region ON citizen_report (region_id, state);
CREATE INDEX citizen_report_by_pharmacy ON citizen_report (pharmacy_id, state);

CREATE TABLE report_day (
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    day         TEXT NOT NULL,
    count       BIGINT NOT NULL,
    PRIMARY KEY (pharmacy_id, day)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO region
SELECT id, name, parent_id, level, pooling, version, 0, x, y, z, reach FROM old_region ORDER BY id;
INSERT INTO pharmacy
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng,
       '', '', NULL, NULL, NULL, ''
FROM old_pharmacy ORDER BY id;

-- References follow the table, not its name, on PostgreSQL.
DROP TABLE old_pharmacy /* postgres: CASCADE */;
DROP TABLE old_region /* postgres: CASCADE */;
/* postgres: ALTER TABLE quote_list ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE effect ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE list_run ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE vouched ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE sale_list ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE sale ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE pharmacy_index ADD FOREIGN KEY (pharmacy_id) REFERENCES pharmacy (id); */
/* postgres: ALTER TABLE offer DROP CONSTRAINT offer_drug_id_fkey; */
/* postgres: ALTER TABLE price_change DROP CONSTRAINT price_change_drug_id_fkey; */
/* postgres: ALTER TABLE price_change DROP CONSTRAINT price_change_upload_id_fkey; */

CREATE INDEX market_by_version ON market (data_version, region_id, kind, drug_id, n, stale, doubtful);

DELETE FROM market;
DELETE FROM drug_spread;
DELETE FROM typical_spread;
DELETE FROM reference_price;
DELETE FROM pharmacy_index;
INSERT INTO meta VALUES ('regions_version', '0'), ('holidays_version', '0'), ('standards_version', '0');
