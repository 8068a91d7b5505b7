//! Hostile and foreign OTLP: one bad item is rejected alone and with a reason, everything is bounded.

mod sample;

use prost::Message as _;
use tierline_model::limits::{NAME_CHARS_MAX, USER_DATA_VALUE_CHARS_MAX};
use tierline_wire::limits::{
    HISTOGRAM_BUCKETS_READ_MAX, ITEM_BYTES_MAX, POINT_ATTRIBUTES_MAX, REPORTS_PER_REQUEST_MAX,
    RESOURCES_PER_REQUEST_MAX, SPAN_ATTRIBUTES_MAX,
};
use tierline_wire::otlp::{self, DecodeError, DecodeLimits, DecodedMetrics, DecodedTraces};
use tierline_wire::proto::otlp::collector::metrics::v1::ExportMetricsServiceRequest;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;
use tierline_wire::proto::otlp::common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value};
use tierline_wire::proto::otlp::metrics::v1::{ExponentialHistogramDataPoint, Metric, metric::Data};
use tierline_wire::proto::otlp::trace::v1::Span;

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

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

/// Decodes the sample report after a change to it.
fn metrics_after(change: impl FnOnce(&mut Vec<Metric>)) -> DecodedMetrics {
    let mut request = metrics_request();
    change(&mut request.resource_metrics[0].scope_metrics[0].metrics);
    otlp::decode_metrics(&request.encode_to_vec(), &DecodeLimits::default()).unwrap()
}

/// Decodes the sample report after a change to its first histogram point.
fn point_after(change: impl FnOnce(&mut ExponentialHistogramDataPoint)) -> DecodedMetrics {
    metrics_after(|metrics| match metrics[0].data.as_mut().unwrap() {
        Data::ExponentialHistogram(histogram) => change(&mut histogram.data_points[0]),
        other => panic!("{other:?}"),
    })
}

/// Decodes the sample snapshot after a change to its spans.
fn traces_after(change: impl FnOnce(&mut Vec<Span>)) -> DecodedTraces {
    let mut request = traces_request();
    change(&mut request.resource_spans[0].scope_spans[0].spans);
    otlp::decode_traces(&request.encode_to_vec(), &DecodeLimits::default()).unwrap()
}

type PointChange = fn(&mut ExponentialHistogramDataPoint);
type SpanChange = fn(&mut Span);

#[test]
fn one_hostile_histogram_point_is_rejected_with_its_verdicts_and_nothing_else() {
    let hostile: [(&str, PointChange); 17] = [
        ("bucket bomb", |p| {
            p.positive.as_mut().unwrap().bucket_counts = vec![0; HISTOGRAM_BUCKETS_READ_MAX + 1]
        }),
        ("more than 160 buckets", |p| p.positive.as_mut().unwrap().bucket_counts = vec![1; 161]),
        ("offset at the far end", |p| p.positive.as_mut().unwrap().offset = i32::MAX),
        ("offset at the other end", |p| p.positive.as_mut().unwrap().offset = i32::MIN),
        ("scale 20", |p| p.scale = 20),
        ("scale -2^31", |p| p.scale = i32::MIN),
        ("count too high", |p| p.count = u64::MAX),
        ("zero count too high", |p| p.zero_count = u64::MAX),
        ("counts that overflow", |p| p.positive.as_mut().unwrap().bucket_counts = vec![u64::MAX; 2]),
        ("NaN", |p| p.sum = Some(f64::NAN)),
        ("negative minimum", |p| p.min = Some(-1.0)),
        ("infinite maximum", |p| p.max = Some(f64::INFINITY)),
        ("minimum above maximum", |p| p.min = Some(1e6)),
        ("negative buckets", |p| p.negative = p.positive.clone()),
        ("no BT", |p| p.attributes.retain(|kv| kv.key != "appd.bt.id")),
        ("a BT id that is no id", |p| p.attributes[0] = attribute("appd.bt.id", Value::IntValue(1 << 52))),
        ("too many attributes", |p| p.attributes.resize(POINT_ATTRIBUTES_MAX + 1, text("k", "v"))),
    ];
    for (what, change) in hostile {
        let decoded = point_after(change);
        // The histogram point and the three points of its verdicts.
        assert_eq!(decoded.outcome.rejected, 4, "{what}: {:?}", decoded.outcome);
        assert!(decoded.outcome.partial_success().unwrap().message.contains('×'), "{what}");
        let mut expected = sample::report();
        expected.segments.remove(0);
        assert_eq!(decoded.reports[0].report, expected, "{what}");
    }
}

#[test]
fn times_are_checked() {
    let hostile: [(&str, PointChange); 5] = [
        ("empty", |p| p.time_unix_nano = p.start_time_unix_nano),
        ("backwards", |p| p.time_unix_nano = 0),
        ("more than a minute", |p| p.time_unix_nano += 1_000_000),
        ("straddles a minute", |p| p.start_time_unix_nano -= 1_000_000),
        ("half a millisecond", |p| p.start_time_unix_nano += 500_000),
    ];
    for (what, change) in hostile {
        assert_eq!(point_after(change).outcome.rejected, 4, "{what}");
    }
    let bytes = metrics_request().encode_to_vec();
    let week_ms = 7 * 24 * 3_600_000;
    for (now_ms, rejected) in [
        (sample::START_MS + week_ms, false),
        (sample::START_MS + week_ms + 1, true),
        (sample::START_MS - 540_000, false),
        (sample::START_MS - 540_001, true),
    ] {
        let decoded = otlp::decode_metrics(&bytes, &DecodeLimits::at(now_ms)).unwrap();
        assert_eq!(decoded.outcome.rejected > 0, rejected, "{now_ms}");
        assert_eq!(decoded.reports.is_empty(), rejected, "{now_ms}");
    }
}

#[test]
fn our_metrics_of_another_kind_are_rejected() {
    let cumulative = metrics_after(|metrics| match metrics[4].data.as_mut().unwrap() {
        Data::Sum(sum) => sum.aggregation_temporality = 2,
        other => panic!("{other:?}"),
    });
    assert_eq!(cumulative.outcome.rejected, 1);
    assert!(!cumulative.reports[0].ledger_complete, "a number of the conservation line is missing");
    let swapped = metrics_after(|metrics| metrics[0].data = metrics[4].data.clone());
    assert_eq!(swapped.outcome.rejected, 5, "one point of another kind, and four verdicts without durations");
}

#[test]
fn what_does_not_add_up_is_rejected() {
    let decoded = metrics_after(|metrics| match metrics[1].data.as_mut().unwrap() {
        Data::Sum(sum) => drop(sum.data_points.remove(0)),
        other => panic!("{other:?}"),
    });
    assert_eq!(decoded.outcome.rejected, 3);
    assert_eq!(decoded.reports[0].report.segments.len(), 1);
    let decoded = metrics_after(|metrics| {
        use tierline_wire::proto::otlp::metrics::v1::number_data_point::Value;
        match metrics[3].data.as_mut().unwrap() {
            Data::Sum(sum) => sum.data_points[0].value = Some(Value::AsInt(4)),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(decoded.outcome.rejected, 2, "more errors than calls");
    assert!(decoded.reports[0].report.exits.is_empty());
}

#[test]
fn two_agents_cannot_be_one_incarnation() {
    let mut request = metrics_request();
    let mut second = request.resource_metrics[0].clone();
    second.resource.as_mut().unwrap().attributes[2] = text("service.instance.id", "front-2");
    request.resource_metrics.push(second);
    let decoded = otlp::decode_metrics(&request.encode_to_vec(), &DecodeLimits::default()).unwrap();
    assert_eq!(decoded.reports.len(), 1);
    assert_eq!(decoded.outcome.rejected, decoded.outcome.accepted);
}

#[test]
fn foreign_telemetry_is_counted_and_no_fault() {
    let mut request = metrics_request();
    request.resource_metrics[0]
        .resource
        .as_mut()
        .unwrap()
        .attributes
        .retain(|kv| kv.key != "appd.incarnation");
    let decoded = otlp::decode_metrics(&request.encode_to_vec(), &DecodeLimits::default()).unwrap();
    assert!(decoded.reports.is_empty());
    assert_eq!(decoded.outcome.not_understood, decoded.outcome.total());
    assert_eq!(decoded.outcome.partial_success(), None);
    let decoded = traces_after(|spans| {
        let foreign = vec![text("http.request.method", "GET")];
        spans.push(Span { attributes: foreign, ..spans[0].clone() });
    });
    assert_eq!((decoded.outcome.not_understood, decoded.outcome.accepted), (1, 3));
}

#[test]
fn one_hostile_span_is_rejected_alone() {
    let hostile: [(&str, SpanChange); 12] = [
        ("no trace id", |span| span.trace_id.clear()),
        ("zero trace id", |span| span.trace_id = vec![0; 16]),
        ("short trace id", |span| span.trace_id.truncate(15)),
        ("long span id", |span| span.span_id.push(1)),
        ("zero span id", |span| span.span_id = vec![0; 8]),
        ("ends before it begins", |span| span.end_time_unix_nano = span.start_time_unix_nano - 1),
        ("client span", |span| span.kind = 3),
        ("unknown verdict", |span| span.attributes.push(text("appd.verdict", "SPLENDID"))),
        ("unknown entry type", |span| span.attributes.push(text("appd.bt.entry_type", "COBOL"))),
        ("long sequence", |span| span.attributes.push(text("appd.sequence", &"1|".repeat(200)))),
        ("long key", |span| span.attributes.push(text(&"k".repeat(600), ""))),
        ("too many attributes", |span| span.attributes.resize(SPAN_ATTRIBUTES_MAX + 1, text("k", "v"))),
    ];
    for (what, change) in hostile {
        let decoded = traces_after(|spans| {
            let mut hostile = spans[0].clone();
            hostile.span_id = vec![9; 8];
            change(&mut hostile);
            spans.push(hostile);
        });
        assert_eq!((decoded.outcome.rejected, decoded.outcome.accepted), (1, 3), "{what}");
        assert_eq!(decoded.batches[0].segments, [sample::segment()], "{what}");
    }
}

#[test]
fn exit_calls_find_their_segment_wherever_it_stands() {
    let decoded = traces_after(|spans| spans.rotate_left(1));
    assert_eq!(decoded.batches[0].segments, [sample::segment()]);
    let decoded = traces_after(|spans| drop(spans.remove(0)));
    assert_eq!((decoded.outcome.rejected, decoded.batches.len()), (2, 0), "exit calls without their segment");
    let decoded = traces_after(|spans| spans[1].start_time_unix_nano = 0);
    assert_eq!(decoded.outcome.rejected, 1, "an exit call that begins before its segment");
}

#[test]
fn exit_calls_belong_to_their_own_agents_segments() {
    // The exit calls in a resource of their own: first the same agent's, then another agent's.
    for (node, rejected) in [("front-1", 0), ("front-2", 2)] {
        let mut request = traces_request();
        let mut second = request.resource_spans[0].clone();
        request.resource_spans[0].scope_spans[0].spans.truncate(1);
        second.scope_spans[0].spans.remove(0);
        second.resource.as_mut().unwrap().attributes[2] = text("service.instance.id", node);
        request.resource_spans.push(second);
        let decoded = otlp::decode_traces(&request.encode_to_vec(), &DecodeLimits::default()).unwrap();
        assert_eq!(decoded.outcome.rejected, rejected, "{node}");
        assert_eq!(decoded.batches[0].segments[0].exit_calls.len() as u64, 2 - rejected, "{node}");
    }
}

#[test]
fn intervals_are_limited() {
    let mut request = metrics_request();
    let metric = request.resource_metrics[0].scope_metrics[0].metrics[4].clone();
    let Some(Data::Sum(mut sum)) = metric.data.clone() else { panic!("{metric:?}") };
    let first = sum.data_points[0].clone();
    sum.data_points = (0..=REPORTS_PER_REQUEST_MAX as u64)
        .map(|index| {
            let mut point = first.clone();
            point.start_time_unix_nano += 1_000_000_000 * index;
            point.time_unix_nano = point.start_time_unix_nano + 1_000_000_000;
            point
        })
        .collect();
    request.resource_metrics[0].scope_metrics[0].metrics =
        vec![Metric { data: Some(Data::Sum(sum)), ..metric }];
    let decoded = otlp::decode_metrics(&request.encode_to_vec(), &DecodeLimits::default()).unwrap();
    assert_eq!((decoded.reports.len(), decoded.outcome.rejected), (REPORTS_PER_REQUEST_MAX, 1));
}

#[test]
fn texts_are_cut_and_values_of_other_kinds_are_passed_over() {
    let mut nested = Value::StringValue("deep".into());
    for _ in 0..50 {
        nested = Value::ArrayValue(ArrayValue { values: vec![AnyValue { value: Some(nested) }] });
    }
    let decoded = traces_after(|spans| {
        spans[0].attributes.push(text("appd.user_data.long", &"漢".repeat(10_000)));
        spans[0].attributes.push(attribute("appd.user_data.nested", nested));
        spans[0].attributes.push(attribute("appd.user_data.number", Value::DoubleValue(1.5)));
        spans[0].attributes.push(KeyValue { key: "appd.user_data.none".into(), ..KeyValue::default() });
        spans[1].name = "n".repeat(1_000);
    });
    let segment = &decoded.batches[0].segments[0];
    let user_data = &segment.user_data[sample::segment().user_data.len()..];
    assert_eq!(user_data.len(), 1, "{user_data:?}");
    assert_eq!(user_data[0].1.chars().count(), USER_DATA_VALUE_CHARS_MAX);
    assert_eq!(segment.exit_calls[0].display_name.chars().count(), NAME_CHARS_MAX);
}

#[test]
fn whole_requests_are_refused_when_they_are_not_otlp_or_too_much() {
    let limits = DecodeLimits::default();
    let good = metrics_request().encode_to_vec();
    assert_eq!(otlp::decode_metrics(&good[..good.len() - 1], &limits), Err(DecodeError::Protobuf));
    assert_eq!(otlp::decode_traces(b"\xff\xff", &limits), Err(DecodeError::Protobuf));
    let small = DecodeLimits { request_bytes_max: 10, ..limits.clone() };
    assert_eq!(
        otlp::decode_metrics(&good, &small),
        Err(DecodeError::TooLarge { bytes: good.len(), max: 10 })
    );
    let few = DecodeLimits { items_max: 5, ..limits.clone() };
    assert_eq!(otlp::decode_metrics(&good, &few), Err(DecodeError::TooMany { what: "items", max: 5 }));
    let resources = [0x0a, 0].repeat(RESOURCES_PER_REQUEST_MAX + 1);
    assert!(matches!(
        otlp::decode_traces(&resources, &limits),
        Err(DecodeError::TooMany { what: "resources", .. })
    ));
}

#[test]
fn bombs_of_empty_messages_are_walked_not_kept() {
    // A request of 16 MiB that a tree of messages would blow up to several GiB.
    let limits = DecodeLimits::default();
    let wrap = |field: u8, body: &[u8]| {
        let mut message = vec![field << 3 | 2];
        let mut length = body.len();
        while length >= 0x80 {
            message.push(length as u8 | 0x80);
            length >>= 7;
        }
        message.push(length as u8);
        message.extend_from_slice(body);
        message
    };
    let empty_spans = [0x12, 0].repeat(8 << 20);
    let request = wrap(1, &wrap(2, &empty_spans));
    assert!(matches!(
        otlp::decode_traces(&request, &limits),
        Err(DecodeError::TooMany { what: "items", .. })
    ));
    let empty_attributes = [0x4a, 0].repeat(ITEM_BYTES_MAX);
    let mut frame = traces_request().encode_to_vec();
    frame.extend(wrap(1, &{
        let resource = traces_request().resource_spans[0].resource.as_ref().unwrap().encode_to_vec();
        [wrap(1, &resource), wrap(2, &wrap(2, &empty_attributes))].concat()
    }));
    let decoded = otlp::decode_traces(&frame, &limits).unwrap();
    assert_eq!((decoded.outcome.accepted, decoded.outcome.rejected), (3, 1));
}
