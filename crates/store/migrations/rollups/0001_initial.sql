-- Sums of the one-minute numbers over windows of ten minutes (a file per day) or an hour (a file per 30 days), per
-- source. Every file explains itself. While the minutes are kept, they say which rows may be used.

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE source (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    app_id     INTEGER NOT NULL,
    tier_id    INTEGER NOT NULL,
    node_id    INTEGER NOT NULL,
    UNIQUE (account_id, app_id, tier_id, node_id)
);

CREATE TABLE rollup (
    id       INTEGER PRIMARY KEY, -- window since the start of the file << 32 | source.id
    numbers  BLOB NOT NULL, -- block::rollup
    sketches BLOB NOT NULL  -- block::sketches
);
