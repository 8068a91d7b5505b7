//! Which nodes report, and the events of those that begin, fall silent and come back.

use std::collections::HashMap;

use tierline_model::{AppId, NodeId};
use tierline_store::Entities;

use crate::events::{EntityRef, Event, Severity, kinds};

/// A node is silent after so many milliseconds (facts/controller-api 4.2: agents are gone after 300 s).
const SILENT_AFTER_MS: u64 = 300_000;

/// What is known of the nodes of all applications. The first look at an application tells nothing: nobody knows what was
/// before.
#[derive(Default, Debug)]
pub struct Presence {
    applications: HashMap<(String, AppId), HashMap<NodeId, bool>>,
}

impl Presence {
    /// Compares the nodes of an application with what was known, and tells what changed.
    pub fn look(&mut self, account: &str, app_id: AppId, entities: &Entities, now_ms: u64) -> Vec<Event> {
        let first = !self.applications.contains_key(&(account.to_owned(), app_id));
        let known = self.applications.entry((account.to_owned(), app_id)).or_default();
        let mut events = Vec::new();
        for node in &entities.nodes {
            let reports = now_ms.saturating_sub(node.last_seen_ms) < SILENT_AFTER_MS;
            let before = known.insert(node.id, reports);
            let what = match (before, reports) {
                (None, true) => "began to report",
                (Some(false), true) => "reports again",
                (Some(true), false) => "has not reported for five minutes",
                _ => continue,
            };
            if first {
                continue;
            }
            let severity = if reports { Severity::Info } else { Severity::Warn };
            let summary = format!("Node {} {what}.", node.name);
            events.push(Event {
                time_ms: now_ms,
                sub_type: if reports { "AGENT_STARTED" } else { "AGENT_SILENT" }.to_owned(),
                affected_entities: vec![EntityRef::new(
                    "APPLICATION_COMPONENT_NODE",
                    node.id.get(),
                    &*node.name,
                )],
                ..Event::new(app_id, kinds::AGENT, severity, summary)
            });
        }
        known.retain(|id, _| entities.nodes.iter().any(|node| node.id == *id));
        events
    }
}
