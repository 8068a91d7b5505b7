//! The hand-written encoder against the generated messages: what any other OTLP receiver sees.

mod sample;

use prost::Message as _;
use tierline_wire::otlp::{self, DecodeLimits};
use tierline_wire::proto::otlp::collector::metrics::v1::ExportMetricsServiceRequest;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;
use tierline_wire::proto::otlp::common::v1::{KeyValue, any_value::Value};
use tierline_wire::proto::otlp::metrics::v1::{self as metrics, metric::Data};
use tierline_wire::proto::otlp::trace::v1 as trace;

fn metrics_request() -> ExportMetricsServiceRequest {
    let mut bytes = Vec::new();
    otlp::encode_metrics(&sample::agent(), &sample::report(), &mut bytes);
    ExportMetricsServiceRequest::decode(&*bytes).unwrap()
}

fn traces_request() -> ExportTraceServiceRequest {
    let mut bytes = Vec::new();
    otlp::encode_traces(&sample::agent(), &[sample::segment()], &mut bytes);
    ExportTraceServiceRequest::decode(&*bytes).unwrap()
}

/// `key=value` for every attribute, in their order.
fn attributes(attributes: &[KeyValue]) -> Vec<String> {
    attributes
        .iter()
        .map(|attribute| {
            let value = match attribute.value.as_ref().unwrap().value.as_ref().unwrap() {
                Value::StringValue(text) => text.clone(),
                Value::IntValue(number) => number.to_string(),
                Value::BoolValue(flag) => flag.to_string(),
                Value::ArrayValue(array) => {
                    let texts = array.values.iter().map(|value| match value.value.as_ref().unwrap() {
                        Value::StringValue(text) => text.clone(),
                        other => panic!("{other:?} in an array"),
                    });
                    format!("[{}]", texts.collect::<Vec<_>>().join(","))
                }
                other => panic!("{other:?}"),
            };
            format!("{}={value}", attribute.key)
        })
        .collect()
}

const RESOURCE: [&str; 11] = [
    "service.namespace=Shop",
    "service.name=front",
    "service.instance.id=front-1",
    "telemetry.sdk.name=tierline",
    "telemetry.sdk.language=python",
    "telemetry.sdk.version=0.1.0",
    "process.runtime.version=3.13.0",
    "host.name=web.example.org",
    "os.type=linux",
    "process.pid=4711",
    "appd.incarnation=30313233343536373839616263646566",
];

#[test]
fn the_frame_says_who_reports() {
    let request = metrics_request();
    assert_eq!(request.resource_metrics.len(), 1);
    assert_eq!(attributes(&request.resource_metrics[0].resource.as_ref().unwrap().attributes), RESOURCE);
    let scope = request.resource_metrics[0].scope_metrics[0].scope.as_ref().unwrap();
    assert_eq!((&*scope.name, &*scope.version), ("tierline", "0.1.0"));
    let request = traces_request();
    assert_eq!(attributes(&request.resource_spans[0].resource.as_ref().unwrap().attributes), RESOURCE);
}

#[test]
fn metrics_have_names_units_and_kinds_that_any_receiver_understands() {
    let request = metrics_request();
    let metrics = &request.resource_metrics[0].scope_metrics[0].metrics;
    let described: Vec<String> = metrics
        .iter()
        .map(|metric| {
            let (kind, points) = match metric.data.as_ref().unwrap() {
                Data::Sum(sum) => {
                    assert_eq!((sum.aggregation_temporality, sum.is_monotonic), (1, true), "{}", metric.name);
                    ("sum", sum.data_points.len())
                }
                Data::Gauge(gauge) => ("gauge", gauge.data_points.len()),
                Data::ExponentialHistogram(histogram) => {
                    assert_eq!(histogram.aggregation_temporality, 1);
                    ("histogram", histogram.data_points.len())
                }
                other => panic!("{other:?}"),
            };
            format!("{} {} {kind} {points}", metric.name, metric.unit)
        })
        .collect();
    assert_eq!(
        described,
        [
            "appd.bt.duration ms histogram 2",
            "appd.bt.executions {execution} sum 4",
            "appd.exit.duration ms histogram 1",
            "appd.exit.errors {call} sum 1",
            "appd.segments.begun {segment} sum 1",
            "appd.segments.ended {segment} sum 1",
            "appd.segments.abandoned {segment} sum 1",
            "appd.exit_calls {call} sum 1",
            "appd.segments.begun.total {segment} gauge 1",
            "appd.segments.ended.total {segment} gauge 1",
            "appd.segments.in_flight {segment} gauge 1",
            "appd.segments.other_traffic {segment} sum 1",
            "appd.snapshots.kept {snapshot} sum 1",
            "appd.drops {item} sum 2",
            "appd.process.cpu ms sum 1",
            "appd.process.memory By gauge 1",
            "appd.agent.cpu ms sum 1",
            "appd.agent.memory By gauge 1",
            "appd.process.threads {thread} gauge 1",
        ]
    );
}

#[test]
fn histogram_points_carry_exact_numbers_and_the_series_attributes() {
    let request = metrics_request();
    let Some(Data::ExponentialHistogram(histogram)) =
        &request.resource_metrics[0].scope_metrics[0].metrics[0].data
    else {
        panic!("the first metric is the BTs' histogram")
    };
    let point = &histogram.data_points[0];
    let start_ns = sample::START_MS * 1_000_000;
    assert_eq!((point.start_time_unix_nano, point.time_unix_nano), (start_ns, start_ns + 60_000_000_000));
    assert_eq!((point.count, point.sum, point.min, point.max), (4, Some(922.0), Some(0.0), Some(900.0)));
    assert_eq!((point.zero_count, point.zero_threshold), (1, 0.0));
    let expected = &sample::report().segments[0].duration;
    assert_eq!(point.scale, i32::from(expected.scale()));
    let positive = point.positive.as_ref().unwrap();
    assert_eq!((positive.offset, &*positive.bucket_counts), (expected.offset(), expected.buckets()));
    let bt = sample::checkout();
    let ours = [format!("appd.bt.id={}", bt.id), format!("appd.bt.application.id={}", bt.app_id)];
    let named = ["appd.bt.name=/checkout".to_owned(), "appd.bt.entry_type=PYTHON_WEB".to_owned()];
    assert_eq!(attributes(&point.attributes), [ours, named].concat());
    let caller = sample::report().segments[1].caller.unwrap();
    assert!(
        attributes(&histogram.data_points[1].attributes)
            .contains(&format!("appd.caller.tier.id={}", caller.tier_id))
    );
}

#[test]
fn verdicts_are_points_of_one_sum() {
    let request = metrics_request();
    let Some(Data::Sum(sum)) = &request.resource_metrics[0].scope_metrics[0].metrics[1].data else {
        panic!("the second metric is the verdicts' sum")
    };
    let said: Vec<(String, metrics::number_data_point::Value)> = sum
        .data_points
        .iter()
        .map(|point| (attributes(&point.attributes).pop().unwrap(), point.value.unwrap()))
        .collect();
    let value = metrics::number_data_point::Value::AsInt;
    assert_eq!(
        said,
        [
            ("appd.verdict=NORMAL".to_owned(), value(2)),
            ("appd.verdict=SLOW".to_owned(), value(1)),
            ("appd.verdict=ERROR".to_owned(), value(1)),
            ("appd.verdict=NORMAL".to_owned(), value(1)),
        ]
    );
}

fn spans() -> Vec<trace::Span> {
    traces_request().resource_spans.remove(0).scope_spans.remove(0).spans
}

#[test]
fn a_segment_is_a_span_with_everything_about_it() {
    let span = &spans()[0];
    let segment = sample::segment();
    assert_eq!(span.trace_id, segment.guid.as_bytes());
    assert_eq!(span.span_id, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(span.parent_span_id, [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]);
    assert_eq!((&*span.name, span.kind), ("/checkout", trace::span::SpanKind::Server as i32));
    assert_eq!(span.end_time_unix_nano - span.start_time_unix_nano, segment.duration_ns);
    assert_eq!(span.flags, 0x301);
    let status = span.status.as_ref().unwrap();
    assert_eq!((status.code, &*status.message), (trace::status::StatusCode::Error as i32, "ValueError"));
    assert_eq!(span.events[0].name, "exception");
    assert_eq!(span.events[0].time_unix_nano, span.end_time_unix_nano);
    assert_eq!(
        attributes(&span.events[0].attributes),
        [
            "exception.type=ValueError",
            "exception.message=no such article",
            "exception.stacktrace=Traceback …\n"
        ]
    );
    let bt = sample::checkout();
    assert_eq!(
        attributes(&span.attributes),
        [
            "appd.guid=0af76519-16cd-43dd-8448-eb211c80319c".to_owned(),
            format!("appd.bt.id={}", bt.id),
            format!("appd.bt.application.id={}", bt.app_id),
            "appd.bt.name=/checkout".to_owned(),
            "appd.bt.entry_type=PYTHON_WEB".to_owned(),
            "appd.sequence=2|1".to_owned(),
            "appd.verdict=ERROR".to_owned(),
            "appd.threshold.slow_ns=200000000".to_owned(),
            "appd.threshold.very_slow_ns=600000000".to_owned(),
            "appd.capture.policy=ERROR_SAMPLING".to_owned(),
            "appd.abandoned=true".to_owned(),
            "appd.cpu_ns=12000000".to_owned(),
            "thread.name=MainThread".to_owned(),
            "appd.exit_calls.dropped=3".to_owned(),
            "appd.user_data.customer=4711".to_owned(),
            "appd.user_data.article=[a,b]".to_owned(),
            "appd.user_data.=without a key".to_owned(),
        ]
    );
}

#[test]
fn exit_calls_are_children_whose_ids_the_called_tier_can_derive() {
    let (spans, segment) = (spans(), sample::segment());
    assert_eq!(spans.len(), 3);
    for (span, exit_call) in spans[1..].iter().zip(&segment.exit_calls) {
        assert_eq!(span.trace_id, segment.guid.as_bytes());
        assert_eq!(span.parent_span_id, segment.span_id.to_bytes());
        assert_eq!(span.span_id, segment.guid.exit_span_id(&exit_call.sequence).to_bytes());
        assert_eq!(span.start_time_unix_nano, segment.start_unix_ns + exit_call.start_offset_ns);
        assert_eq!(span.name, &*exit_call.display_name);
    }
    assert_eq!(spans[1].kind, trace::span::SpanKind::Client as i32);
    assert_eq!(spans[2].kind, trace::span::SpanKind::Producer as i32);
    assert_eq!(spans[1].status.as_ref().unwrap().code, 2);
    assert_eq!(spans[2].status, None);
    assert_eq!(
        attributes(&spans[1].attributes),
        [
            "appd.exit.type=DB".to_owned(),
            format!("appd.backend.id={}", sample::database().id),
            "peer.service=orders".to_owned(),
            "appd.backend.property.HOST=db1".to_owned(),
            "appd.backend.property.PORT=5432".to_owned(),
            "appd.backend.property.VENDOR=POSTGRESQL".to_owned(),
            "appd.sequence=2|1|1".to_owned(),
            "appd.exit.operation=SELECT 1".to_owned(),
            "appd.exit.property.rows=1".to_owned(),
        ]
    );
    assert!(attributes(&spans[2].attributes).contains(&"appd.exit.unended=true".to_owned()));
}

#[test]
fn our_decoder_reads_what_prost_writes() {
    let decoded = otlp::decode_metrics(&metrics_request().encode_to_vec(), &DecodeLimits::default()).unwrap();
    assert_eq!(
        (&decoded.reports[0].agent, &decoded.reports[0].report),
        (&sample::agent(), &sample::report())
    );
    let decoded = otlp::decode_traces(&traces_request().encode_to_vec(), &DecodeLimits::default()).unwrap();
    assert_eq!(decoded.batches[0].segments, [sample::segment()]);
}

/// Every format that was ever sent is read for ever: a new version of the format gets new files beside these.
#[test]
fn version_1_of_the_format_is_written_and_read() {
    let limits = DecodeLimits::default();
    let metrics = include_bytes!("fixtures/metrics-1.pb");
    let traces = include_bytes!("fixtures/traces-1.pb");
    let decoded = otlp::decode_metrics(metrics, &limits).unwrap();
    assert_eq!(
        (&decoded.reports[0].agent, &decoded.reports[0].report),
        (&sample::agent(), &sample::report())
    );
    assert_eq!(otlp::decode_traces(traces, &limits).unwrap().batches[0].segments, [sample::segment()]);
    let (mut metrics_now, mut traces_now) = (Vec::new(), Vec::new());
    otlp::encode_metrics(&sample::agent(), &sample::report(), &mut metrics_now);
    otlp::encode_traces(&sample::agent(), &[sample::segment()], &mut traces_now);
    assert!(
        metrics_now == metrics && traces_now == traces,
        "the format changed: keep these fixtures, add new ones"
    );
}
