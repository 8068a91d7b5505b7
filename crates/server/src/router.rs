//! Everything the controller answers, on one port.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::controller::Shared;
use crate::{api, ingest, page, rest, security_headers};

/// The router of a controller.
pub fn router(controller: &Shared) -> Router {
    Router::new()
        .merge(ingest::http::routes())
        .merge(ingest::opamp::routes())
        .nest("/api", api::routes())
        .nest("/controller", rest::routes())
        // One client asks without the prefix (facts/controller-api 2.7).
        .route("/api/accounts/myaccount", get(rest::account::own))
        .route("/metrics", get(metrics))
        .fallback(page::serve)
        .with_state(controller.clone())
        .layer(from_fn(security_headers::add))
        .merge(ingest::grpc::routes(controller))
}

async fn metrics(State(controller): State<Shared>) -> impl IntoResponse {
    let gate = &controller.gate;
    let text = controller.counters.text(gate.requests_running(), gate.memory_bytes());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
