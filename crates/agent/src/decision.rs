//! Which executions are kept, and why.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tierline_model::config::DiagnosticSession;
use tierline_model::{AgentConfig, CapturePolicy, Verdict};

use crate::recorder::Core;
use crate::registry::BtEntry;

/// What makes executions be kept beyond their verdict, made from the configuration.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Every n-th execution of each BT; 0 for none.
    every_nth: u64,
    sessions: Vec<Session>,
}

#[derive(Debug)]
struct Session {
    session: DiagnosticSession,
    kept: AtomicU64,
}

impl Wishes {
    /// The wishes of a configuration. Sessions that go on keep their count.
    pub(crate) fn new(config: &AgentConfig, before: &Self) -> Self {
        let kept_before = |guid: &str| {
            let session = before.sessions.iter().find(|s| s.session.guid == guid);
            session.map_or(0, |s| s.kept.load(Ordering::Relaxed))
        };
        let sessions = config.diagnostic_sessions.iter().map(|session| Session {
            kept: AtomicU64::new(kept_before(&session.guid)),
            session: session.clone(),
        });
        Self { every_nth: config.snapshots.every_nth, sessions: sessions.collect() }
    }

    /// Whether there is anything to look at when a BT begins.
    pub(crate) fn any(&self) -> bool {
        self.every_nth > 0 || !self.sessions.is_empty()
    }
}

impl Session {
    /// Takes one of the session's snapshots.
    fn claim(&self, entry: &BtEntry, now_ms: u64) -> bool {
        self.session.bt_id.is_none_or(|id| id == entry.bt.id)
            && now_ms < self.session.ends_at_ms
            && self
                .kept
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |kept| {
                    (kept < self.session.snapshots_max).then_some(kept + 1)
                })
                .is_ok()
    }
}

/// Why an execution will be kept whatever becomes of it, as far as that is known when it begins.
#[inline]
pub(crate) fn at_begin(core: &Arc<Core>, entry: &BtEntry, now_ns: u64) -> Option<CapturePolicy> {
    if core.has_wishes.load(Ordering::Relaxed)
        && let Some(policy) = wished(core, entry, now_ns)
    {
        return Some(policy);
    }
    let due = entry.periodic_due_ns.load(Ordering::Relaxed);
    if now_ns >= due && claim_periodic(core, entry, due, now_ns) {
        return Some(CapturePolicy::TimeSampling);
    }
    None
}

#[cold]
fn wished(core: &Core, entry: &BtEntry, now_ns: u64) -> Option<CapturePolicy> {
    let wishes = core.wishes.load();
    if !wishes.sessions.is_empty() {
        let now_ms = core.unix_ns(now_ns) / 1_000_000;
        if wishes.sessions.iter().any(|session| session.claim(entry, now_ms)) {
            return Some(CapturePolicy::DiagnosticSession);
        }
    }
    // Where a BT is continued, the tier before decides which requests are sampled.
    if wishes.every_nth > 0
        && entry.bt.origin.is_some()
        && entry.begun.fetch_add(1, Ordering::Relaxed) % wishes.every_nth == wishes.every_nth - 1
    {
        return Some(CapturePolicy::TimeSampling);
    }
    None
}

/// One thread gets the sample; the next is due an interval later.
#[cold]
fn claim_periodic(core: &Core, entry: &BtEntry, due_ns: u64, now_ns: u64) -> bool {
    let interval_s = core.config.load().snapshots.periodic_interval_s;
    let next = if interval_s == 0 {
        u64::MAX
    } else {
        now_ns.saturating_add(interval_s.saturating_mul(1_000_000_000))
    };
    let claimed =
        entry.periodic_due_ns.compare_exchange(due_ns, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
    claimed && interval_s > 0
}

/// Why a finished execution is kept; `None` when it is not.
#[inline]
pub(crate) const fn at_end(verdict: Verdict, asked: Option<CapturePolicy>) -> Option<CapturePolicy> {
    match verdict {
        Verdict::Error => Some(CapturePolicy::ErrorSampling),
        Verdict::Slow | Verdict::VerySlow | Verdict::Stall => Some(CapturePolicy::SlaFailure),
        Verdict::Normal => asked,
    }
}
