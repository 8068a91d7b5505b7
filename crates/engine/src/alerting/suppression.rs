//! Times in which actions are held back, or health rules are not evaluated.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alerting;
use super::policy::{HealthRuleScope, texts};
use super::schedule::{Recurrence, local, zone};
use crate::events::{EntityRef, Event};

/// When something is quiet, and about what, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Quiet {
    /// Whether it is switched off.
    pub disabled: bool,
    /// From when on, milliseconds since 1970; or else `startTime`.
    pub start_time_ms: u64,
    /// Until when, milliseconds since 1970; or else `endTime`.
    pub end_time_ms: u64,
    /// From when on, as clocks in `timezone` show it: `2026-12-24T12:00:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// Until when, as clocks in `timezone` show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// A name of the IANA time zone database; UTC when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub timezone: String,
    /// Times that come again; with it the others say nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurring_schedule: Option<Recurrence>,
    /// About which things, as the client wrote it; about everything when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affects: Option<Value>,
    /// About which health rules; about all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_rule_scope: Option<HealthRuleScope>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

macro_rules! suppression {
    ($(#[$about:meta])* $name:ident, $kind:literal, $what:literal) => {
        $(#[$about])*
        #[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            /// Its id within the application.
            pub id: u64,
            /// Its name.
            pub name: String,
            /// When, and about what.
            #[serde(flatten)]
            pub quiet: Quiet,
        }

        alerting!($name, $kind, $what);

        impl $name {
            fn reason_against(&self) -> Result<(), String> {
                self.quiet.reason_against()
            }
        }
    };
}

suppression!(
    /// A time in which no action is carried out.
    ActionSuppression, "action-suppression", "action suppression"
);
suppression!(
    /// A time in which health rules are not evaluated; what was open is canceled.
    HealthRuleSuppression, "health-rule-suppression", "health rule suppression"
);

impl ActionSuppression {
    /// Whether actions about an event are held back at a time.
    #[must_use]
    pub fn holds_back(&self, event: &Event, now_ms: u64) -> bool {
        let rule = event.triggered_entity.as_ref().map(|rule| rule.name.as_str());
        self.quiet.concerns(rule, &event.affected_entities) && self.quiet.holds(now_ms)
    }
}

impl HealthRuleSuppression {
    /// Whether a rule says nothing about a thing at a time.
    #[must_use]
    pub fn silences(&self, rule: &str, thing: &EntityRef, now_ms: u64) -> bool {
        self.quiet.concerns(Some(rule), std::slice::from_ref(thing)) && self.quiet.holds(now_ms)
    }
}

impl Quiet {
    fn reason_against(&self) -> Result<(), String> {
        zone(&self.timezone)?;
        if let Some(recurrence) = &self.recurring_schedule {
            if recurrence.schedule_frequency.is_empty() {
                return Err("its recurringSchedule has no scheduleFrequency".to_owned());
            }
            return recurrence.reason_against();
        }
        let (start_ms, end_ms) = self.ends()?;
        if end_ms == 0 {
            return Err(
                "it has no end: startTimeMs and endTimeMs, startTime and endTime, or a recurringSchedule"
                    .to_owned(),
            );
        }
        if end_ms <= start_ms { Err("it ends before it begins".to_owned()) } else { Ok(()) }
    }

    /// Start and end, milliseconds since 1970.
    fn ends(&self) -> Result<(u64, u64), String> {
        let read = |ms: u64, text: &Option<String>| -> Result<u64, String> {
            let Some(text) = text.as_deref().filter(|_| ms == 0) else { return Ok(ms) };
            let shown: DateTime = text
                .trim()
                .parse()
                .map_err(|_| format!("its time {text:?} is not one like 2026-12-24T12:00:00"))?;
            let at = shown.to_zoned(zone(&self.timezone)?).map_err(|error| error.to_string())?;
            Ok(u64::try_from(at.timestamp().as_millisecond()).unwrap_or(0))
        };
        Ok((read(self.start_time_ms, &self.start_time)?, read(self.end_time_ms, &self.end_time)?))
    }

    fn holds(&self, now_ms: u64) -> bool {
        if self.disabled {
            return false;
        }
        match &self.recurring_schedule {
            Some(recurrence) => {
                local(&self.timezone, now_ms).and_then(|now| recurrence.holds(&now)).unwrap_or(false)
            }
            None => self.ends().is_ok_and(|(start_ms, end_ms)| (start_ms..end_ms).contains(&now_ms)),
        }
    }

    fn concerns(&self, rule: Option<&str>, affected: &[EntityRef]) -> bool {
        let of_rule = match (&self.health_rule_scope, rule) {
            (Some(scope), rule) if scope.health_rule_scope_type == "SPECIFIC_HEALTH_RULES" => {
                rule.is_some_and(|rule| scope.health_rules.iter().any(|wanted| wanted == rule))
            }
            _ => true,
        };
        of_rule && self.affects.as_ref().is_none_or(|affects| names_one_of(affects, affected))
    }
}

/// Whether a selection (`{"affectedInfoType": "BUSINESS_TRANSACTION", …}`) has one of those affected: it names things in
/// lists whose keys differ by kind; any of the names will do.
fn names_one_of(selection: &Value, affected: &[EntityRef]) -> bool {
    let kind = selection.get("affectedInfoType").and_then(Value::as_str).unwrap_or("APPLICATION");
    let kinds: &[&str] = match kind {
        "BUSINESS_TRANSACTION" => &["BUSINESS_TRANSACTION"],
        "TIER_NODE" | "TIER" | "NODE" => &["APPLICATION_COMPONENT", "APPLICATION_COMPONENT_NODE"],
        _ => return true,
    };
    let mut names = Vec::new();
    texts(selection, &mut names, 0);
    let all = names.iter().any(|name| name.starts_with("ALL_"));
    affected
        .iter()
        .filter(|entity| kinds.contains(&entity.entity_type.as_str()))
        .any(|entity| all || names.contains(&entity.name.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_suppression_is_about_some_rules_things_and_times() {
        let suppression: HealthRuleSuppression = serde_json::from_value(json!({
            "name": "night", "timezone": "Europe/Paris",
            "recurringSchedule": {"scheduleFrequency": "DAILY", "startTime": "22:00", "endTime": "06:00"},
            "affects": {"affectedInfoType": "BUSINESS_TRANSACTION", "affectedBusinessTransactions":
                {"businessTransactionScope": "SPECIFIC_BUSINESS_TRANSACTIONS", "businessTransactions": ["/buy"]}},
            "healthRuleScope": {"healthRuleScopeType": "SPECIFIC_HEALTH_RULES", "healthRules": ["slow"]},
        }))
        .unwrap();
        suppression.reason_against().unwrap();
        let at =
            |text: &str| u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_millisecond()).unwrap();
        let (night, day) = (at("2026-11-20T21:30:00Z"), at("2026-11-20T12:00:00Z"));
        let bt = |name: &str| EntityRef::new("BUSINESS_TRANSACTION", 1, name);
        assert!(suppression.silences("slow", &bt("/buy"), night));
        assert!(!suppression.silences("slow", &bt("/buy"), day));
        assert!(!suppression.silences("errors", &bt("/buy"), night));
        assert!(!suppression.silences("slow", &bt("/look"), night));
        assert!(!suppression.silences("slow", &EntityRef::new("APPLICATION_COMPONENT", 1, "/buy"), night));
    }

    #[test]
    fn a_time_that_never_is_is_refused() {
        let check = |value: Value| serde_json::from_value::<Quiet>(value).unwrap().reason_against();
        assert!(check(json!({})).unwrap_err().contains("no end"));
        assert!(check(json!({"startTimeMs": 5, "endTimeMs": 4})).unwrap_err().contains("before"));
        assert!(check(json!({"startTime": "soon", "endTime": "later"})).unwrap_err().contains("soon"));
        check(json!({"startTime": "2026-12-24T12:00:00", "endTime": "2026-12-26T12:00:00", "timezone": "Asia/Tokyo"}))
            .unwrap();
    }
}
