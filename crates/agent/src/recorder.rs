//! The recorder: everything one agent holds between two reports.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tierline_model::{
    AgentConfig, AgentDiagnostics, AgentIdentity, DropCause, ExitType, IntervalReport, Ledger, RuntimeSample,
    Segment,
};

use crate::backends::BackendRef;
use crate::transaction::BtHandle;

/// One life of an agent: made by `init`, and anew in a forked child.
pub struct Core {
    identity: AgentIdentity,
    config: ArcSwap<AgentConfig>,
}

impl Core {
    /// A core that records for `identity`.
    #[must_use]
    pub fn new(identity: AgentIdentity, account: &str, config: AgentConfig) -> Arc<Self> {
        let _ = account;
        Arc::new(Self { identity, config: ArcSwap::from_pointee(config) })
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

    /// Puts a configuration in force.
    pub fn set_config(&self, config: AgentConfig) {
        self.config.store(Arc::new(config));
    }

    /// Lets a BT have several exit calls at once (setting `concurrent-exit-calls`). Off at first.
    pub fn allow_concurrent_exit_calls(&self, allowed: bool) {
        let _ = allowed;
    }

    /// Begins a BT: continues the one in `header` when that is possible.
    #[must_use]
    pub fn begin(self: &Arc<Self>, name: &str, header: Option<&str>) -> BtHandle {
        let _ = (name, header);
        unimplemented!("lands within minutes")
    }

    /// The running BT behind a context key; `None` when it is over or belongs to another core.
    #[must_use]
    pub fn by_key(&self, key: u64) -> Option<BtHandle> {
        let _ = key;
        None
    }

    /// The backend of these properties, interned. Allocates nothing when this thread saw it before.
    #[must_use]
    pub fn backend(&self, exit_type: &ExitType, display_name: &str, properties: &[(&str, &str)]) -> BackendRef {
        let _ = (exit_type, display_name, properties);
        BackendRef { index: 0 }
    }

    /// Looks for stalls in flight and timeouts. At least every 5 s (facts/agent-api 4.2), from the reporter.
    pub fn check_running(&self) {}

    /// Takes the numbers since the last call, as those of `[start_ms, end_ms)`.
    #[must_use]
    pub fn drain_interval(&self, start_ms: u64, end_ms: u64) -> IntervalReport {
        IntervalReport {
            start_ms,
            end_ms,
            segments: Vec::new(),
            exits: Vec::new(),
            ledger: Ledger::default(),
            runtime: RuntimeSample::default(),
        }
    }

    /// Takes waiting snapshots, oldest first, about `bytes_max` of them but at least one.
    #[must_use]
    pub fn take_segments(&self, bytes_max: usize) -> Vec<Segment> {
        let _ = bytes_max;
        Vec::new()
    }

    /// How many snapshots wait, and their bytes.
    #[must_use]
    pub fn segments_waiting(&self) -> (usize, usize) {
        (0, 0)
    }

    /// Called when enough snapshots wait to be worth sending before the next interval.
    pub fn set_wakeup(&self, wakeup: Box<dyn Fn() + Send + Sync>) {
        let _ = wakeup;
    }

    /// Ends every running BT as abandoned, and records nothing from then on.
    pub fn end_all(&self) {}

    /// What was odd so far. Delivery adds its own warnings and spool size.
    #[must_use]
    pub fn diagnostics(&self) -> AgentDiagnostics {
        AgentDiagnostics::default()
    }

    /// Counts an odd call of the API.
    pub fn count_misuse(&self, what: &'static str) {
        let _ = what;
    }

    /// Counts a drop.
    pub fn count_drop(&self, cause: DropCause, n: u64) {
        let _ = (cause, n);
    }

    /// Counts a panic caught at a boundary.
    pub fn count_panic(&self) {}

    /// Bytes held for metrics, running BTs and waiting snapshots.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        0
    }
}
