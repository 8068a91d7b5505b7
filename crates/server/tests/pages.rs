//! The page's API: every call, with and without login, and what strangers may try.

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support::in_process::{Answer, PASSWORD, Server, basic};
use support::shop;
use tierline_model::AppId;

async fn login(server: &Server, body: &str) -> Answer {
    let request = Request::post("/api/login").header("content-type", "application/json");
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_session_begins_with_a_login_and_ends_with_a_logout() {
    let server = Server::empty();
    let wrong = login(&server, r#"{"user": "admin", "password": "wrong-one"}"#).await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));
    assert!(serde_json::from_slice::<Value>(&wrong.body).unwrap()["hint"].is_string());
    for nonsense in ["", "{", "[]", r#"{"user": 1}"#, "null"] {
        assert_eq!(login(&server, nonsense).await.status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
    let right = login(&server, &json!({"user": "admin", "password": PASSWORD}).to_string()).await;
    assert_eq!(right.json(), json!({"user": "admin", "account": "customer1"}));
    let cookie = right.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let with = |method: &str, path: &str, token: &str| {
        let request = Request::builder().method(method).uri(path).header("cookie", &cookie);
        request.header("x-csrf-token", token).body(Body::empty()).unwrap()
    };
    let session = server.send(with("GET", "/api/session", "")).await.json();
    let token = session["csrfToken"].as_str().unwrap();
    assert_eq!(server.send(with("POST", "/api/logout", "wrong")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.send(with("GET", "/api/applications", "")).await.status, StatusCode::OK);
    assert_eq!(server.send(with("POST", "/api/logout", token)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(with("GET", "/api/applications", "")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn another_site_cannot_log_anybody_in() {
    let server = Server::empty();
    let request = Request::post("/api/login")
        .header("content-type", "application/json")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(json!({"user": "admin", "password": PASSWORD}).to_string()))
        .unwrap();
    assert_eq!(server.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_is_answered_without_a_login() {
    let server = Server::with_shop().await;
    let app = AppId::of(shop::APP);
    for path in [
        "session",
        "setup",
        "applications",
        "access-keys",
        &format!("applications/{app}"),
        &format!("applications/{app}/scorecard"),
        &format!("applications/{app}/series"),
        &format!("applications/{app}/flow-map"),
        &format!("applications/{app}/business-transactions"),
        &format!("applications/{app}/snapshots"),
        &format!("applications/{app}/snapshots/{}", shop::GUID),
        &format!("applications/{app}/backends"),
        &format!("applications/{app}/nodes"),
    ] {
        let answer = server.send(Request::get(format!("/api/{path}")).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!answer.text().contains("shop"), "{path}");
        assert_eq!(answer.header("www-authenticate"), "", "a browser must not open its own window");
        assert_eq!(server.get(&format!("/api/{path}")).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_application_list_counts_business_transactions_once() {
    let server = Server::with_shop().await;
    let all = server.get("/api/applications").await.json();
    let shop = &all[0];
    assert_eq!((&shop["name"], &shop["tiers"], &shop["nodes"]), (&json!("shop"), &json!(2), &json!(2)));
    assert_eq!(
        (&shop["calls"], &shop["errors"], &shop["errorPercent"]),
        (&json!(10), &json!(1), &json!(10.0))
    );
    assert_eq!(shop["averageMs"], json!(100.0));
    assert_eq!(shop["verdicts"], json!({"normal": 9, "slow": 0, "verySlow": 0, "stall": 0, "error": 1}));
    let calls = shop["spark"]["calls"].as_array().unwrap();
    assert_eq!(calls.iter().map(|c| c.as_u64().unwrap()).sum::<u64>(), 10);
    let details = server.api("").await;
    assert_eq!(details["tiers"][0]["agentType"], json!("PYTHON_APP_AGENT"));
    assert_eq!(details["warnings"], json!([]), "everything adds up");
}

#[tokio::test]
async fn the_flow_map_joins_the_tiers() {
    let server = Server::with_shop().await;
    let map = server.api("/flow-map").await;
    let tier =
        |name: &str| map["tiers"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap().clone();
    assert_eq!((&tier("web")["entry"], &tier("pay")["entry"]), (&json!(true), &json!(false)));
    assert_eq!(map["backends"].as_array().unwrap().len(), 1, "the resolved backend is no backend");
    let edges = map["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 2);
    let to_pay = edges.iter().find(|e| e["toTierId"] == tier("pay")["id"]).unwrap();
    assert_eq!((&to_pay["calls"], &to_pay["averageMs"]), (&json!(10), &json!(50.0)));
    assert_eq!((&to_pay["fromTierId"], &to_pay["exitType"]), (&tier("web")["id"], &json!("HTTP")));
    let other = server.api("/flow-map?bt=5").await;
    assert_eq!(other["edges"], json!([]));
}

#[tokio::test]
async fn scorecards_series_and_lists_agree() {
    let server = Server::with_shop().await;
    let bt = shop::bt_id();
    let scorecard = server.api("/scorecard").await;
    assert_eq!(
        (&scorecard["calls"], &scorecard["minMs"], &scorecard["maxMs"]),
        (&json!(10), &json!(100.0), &json!(100.0))
    );
    assert_eq!(scorecard["p95"], json!(100.0));
    let series = server.api(&format!("/series?bt={bt}&step=60000")).await;
    let points = series["points"].as_array().unwrap();
    assert_eq!(points.iter().map(|p| p["calls"].as_u64().unwrap()).sum::<u64>(), 10);
    assert!(points.iter().any(|p| p["averageMs"].is_null()), "minutes without calls have no average");
    let list = server.api("/business-transactions").await;
    assert_eq!(
        (&list[0]["name"], &list[0]["calls"], &list[0]["entryTitle"]),
        (&json!(shop::BT), &json!(10), &json!("Python Web"))
    );
    let one = server.api(&format!("/business-transactions/{bt}")).await;
    let tiers: Vec<&str> =
        one["tiers"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(tiers, ["web", "pay"]);
    let backends = server.api("/backends").await;
    let pay = backends.as_array().unwrap().iter().find(|b| b["name"] == "pay:80").unwrap();
    assert_eq!((&pay["resolvedTierName"], &pay["calls"]), (&json!("pay"), &json!(10)));
    let one = server.api(&format!("/backends/{}", pay["id"])).await;
    assert_eq!((&one["callers"][0]["tierName"], &one["bts"][0]["name"]), (&json!("web"), &json!(shop::BT)));
    let through = server.api(&format!("/scorecard?backend={}", pay["id"])).await;
    assert_eq!((&through["calls"], &through["averageMs"]), (&json!(10), &json!(50.0)));
    let nodes = server.api("/nodes").await;
    assert_eq!(nodes[0]["ledger"], json!({"begun": 10, "ended": 10, "inFlight": 0, "balanced": true}));
}

#[tokio::test]
async fn a_snapshot_shows_everything_that_was_recorded() {
    let server = Server::with_shop().await;
    let list = server.api("/snapshots?verdicts=ERROR,SLOW").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(server.api("/snapshots?verdicts=ERROR").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.api("/snapshots?verdicts=NORMAL").await["items"], json!([]));
    let page = server.api("/snapshots?limit=1").await;
    let next = page["next"].as_str().unwrap().replace('|', "%7C").replace('+', "%2B");
    let rest = server.api(&format!("/snapshots?limit=1&after={next}")).await;
    assert_ne!(page["items"][0]["spanId"], rest["items"][0]["spanId"]);
    let snapshot = server.api(&format!("/snapshots/{}", shop::GUID)).await;
    assert_eq!((&snapshot["btName"], &snapshot["verdict"]), (&json!(shop::BT), &json!("ERROR")));
    let segments = snapshot["segments"].as_array().unwrap();
    let (web, pay) = (&segments[0], &segments[1]);
    assert_eq!((&web["tierName"], &pay["tierName"]), (&json!("web"), &json!("pay")));
    assert_eq!(web["userData"], json!([{"key": "order", "value": "<4711>"}]));
    assert_eq!(web["thresholds"]["stallMs"], Value::Null);
    assert_eq!(web["errors"][0]["type"], json!("ValueError"));
    let call = &web["exitCalls"][1];
    assert_eq!((&call["toTierName"], &call["toSpanId"]), (&json!("pay"), &pay["spanId"]));
    assert_eq!(call["optionalProperties"], json!([{"name": "rows", "value": "1"}]));
    assert_eq!(pay["offsetMs"], json!(120.0));
    let backend = &snapshot["backends"][call["backend"].as_u64().unwrap() as usize];
    assert_eq!((&backend["name"], &backend["exitType"]), (&json!("pay:80"), &json!("HTTP")));
    assert_eq!(server.api("/snapshots?policies=ON_DEMAND").await["items"], json!([]));
    let policy = list["items"][0]["policy"].as_str().unwrap();
    assert_ne!(server.api(&format!("/snapshots?policies={policy},ON_DEMAND")).await["items"], json!([]));
    let failed = server.api("/snapshots?hasErrors=true").await;
    assert!(failed["items"].as_array().unwrap().iter().all(|row| row["errors"] != json!(0)));
}

async fn archive(server: &Server, path: &str, archived: bool) -> u16 {
    let request = Request::post(format!("{path}/archive"))
        .header("authorization", basic("admin@customer1", PASSWORD))
        .header("x-csrf-token", "a script")
        .header("content-type", "application/json");
    let body = json!({ "archived": archived }).to_string();
    server.send(request.body(Body::from(body)).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn an_archived_snapshot_says_so_until_it_is_one_no_more() {
    let server = Server::with_shop().await;
    let path = format!("/api/applications/{}/snapshots/{}", AppId::of(shop::APP), shop::GUID);
    for archived in [true, false] {
        assert_eq!(archive(&server, &path, archived).await, 204);
        assert_eq!(server.get(&path).await.json()["archived"], json!(archived));
        let list = server.api(&format!("/snapshots?archived={archived}")).await;
        let guids = list["items"].as_array().unwrap().iter().map(|row| row["guid"].as_str().unwrap());
        assert!(guids.into_iter().any(|guid| guid == shop::GUID), "{list}");
    }
    let unknown = "00000000-0000-4000-8000-000000000000";
    let path = format!("/api/applications/{}/snapshots/{unknown}", AppId::of(shop::APP));
    assert_eq!(archive(&server, &path, true).await, 404);
}

#[tokio::test]
async fn nonsense_is_told_in_words() {
    let server = Server::with_shop().await;
    let app = AppId::of(shop::APP);
    let check = |path: String, status: u16| {
        let server = &server;
        async move {
            let answer = server.get(&format!("/api/{path}")).await;
            assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
            let told: Value = serde_json::from_slice(&answer.body).unwrap();
            assert!(told["error"].is_string() && told["hint"].is_string(), "{path}: {told}");
        }
    };
    check("applications?from=x".into(), 400).await;
    check("applications?from=9&to=5".into(), 400).await;
    check("applications?from=0&to=99999999999999999".into(), 400).await;
    check(format!("applications/{app}/series?bt=0"), 400).await;
    check(format!("applications/{app}/series?bt=4503599627370496"), 400).await;
    check(format!("applications/{app}/snapshots?guid=nonsense"), 400).await;
    check(format!("applications/{app}/snapshots?verdicts=BAD"), 400).await;
    check(format!("applications/{app}/snapshots/nonsense"), 404).await;
    check(format!("applications/{app}/business-transactions/5"), 404).await;
    check(format!("applications/{app}/backends/5"), 404).await;
    check("applications/5".into(), 404).await;
    check("applications/shop".into(), 400).await;
    check("no-such-call".into(), 404).await;
}

#[tokio::test]
async fn addresses_of_the_page_lead_to_the_page_and_nowhere_else() {
    let server = Server::empty();
    for path in
        ["/", "/applications/1/flow-map", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cx"]
    {
        let answer = server.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains("<html"), "{path}");
        assert!(answer.header("content-security-policy").contains("script-src 'self'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let missing = server.send(Request::get("/assets/no-such-file.js").body(Body::empty()).unwrap()).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let post = server.send(Request::post("/").body(Body::empty()).unwrap()).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn keys_and_passwords_are_changed_by_administrators() {
    let server = Server::empty();
    let call = |method: &str, path: &str, token: Option<&str>, body: Value| {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        request = request.header("authorization", basic("admin@customer1", PASSWORD));
        if let Some(token) = token {
            request = request.header("x-csrf-token", token);
        }
        request.body(Body::from(body.to_string())).unwrap()
    };
    let bare = server.send(call("POST", "/api/access-keys", None, json!({}))).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN, "no other site may do this");
    let added = server.send(call("POST", "/api/access-keys", Some("x"), json!({}))).await.json();
    let (id, key) = (added["id"].as_str().unwrap(), added["key"].as_str().unwrap());
    let report = |key: &str| {
        Request::post("/v1/metrics")
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .body(Body::from("{}"))
            .unwrap()
    };
    assert_eq!(server.send(report(key)).await.status, StatusCode::OK);
    let revoked = server.send(call("DELETE", &format!("/api/access-keys/{id}"), Some("x"), json!({}))).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(report(key)).await.status, StatusCode::UNAUTHORIZED);
    for (refused, why) in [("elevenchars", "at least 12 characters"), ("Administrator1", "tries first")] {
        let body = json!({"user": "admin", "password": refused});
        let answer = server.send(call("POST", "/api/users/password", Some("x"), body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains(why), "{}", answer.text());
    }
    let new = call(
        "POST",
        "/api/users/password",
        Some("x"),
        json!({"user": "admin", "password": "another-good-one"}),
    );
    assert_eq!(server.send(new).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get("/api/session").await.status, StatusCode::UNAUTHORIZED, "the old password is over");
}
