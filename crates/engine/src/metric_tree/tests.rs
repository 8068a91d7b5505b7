use std::sync::Arc;

use tierline_model::{AppId, Backend, BackendKey, EntryType, ExitType, Language, Property};
use tierline_store::{BtRecord, MetricRow, NodeRecord, TierRecord};

use super::*;
use crate::metric_path::parse;

pub fn entities() -> Entities {
    let app_id = AppId::of("shop");
    let tier = |name: &str| TierRecord {
        id: TierId::of("shop", name),
        app_id,
        name: Arc::from(name),
        language: Language::Python,
        first_seen_ms: 0,
        last_seen_ms: 0,
    };
    let node = |tier: &str, name: &str| NodeRecord {
        id: NodeId::of("shop", tier, name),
        tier_id: TierId::of("shop", tier),
        app_id,
        name: Arc::from(name),
        language: Language::Python,
        agent_version: Arc::from("1.0.0"),
        runtime_version: Arc::from(""),
        host_name: Arc::from(""),
        os_type: Arc::from(""),
        process_id: 1,
        first_seen_ms: 0,
        last_seen_ms: 0,
    };
    let bt = BtRecord {
        id: BtId::of("shop", "web", EntryType::PythonWeb, "/buy|now"),
        app_id,
        tier_id: TierId::of("shop", "web"),
        name: Arc::from("/buy|now"),
        entry_type: EntryType::PythonWeb,
        other_traffic: false,
        first_seen_ms: 0,
        last_seen_ms: 0,
    };
    Entities {
        tiers: vec![tier("pay"), tier("web")],
        nodes: vec![node("web", "n1"), node("web", "n2")],
        bts: vec![bt],
        backends: vec![backend("db"), backend("pay:80")],
        ..Entities::default()
    }
}

pub fn backend(name: &str) -> BackendRecord {
    let key = BackendKey::new(ExitType::Http, vec![Property::new("HOST", name)], name);
    BackendRecord {
        backend: Backend { id: BackendId::of("shop", &key), name: Arc::from(name), key },
        app_id: AppId::of("shop"),
        resolved_tier_id: None,
        first_seen_ms: 0,
        last_seen_ms: 0,
    }
}

pub fn tree() -> MetricTree {
    let entities = entities();
    let (web, pay) = (TierId::of("shop", "web"), TierId::of("shop", "pay"));
    let reached = MetricRow {
        tier_id: Some(pay),
        backend_id: Some(backend("pay:80").backend.id),
        ..crate::numbers::row(1, 1)
    };
    let resolutions = Resolutions::new(&entities, &[reached]);
    let bt = entities.bts[0].id;
    let called = [(web, bt, backend("db").backend.id), (web, bt, backend("pay:80").backend.id)];
    MetricTree::new(entities, resolutions, called)
}

fn paths(pattern: &str) -> Vec<String> {
    tree().find(&parse(pattern).unwrap()).unwrap().iter().map(|m| m.path.to_string()).collect()
}

#[test]
fn the_root_has_the_real_order() {
    let names: Vec<String> = tree().list(&[]).into_iter().map(|e| e.name).collect();
    assert_eq!(names[0], "Overall Application Performance");
    assert_eq!(names[7], "Backends");
    assert!(tree().list(&parse("No Such Folder").unwrap()).is_empty());
}

#[test]
fn wildcards_name_every_metric_they_match() {
    assert_eq!(
        paths("Overall Application Performance|*|Calls per Minute"),
        [
            "Overall Application Performance|pay|Calls per Minute",
            "Overall Application Performance|web|Calls per Minute"
        ]
    );
    assert_eq!(paths("Overall Application Performance|web|Individual Nodes|*|Calls per Minute").len(), 2);
    // One BT, two nodes, two exit calls of a tier, the availability and the processes of two tiers.
    assert_eq!(paths("*|*|*|*|*").len(), 7 + 2 * 7 + 2 * 3 + 2 + 2 * 3);
}

#[test]
fn a_pipe_inside_a_name_is_escaped_both_ways() {
    let path = r"Business Transaction Performance|Business Transactions|web|/buy\|now|Errors per Minute";
    assert_eq!(paths(path), [path]);
}

#[test]
fn calls_name_the_tier_a_backend_turned_out_to_be() {
    let calls = "Overall Application Performance|web|External Calls|*|Calls per Minute";
    assert_eq!(
        paths(calls),
        [
            "Overall Application Performance|web|External Calls|Call-HTTP to Discovered backend call - db|Calls per Minute",
            "Overall Application Performance|web|External Calls|Call-HTTP to pay|Calls per Minute"
        ]
    );
    // Known, although this tier did not call it lately.
    let known = "Overall Application Performance|pay|External Calls|Call-HTTP to Discovered backend call - db|Calls per Minute";
    assert_eq!(paths(known), [known]);
}

#[test]
fn backends_answer_to_their_short_name_too() {
    let long = "Backends|Discovered backend call - db|Average Response Time (ms)";
    assert_eq!(paths("Backends|db|Average Response Time (ms)"), [long]);
    assert_eq!(paths(long), [long]);
}

#[test]
fn nothing_matches_nothing() {
    assert!(paths("Overall Application Performance|nobody|Calls per Minute").is_empty());
    assert!(paths("Overall Application Performance").is_empty());
    assert!(paths("").is_empty());
}
