//! The flow map: who calls whom, how often and how fast.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tierline_model::{BackendId, BtId, ExitType, TierId};
use tierline_store::{BackendRecord, Dimension, Entities, MetricFilter, MetricRow, StoreError, TierRecord};

use crate::numbers::Numbers;
use crate::resolution::Resolutions;
use crate::scope::{Question, Scope};

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// Another tier of the application.
    Tier(TierId),
    /// Something that is no tier.
    Backend(BackendId),
}

/// A tier on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapTier {
    /// The tier.
    pub tier: TierRecord,
    /// Nodes that reported in the time.
    pub nodes: u32,
    /// Segments it executed.
    pub numbers: Numbers,
    /// Whether BTs start here.
    pub entry: bool,
}

/// Calls from a tier.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Who calls.
    pub from: TierId,
    /// Who is called.
    pub to: Target,
    /// How.
    pub exit_type: ExitType,
    /// The calls as the caller saw them.
    pub numbers: Numbers,
}

/// The map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowMap {
    /// Tiers that executed something, called or were called; by name.
    pub tiers: Vec<MapTier>,
    /// Backends that were called; by name.
    pub backends: Vec<BackendRecord>,
    /// Calls.
    pub edges: Vec<Edge>,
}

/// The map of the application, or of one BT.
///
/// # Errors
/// When the store cannot be read.
pub fn flow_map(scope: Scope<'_>, bt: Option<BtId>) -> Result<FlowMap, StoreError> {
    let filter = MetricFilter { bt_id: bt, ..MetricFilter::default() };
    let entities = scope.entities()?;
    let resolutions = scope.resolutions(&entities)?;
    let tiers = scope.ask(Question::segments().by(&[Dimension::Tier]).only(filter.clone()))?;
    let entries = scope.ask(
        Question::segments()
            .by(&[Dimension::Tier])
            .only(MetricFilter { originating: Some(true), ..filter.clone() }),
    )?;
    let exits = scope.ask(Question::exits().by(&[Dimension::Tier, Dimension::Backend]).only(filter))?;
    Ok(draw(entities, &resolutions, &tiers, &entries, &exits))
}

/// Draws the map from segments by tier, originating segments by tier, and exit calls by tier and backend.
#[must_use]
pub fn draw(
    entities: Entities,
    resolutions: &Resolutions,
    tiers: &[MetricRow],
    entries: &[MetricRow],
    exits: &[MetricRow],
) -> FlowMap {
    let backends: HashMap<BackendId, BackendRecord> =
        entities.backends.into_iter().map(|b| (b.backend.id, b)).collect();
    let known: BTreeSet<TierId> = entities.tiers.iter().map(|t| t.id).collect();
    let edges = edges(&backends, &known, resolutions, exits);
    let mut on_map: BTreeSet<TierId> =
        tiers.iter().filter(|r| r.count > 0).filter_map(|r| r.tier_id).collect();
    let mut called: BTreeSet<BackendId> = BTreeSet::new();
    for edge in &edges {
        on_map.insert(edge.from);
        match edge.to {
            Target::Tier(tier) => drop(on_map.insert(tier)),
            Target::Backend(backend) => drop(called.insert(backend)),
        }
    }
    let map_tiers = entities.tiers.into_iter().filter(|tier| on_map.contains(&tier.id)).map(|tier| {
        let own = || tiers.iter().filter(|row| row.tier_id == Some(tier.id));
        MapTier {
            nodes: own().map(|row| row.nodes).max().unwrap_or(0),
            numbers: Numbers::of(own()),
            entry: entries.iter().any(|row| row.tier_id == Some(tier.id) && row.count > 0),
            tier,
        }
    });
    let mut map_backends: Vec<BackendRecord> =
        backends.into_values().filter(|b| called.contains(&b.backend.id)).collect();
    map_backends.sort_by(|a, b| a.backend.name.cmp(&b.backend.name).then(a.backend.id.cmp(&b.backend.id)));
    FlowMap { tiers: map_tiers.collect(), backends: map_backends, edges }
}

/// Several backends that are one tier (two URLs of one service) make one arrow per exit type.
fn edges(
    backends: &HashMap<BackendId, BackendRecord>,
    tiers: &BTreeSet<TierId>,
    resolutions: &Resolutions,
    exits: &[MetricRow],
) -> Vec<Edge> {
    let mut edges: BTreeMap<(TierId, Target, ExitType), Numbers> = BTreeMap::new();
    for row in exits.iter().filter(|row| row.count > 0) {
        let (Some(from), Some(backend)) = (row.tier_id, row.backend_id) else { continue };
        let Some(record) = backends.get(&backend) else { continue };
        let to = match resolutions.tier_of(backend) {
            Some(tier) if tiers.contains(&tier) => Target::Tier(tier),
            _ => Target::Backend(backend),
        };
        edges.entry((from, to, record.backend.key.exit_type.clone())).or_default().add(row);
    }
    edges.into_iter().map(|((from, to, exit_type), numbers)| Edge { from, to, exit_type, numbers }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tierline_model::{Backend, BackendKey, Language, Property};

    use super::*;
    use crate::numbers::row;

    fn tier(name: &str) -> TierRecord {
        TierRecord {
            id: TierId::of("shop", name),
            app_id: tierline_model::AppId::of("shop"),
            name: Arc::from(name),
            language: Language::Python,
            first_seen_ms: 0,
            last_seen_ms: 0,
        }
    }

    fn backend(url: &str) -> BackendRecord {
        let key = BackendKey::new(ExitType::Http, vec![Property::new("URL", url)], url);
        let id = BackendId::of("shop", &key);
        BackendRecord {
            backend: Backend { id, name: Arc::from(url), key },
            app_id: tierline_model::AppId::of("shop"),
            resolved_tier_id: None,
            first_seen_ms: 0,
            last_seen_ms: 0,
        }
    }

    #[test]
    fn two_backends_that_are_one_tier_make_one_arrow() {
        let (web, pay) = (tier("web"), tier("pay"));
        let (one, two, mail) = (backend("http://a"), backend("http://b"), backend("http://mail"));
        let entities = Entities {
            tiers: vec![pay.clone(), web.clone()],
            backends: vec![one.clone(), two.clone(), mail.clone()],
            ..Entities::default()
        };
        let called = |b: &BackendRecord, count| MetricRow {
            tier_id: Some(pay.id),
            backend_id: Some(b.backend.id),
            ..row(count, 10)
        };
        let resolutions = Resolutions::new(&entities, &[called(&one, 3), called(&two, 4)]);
        let exit = |b: &BackendRecord, count| MetricRow {
            tier_id: Some(web.id),
            backend_id: Some(b.backend.id),
            ..row(count, 10)
        };
        let map = draw(
            entities,
            &resolutions,
            &[MetricRow { tier_id: Some(web.id), ..row(7, 70) }],
            &[MetricRow { tier_id: Some(web.id), ..row(7, 70) }],
            &[exit(&one, 3), exit(&two, 4), exit(&mail, 1)],
        );
        let arrows: Vec<(Target, u64)> = map.edges.iter().map(|e| (e.to, e.numbers.calls)).collect();
        assert_eq!(arrows, [(Target::Tier(pay.id), 7), (Target::Backend(mail.backend.id), 1)]);
        assert_eq!(map.backends, [mail]);
        assert_eq!(
            map.tiers.iter().map(|t| (&*t.tier.name, t.entry)).collect::<Vec<_>>(),
            [("pay", false), ("web", true)]
        );
    }
}
