//! The metric browser's questions.

use super::*;

#[tokio::test]
async fn folders_lead_to_metrics_and_these_to_numbers() {
    let server = Server::with_shop().await;
    let root = server.api("/metrics").await;
    assert!(
        root.as_array().unwrap().iter().any(|entry| entry["path"] == "Overall Application Performance"),
        "{root}"
    );
    let backends = server.api("/metrics?metricPath=Backends").await;
    let names: Vec<&str> =
        backends.as_array().unwrap().iter().filter_map(|entry| entry["path"].as_str()).collect();
    let database = "Backends|Discovered backend call - db\\|main";
    assert!(names.contains(&database), "a name with a bar is escaped: {names:?}");
    let path = format!(
        "/metric-data?metricPath={}",
        "Backends%7CDiscovered%20backend%20call%20-%20db%5C%7Cmain%7CCalls%20per%20Minute"
    );
    let answer = server.api(&path).await;
    assert_eq!(answer["matched"], 1, "{answer}");
    let metric = &answer["metrics"][0];
    assert_eq!(
        (&metric["path"], &metric["stepMs"]),
        (&format!("{database}|Calls per Minute").into(), &60_000.into())
    );
    assert!(metric["points"][0]["value"].as_u64().unwrap() > 0, "{metric}");
    let all = server
        .api("/metric-data?metricPath=Overall%20Application%20Performance%7C*%7CCalls%20per%20Minute")
        .await;
    assert_eq!(all["matched"], 2, "web and pay: {all}");
    assert_eq!(server.api("/metric-data?metricPath=nonsense").await["matched"], 0);
    let long = format!("/metrics?metricPath={}", "a%7C".repeat(300));
    assert_eq!(call(&server, "GET", &long, &Value::Null).await.status, StatusCode::BAD_REQUEST);
}
