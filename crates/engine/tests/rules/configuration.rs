//! What agents are told, and diagnostic sessions.

use serde_json::json;
use tierline_engine::agent_configuration::{self, ConfigurationError};
use tierline_engine::diagnostic_sessions::{self, Cause, DiagnosticPolicy, SessionError, Wish};
use tierline_engine::transactions_admin::{self, Decision};
use tierline_engine::{Scope, events};
use tierline_model::TierId;
use tierline_store::{StoreError, TimeRange};

use super::*;

#[test]
fn a_tier_differs_from_its_application_and_versions_come_back() {
    let shop = Shop::new();
    let store = shop.dyn_store();
    let tier = TierId::of(APP, "web");
    let effective = |tier| agent_configuration::effective(store, ACCOUNT, app(), tier).unwrap();
    assert_eq!(effective(None).version, 1);
    let put = |tier, patch, version, who: &str| {
        agent_configuration::put(store, ACCOUNT, (app(), tier), &patch, version, (who, 5))
    };
    put(None, json!({"limits": {"bts_max": 10, "backends_max": 20}}), Some(0), "alice").unwrap();
    put(Some(tier), json!({"limits": {"bts_max": 30}}), None, "bob").unwrap();
    let of_tier = effective(Some(tier));
    assert_eq!((of_tier.limits.bts_max, of_tier.limits.backends_max), (30, 20));
    assert_eq!(effective(None).limits.bts_max, 10);
    let before = of_tier.version;
    let stale = put(None, json!({}), Some(0), "carol");
    assert!(matches!(stale, Err(ConfigurationError::Store(StoreError::Conflict { .. }))), "{stale:?}");
    put(None, json!({"limits": {"backends_max": 1}}), Some(1), "carol").unwrap();
    assert_eq!(effective(Some(tier)).limits.backends_max, 1);
    assert!(effective(Some(tier)).version > before, "agents see that it is newer");
    let (back, event) =
        agent_configuration::roll_back(store, ACCOUNT, (app(), None), 1, ("dave", 6)).unwrap();
    assert_eq!((back.version, effective(None).limits.bts_max), (3, 10));
    assert!(event.summary.starts_with("dave changed the agent configuration"), "{}", event.summary);
    let history = agent_configuration::history(store, ACCOUNT, app(), None).unwrap();
    let who: Vec<&str> = history.iter().map(|version| version.changed_by.as_str()).collect();
    assert_eq!(who, ["dave", "carol", "alice"]);
    let gone = agent_configuration::roll_back(store, ACCOUNT, (app(), None), 9, ("dave", 6));
    assert!(matches!(gone, Err(ConfigurationError::NoVersion(9))));
    let told = events::find(store, ACCOUNT, app(), always(), &events::EventFilter::default()).unwrap();
    assert_eq!(told.len(), 4, "every change is told");
}

#[test]
fn agents_are_told_what_is_excluded_promoted_and_in_session() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    shop.report_all(hour, hour + MINUTE_MS, Minute { calls: 1, each_ms: 1, ..Minute::default() });
    let effective = || agent_configuration::effective(store, ACCOUNT, app(), None).unwrap();
    let rename = Decision::Rename(bt(), "Purchase".into());
    transactions_admin::decide(store, ACCOUNT, app(), &rename, "alice").unwrap();
    transactions_admin::decide(store, ACCOUNT, app(), &Decision::Exclude(vec![bt()]), "alice").unwrap();
    assert_eq!(effective().detection.excluded_bts, [BT], "the name agents know");
    agent_configuration::promote(store, ACCOUNT, app(), "/hot", true, ("alice", 5)).unwrap();
    assert_eq!(effective().promoted_bts, ["/hot"]);
    agent_configuration::promote(store, ACCOUNT, app(), "/hot", false, ("alice", 5)).unwrap();
    assert_eq!(effective().promoted_bts, [""; 0]);
    let wish = |minutes| Wish {
        guid: "one".into(),
        name: String::new(),
        bt_id: Some(bt()),
        minutes,
        snapshots_max: None,
        cause: Cause::Manual,
    };
    let start = |minutes| diagnostic_sessions::start(store, ACCOUNT, app(), &wish(minutes), hour, "alice");
    assert!(matches!(start(0), Err(SessionError::Minutes)));
    let before = effective().version;
    start(5).unwrap();
    assert_eq!(effective().diagnostic_sessions[0].bt_id, Some(bt()));
    assert!(effective().version > before);
    assert_eq!(diagnostic_sessions::finish(store, ACCOUNT, app(), hour + MINUTE_MS).unwrap(), []);
    let ended = diagnostic_sessions::finish(store, ACCOUNT, app(), hour + 5 * MINUTE_MS).unwrap();
    assert_eq!((ended.len(), ended[0].sub_type.as_str()), (1, "ENDED"));
    assert_eq!(effective().diagnostic_sessions, []);
    let gone = diagnostic_sessions::stop(store, ACCOUNT, app(), "one", hour + HOUR_MS, "alice");
    assert!(matches!(gone, Err(SessionError::NotRunning)));
}

#[test]
fn a_pattern_of_slow_or_failed_executions_deserves_a_session() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    let policy = DiagnosticPolicy::default();
    let at = |start_ms: u64| {
        let range = TimeRange { start_ms, end_ms: start_ms + 5 * MINUTE_MS };
        let scope = Scope { store, account: ACCOUNT, app_id: app(), range };
        diagnostic_sessions::suspicious(scope, &policy, range.end_ms).unwrap()
    };
    let five = |start_ms: u64, minute: Minute| shop.report_all(start_ms, start_ms + 5 * MINUTE_MS, minute);
    five(hour, Minute { calls: 10, each_ms: 1, errors: 0, slow: 1 });
    assert_eq!(at(hour), [], "a tenth is slow");
    five(hour + 5 * MINUTE_MS, Minute { calls: 10, each_ms: 1, errors: 0, slow: 2 });
    assert_eq!(at(hour + 5 * MINUTE_MS), [(bt(), Cause::Slow)]);
    five(hour + 10 * MINUTE_MS, Minute { calls: 10, each_ms: 1, errors: 1, slow: 0 });
    assert_eq!(at(hour + 10 * MINUTE_MS), [(bt(), Cause::Error)]);
    five(hour + 15 * MINUTE_MS, Minute { calls: 2, each_ms: 1, errors: 2, slow: 0 });
    assert_eq!(at(hour + 15 * MINUTE_MS), [], "too few to say");
    let wish = Wish {
        guid: "one".into(),
        name: String::new(),
        bt_id: Some(bt()),
        minutes: 5,
        snapshots_max: Some(10),
        cause: Cause::Error,
    };
    diagnostic_sessions::start(store, ACCOUNT, app(), &wish, hour + 10 * MINUTE_MS, "system").unwrap();
    assert_eq!(at(hour + 10 * MINUTE_MS), [], "there was one lately");
}

#[test]
fn the_documented_defaults_are_the_defaults() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/agent-configuration.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once("```json\n").expect("a block of JSON");
    let (_, after) = rest.split_once("```").expect("its end");
    let fresh = serde_json::to_string_pretty(&tierline_model::AgentConfig::default()).unwrap();
    let fresh = format!("{before}```json\n{fresh}\n```{after}");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == fresh,
        "docs/reference/agent-configuration.md is stale: run UPDATE=1 cargo test -p tierline-engine --test rules"
    );
}
