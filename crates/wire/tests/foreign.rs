//! Both generations of OpenTelemetry's semantic conventions, by the vectors of `spec/otel-conventions.json`.

#![cfg(feature = "decode")]

use serde_json::{Value, json};
use tierline_model::foreign::{ForeignSpan, Role};
use tierline_wire::foreign::{decode_logs_json, decode_traces_json};
use tierline_wire::otlp::DecodeLimits;

fn attributes(attributes: &Value) -> Value {
    let pair = |(key, value): (&String, &Value)| match value {
        Value::Number(number) => json!({"key": key, "value": {"intValue": number.to_string()}}),
        other => json!({"key": key, "value": {"stringValue": other}}),
    };
    attributes.as_object().unwrap().iter().map(pair).collect()
}

fn request(resource: &Value, span: &Value) -> Vec<u8> {
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(resource)},
        "scopeSpans": [{"spans": [span]}],
    }]})
    .to_string()
    .into_bytes()
}

fn span(case: &Value) -> ForeignSpan {
    let span = json!({
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "00f067aa0ba902b7",
        "name": case["name"],
        "kind": case["kind"],
        "startTimeUnixNano": "1000",
        "endTimeUnixNano": "2000",
        "attributes": attributes(&case["attributes"]),
    });
    let decoded = decode_traces_json(&request(&json!({}), &span), &DecodeLimits::default()).unwrap();
    assert_eq!(decoded.outcome.accepted, 1, "{}: {:?}", case["why"], decoded.outcome);
    decoded.batches[0].spans[0].clone()
}

#[test]
fn vectors() {
    let vectors: Value = serde_json::from_str(include_str!("../../../spec/otel-conventions.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 25);
    for case in cases {
        let (why, expect) = (&case["why"], &case["expect"]);
        match span(case).role {
            Role::Entry(entry) => assert_eq!(json!(&*entry.name), expect["entry"], "{why}"),
            Role::Inside(_) => assert_eq!(expect["inside"], json!(true), "{why}"),
            Role::Exit(exit) => {
                let properties: Vec<[&str; 2]> =
                    exit.properties.iter().map(|p| [&*p.name, &*p.value]).collect();
                assert_eq!(json!(exit.exit_type.as_str()), expect["exit"], "{why}");
                assert_eq!(json!(properties), expect["properties"], "{why}");
                if !expect["operation"].is_null() {
                    assert_eq!(json!(&*exit.operation), expect["operation"], "{why}");
                }
                let all = format!("{exit:?}");
                assert!(!all.contains("card=1") && !all.contains("word"), "{why}: {all}");
            }
        }
    }
}

#[test]
fn a_resource_that_says_nothing_has_the_usual_names_and_one_of_ours_is_none() {
    let span = json!({
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b7", "kind": 2,
        "startTimeUnixNano": "1000", "endTimeUnixNano": "2000",
    });
    let agent = |resource: Value| {
        let decoded = decode_traces_json(&request(&resource, &span), &DecodeLimits::default()).unwrap();
        decoded.batches.into_iter().next().map(|batch| batch.agent)
    };
    let nameless = agent(json!({})).unwrap();
    assert_eq!(
        (&*nameless.application, &*nameless.tier, &*nameless.node),
        ("OpenTelemetry", "unknown_service", "unknown_service")
    );
    let named = json!({"service.name": "pay", "host.name": "h1", "telemetry.sdk.language": "nodejs"});
    let named_agent = agent(named.clone()).unwrap();
    assert_eq!((&*named_agent.tier, &*named_agent.node), ("pay", "h1"));
    assert_eq!(agent(named).unwrap().incarnation, named_agent.incarnation, "the same process, the same life");
    assert!(agent(json!({"appd.incarnation": "0af7651916cd43dd8448eb211c80319c"})).is_none());
}

#[test]
fn only_errors_within_spans_are_taken_from_logs() {
    let record = |severity: u64, trace: &str, more: Value| {
        json!({
            "severityNumber": severity, "traceId": trace, "spanId": "00f067aa0ba902b7",
            "body": {"stringValue": "text"}, "attributes": attributes(&more),
        })
    };
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        record(17, trace, json!({})),
        record(9, trace, json!({"exception.type": "KeyError", "exception.message": "7"})),
        record(9, trace, json!({})),
        record(17, "", json!({})),
    ]}]}]});
    let decoded = decode_logs_json(body.to_string().as_bytes(), &DecodeLimits::default()).unwrap();
    assert_eq!((decoded.outcome.accepted, decoded.outcome.not_understood), (2, 2));
    let errors = &decoded.batches[0].logged_errors;
    assert_eq!((&*errors[0].error.message, &*errors[1].error.type_name), ("text", "KeyError"));
}
