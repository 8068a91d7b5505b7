//! What a chart is marked with: events and violations of its time.

use std::collections::HashSet;

use tierline_model::{BtId, NodeId, TierId};
use tierline_store::StoreError;

use crate::evaluation::Level;
use crate::events::{self, EntityRef, EventFilter, Severity};
use crate::limits::MARKERS_MAX;
use crate::scope::Scope;
use crate::violations;

/// What is marked.
#[derive(Clone, Debug)]
pub struct Marker {
    /// The event's id; a violation has the one of the event that opened it.
    pub id: u64,
    /// When, milliseconds since 1970.
    pub start_ms: u64,
    /// Until when; `None` for an event and for a violation that is open.
    pub end_ms: Option<u64>,
    /// Whether it is a violation: those last.
    pub violation: bool,
    /// The event's type; `POLICY_OPEN_WARNING` or `POLICY_OPEN_CRITICAL` for a violation.
    pub event_type: String,
    /// How bad.
    pub severity: Severity,
    /// One sentence.
    pub summary: String,
    /// What it is about.
    pub affected: Vec<EntityRef>,
}

/// What the chart is about: then only what is about that, or about the application as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// A business transaction.
    pub bt: Option<BtId>,
    /// A tier.
    pub tier: Option<TierId>,
    /// A node.
    pub node: Option<NodeId>,
}

impl About {
    fn concerns(&self, affected: &[EntityRef]) -> bool {
        let all = [
            ("BUSINESS_TRANSACTION", self.bt.map(BtId::get)),
            ("APPLICATION_COMPONENT", self.tier.map(TierId::get)),
            ("APPLICATION_COMPONENT_NODE", self.node.map(NodeId::get)),
        ];
        if all.iter().all(|(_, id)| id.is_none()) {
            return true;
        }
        let whole = affected.iter().all(|entity| entity.entity_type == "APPLICATION");
        let own = |entity: &EntityRef| {
            all.iter().any(|(kind, id)| entity.entity_type == *kind && Some(entity.entity_id) == *id)
        };
        whole || affected.iter().any(own)
    }
}

/// The markers of the scope's time by their start, and whether there were more: then the newest.
///
/// # Errors
/// When the store cannot be read.
pub fn markers(scope: Scope<'_>, about: About) -> Result<(Vec<Marker>, bool), StoreError> {
    let Scope { store, account, app_id, range } = scope;
    let mut found: Vec<Marker> = violations::violations(store, account, app_id, range)?
        .into_iter()
        .filter(|violation| about.concerns(std::slice::from_ref(&violation.affected)))
        .map(|violation| {
            let (severity, word) = match violation.level {
                Level::Warning => (Severity::Warn, "WARNING"),
                Level::Critical => (Severity::Error, "CRITICAL"),
            };
            Marker {
                id: violation.id,
                start_ms: violation.start_ms,
                end_ms: (!violation.is_open()).then_some(violation.end_ms),
                violation: true,
                event_type: format!("POLICY_OPEN_{word}"),
                severity,
                summary: format!(
                    "{}: {}. {}",
                    violation.rule_name, violation.affected.name, violation.description
                ),
                affected: vec![violation.affected],
            }
        })
        .collect();
    let violated: HashSet<u64> = found.iter().map(|marker| marker.id).collect();
    let events = events::find(store, account, app_id, range, &EventFilter::default())?;
    // The life of a violation is one mark, not one per event of it.
    let own = events.into_iter().filter(|event| {
        !event.event_type.starts_with("POLICY_")
            && !violated.contains(&event.id)
            && about.concerns(&event.affected_entities)
    });
    found.extend(own.map(|event| Marker {
        id: event.id,
        start_ms: event.time_ms,
        end_ms: None,
        violation: false,
        event_type: event.event_type,
        severity: event.severity,
        summary: event.summary,
        affected: event.affected_entities,
    }));
    found.sort_by_key(|marker| (marker.start_ms, marker.id));
    let more = found.len().saturating_sub(MARKERS_MAX);
    found.drain(..more);
    Ok((found, more > 0))
}
