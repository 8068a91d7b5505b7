//! `events`: what happened to an application, and what people and programs add to it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use tierline_engine::events::{self, EntityRef, Event, EventFilter, Severity, kinds};

use super::answer::{self, Output};
use super::body::TextBody;
use super::call::{Call, Calls, TIME, optional, required};
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::time_range::time_range;
use super::value::Value;
use super::violations::{entity, entity_shape};
use crate::controller::{Shared, now_ms};
use crate::limits::REST_EVENTS_MAX;
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = Shape::records(&[
        ("id", Shape::Number),
        ("type", Shape::Text),
        ("subType", Shape::Text),
        ("summary", Shape::Text),
        ("severity", Shape::Word(&["INFO", "WARN", "ERROR"])),
        ("eventTime", Shape::Number),
        ("archived", Shape::Bool),
        ("markedAsRead", Shape::Bool),
        ("markedAsResolved", Shape::Bool),
        ("deepLinkUrl", Shape::Text),
        ("triggeredEntity", Shape::OrNull(Box::new(entity_shape()))),
        ("affectedEntities", Shape::list(entity_shape())),
    ]);
    let list_call = Call::get("/rest/applications/{app}/events", "events_list", "Events, newest first.")
        .note("At most 5,000 come in one answer; when there may be more, the header `X-Result-Truncated: true` says so and `Link` with rel=\"next\" where to go on.")
        .with(&TIME)
        .with(&[
            optional("event-types", "Types, separated by commas; unknown ones match nothing. All when absent."),
            optional("severities", "Of INFO, WARN, ERROR, separated by commas. All when absent."),
            optional("tier", "Only about this tier, by name or id."),
        ]);
    let create_call = Call::post("/rest/applications/{app}/events", "events_create", "Adds an event.")
        .with(&[
            required("summary", "One sentence."),
            required("eventtype", "APPLICATION_DEPLOYMENT or CUSTOM."),
            optional("severity", "INFO (the default), WARN or ERROR."),
            optional("comment", "More of it."),
            optional("bt", "The business transaction it is about."),
            optional("tier", "The tier it is about."),
            optional("node", "The node it is about."),
            optional("customeventtype", "A type of your own."),
            optional("propertynames", "Names of properties; may come several times."),
            optional("propertyvalues", "Their values, in the same order."),
        ])
        .note("Parameters may also come as a form in the body.")
        .answers_text("text/plain", "`Successfully created the event id:` and the id.")
        .fails(&[413]);
    Calls::default().add(list_call.answers("The events.", shape), list).add(create_call, create)
}

async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, RestError> {
    // What was added in this very millisecond has happened.
    let range = time_range(&parameters, now_ms() + 1)?;
    let directory = directory::open(&controller, &address).await?;
    let tier = parameters.text("tier").map(|tier| about_tier(&directory, tier)).transpose()?;
    let app_id = directory.application.id;
    let account = address.account.clone();
    let mut filter = EventFilter { limit: REST_EVENTS_MAX, ..EventFilter::default() };
    let wanted = parameters.list("event-types").unwrap_or_default();
    filter.types = wanted.into_iter().map(event_type).collect();
    let mut nothing = false;
    if let Some(names) = parameters.list("severities") {
        filter.severities = names.iter().filter_map(|name| severity(name)).collect();
        nothing = filter.severities.is_empty();
    }
    filter.before_id = parameters.number("after");
    let found = controller
        .ask(
            move |store| {
                if nothing { Ok(Vec::new()) } else { events::find(store, &account, app_id, range, &filter) }
            },
        )
        .await?;
    let next = found.last().filter(|_| found.len() >= REST_EVENTS_MAX).map(|event| event.id.to_string());
    let base = answer::page_address(&headers, &controller.listen);
    let link = format!("{base}/applications/{app_id}");
    let about = |event: &&Event| {
        tier.as_ref().is_none_or(|ids| {
            event.affected_entities.iter().any(|e| ids.contains(&(e.entity_type.clone(), e.entity_id)))
        })
    };
    let all = found.iter().filter(about).map(|event| record(event, &link)).collect();
    let mut response = output.answer("events", &Value::List("event", all));
    if let Some(next) = next {
        answer::truncated(response.headers_mut(), REST_EVENTS_MAX, Some(&answer::next_link(&uri, &next)));
    }
    Ok(response)
}

/// Health rules were once called policies; both names are understood.
fn event_type(name: &str) -> String {
    match name.strip_prefix("HEALTH_RULE_") {
        Some(rest) => format!("POLICY_{rest}"),
        None => name.to_owned(),
    }
}

fn severity(name: &str) -> Option<Severity> {
    match name.to_ascii_uppercase().as_str() {
        "INFO" => Some(Severity::Info),
        "WARN" | "WARNING" => Some(Severity::Warn),
        "ERROR" | "CRITICAL" => Some(Severity::Error),
        _ => None,
    }
}

const TIER: &str = "APPLICATION_COMPONENT";
const NODE: &str = "APPLICATION_COMPONENT_NODE";
const BT: &str = "BUSINESS_TRANSACTION";

/// A tier, its nodes and its business transactions.
fn about_tier(directory: &Directory, name: &str) -> Result<Vec<(String, u64)>, RestError> {
    let tier = directory.tier(name)?.id;
    let nodes = directory.entities.nodes.iter().filter(|node| node.tier_id == tier);
    let bts = directory.entities.bts.iter().filter(|bt| bt.tier_id == tier);
    let mut all = vec![(TIER.to_owned(), tier.get())];
    all.extend(nodes.map(|node| (NODE.to_owned(), node.id.get())));
    all.extend(bts.map(|bt| (BT.to_owned(), bt.id.get())));
    Ok(all)
}

fn record(event: &Event, link: &str) -> Value {
    let affected = event.affected_entities.iter().map(entity).collect();
    Value::Record(vec![
        ("id", event.id.into()),
        ("type", event.event_type.as_str().into()),
        ("subType", event.sub_type.as_str().into()),
        ("summary", event.summary.as_str().into()),
        ("severity", event.severity.as_str().into()),
        ("eventTime", event.time_ms.into()),
        ("archived", event.archived.into()),
        ("markedAsRead", event.marked_as_read.into()),
        ("markedAsResolved", event.marked_as_resolved.into()),
        ("deepLinkUrl", link.into()),
        ("triggeredEntity", event.triggered_entity.as_ref().map_or(Value::Null, entity)),
        ("affectedEntities", Value::List("affected-entity", affected)),
    ])
}

async fn create(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
    headers: HeaderMap,
    TextBody(body): TextBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::CreateEvents)?;
    let parameters = parameters.with_form(&headers, &body);
    let directory = directory::open(&controller, &address).await?;
    let mut event = read(&parameters, &directory)?;
    event.time_ms = now_ms();
    let account = address.account.clone();
    let id = controller
        .ask(move |store| {
            let mut events = [event];
            events::record(store, &account, &mut events)?;
            Ok(events.first().map_or(0, |event| event.id))
        })
        .await?;
    Ok(answer::text("text/plain;charset=UTF-8", format!("Successfully created the event id:{id}")))
}

fn read(parameters: &Parameters, directory: &Directory) -> Result<Event, RestError> {
    let missing = |name: &str| RestError::bad_request(format!("Invalid value for {name} is specified"));
    let summary = parameters.text("summary").ok_or_else(|| missing("summary"))?;
    let kind = parameters.text("eventtype").map(str::to_ascii_uppercase);
    let kind = kind.filter(|kind| kind == kinds::DEPLOYMENT || kind == kinds::CUSTOM);
    let kind = kind.ok_or_else(|| missing("eventtype"))?;
    let severity = match parameters.text("severity") {
        None => Severity::Info,
        Some(name) => severity(name).ok_or_else(|| missing("severity"))?,
    };
    let mut event = Event::new(directory.application.id, &kind, severity, summary);
    event.sub_type = parameters.text("customeventtype").unwrap_or_default().to_owned();
    event.comment = parameters.text("comment").unwrap_or_default().to_owned();
    let values = parameters.all("propertyvalues").map(str::to_owned);
    let names = parameters.all("propertynames").map(str::to_owned);
    event.properties = names.zip(values).collect::<BTreeMap<String, String>>();
    event.affected_entities = affected(parameters, directory)?;
    Ok(event)
}

fn affected(parameters: &Parameters, directory: &Directory) -> Result<Vec<EntityRef>, RestError> {
    let mut all = Vec::new();
    if let Some(name) = parameters.text("bt") {
        let bt = directory.bt(name)?;
        all.push(EntityRef::new(BT, bt.id.get(), &*bt.name));
    }
    if let Some(name) = parameters.text("node") {
        let node = directory.node(name)?;
        all.push(EntityRef::new(NODE, node.id.get(), &*node.name));
    }
    if let Some(name) = parameters.text("tier") {
        let tier = directory.tier(name)?;
        all.push(EntityRef::new(TIER, tier.id.get(), &*tier.name));
    }
    let application = &directory.application;
    all.push(EntityRef::new("APPLICATION", application.id.get(), &*application.name));
    Ok(all)
}
