//! Users, groups, roles, the account and the audit.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::asking::{ask, ask_json};
use super::recorded;
use super::support::in_process::{Server, basic};

const RBAC: &str = "/controller/api/rbac/v1";

#[tokio::test]
async fn users_groups_and_roles_live_their_lives() {
    let server = Server::with_shop().await;
    for (what, one) in [("users", "rbac_user"), ("groups", "rbac_group"), ("roles", "rbac_role")] {
        let make = json!({"name": "first", "displayName": "The First", "email": "f@example.org",
            "password": "a long secret 4711", "security_provider_type": "INTERNAL", "description": "d"});
        let made = ask_json(&server, "POST", &format!("{RBAC}/{what}"), &make).await;
        assert_eq!(made.status.as_u16(), 200, "{what}: {}", made.text());
        assert_eq!(made.header("content-type"), "application/vnd.appd.cntrl+json;v=1");
        let made = made.json();
        recorded::check(one, &made);
        let all = server.get(&format!("{RBAC}/{what}")).await.json();
        recorded::check(&format!("rbac_{what}"), &all);
        let path = format!("{RBAC}/{what}/{}", made["id"]);
        assert_eq!(server.get(&path).await.json(), made);
        assert_eq!(server.get(&format!("{RBAC}/{what}/name/first")).await.json(), made);
        assert_eq!(ask_json(&server, "POST", &format!("{RBAC}/{what}"), &make).await.status.as_u16(), 409);
        let changed = ask_json(&server, "PUT", &path, &json!({"name": "second"})).await.json();
        assert_eq!((&changed["name"], &changed["id"]), (&json!("second"), &made["id"]));
        for wrong in [json!([]), json!({"name": 5}), json!({"name": ""}), json!({"name": "x".repeat(10_000)})]
        {
            assert_eq!(ask_json(&server, "PUT", &path, &wrong).await.status.as_u16(), 400, "{what} {wrong}");
        }
        assert_eq!(ask(&server, "DELETE", &path, Body::empty()).await.status.as_u16(), 204);
        assert_eq!(server.get(&path).await.status.as_u16(), 404);
        let none = server.get(&format!("{RBAC}/{what}/name/nobody")).await;
        assert_eq!(none.status.as_u16(), 404);
        recorded::check("error", &serde_json::from_slice(&none.body).unwrap());
    }
}

#[tokio::test]
async fn members_come_and_go() {
    let server = Server::with_shop().await;
    let make = |what: &'static str, body: Value| {
        let server = &server;
        async move { ask_json(server, "POST", &format!("{RBAC}/{what}"), &body).await.json()["id"].clone() }
    };
    let user = make("users", json!({"name": "anna", "password": "a long secret 4711"})).await;
    let group = make("groups", json!({"name": "operators"})).await;
    let role = make("roles", json!({"name": "on duty", "permissions": ["view-applications"]})).await;
    for (path, of, list) in [
        (format!("groups/{group}/users/{user}"), format!("users/{user}"), "groups"),
        (format!("roles/{role}/users/{user}"), format!("users/{user}"), "roles"),
        (format!("roles/{role}/groups/{group}"), format!("groups/{group}"), "roles"),
    ] {
        let members =
            || async { server.get(&format!("{RBAC}/{of}")).await.json()[list].as_array().unwrap().len() };
        let before = members().await;
        assert_eq!(
            ask(&server, "PUT", &format!("{RBAC}/{path}"), Body::empty()).await.status.as_u16(),
            204,
            "{path}"
        );
        assert_eq!(members().await, before + 1, "{path}");
        assert_eq!(
            ask(&server, "DELETE", &format!("{RBAC}/{path}"), Body::empty()).await.status.as_u16(),
            204
        );
        assert_eq!(members().await, before, "{path}");
    }
    let none = ask(&server, "PUT", &format!("{RBAC}/roles/4711/users/{user}"), Body::empty()).await;
    assert_eq!(none.status.as_u16(), 404);
}

#[tokio::test]
async fn the_older_way_to_make_a_user() {
    let server = Server::with_shop().await;
    let path = "/controller/rest/users?user-name=bert&user-display-name=Bert&user-password=a%20long%20secret%204711&user-email=b@example.org&user-roles=User&output=JSON";
    let made = ask(&server, "POST", path, Body::empty()).await.json();
    assert_eq!((&made[0]["name"], &made[0]["email"]), (&json!("bert"), &json!("b@example.org")));
    let ask_as_bert = |path: &str| {
        let request =
            Request::get(path).header("authorization", basic("bert@customer1", "a long secret 4711"));
        server.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(ask_as_bert("/controller/rest/applications").await.status.as_u16(), 200);
    let refused = ask_as_bert("/controller/api/rbac/v1/users").await;
    assert_eq!(refused.status.as_u16(), 403);
    recorded::check("error", &serde_json::from_slice(&refused.body).unwrap());
    assert_eq!(ask_as_bert("/controller/rest/configuration").await.status.as_u16(), 403);
    let actions = "/controller/alerting/rest/v1/applications/shop/actions";
    ask_json(&server, "POST", actions, &json!({"name": "a", "actionType": "EMAIL"})).await;
    assert_eq!(ask_as_bert(actions).await.status.as_u16(), 200);
    let id = server.get(actions).await.json()[0]["id"].clone();
    for whole in [format!("{actions}/{id}"), "/controller/actions/shop".into()] {
        assert_eq!(ask_as_bert(&whole).await.status.as_u16(), 403, "{whole} may hold secrets");
    }
    for wrong in ["", "?user-name=x&user-roles=Moon", "?user-id=4711", "?user-name=x&user-password=short"] {
        let answer = ask(&server, "POST", &format!("/controller/rest/users{wrong}"), Body::empty()).await;
        assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
    }
}

#[tokio::test]
async fn users_as_tools_look_for_an_administrator() {
    let server = Server::with_shop().await;
    let path = "/controller/restui/userAdministrationUiService/users";
    let all = server.get(path).await.json();
    let admin = all.as_array().unwrap().iter().find(|user| user["name"] == "admin").unwrap();
    let one = server.get(&format!("{path}/{}", admin["id"])).await.json();
    recorded::check("rbac_user", &one);
    assert!(one["roles"].as_array().unwrap().iter().any(|role| role["name"] == "super-admin"), "{one}");
    assert_eq!(server.get(&format!("{path}/4711")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_account_and_its_licences() {
    let server = Server::with_shop().await;
    let own = server.get("/controller/api/accounts/myaccount").await.json();
    recorded::check("account", &own);
    assert_eq!(own["name"], "customer1");
    assert_eq!(server.get("/api/accounts/myaccount").await.json(), own, "without the prefix");
    let base = format!("/controller/api/accounts/{}/licensemodules", own["id"].as_str().unwrap());
    assert_eq!(server.get(&base).await.json(), json!({"modules": []}));
    assert_eq!(server.get(&format!("{base}/java/usages")).await.json(), json!({"usages": []}));
    assert_eq!(
        server.get("/controller/api/accounts/1/licensemodules").await.status.as_u16(),
        404,
        "another account"
    );
    assert_eq!(server.get("/controller/mds/v1/license/rules").await.json(), json!([]));
}

#[tokio::test]
async fn the_audit_tells_who_did_what() {
    let server = Server::with_shop().await;
    let path = "/controller/alerting/rest/v1/applications/shop/schedules";
    ask_json(&server, "POST", path, &json!({"name": "nights", "description": "", "timezone": "UTC"})).await;
    let all = "startTime=2020-12-29T17:00:00.000-0000&endTime=2120-12-29T17:00:00.000%2B0000";
    let lines = server.get(&format!("/controller/ControllerAuditHistory?{all}")).await.json();
    recorded::check("audit", &lines);
    let mine = lines.as_array().unwrap().iter().find(|line| line["objectId"] == "schedule:nights").unwrap();
    assert_eq!(
        (&mine["userName"], &mine["action"], &mine["accountName"]),
        (&json!("admin"), &json!("OBJECT_CREATED"), &json!("customer1"))
    );
    for wrong in [
        "",
        "?startTime=x&endTime=y",
        "?startTime=2020-12-29T17:00:00.000-0000",
        "?startTime=2021-01-01T00:00:00Z&endTime=2020-01-01T00:00:00Z",
    ] {
        let answer = server.get(&format!("/controller/ControllerAuditHistory{wrong}")).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
    }
    let early = "startTime=2019-12-29T17:00:00.000-0000&endTime=2020-01-01T00:00:00.000-0000";
    assert_eq!(server.get(&format!("/controller/ControllerAuditHistory?{early}")).await.json(), json!([]));
}

#[tokio::test]
async fn an_account_sees_nothing_of_another() {
    let server = Server::with_shop().await;
    server.controller.accounts.add("other", "test", 1).unwrap();
    let users = &server.controller.users;
    users.set_password("other", "admin", "another secret 4711", 1, "test").unwrap();
    let ask_as_other = |path: &str| {
        let request = Request::get(path).header("authorization", basic("admin@other", "another secret 4711"));
        server.send(request.body(Body::empty()).unwrap())
    };
    let id = tierline_model::AppId::of(super::support::shop::APP);
    assert_eq!(ask_as_other("/controller/rest/applications?output=JSON").await.json(), json!([]));
    for path in [
        format!("/controller/rest/applications/{id}"),
        "/controller/rest/applications/shop/tiers".into(),
        "/controller/rest/applications/shop/metric-data?metric-path=*".into(),
        "/controller/rest/applications/shop/request-snapshots".into(),
        "/controller/rest/applications/shop/events".into(),
        format!("/controller/alerting/rest/v1/applications/{id}/health-rules"),
        format!("/controller/healthrules/{id}"),
    ] {
        let answer = ask_as_other(&path).await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.text());
    }
    let names = ask_as_other("/controller/api/rbac/v1/users").await.json();
    assert_eq!(names["users"].as_array().unwrap().len(), 1, "{names}");
}

#[tokio::test]
async fn a_cookie_changes_nothing_without_its_token() {
    let server = Server::with_shop().await;
    let login = server.get("/controller/auth?action=login").await;
    let cookies: Vec<String> = login
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    let token = cookies.iter().find_map(|cookie| cookie.strip_prefix("X-CSRF-TOKEN=")).unwrap();
    let post = |token: Option<&str>| {
        let mut request =
            Request::post("/controller/rest/applications/shop/events?summary=x&eventtype=CUSTOM")
                .header("cookie", cookies.join("; "));
        if let Some(token) = token {
            request = request.header("x-csrf-token", token);
        }
        server.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(post(None).await.status.as_u16(), 403);
    assert_eq!(post(Some("guess")).await.status.as_u16(), 403);
    assert_eq!(post(Some(token)).await.status.as_u16(), 200);
}
