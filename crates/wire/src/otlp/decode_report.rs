//! Putting the points of one agent and interval together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tierline_model::interval::Caller;
use tierline_model::{
    AppId, BackendId, BtId, DropCause, ExitMetrics, Histogram, IntervalReport, Ledger, RuntimeSample,
    SegmentMetrics, Verdict, VerdictCounts,
};

use super::decode_metrics::Says;
use super::decode_series::{BackendDraft, BtDraft, NO_BACKEND};
use super::decoded::Outcome;
use super::view::{Attributes, Reason};
use crate::attribute as name;

pub(super) const WRONG_KIND: Reason = "one of our metrics has another kind or is not a delta";
/// Not a fault: the point is counted as repeated.
pub(super) const REPEATED: Reason = "repeated";
/// Not a fault: a newer agent says something this version does not know.
pub(super) const FROM_THE_FUTURE: Reason = "from the future";

const NO_VERDICT: Reason = "executions without a verdict";
const LONELY: Reason = "executions or errors without their durations";
const CONTRADICTION: Reason = "the verdicts or errors of a series do not add up to its durations";

type SegmentKey = (BtId, AppId, Option<Caller>);
type ExitKey = (BtId, AppId, BackendId);

/// The entries of the conservation line, as bits.
const LEDGER_COMPLETE: u32 = (1 << 9) - 1;

pub(super) struct ReportDraft {
    report: IntervalReport,
    segment_of: HashMap<SegmentKey, usize>,
    exit_of: HashMap<ExitKey, usize>,
    /// Verdicts, and how many points they came from.
    verdicts: HashMap<SegmentKey, (VerdictCounts, u64)>,
    errors: HashMap<ExitKey, u64>,
    /// Which single numbers have been said: ledger, then runtime.
    said: u32,
    /// Points that are in no series.
    single_points: u64,
}

impl ReportDraft {
    pub(super) fn new(start_ms: u64, end_ms: u64) -> Self {
        Self {
            report: IntervalReport {
                start_ms,
                end_ms,
                segments: Vec::new(),
                exits: Vec::new(),
                ledger: Ledger::default(),
                runtime: RuntimeSample::default(),
            },
            segment_of: HashMap::new(),
            exit_of: HashMap::new(),
            verdicts: HashMap::new(),
            errors: HashMap::new(),
            said: 0,
            single_points: 0,
        }
    }

    pub(super) fn durations(
        &mut self,
        says: Says,
        attributes: &Attributes<'_>,
        duration: Histogram,
    ) -> Result<(), Reason> {
        match says {
            Says::BtDuration => {
                let draft = bt_draft(attributes);
                let (bt, caller) = (draft.bt()?, draft.caller()?);
                match self.segment_of.entry((bt.id, bt.app_id, caller)) {
                    Entry::Occupied(_) => return Err(REPEATED),
                    Entry::Vacant(entry) => entry.insert(self.report.segments.len()),
                };
                let verdicts = VerdictCounts::default();
                self.report.segments.push(SegmentMetrics { bt, caller, verdicts, duration });
                Ok(())
            }
            Says::ExitDuration => {
                let (bt, backend) = exit_drafts(attributes);
                let (bt_id, app_id) = bt.ids()?;
                let backend = backend.backend()?;
                match self.exit_of.entry((bt_id, app_id, backend.id)) {
                    Entry::Occupied(_) => return Err(REPEATED),
                    Entry::Vacant(entry) => entry.insert(self.report.exits.len()),
                };
                self.report.exits.push(ExitMetrics { bt_id, app_id, backend, errors: 0, duration });
                Ok(())
            }
            _ => Err(WRONG_KIND),
        }
    }

    pub(super) fn count(
        &mut self,
        says: Says,
        attributes: &Attributes<'_>,
        value: u64,
    ) -> Result<(), Reason> {
        let bit = match says {
            Says::BtExecutions => return self.executions(attributes, value),
            Says::ExitErrors => return self.exit_errors(attributes, value),
            Says::Drops => return self.drops(attributes, value),
            Says::Begun => 0,
            Says::Ended => 1,
            Says::Abandoned => 2,
            Says::ExitCalls => 3,
            Says::BegunTotal => 4,
            Says::EndedTotal => 5,
            Says::InFlight => 6,
            Says::OtherTraffic => 7,
            Says::SnapshotsKept => 8,
            Says::ProcessMemory => 9,
            Says::AgentMemory => 10,
            Says::Threads => 11,
            Says::ProcessCpu | Says::AgentCpu | Says::BtDuration | Says::ExitDuration => {
                return Err(WRONG_KIND);
            }
        };
        self.say(bit)?;
        let (ledger, runtime) = (&mut self.report.ledger, &mut self.report.runtime);
        *match says {
            Says::Begun => &mut ledger.begun,
            Says::Ended => &mut ledger.ended,
            Says::Abandoned => &mut ledger.abandoned,
            Says::ExitCalls => &mut ledger.exit_calls,
            Says::BegunTotal => &mut ledger.begun_total,
            Says::EndedTotal => &mut ledger.ended_total,
            Says::InFlight => &mut ledger.in_flight,
            Says::OtherTraffic => &mut ledger.other_traffic,
            Says::SnapshotsKept => &mut ledger.snapshots_kept,
            Says::ProcessMemory => &mut runtime.process_memory_bytes,
            Says::AgentMemory => &mut runtime.agent_memory_bytes,
            _ => &mut runtime.threads,
        } = value;
        Ok(())
    }

    pub(super) fn time_used(&mut self, says: Says, ms: f64) -> Result<(), Reason> {
        match says {
            Says::ProcessCpu => {
                self.say(12)?;
                self.report.runtime.process_cpu_ms = ms;
            }
            Says::AgentCpu => {
                self.say(13)?;
                self.report.runtime.agent_cpu_ms = ms;
            }
            _ => return Err(WRONG_KIND),
        }
        Ok(())
    }

    fn say(&mut self, bit: u32) -> Result<(), Reason> {
        if self.said & (1 << bit) != 0 {
            return Err(REPEATED);
        }
        self.said |= 1 << bit;
        self.single_points += 1;
        Ok(())
    }

    fn executions(&mut self, attributes: &Attributes<'_>, value: u64) -> Result<(), Reason> {
        let draft = bt_draft(attributes);
        let (id, app_id) = draft.ids()?;
        let caller = draft.caller()?;
        let verdict = attributes
            .iter()
            .find(|(key, _)| key == name::VERDICT)
            .and_then(|(_, value)| value.text()?.parse::<Verdict>().ok())
            .ok_or(NO_VERDICT)?;
        let (counts, points) = self.verdicts.entry((id, app_id, caller)).or_default();
        let count = match verdict {
            Verdict::Normal => &mut counts.normal,
            Verdict::Slow => &mut counts.slow,
            Verdict::VerySlow => &mut counts.very_slow,
            Verdict::Stall => &mut counts.stall,
            Verdict::Error => &mut counts.error,
        };
        if *count != 0 {
            return Err(REPEATED);
        }
        *count = value;
        *points += 1;
        Ok(())
    }

    fn exit_errors(&mut self, attributes: &Attributes<'_>, value: u64) -> Result<(), Reason> {
        let (bt, backend) = exit_drafts(attributes);
        let (bt_id, app_id) = bt.ids()?;
        match self.errors.entry((bt_id, app_id, backend.id.ok_or(NO_BACKEND)?)) {
            Entry::Occupied(_) => Err(REPEATED),
            Entry::Vacant(entry) => {
                entry.insert(value);
                Ok(())
            }
        }
    }

    fn drops(&mut self, attributes: &Attributes<'_>, value: u64) -> Result<(), Reason> {
        let cause =
            attributes.iter().find(|(key, _)| key == name::DROP_CAUSE).and_then(|(_, value)| value.text());
        let cause: DropCause = cause.and_then(|cause| cause.parse().ok()).ok_or(FROM_THE_FUTURE)?;
        match self.report.ledger.drops.entry(cause) {
            std::collections::btree_map::Entry::Occupied(_) => Err(REPEATED),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(value);
                self.single_points += 1;
                Ok(())
            }
        }
    }

    /// The report and whether its conservation line is complete; `None` when nothing of it was acceptable. Points
    /// that do not fit together are taken from the accepted ones and rejected.
    pub(super) fn finish(mut self, outcome: &mut Outcome) -> Option<(IntervalReport, bool)> {
        let mut refuse = |points: u64, reason| {
            outcome.accepted -= points;
            outcome.reject(points, reason);
        };
        let (mut segments, mut exits) = (Vec::new(), Vec::new());
        for mut segment in std::mem::take(&mut self.report.segments) {
            let key = (segment.bt.id, segment.bt.app_id, segment.caller);
            let (verdicts, points) = self.verdicts.remove(&key).unwrap_or_default();
            if verdicts.total() == segment.duration.count() {
                segment.verdicts = verdicts;
                segments.push(segment);
            } else {
                refuse(1 + points, CONTRADICTION);
            }
        }
        for mut exit in std::mem::take(&mut self.report.exits) {
            let errors = self.errors.remove(&(exit.bt_id, exit.app_id, exit.backend.id));
            if errors.unwrap_or(0) <= exit.duration.count() {
                exit.errors = errors.unwrap_or(0);
                exits.push(exit);
            } else {
                refuse(2, CONTRADICTION);
            }
        }
        for (_, points) in self.verdicts.into_values() {
            refuse(points, LONELY);
        }
        refuse(self.errors.len() as u64, LONELY);
        let anything = self.single_points > 0 || !segments.is_empty() || !exits.is_empty();
        let report = IntervalReport { segments, exits, ..self.report };
        anything.then_some((report, self.said & LEDGER_COMPLETE == LEDGER_COMPLETE))
    }
}

fn bt_draft<'a>(attributes: &'a Attributes<'_>) -> BtDraft<'a> {
    let mut bt = BtDraft::default();
    for (key, value) in attributes {
        bt.take(key, value);
    }
    bt
}

fn exit_drafts<'a>(attributes: &'a Attributes<'_>) -> (BtDraft<'a>, BackendDraft<'a>) {
    let (mut bt, mut backend) = (BtDraft::default(), BackendDraft::default());
    for (key, value) in attributes {
        if !backend.take(key, value) {
            bt.take(key, value);
        }
    }
    (bt, backend)
}
