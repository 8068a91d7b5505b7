//! A store so naive that it can be read: everything as it came, every question a loop over all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use tierline_model::{AppId, Guid, Histogram, Incarnation, SpanId, VerdictCounts};

use crate::aggregate::MINUTE_MS;
use crate::limits::SEGMENTS_PER_PAGE_MAX;
use crate::query::{
    Dimension, LedgerRecord, MetricFamily, MetricQuery, MetricRow, SegmentFilter, SegmentRecord,
    SegmentSummary, Step, TimeRange,
};
use crate::write::{NodeReport, WriteBatch};

/// Numbers and segments in memory. It answers what the random checks ask: entities, agents and documents are
/// checked by hand.
#[derive(Default)]
pub struct Oracle {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reports: BTreeMap<(String, Incarnation, u64), NodeReport>,
    segments: BTreeMap<(String, Guid, SpanId), SegmentRecord>,
}

/// One thing that is counted.
struct Point<'r> {
    row: MetricRow,
    minute: u64,
    node: u64,
    histogram: &'r Histogram,
}

impl Oracle {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no check panics while it holds this")
    }

    /// As [`crate::Store::write`].
    pub fn write(&self, batch: &WriteBatch) {
        let mut state = self.state();
        for report in &batch.reports {
            let key = (batch.account.clone(), report.identity.incarnation, report.report.start_ms);
            state.reports.insert(key, report.clone());
        }
        for batch_of_node in &batch.segments {
            for segment in &batch_of_node.segments {
                let key = (batch.account.clone(), segment.guid, segment.span_id);
                if segment.in_flight && state.segments.get(&key).is_some_and(|r| !r.segment.in_flight) {
                    continue;
                }
                let record = SegmentRecord {
                    app_id: batch_of_node.identity.app_id(),
                    tier_id: batch_of_node.identity.tier_id(),
                    node_id: batch_of_node.identity.node_id(),
                    segment: segment.clone(),
                };
                state.segments.insert(key, record);
            }
        }
    }

    /// As [`crate::Store::metrics`].
    #[must_use]
    pub fn metrics(&self, account: &str, query: &MetricQuery) -> Vec<MetricRow> {
        let state = self.state();
        if query.range.start_ms >= query.range.end_ms {
            return Vec::new();
        }
        let from = query.range.start_ms / MINUTE_MS * MINUTE_MS;
        let to = query.range.end_ms.div_ceil(MINUTE_MS) * MINUTE_MS;
        let mut rows: Vec<(MetricRow, BTreeSet<u64>, BTreeSet<u64>)> = Vec::new();
        for ((of, _, start_ms), report) in &state.reports {
            if of != account
                || report.identity.app_id() != query.app_id
                || *start_ms < from
                || *start_ms >= to
            {
                continue;
            }
            for point in points(query, report) {
                let same = rows.iter_mut().find(|(row, ..)| dimensions(row) == dimensions(&point.row));
                let (row, minutes, nodes) = match same {
                    Some(found) => found,
                    None => {
                        let mut empty = point.row.clone();
                        (empty.count, empty.sum_ns, empty.min_ns, empty.max_ns) = (0, 0, 0, 0);
                        empty.verdicts = VerdictCounts::default();
                        empty.histogram = query.with_histogram.then(Histogram::new);
                        rows.push((empty, BTreeSet::new(), BTreeSet::new()));
                        rows.last_mut().expect("just pushed")
                    }
                };
                add(row, &point);
                minutes.insert(point.minute);
                nodes.insert(point.node);
            }
        }
        let mut rows: Vec<MetricRow> = rows
            .into_iter()
            .map(|(row, minutes, nodes)| MetricRow {
                minutes: minutes.len() as u32,
                nodes: nodes.len() as u32,
                ..row
            })
            .collect();
        rows.sort_by_key(dimensions);
        rows
    }

    /// As [`crate::Store::segments`], everything on one page.
    #[must_use]
    pub fn segments(&self, account: &str, filter: &SegmentFilter) -> Vec<SegmentSummary> {
        let state = self.state();
        let mut found: Vec<SegmentSummary> = state
            .segments
            .iter()
            .filter(|((of, ..), record)| of == account && matches(filter, record))
            .map(|(_, record)| summary(record))
            .collect();
        found.sort_by_key(|s| std::cmp::Reverse((s.start_unix_ns, s.guid, s.span_id)));
        found.truncate(SEGMENTS_PER_PAGE_MAX);
        found
    }

    /// As [`crate::Store::execution`].
    #[must_use]
    pub fn execution(&self, account: &str, guid: Guid) -> Vec<SegmentRecord> {
        let state = self.state();
        let mut found: Vec<SegmentRecord> = state
            .segments
            .iter()
            .filter(|((of, of_guid, _), _)| of == account && *of_guid == guid)
            .map(|(_, record)| record.clone())
            .collect();
        found.sort_by_key(|r| (r.segment.start_unix_ns, r.segment.span_id));
        found
    }

    /// As [`crate::Store::ledgers`].
    #[must_use]
    pub fn ledgers(&self, account: &str, app_id: AppId, range: TimeRange) -> Vec<LedgerRecord> {
        let state = self.state();
        let mut found: Vec<LedgerRecord> = state
            .reports
            .iter()
            .filter(|((of, _, start_ms), report)| {
                of == account
                    && report.identity.app_id() == app_id
                    && *start_ms >= range.start_ms
                    && *start_ms < range.end_ms
            })
            .map(|((_, incarnation, start_ms), report)| LedgerRecord {
                node_id: report.identity.node_id(),
                incarnation: *incarnation,
                start_ms: *start_ms,
                ledger: report.report.ledger.clone(),
                runtime: report.report.runtime,
                executions: report.report.segments.iter().map(|s| s.duration.count()).sum(),
            })
            .collect();
        found.sort_by_key(|r| (r.start_ms, r.node_id, r.incarnation));
        found
    }
}

type RowKey = (u64, [u64; 5], Option<bool>);

/// What keeps rows apart, and their order.
fn dimensions(row: &MetricRow) -> RowKey {
    let ids = [
        row.tier_id.map_or(0, |id| id.get()),
        row.node_id.map_or(0, |id| id.get()),
        row.bt_id.map_or(0, |id| id.get()),
        row.backend_id.map_or(0, |id| id.get()),
        row.caller_tier_id.map_or(0, |id| id.get()),
    ];
    (row.start_ms, ids, row.originating)
}

fn add(row: &mut MetricRow, point: &Point<'_>) {
    if point.histogram.count() > 0 {
        row.min_ns = if row.count == 0 { point.row.min_ns } else { row.min_ns.min(point.row.min_ns) };
        row.max_ns = row.max_ns.max(point.row.max_ns);
    }
    row.count += point.row.count;
    row.sum_ns += point.row.sum_ns;
    row.verdicts += point.row.verdicts;
    if let Some(histogram) = &mut row.histogram {
        histogram.merge(point.histogram);
    }
}

/// The points of a report that count for a question, each as a row with all dimensions asked for.
fn points<'r>(query: &MetricQuery, report: &'r NodeReport) -> Vec<Point<'r>> {
    let (identity, filter) = (&report.identity, &query.filter);
    if filter.tier_id.is_some_and(|id| id != identity.tier_id())
        || filter.node_id.is_some_and(|id| id != identity.node_id())
    {
        return Vec::new();
    }
    let minute = report.report.start_ms / MINUTE_MS;
    let asked = |dimension| query.group_by.contains(dimension);
    let point = |verdicts: VerdictCounts, histogram: &'r Histogram| Point {
        row: MetricRow {
            start_ms: match query.step {
                Step::Whole => query.range.start_ms,
                Step::Minutes(n) => minute / u64::from(n) * u64::from(n) * MINUTE_MS,
            },
            tier_id: asked(Dimension::Tier).then(|| identity.tier_id()),
            node_id: asked(Dimension::Node).then(|| identity.node_id()),
            bt_id: None,
            backend_id: None,
            caller_tier_id: None,
            originating: None,
            count: histogram.count(),
            sum_ns: histogram.sum_ns(),
            min_ns: histogram.min_ns(),
            max_ns: histogram.max_ns(),
            verdicts,
            minutes: 0,
            nodes: 0,
            histogram: None,
        },
        minute,
        node: identity.node_id().get(),
        histogram,
    };
    let mut points = Vec::new();
    if query.family == MetricFamily::Exits {
        for exit in &report.report.exits {
            if filter.bt_id.is_some_and(|id| id != exit.bt_id)
                || filter.backend_id.is_some_and(|id| id != exit.backend.id)
            {
                continue;
            }
            let normal = exit.duration.count() - exit.errors;
            let verdicts = VerdictCounts { normal, error: exit.errors, ..VerdictCounts::default() };
            let mut point = point(verdicts, &exit.duration);
            point.row.bt_id = asked(Dimension::Bt).then_some(exit.bt_id);
            point.row.backend_id = asked(Dimension::Backend).then_some(exit.backend.id);
            points.push(point);
        }
        return points;
    }
    for segment in &report.report.segments {
        let originating = segment.caller.is_none() && segment.bt.origin.is_some();
        let through = segment.caller.and_then(|c| c.backend_id);
        if filter.bt_id.is_some_and(|id| id != segment.bt.id)
            || filter.originating.is_some_and(|wanted| wanted != originating)
            || filter.backend_id.is_some_and(|id| Some(id) != through)
        {
            continue;
        }
        let mut point = point(segment.verdicts, &segment.duration);
        point.row.bt_id = asked(Dimension::Bt).then_some(segment.bt.id);
        point.row.backend_id = if asked(Dimension::Backend) { through } else { None };
        point.row.caller_tier_id =
            if asked(Dimension::CallerTier) { segment.caller.map(|c| c.tier_id) } else { None };
        point.row.originating = asked(Dimension::Originating).then_some(originating);
        points.push(point);
    }
    points
}

/// A segment as lists show it.
#[must_use]
pub fn summary(record: &SegmentRecord) -> SegmentSummary {
    let segment = &record.segment;
    let errors: Vec<_> =
        segment.errors.iter().chain(segment.exit_calls.iter().flat_map(|call| &call.errors)).collect();
    SegmentSummary {
        guid: segment.guid,
        span_id: segment.span_id,
        app_id: record.app_id,
        tier_id: record.tier_id,
        node_id: record.node_id,
        bt_id: segment.bt.id,
        start_unix_ns: segment.start_unix_ns,
        duration_ns: segment.duration_ns,
        verdict: segment.verdict,
        policy: segment.policy,
        first_in_chain: segment.first_in_chain(),
        archived: false,
        exit_calls: segment.exit_calls.len() as u64 + segment.exit_calls_dropped,
        errors: errors.len() as u64,
        error_summary: errors
            .first()
            .map_or_else(|| Arc::from(""), |e| Arc::from(format!("{}: {}", e.type_name, e.message))),
    }
}

fn matches(filter: &SegmentFilter, record: &SegmentRecord) -> bool {
    fn any<T: PartialEq>(of: &[T], value: &T) -> bool {
        of.is_empty() || of.contains(value)
    }
    let segment = &record.segment;
    let shown = summary(record);
    filter.range.is_none_or(|range| {
        segment.start_unix_ns >= range.start_ms * 1_000_000
            && segment.start_unix_ns < range.end_ms * 1_000_000
    }) && filter.app_id.is_none_or(|id| id == record.app_id)
        && any(&filter.tier_ids, &record.tier_id)
        && any(&filter.node_ids, &record.node_id)
        && any(&filter.bt_ids, &segment.bt.id)
        && any(&filter.guids, &segment.guid)
        && any(&filter.verdicts, &segment.verdict)
        && any(&filter.policies, &segment.policy)
        && filter.has_errors.is_none_or(|wanted| wanted == (shown.errors > 0))
        && filter.first_in_chain.is_none_or(|wanted| wanted == shown.first_in_chain)
        && filter.duration_ns_min.is_none_or(|min| segment.duration_ns >= min)
        && filter.backend_id.is_none_or(|id| segment.exit_calls.iter().any(|call| call.backend.id == id))
        && filter.user_data.as_ref().is_none_or(|(key, value)| {
            segment
                .user_data
                .iter()
                .any(|(k, v)| **k == **key && value.as_ref().is_none_or(|value| **v == **value))
        })
}
