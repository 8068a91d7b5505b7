//! Names, verdicts and what to keep, with the same rules and the same configuration as our agents.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tierline_model::detection::{self, Detected, Detector};
use tierline_model::foreign::{Entry, Exit};
use tierline_model::name::clean_bt_name;
use tierline_model::transaction::other_traffic_name;
use tierline_model::{
    AgentConfig, Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, EntryType,
    ErrorFilter, ErrorRecord, ExitType, Moments, Property, RollingWindow, Thresholds, TierId,
};
use tierline_store::Store;

use super::Process;
use super::assembly::Namer;
use crate::agent_configuration;
use crate::limits::{FOREIGN_CONFIG_MS, FOREIGN_TIERS_MAX};

/// What backends beyond the limit are called, as by our agents.
const OTHER_BACKENDS_NAME: &str = "All Other Traffic";

/// What is known of every tier.
#[derive(Default)]
pub(super) struct Judge {
    tiers: HashMap<(Arc<str>, TierId), TierState>,
    /// Snapshots taken for diagnostic sessions.
    sessions: HashMap<String, u64>,
}

#[derive(Default)]
struct TierState {
    read_ms: u64,
    config: AgentConfig,
    filter: ErrorFilter,
    detector: Detector,
    names: HashSet<BtId>,
    backends: HashSet<BackendId>,
    bts: HashMap<BtId, BtState>,
}

#[derive(Default)]
struct BtState {
    window: RollingWindow,
    periodic_due_ms: u64,
    executions: u64,
}

/// The names of an account's tiers.
pub(super) struct AccountNames<'j> {
    pub(super) judge: &'j mut Judge,
    pub(super) account: Arc<str>,
}

impl Judge {
    /// Makes sure that a tier is known and its configuration not old. What cannot be read stays as it was.
    pub(super) fn prepare(&mut self, store: &dyn Store, account: &Arc<str>, process: &Process, now_ms: u64) {
        if self.tiers.len() >= FOREIGN_TIERS_MAX
            && !self.tiers.contains_key(&(Arc::clone(account), process.tier_id))
        {
            self.tiers.clear();
        }
        let key = (Arc::clone(account), process.tier_id);
        let known = self.tiers.contains_key(&key);
        let tier = self.tiers.entry(key).or_default();
        if known && now_ms.saturating_sub(tier.read_ms) < FOREIGN_CONFIG_MS {
            return;
        }
        tier.read_ms = now_ms;
        let (app_id, tier_id) = (process.app_id, process.tier_id);
        if let Ok(config) = agent_configuration::effective(store, account, app_id, Some(tier_id)) {
            tier.filter = ErrorFilter::new(&config.errors).unwrap_or_default();
            tier.detector = Detector::new(&config.detection, EntryType::OpenTelemetry).unwrap_or_default();
            tier.config = config;
        }
        // The names that have their own line keep it over a restart.
        if !known && let Ok(entities) = store.entities(account, app_id) {
            let own = entities.bts.iter().filter(|bt| bt.tier_id == tier_id && !bt.other_traffic);
            tier.names.extend(own.map(|bt| bt.id));
        }
    }

    fn tier(&mut self, account: &Arc<str>, tier_id: TierId) -> &mut TierState {
        self.tiers.entry((Arc::clone(account), tier_id)).or_default()
    }

    /// Whether an HTTP status is an error on this tier.
    pub(super) fn is_error_status(
        &mut self,
        account: &Arc<str>,
        tier_id: TierId,
        status: Option<u16>,
    ) -> bool {
        let tier = self.tier(account, tier_id);
        status.is_some_and(|status| tier.config.errors.is_error_status(status))
    }

    /// Whether one of the errors counts.
    pub(super) fn counts(&mut self, account: &Arc<str>, tier_id: TierId, errors: &[ErrorRecord]) -> bool {
        let tier = self.tier(account, tier_id);
        errors.iter().any(|error| !tier.filter.ignores(&error.type_name, &error.message))
    }

    /// What an execution is measured against.
    pub(super) fn thresholds(
        &mut self,
        account: &Arc<str>,
        tier_id: TierId,
        bt: BtId,
        end_ms: u64,
    ) -> Thresholds {
        let tier = self.tier(account, tier_id);
        let policy = *tier.config.bt_thresholds.get(&bt).unwrap_or(&tier.config.thresholds);
        let state = tier.bts.entry(bt).or_default();
        state.window.advance(end_ms);
        policy.in_force(&state.window.sums())
    }

    /// Executions of this duration ended.
    pub(super) fn executed(
        &mut self,
        account: &Arc<str>,
        tier_id: TierId,
        bt: BtId,
        (duration_ns, executions): (u64, u64),
        end_ms: u64,
    ) {
        let state = self.tier(account, tier_id).bts.entry(bt).or_default();
        let (duration_ms, count) = (duration_ns as f64 / 1e6, executions as f64);
        let moments = Moments {
            count: executions,
            sum_ms: duration_ms * count,
            sum_of_squares: duration_ms * duration_ms * count,
        };
        state.window.add(&moments, end_ms);
        state.executions += executions;
    }

    /// Why a normal execution of a BT that begins here is kept.
    pub(super) fn sample(
        &mut self,
        account: &Arc<str>,
        tier_id: TierId,
        bt: BtId,
        now_ms: u64,
    ) -> Option<CapturePolicy> {
        let tier = self.tiers.entry((Arc::clone(account), tier_id)).or_default();
        for session in &tier.config.diagnostic_sessions {
            if session.bt_id.is_none_or(|wanted| wanted == bt) && now_ms < session.ends_at_ms {
                let kept = self.sessions.entry(session.guid.clone()).or_default();
                if *kept < session.snapshots_max {
                    *kept += 1;
                    return Some(CapturePolicy::DiagnosticSession);
                }
            }
        }
        let snapshots = &tier.config.snapshots;
        let state = tier.bts.entry(bt).or_default();
        let nth = snapshots.every_nth > 0 && state.executions.is_multiple_of(snapshots.every_nth);
        let due = snapshots.periodic_interval_s > 0 && now_ms >= state.periodic_due_ms;
        if due {
            state.periodic_due_ms =
                now_ms.saturating_add(snapshots.periodic_interval_s.saturating_mul(1_000));
        }
        (nth || due).then_some(CapturePolicy::TimeSampling)
    }

    /// All Other Traffic of a tier.
    pub(super) fn other_traffic(process: &Process) -> BtRef {
        let agent = &process.agent;
        BtRef {
            id: BtId::other_traffic(&agent.application, &agent.tier),
            app_id: process.app_id,
            origin: Some(BtOrigin {
                name: Arc::from(other_traffic_name(&agent.tier)),
                entry_type: EntryType::OpenTelemetry,
                other_traffic: true,
            }),
        }
    }
}

impl Namer for AccountNames<'_> {
    fn bt(&mut self, process: &Process, entry: &Entry) -> Option<BtRef> {
        let tier = self.judge.tier(&self.account, process.tier_id);
        let request = entry.request.as_deref().map(|request| request as &dyn detection::Request);
        let name: Arc<str> = match tier.detector.detect_named(&entry.name, request) {
            Detected::Excluded => return None,
            Detected::Named(name) if *name == *entry.name => Arc::clone(&entry.name),
            Detected::Named(name) => Arc::from(clean_bt_name(&name)),
        };
        let agent = &process.agent;
        let id = BtId::of(&agent.application, &agent.tier, EntryType::OpenTelemetry, &name);
        let promoted = tier.config.promoted_bts.iter().any(|promoted| **promoted == *name);
        if !tier.names.contains(&id) && !promoted {
            if tier.config.lock_down || tier.names.len() >= tier.config.limits.bts_max {
                return Some(Judge::other_traffic(process));
            }
            tier.names.insert(id);
        }
        let origin = BtOrigin { name, entry_type: EntryType::OpenTelemetry, other_traffic: false };
        Some(BtRef { id, app_id: process.app_id, origin: Some(origin) })
    }

    fn backend(&mut self, process: &Process, exit: &Exit) -> Backend {
        let tier = self.judge.tier(&self.account, process.tier_id);
        let key = BackendKey::new(exit.exit_type.clone(), exit.properties.clone(), &exit.name);
        let id = BackendId::of(&process.agent.application, &key);
        if !tier.backends.contains(&id) {
            if tier.backends.len() >= tier.config.limits.backends_max {
                return other_backend(process, exit.exit_type.clone());
            }
            tier.backends.insert(id);
        }
        Backend { id, name: Arc::clone(&exit.name), key }
    }
}

/// Where calls count beyond the limit on backends.
fn other_backend(process: &Process, exit_type: ExitType) -> Backend {
    let properties = vec![Property::new("NAME", OTHER_BACKENDS_NAME)];
    let key = BackendKey::new(exit_type, properties, OTHER_BACKENDS_NAME);
    Backend { id: BackendId::of(&process.agent.application, &key), name: Arc::from(OTHER_BACKENDS_NAME), key }
}
