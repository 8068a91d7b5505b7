//! The two clocks: monotonic nanoseconds for durations, and what to add to get the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds on the monotonic clock; only differences mean something. Never 0.
#[cfg(unix)]
#[inline]
pub(crate) fn monotonic_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the timespec it is given. The monotonic clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    (time.tv_sec.cast_unsigned().wrapping_mul(1_000_000_000))
        .wrapping_add(time.tv_nsec.cast_unsigned())
        .max(1)
}

/// Nanoseconds on the monotonic clock; only differences mean something. Never 0.
#[cfg(not(unix))]
pub(crate) fn monotonic_ns() -> u64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX - 1) + 1
}

/// Nanoseconds since 1970 minus [`monotonic_ns`], wrapping. Changes when somebody sets the clock.
pub(crate) fn wall_offset_ns() -> u64 {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    u64::try_from(wall).unwrap_or(0).wrapping_sub(monotonic_ns())
}
