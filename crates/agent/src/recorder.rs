//! The recorder: everything one agent holds between two reports.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use tierline_model::correlation::account_guid;
use tierline_model::{
    AgentConfig, AgentDiagnostics, AgentIdentity, Detector, DropCause, ErrorFilter, ExitType, Guid,
    IntervalReport, Segment,
};

use crate::backends::{BackendRef, Backends};
use crate::clock::{self, monotonic_ns, wall_offset_ns};
use crate::decision::Wishes;
use crate::drain::{self, Totals};
use crate::fork;
use crate::header;
use crate::incoming;
use crate::ledger::Oddities;
use crate::random::Random;
use crate::registry::Registry;
use crate::running::slots;
use crate::shard::Shard;
use crate::snapshots::Snapshots;
use crate::thread_cache;
use crate::transaction::{BtHandle, finish, report_stall};

/// BTs younger than this are not looked at by the watcher: no stall threshold is meant to be this short.
const WATCHED_AFTER_NS: u64 = 10_000_000;

type Wakeup = Box<dyn Fn() + Send + Sync>;

/// One life of an agent: made by `init`, and anew in a forked child. It records for whoever asks; who reports
/// what it recorded is not its business.
///
/// ```
/// # let core = tierline::doc_core();
/// let bt = core.begin("/checkout", None);
/// bt.add_user_data("basket", "3 items");
/// bt.end();
/// let report = core.drain_interval(0, 60_000);
/// assert_eq!(report.ledger.ended, 1);
/// assert_eq!(report.segments[0].verdicts.total(), 1);
/// // The first execution of each BT is kept, with everything in it.
/// let segments = core.take_segments(1 << 20);
/// assert_eq!(&*segments[0].user_data[0].1, "3 items");
/// ```
pub struct Core {
    identity: AgentIdentity,
    pub(crate) account: Guid,
    pub(crate) config: ArcSwap<AgentConfig>,
    /// Unique in the process and its children.
    pub(crate) serial: u64,
    fork: u32,
    /// Seed of the hashes of texts.
    pub(crate) seed: u64,
    pub(crate) closed: Arc<AtomicBool>,
    pub(crate) registry: Registry,
    pub(crate) backends: Backends,
    pub(crate) header_prefix: Box<str>,
    // What the path of a BT needs to know of the configuration.
    pub(crate) correlation_enabled: AtomicBool,
    pub(crate) propagate: AtomicBool,
    pub(crate) concurrent_exit_calls: AtomicBool,
    pub(crate) has_wishes: AtomicBool,
    pub(crate) has_collectors: AtomicBool,
    pub(crate) wishes: ArcSwap<Wishes>,
    detector: ArcSwap<Detector>,
    error_filter: ArcSwap<ErrorFilter>,
    config_epoch: AtomicU64,
    memory_limit_bytes: AtomicUsize,
    wall_offset_ns: AtomicU64,
    pub(crate) shards: Mutex<Vec<Arc<Shard>>>,
    pub(crate) unowned_shard: Arc<Shard>,
    pub(crate) totals: Mutex<Totals>,
    snapshots: Snapshots,
    pub(crate) snapshots_kept: AtomicU64,
    /// Bytes of the buffers of running BTs that hold much.
    pub(crate) running_bytes: AtomicUsize,
    /// Bytes of the numbers, as of the last look.
    pub(crate) metrics_bytes: AtomicUsize,
    pub(crate) oddities: Oddities,
    wakeup: ArcSwapOption<Wakeup>,
}

static SERIALS: AtomicU64 = AtomicU64::new(1);

impl Core {
    /// A core that records for `identity`.
    #[must_use]
    pub fn new(identity: AgentIdentity, account: &str, config: AgentConfig) -> Arc<Self> {
        let unowned_shard = Arc::new(Shard::default());
        unowned_shard.take();
        let core = Arc::new(Self {
            account: account_guid(account),
            serial: SERIALS.fetch_add(1, Ordering::Relaxed),
            fork: fork::generation(),
            seed: Random::from_system().next_u64(),
            closed: Arc::default(),
            registry: Registry::new(&identity, &config),
            backends: Backends::new(&identity),
            header_prefix: header::prefix(&identity, account),
            correlation_enabled: AtomicBool::new(true),
            propagate: AtomicBool::new(true),
            concurrent_exit_calls: AtomicBool::new(false),
            has_wishes: AtomicBool::new(false),
            has_collectors: AtomicBool::new(false),
            wishes: ArcSwap::default(),
            detector: ArcSwap::default(),
            error_filter: ArcSwap::default(),
            config_epoch: AtomicU64::new(0),
            memory_limit_bytes: AtomicUsize::new(usize::MAX),
            wall_offset_ns: AtomicU64::new(wall_offset_ns()),
            shards: Mutex::new(vec![unowned_shard.clone()]),
            unowned_shard,
            totals: Mutex::default(),
            snapshots: Snapshots::default(),
            snapshots_kept: AtomicU64::new(0),
            running_bytes: AtomicUsize::new(0),
            metrics_bytes: AtomicUsize::new(0),
            oddities: Oddities::default(),
            wakeup: ArcSwapOption::empty(),
            config: ArcSwap::from_pointee(config.clone()),
            identity,
        });
        core.set_config(config);
        core
    }

    /// Who reports.
    #[must_use]
    pub fn identity(&self) -> &AgentIdentity {
        &self.identity
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> Arc<AgentConfig> {
        self.config.load_full()
    }

    /// Puts a configuration in force. BTs that run see new thresholds at their end.
    pub fn set_config(&self, config: AgentConfig) {
        let before = self.config.load_full();
        let wishes = Wishes::new(&config, &self.wishes.load());
        self.correlation_enabled.store(config.correlation_enabled, Ordering::Relaxed);
        self.propagate.store(config.snapshots.propagate, Ordering::Relaxed);
        self.memory_limit_bytes.store(config.limits.memory_bytes_max, Ordering::Relaxed);
        self.has_wishes.store(wishes.any(), Ordering::Relaxed);
        self.has_collectors.store(!config.data_collectors.is_empty(), Ordering::Relaxed);
        self.wishes.store(Arc::new(wishes));
        self.renew_rules(&config);
        let periodic_changed = before.snapshots.periodic_interval_s != config.snapshots.periodic_interval_s;
        self.config.store(Arc::new(config));
        self.registry.configure(&self.config.load(), periodic_changed, monotonic_ns());
        self.make_room();
    }

    /// Decides which requests become BTs without code, and what they are called. What follows the configuration;
    /// a configuration whose rules cannot be used leaves the rules before it in force and is counted.
    #[must_use]
    pub fn detector(&self) -> Arc<Detector> {
        self.detector.load_full()
    }

    /// Changes with every configuration.
    #[must_use]
    pub fn config_epoch(&self) -> u64 {
        self.config_epoch.load(Ordering::Acquire)
    }

    /// Whether the status of an HTTP answer is an error.
    #[must_use]
    pub fn is_error_status(&self, status: u16) -> bool {
        self.config.load().errors.is_error_status(status)
    }

    /// Whether an error of this type and message does not make a BT an error.
    #[must_use]
    pub fn ignores_error(&self, type_name: &str, message: &str) -> bool {
        self.error_filter.load().ignores(type_name, message)
    }

    fn renew_rules(&self, config: &AgentConfig) {
        match Detector::new(&config.detection, self.identity.language.entry_type()) {
            Ok(detector) => self.detector.store(Arc::new(detector)),
            Err(_) => self.count_misuse("configuration: a detection rule that cannot be used"),
        }
        match ErrorFilter::new(&config.errors) {
            Ok(filter) => self.error_filter.store(Arc::new(filter)),
            Err(_) => self.count_misuse("configuration: an ignored error that cannot be used"),
        }
        self.config_epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Lets a BT have several exit calls at once (setting `concurrent-exit-calls`). Off at first.
    pub fn allow_concurrent_exit_calls(&self, allowed: bool) {
        self.concurrent_exit_calls.store(allowed, Ordering::Relaxed);
    }

    /// Begins a BT: continues the one in `header` when that is possible, else begins one under `name`.
    /// On a core that is closed or was inherited through a fork the handle records nothing.
    #[must_use]
    pub fn begin(self: &Arc<Self>, name: &str, header: Option<&str>) -> BtHandle {
        if self.closed.load(Ordering::Relaxed) || self.fork != fork::generation() {
            return BtHandle::inert();
        }
        let mut incoming = match header {
            Some(text) if self.correlation_enabled.load(Ordering::Relaxed) => {
                incoming::read(text, self.registry.app_id(), self.account)
            }
            _ => None,
        };
        let now_ns = monotonic_ns();
        thread_cache::with(self, |cache| match incoming.take() {
            None => cache.begin_named(self, name, now_ns),
            Some(incoming) => cache.begin_incoming(self, name, incoming, now_ns),
        })
    }

    /// The running BT behind a context key; `None` when it is over or belongs to another core.
    #[must_use]
    pub fn by_key(&self, key: u64) -> Option<BtHandle> {
        BtHandle::find(key, self.serial)
    }

    /// Whether the BT behind a context key runs: [`Core::by_key`] for those who need no handle.
    #[must_use]
    #[inline]
    pub fn is_running(&self, key: u64) -> bool {
        slots().runs(key, self.serial)
    }

    /// The backend of these properties, interned. Allocates nothing when this thread saw it before.
    #[must_use]
    pub fn backend(
        self: &Arc<Self>,
        exit_type: &ExitType,
        display_name: &str,
        properties: &[(&str, &str)],
    ) -> BackendRef {
        if self.fork != fork::generation() {
            return BackendRef { index: 0 };
        }
        thread_cache::with(self, |cache| cache.backend(self, exit_type, display_name, properties))
    }

    /// Looks for stalls in flight and timeouts. At least every 5 s (facts/agent-api 4.2), from the reporter.
    pub fn check_running(&self) {
        if self.fork != fork::generation() {
            return;
        }
        clock::watch();
        self.wall_offset_ns.store(wall_offset_ns(), Ordering::Relaxed);
        self.metrics_bytes.store(drain::bytes(self), Ordering::Relaxed);
        self.make_room();
        let timeout_ns = self.config.load().transaction_timeout_s.max(1).saturating_mul(1_000_000_000);
        let now_ns = monotonic_ns();
        for slot in slots().all() {
            let began_ns = slot.began_ns.load(Ordering::Acquire);
            if began_ns == 0
                || now_ns.saturating_sub(began_ns) < WATCHED_AFTER_NS
                || slot.core_serial.load(Ordering::Relaxed) != self.serial
            {
                continue;
            }
            let record = slot.record.lock();
            if !record.running || record.core.as_ref().is_none_or(|c| c.serial != self.serial) {
                continue;
            }
            // The BT may be a younger one than the one seen a moment ago.
            let age_ns = now_ns.saturating_sub(record.start_ns);
            let stall_ns = record.bt.as_ref().map_or(u64::MAX, |bt| bt.thresholds().stall_ns);
            if age_ns > timeout_ns {
                finish(slot, record, now_ns, true);
            } else if age_ns > stall_ns && !record.stalled {
                report_stall(record, now_ns);
            }
        }
    }

    /// Takes the numbers since the last call, as those of `[start_ms, end_ms)`. What began must end, and what
    /// ended is in the numbers: see [`tierline_model::Ledger`].
    #[must_use]
    pub fn drain_interval(&self, start_ms: u64, end_ms: u64) -> IntervalReport {
        self.wall_offset_ns.store(wall_offset_ns(), Ordering::Relaxed);
        drain::drain(self, start_ms, end_ms)
    }

    /// Takes waiting snapshots, oldest first: about `bytes_max` of them, at least one if there is one.
    #[must_use]
    pub fn take_segments(&self, bytes_max: usize) -> Vec<Segment> {
        self.snapshots.take(bytes_max)
    }

    /// How many snapshots wait, and their bytes.
    #[must_use]
    pub fn segments_waiting(&self) -> (usize, usize) {
        self.snapshots.len_and_bytes()
    }

    /// Called, on the thread that ends a BT, when enough snapshots wait to be worth sending before the
    /// interval ends. Must not block.
    pub fn set_wakeup(&self, wakeup: Wakeup) {
        self.wakeup.store(Some(Arc::new(wakeup)));
    }

    /// Ends every running BT as abandoned, and records nothing from then on.
    pub fn end_all(&self) {
        self.closed.store(true, Ordering::SeqCst);
        if self.fork != fork::generation() {
            return;
        }
        for slot in slots().all() {
            if slot.core_serial.load(Ordering::Relaxed) != self.serial {
                continue;
            }
            let record = slot.record.lock();
            if record.running && record.core.as_ref().is_some_and(|c| c.serial == self.serial) {
                finish(slot, record, monotonic_ns(), true);
            }
        }
    }

    /// What was odd so far. Delivery adds its own warnings and the size of the spool.
    #[must_use]
    pub fn diagnostics(&self) -> AgentDiagnostics {
        self.oddities.diagnostics()
    }

    /// Counts an odd call of the API: `function: what was odd`.
    pub fn count_misuse(&self, what: &'static str) {
        if self.fork == fork::generation() {
            self.oddities.count_misuse(what);
        }
    }

    /// Counts a drop.
    pub fn count_drop(&self, cause: DropCause, n: u64) {
        self.oddities.count_drop(cause, n);
    }

    /// Counts a panic caught at a boundary.
    pub fn count_panic(&self) {
        self.oddities.count_panic();
    }

    /// Bytes held for metrics, running BTs and waiting snapshots.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.fixed_bytes() + self.snapshots.len_and_bytes().1
    }

    /// Bytes that cannot be given up: metrics and running BTs.
    pub(crate) fn fixed_bytes(&self) -> usize {
        self.metrics_bytes.load(Ordering::Relaxed)
            + self.running_bytes.load(Ordering::Relaxed)
            + slots().bytes()
            + self.backends.bytes()
    }

    pub(crate) fn memory_limit_bytes(&self) -> usize {
        self.memory_limit_bytes.load(Ordering::Relaxed)
    }

    fn snapshot_bytes_max(&self) -> usize {
        self.memory_limit_bytes().saturating_sub(self.fixed_bytes())
    }

    /// Drops the oldest snapshots while more is held than allowed.
    pub(crate) fn make_room(&self) {
        let dropped = self.snapshots.shrink(self.snapshot_bytes_max());
        if dropped > 0 {
            self.count_drop(DropCause::SnapshotMemory, dropped);
        }
    }

    /// Adds a segment to the waiting ones. Returns whether to call [`Core::wake`].
    pub(crate) fn keep_segment(&self, segment: Segment, replaces: bool) -> bool {
        if !segment.in_flight {
            self.snapshots_kept.fetch_add(1, Ordering::Relaxed);
        }
        let added = self.snapshots.add(segment, replaces, self.snapshot_bytes_max());
        if added.dropped > 0 {
            self.count_drop(DropCause::SnapshotMemory, added.dropped);
        }
        added.wake
    }

    /// Tells the reporter that enough snapshots wait.
    pub(crate) fn wake(&self) {
        if let Some(wakeup) = &*self.wakeup.load() {
            wakeup();
        }
    }

    /// Nanoseconds since 1970 of a reading of the monotonic clock.
    pub(crate) fn unix_ns(&self, monotonic_ns: u64) -> u64 {
        monotonic_ns.wrapping_add(self.wall_offset_ns.load(Ordering::Relaxed))
    }

    /// Remembers that a name is reported otherwise than it was given.
    pub(crate) fn note_replaced_name(&self, given: &str, reported: &str) {
        self.oddities.note_replaced_name(given, reported);
    }

    /// A shard for a thread that has none: one left by a thread that ended, or a new one.
    pub(crate) fn shard_for_this_thread(&self) -> Arc<Shard> {
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = shards.iter().find(|shard| shard.take()) {
            return shard.clone();
        }
        let shard = Arc::new(Shard::default());
        shard.take();
        shards.push(shard.clone());
        shard
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("serial", &self.serial).field("identity", &self.identity).finish()
    }
}
