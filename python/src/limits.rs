//! Limits of the Python side. Those on names and values are the model's.

use std::time::Duration;

/// Names of `EXIT_*` constants remembered beyond the known ones; later unknown ones are `EXIT_CUSTOM`.
pub const EXIT_NAMES_MAX: usize = 1_000;

/// How long an ending process waits for what has ended to be sent; the rest goes to the spool
/// (targets.md, R4: exit is delayed by at most 500 ms).
pub const EXIT_FLUSH_MAX: Duration = Duration::from_millis(400);

/// Exceptions taken from a list given as `exc`. The core keeps as many per segment.
pub const ERRORS_MAX: usize = tierline_model::limits::ERRORS_PER_SEGMENT_MAX;

/// Entries looked at in a dictionary of properties: some more than are kept, because absent values do not count.
pub const PROPERTIES_SEEN_MAX: usize = 2 * tierline_model::limits::PROPERTIES_MAX;

/// Objects that describe an exit call whose backend is remembered by them: type, name, and six properties.
pub const CONSTANTS_MAX: usize = 14;

/// Bytes of a text that is held because a backend is remembered by it. With [`CONSTANTS_MAX`] and
/// [`KNOWN_CALLS_PER_THREAD`] a thread holds 230 kB at most.
pub const CONSTANT_BYTES_MAX: usize = 256;

/// Exit calls a thread remembers the backends of. A power of two.
pub const KNOWN_CALLS_PER_THREAD: usize = 64;

/// Variables looked at in the environment and in what `init` is given: containers in large clusters have thousands.
pub const VARIABLES_SEEN_MAX: usize = 20_000;

/// Layers of proxies unwrapped around a request object.
pub const PROXY_LAYERS_MAX: usize = 4;

/// First and longest pause between two looks at whether the wait in `init` or `shutdown` is over.
pub const WAIT_STEP_MIN: Duration = Duration::from_millis(1);
/// See [`WAIT_STEP_MIN`].
pub const WAIT_STEP_MAX: Duration = Duration::from_millis(50);

/// Bytes of a path and of a query that rules of detection are compared with. Web servers refuse longer ones.
pub const DETECTION_TEXT_CHARS_MAX: usize = 8_192;

/// Headers of an ASGI request that are looked at. Servers stop at about a hundred.
pub const DETECTION_HEADERS_MAX: usize = 200;

/// Lines of an HTTP request of `http.client` among which correlation headers are looked for.
pub const HTTP1_LINES_SEEN_MAX: usize = 200;

/// Characters of `tracestate` that other tracers accept (W3C Trace Context, 3.3.1.5).
pub const TRACE_STATE_CHARS_MAX: usize = 512;

/// Running requests whose error is ignored, remembered at a time.
pub const IGNORED_ERRORS_REMEMBERED_MAX: usize = 64;
