-- The whole database, one text for SQLite and PostgreSQL.
--
-- Conventions
--   *_id          integers that never change once given; the codes people use stand beside them
--   region_id     always the pooling region (统筹区), first in the key of every table that grows, so that
--                 one region's rows lie together and a distributed database can shard by it
--   fen           money in whole fen (分); statistics are fractional fen
--   *_at          seconds since 1970-01-01 UTC;  *_on  ISO day in China;  month  'YYYY-MM'
--   kind          'listed' (挂牌), 'insured' (医保结算) or 'online' (即送价); never mixed
--   /* sqlite: … */  words for SQLite only: WITHOUT ROWID keeps a table in the order of its key

-- Facts about the database itself: schema_version, max_age_days, cursor_key, and what is counted up when
-- something changes: data_version (anything), places_version (regions, pharmacies), drugs_version.
-- Settings on which stored numbers depend are kept here, so that server and importer cannot disagree.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) /* sqlite: WITHOUT ROWID */;

-- Every administrative or insurance region. A pooling region is the unit of comparison.
CREATE TABLE region (
    id        BIGINT PRIMARY KEY CHECK (id BETWEEN 100000 AND 999999),  -- the six-digit code
    name      TEXT NOT NULL,
    parent_id BIGINT REFERENCES region (id),
    level     TEXT NOT NULL CHECK (level IN ('province', 'city', 'county')),
    pooling   BIGINT NOT NULL CHECK (pooling IN (0, 1)),
    version   BIGINT NOT NULL DEFAULT 0,  -- the data version that last changed this region's pharmacies
    x         DOUBLE PRECISION,           -- a ball around all its pharmacies, metres from the earth's centre:
    y         DOUBLE PRECISION,           -- which regions a circle touches is known without their pharmacies;
    z         DOUBLE PRECISION,           -- null while it has none with coordinates
    reach     DOUBLE PRECISION
);

-- One pack of one product (an item of the national catalogue).
CREATE TABLE drug (
    id              BIGINT PRIMARY KEY,
    code            TEXT NOT NULL UNIQUE,   -- 国家医保药品编码, 20 or 23 characters
    name            TEXT NOT NULL,          -- generic name as registered
    brand           TEXT NOT NULL,
    form            TEXT NOT NULL,
    spec            TEXT NOT NULL,
    pack_count      BIGINT CHECK (pack_count > 0),   -- units in the pack; null when not known
    unit            TEXT NOT NULL,          -- 粒, 片, 支 …
    pack_unit       TEXT NOT NULL,          -- 盒, 瓶 …
    maker           TEXT NOT NULL,
    approval_no     TEXT NOT NULL,          -- 国药准字…
    standard_code   TEXT NOT NULL,          -- 药品本位码
    barcode         TEXT NOT NULL,
    insurance_class TEXT NOT NULL,          -- 甲, 乙 or empty
    prescription    TEXT NOT NULL           -- rx, otc or empty
);

-- A designated pharmacy. WGS-84 is what is computed with; what was given is kept beside it.
CREATE TABLE pharmacy (
    id          BIGINT PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,       -- 定点零售药店代码
    region_id   BIGINT NOT NULL REFERENCES region (id),
    district_id BIGINT NOT NULL REFERENCES region (id),
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    phone       TEXT NOT NULL,
    chain       TEXT NOT NULL,
    uscc        TEXT NOT NULL,              -- 统一社会信用代码
    lat         DOUBLE PRECISION CHECK (lat BETWEEN -90 AND 90),     -- null: no coordinates known
    lng         DOUBLE PRECISION CHECK (lng BETWEEN -180 AND 180),
    datum       TEXT NOT NULL CHECK (datum IN ('', 'wgs84', 'gcj02', 'bd09')),
    given_lat   DOUBLE PRECISION,
    given_lng   DOUBLE PRECISION
);
-- A region's pharmacies are read together, in the order of their ids.
CREATE INDEX pharmacy_by_region ON pharmacy (region_id, id);

-- The ledger: one row for each file or message that came, whatever became of it, and for each decision about one.
-- A decision (what = 'retraction', 'confirmation', 'rejection', 'release') names the upload it is about.
CREATE TABLE upload (
    id           BIGINT PRIMARY KEY,
    what         TEXT NOT NULL,             -- regions, drugs, pharmacies, prices, sales, or a decision
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'failed', 'taken', 'quarantined', 'rejected', 'retracted')),
    about_id     BIGINT REFERENCES upload (id),
    sender       TEXT NOT NULL,             -- who sent or decided it, as far as that was said
    source       TEXT NOT NULL,             -- the feed it belongs to: what 'last time' is compared with
    file_name    TEXT NOT NULL,
    layout       TEXT NOT NULL,             -- name@version of the layout it was read by
    declared     TEXT NOT NULL,             -- what was said of the whole file, as JSON
    mode         TEXT NOT NULL CHECK (mode IN ('changes', 'full')),
    sha256       TEXT NOT NULL,
    bytes        BIGINT NOT NULL,
    came_at      BIGINT NOT NULL,
    taken_at     BIGINT,                    -- null while it is quarantined
    newest_at    BIGINT,                    -- the newest observation in it
    rows         BIGINT NOT NULL,
    added        BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    unchanged    BIGINT NOT NULL,
    late         BIGINT NOT NULL,           -- older than what is live: went into the history only
    gone         BIGINT NOT NULL,           -- offers that a full list does not name any more
    held         BIGINT NOT NULL,           -- suspicious prices, held out of statistics
    refused      BIGINT NOT NULL,
    filtered     BIGINT NOT NULL,           -- rows that the layout passes over
    warnings     BIGINT NOT NULL,
    reasons      TEXT NOT NULL,             -- why it was quarantined, as JSON
    registers    TEXT NOT NULL,             -- versions of places and drugs it was checked against
    data_version BIGINT                     -- the data version it made; null when it changed nothing
);
-- The same bytes again are known by their hash.
CREATE INDEX upload_by_bytes ON upload (sha256);
-- What a source sent last time.
CREATE INDEX upload_by_source ON upload (source, what, id);
-- What changed since: the feed of a mirror.
CREATE INDEX upload_by_version ON upload (data_version);

-- Rows that were refused, as they came (but for columns that are never kept), with why: what is sent back.
CREATE TABLE refused_row (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    row       BIGINT NOT NULL,              -- its number in the file
    cells     TEXT NOT NULL,                -- JSON list
    findings  TEXT NOT NULL,                -- JSON list of [column, code, English, Chinese]
    PRIMARY KEY (upload_id, row)
) /* sqlite: WITHOUT ROWID */;

-- How the file of refused rows is to be written: the sender's own columns, separator and so on, as JSON.
CREATE TABLE refused_file (
    upload_id BIGINT PRIMARY KEY REFERENCES upload (id),
    form      TEXT NOT NULL
);

-- Requests that carried a key of their own: the same key is answered the same way and has one effect.
CREATE TABLE request_key (
    key       TEXT PRIMARY KEY,
    sha256    TEXT NOT NULL,                -- of the body and all that was asked with it
    upload_id BIGINT REFERENCES upload (id),
    status    BIGINT NOT NULL,              -- of the answer that was given
    answer    TEXT NOT NULL,
    made_at   BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

-- Layouts as people wrote them; those of the program itself are files beside it.
CREATE TABLE layout (
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    text    TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (name, version)
) /* sqlite: WITHOUT ROWID */;

-- Limits of the guards that were set by hand, for one source or ('') for all.
CREATE TABLE guard_limit (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (source, name)
) /* sqlite: WITHOUT ROWID */;

-- What one upload says of one pharmacy's prices of one kind. Never changed: offers, history and confirmations are what
-- all lists of uploads that count come to (calc/timeline.py). A rowid table on SQLite: its rows are large.
CREATE TABLE quote_list (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    full_at     BIGINT,                     -- null: changes; else the instant of a whole list
    layout      BIGINT NOT NULL,            -- version of the layout of quotes (calc/packing.py)
    quotes      BYTEA NOT NULL,
    PRIMARY KEY (region_id, pharmacy_id, kind, upload_id)
);
-- What one upload said, to take it back or to let it count.
CREATE INDEX quote_list_by_upload ON quote_list (upload_id, pharmacy_id);

-- What an upload or decision did to one pharmacy's offers of one kind, as it happened: what people are shown of it
-- and what a mirror follows.
CREATE TABLE effect (
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    kind        TEXT NOT NULL,
    full_at     BIGINT,                     -- the list was confirmed as a whole at this instant
    layout      BIGINT NOT NULL,            -- version of the layout of effects (calc/packing.py)
    effects     BYTEA NOT NULL,
    PRIMARY KEY (upload_id, pharmacy_id, kind)
);

-- What is asked now. One pharmacy's list is one contiguous range, so an upload is one merge.
CREATE TABLE offer (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    fen         BIGINT NOT NULL CHECK (fen > 0),
    stock       BIGINT NOT NULL CHECK (stock BETWEEN 0 AND 2),   -- position in models.STOCKS
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),          -- suspicious: outside statistics until confirmed
    observed_at BIGINT NOT NULL,            -- last stated by itself; a full list may have confirmed it since (list_run)
    PRIMARY KEY (region_id, pharmacy_id, drug_id, kind)
) /* sqlite: WITHOUT ROWID */;

-- From when until when a pharmacy's whole list was confirmed again and again, never over max_age_days apart:
-- a list that changes in few places is written in few rows.
CREATE TABLE list_run (
    region_id   BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    since_at    BIGINT NOT NULL,
    until_at    BIGINT NOT NULL,
    PRIMARY KEY (region_id, kind, pharmacy_id, since_at)
) /* sqlite: WITHOUT ROWID */;

-- History: a row where a price begins to hold (0 fen: the drug is off the list), and which upload said so. Also where
-- the same price is seen again after a silence of over max_age_days. A drug's history in a region lies together.
CREATE TABLE price_change (
    region_id   BIGINT NOT NULL,
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    since_at    BIGINT NOT NULL,
    fen         BIGINT NOT NULL CHECK (fen >= 0),
    seen_before BIGINT,                     -- when the price before was last stated; null when there was none
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id, since_at)
) /* sqlite: WITHOUT ROWID */;

-- Held prices that a person confirmed: not held as long as the price is the same.
CREATE TABLE vouched (
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    kind        TEXT NOT NULL,
    fen         BIGINT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),   -- the decision
    PRIMARY KEY (pharmacy_id, drug_id, kind, fen)
) /* sqlite: WITHOUT ROWID */;

-- The read model: everything a question about one drug in one region needs, in one row. Derived from
-- offer; an import rewrites what it changed in its own transaction, `rebuild` makes all of it again.
-- A rowid table on SQLite: its rows are large.
CREATE TABLE market (
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    n            BIGINT NOT NULL,           -- fresh prices the statistics are made of
    mean         DOUBLE PRECISION,          -- null when n = 0, like all that follow
    median       DOUBLE PRECISION,
    mad          DOUBLE PRECISION,          -- 1.4826 × median |x − median|
    q1           DOUBLE PRECISION,
    q3           DOUBLE PRECISION,
    low          DOUBLE PRECISION,
    high         DOUBLE PRECISION,
    stale        BIGINT NOT NULL,           -- sellers left out because their price is old
    doubtful     BIGINT NOT NULL,           -- sellers left out: their price is held or a probable data error
    ages_on      TEXT,                      -- the day on which a price that counts becomes stale
    data_version BIGINT NOT NULL,           -- the data version that last changed this row
    layout       BIGINT NOT NULL,           -- version of the layout of sellers (calc/market.py)
    sellers      BYTEA NOT NULL,
    PRIMARY KEY (region_id, drug_id, kind)
);
-- `rebuild --aged` finds the markets whose statistics have changed by ageing alone.
CREATE INDEX market_by_ageing ON market (ages_on);

-- How widely one drug's prices usually lie in one province: input of the abnormal-price rule,
-- kept so that an upload need not look at every drug again.
CREATE TABLE drug_spread (
    province_id BIGINT NOT NULL,            -- first two digits of the region code
    kind        TEXT NOT NULL,
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    spread      DOUBLE PRECISION NOT NULL,
    quotes      BIGINT NOT NULL,
    PRIMARY KEY (province_id, kind, drug_id)
) /* sqlite: WITHOUT ROWID */;

-- The usual spread over all drugs of a province (median, three decimals) that the flags were made with.
CREATE TABLE typical_spread (
    province_id BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    spread      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (province_id, kind)
) /* sqlite: WITHOUT ROWID */;

-- Prices that the abnormal-price rule found, with every number needed to check them by hand.
CREATE TABLE flag (
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    class        TEXT NOT NULL CHECK (class IN ('high', 'error_high', 'error_low')),
    grade        TEXT NOT NULL CHECK (grade IN ('notice', 'high', 'very_high', 'error')),
    strong       BIGINT NOT NULL,
    fen          BIGINT NOT NULL,
    observed_at  BIGINT NOT NULL,
    ref_median   DOUBLE PRECISION NOT NULL, -- fen, of the other pharmacies
    ref_mean     DOUBLE PRECISION NOT NULL,
    others       BIGINT NOT NULL,           -- how many they are
    ref_area     TEXT NOT NULL CHECK (ref_area IN ('local', 'wider')),
    ratio_median DOUBLE PRECISION NOT NULL,
    ratio_mean   DOUBLE PRECISION NOT NULL,
    z            DOUBLE PRECISION,          -- null for data errors
    spread       DOUBLE PRECISION,
    factor       DOUBLE PRECISION,          -- likely slip of a data error: 10, 100, pack count …
    rule_id      TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    data_version BIGINT NOT NULL,
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id)
) /* sqlite: WITHOUT ROWID */;
-- A region's list, worst first, page by page.
CREATE INDEX flag_by_ratio ON flag (region_id, ratio_median, drug_id, pharmacy_id);

-- What one upload says a pharmacy sold in a month. Never changed: sales are what the newest list that counts says of
-- each drug.
CREATE TABLE sale_list (
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    month       TEXT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    layout      BIGINT NOT NULL,            -- version of the layout of totals (calc/packing.py)
    totals      BYTEA NOT NULL,
    PRIMARY KEY (region_id, pharmacy_id, month, upload_id)
);
-- What one upload said was sold, to take it back.
CREATE INDEX sale_list_by_upload ON sale_list (upload_id, pharmacy_id);

-- What a pharmacy sold of a drug in a month, net of returns.
CREATE TABLE sale (
    region_id   BIGINT NOT NULL,
    month       TEXT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT NOT NULL REFERENCES drug (id),
    quantity    DOUBLE PRECISION NOT NULL,  -- packs; parts of packs are possible
    amount_fen  BIGINT NOT NULL,
    upload_id   BIGINT NOT NULL REFERENCES upload (id),
    PRIMARY KEY (region_id, month, pharmacy_id, drug_id)
) /* sqlite: WITHOUT ROWID */;

-- The region's side of the index: one row per drug that could be compared in that month.
CREATE TABLE reference_price (
    region_id  BIGINT NOT NULL,
    month      TEXT NOT NULL,
    drug_id    BIGINT NOT NULL REFERENCES drug (id),
    sellers    BIGINT NOT NULL,
    quantity   DOUBLE PRECISION NOT NULL,   -- amount_fen / quantity is the volume-weighted mean price
    amount_fen BIGINT NOT NULL,
    median     DOUBLE PRECISION NOT NULL,   -- of the unit values, fen: what gross errors were screened against
    PRIMARY KEY (region_id, month, drug_id)
) /* sqlite: WITHOUT ROWID */;

-- The price-volume index (量价比较指数) of each pharmacy and month; 1 is the region's average.
CREATE TABLE pharmacy_index (
    region_id      BIGINT NOT NULL,
    month          TEXT NOT NULL,
    pharmacy_id    BIGINT NOT NULL REFERENCES pharmacy (id),
    method_id      TEXT NOT NULL,
    method_version BIGINT NOT NULL,
    value          DOUBLE PRECISION,        -- null: nothing could be compared
    se             DOUBLE PRECISION,
    n_items        BIGINT NOT NULL,
    n_eff          DOUBLE PRECISION NOT NULL,
    largest_weight DOUBLE PRECISION NOT NULL,
    coverage       DOUBLE PRECISION NOT NULL,
    turnover_fen   BIGINT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('published', 'indicative', 'suppressed')),
    PRIMARY KEY (region_id, month, method_id, pharmacy_id)
) /* sqlite: WITHOUT ROWID */;
