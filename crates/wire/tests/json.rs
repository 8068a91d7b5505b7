//! OTLP/JSON is read as the protobuf of the same request. The JSON is made from the generated messages, after the
//! rules of the OTLP specification: ids in hex, enums as numbers, 64-bit integers as texts, lowerCamelCase.

mod sample;

use proptest::prelude::*;
use prost::Message as _;
use serde_json::{Map, Value, json};
use tierline_testkit::generate;
use tierline_wire::limits::JSON_ITEM_BYTES_MAX;
use tierline_wire::otlp::{self, DecodeError, DecodeLimits};
use tierline_wire::proto::otlp::collector::metrics::v1::ExportMetricsServiceRequest;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;
use tierline_wire::proto::otlp::common::v1::{AnyValue, KeyValue, any_value};
use tierline_wire::proto::otlp::metrics::v1::{NumberDataPoint, metric::Data, number_data_point};
use tierline_wire::proto::otlp::resource::v1::Resource;
use tierline_wire::proto::otlp::trace::v1::Span;

fn any_value(value: &AnyValue) -> Value {
    match value.value.as_ref().unwrap() {
        any_value::Value::StringValue(text) => json!({"stringValue": text}),
        any_value::Value::BoolValue(flag) => json!({"boolValue": flag}),
        any_value::Value::IntValue(number) => json!({"intValue": number.to_string()}),
        any_value::Value::ArrayValue(array) => {
            json!({"arrayValue": {"values": array.values.iter().map(any_value).collect::<Vec<_>>()}})
        }
        other => panic!("{other:?}"),
    }
}

fn attributes(attributes: &[KeyValue]) -> Value {
    attributes
        .iter()
        .map(|kv| json!({"key": kv.key, "value": any_value(kv.value.as_ref().unwrap())}))
        .collect()
}

fn resource(resource: &Option<Resource>) -> Value {
    json!({"attributes": attributes(&resource.as_ref().unwrap().attributes)})
}

fn number_points(points: &[NumberDataPoint]) -> Value {
    points
        .iter()
        .map(|point| {
            let mut json = json!({
                "startTimeUnixNano": point.start_time_unix_nano.to_string(),
                "timeUnixNano": point.time_unix_nano.to_string(),
                "attributes": attributes(&point.attributes),
            });
            match point.value.unwrap() {
                number_data_point::Value::AsInt(value) => json["asInt"] = json!(value.to_string()),
                number_data_point::Value::AsDouble(value) => json["asDouble"] = json!(value),
            }
            json
        })
        .collect()
}

fn metric_data(data: &Data) -> (&'static str, Value) {
    match data {
        Data::Gauge(gauge) => ("gauge", json!({"dataPoints": number_points(&gauge.data_points)})),
        Data::Sum(sum) => (
            "sum",
            json!({"dataPoints": number_points(&sum.data_points), "aggregationTemporality": 1, "isMonotonic": true}),
        ),
        Data::ExponentialHistogram(histogram) => {
            let points: Value = histogram
                .data_points
                .iter()
                .map(|point| {
                    let positive = point.positive.as_ref().map(|buckets| {
                        let counts: Vec<String> = buckets.bucket_counts.iter().map(u64::to_string).collect();
                        json!({"offset": buckets.offset, "bucketCounts": counts})
                    });
                    json!({
                        "startTimeUnixNano": point.start_time_unix_nano.to_string(),
                        "timeUnixNano": point.time_unix_nano.to_string(),
                        "attributes": attributes(&point.attributes),
                        "count": point.count.to_string(),
                        "sum": point.sum,
                        "min": point.min,
                        "max": point.max,
                        "scale": point.scale,
                        "zeroCount": point.zero_count.to_string(),
                        "positive": positive,
                    })
                })
                .collect();
            ("exponentialHistogram", json!({"dataPoints": points, "aggregationTemporality": 1}))
        }
        other => panic!("{other:?}"),
    }
}

fn metrics_json(protobuf: &[u8]) -> Value {
    let request = ExportMetricsServiceRequest::decode(protobuf).unwrap();
    let resources: Value = request
        .resource_metrics
        .iter()
        .map(|metrics| {
            let all: Value = metrics.scope_metrics[0]
                .metrics
                .iter()
                .map(|metric| {
                    let (kind, data) = metric_data(metric.data.as_ref().unwrap());
                    let mut json = Map::new();
                    json.insert("name".into(), json!(metric.name));
                    json.insert(kind.into(), data);
                    Value::Object(json)
                })
                .collect();
            json!({"resource": resource(&metrics.resource), "scopeMetrics": [{"metrics": all}]})
        })
        .collect();
    json!({"resourceMetrics": resources})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn span_json(span: &Span) -> Value {
    let events: Value = span
        .events
        .iter()
        .map(|event| {
            let time = event.time_unix_nano.to_string();
            json!({"name": event.name, "timeUnixNano": time, "attributes": attributes(&event.attributes)})
        })
        .collect();
    json!({
        "traceId": hex(&span.trace_id),
        "spanId": hex(&span.span_id).to_uppercase(),
        "parentSpanId": hex(&span.parent_span_id),
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": span.start_time_unix_nano.to_string(),
        "endTimeUnixNano": span.end_time_unix_nano.to_string(),
        "attributes": attributes(&span.attributes),
        "events": events,
    })
}

fn traces_json(protobuf: &[u8]) -> Value {
    let request = ExportTraceServiceRequest::decode(protobuf).unwrap();
    let resources: Value = request
        .resource_spans
        .iter()
        .map(|spans| {
            let all: Value = spans.scope_spans[0].spans.iter().map(span_json).collect();
            json!({"resource": resource(&spans.resource), "scopeSpans": [{"spans": all}]})
        })
        .collect();
    json!({"resourceSpans": resources})
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn reports_are_the_same(agent in generate::agent_identity(), report in generate::interval_report()) {
        let mut bytes = Vec::new();
        otlp::encode_metrics(&agent, &report, &mut bytes);
        let json = metrics_json(&bytes).to_string();
        let limits = DecodeLimits::default();
        prop_assert_eq!(otlp::decode_metrics_json(json.as_bytes(), &limits), otlp::decode_metrics(&bytes, &limits));
    }

    #[test]
    fn segments_are_the_same(
        agent in generate::agent_identity(),
        segments in prop::collection::vec(generate::segment(), 1..3),
    ) {
        let mut bytes = Vec::new();
        otlp::encode_traces(&agent, &segments, &mut bytes);
        let json = traces_json(&bytes).to_string();
        let limits = DecodeLimits::default();
        prop_assert_eq!(otlp::decode_traces_json(json.as_bytes(), &limits), otlp::decode_traces(&bytes, &limits));
    }
}

fn sample_json() -> Value {
    let mut bytes = Vec::new();
    otlp::encode_metrics(&sample::agent(), &sample::report(), &mut bytes);
    metrics_json(&bytes)
}

#[test]
fn numbers_may_be_numbers_and_absent_fields_may_be_null() {
    let mut json = sample_json();
    let point = &mut json["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["exponentialHistogram"]["dataPoints"]
        [0];
    point["count"] = json!(4);
    point["exemplars"] = Value::Null;
    json["resourceMetrics"][0]["scopeMetrics"][0]["schemaUrl"] = Value::Null;
    json["resourceMetrics"].as_array_mut().unwrap().push(json!({"resource": null, "scopeMetrics": null}));
    let decoded = otlp::decode_metrics_json(json.to_string().as_bytes(), &DecodeLimits::default()).unwrap();
    assert_eq!(decoded.reports[0].report, sample::report());
}

#[test]
fn one_wrong_item_is_rejected_alone() {
    for wrong in
        [json!(5), json!([]), json!({"count": -1}), json!({"attributes": {}}), json!({"scale": 1e30})]
    {
        let mut json = sample_json();
        let points = &mut json["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["exponentialHistogram"]
            ["dataPoints"];
        points.as_array_mut().unwrap().push(wrong.clone());
        let decoded =
            otlp::decode_metrics_json(json.to_string().as_bytes(), &DecodeLimits::default()).unwrap();
        assert_eq!(decoded.outcome.rejected, 1, "{wrong}");
        assert_eq!(decoded.reports[0].report, sample::report(), "{wrong}");
    }
}

#[test]
fn an_item_that_is_too_large_is_not_read() {
    let mut json = sample_json();
    let points = &mut json["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["exponentialHistogram"]["dataPoints"];
    let mut large = points[0].clone();
    large["padding"] = json!("x".repeat(JSON_ITEM_BYTES_MAX));
    points.as_array_mut().unwrap().push(large);
    let decoded = otlp::decode_metrics_json(json.to_string().as_bytes(), &DecodeLimits::default()).unwrap();
    assert_eq!((decoded.outcome.rejected, decoded.outcome.repeated), (1, 0));
}

#[test]
fn what_is_not_otlp_json_is_refused_as_a_whole() {
    let deep = format!("{{\"resourceSpans\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for wrong in ["", "[", "[]", "5", "{\"resourceSpans\": 5}", "{\"resourceSpans\": [7]}", &deep] {
        let decoded = otlp::decode_traces_json(wrong.as_bytes(), &DecodeLimits::default());
        assert!(matches!(decoded, Err(DecodeError::Json(_))), "{}", &wrong[..wrong.len().min(30)]);
    }
    assert!(otlp::decode_traces_json(b"{}", &DecodeLimits::default()).unwrap().batches.is_empty());
}
