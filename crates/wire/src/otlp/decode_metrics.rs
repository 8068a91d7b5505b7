//! Interval reports from `ExportMetricsServiceRequest`.

use std::collections::HashMap;

use tierline_model::histogram::Histogram;
use tierline_model::{AgentIdentity, Incarnation};

use super::decode_report::{ReportDraft, WRONG_KIND};
use super::view::{
    Attributes, HistogramParts, Metric, MetricKind, MetricSink, Point, PointValue, Reason, Sink,
};
use super::{AgentReport, DecodeError, DecodeLimits, DecodedMetrics, Outcome, read_json, read_protobuf};
use crate::attribute as name;
use crate::limits::{INTERVAL_MS_MAX, JSON_REQUEST_BYTES_MAX, REPORTS_PER_REQUEST_MAX};

/// Reads an `ExportMetricsServiceRequest` in protobuf.
///
/// Gives every report that is ours; other points are counted in the outcome. A point that breaks a limit or
/// contradicts another is rejected alone.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_metrics(request: &[u8], limits: &DecodeLimits) -> Result<DecodedMetrics, DecodeError> {
    check_size(request, limits.request_bytes_max)?;
    let mut collector = MetricsCollector::new(limits);
    read_protobuf::metrics(request, &mut collector)?;
    Ok(collector.finish())
}

/// Reads an `ExportMetricsServiceRequest` in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_metrics_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedMetrics, DecodeError> {
    check_size(request, limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX))?;
    let mut collector = MetricsCollector::new(limits);
    read_json::metrics(request, &mut collector)?;
    Ok(collector.finish())
}

pub(crate) fn check_size(request: &[u8], max: usize) -> Result<(), DecodeError> {
    if request.len() > max {
        return Err(DecodeError::TooLarge { bytes: request.len(), max });
    }
    Ok(())
}

/// What a metric of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    BtDuration,
    BtExecutions,
    ExitDuration,
    ExitErrors,
    Begun,
    Ended,
    Abandoned,
    ExitCalls,
    BegunTotal,
    EndedTotal,
    InFlight,
    OtherTraffic,
    SnapshotsKept,
    Drops,
    ProcessCpu,
    ProcessMemory,
    AgentCpu,
    AgentMemory,
    Threads,
}

impl Says {
    fn of(metric: &str) -> Option<Self> {
        Some(match metric {
            name::METRIC_BT_DURATION => Self::BtDuration,
            name::METRIC_BT_EXECUTIONS => Self::BtExecutions,
            name::METRIC_EXIT_DURATION => Self::ExitDuration,
            name::METRIC_EXIT_ERRORS => Self::ExitErrors,
            name::METRIC_SEGMENTS_BEGUN => Self::Begun,
            name::METRIC_SEGMENTS_ENDED => Self::Ended,
            name::METRIC_SEGMENTS_ABANDONED => Self::Abandoned,
            name::METRIC_EXIT_CALLS => Self::ExitCalls,
            name::METRIC_SEGMENTS_BEGUN_TOTAL => Self::BegunTotal,
            name::METRIC_SEGMENTS_ENDED_TOTAL => Self::EndedTotal,
            name::METRIC_SEGMENTS_IN_FLIGHT => Self::InFlight,
            name::METRIC_SEGMENTS_OTHER_TRAFFIC => Self::OtherTraffic,
            name::METRIC_SNAPSHOTS_KEPT => Self::SnapshotsKept,
            name::METRIC_DROPS => Self::Drops,
            name::METRIC_PROCESS_CPU => Self::ProcessCpu,
            name::METRIC_PROCESS_MEMORY => Self::ProcessMemory,
            name::METRIC_AGENT_CPU => Self::AgentCpu,
            name::METRIC_AGENT_MEMORY => Self::AgentMemory,
            name::METRIC_THREADS => Self::Threads,
            _ => return None,
        })
    }

    const fn kind(self) -> MetricKind {
        match self {
            Self::BtDuration | Self::ExitDuration => MetricKind::ExponentialHistogram,
            Self::BegunTotal
            | Self::EndedTotal
            | Self::InFlight
            | Self::ProcessMemory
            | Self::AgentMemory
            | Self::Threads => MetricKind::Gauge,
            _ => MetricKind::Sum,
        }
    }
}

const DELTA: u64 = 1;
const BAD_TIME: Reason =
    "the interval is empty, longer than a minute, straddles a minute or is not in whole milliseconds";
const OUT_OF_RANGE: Reason = "the time is too far from the controller's clock";
const TOO_MANY_REPORTS: Reason = "too many intervals in one request";
const TWO_AGENTS: Reason = "two agents claim to be one incarnation";

struct MetricsCollector<'l> {
    limits: &'l DecodeLimits,
    outcome: Outcome,
    agents: Vec<AgentIdentity>,
    agent_of: HashMap<Incarnation, usize>,
    /// Whose points come now, when they are ours; `Err` when they must be refused.
    current: Result<Option<usize>, Reason>,
    drafts: Vec<(usize, ReportDraft)>,
    draft_of: HashMap<(usize, u64, u64), usize>,
    /// The draft of the last point: nearly always also that of the next one.
    last: Option<((usize, u64, u64), usize)>,
}

impl<'l> MetricsCollector<'l> {
    fn new(limits: &'l DecodeLimits) -> Self {
        Self {
            limits,
            outcome: Outcome::default(),
            agents: Vec::new(),
            agent_of: HashMap::new(),
            current: Ok(None),
            drafts: Vec::new(),
            draft_of: HashMap::new(),
            last: None,
        }
    }

    fn draft(&mut self, agent: usize, start_ms: u64, end_ms: u64) -> Result<&mut ReportDraft, Reason> {
        let key = (agent, start_ms, end_ms);
        let known = match self.last {
            Some((last, index)) if last == key => Some(index),
            _ => self.draft_of.get(&key).copied(),
        };
        let index = known.unwrap_or(self.drafts.len());
        if known.is_none() {
            if index >= REPORTS_PER_REQUEST_MAX {
                return Err(TOO_MANY_REPORTS);
            }
            self.drafts.push((agent, ReportDraft::new(start_ms, end_ms)));
            self.draft_of.insert(key, index);
        }
        self.last = Some((key, index));
        self.drafts.get_mut(index).map(|(_, draft)| draft).ok_or(TOO_MANY_REPORTS)
    }

    fn accept(&mut self, metric: &Metric<'_>, point: &mut Point<'_>) -> Result<(), Reason> {
        let Some(says) = Says::of(&metric.name) else { return Err(WRONG_KIND) };
        if metric.kind != says.kind() || (metric.kind != MetricKind::Gauge && metric.temporality != DELTA) {
            return Err(WRONG_KIND);
        }
        let Some(agent) = self.current? else { return Err(WRONG_KIND) };
        let (start_ms, end_ms) = interval(point, self.limits)?;
        let draft = self.draft(agent, start_ms, end_ms)?;
        match std::mem::take(&mut point.value) {
            PointValue::Histogram(parts) => draft.durations(says, &point.attributes, histogram(parts)?),
            PointValue::Integer(value) => {
                let value = u64::try_from(value).map_err(|_| "a count is negative")?;
                draft.count(says, &point.attributes, value)
            }
            PointValue::Double(value) if value.is_finite() && value >= 0.0 => draft.time_used(says, value),
            _ => Err("the point has no value, or one that is not a finite number"),
        }
    }

    fn finish(mut self) -> DecodedMetrics {
        let mut reports = Vec::with_capacity(self.drafts.len());
        for (agent, draft) in self.drafts {
            let finished = draft.finish(&mut self.outcome);
            if let (Some((report, ledger_complete)), Some(agent)) = (finished, self.agents.get(agent)) {
                reports.push(AgentReport { agent: agent.clone(), report, ledger_complete });
            }
        }
        DecodedMetrics { reports, outcome: self.outcome }
    }
}

impl Sink for MetricsCollector<'_> {
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool {
        let identity = attributes.and_then(super::decode_resource::identity);
        self.current = match identity {
            None => Ok(None),
            Some(identity) => {
                let agents = &mut self.agents;
                let index = *self.agent_of.entry(identity.incarnation).or_insert_with(|| {
                    agents.push(identity.clone());
                    agents.len() - 1
                });
                if agents.get(index) == Some(&identity) { Ok(Some(index)) } else { Err(TWO_AGENTS) }
            }
        };
        self.current != Ok(None)
    }

    fn skip(&mut self, count: u64) -> Result<(), DecodeError> {
        self.outcome.admit(self.limits)?;
        self.outcome.not_understood += count;
        Ok(())
    }
}

impl MetricSink for MetricsCollector<'_> {
    fn wants(&self, metric: &Metric<'_>) -> bool {
        Says::of(&metric.name).is_some()
    }

    fn point(
        &mut self,
        metric: &Metric<'_>,
        point: Result<&mut Point<'_>, Reason>,
    ) -> Result<(), DecodeError> {
        self.outcome.admit(self.limits)?;
        // Points that are taken into a draft are counted when it is finished: only then it is known whether they
        // fit together. Until then they count as accepted, for the limit.
        match point.and_then(|point| self.accept(metric, point)) {
            Ok(()) => self.outcome.accepted += 1,
            Err(super::decode_report::REPEATED) => self.outcome.repeated += 1,
            Err(super::decode_report::FROM_THE_FUTURE) => self.outcome.not_understood += 1,
            Err(reason) => self.outcome.reject(1, reason),
        }
        Ok(())
    }
}

/// The bounds of a point in milliseconds.
fn interval(point: &Point<'_>, limits: &DecodeLimits) -> Result<(u64, u64), Reason> {
    const NS_PER_MS: u64 = 1_000_000;
    let (start_ms, end_ms) = (point.start_ns / NS_PER_MS, point.time_ns / NS_PER_MS);
    let whole = point.start_ns.is_multiple_of(NS_PER_MS) && point.time_ns.is_multiple_of(NS_PER_MS);
    if !whole || end_ms <= start_ms || start_ms / INTERVAL_MS_MAX != (end_ms - 1) / INTERVAL_MS_MAX {
        return Err(BAD_TIME);
    }
    if start_ms < limits.time_ms_min || end_ms > limits.time_ms_max {
        return Err(OUT_OF_RANGE);
    }
    Ok((start_ms, end_ms))
}

/// Checks what arrived. The sums come back exact: see [`super::encode_metrics()`].
fn histogram(parts: HistogramParts) -> Result<Histogram, Reason> {
    let ns = |ms: f64| (ms * 1e6).round() as u64; // saturates, and NaN becomes 0
    for value in [parts.sum, parts.min, parts.max] {
        if !value.is_finite() || value < 0.0 {
            return Err("a sum, minimum or maximum is negative or not a finite number");
        }
    }
    if parts.has_negative {
        return Err("a histogram of durations has negative buckets");
    }
    Histogram::from_parts(
        parts.count,
        ns(parts.sum),
        ns(parts.min),
        ns(parts.max),
        parts.zero_count,
        parts.scale,
        parts.offset,
        parts.buckets,
    )
    .map_err(|_| "the parts of a histogram contradict each other or are out of range")
}
