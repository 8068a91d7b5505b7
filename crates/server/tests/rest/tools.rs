//! What living tools need besides the documented API, settings, exclusion, export and import.

use axum::body::Body;
use serde_json::json;
use tierline_model::{AppId, NodeId};

use super::asking::{ask, ask_as, ask_json};
use super::recorded;
use super::support::in_process::Server;
use super::support::shop;

#[tokio::test]
async fn business_transactions_are_excluded_and_brought_back() {
    let server = Server::with_shop().await;
    let path = "/controller/rest/applications/shop/business-transactions";
    let body = format!(
        "<business-transactions><business-transaction><id>{}</id></business-transaction></business-transactions>",
        shop::bt_id()
    );
    let all = server.rest("/business-transactions").await;
    recorded::check("business_transactions", &all);
    for (flag, shown, hidden) in [("true", 0, 1), ("False", 1, 0)] {
        let done = ask_as(&server, "POST", &format!("{path}?exclude={flag}"), "application/xml", &body).await;
        assert_eq!((done.status.as_u16(), done.body.len()), (200, 0), "{}", done.text());
        assert_eq!(server.rest("/business-transactions").await.as_array().unwrap().len(), shown);
        let excluded = server.rest("/business-transactions?exclude=true").await;
        recorded::check("business_transactions", &excluded);
        assert_eq!(excluded.as_array().unwrap().len(), hidden);
    }
    for wrong in ["", "<a/>", "<a><id>5</id></a>", "{}", "<!DOCTYPE a><a/>"] {
        let answer = ask_as(&server, "POST", &format!("{path}?exclude=true"), "application/xml", wrong).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
    }
    assert_eq!(
        ask_as(&server, "POST", path, "application/xml", &body).await.status.as_u16(),
        400,
        "without exclude"
    );
}

#[tokio::test]
async fn nodes_are_marked_historical_until_they_speak_again() {
    let server = Server::with_shop().await;
    let id = NodeId::of(shop::APP, "web", "web-1");
    let path = "/controller/rest/mark-nodes-historical?application-component-node-ids=";
    assert_eq!(ask(&server, "POST", &format!("{path}5"), Body::empty()).await.status.as_u16(), 400);
    assert_eq!(ask(&server, "POST", &format!("{path}{id}"), Body::empty()).await.status.as_u16(), 200);
    assert_eq!(server.rest("/nodes").await.as_array().unwrap().len(), 1);
    assert_eq!(server.rest("/tiers/web").await[0]["numberOfNodes"], 0);
}

#[tokio::test]
async fn settings_are_texts_and_unknown_ones_are_refused_in_the_recorded_words() {
    let server = Server::with_shop().await;
    let path = "/controller/rest/configuration";
    let all = server.get(&format!("{path}?output=JSON")).await.json();
    recorded::check("configuration", &all);
    let one = server.get(&format!("{path}?name=node.retention.period&output=json")).await.json();
    assert_eq!((one[0]["value"].as_str(), one.as_array().unwrap().len()), (Some("500"), 1));
    let set = ask(
        &server,
        "POST",
        &format!("{path}?name=node.retention.period&value=100&output=JSON"),
        Body::empty(),
    )
    .await;
    assert_eq!(set.json()[0]["value"], "100");
    let one = server.get(&format!("{path}?name=node.retention.period&output=json")).await.json();
    assert_eq!(one[0]["value"], "100");
    let unknown = server.get(&format!("{path}?name=moon")).await;
    assert_eq!(unknown.status.as_u16(), 400);
    assert!(unknown.text().contains("Unsupported URI is specified"));
    for wrong in [
        "name=moon&value=1",
        "name=events.fetch.limit&value=1",
        "name=node.retention.period&value=x",
        "name=node.retention.period",
    ] {
        assert_eq!(
            ask(&server, "POST", &format!("{path}?{wrong}"), Body::empty()).await.status.as_u16(),
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn calls_of_user_interfaces_that_tools_make() {
    let server = Server::with_shop().await;
    let post = |path: &'static str| ask(&server, "POST", path, Body::from("{}"));
    assert_eq!(post("/controller/sim/v2/user/machines/keys").await.json(), json!({"machineKeys": []}));
    assert_eq!(post("/controller/restui/licenseRule/getAllLicenseModuleProperties").await.json(), json!({}));
    assert_eq!(post("/controller/restui/licenseRule/getEumLicenseUsage").await.json(), json!({}));
    let path = "/controller/restui/applicationManagerUiBean/applicationConfiguration/shop";
    recorded::check("application_configuration", &server.get(path).await.json());
    recorded::check("event_counts", &server.get("/controller/restui/events/eventCounts").await.json());
    assert_eq!(server.rest("/tiers/web/service-endpoints").await, json!([]));
    assert_eq!(server.get("/controller/rest/databases/collectors").await.json(), json!([]));
    let status = server.get("/controller/rest/serverstatus").await.text();
    assert!(status.contains("<available>true</available>"), "{status}");
}

#[tokio::test]
async fn applications_are_made_and_deleted() {
    let server = Server::with_shop().await;
    let make = "/controller/restui/allApplications/createApplication?applicationType=APM";
    let made = ask_json(&server, "POST", make, &json!({"name": "new one", "description": ""})).await;
    let id = AppId::of("new one");
    let text = made.text();
    assert!(text.contains("\"name\" : \"new one\"") && text.contains(&format!("\"id\" : {id}")), "{text}");
    let one = server.get("/controller/rest/applications/new%20one?output=JSON").await.json();
    recorded::check("applications", &one);
    assert_eq!(ask_json(&server, "POST", make, &json!({"name": "new one"})).await.status.as_u16(), 409);
    assert_eq!(ask_json(&server, "POST", make, &json!({})).await.status.as_u16(), 400);
    let delete = "/controller/restui/allApplications/deleteApplication";
    assert_eq!(ask(&server, "POST", delete, Body::from(id.to_string())).await.status.as_u16(), 204);
    assert_eq!(server.get("/controller/rest/applications/new%20one").await.status.as_u16(), 400);
    assert_eq!(ask(&server, "POST", delete, Body::from(id.to_string())).await.status.as_u16(), 404);
    assert_eq!(ask(&server, "POST", delete, Body::from("x")).await.status.as_u16(), 400);
}

#[tokio::test]
async fn what_is_exported_is_imported() {
    let server = Server::with_shop().await;
    let rules = server.get("/controller/healthrules/shop").await;
    assert_eq!(rules.header("content-type"), "application/xml");
    let before = server.get("/controller/rest/applications/shop/health-rules/1").await.json();
    let kept =
        ask_as(&server, "POST", "/controller/healthrules/shop", "application/xml", &rules.text()).await;
    assert_eq!(kept.status.as_u16(), 200, "{}", kept.text());
    assert!(kept.text().starts_with("Imported 0, left 7"), "{}", kept.text());
    let changed = rules.text().replace(
        "<useDataFromLastNMinutes type=\"number\">30<",
        "<useDataFromLastNMinutes type=\"number\">31<",
    );
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.xml\"\r\nContent-Type: text/xml\r\n\r\n{changed}\r\n--b--\r\n"
    );
    let replaced = ask_as(
        &server,
        "POST",
        "/controller/healthrules/shop?overwrite=true",
        "multipart/form-data; boundary=b",
        &form,
    )
    .await;
    assert!(replaced.text().starts_with("Imported 7, left 0"), "{}", replaced.text());
    let mut after = server.get("/controller/rest/applications/shop/health-rules/1").await.json();
    assert_eq!(after["useDataFromLastNMinutes"], 31);
    after["useDataFromLastNMinutes"] = before["useDataFromLastNMinutes"].clone();
    assert_eq!(after, before, "nothing is lost on the way");
    for name in ["actions", "policies"] {
        let path = format!("/controller/{name}/shop");
        let thing = json!([{"name": "mine"}]);
        assert!(ask_json(&server, "POST", &path, &thing).await.text().starts_with("Imported 1"), "{name}");
        let all = server.get(&path).await.json();
        assert_eq!((all.as_array().unwrap().len(), &all[0]["name"]), (1, &json!("mine")));
        assert!(ask_json(&server, "POST", &path, &all).await.text().starts_with("Imported 0, left 1"));
    }
    assert_eq!(server.get("/controller/actiontemplate/email").await.json(), json!([]));
    assert_eq!(server.get("/controller/actiontemplate/moon").await.status.as_u16(), 404);
    assert_eq!(
        server.get("/controller/CustomDashboardImportExportServlet?dashboardId=5").await.status.as_u16(),
        404
    );
}

#[tokio::test]
async fn detection_rules_come_and_go_as_xml() {
    let server = Server::with_shop().await;
    let path = "/controller/transactiondetection/shop";
    let auto = server.get(&format!("{path}/auto")).await.text();
    assert!(auto.contains("<rule kind=\"auto\""), "{auto}");
    let empty = server.get(&format!("{path}/custom/PYTHON_WEB")).await.text();
    assert!(!empty.contains("<rule"), "{empty}");
    let rule = "<transaction-detection><rule kind=\"custom\"><name>checkout</name><priority type=\"number\">5</priority><request><path><comparison>starts_with</comparison><value>/checkout</value></path></request></rule></transaction-detection>";
    let taken = ask_as(&server, "POST", &format!("{path}/custom/PYTHON_WEB"), "application/xml", rule).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, "Imported 1".into()));
    let exported = server.get(&format!("{path}/custom")).await.text();
    assert!(exported.contains("checkout") && exported.contains("PYTHON_WEB"), "{exported}");
    let again = ask_as(&server, "POST", &format!("{path}/custom"), "text/xml", &exported).await;
    assert_eq!(again.text(), "Imported 1");
    assert_eq!(server.get(&format!("{path}/custom")).await.text(), exported);
    let nodejs = server.get(&format!("{path}/custom/NODEJS_WEB")).await.text();
    assert!(!nodejs.contains("<rule"), "{nodejs}");
    let whole = server.get("/controller/ConfigObjectImportExportServlet?applicationId=shop").await.text();
    assert!(whole.contains("<rule ") && whole.contains("checkout"), "{whole}");
    assert_eq!(server.get("/controller/ConfigObjectImportExportServlet").await.status.as_u16(), 400);
    assert_eq!(server.get(&format!("{path}/moon")).await.status.as_u16(), 404);
    assert_eq!(server.get(&format!("{path}/custom/MOON")).await.status.as_u16(), 404);
    for wrong in [
        "",
        "<a/>",
        "<a><rule kind=\"custom\"><name>x</name><request><path><comparison>moon</comparison></path></request></rule></a>",
    ] {
        let answer = ask_as(&server, "POST", &format!("{path}/custom"), "application/xml", wrong).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let server = Server::with_shop().await;
    for path in ["/controller/rest/applications", "/controller/rest/applications/shop/tiers/web"] {
        let (plain, with_slash) = (server.get(path).await, server.get(&format!("{path}/")).await);
        assert_eq!((plain.status.as_u16(), plain.text()), (200, with_slash.text()), "{path}");
    }
}
