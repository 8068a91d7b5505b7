//! The real binary: what was acknowledged survives `kill -9`, before and after its trace was decided.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tierline_server::http_client::send;

use crate::otlp::{SERVER, request, span, trace};
use crate::support::binary::Binary;
use crate::support::in_process::KEY;

const CALLS: &str = "Overall Application Performance|Calls per Minute";

async fn report(binary: &Binary, number: u64) -> bool {
    let route = json!(format!("/route{}", number % 3));
    let root = span(&trace(number), (number, 0), SERVER, "GET", (0, 10), &[("http.route", route)]);
    let request = Request::post("/v1/traces")
        .header("content-type", "application/json")
        .header("x-tierline-access-key", KEY)
        .body(Body::from(request("web", &[root]).to_string()))
        .unwrap();
    send(&binary.address, request).await.is_ok_and(|answer| answer.status == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_counted_twice_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    let mut sent = 0;
    for round in 0..6u64 {
        let binary = Binary::start_with(folder.path(), &[("TIERLINE_FOREIGN_WINDOW_S", "1")]).await;
        let until = Instant::now() + Duration::from_millis(1_300 + 400 * round);
        while Instant::now() < until {
            sent += 1;
            if report(&binary, sent).await {
                acknowledged += 1;
                // As after a lost acknowledgement, also of what was decided before.
                assert!(report(&binary, sent.saturating_sub(sent % 50).max(1)).await);
            }
        }
        // Dropped: SIGKILL, while some traces wait, some are being written and some are in the store.
    }
    let binary = Binary::start_with(folder.path(), &[("TIERLINE_FOREIGN_WINDOW_S", "1")]).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut found = 0;
    while found < acknowledged && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(300)).await;
        found = binary.sum(CALLS).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    found = binary.sum(CALLS).await;
    assert!(acknowledged > 50, "hardly anything was acknowledged: {acknowledged}");
    assert_eq!(found, acknowledged, "of {sent} sent");
}
