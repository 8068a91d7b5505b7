//! The public REST API under `/controller` (facts/controller-api 1 to 3): XML unless `output=JSON` is asked for, every
//! key always present in JSON, names or ids in paths, arrays of one for single things, sloppy requests accepted.

pub mod answer;
pub mod applications;
pub mod auth;
pub mod backends;
pub mod business_transactions;
pub mod directory;
pub mod error;
pub mod json;
pub mod metric_data;
pub mod metrics;
pub mod nodes;
pub mod query;
pub mod request_snapshots;
pub mod server_status;
pub mod snapshot_filter;
pub mod snapshot_record;
pub mod tiers;
pub mod time_range;
pub mod value;
pub mod visitor;
pub mod xml;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

pub use error::RestError;

use crate::controller::Shared;
use crate::limits::REST_BODY_BYTES_MAX;

/// All calls of the REST API.
pub fn routes() -> Router<Shared> {
    let app = Router::new()
        .route("/", get(applications::one))
        .route("/tiers", get(tiers::list))
        .route("/tiers/{tier}", get(tiers::one))
        .route("/tiers/{tier}/nodes", get(nodes::of_tier))
        .route("/nodes", get(nodes::list))
        .route("/nodes/{node}", get(nodes::one))
        .route("/business-transactions", get(business_transactions::list))
        .route("/business-transactions/{bt}", get(business_transactions::one))
        .route("/backends", get(backends::list))
        .route("/metrics", get(metrics::list))
        .route("/metric-data", get(metric_data::list))
        .route("/request-snapshots", get(request_snapshots::list));
    Router::new()
        .route("/auth", get(auth::login).post(auth::login))
        .route("/rest/serverstatus", get(server_status::show))
        .route("/rest/applications", get(applications::list))
        .nest("/rest/applications/{app}", app)
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(REST_BODY_BYTES_MAX))
}

async fn unknown() -> RestError {
    RestError::not_found()
}
