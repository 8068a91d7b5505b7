//! Policies, and what waits to be carried out.

use tierline_engine::alerting::suppression::Quiet;
use tierline_engine::alerting::{self, Action, ActionSuppression, Policy};
use tierline_engine::events::{self, EntityRef, Event, EventFilter, Severity, kinds};
use tierline_engine::reactions::{self, Outcome};

use super::*;

fn set_up(shop: &Shop) {
    let store = shop.dyn_store();
    shop.report_all(hour_ms(), hour_ms() + MINUTE_MS, Minute { calls: 1, each_ms: 1, ..Minute::default() });
    let action: Action = serde_json::from_str(
        r#"{"name": "tell", "actionType": "HTTP_REQUEST", "url": "http://127.0.0.1:9/x"}"#,
    )
    .unwrap();
    alerting::create(store, ACCOUNT, app(), action, "alice").unwrap();
    let policy: Policy = serde_json::from_str(
        r#"{"name": "tell of what matters", "actions": [{"actionName": "tell", "actionType": "HTTP_REQUEST"}],
            "events": {"healthRuleEvents": {"healthRuleEventTypes": ["HEALTH_RULE_OPEN_CRITICAL"],
                "healthRuleScope": {"healthRuleScopeType": "SPECIFIC_HEALTH_RULES", "healthRules": ["mine"]}},
              "otherEvents": ["APPLICATION_DEPLOYMENT"]}}"#,
    )
    .unwrap();
    alerting::create(store, ACCOUNT, app(), policy, "alice").unwrap();
}

fn tell(shop: &Shop, kind: &str, rule: &str) {
    let mut event = [Event {
        time_ms: hour_ms(),
        triggered_entity: Some(EntityRef::new("POLICY", 1, rule)),
        ..Event::new(app(), kind, Severity::Error, format!("{kind} of {rule}"))
    }];
    events::record(shop.dyn_store(), ACCOUNT, &mut event).unwrap();
}

fn told(shop: &Shop) -> Vec<Vec<String>> {
    let waiting = reactions::waiting(shop.dyn_store(), ACCOUNT).unwrap();
    waiting.into_iter().map(|d| d.events.into_iter().map(|e| e.summary).collect()).collect()
}

#[test]
fn policies_follow_the_events_they_want_each_once() {
    let shop = Shop::new();
    set_up(&shop);
    let store = shop.dyn_store();
    tell(&shop, kinds::DEPLOYMENT, "");
    assert_eq!(reactions::follow(store, ACCOUNT, hour_ms()).unwrap(), 0, "what was before is over");
    for (kind, rule) in [
        ("POLICY_OPEN_CRITICAL", "mine"),
        ("POLICY_OPEN_CRITICAL", "another"),
        ("POLICY_OPEN_WARNING", "mine"),
        (kinds::CUSTOM, ""),
        (kinds::DEPLOYMENT, ""),
    ] {
        tell(&shop, kind, rule);
    }
    assert_eq!(reactions::follow(store, ACCOUNT, hour_ms()).unwrap(), 1, "all of them in one action");
    assert_eq!(told(&shop), [["POLICY_OPEN_CRITICAL of mine", "APPLICATION_DEPLOYMENT of "]]);
    assert_eq!(reactions::follow(store, ACCOUNT, hour_ms()).unwrap(), 0, "each once");
}

#[test]
fn what_fails_is_tried_six_times_and_then_given_up_with_an_event() {
    let shop = Shop::new();
    set_up(&shop);
    let store = shop.dyn_store();
    reactions::follow(store, ACCOUNT, hour_ms()).unwrap();
    tell(&shop, kinds::DEPLOYMENT, "");
    let mut now = hour_ms();
    reactions::follow(store, ACCOUNT, now).unwrap();
    let mut attempts = 0;
    while let Some(delivery) = reactions::due(store, ACCOUNT, now).unwrap().pop() {
        attempts += 1;
        let failed = Outcome::Failed("nobody answers".into());
        reactions::carried_out(store, ACCOUNT, &delivery, &failed, now).unwrap();
        assert!(reactions::due(store, ACCOUNT, now).unwrap().is_empty(), "it waits");
        now += 2 * HOUR_MS;
    }
    assert_eq!((attempts, told(&shop).len()), (6, 0));
    let failed = EventFilter { types: vec![kinds::ACTION_FAILED.into()], ..EventFilter::default() };
    let events = events::find(store, ACCOUNT, app(), always(), &failed).unwrap();
    assert!(events[0].summary.contains("nobody answers"), "{}", events[0].summary);
    let finished = reactions::finished(store, ACCOUNT, app(), always()).unwrap();
    assert_eq!((finished.len(), finished[0].kind.as_str()), (1, "GIVEN_UP"));
    assert_eq!(reactions::follow(store, ACCOUNT, now).unwrap(), 0, "a failure makes no new action");
}

#[test]
fn nothing_is_done_while_actions_are_held_back() {
    let shop = Shop::new();
    set_up(&shop);
    let store = shop.dyn_store();
    reactions::follow(store, ACCOUNT, hour_ms()).unwrap();
    let pause = ActionSuppression {
        name: "maintenance".into(),
        quiet: Quiet { start_time_ms: hour_ms(), end_time_ms: hour_ms() + HOUR_MS, ..Quiet::default() },
        ..ActionSuppression::default()
    };
    alerting::create(store, ACCOUNT, app(), pause, "alice").unwrap();
    tell(&shop, kinds::DEPLOYMENT, "");
    assert_eq!(reactions::follow(store, ACCOUNT, hour_ms() + MINUTE_MS).unwrap(), 0);
    tell(&shop, kinds::DEPLOYMENT, "");
    assert_eq!(reactions::follow(store, ACCOUNT, hour_ms() + HOUR_MS).unwrap(), 1);
}
