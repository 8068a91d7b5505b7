//! Policies: which events start which actions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alerting;
use crate::events::{EntityRef, Event};
use crate::limits::POLICY_ACTIONS_MAX;

/// A policy, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it does anything.
    pub enabled: bool,
    /// Whether one action tells of all events of a minute.
    pub execute_actions_in_batch: bool,
    /// What is done.
    pub actions: Vec<PolicyAction>,
    /// At which events.
    pub events: PolicyEvents,
    /// About which things; anything when absent.
    pub selected_entities: Option<Value>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

alerting!(Policy, "policy", "policy");

impl Default for Policy {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            enabled: true,
            execute_actions_in_batch: true,
            actions: Vec::new(),
            events: PolicyEvents::default(),
            selected_entities: None,
            more: Map::new(),
        }
    }
}

/// An action of a policy, by its name.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyAction {
    /// The action's name.
    pub action_name: String,
    /// Its type, as the client wrote it.
    pub action_type: String,
    /// Text that goes with it.
    pub notes: String,
}

/// The events of a policy.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyEvents {
    /// Those of health rules.
    pub health_rule_events: Option<HealthRuleEvents>,
    /// Others, by type (`APPLICATION_DEPLOYMENT`, `DIAGNOSTIC_SESSION`, …).
    pub other_events: Vec<String>,
    /// Those of anomaly detection; there are none, they are kept.
    pub anomaly_events: Option<Value>,
    /// Custom events: with a `customEventType` only those of it.
    pub custom_events: Vec<Value>,
}

/// Events of health rules.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HealthRuleEvents {
    /// `HEALTH_RULE_OPEN_CRITICAL`, …; the older `POLICY_OPEN_CRITICAL` is the same.
    pub health_rule_event_types: Vec<String>,
    /// Of which rules; of all when absent.
    pub health_rule_scope: Option<HealthRuleScope>,
}

/// Which health rules.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HealthRuleScope {
    /// `ALL_HEALTH_RULES` or `SPECIFIC_HEALTH_RULES`.
    pub health_rule_scope_type: String,
    /// Their names.
    pub health_rules: Vec<String>,
}

impl Policy {
    /// Says why it cannot mean anything.
    ///
    /// # Errors
    /// A sentence without its subject.
    pub fn reason_against(&self) -> Result<(), String> {
        if self.actions.len() > POLICY_ACTIONS_MAX {
            return Err(format!("it has more than {POLICY_ACTIONS_MAX} actions"));
        }
        Ok(())
    }

    /// Whether it wants to do something at `event`.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        self.enabled
            && self.events.want(event)
            && self
                .selected_entities
                .as_ref()
                .is_none_or(|selected| selects(selected, &event.affected_entities))
    }
}

impl PolicyEvents {
    fn want(&self, event: &Event) -> bool {
        if let Some(kind) = event.event_type.strip_prefix("POLICY_") {
            let Some(wanted) = &self.health_rule_events else { return false };
            let suffix = |text: &str| {
                let text = text.strip_prefix("HEALTH_RULE_").or_else(|| text.strip_prefix("POLICY_"));
                text.map(|text| text.trim_start_matches("VIOLATION_").to_owned())
            };
            return wanted.health_rule_event_types.iter().filter_map(|text| suffix(text)).any(|t| t == kind)
                && wanted.health_rule_scope.as_ref().is_none_or(|scope| scope.has(event));
        }
        if event.event_type == "CUSTOM" && !self.custom_events.is_empty() {
            let wanted =
                |value: &Value| value.get("customEventType").and_then(Value::as_str).map(str::to_owned);
            return self
                .custom_events
                .iter()
                .any(|value| wanted(value).is_none_or(|t| t.is_empty() || t == event.sub_type));
        }
        self.other_events.contains(&event.event_type)
    }
}

impl HealthRuleScope {
    fn has(&self, event: &Event) -> bool {
        self.health_rule_scope_type != "SPECIFIC_HEALTH_RULES"
            || event.triggered_entity.as_ref().is_some_and(|rule| self.health_rules.contains(&rule.name))
    }
}

/// Whether a selection of things has one of those affected. A selection names things in lists whose keys differ by
/// kind; any of the names will do.
fn selects(selected: &Value, affected: &[EntityRef]) -> bool {
    let kind = selected.get("selectedEntityType").and_then(Value::as_str).unwrap_or("ANY_ENTITY");
    if kind == "ANY_ENTITY" {
        return true;
    }
    let mut names = Vec::new();
    texts(selected, &mut names, 0);
    let everything = |scope: &&&str| scope.starts_with("ALL_");
    names.iter().any(|name| affected.iter().any(|entity| entity.name == *name))
        || names.iter().find(everything).is_some()
}

/// All texts of a value, a few levels deep.
pub(crate) fn texts<'v>(value: &'v Value, into: &mut Vec<&'v str>, depth: usize) {
    const DEPTH_MAX: usize = 6;
    match value {
        Value::String(text) => into.push(text),
        Value::Array(values) if depth < DEPTH_MAX => values.iter().for_each(|v| texts(v, into, depth + 1)),
        Value::Object(values) if depth < DEPTH_MAX => values.values().for_each(|v| texts(v, into, depth + 1)),
        _ => {}
    }
}
