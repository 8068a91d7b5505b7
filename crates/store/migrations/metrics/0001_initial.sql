-- One day (UTC) of one-minute numbers. Every file explains itself: nothing here refers to another file.

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Lives of agents, as small numbers.
CREATE TABLE incarnation (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    bytes      BLOB NOT NULL, -- 16
    UNIQUE (account_id, bytes)
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

-- One report of one agent. The key orders by time, so that writing appends and a range of time is a range of
-- keys; it is made of (interval, incarnation), so that writing a report again replaces it.
CREATE TABLE report (
    id        INTEGER PRIMARY KEY, -- (start_ms - start of the day) << 32 | incarnation.id
    source_id INTEGER NOT NULL,
    ledger    BLOB NOT NULL, -- block::ledger
    numbers   BLOB NOT NULL, -- block::numbers
    sketches  BLOB NOT NULL  -- block::sketches, last: reading numbers never touches its pages
);
