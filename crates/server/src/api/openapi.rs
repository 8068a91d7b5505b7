//! `docs/reference/openapi.json`: generated from the handlers and their types, never edited.

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{
    access_keys, accounts, administration, agent_configuration, alerting, api_clients, applications, audit,
    backends, business_transactions, detection_trial, diagnostic_sessions, email_server, error_groups,
    events, flow_map, groups, health, markers, metrics, nodes, oidc, roles, scorecard, series, session,
    snapshot, snapshots, status, users,
};

/// The page API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tierline page API",
        description = "What the page asks the controller. Times are milliseconds since 1970, durations milliseconds, ids numbers up to 2^52 - 1. A POST needs the header X-CSRF-TOKEN with the token of GET /api/session.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        session::login,
        oidc::options,
        oidc::begin,
        oidc::callback,
        session::session,
        session::logout,
        session::setup,
        applications::list,
        applications::one,
        scorecard::scorecard,
        series::series,
        series::baseline,
        flow_map::flow_map,
        business_transactions::list,
        business_transactions::one,
        snapshots::list,
        snapshot::one,
        snapshot::archive,
        backends::list,
        backends::one,
        nodes::list,
        metrics::folder,
        metrics::data,
        access_keys::list,
        access_keys::add,
        access_keys::one,
        access_keys::revoke,
        accounts::list,
        accounts::add,
        accounts::change,
        api_clients::list,
        api_clients::add,
        api_clients::change,
        api_clients::remove,
        api_clients::renew,
        api_clients::revoke,
        audit::list,
        groups::list,
        groups::add,
        groups::change,
        groups::remove,
        roles::list,
        roles::add,
        roles::change,
        roles::remove,
        status::status,
        users::list,
        users::add,
        users::change,
        users::remove,
        users::password,
        alerting::list,
        alerting::one,
        alerting::create,
        alerting::update,
        alerting::delete,
        alerting::test_action,
        alerting::deliveries,
        health::violations,
        health::health,
        health::baseline,
        events::list,
        events::create,
        markers::markers,
        error_groups::list,
        error_groups::one,
        administration::bts,
        administration::decide_bts,
        administration::decide_backend,
        administration::forget_node,
        administration::staleness_hours,
        administration::set_staleness_hours,
        diagnostic_sessions::list,
        diagnostic_sessions::start,
        diagnostic_sessions::stop,
        diagnostic_sessions::policy,
        diagnostic_sessions::set_policy,
        agent_configuration::get,
        agent_configuration::put,
        detection_trial::post,
        agent_configuration::history,
        agent_configuration::roll_back,
        email_server::get,
        email_server::put,
    )
)]
struct PageApi;

/// The document as text, the same for the same source.
///
/// # Errors
/// When it cannot be written as JSON; it always can.
pub fn document() -> Result<String, serde_json::Error> {
    let mut document = serde_json::to_value(PageApi::openapi())?;
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            if !name.ends_with("Request") {
                require_all_properties(schema);
            }
        }
    }
    declare_refusals(&mut document);
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// What every call may answer besides what it says itself: it is asked wrongly, too often, or while the store is away.
fn declare_refusals(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let calls = paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut);
    for call in calls.flat_map(|methods| methods.values_mut()) {
        let takes_something = call.get("parameters").is_some() || call.get("requestBody").is_some();
        let mut refusals =
            vec![("429", "Too many requests; come back later."), ("503", "The store is away.")];
        if takes_something {
            refusals.push(("400", "It is asked wrongly; the answer says how."));
        }
        if call.get("requestBody").is_some() {
            refusals.push(("413", "The body is too large."));
            refusals.push(("415", "The body is not application/json."));
            refusals.push(("422", "The body is not what the call takes."));
        }
        let Some(answers) = call.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for (status, about) in refusals {
            let schema = json!({"$ref": "#/components/schemas/ErrorAnswer"});
            let answer = json!({"description": about, "content": {"application/json": {"schema": schema}}});
            answers.entry(status).or_insert(answer);
        }
    }
}

/// Answers never leave a key out: what may be absent is null. Readers need not handle a third case.
fn require_all_properties(schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_all_properties);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let names: Vec<Value> = properties.keys().map(|name| Value::from(name.as_str())).collect();
        schema["required"] = Value::from(names);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_document_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
        let fresh = super::document().unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == fresh,
            "docs/reference/openapi.json is stale: run UPDATE=1 cargo test -p tierline-server --lib openapi"
        );
    }
}
