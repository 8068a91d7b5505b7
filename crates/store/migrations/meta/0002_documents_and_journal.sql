-- Documents know who changed them when, and keep their former versions; a journal of what happened.

ALTER TABLE document ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE document ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
-- A deleted document stays for a while, so that its versions go on counting where they were.
ALTER TABLE document ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
-- Former texts of a secret (a password's hash, a key) are not kept.
ALTER TABLE document ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;

CREATE TABLE document_version (
    account_id INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    deleted    INTEGER NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, name, version)
);

CREATE TABLE journal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    account_id INTEGER NOT NULL,
    stream     TEXT NOT NULL,
    time_ms    INTEGER NOT NULL,
    app_id     INTEGER,
    kind       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL
);

CREATE INDEX journal_by_time ON journal (account_id, stream, time_ms, id);
