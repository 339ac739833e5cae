-- From version 1 to 2: what uploads say is kept, and what holds follows from it.
-- Version 1 kept changes and the last word on each price, not the lists themselves. fill_0002.py makes lists of that;
-- what an upload did row by row is not known, so its effects are empty and a mirror begins with the next upload.
-- aside: upload, offer, price_change, sale
-- rebuild

CREATE TABLE upload (
    id           BIGINT PRIMARY KEY,
    what         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'failed', 'taken', 'quarantined', 'rejected', 'retracted')),
    about_id     BIGINT REFERENCES upload (id),
    sender       TEXT NOT NULL,
    source       TEXT NOT NULL,
    file_name    TEXT NOT NULL,
    layout       TEXT NOT NULL,
    declared     TEXT NOT NULL,
    mode         TEXT NOT NULL CHECK (mode IN ('changes', 'full')),
    sha256       TEXT NOT NULL,
    bytes        BIGINT NOT NULL,
    came_at      BIGINT NOT NULL,
    taken_at     BIGINT,
    newest_at    BIGINT,
    rows         BIGINT NOT NULL,
    added        BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    unchanged    BIGINT NOT NULL,
    late         BIGINT NOT NULL,
    gone         BIGINT NOT NULL,
    held         BIGINT NOT NULL,
    refused      BIGINT NOT NULL,
    filtered     BIGINT NOT NULL,
    warnings     BIGINT NOT NULL,
    reasons      TEXT NOT NULL,
    registers    TEXT NOT NULL,
    data_version BIGINT
);
CREATE INDEX upload_by_bytes ON upload (sha256);
CREATE INDEX upload_by_source ON upload (source, what, id);
CREATE INDEX upload_by_version ON upload (data_version);

CREATE TABLE refused_row (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    row       BIGINT NOT NULL,
    cells     TEXT NOT NULL,
    findings  TEXT NOT NULL,
    PRIMARY KEY (upload_id, row)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE refused_file (
    upload_id BIGINT PRIMARY KEY REFERENCES upload (id),
    form      TEXT NOT NULL
);

CREATE TABLE request_key (
    key       TEXT PRIMARY KEY,
    sha256    TEXT NOT NULL,
    upload_id BIGINT REFERENCES upload (id),
    status    BIGINT NOT NULL,
    answer    TEXT NOT NULL,
    made_at   BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE layout (
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    text    TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (name, version)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE guard_limit (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (source, name)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE quote_list (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    full_at     BIGINT,
    layout      BIGINT NOT NULL,
    quotes      BYTEA NOT NULL,
    PRIMARY KEY (region_id, pharmacy_id, kind, upload_id)
);
CREATE INDEX quote_list_by_upload ON quote_list (upload_id, pharmacy_id);

CREATE TABLE effect (
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    kind        TEXT NOT NULL,
    full_at     BIGINT,
    layout      BIGINT NOT NULL,
    effects     BYTEA NOT NULL,
    PRIMARY KEY (upload_id, pharmacy_id, kind)
);

CREATE TABLE offer (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    fen         BIGINT NOT NULL CHECK (fen > 0),
    stock       BIGINT NOT NULL CHECK (stock BETWEEN 0 AND 2),
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (region_id, pharmacy_id, drug_id, kind)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE list_run (
    region_id   BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    since_at    BIGINT NOT NULL,
    until_at    BIGINT NOT NULL,
    PRIMARY KEY (region_id, kind, pharmacy_id, since_at)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE price_change (
    region_id   BIGINT NOT NULL,
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    since_at    BIGINT NOT NULL,
    fen         BIGINT NOT NULL CHECK (fen >= 0),
    seen_before BIGINT,
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id, since_at)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE vouched (
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL,
    fen         BIGINT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    PRIMARY KEY (pharmacy_id, drug_id, kind, fen)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE sale_list (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    month       TEXT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    layout      BIGINT NOT NULL,
    totals      BYTEA NOT NULL,
    PRIMARY KEY (region_id, pharmacy_id, month, upload_id)
);
CREATE INDEX sale_list_by_upload ON sale_list (upload_id, pharmacy_id);

CREATE TABLE sale (
    region_id   BIGINT NOT NULL,
    month       TEXT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    quantity    DOUBLE PRECISION NOT NULL,
    amount_fen  BIGINT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    PRIMARY KEY (region_id, month, pharmacy_id, drug_id)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO upload
SELECT id, what, 'taken', NULL, '', '', file_name, '', '{}', 'changes', sha256, 0, taken_at, taken_at, NULL,
       rows, added, changed, unchanged, late, 0, 0, refused, 0, warnings, '[]', '', NULL
FROM old_upload;
INSERT INTO sale SELECT region_id, month, pharmacy_id, drug_id, quantity, amount_fen, upload_id FROM old_sale;

DELETE FROM market;
DELETE FROM flag;
DELETE FROM drug_spread;
DELETE FROM typical_spread;
DELETE FROM reference_price;
DELETE FROM pharmacy_index;

-- name: said
-- Every statement about a price, by pharmacy, kind, upload, drug and instant: what is asked now, with its stock, and
-- what was asked, whose stock nobody kept.
SELECT region_id, pharmacy_id, kind, upload_id, drug_id, fen, observed_at, stock FROM old_offer
UNION ALL
SELECT c.region_id, c.pharmacy_id, c.kind, c.upload_id, c.drug_id, c.fen, c.observed_at, 0
FROM old_price_change c
LEFT JOIN old_offer o ON o.region_id = c.region_id AND o.pharmacy_id = c.pharmacy_id AND o.drug_id = c.drug_id
    AND o.kind = c.kind AND o.upload_id = c.upload_id AND o.observed_at = c.observed_at
WHERE o.drug_id IS NULL
ORDER BY 1, 2, 3, 4, 5, 7;

-- name: sold
-- Every sale, by pharmacy, month, upload and drug.
SELECT region_id, pharmacy_id, month, upload_id, drug_id, quantity, amount_fen FROM old_sale ORDER BY 1, 2, 3, 4, 5;
