//! `ControllerAuditHistory`: who did what.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use tierline_store::TimeRange;

use super::answer;
use super::calendar;
use super::call::{Call, Calls, optional, required};
use super::directory::Address;
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use crate::audit::{self, AuditEntry};
use crate::controller::Shared;
use crate::limits::REST_AUDIT_LINES_MAX;
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = Shape::records(&[
        ("timeStamp", Shape::Number),
        ("auditDateTime", Shape::Text),
        ("accountName", Shape::Text),
        ("securityProviderType", Shape::Text),
        ("userName", Shape::Text),
        ("action", Shape::Text),
        ("objectId", Shape::Text),
    ]);
    let call = Call::get("/ControllerAuditHistory", "audit_history", "Who did what, newest first.")
        .note("At most 10,000 lines; a cut answer has the header `X-Result-Truncated: true` and `Link` with rel=\"next\".")
        .with(&[
            required("startTime", "`2020-12-29T17:00:00.000-0000`, inclusive."),
            required("endTime", "The same form, exclusive."),
            optional("after", "Where the answer before ended, from its `Link`."),
        ])
        .answers_json(200, "One record per change.", shape)
        .fails(&[400]);
    Calls::default().add(call, list)
}

async fn list(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
    uri: axum::http::Uri,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ViewAudit)?;
    let time = |name: &str| {
        let invalid = || {
            RestError::bad_request(format!(
                "Invalid value for {name} is specified: write it as 2020-12-29T17:00:00.000-0000"
            ))
        };
        parameters.text(name).and_then(calendar::read).ok_or_else(invalid)
    };
    let range = TimeRange { start_ms: time("startTime")?, end_ms: time("endTime")? };
    if range.start_ms >= range.end_ms {
        return Err(RestError::bad_request("Invalid time range: the start time is not before the end time"));
    }
    let before_id = parameters.number("after");
    let account = address.account;
    let found = controller
        .ask(move |store| audit::entries(store, &account, range, REST_AUDIT_LINES_MAX, before_id))
        .await?;
    let all: Vec<Value> = found.iter().map(record).collect();
    let mut response = answer::json(StatusCode::OK, &Value::from(all));
    if let Some(last) = found.last().filter(|_| found.len() >= REST_AUDIT_LINES_MAX) {
        let next = answer::next_link(&uri, &last.id.to_string());
        answer::truncated(response.headers_mut(), REST_AUDIT_LINES_MAX, Some(&next));
    }
    Ok(response)
}

fn record(entry: &AuditEntry) -> Value {
    json!({
        "timeStamp": entry.time_ms,
        "auditDateTime": calendar::text(entry.time_ms),
        "accountName": entry.account,
        "securityProviderType": entry.provider,
        "userName": entry.user,
        "action": entry.action,
        "objectId": entry.object,
    })
}
