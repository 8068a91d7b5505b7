//! Limits of a store, for every implementation.

/// Rows one metric query may answer with.
pub const METRIC_ROWS_MAX: usize = 200_000;

/// Segments one page may hold.
pub const SEGMENTS_PER_PAGE_MAX: usize = 10_000;

/// Segments of one request that are read.
pub const SEGMENTS_PER_EXECUTION_MAX: usize = 10_000;

/// Days one-minute numbers are kept by default (facts/storage 4.4).
pub const METRICS_RETENTION_DAYS: u64 = 8;

/// Days ten-minute sums are kept by default.
pub const TENS_RETENTION_DAYS: u64 = 30;

/// Days one-hour sums are kept by default.
pub const HOURS_RETENTION_DAYS: u64 = 400;

/// Days snapshots are kept by default.
pub const SNAPSHOTS_RETENTION_DAYS: u64 = 14;

/// Bytes of one block before compression. A segment that needs more is refused; a report as well.
pub const BLOCK_CONTENT_BYTES_MAX: usize = 128 << 20;

/// Bytes of segments after which a new block is begun. Larger ones pack better (bench/store, before there were
/// columns: 64.7 bytes a span at 128 KiB, 60.0 at 256 KiB), and one has to be unpacked to show one request.
pub const SEGMENT_BLOCK_CONTENT_BYTES: usize = 256 << 10;

/// Characters of the first error shown in a list of segments.
pub const ERROR_SUMMARY_CHARS_MAX: usize = 200;

/// Calls of `write` that may wait for the writer; further ones wait to be let in.
pub const WRITE_QUEUE_MAX: usize = 64;

/// Calls of `write` that share one commit.
pub const GROUP_WRITES_MAX: usize = 256;

/// Bytes that share one commit.
pub const GROUP_BYTES_MAX: usize = 32 << 20;

/// Milliseconds the writer waits for others to share a commit, when several are writing at the moment.
pub const GROUP_WAIT_MS: u64 = 2;

/// Free bytes the disk must keep beyond what is written; below it a write is refused before anything is visible.
pub const DISK_FREE_BYTES_MIN: u64 = 64 << 20;

/// Partition files the writer keeps open.
pub const WRITER_FILES_OPEN_MAX: usize = 8;

/// Idle reading connections kept per file.
pub const READERS_IDLE_PER_FILE_MAX: usize = 4;

/// Idle reading connections kept over all files.
pub const READERS_IDLE_MAX: usize = 32;

/// Bytes of decoded reports kept for the most recent minutes.
pub const DECODED_BYTES_MAX: usize = 48 << 20;

/// Points of one chunk of packed reports; an hour with more has several.
pub const CHUNK_POINTS_MAX: usize = 200_000;

/// Minutes after its end at which an hour is packed: reports come within a minute, spooled ones later.
pub const SEAL_AFTER_MINUTES: u64 = 15;

/// Bytes of packed hours that go to the writer at once.
pub const SEAL_BYTES_MAX: usize = 4 << 20;

/// Seconds between two rounds of packing, adding up and dropping.
pub const UPKEEP_PERIOD_SECONDS: u64 = 60;

/// Bytes of compressed blocks one page of segments may read when the filter asks for what only the segments
/// themselves know (user data, backends called). The page then ends early and says where to go on.
pub const SEARCH_BLOCK_BYTES_MAX: usize = 8 << 20;

/// Segments deleted in one step when there is no room. The log of a step has nearly a page for each of them that was
/// not normal: they are all over an index (bench/store `overload`: 5 MiB of log with 500 BTs).
pub const TRIM_SEGMENTS: u64 = 4_096;

/// Bytes of a directory's limit for each of them: a small directory has less room for the log, and deletes in smaller
/// steps, which cost more.
pub const TRIM_LIMIT_BYTES_PER_SEGMENT: u64 = 128 << 10;

/// Pages moved in one step when a file is cut.
pub const TRIM_PAGES: usize = 32;

/// Bytes a limited directory keeps free for what is under way, besides 3 % of the limit; never more than 1/32 of it.
pub const LIMIT_RESERVE_BYTES: u64 = 4 << 20;

/// The last day that is a day: 9999-12-31, in days since 1970. What claims to be later is left out.
pub const DAY_MAX: u64 = 2_932_896;

/// Bytes of windows of time that were added up for questions, kept for the next time they are asked.
pub const WINDOWS_BYTES_MAX: usize = 48 << 20;

/// Such windows.
pub const WINDOWS_MAX: usize = 10_000;

/// Minutes that reports are still expected for: these are kept one by one, what is before them ten by ten.
pub const WINDOWS_LIVE_MINUTES: u64 = 3;

/// Minutes behind the newest one whose decoded reports are kept.
pub const DECODED_MINUTES: u64 = 180;

/// Names of each kind the writer remembers per open file; beyond it they are looked up again.
pub const NAMES_REMEMBERED_MAX: usize = 100_000;

/// Entities the writer remembers, so that it writes them when something changes; beyond it all are forgotten.
pub const ENTITIES_REMEMBERED_MAX: usize = 100_000;

/// Milliseconds by which the last time an entity was heard of may be behind.
pub const LAST_SEEN_LAG_MS: u64 = 1_000;

/// Decoded blocks a search keeps at hand.
pub const SEARCH_BLOCKS_DECODED_MAX: usize = 16;

/// Bits of the filter that tells new segments from known ones, per open file of snapshots (4 MiB): at a million
/// segments one in 300 is looked up in vain, at ten million every fifth.
pub const SEEN_FILTER_BITS: usize = 1 << 25;

/// Bytes of one document.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// Versions of a document that are kept, the present one included.
pub const DOCUMENT_VERSIONS_MAX: usize = 50;

/// Bytes of former versions of one document that are kept.
pub const DOCUMENT_HISTORY_BYTES_MAX: usize = 8 << 20;

/// Days a deleted document's versions are kept.
pub const DOCUMENT_DELETED_DAYS: u64 = 400;

/// Bytes of one record of the journal.
pub const JOURNAL_RECORD_BYTES_MAX: usize = 256 << 10;

/// Records one append to the journal may have.
pub const JOURNAL_RECORDS_PER_APPEND_MAX: usize = 10_000;

/// Records one page of the journal may hold.
pub const JOURNAL_RECORDS_PER_PAGE_MAX: usize = 10_000;

/// Days events are kept by default.
pub const EVENTS_RETENTION_DAYS: u64 = 30;

/// Days the audit is kept by default.
pub const AUDIT_RETENTION_DAYS: u64 = 400;

/// Files put aside that are listed by name.
pub const QUARANTINED_LISTED_MAX: usize = 100;

/// Days beyond its retention a day's minutes are kept when they cannot be added up (its file is damaged).
pub const MINUTES_NOT_ADDED_UP_DAYS: u64 = 3;

/// Bytes of the head of one part of an export.
pub const FRAME_HEADER_BYTES_MAX: usize = 4 << 20;

/// Parts of an export that are written at once.
pub const IMPORT_FRAMES_PER_WRITE: usize = 2_000;
