//! What actions say: their own text with `${variables}`, or one made from the events.

use serde_json::{Value, json};
use tierline_engine::events::{EntityRef, Severity};
use tierline_engine::reactions::Delivery;

/// Everything an action can say, as JSON: the body of a webhook that has none of its own.
#[must_use]
pub fn everything(delivery: &Delivery) -> Value {
    let entity = |entity: &EntityRef| json!({"entityType": entity.entity_type, "entityId": entity.entity_id, "name": entity.name});
    let events: Vec<Value> = delivery
        .events
        .iter()
        .map(|event| {
            json!({
                "id": event.id, "type": event.event_type, "severity": event.severity.as_str(),
                "timeMs": event.time_ms, "summary": event.summary,
                "triggeredEntity": event.triggered_entity.as_ref().map(entity),
                "affectedEntities": event.affected_entities.iter().map(entity).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "application": delivery.application, "applicationId": delivery.app_id.get(),
        "policy": delivery.policy, "action": delivery.action.name, "notes": delivery.notes,
        "severity": worst(delivery).as_str(), "events": events, "eventsLeftOut": delivery.events_left_out,
    })
}

fn worst(delivery: &Delivery) -> Severity {
    let severities = || delivery.events.iter().map(|event| event.severity);
    if severities().any(|severity| severity == Severity::Error) {
        Severity::Error
    } else if severities().any(|severity| severity == Severity::Warn) {
        Severity::Warn
    } else {
        Severity::Info
    }
}

/// A line for people.
#[must_use]
pub fn headline(delivery: &Delivery) -> String {
    let first = delivery.events.first().map_or("", |event| event.summary.as_str());
    let first = tierline_model::name::cut(first.lines().next().unwrap_or_default(), 150);
    format!("[Tierline] {}: {first}", delivery.application)
}

/// A letter for people.
#[must_use]
pub fn letter(delivery: &Delivery) -> String {
    let mut text = format!("Application: {}\nPolicy: {}\n", delivery.application, delivery.policy);
    if !delivery.notes.is_empty() {
        text.push_str(&format!("Notes: {}\n", delivery.notes));
    }
    for event in &delivery.events {
        text.push_str(&format!(
            "\n{} {} ({} ms since 1970)\n{}\n",
            event.severity.as_str(),
            event.event_type,
            event.time_ms,
            event.summary
        ));
    }
    if delivery.events_left_out > 0 {
        text.push_str(&format!("\n… and {} more events.\n", delivery.events_left_out));
    }
    text
}

/// Puts values for `${…}`. With `json` they are escaped for a JSON text. Unknown variables stay as they are.
#[must_use]
pub fn fill(template: &str, delivery: &Delivery, as_json: bool) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("${") {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let Some(end) = from.find('}') else {
            rest = from;
            break;
        };
        let name = &from[2..end];
        match value(name, delivery) {
            Some(Value::String(text)) if as_json => {
                let quoted = Value::String(text).to_string();
                filled.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            }
            Some(Value::String(text)) => filled.push_str(&text),
            Some(other) => filled.push_str(&other.to_string()),
            None => filled.push_str(&from[..=end]),
        }
        rest = &from[end + 1..];
    }
    filled.push_str(rest);
    filled
}

fn value(name: &str, delivery: &Delivery) -> Option<Value> {
    let first = delivery.events.first();
    let text = |text: &str| Some(Value::from(text));
    match name {
        "application" => text(&delivery.application),
        "policy" => text(&delivery.policy),
        "action" => text(&delivery.action.name),
        "notes" => text(&delivery.notes),
        "severity" => text(worst(delivery).as_str()),
        "summary" => text(first.map_or("", |event| &event.summary)),
        "type" => text(first.map_or("", |event| &event.event_type)),
        "time" => Some(Value::from(first.map_or(0, |event| event.time_ms))),
        "rule" => text(first.and_then(|e| e.triggered_entity.as_ref()).map_or("", |rule| &rule.name)),
        "entity" => text(first.and_then(|e| e.affected_entities.first()).map_or("", |entity| &entity.name)),
        "events" => everything(delivery).get("events").cloned(),
        "everything" => Some(everything(delivery)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_and_escaped() {
        let delivery: Delivery = serde_json::from_value(json!({
            "id": 1, "appId": 5, "application": "sh\"op", "policy": "p", "action": {"name": "a"}, "notes": "",
            "events": [{"id": 7, "eventType": "CUSTOM", "severity": "WARN", "timeMs": 9, "summary": "it\nbroke",
                        "triggeredEntity": null, "affectedEntities": []}],
            "eventsLeftOut": 0, "attempts": 0, "nextMs": 0, "lastError": ""
        }))
        .unwrap();
        let template =
            r#"{"text": "${application}: ${summary} ${unknown} ${", "at": ${time}, "all": ${events}}"#;
        assert!(fill("${application} ${", &delivery, false).ends_with("sh\"op ${"));
        let filled = fill(&template.replace(" ${\"", "\""), &delivery, true);
        let filled: Value = serde_json::from_str(&filled).expect(&filled);
        assert_eq!(filled["text"], "sh\"op: it\nbroke ${unknown}");
        assert_eq!((&filled["at"], &filled["all"][0]["id"]), (&json!(9), &json!(7)));
    }
}
