//! Export and import of what people set up: health rules (XML), actions and policies (JSON), transaction detection (XML),
//! and the older names of the same (facts/controller-api 2.5). What one controller exports another one imports.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use tierline_engine::alerting::{self, Action, Alerting, AlertingError, HealthRule, Policy};
use tierline_model::AppId;

use super::alerting::{audited, may_read_whole, read};
use super::answer;
use super::body::Upload;
use super::call::{Call, Calls, optional, required};
use super::directory::{self, Address};
use super::error::RestError;
use super::json_in_xml;
use super::query::Parameters;
use super::server_status::VERSION;
use super::shape::Shape;
use super::xml_reader;
use crate::audit::Action as AuditAction;
use crate::controller::Shared;
use crate::permissions::Permission;

/// Media types of uploads.
pub const UPLOADS_XML: &[&str] = &["application/xml", "text/xml", "multipart/form-data"];
const UPLOADS_JSON: &[&str] = &["application/json", "multipart/form-data"];

const OVERWRITE: [super::call::Parameter; 1] =
    [optional("overwrite", "true replaces what has the same name; else that is left as it is.")];

const RULES: &str = "<health-rules><health-rule><name>Too slow</name><evalCriterias><criticalCriteria><conditions><item><name>response time</name><shortName>A</shortName><evalDetail><metricPath>Average Response Time (ms)</metricPath><metricEvalDetail><compareCondition>GREATER_THAN</compareCondition><compareValue type=\"number\">500</compareValue></metricEvalDetail></evalDetail></item></conditions></criticalCriteria></evalCriterias></health-rule></health-rules>";

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let take = "A plain sentence says what was taken over.";
    let rules = Call::get("/healthrules/{app}", "health_rules_export", "All health rules, as XML.");
    let rules_in = Call::post("/healthrules/{app}", "health_rules_import", "Takes health rules over.");
    let actions = Call::get("/actions/{app}", "actions_export", "All actions, as JSON.");
    let actions_in = Call::post("/actions/{app}", "actions_import", "Takes actions over.");
    let policies = Call::get("/policies/{app}", "policies_export", "All policies, as JSON.");
    let policies_in = Call::post("/policies/{app}", "policies_import", "Takes policies over.");
    let templates = Call::get(
        "/actiontemplate/{type}",
        "action_templates",
        "Templates of actions: none; actions hold everything.",
    )
    .note("`type` is httprequest or email.")
    .answers_json(200, "Empty.", Shape::list(Shape::Object))
    .fails(&[404]);
    let dashboards = Call::get(
        "/CustomDashboardImportExportServlet",
        "dashboards_export",
        "Custom dashboards: there are none.",
    )
    .with(&[required("dashboardId", "Which one.")])
    .fails(&[400, 404]);
    let list = || Shape::list(Shape::Open(vec![("id", Shape::Number), ("name", Shape::Text)]));
    Calls::default()
        .add(
            rules.answers_text("application/xml", "`<health-rules>` with one `<health-rule>` each."),
            export_rules,
        )
        .add(
            rules_in
                .with(&OVERWRITE)
                .takes(UPLOADS_XML, "The same XML, as it is or as the field `file` of a form.", RULES)
                .answers_text("text/plain", take),
            import_rules,
        )
        .add(actions.answers_json(200, "The whole objects.", list()), export::<Action>)
        .add(
            actions_in
                .with(&OVERWRITE)
                .takes(
                    UPLOADS_JSON,
                    "The same JSON.",
                    r#"[{"name": "write to us", "actionType": "EMAIL", "emails": ["us@example.org"]}]"#,
                )
                .answers_text("text/plain", take),
            import::<Action>,
        )
        .add(policies.answers_json(200, "The whole objects.", list()), export::<Policy>)
        .add(
            policies_in
                .with(&OVERWRITE)
                .takes(
                    UPLOADS_JSON,
                    "The same JSON.",
                    r#"[{"name": "Tell us", "enabled": true, "actions": []}]"#,
                )
                .answers_text("text/plain", take),
            import::<Policy>,
        )
        .add(templates, action_templates)
        .add(dashboards, no_dashboard)
}

/// The application in the path, told in the words of these calls.
///
/// # Errors
/// When there is none.
pub async fn app(controller: &Shared, address: &Address) -> Result<AppId, RestError> {
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller.ask(move |store| directory::application(store, &account, &app)).await?;
    found.map(|app| app.id).ok_or_else(|| RestError::invalid("application", address.name("app")))
}

async fn whole<T: Alerting>(controller: &Shared, address: &Address) -> Result<Vec<Value>, RestError> {
    may_read_whole::<T>(address)?;
    let app_id = app(controller, address).await?;
    let account = address.account.clone();
    let all = controller.ask(move |store| Ok(alerting::list::<T>(store, &account, app_id))).await??;
    Ok(all.iter().filter_map(|one| serde_json::to_value(&one.value).ok()).collect())
}

async fn export_rules(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let all = whole::<HealthRule>(&controller, &address).await?;
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<health-rules controller-version=\"{VERSION}\">"
    );
    all.iter().for_each(|rule| json_in_xml::write("health-rule", rule, &mut text));
    text.push_str("</health-rules>");
    Ok(answer::text("application/xml", text))
}

async fn export<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
) -> Result<Response, RestError> {
    Ok(answer::json(StatusCode::OK, &Value::from(whole::<T>(&controller, &address).await?)))
}

async fn import_rules(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
    Upload(text): Upload,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    let root = xml_reader::read(&text)?;
    let rules: Result<Vec<Value>, RestError> =
        root.all("health-rule").into_iter().map(json_in_xml::read).collect();
    take_over::<HealthRule>(&controller, address, &parameters, rules?).await
}

async fn import<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
    Upload(text): Upload,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| RestError::bad_request(format!("The body is not JSON: {error}")))?;
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    take_over::<T>(&controller, address, &parameters, values).await
}

/// All of them or, when one cannot be used, none; what is left as it is is counted.
async fn take_over<T: Alerting>(
    controller: &Shared,
    address: Address,
    parameters: &Parameters,
    values: Vec<Value>,
) -> Result<Response, RestError> {
    let app_id = app(controller, &address).await?;
    let things: Vec<T> = values.into_iter().map(read::<T>).collect::<Result<_, _>>()?;
    for thing in &things {
        thing.check().map_err(|reason| {
            RestError::bad_request(format!("The {} {:?} cannot be used: {reason}", T::WHAT, thing.name()))
        })?;
    }
    let overwrite = parameters.flag("overwrite") == Some(true);
    let visitor = address.visitor;
    let done = controller.ask(move |store| {
        let take = || -> Result<(usize, usize), AlertingError> {
            let known = alerting::list::<T>(store, &visitor.account, app_id)?;
            let (mut taken, mut left) = (0, 0);
            for thing in things {
                match known.iter().find(|one| one.value.name() == thing.name()) {
                    Some(_) if !overwrite => left += 1,
                    Some(one) => {
                        let id = one.value.id();
                        let done = alerting::update(
                            store,
                            &visitor.account,
                            app_id,
                            id,
                            thing,
                            None,
                            &visitor.user,
                        )?;
                        audited(store, &visitor, AuditAction::ObjectUpdated, &done);
                        taken += 1;
                    }
                    None => {
                        let made = alerting::create(store, &visitor.account, app_id, thing, &visitor.user)?;
                        audited(store, &visitor, AuditAction::ObjectCreated, &made);
                        taken += 1;
                    }
                }
            }
            Ok((taken, left))
        };
        Ok(take())
    });
    let (taken, left) = done.await??;
    let text = format!(
        "Imported {taken}, left {left} as they were (their names are taken; overwrite=true replaces them)"
    );
    Ok(answer::text("text/plain;charset=UTF-8", text))
}

async fn action_templates(address: Address) -> Result<Response, RestError> {
    match address.name("type") {
        "httprequest" | "email" => Ok(answer::json(StatusCode::OK, &Value::Array(Vec::new()))),
        other => Err(RestError::no_such("kind of action template", other)),
    }
}

async fn no_dashboard(_: Address, parameters: Parameters) -> RestError {
    match parameters.text("dashboardId") {
        Some(id) => RestError::no_such("custom dashboard", id),
        None => RestError::bad_request("Invalid value for dashboardId is specified"),
    }
}
