//! Every limit of the agent, in one place.

use std::time::Duration;

// --- Settings ---

/// Bytes of a configuration file; a longer one is ignored with a warning. Living ones have less than 4 KB.
pub const CONFIG_FILE_BYTES_MAX: usize = 1 << 20;

/// Warnings about settings that are remembered; the rest is counted in the last one.
pub const SETTINGS_WARNINGS_MAX: usize = 50;

/// Characters of a setting's value; longer ones are cut.
pub const SETTING_CHARS_MAX: usize = 4_096;

/// Node names tried when names are reused (`prefix-0` …) before several processes share the last.
pub const NODE_NAMES_MAX: u32 = 1_000;

/// The shortest reporting interval, milliseconds. For tests; a real one is a minute.
pub const REPORT_INTERVAL_MS_MIN: u64 = 100;

/// The longest and the default reporting interval, milliseconds: intervals never straddle a minute.
pub const REPORT_INTERVAL_MS_MAX: u64 = 60_000;

// --- Delivery ---

/// Until a TCP connection stands.
pub const HTTP_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Until a request has its whole answer.
pub const HTTP_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection unused for longer is not used again: most servers close it after 15 s to a minute.
pub const HTTP_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// How long the addresses of a name are used again without asking.
pub const HTTP_RESOLVED_MAX: Duration = Duration::from_secs(60);

/// Addresses of a name that are tried.
pub const HTTP_ADDRESSES_MAX: usize = 4;

/// Bytes of an answer's head.
pub const HTTP_HEAD_BYTES_MAX: usize = 32 << 10;

/// Bytes of an answer (OTLP specification: clients should cap at 4 MiB).
pub const HTTP_ANSWER_BYTES_MAX: usize = 4 << 20;

/// The longest `Retry-After` obeyed: a server's slip must not silence an agent for a day.
pub const HTTP_RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// Bytes of a PEM file with certificates to trust.
pub const CERTIFICATE_BYTES_MAX: usize = 4 << 20;

/// The longest pause between attempts to reach the controller.
pub const BACKOFF_MAX: Duration = Duration::from_secs(15);

/// Bytes of snapshots, as the recorder counts them, in one batch.
pub const BATCH_BYTES_MAX: usize = 512 << 10;

/// Bytes of a frame in the spool; a larger batch is refused there. One snapshot alone may have this much.
pub const FRAME_BYTES_MAX: usize = 32 << 20;

/// Bytes of a file of the spool before the next one is begun: what is dropped at once when space is short.
pub const SPOOL_FILE_BYTES_MAX: u64 = 1 << 20;

/// Files in the spool's directory, of all processes.
pub const SPOOL_FILES_MAX: usize = 4_096;

/// Bytes of batches in memory that are not delivered and could not be spooled.
pub const OUTBOX_BYTES_MAX: usize = 8 << 20;

/// Bytes of a log file.
pub const LOG_FILE_BYTES_MAX: u64 = 4 << 20;

/// Log files kept (the documented agents keep five).
pub const LOG_FILES_MAX: usize = 5;

/// Bytes of the cached configuration.
pub const CACHED_CONFIG_BYTES_MAX: usize = 1 << 20;

/// How long the end of a process that did not call `shutdown` is delayed at most (targets.md R4).
pub const AT_EXIT_MAX: Duration = Duration::from_millis(500);

/// How long `shutdown` without a timeout waits for the controller. What is not delivered by then is spooled.
pub const SHUTDOWN_WAIT_MAX: Duration = Duration::from_secs(30);

// --- Recording ---

/// Names of All Other Traffic counted one by one to find those that became hot.
pub const HOT_NAMES_MAX: usize = 64;

/// Calls a name of All Other Traffic needs in one interval before it may take the place of a cold BT.
pub const HOT_CALLS_MIN: u64 = 10;

/// Intervals a BT keeps its place at least, and intervals without calls after which anyone hot may have it.
pub const COLD_INTERVALS_MIN: u32 = 5;

/// BTs swapped for hotter names per interval, so that a change of all names does not make a storm.
pub const SWAPS_PER_INTERVAL_MAX: usize = 8;

/// BTs an agent takes out of All Other Traffic because the controller says so.
pub const PROMOTED_BTS_MAX: usize = 1_000;

/// (BT, caller) pairs continued on this tier; the rest is All Other Traffic. Only hostile headers get there.
pub const CONTINUED_BTS_MAX: usize = 2_000;

/// Intervals without calls after which a continued (BT, caller) pair is forgotten.
pub const CONTINUED_IDLE_INTERVALS_MAX: u32 = 60;

/// Backends per core, All Other Traffic of the exit types included, whatever the configuration says.
pub const BACKENDS_MAX: usize = 16_384;

/// Exit types that have an All Other Traffic backend of their own; further ones share that of `CUSTOM`.
pub const OTHER_BACKENDS_MAX: usize = 16;

/// (BT, backend) pairs one thread counts apart per interval; beyond, calls count under the backend
/// All Other Traffic of their type.
pub const EXIT_SERIES_PER_THREAD_MAX: usize = 8_192;

/// Names a thread finds without asking the registry. A power of two.
pub const CACHED_NAMES_PER_THREAD: usize = 256;

/// Continued (BT, caller) pairs a thread finds without asking the registry. A power of two.
pub const CACHED_CONTINUED_PER_THREAD: usize = 32;

/// Backends a thread finds without asking the registry. A power of two.
pub const CACHED_BACKENDS_PER_THREAD: usize = 512;

/// Bytes of names and properties up to which a thread remembers what backend they mean.
pub const CACHED_BACKEND_BYTES_MAX: usize = 2_048;

/// Finished transaction objects a thread keeps for the next BT of the same name.
pub const FREE_PER_NAME_MAX: usize = 2;

/// Finished transaction objects a thread keeps for any BT.
pub const FREE_PER_THREAD_MAX: usize = 32;

/// Cores a thread remembers. One, but for tests and `shutdown` followed by `init`.
pub const CORES_PER_THREAD_MAX: usize = 4;

/// Bytes of texts and records a finished transaction object keeps for its next BT.
pub const KEPT_BYTES_PER_TRANSACTION_MAX: usize = 8_192;

/// The share of the memory limit that the details of one BT may have: 1 / 4.
pub const TRANSACTION_MEMORY_SHARE: usize = 4;

/// Waiting snapshots that are worth waking the reporter for.
pub const WAKEUP_SEGMENTS: usize = 256;

/// Bytes of waiting snapshots that are worth waking the reporter for.
pub const WAKEUP_BYTES: usize = 1 << 20;

/// An exit call of a BT that runs for longer than this is counted when the call ends, not when the BT does.
pub const COUNT_AT_ONCE_AFTER_NS: u64 = 1_000_000_000;

/// Kinds of misuse counted apart.
pub const MISUSE_KINDS_MAX: usize = 100;

/// Exit calls of one BT, beyond those with details, that may be open at a time; further ones are not begun.
pub const OPEN_CALLS_WITHOUT_DETAILS_MAX: usize = 10_000;

/// Errors of exit calls kept per BT.
pub const EXIT_ERRORS_PER_TRANSACTION_MAX: usize = 500;

/// Bytes of messages and stacks kept per BT; later errors keep only their type.
pub const ERROR_BYTES_PER_TRANSACTION_MAX: usize = 1 << 20;

/// Bytes of the texts of an error's causes, in Rust.
pub const CAUSES_BYTES_MAX: usize = 32_000;

/// Sentences about what is not detected in a process.
pub const DETECTION_NOTES_MAX: usize = 50;

// --- SQL ---

/// Bytes of a statement that are looked at: more than a snapshot shows of one.
pub const SQL_BYTES_MAX: usize = 32 << 10;

/// Statements a thread remembers without their literals. A power of two.
pub const CACHED_SQL_PER_THREAD: usize = 128;

/// Bytes of a statement up to which it is remembered: of all together 128 × 2 × 2 KiB per thread at most.
pub const CACHED_SQL_BYTES_MAX: usize = 2_048;
