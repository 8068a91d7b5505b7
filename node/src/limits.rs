//! Limits of the boundary. What a record may hold is limited by the core; see `lib/limits.ts` for the heap's side.

/// Settings taken from `profile()`.
pub const SETTINGS_MAX: usize = 1_000;

/// GUIDs made at once.
pub const GUIDS_AT_ONCE: usize = 16;

/// `traceparent` headers that come with each of them (lib/limits.ts has the same): most requests make fewer calls.
pub const GUID_PARENTS: u32 = 4;

/// `traceparent` headers made at once for requests that make more, or that came with a GUID.
pub const PARENTS_AT_ONCE: u32 = 8;

/// The longest wait for the controller that `flush` and `shutdown` obey, milliseconds.
pub const WAIT_MS_MAX: f64 = 600_000.0;

/// Numbers of names given back at once.
pub const RELEASED_MAX: usize = 1 << 20;
