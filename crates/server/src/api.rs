//! The page's own API under `/api`: JSON, camelCase, times in milliseconds since 1970, durations in
//! milliseconds (may be fractional), ids as numbers up to 2^52 − 1.
//!
//! One file per group: what goes over the wire and the handlers that make it. `docs/reference/openapi.json` is
//! generated from here, and the page's types from that.

pub mod access_keys;
pub mod accounts;
pub mod administration;
pub mod agent_configuration;
pub mod alerting;
pub mod api_clients;
pub mod applications;
pub mod audit;
pub mod backends;
pub mod body;
pub mod business_transactions;
mod change;
pub mod detection_trial;
pub mod diagnostic_sessions;
pub mod email_server;
pub mod error;
pub mod error_groups;
pub mod events;
pub mod flow_map;
pub mod groups;
pub mod health;
pub mod markers;
pub mod metrics;
pub mod nodes;
pub mod numbers;
pub mod oidc;
pub mod openapi;
pub mod parameters;
pub mod roles;
pub mod scorecard;
pub mod series;
pub mod session;
pub mod snapshot;
pub mod snapshots;
pub mod status;
pub mod users;
pub mod visitor;

pub use error::ApiError;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::routing::{delete, get, post, put};

use crate::controller::Shared;
use crate::limits::PAGE_BODY_BYTES_MAX;

/// All calls of the page API.
pub fn routes() -> Router<Shared> {
    let app = Router::new()
        .route("/", get(applications::one))
        .route("/scorecard", get(scorecard::scorecard))
        .route("/series", get(series::series))
        .route("/series/baseline", get(series::baseline))
        .route("/flow-map", get(flow_map::flow_map))
        .route("/business-transactions", get(business_transactions::list))
        .route("/business-transactions/{bt}", get(business_transactions::one))
        .route("/snapshots", get(snapshots::list))
        .route("/snapshots/{guid}", get(snapshot::one))
        .route("/snapshots/{guid}/archive", post(snapshot::archive))
        .route("/backends", get(backends::list))
        .route("/backends/{backend}", get(backends::one))
        .route("/nodes", get(nodes::list))
        .route("/metrics", get(metrics::folder))
        .route("/metric-data", get(metrics::data))
        .merge(rules());
    Router::new()
        .route("/login", post(session::login))
        .route("/login/options", get(oidc::options))
        .route("/login/oidc", get(oidc::begin))
        .route("/login/oidc/callback", get(oidc::callback))
        .route("/logout", post(session::logout))
        .route("/session", get(session::session))
        .route("/setup", get(session::setup))
        .route("/status", get(status::status))
        .route("/access-keys", get(access_keys::list).post(access_keys::add))
        .route("/access-keys/{id}", get(access_keys::one).delete(access_keys::revoke))
        .route("/accounts", get(accounts::list).post(accounts::add))
        .route("/accounts/{name}", put(accounts::change))
        .route("/api-clients", get(api_clients::list).post(api_clients::add))
        .route("/api-clients/{id}", put(api_clients::change).delete(api_clients::remove))
        .route("/api-clients/{id}/secret", post(api_clients::renew))
        .route("/api-clients/{id}/tokens", delete(api_clients::revoke))
        .route("/audit", get(audit::list))
        .route("/groups", get(groups::list).post(groups::add))
        .route("/groups/{id}", put(groups::change).delete(groups::remove))
        .route("/roles", get(roles::list).post(roles::add))
        .route("/roles/{id}", put(roles::change).delete(roles::remove))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}", put(users::change).delete(users::remove))
        .route("/users/password", post(users::password))
        .route("/email-server", get(email_server::get).put(email_server::put))
        .route("/staleness", get(administration::staleness_hours).put(administration::set_staleness_hours))
        .route("/applications", get(applications::list))
        .nest("/applications/{app}", app)
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(map_response(error::in_our_form))
        .layer(DefaultBodyLimit::max(PAGE_BODY_BYTES_MAX))
}

/// Calls about one application: what its people set up, and what came of it.
fn rules() -> Router<Shared> {
    Router::new()
        .route("/alerting/{kind}", get(alerting::list).post(alerting::create))
        .route("/alerting/{kind}/{id}", get(alerting::one).put(alerting::update).delete(alerting::delete))
        .route("/alerting/actions/{id}/test", post(alerting::test_action))
        .route("/deliveries", get(alerting::deliveries))
        .route("/violations", get(health::violations))
        .route("/health", get(health::health))
        .route("/baseline", get(health::baseline))
        .route("/events", get(events::list).post(events::create))
        .route("/markers", get(markers::markers))
        .route("/errors", get(error_groups::list))
        .route("/errors/{tier}/{error}", get(error_groups::one))
        .route(
            "/business-transactions/administration",
            get(administration::bts).post(administration::decide_bts),
        )
        .route("/backends/{backend}/administration", post(administration::decide_backend))
        .route("/nodes/{node}", delete(administration::forget_node))
        .route("/diagnostic-sessions", get(diagnostic_sessions::list).post(diagnostic_sessions::start))
        .route("/diagnostic-sessions/{guid}", delete(diagnostic_sessions::stop))
        .route("/diagnostic-policy", get(diagnostic_sessions::policy).put(diagnostic_sessions::set_policy))
        .route("/agent-configuration", get(agent_configuration::get).put(agent_configuration::put))
        .route("/agent-configuration/trial", post(detection_trial::post))
        .route("/agent-configuration/history", get(agent_configuration::history))
        .route("/agent-configuration/roll-back", post(agent_configuration::roll_back))
}

async fn unknown() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "There is no such call.",
        "docs/reference/openapi.json lists all calls of the page API.",
    )
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "The call does not have this method.",
        "docs/reference/openapi.json lists all calls of the page API.",
    )
}
