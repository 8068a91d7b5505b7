//! `problems/healthrule-violations`, and what it was called before.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use tierline_engine::evaluation::Level;
use tierline_engine::events::EntityRef;
use tierline_engine::violations::{Violation, violations};

use super::answer::{self, Output};
use super::call::{Call, Calls, TIME};
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::time_range::time_range;
use super::value::Value;
use crate::controller::{Shared, now_ms};
use crate::limits::REST_VIOLATIONS_MAX;

/// How an entity looks in an answer.
#[must_use]
pub fn entity_shape() -> Shape {
    Shape::Record(vec![("entityType", Shape::Text), ("entityId", Shape::Number), ("name", Shape::Text)])
}

/// An entity.
#[must_use]
pub fn entity(entity: &EntityRef) -> Value {
    Value::Record(vec![
        ("entityType", entity.entity_type.as_str().into()),
        ("entityId", entity.entity_id.into()),
        ("name", entity.name.as_str().into()),
    ])
}

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        Shape::records(&[
            ("id", Shape::Number),
            ("name", Shape::Text),
            ("description", Shape::Text),
            ("incidentStatus", Shape::Word(&["OPEN", "RESOLVED", "NOT_APPLICABLE"])),
            ("severity", Shape::Word(&["INFO", "WARNING", "CRITICAL"])),
            ("startTimeInMillis", Shape::Number),
            ("detectedTimeInMillis", Shape::Number),
            ("endTimeInMillis", Shape::Number),
            ("deepLinkUrl", Shape::Text),
            ("affectedEntityDefinition", entity_shape()),
            ("triggeredEntityDefinition", entity_shape()),
        ])
    };
    let all = [
        ("/rest/applications/{app}/problems/healthrule-violations", "violations_list"),
        ("/rest/applications/{app}/problems/policy-violations", "violations_list_older"),
        ("/rest/applications/{app}/problems", "violations_list_short"),
    ];
    all.into_iter().fold(Calls::default(), |calls, (path, id)| {
        let call = Call::get(path, id, "Violations of health rules that were open in the time, newest first.")
            .note("`endTimeInMillis` is 0 while one is open. At most 5,000; a cut answer has the header `X-Result-Truncated: true`.")
            .with(&TIME);
        calls.add(call.answers("The violations.", shape()), list)
    })
}

async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, RestError> {
    let range = time_range(&parameters, now_ms())?;
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let (app_id, mut found) = controller
        .ask(move |store| {
            let Some(application) = directory::application(store, &account, &app)? else { return Ok(None) };
            Ok(Some((application.id, violations(store, &account, application.id, range)?)))
        })
        .await?
        .ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    let cut = found.len() > REST_VIOLATIONS_MAX;
    found.truncate(REST_VIOLATIONS_MAX);
    let base = answer::page_address(&headers, &controller.listen);
    let link = format!("{base}/applications/{app_id}");
    let all = found.iter().map(|violation| record(violation, &link)).collect();
    let mut response = output.answer("policy-violations", &Value::List("policy-violation", all));
    if cut {
        answer::truncated(response.headers_mut(), REST_VIOLATIONS_MAX, None);
    }
    Ok(response)
}

fn record(violation: &Violation, link: &str) -> Value {
    let status = match (violation.is_open(), violation.canceled) {
        (true, _) => "OPEN",
        (false, false) => "RESOLVED",
        (false, true) => "NOT_APPLICABLE",
    };
    let severity = match violation.level {
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    };
    Value::Record(vec![
        ("id", violation.id.into()),
        ("name", violation.rule_name.as_str().into()),
        ("description", violation.description.as_str().into()),
        ("incidentStatus", status.into()),
        ("severity", severity.into()),
        ("startTimeInMillis", violation.start_ms.into()),
        ("detectedTimeInMillis", violation.detected_ms.into()),
        ("endTimeInMillis", violation.end_ms.into()),
        ("deepLinkUrl", link.into()),
        ("affectedEntityDefinition", entity(&violation.affected)),
        ("triggeredEntityDefinition", entity(&violation.triggered())),
    ])
}
