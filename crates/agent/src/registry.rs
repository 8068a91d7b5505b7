//! The BTs an agent knows: names become entries once, entries carry thresholds and sampling state.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tierline_model::interval::Caller;
use tierline_model::name::clean_bt_name;
use tierline_model::transaction::other_traffic_name;
use tierline_model::{
    AgentConfig, AgentIdentity, AppId, BtId, BtOrigin, BtRef, EntryType, Moments, Thresholds,
};

use crate::limits::{CONTINUED_BTS_MAX, CONTINUED_IDLE_INTERVALS_MAX, PROMOTED_BTS_MAX};
use crate::lock::ShortLock;
use tierline_model::RollingWindow;

/// One BT as this tier sees it: by name where it originates, by (BT, caller) where it is continued.
#[derive(Debug)]
pub(crate) struct BtEntry {
    /// Unique within the core, never reused.
    pub(crate) serial: u32,
    pub(crate) bt: BtRef,
    pub(crate) caller: Option<Caller>,
    pub(crate) other_traffic: bool,
    /// `*btid=<id>*guid=` of correlation headers.
    pub(crate) header_part: Box<str>,
    slow_ns: AtomicU64,
    very_slow_ns: AtomicU64,
    stall_ns: AtomicU64,
    /// Monotonic nanoseconds from which on the periodic sample is due; `u64::MAX` when there is none.
    pub(crate) periodic_due_ns: AtomicU64,
    /// Executions begun; counted only while every n-th is kept.
    pub(crate) begun: AtomicU64,
    history: ShortLock<History>,
    /// Executions running or ended in this interval are unknown here; this is what the drains saw.
    pub(crate) idle_intervals: AtomicU32,
}

/// What the drains keep of a BT.
#[derive(Debug, Default)]
struct History {
    window: RollingWindow,
    /// Calls per interval, smoothed.
    rate: f64,
    /// Intervals since it was registered.
    age: u32,
}

impl BtEntry {
    fn new(serial: u32, bt: BtRef, caller: Option<Caller>, config: &AgentConfig) -> Self {
        let entry = Self {
            serial,
            header_part: format!("*btid={}*guid=", bt.id).into_boxed_str(),
            other_traffic: bt.origin.as_ref().is_some_and(|o| o.other_traffic),
            // The first execution of each BT is kept; where it is continued, the tier before decides.
            periodic_due_ns: AtomicU64::new(if bt.origin.is_some() { 0 } else { u64::MAX }),
            bt,
            caller,
            slow_ns: AtomicU64::new(u64::MAX),
            very_slow_ns: AtomicU64::new(u64::MAX),
            stall_ns: AtomicU64::new(u64::MAX),
            begun: AtomicU64::new(0),
            history: ShortLock::default(),
            idle_intervals: AtomicU32::new(0),
        };
        entry.publish(config, &Moments::default());
        entry
    }

    /// The thresholds in force.
    #[inline]
    pub(crate) fn thresholds(&self) -> Thresholds {
        Thresholds {
            slow_ns: self.slow_ns.load(Ordering::Relaxed),
            very_slow_ns: self.very_slow_ns.load(Ordering::Relaxed),
            stall_ns: self.stall_ns.load(Ordering::Relaxed),
        }
    }

    fn publish(&self, config: &AgentConfig, window: &Moments) {
        let policy = config.bt_thresholds.get(&self.bt.id).unwrap_or(&config.thresholds);
        let thresholds = policy.in_force(window);
        self.slow_ns.store(thresholds.slow_ns, Ordering::Relaxed);
        self.very_slow_ns.store(thresholds.very_slow_ns, Ordering::Relaxed);
        self.stall_ns.store(thresholds.stall_ns, Ordering::Relaxed);
    }

    /// Makes thresholds follow a new configuration.
    fn republish(&self, config: &AgentConfig) {
        let sums = self.history.lock().window.sums();
        self.publish(config, &sums);
    }

    /// Takes an interval's executions into the window and renews the thresholds.
    pub(crate) fn close_interval(&self, config: &AgentConfig, moments: &Moments, end_ms: u64) {
        let sums = {
            let mut history = self.history.lock();
            history.window.advance(end_ms);
            history.window.add(moments, end_ms);
            history.rate = (history.rate * 3.0 + moments.count as f64) / 4.0;
            history.age = history.age.saturating_add(1);
            history.window.sums()
        };
        if moments.count > 0 {
            self.idle_intervals.store(0, Ordering::Relaxed);
        } else {
            self.idle_intervals.fetch_add(1, Ordering::Relaxed);
        }
        self.publish(config, &sums);
    }

    /// Smoothed calls per interval, and intervals since registration.
    pub(crate) fn heat(&self) -> (f64, u32) {
        let history = self.history.lock();
        (history.rate, history.age)
    }
}

/// What a continued BT is found by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ContinuedKey {
    pub(crate) bt_id: BtId,
    pub(crate) caller: Caller,
}

/// What became of a name.
pub(crate) enum Registered {
    /// It has its own entry.
    Own(Arc<BtEntry>),
    /// It counts under All Other Traffic.
    Other,
}

/// All BTs of a core.
#[derive(Debug)]
pub(crate) struct Registry {
    application: Arc<str>,
    tier: Arc<str>,
    app_id: AppId,
    entry_type: EntryType,
    /// By cleaned name.
    named: RwLock<HashMap<Arc<str>, Arc<BtEntry>>>,
    continued: RwLock<HashMap<ContinuedKey, Arc<BtEntry>>>,
    other: Arc<BtEntry>,
    serials: AtomicU32,
    /// Changes when a name lost or got its entry otherwise than by first use: threads then forget what they
    /// remembered.
    epoch: AtomicU64,
}

impl Registry {
    pub(crate) fn new(identity: &AgentIdentity, config: &AgentConfig) -> Self {
        let entry_type = identity.language.entry_type();
        let app_id = identity.app_id();
        let origin =
            BtOrigin { name: Arc::from(other_traffic_name(&identity.tier)), entry_type, other_traffic: true };
        let id = BtId::other_traffic(&identity.application, &identity.tier);
        let other = BtEntry::new(0, BtRef { id, app_id, origin: Some(origin) }, None, config);
        Self {
            application: identity.application.clone(),
            tier: identity.tier.clone(),
            app_id,
            entry_type,
            named: RwLock::default(),
            continued: RwLock::default(),
            other: Arc::new(other),
            serials: AtomicU32::new(1),
            epoch: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// All Other Traffic of this tier.
    pub(crate) fn other(&self) -> &Arc<BtEntry> {
        &self.other
    }

    pub(crate) const fn app_id(&self) -> AppId {
        self.app_id
    }

    /// The entry of a cleaned name, made now when there is room.
    pub(crate) fn by_name(&self, name: &str, config: &AgentConfig) -> Registered {
        let limit = if config.lock_down { 0 } else { config.limits.bts_max };
        {
            let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(entry) = named.get(name) {
                return Registered::Own(entry.clone());
            }
            if named.len() >= limit && !is_promoted(config, name, named.len()) {
                return Registered::Other;
            }
        }
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = named.get(name) {
            return Registered::Own(entry.clone());
        }
        if named.len() >= limit && !is_promoted(config, name, named.len()) {
            return Registered::Other;
        }
        let entry = self.make_named(name, config);
        named.insert(origin_name(&entry), entry.clone());
        Registered::Own(entry)
    }

    fn make_named(&self, name: &str, config: &AgentConfig) -> Arc<BtEntry> {
        let id = BtId::of(&self.application, &self.tier, self.entry_type, name);
        let origin = BtOrigin { name: Arc::from(name), entry_type: self.entry_type, other_traffic: false };
        let bt = BtRef { id, app_id: self.app_id, origin: Some(origin) };
        Arc::new(BtEntry::new(self.serials.fetch_add(1, Ordering::Relaxed), bt, None, config))
    }

    /// The entry of a continued BT; All Other Traffic when there are too many.
    pub(crate) fn by_caller(&self, key: ContinuedKey, config: &AgentConfig) -> Registered {
        if let Some(entry) = self.continued.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Registered::Own(entry.clone());
        }
        let mut continued = self.continued.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = continued.get(&key) {
            return Registered::Own(entry.clone());
        }
        if continued.len() >= CONTINUED_BTS_MAX {
            return Registered::Other;
        }
        let bt = BtRef { id: key.bt_id, app_id: self.app_id, origin: None };
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        let entry = Arc::new(BtEntry::new(serial, bt, Some(key.caller), config));
        continued.insert(key, entry.clone());
        Registered::Own(entry)
    }

    /// Every entry there is.
    pub(crate) fn entries(&self) -> Vec<Arc<BtEntry>> {
        let mut entries = vec![self.other.clone()];
        entries.extend(self.named.read().unwrap_or_else(PoisonError::into_inner).values().cloned());
        entries.extend(self.continued.read().unwrap_or_else(PoisonError::into_inner).values().cloned());
        entries
    }

    /// BTs with a name of their own.
    pub(crate) fn named(&self) -> Vec<Arc<BtEntry>> {
        self.named.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Gives the place of `cold` to `hot` (a cleaned name).
    pub(crate) fn swap(&self, cold: &BtEntry, hot: &str, config: &AgentConfig) {
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if named.contains_key(hot) || named.remove(&origin_name(cold)).is_none() {
            return;
        }
        let entry = self.make_named(hot, config);
        named.insert(origin_name(&entry), entry);
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    /// Forgets continued BTs that nobody continues any more.
    pub(crate) fn forget_idle_continued(&self) {
        let mut continued = self.continued.write().unwrap_or_else(PoisonError::into_inner);
        let before = continued.len();
        continued
            .retain(|_, entry| entry.idle_intervals.load(Ordering::Relaxed) < CONTINUED_IDLE_INTERVALS_MAX);
        if continued.len() < before {
            self.epoch.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Makes everything follow a new configuration.
    pub(crate) fn configure(&self, config: &AgentConfig, periodic_changed: bool, now_ns: u64) {
        for entry in self.entries() {
            entry.republish(config);
            if periodic_changed && entry.bt.origin.is_some() {
                let due = if config.snapshots.periodic_interval_s == 0 { u64::MAX } else { now_ns };
                entry.periodic_due_ns.store(due, Ordering::Relaxed);
            }
        }
        // Names that counted as All Other Traffic may have become BTs of their own.
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }
}

fn origin_name(entry: &BtEntry) -> Arc<str> {
    entry.bt.origin.as_ref().map_or_else(|| Arc::from(""), |o| o.name.clone())
}

/// Whether the controller wants `name` (cleaned) apart although the limit is reached.
fn is_promoted(config: &AgentConfig, name: &str, named: usize) -> bool {
    !config.promoted_bts.is_empty()
        && named < config.limits.bts_max.saturating_add(PROMOTED_BTS_MAX)
        && config.promoted_bts.iter().take(PROMOTED_BTS_MAX).any(|p| clean_bt_name(p) == name)
}
