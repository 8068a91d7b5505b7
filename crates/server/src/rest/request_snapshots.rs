//! `request-snapshots`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tierline_engine::snapshots::{Execution, PlacedSegment, assemble};
use tierline_model::{AppId, ErrorId, Guid};
use tierline_store::{Application, Entities, Store, StoreError};

use super::answer::{self, Output};
use super::call::{Call, Calls, Parameter, TIME, optional};
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::snapshot_filter::{Wanted, wanted};
use super::snapshot_record::{Wishes, record, shape};
use super::time_range::time_range;
use super::value::Value;
use crate::controller::{Shared, now_ms};
use crate::limits::REST_ANSWER_BYTES_MAX;
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let call = Call::get(
        "/rest/applications/{app}/request-snapshots",
        "request_snapshots_list",
        "Kept executions, newest first: one record per segment.",
    )
    .note(ABOUT)
    .with(&TIME)
    .with(&FILTERS);
    Calls::default().add(call.answers("The records.", shape()), list)
}

const ABOUT: &str = "Lists in parameters are separated by commas. One request has several records with one `requestGUID`; its root has `firstInChain` true. Property arrays and `snapshotExitCalls` stay empty unless `need-props` and `need-exit-calls` ask for them. At most 2,000 records and about 32 MB come in one answer; when there are more, the header `X-Result-Truncated: true` says so and `Link` with rel=\"next\" where to go on.";

const FILTERS: [Parameter; 24] = [
    optional("guids", "Requests."),
    optional("application-component-ids", "Ids of tiers."),
    optional("application-component-node-ids", "Ids of nodes."),
    optional("business-transaction-ids", "Ids of business transactions."),
    optional("user-experience", "NORMAL, SLOW, VERY_SLOW, STALL, ERROR."),
    optional("deep-dive-policy", "Why it was kept: SLA_FAILURE, ERROR_SAMPLING, TIME_SAMPLING, ON_DEMAND, …"),
    optional("first-in-chain", "true: only where a request began; false: only the other tiers."),
    optional("execution-time-in-milis", "At least this long."),
    optional("error-occured", "With or without errors."),
    optional("error-ids", "With one of these errors."),
    optional("bad-request", "true: only slow, very slow, stalled and failed ones."),
    optional("diagnostic-snapshot", "true: only those of diagnostic sessions and on demand."),
    optional("diagnostic-session-guid", "Of one diagnostic session."),
    optional("archived", "true: only archived ones."),
    optional("session-id", "Of a web session; agents report none."),
    optional("user-principal-id", "Of a user; agents report none."),
    optional("data-collector-name", "With user data of this name."),
    optional("data-collector-value", "And this value."),
    optional("data-collector-type", "Business data is the only type agents report."),
    optional("starting-request-id", "Taken and without effect: the `id` of all records is 0."),
    optional("ending-request-id", "Taken and without effect: the `id` of all records is 0."),
    optional("need-props", "true fills the property arrays."),
    optional("need-exit-calls", "true fills `snapshotExitCalls`."),
    optional("maximum-results", "600 when absent, at most 2,000."),
];

/// Kept segments, newest first.
///
/// # Errors
/// When there is no such application or the time makes no sense.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
    uri: Uri,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ViewSnapshots)?;
    let range = time_range(&parameters, now_ms())?;
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let page = controller
        .ask(move |store| {
            let Some(application) = directory::application(store, &account, &app)? else { return Ok(None) };
            let wanted = wanted(&parameters, application.id, range);
            records(store, &account, &application, &wanted).map(Some)
        })
        .await?
        .ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    let mut response =
        output.answer("request-segment-datas", &Value::List("request-segment-data", page.records));
    if let Some(next) = page.next {
        answer::truncated(response.headers_mut(), page.limit, Some(&answer::next_link(&uri, &next)));
    }
    Ok(response)
}

/// Records and where to go on when there are more.
struct Page {
    records: Vec<Value>,
    next: Option<String>,
    limit: usize,
}

fn records(
    store: &dyn Store,
    account: &str,
    application: &Application,
    wanted: &Wanted,
) -> Result<Page, StoreError> {
    let mut page = Page { records: Vec::new(), next: None, limit: wanted.limit };
    let Some(filter) = &wanted.filter else { return Ok(page) };
    let wishes = Wishes {
        application: &application.name,
        properties: wanted.properties,
        exit_calls: wanted.exit_calls,
        archived: false,
    };
    let mut executions = Executions { store, account, entities: HashMap::new(), at_hand: HashMap::new() };
    let mut filter = filter.clone();
    let mut bytes = 0;
    loop {
        // Few at a time, so that the place to go on is near where an answer has to end early.
        filter.limit = (wanted.limit - page.records.len()).min(SNAPSHOTS_READ_AT_ONCE);
        let found = store.segments(account, &filter)?;
        for summary in &found.segments {
            let Some(execution) = executions.get(summary.guid)? else { continue };
            let segment = execution.segments.iter().find(|s| s.record.segment.span_id == summary.span_id);
            let Some(segment) = segment.filter(|s| has_error(s, &wanted.error_ids, &application.name)) else {
                continue;
            };
            let record = record(segment, execution, Wishes { archived: summary.archived, ..wishes });
            bytes += record.size_bytes();
            page.records.push(record);
        }
        let Some(next) = found.next else { return Ok(page) };
        if page.records.len() >= wanted.limit || bytes > REST_ANSWER_BYTES_MAX {
            page.next = Some(next);
            return Ok(page);
        }
        filter.after = Some(next);
    }
}

/// Segments read from the store at one time.
const SNAPSHOTS_READ_AT_ONCE: usize = 100;

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
