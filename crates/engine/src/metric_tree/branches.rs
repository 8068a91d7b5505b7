//! Branches of the tree that come from what people decided (groups of business transactions) and from kept executions
//! (errors by type).

use std::collections::{BTreeMap, BTreeSet};

use tierline_model::{BtId, ErrorId, NodeId, TierId};
use tierline_store::{MetricFamily, StoreError, TimeRange};

use super::{Child, INDIVIDUAL_NODES, Key, Leaf, MetricTree, Place, Source, folder, leaves};
use crate::errors;
use crate::limits::METRIC_TREE_MINUTES;
use crate::metric_path::Part;
use crate::scope::Scope;

/// Groups of business transactions by name.
pub(super) type Groups = BTreeMap<String, Vec<BtId>>;

pub(super) use crate::errors::ErrorTypes;

/// The folder of errors.
pub(crate) const ERRORS: &str = "Errors";

impl MetricTree {
    /// The tree with everything `pattern` may reach. Errors are looked up only for a pattern that may mean them: it
    /// costs reading executions.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reaching(scope: Scope<'_>, pattern: &[Part]) -> Result<Self, StoreError> {
        let means_errors = match pattern.first() {
            Some(Part::Any) => pattern.len() > 1,
            Some(Part::Name(name)) => name == ERRORS,
            None => false,
        };
        if means_errors { Self::with_errors(scope) } else { Self::of(scope) }
    }

    /// The tree with the types of errors.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn with_errors(scope: Scope<'_>) -> Result<Self, StoreError> {
        let mut tree = Self::of(scope)?;
        let day_ms = METRIC_TREE_MINUTES * 60_000;
        let start_ms = scope.range.start_ms.min(scope.range.end_ms.saturating_sub(day_ms));
        let wide = Scope { range: TimeRange { start_ms, ..scope.range }, ..scope };
        tree.errors = errors::types(wide)?;
        Ok(tree)
    }

    pub(super) fn groups(&self) -> Vec<(String, Child)> {
        let group = |(name, bts): (&String, &Vec<BtId>)| {
            let keys = bts.iter().map(|bt| Key { bt: Some(*bt), ..Key::default() }).collect();
            let source = Source { family: Some(MetricFamily::Segments), originating: Some(true), keys };
            let first = bts.first().map_or(0, |bt| bt.get());
            folder(name, Place::Group(source, format!("BTM|BT Groups|Group:{first}")))
        };
        self.groups.iter().filter(|(_, bts)| !bts.is_empty()).map(group).collect()
    }

    pub(super) fn error_types(&self, tier: TierId) -> Vec<(String, Child)> {
        let types = self.errors.get(&tier).into_iter().flatten();
        let place =
            |id: ErrorId| Place::ErrorType(Key { tier: Some(tier), error: Some(id), ..Key::default() });
        types.map(|(name, (id, _))| folder(name, place(*id))).collect()
    }

    pub(super) fn error_type(key: Key) -> Vec<(String, Child)> {
        let (tier, error) = (key.tier.map_or(0, TierId::get), key.error.map_or(0, ErrorId::get));
        let internal = format!("BTM|Application Diagnostic Data|Component:{tier}|Error:{error}");
        let source = Source { family: None, originating: None, keys: vec![key] };
        let mut children = leaves(&[Leaf::ErrorsPerMinute], &source, &internal);
        if key.node.is_none() {
            children.push(folder(INDIVIDUAL_NODES, Place::ErrorNodes(key)));
        }
        children
    }

    pub(super) fn error_nodes(&self, key: Key) -> Vec<(String, Child)> {
        let Some(tier) = key.tier else { return Vec::new() };
        let types = self.errors.get(&tier).into_iter().flat_map(BTreeMap::values);
        let on: BTreeSet<NodeId> = types
            .filter(|(id, _)| Some(*id) == key.error)
            .flat_map(|(_, nodes)| nodes.iter().copied())
            .collect();
        let mut all = self.nodes_of(tier, |node| Place::ErrorType(Key { node: Some(node), ..key }));
        all.retain(|(_, child)| {
            matches!(child, Child::Folder(Place::ErrorType(Key { node: Some(node), .. })) if on.contains(node))
        });
        all
    }
}
