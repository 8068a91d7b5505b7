//! Limits on what a name, a value or a record may hold. All of them, in one place.

/// Characters of a BT, tier, node, application or backend name. Longer names are cut and end in `…`
/// (contract.md, both languages).
pub const NAME_CHARS_MAX: usize = 100;

/// Characters of a user data value (facts: the controller of the documented product cuts at the same length).
pub const USER_DATA_VALUE_CHARS_MAX: usize = 5_000;

/// Characters of a user data key.
pub const USER_DATA_KEY_CHARS_MAX: usize = 100;

/// User data entries kept per segment; the rest is counted as dropped.
pub const USER_DATA_ENTRIES_MAX: usize = 500;

/// Characters of a property value.
pub const PROPERTY_VALUE_CHARS_MAX: usize = 1_000;

/// Characters of a property name.
pub const PROPERTY_NAME_CHARS_MAX: usize = 100;

/// Identifying or optional properties kept per exit call.
pub const PROPERTIES_MAX: usize = 50;

/// Characters of an exit call's operation (URL, SQL text).
pub const OPERATION_CHARS_MAX: usize = 5_000;

/// Characters of an error's message.
pub const ERROR_MESSAGE_CHARS_MAX: usize = 5_000;

/// Characters of an error's stack trace.
pub const ERROR_STACK_CHARS_MAX: usize = 32_000;

/// Errors kept per segment.
pub const ERRORS_PER_SEGMENT_MAX: usize = 50;

/// Exit calls kept in one segment's snapshot. All of them are counted; later ones lose only their details.
pub const EXIT_CALLS_PER_SEGMENT_MAX: usize = 50_000;

/// Bytes of a correlation header we send (architecture.md 3).
pub const CORRELATION_HEADER_SENT_BYTES_MAX: usize = 1_024;

/// Bytes of a correlation header we try to read; longer ones are treated as absent.
pub const CORRELATION_HEADER_READ_BYTES_MAX: usize = 8_192;

/// Bytes of our member of `tracestate`. OpenTelemetry SDKs drop members beyond 256, and all of a `tracestate` beyond
/// 512, others' members included (facts/wire-and-instrumentation 6).
pub const TRACE_STATE_MEMBER_BYTES_MAX: usize = 128;

/// Bytes of the exit call sequence (`1|2|1`) in header and snapshot. One hop costs two to four bytes.
pub const EXIT_SEQUENCE_BYTES_MAX: usize = 256;

/// Buckets of a histogram before its scale is lowered (OpenTelemetry's default for exponential histograms).
pub const HISTOGRAM_BUCKETS_MAX: usize = 160;

/// Replaced names remembered for the node's page.
pub const REPLACED_NAMES_MAX: usize = 100;

/// Match rules, exclude rules and ignored errors of a configuration, each.
pub const DETECTION_RULES_MAX: usize = 200;

/// Parts of one naming rule, and conditions of one kind in one rule.
pub const NAME_PARTS_MAX: usize = 20;

/// Characters of a text or regular expression in a rule.
pub const PATTERN_CHARS_MAX: usize = 1_000;

/// Ranges of HTTP status codes that are errors.
pub const STATUS_RANGES_MAX: usize = 50;

/// Data collectors of a configuration.
pub const DATA_COLLECTORS_MAX: usize = 100;
