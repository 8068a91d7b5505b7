//! One record of `request-snapshots`: the same 51 keys every time (facts/controller-api 2.3).

use tierline_engine::snapshots::{Execution, PlacedExit, PlacedSegment};
use tierline_model::{ErrorId, ErrorRecord, ExitCallRecord, Segment, SpanId, Thresholds, Verdict};

use super::shape::Shape;
use super::value::Value;

/// What a record is made with.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// The application's name, part of error ids.
    pub application: &'a str,
    /// Whether property arrays are filled.
    pub properties: bool,
    /// Whether exit calls are listed.
    pub exit_calls: bool,
    /// Whether the request is kept for ever.
    pub archived: bool,
}

/// What every record looks like.
#[must_use]
pub fn shape() -> Shape {
    let named = |shape: Shape, names: &[&'static str]| -> Vec<(&'static str, Shape)> {
        names.iter().map(|name| (*name, shape.clone())).collect()
    };
    let mut fields = named(Shape::Number, &["id", "localID"]);
    fields.extend(named(Shape::Text, &["requestGUID"]));
    let ids =
        ["applicationId", "applicationComponentId", "applicationComponentNodeId", "businessTransactionId"];
    fields.extend(named(Shape::Number, &ids));
    let times = ["serverStartTime", "localStartTime", "timeTakenInMilliSecs", "cpuTimeTakenInMilliSecs"];
    fields.extend(named(Shape::Number, &times));
    fields.extend(named(Shape::Number, &["endToEndLatency"]));
    fields.extend(named(Shape::Word(&VERDICTS), &["userExperience", "endToEndUserExperience"]));
    fields.extend(named(Shape::Bool, &["errorOccured"]));
    fields.extend(named(Shape::Text, &["warningThreshold", "criticalThreshold", "summary", "errorSummary"]));
    fields.extend(named(Shape::Bool, &["firstInChain"]));
    fields.extend(named(Shape::Text, &["callChain", "snapshotExitSequence"]));
    fields.extend(named(Shape::Bool, &["unresolvedCallInCallChain", "async"]));
    fields.extend(named(Shape::Text, &["URL"]));
    let lists = ["httpParameters", "httpHeaders", "responseHeaders", "cookies", "sessionKeys"];
    fields.extend(named(Shape::properties(), &lists));
    fields.extend(named(Shape::Text, &["httpSessionID", "threadID", "threadName"]));
    let lists =
        ["businessData", "transactionProperties", "transactionEvents", "logMessages", "dotnetProperty"];
    fields.extend(named(Shape::properties(), &lists));
    fields.extend(named(Shape::properties(), &["stackTraces"]));
    fields.extend(named(Shape::Text, &["stallDump"]));
    fields.push(("errorIDs", Shape::list(Shape::Number)));
    fields.push(("errorDetails", Shape::properties()));
    fields.extend(named(Shape::Bool, &["hasDeepDiveData"]));
    fields.extend(named(Shape::Text, &["deepDivePolicy"]));
    fields.extend(named(Shape::Bool, &["delayedDeepDive"]));
    fields.extend(named(Shape::Number, &["delayedDeepDiveOffSet"]));
    fields.extend(named(Shape::Text, &["diagnosticSessionGUID"]));
    fields.extend(named(Shape::Bool, &["archived"]));
    fields.push(("snapshotExitCalls", exit_call_shape()));
    fields.extend(named(Shape::Bool, &["exitCallsDataTruncated"]));
    fields.extend(named(Shape::Text, &["exitCallsDataTruncationMessage"]));
    Shape::records(&fields)
}

const VERDICTS: [&str; 5] = ["NORMAL", "SLOW", "VERY_SLOW", "STALL", "ERROR"];

fn exit_call_shape() -> Shape {
    Shape::records(&[
        ("exitPointName", Shape::Text),
        ("detailString", Shape::Text),
        ("errorDetails", Shape::Text),
        ("callingMethod", Shape::Text),
        ("timestamp", Shape::Number),
        ("timeTakenInMillis", Shape::Number),
        ("count", Shape::Number),
        ("errorCount", Shape::Number),
        ("snapshotSequenceCounter", Shape::Text),
        ("toComponentId", Shape::Text),
        ("properties", Shape::properties()),
        ("propertiesAsString", Shape::Text),
    ])
}

/// The record of one segment of an execution.
#[must_use]
pub fn record(placed: &PlacedSegment, execution: &Execution, wishes: Wishes<'_>) -> Value {
    let mut fields = identity(placed);
    fields.extend(timing(&placed.record.segment));
    fields.extend(verdict(placed, execution));
    fields.extend(chain(placed, execution));
    fields.extend(request(&placed.record.segment));
    fields.extend(data(&placed.record.segment, wishes));
    fields.extend(errors(&placed.record.segment, wishes));
    fields.extend(deep_dive(&placed.record.segment, wishes));
    fields.extend(exits(placed, wishes));
    Value::Record(fields)
}

type Fields = Vec<(&'static str, Value)>;

fn millis(ns: u64) -> Value {
    ((ns + 500_000) / 1_000_000).into()
}

fn identity(placed: &PlacedSegment) -> Fields {
    let (record, segment) = (&placed.record, &placed.record.segment);
    // A number that tells segments of one request apart and fits the recorded type.
    let local = u64::from_be_bytes(segment.span_id.to_bytes()) & 0x7fff_ffff;
    vec![
        ("id", 0u64.into()),
        ("localID", local.into()),
        ("requestGUID", segment.guid.to_string().into()),
        ("applicationId", record.app_id.get().into()),
        ("applicationComponentId", record.tier_id.get().into()),
        ("applicationComponentNodeId", record.node_id.get().into()),
        ("businessTransactionId", segment.bt.id.get().into()),
    ]
}

fn timing(segment: &Segment) -> Fields {
    let start: Value = (segment.start_unix_ns / 1_000_000).into();
    vec![
        ("serverStartTime", start.clone()),
        ("localStartTime", start),
        ("timeTakenInMilliSecs", millis(segment.duration_ns)),
        ("cpuTimeTakenInMilliSecs", millis(segment.cpu_ns.unwrap_or(0))),
        ("endToEndLatency", Value::Number(-1)),
    ]
}

fn verdict(placed: &PlacedSegment, execution: &Execution) -> Fields {
    let segment = &placed.record.segment;
    let end_to_end = execution.root().map_or(segment.verdict, |root| root.record.segment.verdict);
    let in_error = segment.verdict == Verdict::Error || !segment.errors.is_empty();
    let summary = segment.errors.iter().map(error_text).collect::<Vec<_>>().join("\n");
    vec![
        ("userExperience", segment.verdict.as_str().into()),
        ("endToEndUserExperience", end_to_end.as_str().into()),
        ("errorOccured", in_error.into()),
        ("warningThreshold", threshold("Slow", segment.thresholds.slow_ns).into()),
        ("criticalThreshold", threshold("Very slow", segment.thresholds.very_slow_ns).into()),
        ("summary", summary_of(segment).into()),
        ("errorSummary", summary.into()),
    ]
}

/// The documented product has sentences here, not numbers.
fn threshold(what: &str, ns: u64) -> String {
    if ns == u64::MAX { format!("{what}: never") } else { format!("{what} above {} ms", ns / 1_000_000) }
}

fn summary_of(segment: &Segment) -> String {
    let took_ms = segment.duration_ns / 1_000_000;
    let Thresholds { slow_ns, very_slow_ns, stall_ns } = segment.thresholds;
    let against = |what: &str, ns: u64| format!("{what}: {took_ms} ms, above {} ms", ns / 1_000_000);
    match segment.verdict {
        Verdict::Normal => format!("Normal: {took_ms} ms"),
        Verdict::Slow => against("Slow", slow_ns),
        Verdict::VerySlow => against("Very slow", very_slow_ns),
        Verdict::Stall if segment.abandoned => format!("Stall: not ended after {took_ms} ms"),
        Verdict::Stall => against("Stall", stall_ns),
        Verdict::Error => segment.errors.first().map_or_else(|| "Error".to_owned(), error_text),
    }
}

fn error_text(error: &ErrorRecord) -> String {
    if error.message.is_empty() {
        error.type_name.to_string()
    } else {
        format!("{}: {}", error.type_name, error.message)
    }
}

fn chain(placed: &PlacedSegment, execution: &Execution) -> Fields {
    let segment = &placed.record.segment;
    let unresolved = placed.exits.iter().any(|exit| exit.to_tier.is_none());
    let asynchronous = segment.kind == tierline_model::SegmentKind::Consumer;
    vec![
        ("firstInChain", segment.first_in_chain().into()),
        ("callChain", call_chain(placed, execution).into()),
        ("snapshotExitSequence", (&*segment.sequence).into()),
        ("unresolvedCallInCallChain", unresolved.into()),
        ("async", asynchronous.into()),
    ]
}

/// Tiers a request may pass through in one chain; a chain that claims more, or a circle, is cut.
const CHAIN_HOPS_MAX: usize = 64;

/// `Component:10|Exit Call:HTTP|To:14|Component:14`.
fn call_chain(placed: &PlacedSegment, execution: &Execution) -> String {
    let mut hops = vec![format!("Component:{}", placed.record.tier_id)];
    let mut current = placed;
    for _ in 0..CHAIN_HOPS_MAX {
        let tier = current.record.tier_id;
        let Some((caller, exit)) = current.record.segment.parent_span_id.and_then(|p| caller(execution, p))
        else {
            if let Some(caller) = current.record.segment.caller {
                hops.push(format!("Component:{}|To:{tier}", caller.tier_id));
            }
            break;
        };
        let exit_type = &exit.backend.key.exit_type;
        hops.push(format!("Component:{}|Exit Call:{exit_type}|To:{tier}", caller.record.tier_id));
        current = caller;
    }
    hops.reverse();
    hops.join("|")
}

fn caller(execution: &Execution, parent: SpanId) -> Option<(&PlacedSegment, &ExitCallRecord)> {
    execution.segments.iter().find_map(|segment| {
        let position = segment.exits.iter().position(|exit| exit.span_id == parent)?;
        Some((segment, segment.record.segment.exit_calls.get(position)?))
    })
}

/// Requests are not looked into yet; the arrays are there, as in the recording.
fn request(segment: &Segment) -> Fields {
    vec![
        ("URL", "".into()),
        ("httpParameters", Value::no_properties()),
        ("httpHeaders", Value::no_properties()),
        ("responseHeaders", Value::no_properties()),
        ("cookies", Value::no_properties()),
        ("sessionKeys", Value::no_properties()),
        ("httpSessionID", "".into()),
        ("threadID", (&*segment.thread).into()),
        ("threadName", (&*segment.thread).into()),
    ]
}

fn data(segment: &Segment, wishes: Wishes<'_>) -> Fields {
    let user_data = segment.user_data.iter().filter(|_| wishes.properties);
    vec![
        ("businessData", Value::properties(user_data.map(|(key, value)| (&**key, &**value)))),
        ("transactionProperties", Value::no_properties()),
        ("transactionEvents", Value::no_properties()),
        ("logMessages", Value::no_properties()),
        ("dotnetProperty", Value::no_properties()),
        ("stackTraces", Value::no_properties()),
        ("stallDump", "".into()),
    ]
}

fn errors(segment: &Segment, wishes: Wishes<'_>) -> Fields {
    let ids = segment.errors.iter().map(|e| ErrorId::of(wishes.application, &e.type_name).get().into());
    let details = segment.errors.iter().filter(|_| wishes.properties).map(|error| {
        let id = ErrorId::of(wishes.application, &error.type_name).get();
        let value = if error.stack.is_empty() { &error.message } else { &error.stack };
        Value::Record(vec![
            ("name", error_text(error).into()),
            ("id", id.into()),
            ("value", (&**value).into()),
        ])
    });
    vec![
        ("errorIDs", Value::List("error-id", ids.collect())),
        ("errorDetails", Value::List("name-value", details.collect())),
    ]
}

fn deep_dive(segment: &Segment, wishes: Wishes<'_>) -> Fields {
    vec![
        ("hasDeepDiveData", false.into()),
        ("deepDivePolicy", segment.policy.as_str().into()),
        ("delayedDeepDive", false.into()),
        ("delayedDeepDiveOffSet", Value::Number(-1)),
        ("diagnosticSessionGUID", "".into()),
        ("archived", wishes.archived.into()),
    ]
}

fn exits(placed: &PlacedSegment, wishes: Wishes<'_>) -> Fields {
    let segment = &placed.record.segment;
    let calls = segment.exit_calls.iter().zip(&placed.exits).filter(|_| wishes.exit_calls);
    let calls = calls.map(|(exit, place)| exit_call(segment, exit, *place)).collect();
    let dropped = segment.exit_calls_dropped;
    let message = if dropped > 0 { format!("{dropped} exit calls without details") } else { String::new() };
    vec![
        ("snapshotExitCalls", Value::List("snapshot-exit-call", calls)),
        ("exitCallsDataTruncated", (dropped > 0).into()),
        ("exitCallsDataTruncationMessage", message.into()),
    ]
}

fn exit_call(segment: &Segment, exit: &ExitCallRecord, place: PlacedExit) -> Value {
    let detail = if exit.operation.is_empty() { &exit.display_name } else { &exit.operation };
    let to = match place.to_tier {
        Some(tier) => tier.to_string(),
        None => format!("{{[UNRESOLVED][{}]}}", exit.backend.id),
    };
    let properties = || exit.backend.key.properties.iter().chain(&exit.optional_properties);
    let text: Vec<String> = properties().map(|p| format!("{}={}", p.name, p.value)).collect();
    let errors: Vec<String> = exit.errors.iter().map(error_text).collect();
    Value::Record(vec![
        ("exitPointName", exit.backend.key.exit_type.as_str().into()),
        ("detailString", (&**detail).into()),
        ("errorDetails", errors.join("\n").into()),
        ("callingMethod", "".into()),
        ("timestamp", (segment.start_unix_ns.saturating_add(exit.start_offset_ns) / 1_000_000).into()),
        ("timeTakenInMillis", millis(exit.duration_ns)),
        ("count", 1u64.into()),
        ("errorCount", u64::from(!exit.errors.is_empty()).into()),
        ("snapshotSequenceCounter", (&*exit.sequence).into()),
        ("toComponentId", to.into()),
        ("properties", Value::properties(properties().map(|p| (&*p.name, &*p.value)))),
        ("propertiesAsString", text.join(", ").into()),
    ])
}
