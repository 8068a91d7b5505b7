-- Entities, what agents say about themselves, and small documents. Ids are 52-bit hashes of names; times are
-- milliseconds since 1970.

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE application (
    account_id    INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    name          TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

CREATE TABLE tier (
    account_id    INTEGER NOT NULL,
    app_id        INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    name          TEXT NOT NULL,
    language      TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    PRIMARY KEY (account_id, app_id, id)
) WITHOUT ROWID;

CREATE TABLE node (
    account_id      INTEGER NOT NULL,
    app_id          INTEGER NOT NULL,
    id              INTEGER NOT NULL,
    tier_id         INTEGER NOT NULL,
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    agent_version   TEXT NOT NULL,
    runtime_version TEXT NOT NULL,
    host_name       TEXT NOT NULL,
    os_type         TEXT NOT NULL,
    process_id      INTEGER NOT NULL,
    first_seen_ms   INTEGER NOT NULL,
    last_seen_ms    INTEGER NOT NULL,
    PRIMARY KEY (account_id, app_id, id)
) WITHOUT ROWID;

CREATE TABLE bt (
    account_id    INTEGER NOT NULL,
    app_id        INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    tier_id       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    entry_type    TEXT NOT NULL,
    other_traffic INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    PRIMARY KEY (account_id, app_id, id)
) WITHOUT ROWID;

CREATE TABLE backend (
    account_id    INTEGER NOT NULL,
    app_id        INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    name          TEXT NOT NULL,
    key           TEXT NOT NULL, -- exit type and identifying properties, JSON
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    PRIMARY KEY (account_id, app_id, id)
) WITHOUT ROWID;

-- Backends that turned out to be tiers; may be known before the backend itself.
CREATE TABLE resolution (
    account_id INTEGER NOT NULL,
    app_id     INTEGER NOT NULL,
    backend_id INTEGER NOT NULL,
    tier_id    INTEGER NOT NULL,
    PRIMARY KEY (account_id, app_id, backend_id)
) WITHOUT ROWID;

CREATE TABLE agent (
    account_id   INTEGER NOT NULL,
    incarnation  TEXT NOT NULL,
    app_id       INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    record       TEXT NOT NULL, -- JSON
    PRIMARY KEY (account_id, incarnation)
) WITHOUT ROWID;

CREATE INDEX agent_of_application ON agent (account_id, app_id, last_seen_ms);

CREATE TABLE document (
    account_id INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, name)
);
