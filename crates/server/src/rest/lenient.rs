//! JSON as clients write it: truth values and numbers as texts, whole numbers with a point, nulls for what is absent
//! (facts/controller-api 2.4: one client enables a rule with `"true"`).

use serde_json::Value;

/// Keys whose values are truth values.
const BOOLS: [&str; 7] = [
    "enabled",
    "disabled",
    "evaluateToTrueOnNoData",
    "triggerEnabled",
    "executeActionsInBatch",
    "isDefault",
    "alwaysEnabled",
];

/// Keys whose values are numbers.
const NUMBERS: [&str; 9] = [
    "id",
    "useDataFromLastNMinutes",
    "waitTimeAfterViolation",
    "minimumTriggers",
    "compareValue",
    "value",
    "startTimeMs",
    "endTimeMs",
    "durationInMinutes",
];

/// Keys that cannot be null: a null means that they are absent. Elsewhere a null stays what it is, so that clients read
/// back what they wrote.
const NEVER_NULL: [&str; 41] = [
    "id",
    "name",
    "enabled",
    "disabled",
    "useDataFromLastNMinutes",
    "waitTimeAfterViolation",
    "scheduleName",
    "affects",
    "affectedEntityType",
    "evalCriterias",
    "conditionAggregationType",
    "conditions",
    "shortName",
    "evaluateToTrueOnNoData",
    "triggerEnabled",
    "minimumTriggers",
    "evalDetail",
    "evalDetailType",
    "metricAggregateFunction",
    "metricPath",
    "metricExpressionVariables",
    "variableName",
    "metricEvalDetail",
    "metricEvalDetailType",
    "executeActionsInBatch",
    "actions",
    "actionName",
    "actionType",
    "notes",
    "events",
    "healthRuleEventTypes",
    "healthRuleScopeType",
    "healthRules",
    "otherEvents",
    "customEvents",
    "emails",
    "url",
    "method",
    "body",
    "startTimeMs",
    "endTimeMs",
];

/// Makes values what their keys say. What cannot be is left for the reader to refuse.
pub fn straighten(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(straighten),
        Value::Object(fields) => {
            fields.retain(|key, value| !(value.is_null() && NEVER_NULL.contains(&key.as_str())));
            for (key, value) in fields {
                straighten(value);
                if BOOLS.contains(&key.as_str()) {
                    straighten_bool(value);
                }
                if NUMBERS.contains(&key.as_str()) {
                    straighten_number(value);
                }
            }
        }
        _ => {}
    }
}

fn straighten_bool(value: &mut Value) {
    let text = value.as_str().map(str::to_ascii_lowercase);
    match text.as_deref() {
        Some("true") => *value = Value::from(true),
        Some("false") => *value = Value::from(false),
        _ => {}
    }
}

fn straighten_number(value: &mut Value) {
    if let Some(text) = value.as_str() {
        let text = text.trim();
        let number = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from));
        if let Ok(number) = number {
            *value = number;
        }
    }
    if let Some(number) = value.as_f64().filter(|_| value.is_f64())
        && number.fract() == 0.0
        && number.abs() < 9e15
    {
        // Exact: smaller than 2^53.
        *value = Value::from(number as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_become_what_their_keys_say() {
        let mut value = json!({"enabled": "True", "id": "5", "compareValue": "2.5", "minimumTriggers": 3.0,
            "name": "true", "shortName": null, "other": null, "conditions": [{"triggerEnabled": "false"}], "disabled": "perhaps"});
        straighten(&mut value);
        assert_eq!(
            value,
            json!({"enabled": true, "id": 5, "compareValue": 2.5, "minimumTriggers": 3, "name": "true", "other": null,
                "conditions": [{"triggerEnabled": false}], "disabled": "perhaps"})
        );
    }
}
