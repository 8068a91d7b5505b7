//! Limits of the boundary. What a record may hold is limited by the core; see `lib/limits.ts` for the heap's side.

/// Settings taken from `profile()`.
pub const SETTINGS_MAX: usize = 1_000;

/// GUIDs made at once.
pub const GUIDS_AT_ONCE: usize = 16;

/// The longest wait for the controller that `flush` and `shutdown` obey, milliseconds.
pub const WAIT_MS_MAX: f64 = 600_000.0;

/// Numbers of names given back at once.
pub const RELEASED_MAX: usize = 1 << 20;
