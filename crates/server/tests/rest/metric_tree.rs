//! The metric tree and metric-data are one: every leaf that is found by browsing has exactly one record under its path.

use serde_json::{Value, json};
use tierline_engine::transactions_admin::{Decision, decide};
use tierline_model::AppId;

use super::recorded;
use super::support::in_process::Server;
use super::support::shop;

fn encoded(path: &str) -> String {
    path.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

async fn list(server: &Server, path: &str) -> Value {
    let found = server.rest(&format!("/metrics?metric-path={}", encoded(path))).await;
    recorded::check("metrics", &found);
    found
}

async fn data(server: &Server, path: &str) -> Value {
    let hour = "time-range-type=BEFORE_NOW&duration-in-mins=60";
    let found = server.rest(&format!("/metric-data?metric-path={}&{hour}", encoded(path))).await;
    recorded::check("metric_data", &found);
    found
}

fn group(server: &Server, name: &str) {
    let into = Decision::Group(name.into(), vec![shop::bt_id()]);
    decide(&*server.controller.store, "customer1", AppId::of(shop::APP), &into, "anna").unwrap();
}

#[tokio::test]
async fn every_leaf_of_the_tree_has_its_data() {
    let server = Server::with_shop().await;
    group(&server, "all|that");
    let root = server.rest("/metrics").await;
    let names: Vec<&str> =
        root.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "Overall Application Performance",
            "Business Transaction Performance",
            "Information Points",
            "Application Infrastructure Performance",
            "Errors",
            "End User Experience",
            "Mobile",
            "Backends",
            "Service Endpoints",
        ]
    );
    let mut folders: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let (mut leaves, mut with_data) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in list(&server, &folder).await.as_array().unwrap() {
            let path = format!("{folder}|{}", entry["name"].as_str().unwrap().replace('|', "\\|"));
            if entry["type"] == "folder" {
                folders.push(path);
                continue;
            }
            leaves += 1;
            let found = data(&server, &path).await;
            assert_eq!((found.as_array().unwrap().len(), &found[0]["metricPath"]), (1, &json!(path)));
            with_data += usize::from(found[0]["metricName"] != "METRIC DATA NOT FOUND");
        }
    }
    assert!(leaves > 90 && with_data > 60, "{leaves} leaves, {with_data} with data");
}

#[tokio::test]
async fn errors_by_type_and_groups_of_business_transactions() {
    let server = Server::with_shop().await;
    group(&server, "checkout");
    for (path, sum) in [
        ("Errors|web|ValueError|Errors per Minute", 1),
        ("Errors|web|ValueError|Individual Nodes|web-1|Errors per Minute", 1),
        ("Business Transaction Performance|Business Transaction Groups|checkout|Calls per Minute", 10),
        ("Business Transaction Performance|Business Transaction Groups|checkout|Errors per Minute", 1),
    ] {
        let found = data(&server, path).await;
        assert_eq!(found[0]["metricValues"][0]["sum"], sum, "{path}: {found}");
    }
    assert_eq!(data(&server, "Errors|web|Moon|Errors per Minute").await, json!([]));
    let all = data(&server, "Errors|*|*|Errors per Minute").await;
    assert!(
        all.as_array().unwrap().iter().any(|m| m["metricPath"] == "Errors|web|ValueError|Errors per Minute")
    );
}

#[tokio::test]
async fn backends_are_found_without_the_long_words() {
    let server = Server::with_shop().await;
    let found = data(&server, "Backends|pay:80|Calls per Minute").await;
    assert_eq!(found[0]["metricPath"], "Backends|Discovered backend call - pay:80|Calls per Minute");
    assert_eq!(found[0]["metricValues"][0]["sum"], 10);
}
