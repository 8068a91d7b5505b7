//! The public REST API under `/controller` (facts/controller-api 1 to 3): XML unless `output=JSON` is asked for, every
//! key always present in JSON, names or ids in paths, arrays of one for single things, sloppy requests accepted.
//! Each file says what its calls are (`calls`), which makes the routes and the OpenAPI document.

pub mod account;
pub mod alerting;
pub mod answer;
pub mod applications;
pub mod audit_history;
pub mod auth;
pub mod backends;
pub mod body;
pub mod business_transactions;
pub mod calendar;
pub mod call;
pub mod configuration;
pub mod detection_transfer;
pub mod directory;
pub mod document;
pub mod error;
pub mod events;
pub mod json;
pub mod json_in_xml;
pub mod lenient;
pub mod metric_data;
pub mod metrics;
pub mod nodes;
pub mod nodes_historical;
pub mod query;
pub mod rbac;
pub mod request_snapshots;
pub mod server_status;
pub mod service_endpoints;
pub mod shape;
pub mod snapshot_filter;
pub mod snapshot_record;
pub mod tiers;
pub mod time_range;
pub mod tools;
pub mod transfer;
pub mod users;
pub mod value;
pub mod violations;
pub mod visitor;
pub mod xml;
pub mod xml_reader;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;

pub use error::RestError;

use self::call::Calls;
use crate::controller::Shared;
use crate::limits::REST_BODY_BYTES_MAX;
use crate::oauth;

/// All calls.
#[must_use]
pub fn calls() -> Calls {
    Calls::default()
        .and(applications::calls())
        .and(tiers::calls())
        .and(nodes::calls())
        .and(business_transactions::calls())
        .and(backends::calls())
        .and(metrics::calls())
        .and(metric_data::calls())
        .and(request_snapshots::calls())
        .and(violations::calls())
        .and(events::calls())
        .and(service_endpoints::calls())
        .and(nodes_historical::calls())
        .and(alerting::calls())
        .and(configuration::calls())
        .and(transfer::calls())
        .and(detection_transfer::calls())
        .and(tools::calls())
        .and(rbac::calls())
        .and(users::calls())
        .and(account::calls())
        .and(audit_history::calls())
        .and(oauth::calls())
        .and(auth::calls())
        .and(server_status::calls())
}

/// The routes, to be nested under `/controller`.
pub fn routes() -> Router<Shared> {
    calls()
        .router()
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(error::in_their_form))
        .layer(DefaultBodyLimit::max(REST_BODY_BYTES_MAX))
}

async fn unknown() -> RestError {
    RestError::not_found()
}

async fn wrong_method() -> RestError {
    RestError::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method")
}
