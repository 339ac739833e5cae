-- Published indices: settings, runs with their values and inputs, appeals.

-- Limits of publication, warning lines and cut points of stars that were set by hand: of a region (0: of all) and of a
-- year (0: of all).
CREATE TABLE index_setting (
    region_id BIGINT NOT NULL,
    year      BIGINT NOT NULL,
    name      TEXT NOT NULL,                -- calc/index_limits.py
    value     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (region_id, year, name)
) /* sqlite: WITHOUT ROWID */;

-- Indices that were computed to be published, with all they were computed from. A draft is confirmed or dropped; nothing
-- else of a run ever changes: a correction is a new run that names the old one.
CREATE TABLE index_run (
    id             BIGINT PRIMARY KEY,
    region_id      BIGINT NOT NULL,
    period         TEXT NOT NULL,           -- 2026-10, 2026-Q3, 2026 or 2026-09/P12M: the twelve months up to that one
    compare        TEXT NOT NULL,           -- sku, product or generic
    method_id      TEXT NOT NULL,
    method_version BIGINT NOT NULL,
    reference      TEXT NOT NULL,           -- kind of reference price
    state          TEXT NOT NULL CHECK (state IN ('draft', 'confirmed', 'dropped')),
    corrects_id    BIGINT REFERENCES index_run (id),
    data_version   BIGINT NOT NULL,
    made_at        BIGINT NOT NULL,
    made_by        TEXT NOT NULL,
    why            TEXT NOT NULL,
    decided_at     BIGINT,                  -- when it was confirmed or dropped
    decided_by     TEXT NOT NULL,
    limits         TEXT NOT NULL,           -- the settings in force, as JSON
    facts          TEXT NOT NULL,           -- what there is to say of it as a whole, as JSON
    layout         BIGINT NOT NULL,         -- version of the layout of inputs (calc/packing.py)
    inputs_hash    TEXT NOT NULL,           -- SHA-256 of the inputs, unpacked
    values_hash    TEXT NOT NULL,           -- SHA-256 of the values
    inputs         BYTEA NOT NULL           -- every row of sales it rests on
);
-- Runs of a region and period, the newest last.
CREATE INDEX index_run_by_period ON index_run (region_id, period, id);
-- What took the place of a run.
CREATE INDEX index_run_by_corrected ON index_run (corrects_id);

-- What a run says of each pharmacy; 1 is the region's average.
CREATE TABLE index_value (
    run_id         BIGINT NOT NULL REFERENCES index_run (id),
    pharmacy_id    BIGINT NOT NULL REFERENCES pharmacy (id),
    value          DOUBLE PRECISION,
    low            DOUBLE PRECISION,
    high           DOUBLE PRECISION,
    se             DOUBLE PRECISION,
    n_items        BIGINT NOT NULL,
    n_eff          DOUBLE PRECISION,
    coverage       DOUBLE PRECISION,
    single_seller  DOUBLE PRECISION,        -- share of turnover in drugs that nobody else sold
    own_reference  DOUBLE PRECISION,        -- share of what was compared in drugs of which it sold most of the region
    largest_weight DOUBLE PRECISION,
    loo            DOUBLE PRECISION,        -- against the others alone
    region_volume  DOUBLE PRECISION,        -- with the region's volumes (Lowe)
    volume         DOUBLE PRECISION,        -- the volume half: own quantities against the average pharmacy's
    took           DOUBLE PRECISION,        -- turnover against the average pharmacy's
    level          DOUBLE PRECISION,        -- like for like
    level_low      DOUBLE PRECISION,
    level_high     DOUBLE PRECISION,
    component      BIGINT NOT NULL,         -- pharmacies of different ones have no drug in common
    reliability    DOUBLE PRECISION,
    shrunk         DOUBLE PRECISION,        -- for ranks and maps only
    rank           BIGINT NOT NULL,         -- 0: none
    ranked         BIGINT NOT NULL,
    turnover       DOUBLE PRECISION NOT NULL,
    cost           DOUBLE PRECISION NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('published', 'indicative', 'suppressed')),
    why            TEXT NOT NULL,
    PRIMARY KEY (run_id, pharmacy_id)
) /* sqlite: WITHOUT ROWID */;
-- A pharmacy's history.
CREATE INDEX index_value_by_pharmacy ON index_value (pharmacy_id, run_id);

-- What pharmacies dispute about runs. An accepted appeal changes what later runs rest on, never an earlier one.
CREATE TABLE index_appeal (
    id          BIGINT PRIMARY KEY,
    run_id      BIGINT NOT NULL REFERENCES index_run (id),
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    period      TEXT NOT NULL,              -- that of the run: the sales it is about
    about       TEXT NOT NULL,              -- price, quantity or grouping
    state       TEXT NOT NULL CHECK (state IN ('filed', 'accepted', 'rejected', 'withdrawn')),
    effect      TEXT NOT NULL,              -- once accepted: exclude, correct or apart
    quantity    DOUBLE PRECISION,           -- what is true according to the pharmacy, later as decided
    amount_fen  BIGINT,
    revision    BIGINT NOT NULL,
    due_on      TEXT,                       -- until when it is to be decided; null once it is
    filed_at    BIGINT NOT NULL
);
-- What was accepted about a pharmacy's sales.
CREATE INDEX index_appeal_by_pharmacy ON index_appeal (pharmacy_id, state);
-- A regulator's work.
CREATE INDEX index_appeal_by_run ON index_appeal (run_id, id);

-- Every step of an appeal, in the order of its revisions; never changed.
CREATE TABLE index_appeal_step (
    appeal_id BIGINT NOT NULL REFERENCES index_appeal (id),
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    action    TEXT NOT NULL,
    before    TEXT NOT NULL,
    after     TEXT NOT NULL,
    role      TEXT NOT NULL,
    who       TEXT NOT NULL,
    why       TEXT NOT NULL,
    PRIMARY KEY (appeal_id, revision)
) /* sqlite: WITHOUT ROWID */;
