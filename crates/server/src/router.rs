//! Everything the controller answers, on one port.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tierline_store::StoreHealth;

use crate::controller::Shared;
use crate::limits::REQUEST_S_MAX;
use crate::login::{self, PAGE_COOKIE};
use crate::permissions::Permission;
use crate::{api, ingest, page, rest, security_headers};

/// The router of a controller.
pub fn router(controller: &Shared) -> Router {
    Router::new()
        .nest("/api", api::routes())
        .nest("/controller", rest::routes())
        // One client asks without the prefix (facts/controller-api 2.7).
        .route("/api/accounts/myaccount", get(rest::account::own))
        .route("/metrics", get(metrics))
        .fallback(page::serve)
        .layer(from_fn(in_time))
        .merge(ingest::http::routes())
        .merge(ingest::opamp::routes())
        .with_state(controller.clone())
        .layer(from_fn_with_state(controller.clone(), security_headers::add))
        .merge(ingest::grpc::routes(controller))
}

/// Open to everybody, as Prometheus expects it; what accounts send is told to those only who may know it.
async fn metrics(State(controller): State<Shared>, parts: Parts) -> impl IntoResponse {
    let visitor = login::identify(&controller, &parts, PAGE_COOKIE).await.ok().flatten();
    let visitor = visitor.map(|found| found.visitor);
    let all = visitor.as_ref().is_some_and(|visitor| visitor.must(Permission::ManageAccounts).is_ok());
    let own = visitor.map(|visitor| visitor.account);
    let mut gauges = controller.gauges();
    // Without an answer its lines are missing, which Prometheus takes for what it is.
    if let Ok(health) = controller.ask(|store| store.health_lately()).await {
        gauges.values.extend(of_store(&health));
    }
    let mut text = controller.counters.text(&gauges, |account| all || own.as_deref() == Some(account));
    text.push_str(&controller.foreign.waiting().text());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn of_store(health: &StoreHealth) -> [(&'static str, &'static str, u64); 7] {
    [
        ("store_bytes", "Bytes of all files of the store", health.bytes),
        ("store_limit_bytes", "Bytes they may have, 0 without a limit", health.bytes_max.unwrap_or(0)),
        ("store_disk_free_bytes", "Bytes free on its disk", health.disk_free_bytes),
        (
            "store_snapshots_dropped_for_room",
            "Segments dropped before their time, since the start",
            health.segments_dropped_for_room,
        ),
        (
            "store_metric_days_dropped_for_room",
            "Days of fine numbers dropped before their time, since the start",
            health.metric_days_dropped_for_room,
        ),
        ("store_reports_late", "Reports left out because their day was dropped", health.reports_late),
        (
            "store_files_put_aside",
            "Damaged files put aside, since the start",
            health.quarantined.len() as u64,
        ),
    ]
}

/// A request of people or scripts takes bounded time, however slowly its body comes.
async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(Duration::from_secs(REQUEST_S_MAX), next.run(request)).await;
    answer.unwrap_or_else(|_| {
        let text = "The request took too long. Ask for a shorter time or fewer things.";
        (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], text).into_response()
    })
}
