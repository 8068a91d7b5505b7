//! The two clocks: monotonic nanoseconds for durations, and what to add to get the time of day.
//!
//! The system's monotonic clock costs 20 to 25 ns, four times per unit of work. Where the kernel itself takes its
//! time from the processor's time stamp counter, we read the counter: a third of that. [`watch`] measures the
//! counter's rate against the system's clock once, and goes back to the system's clock for good when the two do
//! not agree any more (a suspended machine, a moved virtual one).

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds on the monotonic clock; only differences mean something. Never 0.
#[inline]
pub(crate) fn monotonic_ns() -> u64 {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    if let Some(now_ns) = counter::now_ns() {
        return now_ns;
    }
    system_ns()
}

/// Looks after the clock. Every few seconds, from the reporter.
pub(crate) fn watch() {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    counter::watch();
}

/// Nanoseconds since 1970 minus [`monotonic_ns`], wrapping. Changes when somebody sets the clock.
pub(crate) fn wall_offset_ns() -> u64 {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    u64::try_from(wall).unwrap_or(0).wrapping_sub(monotonic_ns())
}

/// The system's monotonic clock, going on where the counter was given up.
#[cfg(unix)]
#[inline]
fn system_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the timespec it is given. The monotonic clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    let ns =
        (time.tv_sec.cast_unsigned().wrapping_mul(1_000_000_000)).wrapping_add(time.tv_nsec.cast_unsigned());
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    let ns = ns.wrapping_add(counter::given_up_ahead_ns());
    ns.max(1)
}

#[cfg(not(unix))]
fn system_ns() -> u64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX - 1) + 1
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod counter {
    use std::arch::x86_64::_rdtsc;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    use crate::fork;

    /// Nanoseconds per tick, times 2^32; 0 while the system's clock is used.
    static RATE: AtomicU64 = AtomicU64::new(0);
    /// A moment on both clocks, fixed before `RATE` is set.
    static TICK_ZERO: AtomicU64 = AtomicU64::new(0);
    static NS_ZERO: AtomicU64 = AtomicU64::new(0);
    /// By how much the counter was ahead of the system's clock at the last look, wrapping.
    static AHEAD_NS: AtomicU64 = AtomicU64::new(0);
    /// When that was, on the system's clock.
    static SEEN_NS: AtomicU64 = AtomicU64::new(0);
    /// Of `AHEAD_NS`, what the system's clock goes on with after the counter was given up.
    static GIVEN_UP_AHEAD_NS: AtomicU64 = AtomicU64::new(0);
    /// 0: nothing known; 1: a first moment was taken; 2: in use; 3: given up.
    static STAGE: AtomicU32 = AtomicU32::new(0);
    /// Fork generation + 1 of whoever is inside of `watch`, so that a child never waits for its parent's thread.
    static WATCHING: AtomicU32 = AtomicU32::new(0);

    /// How long the rate is measured at least. Reading both clocks takes about 50 ns: 0.05 ppm of this.
    const MEASURED_NS_MIN: u64 = 1_000_000_000;

    /// The rates may differ by this share (NTP slews the system's clock by at most 500 ppm) …
    const DRIFT_PPM_MAX: u64 = 1_000;
    /// … and by so much, for a watcher that was interrupted between the two readings.
    const JITTER_NS_MAX: u64 = 2_000_000;

    #[inline]
    pub(super) fn now_ns() -> Option<u64> {
        let rate = RATE.load(Ordering::Acquire);
        (rate != 0).then(|| at(ticks(), rate))
    }

    pub(super) fn given_up_ahead_ns() -> u64 {
        GIVEN_UP_AHEAD_NS.load(Ordering::Relaxed)
    }

    #[inline]
    fn ticks() -> u64 {
        // SAFETY: every x86-64 processor has the counter; where reading is forbidden (prctl), the kernel does not
        // name it as its clock source to begin with, or the process asked for the signal itself.
        unsafe { _rdtsc() }
    }

    #[inline]
    fn at(ticks: u64, rate: u64) -> u64 {
        // A counter that is a little behind on another processor must not become a huge number.
        let since = ticks.saturating_sub(TICK_ZERO.load(Ordering::Relaxed));
        let ns = (u128::from(since) * u128::from(rate)) >> 32;
        NS_ZERO.load(Ordering::Relaxed).wrapping_add(ns as u64)
    }

    /// Both clocks at one moment: of several readings the one that took least.
    fn both() -> (u64, u64) {
        let reading = || {
            let before = ticks();
            let ns = super::system_ns();
            let after = ticks();
            (after.saturating_sub(before), before + after.saturating_sub(before) / 2, ns)
        };
        let best = (0..8).map(|_| reading()).min_by_key(|(took, _, _)| *took);
        best.map_or((0, 0), |(_, ticks, ns)| (ticks, ns))
    }

    fn kernel_trusts_it() -> bool {
        std::fs::read("/sys/devices/system/clocksource/clocksource0/current_clocksource")
            .is_ok_and(|name| name.trim_ascii() == b"tsc")
    }

    pub(super) fn watch() {
        let me = fork::generation().wrapping_add(1);
        let before = WATCHING.load(Ordering::Acquire);
        if before == me || WATCHING.compare_exchange(before, me, Ordering::AcqRel, Ordering::Relaxed).is_err()
        {
            return;
        }
        match STAGE.load(Ordering::Relaxed) {
            0 if kernel_trusts_it() => {
                let (ticks, ns) = both();
                TICK_ZERO.store(ticks, Ordering::Relaxed);
                NS_ZERO.store(ns, Ordering::Relaxed);
                STAGE.store(1, Ordering::Relaxed);
            }
            1 => begin_using(),
            2 => compare(),
            _ => {}
        }
        WATCHING.store(0, Ordering::Release);
    }

    fn begin_using() {
        let (ticks, ns) = both();
        let since_ticks = ticks.saturating_sub(TICK_ZERO.load(Ordering::Relaxed));
        let since_ns = ns.saturating_sub(NS_ZERO.load(Ordering::Relaxed));
        if since_ns < MEASURED_NS_MIN || since_ticks == 0 || !kernel_trusts_it() {
            return;
        }
        let rate = (u128::from(since_ns) << 32) / u128::from(since_ticks);
        let Ok(rate) = u64::try_from(rate) else {
            return;
        };
        AHEAD_NS.store(0, Ordering::Relaxed);
        SEEN_NS.store(ns, Ordering::Relaxed);
        STAGE.store(2, Ordering::Relaxed);
        RATE.store(rate, Ordering::Release);
    }

    fn compare() {
        let (ticks, ns) = both();
        let ahead_ns = at(ticks, RATE.load(Ordering::Relaxed)).wrapping_sub(ns);
        let seen_ns = SEEN_NS.load(Ordering::Relaxed);
        let last_ahead_ns = AHEAD_NS.load(Ordering::Relaxed);
        let change_ns = ahead_ns.wrapping_sub(last_ahead_ns).cast_signed().unsigned_abs();
        let allowed_ns = ns.saturating_sub(seen_ns) / 1_000_000 * DRIFT_PPM_MAX + JITTER_NS_MAX;
        if change_ns > allowed_ns || !kernel_trusts_it() {
            GIVEN_UP_AHEAD_NS.store(last_ahead_ns, Ordering::Relaxed);
            STAGE.store(3, Ordering::Relaxed);
            RATE.store(0, Ordering::Release);
            return;
        }
        AHEAD_NS.store(ahead_ns, Ordering::Relaxed);
        SEEN_NS.store(ns, Ordering::Relaxed);
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::time::{Duration, Instant};

        #[test]
        fn the_counter_goes_with_the_systems_clock_and_is_given_up_when_it_does_not() {
            let before = super::super::monotonic_ns();
            watch();
            std::thread::sleep(Duration::from_millis(1_020));
            watch();
            let in_use = now_ns().is_some();
            assert_eq!(in_use, kernel_trusts_it());
            let (start, started) = (super::super::monotonic_ns(), Instant::now());
            assert!(start - before < 60_000_000_000, "the change is smooth: {before} {start}");
            std::thread::sleep(Duration::from_millis(200));
            let took = super::super::monotonic_ns() - start;
            let really = started.elapsed().as_nanos() as u64;
            assert!(took.abs_diff(really) < 1_000_000, "{took} {really}");
            if !in_use {
                return;
            }
            watch();
            assert!(now_ns().is_some(), "they agree");
            let last = super::super::monotonic_ns();
            AHEAD_NS.store(AHEAD_NS.load(Ordering::Relaxed).wrapping_sub(60_000_000_000), Ordering::Relaxed);
            watch();
            assert!(now_ns().is_none(), "a minute off is too much");
            AHEAD_NS.store(0, Ordering::Relaxed);
            GIVEN_UP_AHEAD_NS.store(5_000_000_000, Ordering::Relaxed);
            let now = super::super::monotonic_ns();
            assert!(now - last > 4_900_000_000, "goes on where the counter was");
            watch();
            assert!(now_ns().is_none(), "for good");
        }
    }
}
