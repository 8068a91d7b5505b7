//! The metric tree: which folders and metrics an application has (facts/controller-api 3.1, 3.2).

use std::collections::{BTreeMap, BTreeSet};

use tierline_model::{BackendId, BtId, ErrorId, NodeId, TierId, transaction::OTHER_TRAFFIC_INTERNAL_NAME};
use tierline_store::{BackendRecord, BtRecord, Dimension, Entities, MetricFamily, StoreError, TimeRange};

use crate::limits::{METRIC_TREE_MINUTES, METRICS_MATCHED_MAX};
use crate::metric_path::{MetricPath, Part};
use crate::resolution::Resolutions;
use crate::scope::{Question, Scope};
use crate::transactions_admin;

mod branches;

pub(crate) use branches::ERRORS;

/// The words of the tree, spelled as clients expect them.
const DISCOVERED: &str = "Discovered backend call - ";
pub(crate) const INDIVIDUAL_NODES: &str = "Individual Nodes";
const EXTERNAL_CALLS: &str = "External Calls";

/// What a metric says about its source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Leaf {
    /// `Average Response Time (ms)`.
    AverageResponseTime,
    /// `95th Percentile Response Time (ms)`.
    Percentile95,
    /// `Calls per Minute`.
    CallsPerMinute,
    /// `Errors per Minute`.
    ErrorsPerMinute,
    /// `Number of Slow Calls`.
    SlowCalls,
    /// `Number of Very Slow Calls`.
    VerySlowCalls,
    /// `Stall Count`.
    Stalls,
    /// `Availability`: nodes that reported.
    Availability,
    /// `CPU %Busy` of the reporting process, in hundredths of one processor.
    ProcessCpu,
    /// `Memory Used (MB)` of the reporting process.
    ProcessMemory,
    /// `Threads` of the reporting process.
    ProcessThreads,
}

impl Leaf {
    /// Of BTs, tiers and nodes.
    pub const OF_SEGMENTS: [Self; 7] = [
        Self::AverageResponseTime,
        Self::Percentile95,
        Self::CallsPerMinute,
        Self::ErrorsPerMinute,
        Self::SlowCalls,
        Self::VerySlowCalls,
        Self::Stalls,
    ];

    /// Of exit calls and backends.
    pub const OF_EXITS: [Self; 3] = [Self::AverageResponseTime, Self::CallsPerMinute, Self::ErrorsPerMinute];

    /// Of processes. Not the machine's: `Hardware Resources|CPU|%Busy` is what a machine agent reports.
    pub const OF_PROCESSES: [Self; 3] = [Self::ProcessCpu, Self::ProcessMemory, Self::ProcessThreads];

    /// The exact spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AverageResponseTime => "Average Response Time (ms)",
            Self::Percentile95 => "95th Percentile Response Time (ms)",
            Self::CallsPerMinute => "Calls per Minute",
            Self::ErrorsPerMinute => "Errors per Minute",
            Self::SlowCalls => "Number of Slow Calls",
            Self::VerySlowCalls => "Number of Very Slow Calls",
            Self::Stalls => "Stall Count",
            Self::Availability => "Availability",
            Self::ProcessCpu => "CPU %Busy",
            Self::ProcessMemory => "Memory Used (MB)",
            Self::ProcessThreads => "Threads",
        }
    }
}

/// One combination of ids whose rows belong to a metric.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Key {
    /// Only this tier.
    pub tier: Option<TierId>,
    /// Only this node.
    pub node: Option<NodeId>,
    /// Only this BT.
    pub bt: Option<BtId>,
    /// Only this backend.
    pub backend: Option<BackendId>,
    /// Only errors of this type.
    pub error: Option<ErrorId>,
}

/// Where the numbers of a metric come from: the rows of all `keys`, which name the same kinds of ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// `None`: the reports themselves, for availability; or kept executions, for errors of a type.
    pub family: Option<MetricFamily>,
    /// Only originating segments.
    pub originating: Option<bool>,
    /// Never empty. Several when several things have one name (backends that are one tier).
    pub keys: Vec<Key>,
}

/// A metric of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metric {
    /// Its path.
    pub path: MetricPath,
    /// The path in ids, `metricName` in the REST API.
    pub internal_name: String,
    /// Where its numbers come from.
    pub source: Source,
    /// Which number.
    pub leaf: Leaf,
}

/// A place in the tree.
#[derive(Clone, Debug)]
enum Place {
    Root,
    Empty,
    Overall,
    Subject(Subject),
    SubjectNodes(Subject),
    Exits(Subject),
    Exit(Source, String),
    BtPerformance,
    BtTiers,
    BtTier(TierId),
    BtGroups,
    Group(Source, String),
    Errors,
    ErrorTier(TierId),
    ErrorType(Key),
    ErrorNodes(Key),
    Backends,
    Infrastructure,
    InfrastructureOf(Key),
    InfrastructureNodes(TierId),
    Agent(Key),
    AgentApp(Key),
    Hardware(Key),
    Process(Key),
}

/// Something that has the performance set: a tier or the BTs of one name, as a whole or on one node.
#[derive(Clone, Debug)]
struct Subject {
    tier: TierId,
    node: Option<NodeId>,
    bts: Vec<BtId>,
}

impl Subject {
    fn keys(&self) -> Vec<Key> {
        if self.bts.is_empty() {
            let tier = if self.node.is_none() { Some(self.tier) } else { None };
            return vec![Key { tier, node: self.node, ..Key::default() }];
        }
        self.bts.iter().map(|bt| Key { node: self.node, bt: Some(*bt), ..Key::default() }).collect()
    }

    fn source(&self) -> Source {
        let originating = (!self.bts.is_empty()).then_some(true);
        Source { family: Some(MetricFamily::Segments), originating, keys: self.keys() }
    }

    fn internal_prefix(&self) -> String {
        match self.bts.first() {
            None => format!("BTM|Application Summary|Component:{}", self.tier),
            Some(bt) => format!("BTM|BTs|BT:{bt}|Component:{}", self.tier),
        }
    }
}

enum Child {
    Folder(Place),
    Metric(Source, Leaf, String),
}

/// An entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder; else a metric.
    pub folder: bool,
}

/// The pattern matches more metrics than can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the metric path matches more than {METRICS_MATCHED_MAX} metrics; name more of its parts")]
pub struct TooManyMetrics;

/// The tree of one application.
#[derive(Debug)]
pub struct MetricTree {
    entities: Entities,
    resolutions: Resolutions,
    /// Backends called by tier, and by BT and tier, in the time asked for.
    called_by_tier: BTreeMap<TierId, BTreeSet<BackendId>>,
    called_by_bt: BTreeMap<(BtId, TierId), BTreeSet<BackendId>>,
    groups: branches::Groups,
    errors: branches::ErrorTypes,
}

impl MetricTree {
    /// The tree as of the scope's time. Folders of calls hold what was called then or in the day before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(scope: Scope<'_>) -> Result<Self, StoreError> {
        let entities = scope.entities()?;
        let day = METRIC_TREE_MINUTES * 60_000;
        let start_ms = scope.range.start_ms.min(scope.range.end_ms.saturating_sub(day));
        let wide = Scope { range: TimeRange { start_ms, ..scope.range }, ..scope };
        let resolutions = wide.resolutions(&entities)?;
        let rows = wide.ask(Question::exits().by(&[Dimension::Tier, Dimension::Bt, Dimension::Backend]))?;
        let mut called = Vec::new();
        for row in rows.iter().filter(|row| row.count > 0) {
            if let (Some(tier), Some(bt), Some(backend)) = (row.tier_id, row.bt_id, row.backend_id) {
                called.push((tier, bt, backend));
            }
        }
        let mut tree = Self::new(entities, resolutions, called);
        let admin = transactions_admin::load(scope.store, scope.account, scope.app_id)?;
        tree.groups =
            admin.groups().map(|(name, bts)| (name.to_owned(), bts.iter().copied().collect())).collect();
        Ok(tree)
    }

    /// The tree of these entities and calls.
    #[must_use]
    pub fn new(
        entities: Entities,
        resolutions: Resolutions,
        called: impl IntoIterator<Item = (TierId, BtId, BackendId)>,
    ) -> Self {
        let mut tree = Self {
            entities,
            resolutions,
            called_by_tier: BTreeMap::new(),
            called_by_bt: BTreeMap::new(),
            groups: BTreeMap::new(),
            errors: BTreeMap::new(),
        };
        for (tier, bt, backend) in called {
            tree.called_by_tier.entry(tier).or_default().insert(backend);
            tree.called_by_bt.entry((bt, tier)).or_default().insert(backend);
        }
        tree
    }

    /// How many nodes the application has.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.entities.nodes.len()
    }

    /// The application's nodes of a tier.
    #[must_use]
    pub fn node_ids(&self, tier: TierId) -> Vec<NodeId> {
        self.entities.nodes.iter().filter(|n| n.tier_id == tier).map(|n| n.id).collect()
    }

    /// What is in a folder; nothing when the path is no folder. A wildcard lists all folders it matches.
    #[must_use]
    pub fn list(&self, pattern: &[Part]) -> Vec<Entry> {
        let mut places = vec![Place::Root];
        for part in pattern {
            let mut next = Vec::new();
            for place in &places {
                for (_, child) in self.matching(place, part) {
                    if let Child::Folder(place) = child {
                        next.push(place);
                    }
                }
            }
            next.truncate(METRICS_MATCHED_MAX);
            places = next;
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        for place in &places {
            for (name, child) in self.children(place) {
                if seen.insert(name.clone()) {
                    entries.push(Entry { name, folder: matches!(child, Child::Folder(_)) });
                }
            }
        }
        entries
    }

    /// The metrics a pattern matches.
    ///
    /// # Errors
    /// When there are more than [`METRICS_MATCHED_MAX`].
    pub fn find(&self, pattern: &[Part]) -> Result<Vec<Metric>, TooManyMetrics> {
        let mut found = Vec::new();
        self.walk(&Place::Root, pattern, &mut Vec::new(), &mut found)?;
        Ok(found)
    }

    fn walk(
        &self,
        place: &Place,
        pattern: &[Part],
        path: &mut Vec<String>,
        found: &mut Vec<Metric>,
    ) -> Result<(), TooManyMetrics> {
        let Some((part, rest)) = pattern.split_first() else { return Ok(()) };
        for (name, child) in self.matching(place, part) {
            path.push(name);
            match child {
                Child::Folder(place) => self.walk(&place, rest, path, found)?,
                Child::Metric(source, leaf, internal_name) if rest.is_empty() => {
                    if found.len() >= METRICS_MATCHED_MAX {
                        return Err(TooManyMetrics);
                    }
                    found.push(Metric { path: MetricPath(path.clone()), internal_name, source, leaf });
                }
                Child::Metric(..) => {}
            }
            path.pop();
        }
        Ok(())
    }

    fn matching(&self, place: &Place, part: &Part) -> Vec<(String, Child)> {
        let mut children = self.children(place);
        let Part::Name(wanted) = part else { return children };
        children.retain(|(name, _)| {
            name == wanted
                // Some clients leave the prefix of backends out (facts/controller-api 3.1).
                || (matches!(place, Place::Backends) && name.strip_prefix(DISCOVERED) == Some(wanted))
        });
        if let (true, Place::Exits(subject)) = (children.is_empty(), place) {
            // Known, although nothing was called lately.
            let all = self.entities.backends.iter().map(|b| b.backend.id).collect();
            children = self.exits(subject, &all);
            children.retain(|(name, _)| name == wanted);
        }
        children
    }

    fn children(&self, place: &Place) -> Vec<(String, Child)> {
        match place {
            Place::Root => root(),
            Place::Empty => Vec::new(),
            Place::Overall => {
                let source = Source {
                    family: Some(MetricFamily::Segments),
                    originating: Some(true),
                    keys: vec![Key::default()],
                };
                let mut children = leaves(&Leaf::OF_SEGMENTS, &source, "BTM|Application Summary");
                children
                    .extend(self.tiers(|tier| Place::Subject(Subject { tier, node: None, bts: Vec::new() })));
                children
            }
            Place::Subject(subject) => subject_children(subject),
            Place::SubjectNodes(subject) => self.nodes_of(subject.tier, |node| {
                Place::Subject(Subject { node: Some(node), ..subject.clone() })
            }),
            Place::Exits(subject) => self.exits(subject, &self.called_by(subject)),
            Place::Exit(source, internal) => leaves(&Leaf::OF_EXITS, source, internal),
            Place::BtPerformance => vec![
                folder("Business Transactions", Place::BtTiers),
                folder("Business Transaction Groups", Place::BtGroups),
            ],
            Place::BtTiers => self.tiers(Place::BtTier),
            Place::BtTier(tier) => self.bts_of(*tier),
            Place::BtGroups => self.groups(),
            Place::Group(source, internal) => leaves(&Leaf::OF_SEGMENTS, source, internal),
            Place::Errors => self.tiers(Place::ErrorTier),
            Place::ErrorTier(tier) => self.error_types(*tier),
            Place::ErrorType(key) => Self::error_type(*key),
            Place::ErrorNodes(key) => self.error_nodes(*key),
            Place::Backends => self.backends(),
            Place::Infrastructure => {
                self.tiers(|tier| Place::InfrastructureOf(Key { tier: Some(tier), ..Key::default() }))
            }
            Place::InfrastructureOf(key) => {
                let mut children = vec![
                    folder("Agent", Place::Agent(*key)),
                    folder("Hardware Resources", Place::Hardware(*key)),
                ];
                if let (Some(tier), None) = (key.tier, key.node) {
                    children.push(folder(INDIVIDUAL_NODES, Place::InfrastructureNodes(tier)));
                }
                children
            }
            Place::InfrastructureNodes(tier) => self.nodes_of(*tier, |node| {
                Place::InfrastructureOf(Key { tier: Some(*tier), node: Some(node), ..Key::default() })
            }),
            Place::Agent(key) => vec![folder("App", Place::AgentApp(*key))],
            Place::AgentApp(key) => {
                let source = Source { family: None, originating: None, keys: vec![*key] };
                leaves(&[Leaf::Availability], &source, "Agent|App")
            }
            Place::Hardware(key) => vec![folder("Process", Place::Process(*key))],
            Place::Process(key) => {
                let source = Source { family: None, originating: None, keys: vec![*key] };
                leaves(&Leaf::OF_PROCESSES, &source, "Hardware Resources|Process")
            }
        }
    }

    fn tiers(&self, place: impl Fn(TierId) -> Place) -> Vec<(String, Child)> {
        self.entities.tiers.iter().map(|tier| folder(&tier.name, place(tier.id))).collect()
    }

    fn nodes_of(&self, tier: TierId, place: impl Fn(NodeId) -> Place) -> Vec<(String, Child)> {
        let nodes = self.entities.nodes.iter().filter(|node| node.tier_id == tier);
        nodes.map(|node| folder(&node.name, place(node.id))).collect()
    }

    /// BTs of one name (of different entry types) are one folder.
    fn bts_of(&self, tier: TierId) -> Vec<(String, Child)> {
        let mut names: BTreeMap<&str, Vec<BtId>> = BTreeMap::new();
        for bt in self.entities.bts.iter().filter(|bt| bt.tier_id == tier) {
            names.entry(bt_folder(bt)).or_default().push(bt.id);
        }
        names
            .into_iter()
            .map(|(name, bts)| folder(name, Place::Subject(Subject { tier, node: None, bts })))
            .collect()
    }

    fn called_by(&self, subject: &Subject) -> BTreeSet<BackendId> {
        if subject.bts.is_empty() {
            return self.called_by_tier.get(&subject.tier).cloned().unwrap_or_default();
        }
        let sets = subject.bts.iter().filter_map(|bt| self.called_by_bt.get(&(*bt, subject.tier)));
        sets.flatten().copied().collect()
    }

    fn exits(&self, subject: &Subject, called: &BTreeSet<BackendId>) -> Vec<(String, Child)> {
        let mut names: BTreeMap<String, Vec<&BackendRecord>> = BTreeMap::new();
        for backend in self.entities.backends.iter().filter(|b| called.contains(&b.backend.id)) {
            let exit_type = &backend.backend.key.exit_type;
            let target = match self.resolutions.tier_of(backend.backend.id).and_then(|t| self.tier_name(t)) {
                Some(tier) => tier.to_owned(),
                None => format!("{DISCOVERED}{}", backend.backend.name),
            };
            names.entry(format!("Call-{exit_type} to {target}")).or_default().push(backend);
        }
        let tier = subject.node.is_none().then_some(subject.tier);
        names
            .into_iter()
            .map(|(name, backends)| {
                let bts: Vec<Option<BtId>> = if subject.bts.is_empty() {
                    vec![None]
                } else {
                    subject.bts.iter().copied().map(Some).collect()
                };
                let keys = backends
                    .iter()
                    .flat_map(|b| bts.iter().map(|bt| (b.backend.id, *bt)))
                    .map(|(id, bt)| Key { tier, node: subject.node, bt, backend: Some(id), error: None })
                    .collect();
                let internal = backends.first().map_or_else(String::new, |b| {
                    let exit_type = &b.backend.key.exit_type;
                    let to = self.internal_target(b);
                    format!("{}|Exit Call:{exit_type}|To:{to}", subject.internal_prefix())
                });
                let source = Source { family: Some(MetricFamily::Exits), originating: None, keys };
                (name, Child::Folder(Place::Exit(source, internal)))
            })
            .collect()
    }

    fn backends(&self) -> Vec<(String, Child)> {
        let mut names: BTreeMap<&str, Vec<&BackendRecord>> = BTreeMap::new();
        for backend in &self.entities.backends {
            names.entry(&backend.backend.name).or_default().push(backend);
        }
        names
            .into_iter()
            .map(|(name, backends)| {
                let keys = backends.iter().map(|b| Key { backend: Some(b.backend.id), ..Key::default() });
                let source =
                    Source { family: Some(MetricFamily::Exits), originating: None, keys: keys.collect() };
                let internal = backends.first().map_or_else(String::new, |b| {
                    format!("BTM|Backends|Component:{}", self.internal_target(b))
                });
                (backend_folder(name), Child::Folder(Place::Exit(source, internal)))
            })
            .collect()
    }

    fn internal_target(&self, backend: &BackendRecord) -> String {
        match self.resolutions.tier_of(backend.backend.id) {
            Some(tier) => tier.to_string(),
            None => format!("{{[UNRESOLVED][{}]}}", backend.backend.id),
        }
    }

    fn tier_name(&self, id: TierId) -> Option<&str> {
        self.entities.tiers.iter().find(|tier| tier.id == id).map(|tier| &*tier.name)
    }
}

/// What a business transaction's folder is called.
pub(crate) fn bt_folder(bt: &BtRecord) -> &str {
    if bt.other_traffic { OTHER_TRAFFIC_INTERNAL_NAME } else { &bt.name }
}

/// What a backend's folder is called.
pub(crate) fn backend_folder(name: &str) -> String {
    format!("{DISCOVERED}{name}")
}

/// The root folders in their real order.
fn root() -> Vec<(String, Child)> {
    vec![
        folder("Overall Application Performance", Place::Overall),
        folder("Business Transaction Performance", Place::BtPerformance),
        folder("Information Points", Place::Empty),
        folder("Application Infrastructure Performance", Place::Infrastructure),
        folder(ERRORS, Place::Errors),
        folder("End User Experience", Place::Empty),
        folder("Mobile", Place::Empty),
        folder("Backends", Place::Backends),
        folder("Service Endpoints", Place::Empty),
    ]
}

fn subject_children(subject: &Subject) -> Vec<(String, Child)> {
    let mut children = leaves(&Leaf::OF_SEGMENTS, &subject.source(), &subject.internal_prefix());
    if subject.node.is_none() {
        children.push(folder(INDIVIDUAL_NODES, Place::SubjectNodes(subject.clone())));
    }
    children.push(folder(EXTERNAL_CALLS, Place::Exits(subject.clone())));
    children
}

fn folder(name: &str, place: Place) -> (String, Child) {
    (name.to_owned(), Child::Folder(place))
}

fn leaves(leaves: &[Leaf], source: &Source, internal_prefix: &str) -> Vec<(String, Child)> {
    leaves
        .iter()
        .map(|leaf| {
            let internal = format!("{internal_prefix}|{}", leaf.name());
            (leaf.name().to_owned(), Child::Metric(source.clone(), *leaf, internal))
        })
        .collect()
}

#[cfg(test)]
#[path = "metric_tree/tests.rs"]
mod tests;
