//! `request-snapshots`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tierline_engine::snapshots::{Execution, PlacedSegment, assemble};
use tierline_model::{AppId, ErrorId, Guid};
use tierline_store::{Application, Entities, Store, StoreError};

use super::answer::Output;
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::snapshot_filter::{Wanted, wanted};
use super::snapshot_record::{Wishes, record};
use super::time_range::time_range;
use super::value::Value;
use crate::controller::{Shared, now_ms};

/// Kept segments, newest first.
///
/// # Errors
/// When there is no such application or the time makes no sense.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let range = time_range(&parameters, now_ms())?;
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller
        .ask(move |store| {
            let Some(application) = directory::application(store, &account, &app)? else { return Ok(None) };
            let wanted = wanted(&parameters, application.id, range);
            records(store, &account, &application, &wanted).map(Some)
        })
        .await?
        .ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    Ok(output.answer("request-segment-datas", &Value::List("request-segment-data", found)))
}

fn records(
    store: &dyn Store,
    account: &str,
    application: &Application,
    wanted: &Wanted,
) -> Result<Vec<Value>, StoreError> {
    let Some(filter) = &wanted.filter else { return Ok(Vec::new()) };
    let wishes = Wishes {
        application: &application.name,
        properties: wanted.properties,
        exit_calls: wanted.exit_calls,
    };
    let mut executions = Executions { store, account, entities: HashMap::new(), at_hand: HashMap::new() };
    let mut filter = filter.clone();
    let mut found = Vec::new();
    loop {
        let page = store.segments(account, &filter)?;
        for summary in &page.segments {
            let Some(execution) = executions.get(summary.guid)? else { continue };
            let segment = execution.segments.iter().find(|s| s.record.segment.span_id == summary.span_id);
            let Some(segment) = segment.filter(|s| has_error(s, &wanted.error_ids, &application.name)) else {
                continue;
            };
            found.push(record(segment, execution, wishes));
            if found.len() >= wanted.limit {
                return Ok(found);
            }
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(found),
        }
    }
}

fn has_error(segment: &PlacedSegment, error_ids: &[ErrorId], application: &str) -> bool {
    let mut errors = segment.record.segment.errors.iter();
    error_ids.is_empty()
        || errors.any(|error| error_ids.contains(&ErrorId::of(application, &error.type_name)))
}

/// Executions kept at hand: the segments of one request are near each other in time.
const EXECUTIONS_AT_HAND_MAX: usize = 64;

/// Executions already put together: one request often has several records in the answer.
struct Executions<'a> {
    store: &'a dyn Store,
    account: &'a str,
    entities: HashMap<AppId, Arc<Entities>>,
    at_hand: HashMap<Guid, Option<Execution>>,
}

impl Executions<'_> {
    fn get(&mut self, guid: Guid) -> Result<Option<&Execution>, StoreError> {
        if !self.at_hand.contains_key(&guid) {
            if self.at_hand.len() >= EXECUTIONS_AT_HAND_MAX {
                self.at_hand.clear();
            }
            let records = self.store.execution(self.account, guid)?;
            for app in records.iter().map(|r| r.app_id) {
                if !self.entities.contains_key(&app) {
                    self.entities.insert(app, Arc::new(self.store.entities(self.account, app)?));
                }
            }
            let entities = self.entities.values().cloned().collect();
            self.at_hand.insert(guid, assemble(records, entities));
        }
        Ok(self.at_hand.get(&guid).and_then(Option::as_ref))
    }
}
