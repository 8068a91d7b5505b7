//! What the reporter's thread and `shutdown` share: the current interval, the outbox, and how things stand.
//!
//! Nothing here waits for the network. Whoever holds the lock works for milliseconds at most, so `shutdown` can
//! always save what is not delivered, however stuck the reporter is.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tierline_model::{AgentConfig, AgentDiagnostics, DropCause};
use tierline_wire::opamp::RemoteConfig;

use crate::batch::Batch;
use crate::interval_clock::IntervalClock;
use crate::limits::{BATCH_BYTES_MAX, OUTBOX_BYTES_MAX, SHUTDOWN_WAIT_MAX};
use crate::log_file::LogFile;
use crate::outbox::{Outbox, SpoolPlace};
use crate::recorder::Core;
use crate::runtime::RuntimeSampler;
use crate::settings::{LogLevel, Settings};
use crate::spool::Dropped;
use crate::{cached_config, directory, targets::Targets};

/// How often running BTs are looked at (facts/agent-api 4.2).
const CHECK_PAUSE: Duration = Duration::from_secs(5);

/// How long a kept snapshot waits before it is sent, at most.
pub const SNAPSHOT_PAUSE: Duration = Duration::from_secs(1);

/// What `shutdown` keeps of its time for writing to disk.
const SAVE_TIME: Duration = Duration::from_millis(50);

/// Bytes of waiting snapshots above which `shutdown` saves the time of compressing them.
const COMPRESS_AT_SHUTDOWN_BYTES_MAX: usize = 2 << 20;

/// How far the end has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// Not at all.
    Running,
    /// What is in memory is to be delivered, then goodbye.
    Closing,
    /// Everything is delivered or on disk. The reporter must not touch anything any more.
    Closed,
}

/// What `finish` does when the controller is away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhenAway {
    /// It waits for the controller as long as it may.
    Wait,
    /// It leaves the rest on disk at once.
    Save,
}

/// Who closes an interval.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    Reporter,
    Shutdown,
}

/// Delivery of one core.
pub struct Delivery {
    /// What is reported.
    pub core: Arc<Core>,
    /// How.
    pub settings: Arc<Settings>,
    /// Where the configuration is cached.
    cache: Option<PathBuf>,
    thread_started: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
    start_ms: u64,
}

/// Under the lock.
pub struct State {
    /// How far the end has come.
    pub phase: Phase,
    /// What is on its way.
    pub outbox: Outbox,
    /// Whether the controller takes what it is sent; `None` until that is known.
    pub reachable: Option<bool>,
    /// The agent's log.
    pub log: LogFile,
    /// The controller's configuration is in force, or there is no controller to wait for.
    configured: bool,
    /// What the end does when the controller is away.
    when_away: WhenAway,
    /// The reporter has said goodbye.
    finished: bool,
    /// More snapshots wait than should wait for a second.
    woken: bool,
    clock: IntervalClock,
    sampler: RuntimeSampler,
    check_at: Instant,
    snapshots_at: Instant,
    /// What does not work at the moment, and since when.
    trouble: Option<(String, u64)>,
    /// What is wrong with OpAMP.
    control_trouble: Option<String>,
    /// Why something was refused for good, the last time.
    refusal: Option<String>,
    /// Found wrong at the start.
    notes: Vec<String>,
}

impl State {
    /// What is wrong with OpAMP, if anything.
    pub fn note_control(&mut self, problem: Option<String>) {
        if let Some(problem) = &problem
            && self.control_trouble.as_ref() != Some(problem)
        {
            self.log.write(LogLevel::Warning, problem);
        }
        self.control_trouble = problem;
    }

    /// Something was refused for good.
    pub fn note_refusal(&mut self, reason: &str) {
        self.refusal = Some(reason.to_owned());
    }
}

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Delivery {
    /// Delivery for `core`. Nothing is opened, and no thread started yet.
    #[must_use]
    pub fn new(
        core: Arc<Core>,
        settings: Arc<Settings>,
        base: Option<PathBuf>,
        notes: Vec<String>,
    ) -> Arc<Self> {
        let identity = core.identity();
        let place = base.as_ref().map(|base| SpoolPlace {
            directory: base.join("spool").join(Targets::key(&settings)),
            incarnation: identity.incarnation,
            bytes_max: core.config().limits.spool_bytes_max,
        });
        let log_path = if settings.given.contains_key(&crate::settings::Setting::LogDir) {
            settings.log_dir.clone()
        } else {
            base.as_ref().map_or_else(|| settings.log_dir.clone(), |base| base.join("logs"))
        };
        let start_ms = now_ms();
        let state = State {
            phase: Phase::Running,
            outbox: Outbox::new(place),
            reachable: None,
            log: LogFile::new(&log_path, &identity.application, &identity.node, settings.log_level),
            configured: settings.controller.is_none() || settings.access_key.is_none(),
            when_away: WhenAway::Save,
            finished: false,
            woken: false,
            clock: IntervalClock::new(settings.report_interval_ms, start_ms),
            sampler: RuntimeSampler::start(),
            check_at: Instant::now() + CHECK_PAUSE,
            snapshots_at: Instant::now(),
            trouble: None,
            control_trouble: None,
            refusal: None,
            notes,
        };
        let cache = base.map(|base| cache_path(&base, &settings));
        let delivery = Arc::new(Self {
            core,
            settings,
            cache,
            thread_started: AtomicBool::new(false),
            state: Mutex::new(state),
            changed: Condvar::new(),
            start_ms,
        });
        let weak = Arc::downgrade(&delivery);
        delivery.core.set_wakeup(Box::new(move || {
            if let Some(delivery) = weak.upgrade() {
                delivery.wake();
            }
        }));
        delivery
    }

    /// The state. A panic under the lock would be a bug of ours; the state is still good enough to go on.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `true` once: the caller is to start the reporter's thread.
    pub fn claim_thread(&self) -> bool {
        !self.thread_started.load(Ordering::Relaxed) && !self.thread_started.swap(true, Ordering::SeqCst)
    }

    /// The thread could not be started: somebody else may try again.
    pub fn thread_failed(&self, error: &std::io::Error) {
        let mut state = self.lock();
        state.notes.truncate(20);
        state.notes.push(format!(
            "the reporter's thread could not be started ({error}); numbers are kept until exit"
        ));
        state.reachable = Some(false);
    }

    /// When the core was made, nanoseconds since 1970.
    #[must_use]
    pub fn start_unix_ns(&self) -> u64 {
        self.start_ms.saturating_mul(1_000_000)
    }

    /// From the hot path, when many snapshots wait. `try_lock`: nobody on it may wait for us.
    fn wake(&self) {
        if let Ok(mut state) = self.state.try_lock() {
            state.woken = true;
        }
        self.changed.notify_all();
    }

    /// Lets the reporter sleep until `wanted`, the end of the interval, or somebody wakes it.
    pub fn sleep(&self, wanted: Instant) {
        let state = self.lock();
        if state.phase != Phase::Running || state.woken {
            return;
        }
        let interval_left = Duration::from_millis(state.clock.end_ms().saturating_sub(now_ms()).max(1));
        let until = wanted.min(Instant::now() + interval_left).min(state.check_at).min(state.snapshots_at);
        let left = until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            drop(self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// What is due at regular times: closes the interval, looks for stalls, collects snapshots. Called by the
    /// reporter, between and during its requests.
    pub fn tick(&self) -> Phase {
        let mut state = self.lock();
        if state.phase != Phase::Running {
            return state.phase;
        }
        let now = Instant::now();
        if now >= state.check_at {
            state.check_at = now + CHECK_PAUSE;
            self.core.check_running();
        }
        let now_ms = now_ms();
        if let Some(bounds) = state.clock.due(now_ms) {
            self.close_interval(&mut state, bounds, Caller::Reporter);
        }
        if now >= state.snapshots_at || state.woken {
            state.snapshots_at = now + SNAPSHOT_PAUSE;
            state.woken = false;
            self.collect_snapshots(&mut state, now_ms);
        }
        if state.reachable == Some(false) && !state.outbox.is_empty() {
            let dropped = state.outbox.spool_all();
            self.count(&mut state, dropped);
        }
        Phase::Running
    }

    fn close_interval(&self, state: &mut State, (start_ms, end_ms): (u64, u64), caller: Caller) {
        let mut report = self.core.drain_interval(start_ms, end_ms);
        // A process that never began a BT, like a master that forks its workers, leaves without a word.
        let idle = report.ledger.begun_total == 0 && report.ledger.drops.is_empty();
        if caller == Caller::Shutdown && idle {
            return;
        }
        let memory_bytes = self.core.memory_bytes() + state.outbox.memory_bytes();
        report.runtime = state.sampler.sample(memory_bytes, caller == Caller::Reporter);
        let batch = Batch::of_report(self.core.identity(), &report);
        state.log.write(
            LogLevel::Debug,
            &format!("interval {start_ms}: {} BTs ended, {} bytes", report.ledger.ended, batch.body.len()),
        );
        let dropped = state.outbox.push(batch);
        self.count(state, dropped);
    }

    /// Moves kept executions from the core to the outbox, while there is room.
    fn collect_snapshots(&self, state: &mut State, now_ms: u64) {
        while self.core.segments_waiting().0 > 0 && state.outbox.memory_bytes() < OUTBOX_BYTES_MAX / 2 {
            let segments = self.core.take_segments(BATCH_BYTES_MAX);
            if segments.is_empty() {
                break;
            }
            let batch = Batch::of_segments(self.core.identity(), &segments, now_ms, true);
            let dropped = state.outbox.push(batch);
            self.count(state, dropped);
        }
    }

    /// Counts what had to go, here and in the core's ledger.
    pub fn count(&self, state: &mut State, dropped: Dropped) {
        for (cause, items) in
            [(DropCause::SnapshotSpool, dropped.snapshots), (DropCause::MetricsSpool, dropped.metrics)]
        {
            if items > 0 {
                self.core.count_drop(cause, items);
                state.log.write(LogLevel::Warning, &format!("dropped for want of space: {items} ({cause})"));
            }
        }
    }

    /// A batch from memory need not be sent again.
    pub fn delivered(&self, batch: &Batch) {
        self.lock().outbox.pop(batch);
        self.changed.notify_all();
    }

    /// The controller takes what it is sent, or it does not and why.
    pub fn note_reachable(&self, problem: Option<String>) {
        let mut state = self.lock();
        state.reachable = Some(problem.is_none());
        self.note_trouble(&mut state, problem);
        drop(state);
        self.changed.notify_all();
    }

    /// What does not work at the moment; `None` when everything does.
    pub fn note_trouble(&self, state: &mut State, problem: Option<String>) {
        match (problem, &mut state.trouble) {
            (Some(text), Some((known, _))) => *known = text,
            (Some(text), none) => {
                state.log.write(LogLevel::Error, &format!("the controller does not take reports: {text}"));
                *none = Some((text, now_ms()));
            }
            (None, trouble) => {
                if trouble.take().is_some() {
                    state.log.write(LogLevel::Info, "the controller takes reports again");
                }
            }
        }
    }

    /// What the controller offered is in force from now on.
    pub fn configure(&self, offered: Option<(AgentConfig, RemoteConfig)>) {
        if let Some((config, remote)) = offered {
            let (version, spool_bytes_max) = (config.version, config.limits.spool_bytes_max);
            self.core.set_config(config);
            let cached = self.cache.as_ref().map(|path| cached_config::write(path, &remote));
            let mut state = self.lock();
            state.outbox.set_spool_bytes_max(spool_bytes_max);
            state.log.write(LogLevel::Info, &format!("configuration {version} is in force"));
            if let Some(Err(error)) = cached {
                state
                    .log
                    .write(LogLevel::Warning, &format!("the configuration could not be cached: {error}"));
            }
        }
        self.lock().configured = true;
        self.changed.notify_all();
    }

    /// Waits until the controller's configuration came, at most until `deadline`.
    pub fn wait_for_config(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        let mut in_time = true;
        while !state.configured && state.phase == Phase::Running && in_time {
            (state, in_time) = self.wait(state, deadline);
        }
        state.configured
    }

    /// Waits for a change; `false` when the deadline is over.
    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, State>, bool) {
        let left =
            deadline.map_or(CHECK_PAUSE, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return (state, false);
        }
        (self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0, true)
    }

    /// What is odd about settings and delivery, together with what the core noticed.
    #[must_use]
    pub fn diagnostics(&self) -> AgentDiagnostics {
        let mut diagnostics = self.core.diagnostics();
        let unheard = crate::process::calls_without_agent();
        if unheard > 0 {
            diagnostics.misuse.insert("called before init or after shutdown".to_owned(), unheard);
        }
        diagnostics.warnings.extend(self.settings.warnings.lines());
        diagnostics.warnings.extend(crate::detected::notes());
        let state = self.lock();
        diagnostics.warnings.extend(state.notes.iter().cloned());
        diagnostics.warnings.extend(state.outbox.warning.clone());
        if let Some((text, since_ms)) = &state.trouble {
            diagnostics
                .warnings
                .push(format!("reports are not taken since {since_ms} (ms since 1970): {text}"));
        }
        if let Some(problem) = &state.control_trouble {
            diagnostics.warnings.push(format!("the controller's configuration does not get here: {problem}"));
        }
        if let Some(reason) = &state.refusal {
            diagnostics
                .warnings
                .push(format!("the controller refused reports for good, the last time: {reason}"));
        }
        diagnostics.spool_bytes = state.outbox.spool_bytes();
        diagnostics
    }

    /// What does not work at the moment.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.lock().trouble.as_ref().map(|(text, _)| text.clone())
    }

    /// Delivers what has ended so far, for at most `timeout`, and saves the rest on disk. Nothing is ended. Answers
    /// whether everything was delivered.
    pub fn flush(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let until = deadline.checked_sub(SAVE_TIME).unwrap_or(deadline);
        let mut state = self.lock();
        if state.phase != Phase::Running {
            return true;
        }
        self.close_present_interval(&mut state);
        state.woken = true;
        self.changed.notify_all();
        let mut in_time = self.thread_started.load(Ordering::SeqCst);
        while !state.outbox.is_empty()
            && state.reachable != Some(false)
            && state.phase == Phase::Running
            && in_time
        {
            (state, in_time) = self.wait(state, Some(until));
        }
        let delivered = state.outbox.is_empty() && state.outbox.spool_bytes() == 0;
        if state.phase == Phase::Running {
            let dropped = state.outbox.spool_all();
            self.count(&mut state, dropped);
        }
        delivered
    }

    /// Ends everything: BTs, the interval, and delivery. What is not delivered when `timeout` is over, or when the
    /// controller turns out to be away and nobody waits for it, is on disk. Answers whether everything was delivered.
    pub fn finish(&self, timeout: Option<Duration>, when_away: WhenAway) -> bool {
        let deadline = Instant::now() + timeout.unwrap_or(SHUTDOWN_WAIT_MAX);
        self.core.end_all();
        let mut state = self.lock();
        if state.phase != Phase::Running {
            return true;
        }
        self.close_present_interval(&mut state);
        state.phase = Phase::Closing;
        state.when_away = when_away;
        self.changed.notify_all();
        if self.thread_started.load(Ordering::SeqCst) {
            let until = deadline.checked_sub(SAVE_TIME).unwrap_or(deadline);
            let mut in_time = true;
            let waits = when_away == WhenAway::Wait;
            while !state.finished && (waits || state.reachable != Some(false)) && in_time {
                (state, in_time) = self.wait(state, Some(until));
            }
        }
        let delivered = state.outbox.is_empty() && state.outbox.spool_bytes() == 0;
        let dropped = state.outbox.spool_all();
        self.count(&mut state, dropped);
        let lost = state.outbox.close();
        self.count(&mut state, lost);
        state.log.write(
            LogLevel::Info,
            if delivered { "ended, everything delivered" } else { "ended, the rest spooled" },
        );
        state.phase = Phase::Closed;
        drop(state);
        self.changed.notify_all();
        delivered
    }

    /// For the reporter at the end: sleeps until `moment` when there is more to deliver and somebody waits for that.
    /// `false` when there is nothing to wait for any more.
    pub fn waits_until(&self, moment: Instant) -> bool {
        let mut state = self.lock();
        let mut in_time = true;
        loop {
            let more = !state.outbox.is_empty() || state.outbox.spool_bytes() > 0;
            if state.phase == Phase::Closed || state.when_away == WhenAway::Save || !more {
                return false;
            }
            if !in_time {
                return true;
            }
            (state, in_time) = self.wait(state, Some(moment));
        }
    }

    /// Closes the interval before its time and takes all snapshots.
    fn close_present_interval(&self, state: &mut State) {
        let mut now_ms = now_ms();
        if let Some(bounds) = state.clock.due(now_ms) {
            self.close_interval(state, bounds, Caller::Shutdown);
        }
        // What ended in an interval that has no length yet goes into its first millisecond.
        let bounds = state.clock.last(now_ms);
        now_ms = now_ms.max(bounds.1);
        if let Some(bounds) = state.clock.cut(now_ms).or_else(|| state.clock.due(now_ms)) {
            self.close_interval(state, bounds, Caller::Shutdown);
        }
        let compress = self.core.segments_waiting().1 <= COMPRESS_AT_SHUTDOWN_BYTES_MAX;
        while self.core.segments_waiting().0 > 0 {
            let segments = self.core.take_segments(BATCH_BYTES_MAX);
            if segments.is_empty() {
                break;
            }
            let batch = Batch::of_segments(self.core.identity(), &segments, now_ms, compress);
            if state.outbox.memory_bytes() + batch.body.len() > OUTBOX_BYTES_MAX {
                let dropped = state.outbox.spool_all();
                self.count(state, dropped);
            }
            let dropped = state.outbox.push(batch);
            self.count(state, dropped);
        }
    }

    /// The reporter has delivered what it could and said goodbye.
    pub fn finished(&self) {
        self.lock().finished = true;
        self.changed.notify_all();
    }
}

/// Where the configuration of these settings is cached.
#[must_use]
pub fn cache_path(base: &std::path::Path, settings: &Settings) -> PathBuf {
    let tier = settings.tier.as_deref().unwrap_or_default();
    cached_config::path(base, &directory::key(&[&Targets::key(settings), tier]))
}
