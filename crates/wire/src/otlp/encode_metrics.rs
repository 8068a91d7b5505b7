//! `ExportMetricsServiceRequest` from an interval report. Everything is written from the last to the first.

use tierline_model::interval::Caller;
use tierline_model::{
    AgentIdentity, BtRef, ExitMetrics, Histogram, IntervalReport, Ledger, RuntimeSample, SegmentMetrics,
    Verdict,
};

use super::encode_attributes::{flag, integer, named, resource, scope, signed, text};
use crate::attribute as name;
use crate::protobuf::Writer;

// ExportMetricsServiceRequest, ResourceMetrics, ScopeMetrics
const RESOURCE_METRICS: u32 = 1;
const RESOURCE: u32 = 1;
const SCOPE_METRICS: u32 = 2;
const SCOPE: u32 = 1;
const METRICS: u32 = 2;
// Metric
const NAME: u32 = 1;
const UNIT: u32 = 3;
const GAUGE: u32 = 5;
const SUM: u32 = 7;
const EXPONENTIAL_HISTOGRAM: u32 = 10;
// Gauge, Sum, ExponentialHistogram
const DATA_POINTS: u32 = 1;
const TEMPORALITY: u32 = 2;
const IS_MONOTONIC: u32 = 3;
const DELTA: u64 = 1;
// NumberDataPoint
const START: u32 = 2;
const TIME: u32 = 3;
const AS_DOUBLE: u32 = 4;
const AS_INT: u32 = 6;
const NUMBER_ATTRIBUTES: u32 = 7;
// ExponentialHistogramDataPoint
const HISTOGRAM_ATTRIBUTES: u32 = 1;
const COUNT: u32 = 4;
const SUM_OF_VALUES: u32 = 5;
const SCALE: u32 = 6;
const ZERO_COUNT: u32 = 7;
const POSITIVE: u32 = 8;
const MIN: u32 = 12;
const MAX: u32 = 13;
// Buckets
const OFFSET: u32 = 1;
const BUCKET_COUNTS: u32 = 2;

const NS_PER_MS: u64 = 1_000_000;

/// Bytes of a typical data point, to size the buffer.
const POINT_BYTES_TYPICAL: usize = 400;

/// Appends a report as one `ExportMetricsServiceRequest`.
///
/// Appending several reports to one buffer gives one valid request: protobuf concatenates repeated fields.
///
/// Durations travel in milliseconds as `double`s and come back exact to the nanosecond below 2^51 ns (26 days).
pub fn encode_metrics(agent: &AgentIdentity, report: &IntervalReport, out: &mut Vec<u8>) {
    let points = 3 * report.segments.len() + report.exits.len() + 20;
    let mut writer = Writer::new(points * POINT_BYTES_TYPICAL);
    writer.message(RESOURCE_METRICS, |writer| {
        writer.message(SCOPE_METRICS, |writer| {
            let mut metrics = MetricsWriter::new(writer, report);
            metrics.runtime(&report.runtime);
            metrics.ledger(&report.ledger);
            metrics.exits(&report.exits);
            metrics.segments(&report.segments);
            scope(writer, SCOPE, agent);
        });
        resource(writer, RESOURCE, agent);
    });
    out.extend_from_slice(writer.written());
}

struct MetricsWriter<'w> {
    writer: &'w mut Writer,
    start_ns: u64,
    end_ns: u64,
}

impl<'w> MetricsWriter<'w> {
    fn new(writer: &'w mut Writer, report: &IntervalReport) -> Self {
        Self {
            writer,
            start_ns: report.start_ms.saturating_mul(NS_PER_MS),
            end_ns: report.end_ms.saturating_mul(NS_PER_MS),
        }
    }

    fn segments(&mut self, segments: &[SegmentMetrics]) {
        if segments.is_empty() {
            return;
        }
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        sum(self.writer, name::METRIC_BT_EXECUTIONS, "{execution}", |writer| {
            for segment in segments.iter().rev() {
                for verdict in Verdict::ALL.into_iter().rev() {
                    let count = segment.verdicts.of(verdict);
                    if count > 0 {
                        integer_point(writer, start_ns, end_ns, count, |writer| {
                            text(writer, NUMBER_ATTRIBUTES, name::VERDICT, verdict.as_str());
                            bt(writer, NUMBER_ATTRIBUTES, &segment.bt, segment.caller.as_ref());
                        });
                    }
                }
            }
        });
        histogram(self.writer, name::METRIC_BT_DURATION, |writer| {
            for segment in segments.iter().rev() {
                histogram_point(writer, start_ns, end_ns, &segment.duration, |writer| {
                    bt(writer, HISTOGRAM_ATTRIBUTES, &segment.bt, segment.caller.as_ref());
                });
            }
        });
    }

    fn exits(&mut self, exits: &[ExitMetrics]) {
        if exits.is_empty() {
            return;
        }
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        if exits.iter().any(|exit| exit.errors > 0) {
            sum(self.writer, name::METRIC_EXIT_ERRORS, "{call}", |writer| {
                for exit in exits.iter().rev().filter(|exit| exit.errors > 0) {
                    integer_point(writer, start_ns, end_ns, exit.errors, |writer| {
                        exit_attributes(writer, NUMBER_ATTRIBUTES, exit);
                    });
                }
            });
        }
        histogram(self.writer, name::METRIC_EXIT_DURATION, |writer| {
            for exit in exits.iter().rev() {
                histogram_point(writer, start_ns, end_ns, &exit.duration, |writer| {
                    exit_attributes(writer, HISTOGRAM_ATTRIBUTES, exit);
                });
            }
        });
    }

    fn ledger(&mut self, ledger: &Ledger) {
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        if !ledger.drops.is_empty() {
            sum(self.writer, name::METRIC_DROPS, "{item}", |writer| {
                for (cause, count) in ledger.drops.iter().rev() {
                    integer_point(writer, start_ns, end_ns, *count, |writer| {
                        text(writer, NUMBER_ATTRIBUTES, name::DROP_CAUSE, cause.as_str());
                    });
                }
            });
        }
        self.count(name::METRIC_SNAPSHOTS_KEPT, "{snapshot}", ledger.snapshots_kept);
        self.count(name::METRIC_SEGMENTS_OTHER_TRAFFIC, "{segment}", ledger.other_traffic);
        self.level(name::METRIC_SEGMENTS_IN_FLIGHT, "{segment}", ledger.in_flight);
        self.level(name::METRIC_SEGMENTS_ENDED_TOTAL, "{segment}", ledger.ended_total);
        self.level(name::METRIC_SEGMENTS_BEGUN_TOTAL, "{segment}", ledger.begun_total);
        self.count(name::METRIC_EXIT_CALLS, "{call}", ledger.exit_calls);
        self.count(name::METRIC_SEGMENTS_ABANDONED, "{segment}", ledger.abandoned);
        self.count(name::METRIC_SEGMENTS_ENDED, "{segment}", ledger.ended);
        self.count(name::METRIC_SEGMENTS_BEGUN, "{segment}", ledger.begun);
    }

    fn runtime(&mut self, runtime: &RuntimeSample) {
        self.level(name::METRIC_THREADS, "{thread}", runtime.threads);
        self.level(name::METRIC_AGENT_MEMORY, "By", runtime.agent_memory_bytes);
        self.time_used(name::METRIC_AGENT_CPU, runtime.agent_cpu_ms);
        self.level(name::METRIC_PROCESS_MEMORY, "By", runtime.process_memory_bytes);
        self.time_used(name::METRIC_PROCESS_CPU, runtime.process_cpu_ms);
    }

    /// A delta without attributes.
    fn count(&mut self, metric: &str, unit: &str, count: u64) {
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        sum(self.writer, metric, unit, |writer| integer_point(writer, start_ns, end_ns, count, |_| {}));
    }

    /// A gauge without attributes.
    fn level(&mut self, metric: &str, unit: &str, level: u64) {
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        self.writer.message(METRICS, |writer| {
            writer.message(GAUGE, |writer| integer_point(writer, start_ns, end_ns, level, |_| {}));
            writer.text(UNIT, unit);
            writer.text(NAME, metric);
        });
    }

    fn time_used(&mut self, metric: &str, ms: f64) {
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        sum(self.writer, metric, "ms", |writer| {
            writer.message(DATA_POINTS, |writer| {
                writer.double(AS_DOUBLE, ms);
                writer.fixed64(TIME, end_ns);
                writer.fixed64(START, start_ns);
            });
        });
    }
}

/// A monotonic delta sum.
fn sum(writer: &mut Writer, metric: &str, unit: &str, points: impl FnOnce(&mut Writer)) {
    writer.message(METRICS, |writer| {
        writer.message(SUM, |writer| {
            writer.integer(IS_MONOTONIC, 1);
            writer.integer(TEMPORALITY, DELTA);
            points(writer);
        });
        writer.text(UNIT, unit);
        writer.text(NAME, metric);
    });
}

/// A delta exponential histogram in milliseconds.
fn histogram(writer: &mut Writer, metric: &str, points: impl FnOnce(&mut Writer)) {
    writer.message(METRICS, |writer| {
        writer.message(EXPONENTIAL_HISTOGRAM, |writer| {
            writer.integer(TEMPORALITY, DELTA);
            points(writer);
        });
        writer.text(UNIT, "ms");
        writer.text(NAME, metric);
    });
}

fn integer_point(
    writer: &mut Writer,
    start_ns: u64,
    end_ns: u64,
    value: u64,
    attributes: impl FnOnce(&mut Writer),
) {
    writer.message(DATA_POINTS, |writer| {
        attributes(writer);
        writer.fixed64(AS_INT, signed(value));
        writer.fixed64(TIME, end_ns);
        writer.fixed64(START, start_ns);
    });
}

fn histogram_point(
    writer: &mut Writer,
    start_ns: u64,
    end_ns: u64,
    histogram: &Histogram,
    attributes: impl FnOnce(&mut Writer),
) {
    writer.message(DATA_POINTS, |writer| {
        if histogram.count() > 0 {
            writer.double(MAX, ms(histogram.max_ns()));
            writer.double(MIN, ms(histogram.min_ns()));
        }
        if !histogram.buckets().is_empty() {
            writer.message(POSITIVE, |writer| {
                writer.packed(BUCKET_COUNTS, histogram.buckets());
                writer.zigzag(OFFSET, histogram.offset());
            });
        }
        writer.fixed64(ZERO_COUNT, histogram.zero_count());
        writer.zigzag(SCALE, i32::from(histogram.scale()));
        writer.double(SUM_OF_VALUES, ms(histogram.sum_ns()));
        writer.fixed64(COUNT, histogram.count());
        writer.fixed64(TIME, end_ns);
        writer.fixed64(START, start_ns);
        attributes(writer);
    });
}

fn ms(ns: u64) -> f64 {
    ns as f64 / NS_PER_MS as f64
}

/// The attributes that say which BT, and on whose behalf.
pub(super) fn bt(writer: &mut Writer, field: u32, bt: &BtRef, caller: Option<&Caller>) {
    if let Some(caller) = caller {
        if let Some(backend_id) = caller.backend_id {
            integer(writer, field, name::CALLER_BACKEND_ID, backend_id.get());
        }
        integer(writer, field, name::CALLER_TIER_ID, caller.tier_id.get());
    }
    if let Some(origin) = &bt.origin {
        flag(writer, field, name::BT_OTHER_TRAFFIC, origin.other_traffic);
        text(writer, field, name::BT_ENTRY_TYPE, origin.entry_type.as_str());
        text(writer, field, name::BT_NAME, &origin.name);
    }
    integer(writer, field, name::BT_APPLICATION_ID, bt.app_id.get());
    integer(writer, field, name::BT_ID, bt.id.get());
}

fn exit_attributes(writer: &mut Writer, field: u32, exit: &ExitMetrics) {
    backend(writer, field, &exit.backend);
    integer(writer, field, name::BT_APPLICATION_ID, exit.app_id.get());
    integer(writer, field, name::BT_ID, exit.bt_id.get());
}

/// The attributes that say which backend.
pub(super) fn backend(writer: &mut Writer, field: u32, backend: &tierline_model::Backend) {
    let properties = backend.key.properties.iter().map(|property| (&*property.name, &*property.value));
    named(writer, field, name::BACKEND_PROPERTY_PREFIX, properties);
    text(writer, field, name::PEER_SERVICE, &backend.name);
    integer(writer, field, name::BACKEND_ID, backend.id.get());
    text(writer, field, name::EXIT_TYPE, backend.key.exit_type.as_str());
}
