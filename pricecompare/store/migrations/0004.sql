-- From version 3 to 4: the stock of an offer may be a number of packs.
-- aside: offer

CREATE TABLE offer (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL /* sqlite: REFERENCES pharmacy (id) */,
    drug_id     BIGINT NOT NULL /* sqlite: REFERENCES drug (id) */,
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    fen         BIGINT NOT NULL CHECK (fen > 0),
    stock       BIGINT NOT NULL CHECK (stock BETWEEN 0 AND 127), -- as calc/stocked.py says
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),          -- suspicious: outside statistics until confirmed
    observed_at BIGINT NOT NULL,            -- last stated by itself; a full list may have confirmed it since (list_run)
    PRIMARY KEY (region_id, pharmacy_id, drug_id, kind)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO offer SELECT * FROM old_offer;
