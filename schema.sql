-- The whole database, one text for SQLite and PostgreSQL.
--
-- Conventions
--   *_id          integers that never change once given; the codes people use stand beside them
--   region_id     always the pooling region (统筹区), first in the key of every table that grows, so that
--                 one region's rows lie together and a distributed database can shard by it
--   fen           money in whole fen (分); statistics are fractional fen
--   *_at          seconds since 1970-01-01 UTC;  *_on  ISO day in China;  month  'YYYY-MM'
--   kind          'listed' (挂牌), 'insured' (医保结算) or 'online' (即送价); never mixed
--   /* sqlite: … */  words for SQLite only: WITHOUT ROWID keeps a table in the order of its key; REFERENCES of the two
--                 tables that grow by millions would make a server run a trigger for each row (docs/decisions.md)

-- Facts about the database itself: schema_version, max_age_days, cursor_key, and what is counted up when
-- something changes: data_version (anything), places_version (regions, pharmacies), drugs_version,
-- regions_version (regions alone), holidays_version, standards_version (public payment standards), past_version (past
-- prices that were told again, not only gone on with); audit_head.
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
    prices_version BIGINT NOT NULL DEFAULT 0,  -- … its prices, what follows from them, or its sales
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

-- Which drugs belong together where codes and names do not tell, or tell wrongly: what each upload said of a drug.
-- The newest row of a drug counts, the others are kept. An empty group is the one that codes and names make.
CREATE TABLE drug_group (
    drug_id   BIGINT NOT NULL REFERENCES drug (id),
    upload_id BIGINT NOT NULL,              -- the row of the ledger it came with
    product   TEXT NOT NULL,                -- drugs with the same word here are packs of one product
    generic   TEXT NOT NULL,                -- the same for one generic, form and specification of any maker
    reason    TEXT NOT NULL,
    who       TEXT NOT NULL,
    PRIMARY KEY (drug_id, upload_id)
) /* sqlite: WITHOUT ROWID */;

-- What insurance pays at most for a pack (医保支付标准), from its first day on. A confidential one is never part of an
-- answer to the public: what it asks reads those with confidential = 0 alone.
CREATE TABLE payment_standard (
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    region_id    BIGINT NOT NULL,           -- a pooling region, a province, or 0: everywhere
    since_on     TEXT NOT NULL,
    until_on     TEXT,                      -- the last day; null while no end is known
    fen          BIGINT CHECK (fen > 0),
    basis        TEXT NOT NULL CHECK (basis IN ('vbp', 'negotiated', 'bid', 'other')),
    confidential BIGINT NOT NULL CHECK (confidential IN (0, 1)),
    CHECK (fen IS NOT NULL OR confidential = 1),
    PRIMARY KEY (drug_id, region_id, since_on)
) /* sqlite: WITHOUT ROWID */;

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
    given_lng   DOUBLE PRECISION,
    hours       TEXT NOT NULL,              -- opening hours in OSM syntax, spelt by calc/hours.py; empty: not known
    services    TEXT NOT NULL,              -- words of models.SERVICES, with commas, in that order
    closed_on   TEXT,                       -- closed for good since that day: out of markets, never in the future
    closed_from TEXT,                       -- first day of a closure …
    closed_until TEXT,                      -- … and its last; null: until further notice
    closed_reason TEXT NOT NULL
);
-- A region's pharmacies are read together, in the order of their ids.
CREATE INDEX pharmacy_by_region ON pharmacy (region_id, id);
-- Every upload leaves out those that are closed for good: few, of perhaps fifty thousand.
CREATE INDEX pharmacy_closed ON pharmacy (id, closed_on) WHERE closed_on IS NOT NULL;

-- Public holidays, and Saturdays and Sundays on which people work instead (调休).
CREATE TABLE holiday (
    day  TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('holiday', 'workday'))
) /* sqlite: WITHOUT ROWID */;

-- The ledger: one row for each file or message that came, whatever became of it, and for each decision about one.
-- A decision (what = 'retraction', 'confirmation', 'rejection', 'release') names the upload it is about.
CREATE TABLE upload (
    id           BIGINT PRIMARY KEY,
    what         TEXT NOT NULL,             -- regions, drugs, pharmacies, prices, sales, holidays, or a decision
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
    data_version BIGINT,                    -- the data version it made; null when it changed nothing
    owner        TEXT NOT NULL DEFAULT ''   -- whose rows alone it may hold, as JSON [role, scope …]; empty: everybody's
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

-- Abnormal-price rules as people wrote them, every version for good: flags name the one that found them. Those of the
-- program itself are files beside it.
CREATE TABLE rule (
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    text    TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    why     TEXT NOT NULL,
    PRIMARY KEY (name, version)
) /* sqlite: WITHOUT ROWID */;

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

-- Limits of the guards that were set by hand, for one source or ('') for all.
CREATE TABLE guard_limit (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (source, name)
) /* sqlite: WITHOUT ROWID */;

-- What people did, or let a program do for them: added to and never changed, each entry sealed over the one before it
-- (calc/chain.py). meta keeps the newest id and hash as `audit_head`. No trigger guards it: the engines have no text in
-- common for one, and whoever may alter rows may drop triggers; a server's role should only INSERT and SELECT here.
CREATE TABLE audit (
    id       BIGINT PRIMARY KEY CHECK (id > 0),  -- counts from 1 without gaps, given under the writer's lock
    at       BIGINT NOT NULL,
    who      TEXT NOT NULL,                 -- the name that was said, or else the origin
    origin   TEXT NOT NULL,                 -- 'cli:' and the account, or 'api:' and the network it came from
    what     TEXT NOT NULL,                 -- a stable word
    about    TEXT NOT NULL,                 -- what it is about: 'upload 6', 'layout chain@2'
    before   TEXT NOT NULL,                 -- JSON
    after    TEXT NOT NULL,                 -- JSON
    why      TEXT NOT NULL,
    previous TEXT NOT NULL,                 -- hash of the entry before
    hash     TEXT NOT NULL                  -- SHA-256 of all other fields
) /* sqlite: WITHOUT ROWID */;

-- Keys that were handed out, for good: a key that is revoked stays, so that the audit trail's 'key 7' can be told.
CREATE TABLE access_key (
    id         BIGINT PRIMARY KEY,
    role       TEXT NOT NULL,               -- pharmacy, chain, regulator or operator
    name       TEXT NOT NULL,               -- whose it is
    scope      TEXT NOT NULL,               -- JSON list: codes of pharmacies, names of chains, codes of regions; []: all
    hash       TEXT NOT NULL,               -- tells the key and opens nothing (calc/signing.py)
    signed     BIGINT NOT NULL CHECK (signed IN (0, 1)),   -- 1: requests must be signed, the key is never sent
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    follows    BIGINT REFERENCES access_key (id)           -- the key that it was made to replace
);

-- Words of signed requests that came in the last minutes: none of them comes twice.
CREATE TABLE signed_nonce (
    key_id BIGINT NOT NULL REFERENCES access_key (id),
    nonce  TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (key_id, nonce)
) /* sqlite: WITHOUT ROWID */;
-- What is old enough to be forgotten.
CREATE INDEX signed_nonce_by_time ON signed_nonce (at);

-- People at the console.
CREATE TABLE console_user (
    id          BIGINT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    role        TEXT NOT NULL,              -- regulator, operator, pharmacy or chain
    scope       TEXT NOT NULL,              -- JSON list of codes: of regions ([]: all), a pharmacy or a chain
    password    TEXT NOT NULL,              -- by scrypt (calc/passwords.py)
    secret      TEXT NOT NULL,              -- of the second factor, base 32: a server must know it
    step        BIGINT NOT NULL,            -- last step of time whose code was used: each is good once
    recovery    TEXT NOT NULL,              -- JSON list of hashes of codes for a lost telephone
    made_at     BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Who is logged in, by the hash of what their browser has.
CREATE TABLE console_session (
    hash     TEXT PRIMARY KEY,
    user_id  BIGINT NOT NULL REFERENCES console_user (id),
    until_at BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

-- Attempts to log in that failed within the hour. A name that was tried stands here as a hash: it may be a password.
CREATE TABLE console_failure (
    id  BIGINT PRIMARY KEY,
    who TEXT NOT NULL,
    at  BIGINT NOT NULL
);
-- How often somebody failed.
CREATE INDEX console_failure_by_who ON console_failure (who, at);

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
    pharmacy_id BIGINT NOT NULL /* sqlite: REFERENCES pharmacy (id) */,
    drug_id     BIGINT NOT NULL /* sqlite: REFERENCES drug (id) */,
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    fen         BIGINT NOT NULL CHECK (fen > 0),
    stock       BIGINT NOT NULL CHECK (stock BETWEEN 0 AND 127), -- as calc/stocked.py says
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
    drug_id     BIGINT NOT NULL /* sqlite: REFERENCES drug (id) */,
    kind        TEXT NOT NULL CHECK (kind IN ('listed', 'insured', 'online')),
    pharmacy_id BIGINT NOT NULL /* sqlite: REFERENCES pharmacy (id) */,
    since_at    BIGINT NOT NULL,
    fen         BIGINT NOT NULL CHECK (fen >= 0),
    seen_before BIGINT,                     -- when the price before was last stated; null when there was none
    held        BIGINT NOT NULL CHECK (held IN (0, 1)),
    upload_id   BIGINT NOT NULL /* sqlite: REFERENCES upload (id) */,
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
    flags_digest BYTEA,                     -- of its rows in `flag`, empty when it has none; null: not known
    PRIMARY KEY (region_id, drug_id, kind)
);
-- `rebuild --aged` finds the markets whose statistics have changed by ageing alone.
CREATE INDEX market_by_ageing ON market (ages_on);
-- How many sellers the markets have that changed since: a search ranks by it and reads nothing else.
CREATE INDEX market_by_version ON market (data_version, region_id, kind, drug_id, n, stale, doubtful);

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

-- Prices that the abnormal-price rule found. What is the same for every flag of a market, or follows from it, is not
-- repeated in its rows, so that one changed price does not rewrite them all: number and mean of the other prices follow
-- from `market` (a price that is itself `counted` is taken off), z from `drug_spread` and `typical_spread`.
CREATE TABLE flag (
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    class        TEXT NOT NULL CHECK (class IN ('high', 'error_high', 'error_low')),
    grade        TEXT NOT NULL CHECK (grade IN ('notice', 'high', 'very_high', 'error')),
    strong       BIGINT NOT NULL,
    counted      BIGINT NOT NULL,           -- 1: among the prices that statistics are made of, so not a probable error
    fen          BIGINT NOT NULL,
    observed_at  BIGINT NOT NULL,
    ref_median   DOUBLE PRECISION NOT NULL, -- fen, of the other pharmacies
    ref_area     TEXT NOT NULL CHECK (ref_area IN ('local', 'wider')),
    ratio_median DOUBLE PRECISION NOT NULL,
    factor       DOUBLE PRECISION,          -- likely slip of a data error: 10, 100, pack count …
    rule_id      TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    data_version BIGINT NOT NULL,           -- the data version that last changed this row
    PRIMARY KEY (region_id, drug_id, kind, pharmacy_id)
) /* sqlite: WITHOUT ROWID */;
-- A region's list, worst first, page by page, each class by itself.
CREATE INDEX flag_by_ratio ON flag (region_id, class, ratio_median DESC, drug_id, pharmacy_id, kind);

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

-- What becomes of a flag once a person has taken it up: where it stands, and every number it was taken up with, so that
-- it can be answered and checked whatever the market does afterwards. A flag without a row here is as it was found.
CREATE TABLE flag_case (
    id           BIGINT PRIMARY KEY,
    region_id    BIGINT NOT NULL,
    drug_id      BIGINT NOT NULL REFERENCES drug (id),
    kind         TEXT NOT NULL,
    pharmacy_id  BIGINT NOT NULL REFERENCES pharmacy (id),
    state        TEXT NOT NULL,             -- calc/cases.py
    standing     BIGINT NOT NULL CHECK (standing IN (0, 1)),   -- whether the price is flagged now
    mended       BIGINT NOT NULL CHECK (mended IN (0, 1)),     -- whether the shop has put the price right since
    judged       BIGINT,                    -- what was asked when a person ended it; null while it goes on
    revision     BIGINT NOT NULL,           -- how many steps it has taken: nobody steps on a case that moved meanwhile
    due_on       TEXT,                      -- until when the next step is due; null when nobody has to do anything
    opened_at    BIGINT NOT NULL,
    class        TEXT NOT NULL,
    grade        TEXT NOT NULL,
    fen          BIGINT NOT NULL,
    numbers      TEXT NOT NULL,             -- the others as JSON: references, ratios, z …, rule and data version
    prices_hash  TEXT NOT NULL              -- what it was compared with (case_prices)
);
-- One price of one pharmacy has one case, with all its history.
CREATE UNIQUE INDEX flag_case_by_price ON flag_case (pharmacy_id, drug_id, kind);
-- A regulator's work: what is in a state, and what is overdue.
CREATE INDEX flag_case_by_state ON flag_case (region_id, state, due_on);
-- Cases whose price may be put right while it is not flagged.
CREATE INDEX flag_case_waiting ON flag_case (standing, mended);

-- Every step of a case, in the order of its revisions; never changed.
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
    batch_id BIGINT,                        -- steps that were taken together
    PRIMARY KEY (case_id, revision)
) /* sqlite: WITHOUT ROWID */;
-- What was taken together, to take it back.
CREATE INDEX case_step_by_batch ON case_step (batch_id);

-- The prices that a case was compared with, as they were; named by their SHA-256.
CREATE TABLE case_prices (
    hash   TEXT PRIMARY KEY,
    layout BIGINT NOT NULL,                 -- version of the layout (calc/packing.py)
    prices BYTEA NOT NULL
);

-- Files that were put to cases, few and small. They lie here and not in a folder, so that a step and its file are
-- there together or not at all, and a copy of the database is a copy of all evidence.
CREATE TABLE case_file (
    case_id BIGINT NOT NULL REFERENCES flag_case (id),
    number  BIGINT NOT NULL,                -- from 1 in each case
    at      BIGINT NOT NULL,
    role    TEXT NOT NULL,
    who     TEXT NOT NULL,
    name    TEXT NOT NULL,                  -- as its sender called it; it never names a file of ours
    media   TEXT NOT NULL,                  -- by its content: image/png, image/jpeg or application/pdf
    bytes   BIGINT NOT NULL,
    sha256  TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (case_id, number)
);

-- What citizens said, the same thing once; nothing about who said it.
CREATE TABLE citizen_report (
    id          BIGINT PRIMARY KEY,
    region_id   BIGINT NOT NULL,
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    drug_id     BIGINT REFERENCES drug (id),   -- null for one about the whole pharmacy
    kind        TEXT NOT NULL,
    what        TEXT NOT NULL,              -- wrong_price, closed or not_in_stock
    fen         BIGINT,                     -- the price that was seen, as far as it was told
    seen_on     TEXT,                       -- the newest day that was told
    times       BIGINT NOT NULL,            -- how often it was said
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    state       TEXT NOT NULL,              -- new, dismissed, settled or opened
    who         TEXT NOT NULL,              -- who looked at it
    why         TEXT NOT NULL
);
-- What a regulator looks through.
CREATE INDEX citizen_report_by_region ON citizen_report (region_id, state);
-- Where the same report is looked for.
CREATE INDEX citizen_report_by_pharmacy ON citizen_report (pharmacy_id, state);

-- How many reports about a pharmacy came on a day: more than a limit are not taken.
CREATE TABLE report_day (
    pharmacy_id BIGINT NOT NULL REFERENCES pharmacy (id),
    day         TEXT NOT NULL,
    count       BIGINT NOT NULL,
    PRIMARY KEY (pharmacy_id, day)
) /* sqlite: WITHOUT ROWID */;

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

-- Whether what was computed of a region's sales of a month is still true, and how much there is to compute.
CREATE TABLE sale_month (
    region_id BIGINT NOT NULL,
    month     TEXT NOT NULL,
    rows      BIGINT NOT NULL,
    hash      TEXT NOT NULL,                -- of all of them
    PRIMARY KEY (region_id, month)
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
    gk             DOUBLE PRECISION,        -- what other methods say: Geary-Khamis,
    idb            DOUBLE PRECISION,        -- Iklé-Dikhanov-Balk
    geks           DOUBLE PRECISION,        -- and GEKS-Fisher
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
