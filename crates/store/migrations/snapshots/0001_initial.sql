-- Kept segments that started on one day (UTC). Every file explains itself.

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Who reports, as small numbers.
CREATE TABLE source (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    app_id     INTEGER NOT NULL,
    tier_id    INTEGER NOT NULL,
    node_id    INTEGER NOT NULL,
    UNIQUE (account_id, app_id, tier_id, node_id)
);

-- BTs, as small numbers.
CREATE TABLE bt (
    id    INTEGER PRIMARY KEY,
    bt_id INTEGER NOT NULL UNIQUE
);

-- Segments with everything in them, packed (block::segments).
CREATE TABLE block (
    id   INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);

-- One row per kept segment: what lists show and filters ask.
CREATE TABLE segment (
    id            INTEGER PRIMARY KEY,
    block_id      INTEGER NOT NULL,
    position      INTEGER NOT NULL, -- within the block
    source_id     INTEGER NOT NULL,
    bt            INTEGER NOT NULL, -- bt.id
    guid_high     INTEGER NOT NULL, -- bytes 0..8, order preserved (sign bit flipped)
    guid_low      INTEGER NOT NULL, -- bytes 8..16, likewise
    span_id       INTEGER NOT NULL, -- likewise
    start_ns      INTEGER NOT NULL,
    duration_ns   INTEGER NOT NULL,
    verdict       INTEGER NOT NULL, -- 0 normal, 1 slow, 2 very slow, 3 stall, 4 error
    policy        INTEGER NOT NULL,
    flags         INTEGER NOT NULL, -- 1 first in chain, 2 in flight
    exit_calls    INTEGER NOT NULL,
    errors        INTEGER NOT NULL,
    error_summary TEXT NOT NULL
);

-- By request, and to find the record that a second writing replaces. Requests are random, and an index that
-- leads with them would be written all over at every commit; so it is cut into parts of 32,768 rows, of which only
-- the last grows. A search asks every part. 31 bits of each id find few rows; the row itself decides.
CREATE INDEX segment_by_guid ON segment (id >> 15, guid_low & 2147483647, span_id & 2147483647);

-- Lists, newest first.
CREATE INDEX segment_by_time ON segment (start_ns);

-- The lists people look at: slow, very slow, stalled and failed ones of a BT. A small part of all.
CREATE INDEX segment_not_normal ON segment (bt, start_ns) WHERE verdict > 0;
