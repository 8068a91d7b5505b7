-- Hours that are over are packed: all reports of a source in one chunk. A source's hour is either in `report` or in
-- `chunk`, never in both.

ALTER TABLE report ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- another one at every writing
ALTER TABLE report ADD COLUMN executions INTEGER;                 -- in its numbers; null: count them

-- What there is, without touching the blobs.
CREATE INDEX report_version ON report (id, source_id, version, executions);

CREATE TABLE chunk (
    id       INTEGER PRIMARY KEY, -- hour of the day << 40 | part << 32 | source.id
    head     BLOB NOT NULL, -- block::chunk
    numbers  BLOB NOT NULL, -- block::numbers of all its reports
    sketches BLOB NOT NULL  -- block::sketches, likewise
);

-- Which lives of agents reported into a packed hour, for reports that come late or once more.
CREATE TABLE chunk_life (
    hour           INTEGER NOT NULL,
    incarnation_id INTEGER NOT NULL,
    source_id      INTEGER NOT NULL,
    PRIMARY KEY (hour, incarnation_id, source_id)
) WITHOUT ROWID;

-- Hours of sources whose rollups are not what the reports say now: not to be read, and to be made again.
CREATE TABLE stale (
    hour      INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    PRIMARY KEY (hour, source_id)
) WITHOUT ROWID;
