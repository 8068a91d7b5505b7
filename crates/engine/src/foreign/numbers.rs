//! Counting: one report per process and minute of a decision, with a conservation line that adds up.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tierline_model::interval::Caller;
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BtId, BtRef, ExitMetrics, Histogram, Incarnation,
    IntervalReport, Ledger, RuntimeSample, Segment, SegmentMetrics, Verdict, VerdictCounts,
};
use tierline_store::{Resolution, WriteBatch};

use super::Process;
use crate::ingest::{reports_batch, segments_batch};

const MINUTE_MS: u64 = 60_000;

/// Decisions whose reports about one minute must have different lives; they have one a second at most, so this many
/// last longer than an hour.
const LIVES: u64 = 4_096;

/// Minutes that ended longer ago are written under lives that never come again.
const RECENT_MS: u64 = 50 * MINUTE_MS;

#[derive(Default)]
struct Draft {
    segments: HashMap<(BtId, AppId, Option<Caller>), SegmentMetrics>,
    exits: HashMap<(BtId, AppId, BackendId), ExitMetrics>,
    ledger: Ledger,
}

/// What one decision writes for one account.
#[derive(Default)]
pub(super) struct Numbers {
    reports: BTreeMap<(Incarnation, u64), (Arc<Process>, Draft)>,
    segments: BTreeMap<Incarnation, (AgentIdentity, Vec<Segment>)>,
    pub(super) resolutions: Vec<Resolution>,
}

impl Numbers {
    fn draft(&mut self, process: &Arc<Process>, end_ms: u64) -> &mut Draft {
        let minute_ms = end_ms - end_ms % MINUTE_MS;
        &mut self
            .reports
            .entry((process.agent.incarnation, minute_ms))
            .or_insert_with(|| (Arc::clone(process), Draft::default()))
            .1
    }

    pub(super) fn segment(
        &mut self,
        process: &Arc<Process>,
        of: (&BtRef, Option<Caller>),
        verdict: Verdict,
        duration_ns: u64,
        end_ms: u64,
    ) {
        let metrics = self.executed(process, of, 1, end_ms);
        metrics.verdicts.add(verdict);
        metrics.duration.record(duration_ns);
    }

    /// Many at one time.
    pub(super) fn segments(
        &mut self,
        process: &Arc<Process>,
        of: (&BtRef, Option<Caller>),
        verdicts: VerdictCounts,
        durations: &Histogram,
        end_ms: u64,
    ) {
        let metrics = self.executed(process, of, durations.count(), end_ms);
        metrics.verdicts += verdicts;
        metrics.duration.merge(durations);
    }

    fn executed(
        &mut self,
        process: &Arc<Process>,
        (bt, caller): (&BtRef, Option<Caller>),
        executions: u64,
        end_ms: u64,
    ) -> &mut SegmentMetrics {
        let draft = self.draft(process, end_ms);
        draft.ledger.begun += executions;
        draft.ledger.ended += executions;
        if bt.origin.as_ref().is_some_and(|origin| origin.other_traffic) {
            draft.ledger.other_traffic += executions;
        }
        draft.segments.entry((bt.id, bt.app_id, caller)).or_insert_with(|| SegmentMetrics {
            bt: bt.clone(),
            caller,
            verdicts: VerdictCounts::default(),
            duration: Histogram::new(),
        })
    }

    pub(super) fn exit(
        &mut self,
        process: &Arc<Process>,
        bt: (BtId, AppId),
        backend: &Backend,
        failed: bool,
        duration_ns: u64,
        end_ms: u64,
    ) {
        let metrics = self.called(process, bt, backend, 1, end_ms);
        metrics.errors += u64::from(failed);
        metrics.duration.record(duration_ns);
    }

    /// Many at one time.
    pub(super) fn exits(
        &mut self,
        process: &Arc<Process>,
        bt: (BtId, AppId),
        backend: &Backend,
        failed: u64,
        durations: &Histogram,
        end_ms: u64,
    ) {
        let metrics = self.called(process, bt, backend, durations.count(), end_ms);
        metrics.errors += failed;
        metrics.duration.merge(durations);
    }

    fn called(
        &mut self,
        process: &Arc<Process>,
        (bt_id, app_id): (BtId, AppId),
        backend: &Backend,
        calls: u64,
        end_ms: u64,
    ) -> &mut ExitMetrics {
        let draft = self.draft(process, end_ms);
        draft.ledger.exit_calls += calls;
        draft.exits.entry((bt_id, app_id, backend.id)).or_insert_with(|| ExitMetrics {
            bt_id,
            app_id,
            backend: backend.clone(),
            errors: 0,
            duration: Histogram::new(),
        })
    }

    pub(super) fn keep(&mut self, process: &Arc<Process>, segment: Segment, end_ms: u64) {
        self.draft(process, end_ms).ledger.snapshots_kept += 1;
        let identity = || (process.agent.clone(), Vec::new());
        self.segments.entry(process.agent.incarnation).or_insert_with(identity).1.push(segment);
    }

    /// What to write: the numbers, then the snapshots.
    pub(super) fn into_batches(self, account: &str, decision: u64, now_ms: u64) -> Vec<WriteBatch> {
        let mut totals: HashMap<Incarnation, u64> = HashMap::new();
        let mut reports = Vec::with_capacity(self.reports.len());
        for ((incarnation, start_ms), (process, draft)) in self.reports {
            let recent = start_ms + RECENT_MS > now_ms;
            let life = incarnation.part(if recent { decision % LIVES } else { decision | 1 << 63 });
            let total = totals.entry(life).or_default();
            *total += draft.ledger.ended;
            let ledger = Ledger { begun_total: *total, ended_total: *total, ..draft.ledger };
            let mut segments: Vec<SegmentMetrics> = draft.segments.into_values().collect();
            segments.sort_by_key(|metrics| (metrics.bt.id, metrics.caller));
            let mut exits: Vec<ExitMetrics> = draft.exits.into_values().collect();
            exits.sort_by_key(|metrics| (metrics.bt_id, metrics.backend.id));
            let report = IntervalReport {
                start_ms,
                end_ms: start_ms + MINUTE_MS,
                segments,
                exits,
                ledger,
                runtime: RuntimeSample::default(),
            };
            reports.push((AgentIdentity { incarnation: life, ..process.agent.clone() }, report));
        }
        let mut batches = Vec::new();
        if !reports.is_empty() || !self.resolutions.is_empty() {
            let mut batch = reports_batch(account, now_ms, reports);
            batch.resolutions.extend(self.resolutions);
            batches.push(batch);
        }
        if !self.segments.is_empty() {
            batches.push(segments_batch(account, now_ms, self.segments.into_values().collect()));
        }
        batches
    }
}
