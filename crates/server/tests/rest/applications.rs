//! Applications, tiers, nodes, business transactions, backends, metrics and snapshots, as scripts see them: keys,
//! spelling, XML and JSON, errors. Ids and times are replaced in the snapshots; everything else is byte for byte.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tierline_model::{AppId, NodeId, TierId};

use super::recorded;
use super::support::in_process::{PASSWORD, Server, basic};
use super::support::shop;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect()
}

fn sorted<const N: usize>(mut keys: [&'static str; N]) -> [&'static str; N] {
    keys.sort_unstable();
    keys
}

/// Numbers of more than six digits become `N`.
fn without_ids(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() > 6 { "N" } else { &digits });
        digits.clear();
        out.push(c);
    }
    out.trim_end().replace("><", ">\n<")
}

#[tokio::test]
async fn applications_by_name_and_by_id() {
    let server = Server::with_shop().await;
    let list = server.get("/controller/rest/applications?output=JSON").await;
    assert_eq!(list.header("content-type"), "application/json;charset=UTF-8");
    let list = list.json();
    recorded::check("applications", &list);
    assert_eq!(keys(&list[0]), sorted(["name", "description", "id", "accountGuid"]));
    assert_eq!(server.rest("").await, list);
    let id = AppId::of(shop::APP);
    assert_eq!(
        server.get(&format!("/controller/rest/applications/{id}?output=json&output=JSON")).await.json(),
        list
    );
    let xml = server.get("/controller/rest/applications").await;
    assert_eq!(xml.header("content-type"), "application/xml");
    insta::assert_snapshot!(without_ids(&xml.text()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <applications>
    <application>
    <name>shop</name>
    <id>N</id>
    <accountGuid>8f091f8c-7328-8e77-a597-dd28cf820153</accountGuid>
    </application>
    </applications>
    "#);
}

#[tokio::test]
async fn tiers_and_nodes() {
    let server = Server::with_shop().await;
    let tiers = server.rest("/tiers").await;
    recorded::check("tiers", &tiers);
    assert_eq!(keys(&tiers[0]), sorted(["agentType", "name", "description", "id", "numberOfNodes", "type"]));
    assert_eq!(tiers.as_array().unwrap().len(), 2);
    let tier = TierId::of(shop::APP, "web");
    let one = server.rest(&format!("/tiers/{tier}")).await;
    assert_eq!(one, server.rest("/tiers/web").await);
    assert_eq!(
        (&one[0]["name"], &one[0]["numberOfNodes"], &one[0]["agentType"]),
        (&json!("web"), &json!(1), &json!("PYTHON_APP_AGENT"))
    );
    let nodes = server.rest("/nodes").await;
    recorded::check("nodes", &nodes);
    assert_eq!(
        keys(&nodes[0]),
        sorted([
            "appAgentVersion",
            "machineAgentVersion",
            "agentType",
            "type",
            "machineName",
            "appAgentPresent",
            "nodeUniqueLocalId",
            "machineId",
            "machineOSType",
            "tierId",
            "tierName",
            "machineAgentPresent",
            "name",
            "ipAddresses",
            "id",
        ])
    );
    assert!(nodes[0]["ipAddresses"].is_null());
    let node = server.rest(&format!("/nodes/{}", NodeId::of(shop::APP, "web", "web-1"))).await;
    recorded::check("node", &node);
    assert_eq!(node[0]["ipAddresses"], json!({"ipAddresses": []}));
    assert_eq!(node, server.rest("/tiers/web/nodes").await);
    insta::assert_snapshot!(node[0]["appAgentVersion"].as_str().unwrap(), @"Python Agent v0.1.0 (Tierline) compatible with 4.5.0.21130 Python Version 3.11.7");
}

#[tokio::test]
async fn business_transactions_and_backends() {
    let server = Server::with_shop().await;
    let bts = server.rest("/business-transactions").await;
    assert_eq!(
        keys(&bts[0]),
        sorted([
            "internalName",
            "tierId",
            "entryPointType",
            "background",
            "tierName",
            "name",
            "id",
            "entryPointTypeString",
        ])
    );
    let by_name = "/business-transactions/%2Fbuy%3F%3Cb%3E%26%27%22";
    assert_eq!(server.rest(by_name).await, bts);
    assert_eq!(server.rest(&format!("/business-transactions/{}", shop::bt_id())).await, bts);
    assert_eq!(server.rest("/business-transactions?exclude=true").await, json!([]));
    recorded::check("backends", &server.rest("/backends").await);
    let xml = server.get("/controller/rest/applications/shop/backends").await;
    insta::assert_snapshot!(without_ids(&xml.text()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <backends>
    <backend>
    <exitPointType>DB</exitPointType>
    <tierId>0</tierId>
    <name>db|main</name>
    <applicationComponentNodeId>0</applicationComponentNodeId>
    <id>N</id>
    <properties>
    <name-value>
    <id>0</id>
    <name>VENDOR</name>
    <value>POSTGRES</value>
    </name-value>
    <name-value>
    <id>0</id>
    <name>HOST</name>
    <value>db&lt;1&gt;</value>
    </name-value>
    </properties>
    </backend>
    <backend>
    <exitPointType>HTTP</exitPointType>
    <tierId>N</tierId>
    <name>pay:80</name>
    <applicationComponentNodeId>0</applicationComponentNodeId>
    <id>N</id>
    <properties>
    <name-value>
    <id>0</id>
    <name>HOST</name>
    <value>pay</value>
    </name-value>
    <name-value>
    <id>0</id>
    <name>PORT</name>
    <value>80</value>
    </name-value>
    </properties>
    </backend>
    </backends>
    "#);
}

fn encoded(path: &str) -> String {
    path.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

async fn metric(server: &Server, path: &str, more: &str) -> Value {
    server.rest(&format!("/metric-data?metric-path={}&{more}", encoded(path))).await
}

#[tokio::test]
async fn metric_data_has_whole_numbers_that_fit_together() {
    let server = Server::with_shop().await;
    let hour = "time-range-type=BEFORE_NOW&duration-in-mins=60";
    let check = |path: &'static str, count: u64, sum: u64, value: u64| {
        let server = &server;
        async move {
            let found = metric(server, path, hour).await;
            let record = &found[0];
            assert_eq!(
                keys(record),
                sorted(["metricName", "metricId", "metricPath", "frequency", "metricValues"])
            );
            assert_eq!((&record["metricPath"], &record["frequency"]), (&json!(path), &json!("ONE_MIN")));
            let point = &record["metricValues"][0];
            assert_eq!(
                keys(point),
                sorted([
                    "occurrences",
                    "current",
                    "min",
                    "max",
                    "startTimeInMillis",
                    "useRange",
                    "count",
                    "sum",
                    "value",
                    "standardDeviation",
                ])
            );
            assert_eq!(
                (&point["count"], &point["sum"], &point["value"]),
                (&json!(count), &json!(sum), &json!(value)),
                "{path}"
            );
        }
    };
    check("Overall Application Performance|Average Response Time (ms)", 10, 1_000, 100).await;
    check("Overall Application Performance|Calls per Minute", 1, 10, 10).await;
    check("Overall Application Performance|web|Errors per Minute", 1, 1, 1).await;
    check(
        "Overall Application Performance|pay|Individual Nodes|pay-1|Average Response Time (ms)",
        10,
        400,
        40,
    )
    .await;
    check(
        "Overall Application Performance|web|External Calls|Call-HTTP to pay|Average Response Time (ms)",
        10,
        500,
        50,
    )
    .await;
    check(r"Overall Application Performance|web|External Calls|Call-DB to Discovered backend call - db\|main|Calls per Minute", 1, 10, 10).await;
    check(
        "Business Transaction Performance|Business Transactions|web|/buy?<b>&'\"|Calls per Minute",
        1,
        10,
        10,
    )
    .await;
    check("Backends|Discovered backend call - pay:80|Average Response Time (ms)", 10, 500, 50).await;
    check("Application Infrastructure Performance|web|Agent|App|Availability", 1, 1, 1).await;
}

#[tokio::test]
async fn metric_data_without_data_without_match_and_with_wildcards() {
    let server = Server::with_shop().await;
    let long_ago = "time-range-type=BETWEEN_TIMES&start-time=1000&end-time=61000";
    let silent = metric(&server, "Overall Application Performance|Calls per Minute", long_ago).await;
    assert_eq!(silent[0]["metricName"], json!("METRIC DATA NOT FOUND"));
    assert_eq!(silent[0]["metricValues"], json!([]));
    assert_eq!(metric(&server, "No Such|Path", "").await, json!([]));
    let all = metric(
        &server,
        "Overall Application Performance|*|Calls per Minute",
        "rollup=False&start-time=&end-time=1440",
    )
    .await;
    let paths: Vec<&str> =
        all.as_array().unwrap().iter().map(|m| m["metricPath"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        [
            "Overall Application Performance|pay|Calls per Minute",
            "Overall Application Performance|web|Calls per Minute"
        ]
    );
    assert_eq!(all[0]["metricValues"][0]["startTimeInMillis"], json!(shop::minute_ms()));
    let xml = server
        .get(&format!(
            "/controller/rest/applications/shop/metric-data?metric-path={}",
            encoded("Overall Application Performance|Calls per Minute")
        ))
        .await;
    insta::assert_snapshot!(without_ids(&xml.text()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <metric-datas>
    <metric-data>
    <metricName>BTM|Application Summary|Calls per Minute</metricName>
    <metricId>N</metricId>
    <metricPath>Overall Application Performance|Calls per Minute</metricPath>
    <frequency>ONE_MIN</frequency>
    <metricValues>
    <metric-value>
    <occurrences>1</occurrences>
    <current>10</current>
    <min>10</min>
    <max>10</max>
    <startTimeInMillis>N</startTimeInMillis>
    <useRange>false</useRange>
    <count>1</count>
    <sum>10</sum>
    <value>10</value>
    <standardDeviation>0</standardDeviation>
    </metric-value>
    </metricValues>
    </metric-data>
    </metric-datas>
    "#);
}

#[tokio::test]
async fn the_metric_tree_is_browsed_folder_by_folder() {
    let server = Server::with_shop().await;
    let root = server.rest("/metrics").await;
    assert_eq!(root[0], json!({"name": "Overall Application Performance", "type": "folder"}));
    let overall = server.rest("/metrics?metric-path=Overall%20Application%20Performance").await;
    let names: Vec<&str> = overall.as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"web") && names.contains(&"Calls per Minute"), "{names:?}");
    let leaf = overall.as_array().unwrap().iter().find(|e| e["name"] == "Calls per Minute").unwrap();
    assert_eq!(leaf["type"], json!("leaf"));
    assert_eq!(server.rest("/metrics?metric-path=Nowhere").await, json!([]));
    let xml = server.get("/controller/rest/applications/shop/metrics?metric-path=Mobile").await;
    assert!(xml.text().ends_with("<metric-items/>"));
}

const SNAPSHOT_KEYS: [&str; 51] = [
    "id",
    "localID",
    "requestGUID",
    "applicationId",
    "applicationComponentId",
    "applicationComponentNodeId",
    "businessTransactionId",
    "serverStartTime",
    "localStartTime",
    "timeTakenInMilliSecs",
    "cpuTimeTakenInMilliSecs",
    "endToEndLatency",
    "userExperience",
    "endToEndUserExperience",
    "errorOccured",
    "warningThreshold",
    "criticalThreshold",
    "summary",
    "errorSummary",
    "firstInChain",
    "callChain",
    "snapshotExitSequence",
    "unresolvedCallInCallChain",
    "async",
    "URL",
    "httpParameters",
    "httpHeaders",
    "responseHeaders",
    "cookies",
    "sessionKeys",
    "httpSessionID",
    "threadID",
    "threadName",
    "businessData",
    "transactionProperties",
    "transactionEvents",
    "logMessages",
    "dotnetProperty",
    "stackTraces",
    "stallDump",
    "errorIDs",
    "errorDetails",
    "hasDeepDiveData",
    "deepDivePolicy",
    "delayedDeepDive",
    "delayedDeepDiveOffSet",
    "diagnosticSessionGUID",
    "archived",
    "snapshotExitCalls",
    "exitCallsDataTruncated",
    "exitCallsDataTruncationMessage",
];

async fn snapshots(server: &Server, more: &str) -> Vec<Value> {
    let found = server
        .rest(&format!("/request-snapshots?time-range-type=BEFORE_NOW&duration-in-mins=60{more}"))
        .await;
    found.as_array().unwrap().clone()
}

#[tokio::test]
async fn snapshots_have_the_same_51_keys_every_time() {
    let server = Server::with_shop().await;
    for more in ["", "&need-props=true&need-exit-calls=true"] {
        let all = snapshots(&server, more).await;
        recorded::check("request_snapshots", &Value::from(all.clone()));
        for snapshot in all {
            assert_eq!(keys(&snapshot), sorted(SNAPSHOT_KEYS), "{more}");
        }
    }
    let bare = &snapshots(&server, "&first-in-chain=true").await[0];
    for list in ["businessData", "errorDetails", "snapshotExitCalls"] {
        assert_eq!(bare[list], json!([]), "{list}");
    }
    let full = snapshots(&server, "&need-props=True&need-exit-calls=TRUE").await;
    let (pay, web) = (&full[0], &full[1]);
    assert_eq!((&web["firstInChain"], &pay["firstInChain"]), (&json!(true), &json!(false)), "newest first");
    assert_eq!((&web["userExperience"], &web["errorOccured"]), (&json!("ERROR"), &json!(true)));
    assert_eq!((&pay["userExperience"], &pay["endToEndUserExperience"]), (&json!("SLOW"), &json!("ERROR")));
    assert_eq!((&web["requestGUID"], &web["timeTakenInMilliSecs"]), (&json!(shop::GUID), &json!(812)));
    assert_eq!(web["businessData"], json!([{"id": 0, "name": "order", "value": "<4711>"}]));
    assert_eq!(web["errorDetails"][0]["name"], json!("ValueError: <script>alert(1)</script> & \u{7}"));
    let (web_id, pay_id) = (TierId::of(shop::APP, "web"), TierId::of(shop::APP, "pay"));
    let chain = format!("Component:{web_id}|Exit Call:HTTP|To:{pay_id}|Component:{pay_id}");
    assert_eq!((&pay["callChain"], &pay["snapshotExitSequence"]), (&json!(chain), &json!("2")));
    let calls = web["snapshotExitCalls"].as_array().unwrap();
    assert_eq!(
        keys(&calls[1]),
        sorted([
            "exitPointName",
            "detailString",
            "errorDetails",
            "callingMethod",
            "timestamp",
            "timeTakenInMillis",
            "count",
            "errorCount",
            "snapshotSequenceCounter",
            "toComponentId",
            "properties",
            "propertiesAsString",
        ])
    );
    assert_eq!(calls[1]["toComponentId"], json!(pay_id.to_string()));
    insta::assert_snapshot!(calls[1]["propertiesAsString"].as_str().unwrap(), @"HOST=pay, PORT=80, rows=1");
}

#[tokio::test]
async fn snapshot_filters() {
    let server = Server::with_shop().await;
    let error_id = tierline_model::ErrorId::of(shop::APP, "ValueError");
    let (web, pay) = (TierId::of(shop::APP, "web"), TierId::of(shop::APP, "pay"));
    for (filter, expected) in [
        (String::new(), 2),
        (format!("&guids={}", shop::GUID), 2),
        ("&guids=0af76519-16cd-43dd-8448-000000000000".into(), 0),
        ("&guids=nonsense".into(), 0),
        ("&user-experience=SLOW,VERY_SLOW".into(), 1),
        ("&user-experience=WONDERFUL".into(), 0),
        ("&error-occured=true".into(), 1),
        ("&error-occured=false".into(), 1),
        (format!("&error-ids={error_id}"), 1),
        ("&error-ids=5".into(), 0),
        (format!("&application-component-ids={web},{pay}"), 2),
        (format!("&application-component-ids={pay}"), 1),
        (format!("&application-component-node-ids={}", NodeId::of(shop::APP, "web", "web-1")), 1),
        (format!("&business-transaction-ids={}", shop::bt_id()), 2),
        ("&business-transaction-ids=5".into(), 0),
        ("&deep-dive-policy=ERROR_SAMPLING".into(), 1),
        ("&deep-dive-policy=HOTSPOT".into(), 0),
        ("&execution-time-in-milis=500".into(), 1),
        ("&first-in-chain=false".into(), 1),
        ("&data-collector-name=order".into(), 1),
        ("&data-collector-name=order&data-collector-value=%3C4711%3E".into(), 1),
        ("&data-collector-name=order&data-collector-value=5".into(), 0),
        ("&archived=true".into(), 0),
        ("&session-id=5".into(), 0),
        ("&maximum-results=1".into(), 1),
        ("&maximum-results=-1&of-the-future=1".into(), 2),
        ("&bad-request=true".into(), 2),
        ("&diagnostic-snapshot=true".into(), 0),
        ("&diagnostic-session-guid=x".into(), 0),
        ("&user-principal-id=x".into(), 0),
        ("&data-collector-type=Cookie".into(), 0),
        ("&data-collector-type=Business%20Data&data-collector-name=order".into(), 1),
        ("&starting-request-id=5&ending-request-id=6".into(), 2),
    ] {
        assert_eq!(snapshots(&server, &filter).await.len(), expected, "{filter}");
    }
    let guid = shop::GUID.parse().unwrap();
    server.controller.store.archive("customer1", guid, true).unwrap();
    let kept = snapshots(&server, "&archived=true").await;
    assert_eq!((kept.len(), &kept[0]["archived"]), (2, &json!(true)));
    assert_eq!(snapshots(&server, "&archived=false").await.len(), 0);
    let xml = server.get("/controller/rest/applications/shop/request-snapshots?need-props=true").await.text();
    assert!(xml.contains("<request-segment-datas><request-segment-data><id>0</id>"));
    assert!(
        xml.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; \u{fffd}") && !xml.contains("<script>"),
        "{xml}"
    );
}

#[tokio::test]
async fn errors_are_told_in_the_recorded_words() {
    let server = Server::with_shop().await;
    let check = |path: &'static str, status: u16, reason: &'static str| {
        let server = &server;
        async move {
            let answer = server.get(&format!("/controller/rest/{path}")).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert_eq!(answer.header("content-type"), "text/html;charset=UTF-8");
            assert!(
                answer.text().contains("Error report") && answer.text().contains(reason),
                "{path}: {}",
                answer.text()
            );
        }
    };
    check("applications/nobody/tiers", 400, "Invalid application name nobody is specified").await;
    check("applications/5", 400, "Invalid application name 5 is specified").await;
    check("applications/shop/tiers/X", 400, "Invalid tier name X is specified").await;
    check("applications/shop/tiers/X/nodes", 400, "Invalid tier name X is specified").await;
    check("applications/shop/nodes/X", 400, "Invalid node name X is specified").await;
    check(
        "applications/shop/nodes/%3Cscript%3E%0d%0aX",
        400,
        "Invalid node name &lt;script&gt;&#13;\nX is specified",
    )
    .await;
    check("applications/shop/business-transactions/X", 400, "Invalid business transaction name X").await;
    check("applications?output=CSV", 400, "Invalid output format value - Only support xml | json").await;
    check("applications/shop/metric-data", 400, "Invalid metric path").await;
    check(
        "applications/shop/metric-data?metric-path=a&time-range-type=EVER",
        400,
        "Invalid time range type EVER",
    )
    .await;
    check(
        "applications/shop/request-snapshots?time-range-type=AFTER_TIME",
        400,
        "Invalid value for start-time",
    )
    .await;
    check("no-such-thing", 404, "Unsupported URI is specified").await;
}

#[tokio::test]
async fn logins_by_basic_and_by_cookie() {
    let server = Server::with_shop().await;
    let ask = |headers: &[(&str, &str)]| {
        let mut request = Request::get("/controller/rest/applications?output=JSON");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    };
    for (login, password) in
        [("admin@customer1", "wrong"), ("nobody@customer1", PASSWORD), ("admin@other", PASSWORD)]
    {
        let answer = server.send(ask(&[("authorization", &basic(login, password))])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{login}");
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    assert_eq!(server.send(ask(&[])).await.status, StatusCode::UNAUTHORIZED);
    let login = Request::get("/controller/auth?action=login")
        .header("authorization", basic("admin@customer1", PASSWORD));
    let login = server.send(login.body(Body::empty()).unwrap()).await;
    let cookies: Vec<&str> =
        login.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert!(
        cookies[0].starts_with("JSESSIONID=") && cookies[0].contains("Path=/controller; HttpOnly"),
        "{cookies:?}"
    );
    assert!(cookies[1].starts_with("X-CSRF-TOKEN=") && !cookies[1].contains("HttpOnly"), "{cookies:?}");
    let cookie = cookies[0].split(';').next().unwrap();
    assert_eq!(server.send(ask(&[("cookie", cookie)])).await.status, StatusCode::OK);
    assert_eq!(server.send(ask(&[("cookie", "JSESSIONID=guess")])).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_with_every_call_costs_next_to_nothing() {
    let server = Server::with_shop().await;
    server.rest("/tiers").await;
    let started = std::time::Instant::now();
    for _ in 0..50 {
        server.rest("/tiers").await;
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
}
