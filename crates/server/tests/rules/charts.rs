//! What charts show besides numbers.

use serde_json::json;
use tierline_model::{BtId, TierId};

use super::*;

#[tokio::test]
async fn charts_have_markers_and_baselines_and_lists_say_how_things_are() {
    let server = Server::with_shop().await;
    let deployed = json!({"type": "APPLICATION_DEPLOYMENT", "summary": "Version 7"});
    expect(&server, "POST", "/events", deployed, StatusCode::CREATED).await;
    let of_pay =
        json!({"type": "CUSTOM", "summary": "Cache emptied", "tierId": TierId::of(shop::APP, "pay").get()});
    expect(&server, "POST", "/events", of_pay, StatusCode::CREATED).await;
    let summaries = |answer: Value| -> Vec<String> {
        let markers = answer["markers"].as_array().unwrap().iter();
        markers.map(|marker| marker["summary"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(summaries(server.api("/markers").await), ["Version 7", "Cache emptied"]);
    let of_bt = format!("/markers?bt={}", shop::bt_id());
    assert_eq!(summaries(server.api(&of_bt).await), ["Version 7"], "the other is about a tier");
    for subject in [
        String::new(),
        format!("?bt={}", shop::bt_id()),
        format!("?tier={}", TierId::of(shop::APP, "web")),
        format!("?backend={}", shop::db_backend().id),
        format!("?bt={}", BtId::from_u64(5).unwrap()),
    ] {
        let bands = server.api(&format!("/series/baseline{subject}")).await;
        let hours = bands["averageMs"].as_array().unwrap();
        assert!((1..=2).contains(&hours.len()), "{bands}");
        assert_eq!(hours[0]["value"], Value::Null, "nothing was usual yet");
    }
    let applications = server.get("/api/applications").await.json();
    assert_eq!((&applications[0]["critical"], &applications[0]["warning"]), (&json!(0), &json!(0)));
}
