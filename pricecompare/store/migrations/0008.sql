-- Keys with a role and a scope, signed requests, people at the console; uploads know whose rows they may hold.

ALTER TABLE upload ADD COLUMN owner TEXT NOT NULL DEFAULT '';

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

CREATE TABLE signed_nonce (
    key_id BIGINT NOT NULL REFERENCES access_key (id),
    nonce  TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (key_id, nonce)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX signed_nonce_by_time ON signed_nonce (at);

CREATE TABLE console_user (
    id          BIGINT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    role        TEXT NOT NULL,              -- regulator or operator
    scope       TEXT NOT NULL,              -- JSON list of codes of regions; []: all
    password    TEXT NOT NULL,              -- by scrypt (calc/passwords.py)
    secret      TEXT NOT NULL,              -- of the second factor, base 32: a server must know it
    step        BIGINT NOT NULL,            -- last step of time whose code was used: each is good once
    recovery    TEXT NOT NULL,              -- JSON list of hashes of codes for a lost telephone
    made_at     BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE console_session (
    hash     TEXT PRIMARY KEY,
    user_id  BIGINT NOT NULL REFERENCES console_user (id),
    until_at BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE console_failure (
    id  BIGINT PRIMARY KEY,
    who TEXT NOT NULL,
    at  BIGINT NOT NULL
);
CREATE INDEX console_failure_by_who ON console_failure (who, at);
