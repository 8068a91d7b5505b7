//! Export and import of transaction detection as XML: which requests become business transactions, and what they are
//! called. Also in the older form that asks for the configuration of an application as a whole.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use tierline_engine::agent_configuration::{self, ConfigurationError};
use tierline_model::detection::{ExcludeRule, MatchRule};
use tierline_model::{DetectionPolicy, EntryType};

use super::answer;
use super::body::Upload;
use super::call::{Call, Calls, required};
use super::directory::Address;
use super::error::RestError;
use super::json_in_xml;
use super::query::Parameters;
use super::server_status::VERSION;
use super::transfer::{UPLOADS_XML, app};
use super::xml::escape;
use super::xml_reader::{self, Element};
use crate::audit::{self, Action};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

const RULES: &str = "<transaction-detection><rule kind=\"custom\"><name>checkout</name><request><path><comparison>starts_with</comparison><value>/checkout</value></path></request></rule></transaction-detection>";

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let about = "`kind` is auto, custom or exclude; an entry type such as PYTHON_WEB leaves the rules of other kinds of agents out.";
    let one = |path, id| {
        Call::get(path, id, "Detection rules of one kind, as XML.")
            .note(about)
            .answers_text("application/xml", "One `<rule>` each.")
            .fails(&[404])
    };
    let take = |path, id| {
        Call::post(path, id, "Takes detection rules over: those with the same name are replaced.")
            .note(about)
            .takes(UPLOADS_XML, "The same XML, as it is or as the field `file` of a form.", RULES)
            .answers_text("text/plain", "A plain sentence says what was taken over.")
            .fails(&[404, 409])
    };
    let all = Call::get(
        "/ConfigObjectImportExportServlet",
        "configuration_export",
        "All detection rules of an application, as XML.",
    )
    .with(&[required("applicationId", "Name or id.")])
    .answers_text("application/xml", "One `<rule>` each.")
    .fails(&[400]);
    Calls::default()
        .add(one("/transactiondetection/{app}/{kind}", "detection_export"), export)
        .add(one("/transactiondetection/{app}/{kind}/{entryType}", "detection_export_of_type"), export)
        .add(take("/transactiondetection/{app}/{kind}", "detection_import"), import)
        .add(take("/transactiondetection/{app}/{kind}/{entryType}", "detection_import_of_type"), import)
        .add(all, export_all)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Auto,
    Custom,
    Exclude,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Auto, Self::Custom, Self::Exclude];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Custom => "custom",
            Self::Exclude => "exclude",
        }
    }

    fn of(address: &Address) -> Result<Self, RestError> {
        let name = address.name("kind");
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name));
        kind.ok_or_else(|| RestError::no_such("kind of detection rule", name))
    }
}

fn entry_type(address: &Address) -> Result<Option<EntryType>, RestError> {
    let name = address.name("entryType");
    if name.is_empty() {
        return Ok(None);
    }
    name.to_ascii_uppercase().parse().map(Some).map_err(|_| RestError::no_such("entry type", name))
}

impl From<ConfigurationError> for RestError {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::Store(error) => error.into(),
            other => Self::bad_request(other.to_string()),
        }
    }
}

async fn policy(controller: &Shared, address: &Address) -> Result<DetectionPolicy, RestError> {
    let app_id = app(controller, address).await?;
    let account = address.account.clone();
    let config =
        controller.ask(move |store| agent_configuration::effective(store, &account, app_id, None)).await?;
    Ok(config.detection)
}

fn rules(policy: &DetectionPolicy, kind: Kind, of: Option<EntryType>) -> Vec<Value> {
    let wanted = |entry_type: Option<EntryType>| of.is_none() || entry_type.is_none() || entry_type == of;
    match kind {
        Kind::Auto => vec![json!({"name": "automatic", "enabled": policy.enabled, "naming": policy.naming})],
        Kind::Custom => {
            let rules = policy.match_rules.iter().filter(|rule| wanted(rule.entry_type));
            rules.filter_map(|rule| serde_json::to_value(rule).ok()).collect()
        }
        Kind::Exclude => {
            let rules = policy.exclude_rules.iter().filter(|rule| wanted(rule.entry_type));
            rules.filter_map(|rule| serde_json::to_value(rule).ok()).collect()
        }
    }
}

fn document(policy: &DetectionPolicy, kinds: &[Kind], of: Option<EntryType>) -> Response {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<transaction-detection controller-version=\"{VERSION}\">"
    );
    for kind in kinds {
        for rule in rules(policy, *kind, of) {
            text.push_str("<rule kind=\"");
            text.push_str(kind.as_str());
            text.push_str("\" name=\"");
            escape(rule.get("name").and_then(Value::as_str).unwrap_or_default(), &mut text);
            text.push_str("\">");
            for (key, value) in rule.as_object().into_iter().flatten() {
                json_in_xml::write(key, value, &mut text);
            }
            text.push_str("</rule>");
        }
    }
    text.push_str("</transaction-detection>");
    answer::text("application/xml", text)
}

async fn export(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let (kind, of) = (Kind::of(&address)?, entry_type(&address)?);
    Ok(document(&policy(&controller, &address).await?, &[kind], of))
}

async fn export_all(
    State(controller): State<Shared>,
    mut address: Address,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let id = parameters.text("applicationId");
    let id = id.ok_or_else(|| RestError::bad_request("Invalid value for applicationId is specified"))?;
    address.set("app", id);
    Ok(document(&policy(&controller, &address).await?, &Kind::ALL, None))
}

async fn import(
    State(controller): State<Shared>,
    address: Address,
    Upload(text): Upload,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureApplications)?;
    let (kind, of) = (Kind::of(&address)?, entry_type(&address)?);
    let root = xml_reader::read(&text)?;
    let elements = root.all("rule");
    let of_kind = |element: &&Element| {
        element
            .attributes
            .iter()
            .find(|(key, _)| key == "kind")
            .is_none_or(|(_, value)| value == kind.as_str())
    };
    let values: Vec<Value> =
        elements.into_iter().filter(of_kind).map(json_in_xml::read).collect::<Result<_, _>>()?;
    if values.is_empty() {
        return Err(RestError::bad_request("The XML has no <rule> of this kind"));
    }
    let count = values.len();
    let app_id = app(&controller, &address).await?;
    let visitor = address.visitor;
    let done = controller.ask(move |store| {
        let take = || -> Result<(), ConfigurationError> {
            let there = agent_configuration::get(store, &visitor.account, app_id, None)?;
            let patch = merged(there.patch, kind, of, &values)?;
            let by_and_when = (visitor.user.as_str(), now_ms());
            agent_configuration::put(
                store,
                &visitor.account,
                (app_id, None),
                &patch,
                Some(there.version),
                by_and_when,
            )?;
            let object = format!("agent-configuration:{app_id}");
            audit::record(store, &visitor, Action::ObjectUpdated, &object, now_ms());
            Ok(())
        };
        Ok(take())
    });
    done.await??;
    Ok(answer::text("text/plain;charset=UTF-8", format!("Imported {count}")))
}

/// What people wrote, with these rules in place of those with the same names.
fn merged(
    mut patch: Value,
    kind: Kind,
    of: Option<EntryType>,
    values: &[Value],
) -> Result<Value, ConfigurationError> {
    let invalid = |error: serde_json::Error| ConfigurationError::Invalid(error.to_string());
    if !patch["detection"].is_object() {
        patch["detection"] = json!({});
    }
    let detection = &mut patch["detection"];
    match kind {
        Kind::Auto => {
            for value in values {
                for key in ["enabled", "naming"] {
                    if let Some(field) = value.get(key) {
                        detection[key] = field.clone();
                    }
                }
            }
        }
        Kind::Custom => {
            let mut all: Vec<MatchRule> =
                serde_json::from_value(or_empty(&detection["match_rules"])).map_err(invalid)?;
            for value in values {
                let mut rule: MatchRule = serde_json::from_value(value.clone()).map_err(invalid)?;
                rule.entry_type = rule.entry_type.or(of);
                all.retain(|other| other.name != rule.name);
                all.push(rule);
            }
            detection["match_rules"] = serde_json::to_value(all).map_err(invalid)?;
        }
        Kind::Exclude => {
            let mut all: Vec<ExcludeRule> =
                serde_json::from_value(or_empty(&detection["exclude_rules"])).map_err(invalid)?;
            for value in values {
                let mut rule: ExcludeRule = serde_json::from_value(value.clone()).map_err(invalid)?;
                rule.entry_type = rule.entry_type.or(of);
                all.retain(|other| other.name != rule.name);
                all.push(rule);
            }
            detection["exclude_rules"] = serde_json::to_value(all).map_err(invalid)?;
        }
    }
    Ok(patch)
}

fn or_empty(value: &Value) -> Value {
    if value.is_array() { value.clone() } else { json!([]) }
}
