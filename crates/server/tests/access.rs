//! Who may do what: accounts, users, roles, tokens, sessions. Each line of the security list is a test here or in
//! `pages.rs` (cross-site requests, path tricks), `ingest.rs` (keys) and `openid_connect.rs`.

mod support;

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support::in_process::{Answer, KEY, PASSWORD, Server, basic};
use support::shop;
use tierline_model::AppId;
use tierline_server::access_keys::SYSTEM;
use tierline_server::connections::Peer;
use tierline_server::limits::LOGIN_USER_FAILURES_MAX;
use tierline_server::roles::ACCOUNT_ADMINISTRATOR;
use tierline_server::users::ROOT;

const ADMIN: &str = "admin@customer1";
const OTHERS_PASSWORD: &str = "others-password";

/// A call as somebody, with Basic credentials.
async fn call(server: &Server, login: &str, password: &str, method: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("x-csrf-token", "x")
        .header("authorization", basic(login, password));
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    server.send(request.body(body).unwrap()).await
}

async fn admin(server: &Server, method: &str, path: &str, body: Value) -> Answer {
    call(server, ADMIN, PASSWORD, method, path, body).await
}

/// Makes a user of customer1; the answer is the number.
async fn user(server: &Server, name: &str, password: &str, role_ids: &[u64]) -> u64 {
    let body = json!({"name": name, "password": password, "roleIds": role_ids});
    admin(server, "POST", "/api/users", body).await.json()["id"].as_u64().unwrap()
}

/// Makes the account `other`, with its user `admin`, through the account `system`.
async fn other_account(server: &Server) {
    server.controller.users.set_password(SYSTEM, ROOT, PASSWORD, ACCOUNT_ADMINISTRATOR.id, "test").unwrap();
    let body = json!({"name": "other", "adminPassword": OTHERS_PASSWORD});
    let made = call(server, "root@system", PASSWORD, "POST", "/api/accounts", body).await;
    assert_eq!(made.json()["name"], "other");
}

#[tokio::test]
async fn roles_say_who_sees_and_changes_what() {
    let server = Server::with_shop().await;
    let app = AppId::of(shop::APP);
    for (name, role) in [("boss", 1), ("ada", 2), ("ulf", 3), ("dan", 4)] {
        user(&server, name, "a-good-password", &[role]).await;
    }
    // Who may: account administrator, administrator, user, dashboard viewer.
    let table = [
        ("GET", "/api/applications".to_owned(), Value::Null, [200, 200, 200, 200]),
        ("GET", format!("/api/applications/{app}/flow-map"), Value::Null, [200, 200, 200, 200]),
        ("GET", format!("/api/applications/{app}/snapshots"), Value::Null, [200, 200, 200, 403]),
        (
            "GET",
            format!("/api/applications/{app}/snapshots/{}", shop::GUID),
            Value::Null,
            [200, 200, 200, 403],
        ),
        ("GET", "/api/access-keys".to_owned(), Value::Null, [200, 403, 403, 403]),
        ("POST", "/api/access-keys".to_owned(), json!({}), [200, 403, 403, 403]),
        ("GET", "/api/users".to_owned(), Value::Null, [200, 403, 403, 403]),
        ("POST", "/api/users".to_owned(), json!({"name": "new"}), [200, 403, 403, 403]),
        ("GET", "/api/roles".to_owned(), Value::Null, [200, 403, 403, 403]),
        ("POST", "/api/groups".to_owned(), json!({"name": "new"}), [200, 403, 403, 403]),
        ("GET", "/api/api-clients".to_owned(), Value::Null, [200, 403, 403, 403]),
        ("GET", "/api/audit".to_owned(), Value::Null, [200, 403, 403, 403]),
        ("GET", "/api/accounts".to_owned(), Value::Null, [403, 403, 403, 403]),
        (
            "POST",
            "/api/accounts".to_owned(),
            json!({"name": "x", "adminPassword": "y"}),
            [403, 403, 403, 403],
        ),
    ];
    for (method, path, body, expected) in table {
        for (name, status) in ["boss", "ada", "ulf", "dan"].iter().zip(expected) {
            let login = format!("{name}@customer1");
            let answer = call(&server, &login, "a-good-password", method, &path, body.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{name}: {method} {path}: {}", answer.text());
        }
    }
    let session = call(&server, "dan", "a-good-password", "GET", "/api/session", Value::Null).await.json();
    assert_eq!(session["permissions"], json!(["view-applications"]));
}

#[tokio::test]
async fn a_custom_role_a_group_and_their_end() {
    let server = Server::with_shop().await;
    let role = json!({"name": "Auditor", "permissions": ["view-audit", "view-audit"]});
    let role = admin(&server, "POST", "/api/roles", role).await.json();
    assert_eq!(role["permissions"], json!(["view-audit"]));
    let group = json!({"name": "auditors", "roleIds": [role["id"]]});
    let group = admin(&server, "POST", "/api/groups", group).await.json();
    let id = user(&server, "anna", "a-good-password", &[]).await;
    let ask = async |path| call(&server, "anna", "a-good-password", "GET", path, Value::Null).await.status;
    assert_eq!(ask("/api/audit").await, StatusCode::FORBIDDEN);
    let join = json!({"groupIds": [group["id"]]});
    admin(&server, "PUT", &format!("/api/users/{id}"), join).await.json();
    assert_eq!(ask("/api/audit").await, StatusCode::OK);
    assert_eq!(ask("/api/applications").await, StatusCode::FORBIDDEN, "and nothing else");
    let removed = admin(&server, "DELETE", &format!("/api/groups/{}", group["id"]), Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(ask("/api/audit").await, StatusCode::FORBIDDEN, "at once");
    for (method, path, body, status) in [
        ("PUT", "/api/roles/1".to_owned(), json!({"name": "mine"}), 409),
        ("DELETE", "/api/roles/3".to_owned(), Value::Null, 409),
        ("POST", "/api/roles".to_owned(), json!({"name": "super-admin"}), 409),
        ("POST", "/api/roles".to_owned(), json!({"name": "auditor", "permissions": ["everything"]}), 400),
        ("POST", "/api/roles".to_owned(), json!({"name": ""}), 400),
        ("POST", "/api/users".to_owned(), json!({"name": "anna"}), 409),
        ("POST", "/api/users".to_owned(), json!({"name": "a:b"}), 400),
        ("POST", "/api/users".to_owned(), json!({"name": "x".repeat(101)}), 400),
        ("POST", "/api/users".to_owned(), json!({"name": "kim", "password": "password"}), 400),
        ("POST", "/api/users".to_owned(), json!({"name": "kim", "roleIds": [12_345]}), 404),
        ("POST", "/api/users".to_owned(), json!({"name": 5}), 400),
        ("PUT", "/api/users/5".to_owned(), json!({}), 404),
        ("PUT", "/api/users/x".to_owned(), json!({}), 400),
        ("DELETE", "/api/users/18446744073709551616".to_owned(), Value::Null, 400),
    ] {
        let answer = admin(&server, method, &path, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {body}: {}", answer.text());
    }
}

#[tokio::test]
async fn nobody_gives_or_touches_more_than_they_have_and_somebody_stays() {
    let server = Server::empty();
    let manager = json!({"name": "People", "permissions": ["manage-users"]});
    let role = admin(&server, "POST", "/api/roles", manager).await.json()["id"].as_u64().unwrap();
    user(&server, "pam", "a-good-password", &[role]).await;
    let users = admin(&server, "GET", "/api/users", Value::Null).await.json();
    let admin_id = users.as_array().unwrap().iter().find(|u| u["name"] == "admin").unwrap()["id"].clone();
    let pam = async |method, path: &str, body| {
        call(&server, "pam", "a-good-password", method, path, body).await.status.as_u16()
    };
    let own = format!("/api/users/{admin_id}");
    assert_eq!(pam("POST", "/api/users", json!({"name": "evil", "roleIds": [1]})).await, 403);
    assert_eq!(pam("PUT", &own, json!({"password": "mine-from-now-on"})).await, 403);
    assert_eq!(pam("DELETE", &own, Value::Null).await, 403);
    assert_eq!(
        pam("POST", "/api/roles", json!({"name": "r", "permissions": ["manage-settings"]})).await,
        403
    );
    assert_eq!(pam("PUT", &format!("/api/roles/{role}"), json!({"permissions": ["view-audit"]})).await, 403);
    assert_eq!(pam("POST", "/api/groups", json!({"name": "g", "roleIds": [1]})).await, 403);
    assert_eq!(pam("POST", "/api/api-clients", json!({"name": "c", "roleIds": [1]})).await, 403);
    assert_eq!(
        pam("POST", "/api/users/password", json!({"user": "admin", "password": "mine-from-now-on"})).await,
        403
    );
    assert_eq!(pam("POST", "/api/users", json!({"name": "fine", "roleIds": [role]})).await, 200);
    let last = admin(&server, "DELETE", &own, Value::Null).await.status.as_u16();
    assert_eq!(last, 409, "pam and fine manage users, but nobody could give the rest back");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let server = Server::empty();
    let users = admin(&server, "GET", "/api/users", Value::Null).await.json();
    let path = format!("/api/users/{}", users[0]["id"]);
    for (method, body) in
        [("DELETE", Value::Null), ("PUT", json!({"enabled": false})), ("PUT", json!({"roleIds": [3]}))]
    {
        assert_eq!(admin(&server, method, &path, body).await.status, StatusCode::CONFLICT);
    }
    user(&server, "second", "a-good-password", &[1]).await;
    assert_eq!(admin(&server, "DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_last_administrator_by_a_group_stays_too() {
    let server = Server::empty();
    let group = json!({"name": "admins", "roleIds": [ACCOUNT_ADMINISTRATOR.id]});
    let group = admin(&server, "POST", "/api/groups", group).await.json()["id"].clone();
    let users = admin(&server, "GET", "/api/users", Value::Null).await.json();
    let own = format!("/api/users/{}", users[0]["id"]);
    let only_by_group = json!({"roleIds": [], "groupIds": [group]});
    assert_eq!(admin(&server, "PUT", &own, only_by_group).await.status, StatusCode::OK);
    let path = format!("/api/groups/{group}");
    for (method, body) in [("DELETE", Value::Null), ("PUT", json!({"roleIds": [3]}))] {
        assert_eq!(admin(&server, method, &path, body).await.status, StatusCode::CONFLICT, "{method}");
    }
    let described = admin(&server, "PUT", &path, json!({"description": "all of us"})).await;
    assert_eq!(described.json()["roleIds"], json!([ACCOUNT_ADMINISTRATOR.id]));
}

#[tokio::test]
async fn data_of_one_account_are_invisible_to_another() {
    let server = Server::with_shop().await;
    other_account(&server).await;
    let app = AppId::of(shop::APP);
    let other = async |method, path: &str, body| {
        call(&server, "admin@other", OTHERS_PASSWORD, method, path, body).await
    };
    assert_eq!(other("GET", "/api/applications", Value::Null).await.json(), json!([]));
    for path in [
        format!("/api/applications/{app}"),
        format!("/api/applications/{app}/flow-map"),
        format!("/api/applications/{app}/scorecard"),
        format!("/api/applications/{app}/snapshots"),
        format!("/api/applications/{app}/snapshots/{}", shop::GUID),
        format!("/api/applications/{app}/nodes"),
        "/api/audit".to_owned(),
        "/controller/rest/applications?output=JSON".to_owned(),
        "/controller/rest/applications/shop?output=JSON".to_owned(),
        "/controller/rest/applications/shop/metric-data?metric-path=Overall%20Application%20Performance%7C*&time-range-type=BEFORE_NOW&duration-in-mins=60&output=JSON".to_owned(),
        format!("/controller/rest/applications/{app}/request-snapshots?time-range-type=BEFORE_NOW&duration-in-mins=60&output=JSON"),
    ] {
        let answer = other("GET", &path, Value::Null).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains(shop::GUID) && !text.contains("web-1") && !text.contains("4711"), "{path}: {text}");
        assert!(!text.contains("pay"), "{path}: {text}");
    }
    let users = admin(&server, "GET", "/api/users", Value::Null).await.json();
    let id = &users[0]["id"];
    let keys = admin(&server, "GET", "/api/access-keys", Value::Null).await.json();
    let key_id = keys[0]["id"].as_str().unwrap();
    let role = admin(&server, "POST", "/api/roles", json!({"name": "ours"})).await.json();
    for (method, path, body) in [
        ("PUT", format!("/api/users/{id}"), json!({"password": "taken-over-1"})),
        ("DELETE", format!("/api/users/{id}"), Value::Null),
        ("PUT", format!("/api/roles/{}", role["id"]), json!({"name": "x"})),
        ("GET", format!("/api/access-keys/{key_id}"), Value::Null),
        ("DELETE", format!("/api/access-keys/{key_id}"), Value::Null),
        ("POST", "/api/users".to_owned(), json!({"name": "spy", "roleIds": [role["id"]]})),
    ] {
        let answer = other(method, &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
    }
    let taken = other("POST", "/api/access-keys", json!({"key": KEY})).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    assert!(!taken.text().contains("customer1"), "whose it is, is not said");
    // What comes with the other account's key is the other account's, under the same names and ids.
    let key = other("POST", "/api/access-keys", json!({})).await.json()["key"].as_str().unwrap().to_owned();
    let report = shop::metrics(&shop::agent("web", 1), &shop::web_report(shop::minute_ms(), 77));
    let request = Request::post("/v1/metrics")
        .header("content-type", "application/x-protobuf")
        .header("x-tierline-account", "customer1")
        .header("x-tierline-access-key", key);
    assert_eq!(server.send(request.body(Body::from(report)).unwrap()).await.status, StatusCode::OK);
    assert_eq!(other("GET", "/api/applications", Value::Null).await.json()[0]["calls"], json!(77));
    assert_eq!(server.get("/api/applications").await.json()[0]["calls"], json!(10));
    let metrics = other("GET", "/metrics", Value::Null).await.text();
    assert!(metrics.contains("account=\"other\"") && !metrics.contains("customer1"), "{metrics}");
    let bare = server.send(Request::get("/metrics").body(Body::empty()).unwrap()).await.text();
    assert!(!bare.contains("account="), "{bare}");
}

#[tokio::test]
async fn a_disabled_account_is_closed_for_people_and_agents() {
    let server = Server::empty();
    other_account(&server).await;
    let key =
        call(&server, "admin@other", OTHERS_PASSWORD, "POST", "/api/access-keys", json!({})).await.json();
    let report = || {
        Request::post("/v1/metrics")
            .header("content-type", "application/json")
            .header("x-tierline-access-key", key["key"].as_str().unwrap())
            .body(Body::from("{}"))
            .unwrap()
    };
    assert_eq!(server.send(report()).await.status, StatusCode::OK);
    let set = async |enabled: bool| {
        let body = json!({"enabled": enabled});
        call(&server, "root@system", PASSWORD, "PUT", "/api/accounts/other", body).await.json()
    };
    assert_eq!(set(false).await["enabled"], false);
    assert_eq!(server.send(report()).await.status, StatusCode::UNAUTHORIZED);
    let ask =
        async || call(&server, "admin@other", OTHERS_PASSWORD, "GET", "/api/session", Value::Null).await;
    assert_eq!(ask().await.status, StatusCode::UNAUTHORIZED);
    set(true).await;
    assert_eq!((ask().await.status, server.send(report()).await.status), (StatusCode::OK, StatusCode::OK));
    let root = async |name: &str| {
        let body = json!({"enabled": false});
        call(&server, "root@system", PASSWORD, "PUT", &format!("/api/accounts/{name}"), body).await.status
    };
    assert_eq!((root("system").await, root("none").await), (StatusCode::CONFLICT, StatusCode::NOT_FOUND));
    for name in ["", "a@b", "a b", "<b>", "other", "customer1"] {
        let body = json!({"name": name, "adminPassword": "a-good-password"});
        let made = call(&server, "root@system", PASSWORD, "POST", "/api/accounts", body).await;
        assert!(made.status.is_client_error(), "{name}");
    }
}

async fn token(server: &Server, form: &str) -> Answer {
    let request = Request::post("/controller/api/oauth/access_token?output=json")
        .header("content-type", "application/vnd.appd.cntrl+protobuf;v=1");
    server.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn with_token(server: &Server, token: &str, method: &str, path: &str) -> StatusCode {
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    server.send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn api_clients_exchange_their_secret_for_tokens_that_end() {
    let server = Server::with_shop().await;
    let made =
        admin(&server, "POST", "/api/api-clients", json!({"name": "grafana", "roleIds": [3]})).await.json();
    assert_eq!(made["clientId"], "grafana@customer1");
    let secret = made["clientSecret"].as_str().unwrap();
    assert_eq!(secret.len(), 36, "a UUID");
    let listed = admin(&server, "GET", "/api/api-clients", Value::Null).await.text();
    assert!(!listed.contains(secret) && !listed.to_lowercase().contains("secret"), "{listed}");
    let form = format!("grant_type=client_credentials&client_id=grafana%40customer1&client_secret={secret}");
    let granted = token(&server, &form).await;
    assert_eq!(granted.header("cache-control"), "no-store");
    let granted = granted.json();
    assert_eq!((&granted["expires_in"], &granted["token_type"]), (&json!(300), &json!("Bearer")));
    let bearer = granted["access_token"].as_str().unwrap();
    for path in ["/controller/rest/applications", "/api/applications"] {
        assert_eq!(with_token(&server, bearer, "GET", path).await, StatusCode::OK, "{path}");
        assert_eq!(with_token(&server, &bearer[1..], "GET", path).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(with_token(&server, bearer, "GET", "/api/users").await, StatusCode::FORBIDDEN);
    assert_eq!(with_token(&server, bearer, "POST", "/v1/metrics").await, StatusCode::UNAUTHORIZED, "no key");
    assert_eq!(
        with_token(&server, KEY, "GET", "/api/applications").await,
        StatusCode::UNAUTHORIZED,
        "no token"
    );
    for wrong in [
        String::new(),
        "grant_type=password&username=admin&password=x".to_owned(),
        form.replace(secret, "wrong"),
        form.replace("customer1", "other"),
        form.replace("grafana", "nobody"),
        form.replace("client_secret", "client_secrets"),
    ] {
        let answer = token(&server, &wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}");
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(told["error"].is_string() && told["access_token"].is_null(), "{told}");
    }
    // Revoked, then a new one, then the client is disabled, then gone.
    let path = format!("/api/api-clients/{}", made["id"]);
    let revoked = admin(&server, "DELETE", &format!("{path}/tokens"), Value::Null).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(with_token(&server, bearer, "GET", "/api/applications").await, StatusCode::UNAUTHORIZED);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let again = token(&server, &form).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(with_token(&server, &again, "GET", "/api/applications").await, StatusCode::OK);
    admin(&server, "PUT", &path, json!({"enabled": false})).await.json();
    assert_eq!(with_token(&server, &again, "GET", "/api/applications").await, StatusCode::UNAUTHORIZED);
    assert_eq!(token(&server, &form).await.status, StatusCode::UNAUTHORIZED);
    admin(&server, "PUT", &path, json!({"enabled": true, "tokenLifeS": 1})).await.json();
    let short = token(&server, &form).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(with_token(&server, &short, "GET", "/api/applications").await, StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(
        with_token(&server, &short, "GET", "/api/applications").await,
        StatusCode::UNAUTHORIZED,
        "over"
    );
    let renewed = admin(&server, "POST", &format!("{path}/secret"), Value::Null).await.json();
    assert_eq!(token(&server, &form).await.status, StatusCode::UNAUTHORIZED, "the old secret");
    let form = form.replace(secret, renewed["clientSecret"].as_str().unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    assert_eq!(token(&server, &form).await.status, StatusCode::OK);
    let life = admin(&server, "PUT", &path, json!({"tokenLifeS": 31 * 86_400})).await;
    assert_eq!(life.status, StatusCode::BAD_REQUEST);
    assert_eq!(admin(&server, "DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(token(&server, &form).await.status, StatusCode::UNAUTHORIZED);
}

/// A login at the page from an address.
async fn login(server: &Server, from: &str, body: Value, cookie: &str) -> Answer {
    let address: SocketAddr = format!("{from}:5000").parse().unwrap();
    let request = Request::post("/api/login")
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .extension(Peer { address });
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn wrong_logins_are_limited_per_user_and_per_address() {
    let server = Server::empty();
    let (right, wrong) =
        (json!({"user": "admin", "password": PASSWORD}), json!({"user": "admin", "password": "nope"}));
    assert_eq!(login(&server, "192.0.2.1", right.clone(), "").await.status, StatusCode::OK);
    for _ in 0..LOGIN_USER_FAILURES_MAX {
        assert_eq!(login(&server, "198.51.100.7", wrong.clone(), "").await.status, StatusCode::UNAUTHORIZED);
    }
    let limited = login(&server, "198.51.100.7", right.clone(), "").await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS, "the right one tells nothing either");
    assert!(limited.header("retry-after").parse::<u64>().unwrap() >= 1);
    let elsewhere = login(&server, "203.0.113.9", right.clone(), "").await;
    assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS, "from another unknown address");
    assert_eq!(login(&server, "192.0.2.1", right, "").await.status, StatusCode::OK, "where admin was before");
    let bare = Request::get("/metrics").body(Body::empty()).unwrap();
    let metrics = server.send(bare).await.text();
    assert!(metrics.contains("tierline_logins_limited_total 2"), "{metrics}");
    let audit = admin(&server, "GET", "/api/audit?limit=1000", Value::Null).await;
    assert_eq!(audit.status, StatusCode::TOO_MANY_REQUESTS, "Basic is a login too, and has no known address");
}

#[tokio::test]
async fn sessions_are_new_with_every_login_and_end_with_the_password() {
    let server = Server::empty();
    let right = json!({"user": "admin", "password": PASSWORD});
    let cookie = |answer: &Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let planted = "TIERLINE_SESSION=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let first = cookie(&login(&server, "192.0.2.1", right.clone(), planted).await);
    assert_ne!(first, planted, "nobody chooses a session for somebody else");
    let second = cookie(&login(&server, "192.0.2.1", right, &first).await);
    let ask = async |cookie: &str| {
        let request = Request::get("/api/session").header("cookie", cookie).body(Body::empty()).unwrap();
        server.send(request).await
    };
    assert_eq!(ask(&first).await.status, StatusCode::UNAUTHORIZED, "the login ended it");
    let csrf = ask(&second).await.json()["csrfToken"].as_str().unwrap().to_owned();
    let change = async |body: Value| {
        let request = Request::post("/api/users/password")
            .header("content-type", "application/json")
            .header("cookie", &second)
            .header("x-csrf-token", &csrf);
        server.send(request.body(Body::from(body.to_string())).unwrap()).await.status
    };
    let new = json!({"user": "admin", "password": "another-good-one"});
    assert_eq!(change(new.clone()).await, StatusCode::FORBIDDEN, "who finds a screen unlocked");
    let mut with_current = new;
    with_current["currentPassword"] = json!(PASSWORD);
    assert_eq!(change(with_current).await, StatusCode::NO_CONTENT);
    assert_eq!(ask(&second).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_audit_says_who_did_what() {
    let server = Server::empty();
    login(&server, "192.0.2.1", json!({"user": "admin", "password": PASSWORD}), "").await;
    login(&server, "192.0.2.2", json!({"user": "mallory", "password": "x"}), "").await;
    let id = user(&server, "anna", "a-good-password", &[3]).await;
    admin(&server, "PUT", &format!("/api/users/{id}"), json!({"enabled": false})).await;
    let key = admin(&server, "POST", "/api/access-keys", json!({"description": "shop"})).await.json();
    let key_id = key["id"].as_str().unwrap();
    let masked = admin(&server, "GET", "/api/access-keys", Value::Null).await.text();
    assert!(!masked.contains(key["key"].as_str().unwrap()) && masked.contains("shop"), "{masked}");
    admin(&server, "GET", &format!("/api/access-keys/{key_id}"), Value::Null).await;
    admin(&server, "DELETE", &format!("/api/access-keys/{key_id}"), Value::Null).await;
    let lines = admin(&server, "GET", "/api/audit", Value::Null).await.json();
    let lines: Vec<String> = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            format!("{} {} {} {}", text("user"), text("address"), text("action"), text("object"))
        })
        .collect();
    let expected = [
        format!("admin  OBJECT_DELETED access-key:{key_id}"),
        format!("admin  OBJECT_VIEWED access-key:{key_id}"),
        format!("admin  OBJECT_CREATED access-key:{key_id}"),
        "admin  OBJECT_UPDATED user:anna".to_owned(),
        "admin  OBJECT_CREATED user:anna".to_owned(),
        "mallory 192.0.2.2 LOGIN_FAILED user:mallory".to_owned(),
        "admin 192.0.2.1 LOGIN session".to_owned(),
    ];
    assert_eq!(lines, expected);
    let page = admin(&server, "GET", "/api/audit?limit=2", Value::Null).await.json();
    let before = &page[1]["id"];
    let next =
        admin(&server, "GET", &format!("/api/audit?limit=1&before={before}"), Value::Null).await.json();
    assert_eq!(next[0]["action"], "OBJECT_CREATED");
    assert_eq!(
        admin(&server, "GET", "/api/audit?limit=x", Value::Null).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn every_answer_tells_browsers_what_not_to_do() {
    let server = Server::with_shop().await;
    for path in [
        "/",
        "/api/session",
        "/api/no-such-call",
        "/controller/rest/applications",
        "/controller/rest/applications/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/controller/no-such-call",
        "/api/login/oidc",
        "/metrics",
        "/v1/metrics",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(matches!(answer.header("x-frame-options"), "DENY" | "SAMEORIGIN"), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("object-src 'none'"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}: no other site may read");
        assert!(!answer.text().contains("<script>alert"), "{path}");
    }
    let api = server.get("/api/applications").await;
    assert_eq!(api.header("cache-control"), "no-store");
    assert_eq!(api.header("strict-transport-security"), "", "without TLS it would be a lie");
}

#[tokio::test]
async fn behind_tls_cookies_are_for_this_host_and_tls_only() {
    let server = Server::with_options(|options| options.secure_cookies = true);
    let answer = login(&server, "192.0.2.1", json!({"user": "admin", "password": PASSWORD}), "").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-TIERLINE_SESSION="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(answer.header("strict-transport-security").contains("max-age="));
    let secret = cookie.split(';').next().unwrap();
    let request = Request::get("/api/session").header("cookie", secret).body(Body::empty()).unwrap();
    assert_eq!(server.send(request).await.status, StatusCode::OK);
    let rest = server.get("/controller/auth?action=login").await;
    for cookie in rest.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; Secure") && cookie.contains("Path=/controller"), "{cookie}");
    }
}

#[tokio::test]
async fn a_proxy_is_believed_only_when_it_is_known() {
    let server = Server::with_options(|options| {
        options.trusted_proxies = vec!["192.0.2.80".parse().unwrap()];
    });
    let from = async |peer: &str| {
        let address: SocketAddr = format!("{peer}:5000").parse().unwrap();
        let request = Request::post("/api/login")
            .header("content-type", "application/json")
            .header("x-forwarded-for", "1.1.1.1, 198.51.100.3")
            .extension(Peer { address });
        let body = json!({"user": "admin", "password": PASSWORD}).to_string();
        server.send(request.body(Body::from(body)).unwrap()).await
    };
    from("192.0.2.80").await;
    from("192.0.2.81").await;
    let lines = admin(&server, "GET", "/api/audit", Value::Null).await.json();
    assert_eq!((&lines[0]["address"], &lines[1]["address"]), (&json!("192.0.2.81"), &json!("198.51.100.3")));
}

#[tokio::test]
async fn the_controller_says_how_it_is() {
    let server = Server::with_shop().await;
    let status = server.get("/api/status").await.json();
    let mut store = status["store"].clone();
    for (name, at_least) in [("bytes", 10_000), ("diskFreeBytes", 1)] {
        assert!(store[name].take().as_u64().unwrap() >= at_least, "{name}: {}", status["store"]);
    }
    assert_eq!(
        store,
        json!({
            "writable": true, "reason": null, "since": null, "bytes": null, "limitBytes": null, "diskFreeBytes": null,
            "snapshotsDroppedForRoom": 0, "metricDaysDroppedForRoom": 0, "damagedFiles": [], "upkeepProblem": null,
            "retention": {"minutes": 8, "tenMinutes": 30, "hours": 400, "snapshots": 14, "events": 30, "audit": 400},
        })
    );
    assert_eq!((&status["ingest"]["accepted"], &status["ingest"]["running"]), (&json!(4), &json!(0)));
    let full = tierline_store::StoreError::Unavailable("database or disk is full".into());
    server.controller.store_state.saw::<()>(&Err(full), 5);
    let status = server.get("/api/status").await.json();
    assert_eq!((&status["store"]["writable"], &status["store"]["since"]), (&json!(false), &json!(5)));
    let metrics = server.get("/metrics").await.text();
    assert!(
        metrics.contains("tierline_store_writable 0") && metrics.contains("tierline_store_bytes "),
        "{metrics}"
    );
    let controller = server.controller.clone();
    let tried = controller.blocking(|shared| shared.store_state.try_again(&*shared.store, 9)).await;
    tried.unwrap();
    assert_eq!(server.get("/api/status").await.json()["store"]["writable"], json!(true), "by itself");
}
