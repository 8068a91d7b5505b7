//! Nodes, and whether the numbers of their agents add up.

use std::collections::{BTreeMap, HashMap, HashSet};

use tierline_model::{DropCause, Incarnation, NodeId, TierId};
use tierline_store::{AgentRecord, Dimension, LedgerRecord, NodeRecord, StoreError, TimeRange};

use crate::numbers::Numbers;
use crate::scope::{Question, Scope};

/// The conservation line of a node over a time: all its agents added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeLedger {
    /// Segments begun, those that were running when the time began included: when everything adds up, it is
    /// `ended + in_flight`.
    pub begun: u64,
    /// Segments ended.
    pub ended: u64,
    /// Segments running at the end of each agent's last interval.
    pub in_flight: u64,
    /// Segments in the numbers.
    pub counted: u64,
    /// What was dropped, by cause.
    pub drops: BTreeMap<DropCause, u64>,
    /// What does not add up, in sentences; empty when everything does.
    pub faults: Vec<String>,
}

impl NodeLedger {
    /// Whether the numbers add up.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks the conservation lines of one node: its reports by start. A report's line and numbers are read together, so
/// what does not add up does not add up in the store.
#[must_use]
pub fn check(records: &[&LedgerRecord]) -> NodeLedger {
    let mut sum = NodeLedger::default();
    let mut last: HashMap<Incarnation, &LedgerRecord> = HashMap::new();
    let mut lost = 0u64;
    for record in records {
        let ledger = &record.ledger;
        sum.begun = sum.begun.saturating_add(ledger.begun);
        sum.ended = sum.ended.saturating_add(ledger.ended);
        sum.counted = sum.counted.saturating_add(record.executions);
        for (cause, count) in &ledger.drops {
            *sum.drops.entry(*cause).or_default() += count;
        }
        if ledger.begun_total.saturating_sub(ledger.ended_total) != ledger.in_flight {
            sum.faults.push(format!(
                "Agent {}: {} begun and {} ended since its start, but {} in flight.",
                record.incarnation, ledger.begun_total, ledger.ended_total, ledger.in_flight
            ));
        }
        match last.insert(record.incarnation, record) {
            Some(before) => {
                let expected = before.ledger.ended_total.saturating_add(ledger.ended);
                lost = lost.saturating_add(ledger.ended_total.saturating_sub(expected));
            }
            None => {
                let running = ledger.in_flight.saturating_add(ledger.ended).saturating_sub(ledger.begun);
                sum.begun = sum.begun.saturating_add(running);
            }
        }
    }
    sum.in_flight = last.values().map(|record| record.ledger.in_flight).sum();
    if lost > 0 {
        sum.faults.push(format!("{lost} executions ended in intervals that have not arrived."));
    }
    if sum.counted != sum.ended {
        sum.faults.push(format!("{} executions ended, but {} are in the numbers.", sum.ended, sum.counted));
    }
    sum.faults.truncate(FAULTS_MAX);
    sum
}

/// Sentences about one node.
const FAULTS_MAX: usize = 10;

/// What a node's processes and the agents in them used over a time, all processes added up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NodeCost {
    /// Whole minutes something was reported on, in milliseconds.
    pub observed_ms: u64,
    /// CPU time of the processes, milliseconds.
    pub process_cpu_ms: f64,
    /// CPU time of the agents' reporter threads, milliseconds.
    pub agent_cpu_ms: f64,
    /// Resident memory of the processes at their last reports, bytes.
    pub process_memory_bytes: u64,
    /// Memory the agents account for at their last reports, bytes.
    pub agent_memory_bytes: u64,
    /// Threads of the processes at their last reports.
    pub threads: u64,
}

/// Adds up what the reports of one node, by start, say about cost. Processes long silent when others still report
/// are over: their memory is not there any more.
#[must_use]
pub fn cost(records: &[&LedgerRecord]) -> NodeCost {
    let mut sum = NodeCost::default();
    let mut last: HashMap<Incarnation, &LedgerRecord> = HashMap::new();
    let mut minutes: HashSet<u64> = HashSet::new();
    for record in records {
        minutes.insert(record.start_ms / MINUTE_MS);
        sum.process_cpu_ms += record.runtime.process_cpu_ms;
        sum.agent_cpu_ms += record.runtime.agent_cpu_ms;
        last.insert(record.incarnation, record);
    }
    sum.observed_ms = minutes.len() as u64 * MINUTE_MS;
    let newest_ms = records.iter().map(|record| record.start_ms).max().unwrap_or(0);
    for record in last.values().filter(|record| record.start_ms + SILENT_MS >= newest_ms) {
        sum.process_memory_bytes =
            sum.process_memory_bytes.saturating_add(record.runtime.process_memory_bytes);
        sum.agent_memory_bytes = sum.agent_memory_bytes.saturating_add(record.runtime.agent_memory_bytes);
        sum.threads = sum.threads.saturating_add(record.runtime.threads);
    }
    sum
}

/// A process that reports does so at least once a minute; two missing reports and it is over.
const SILENT_MS: u64 = 2 * MINUTE_MS;

const MINUTE_MS: u64 = 60_000;

/// A node with its numbers.
#[derive(Debug)]
pub struct NodeNumbers {
    /// The node.
    pub node: NodeRecord,
    /// Segments it executed.
    pub numbers: Numbers,
    /// What its agents said about themselves, newest first.
    pub agents: Vec<AgentRecord>,
    /// Whether the numbers add up.
    pub ledger: NodeLedger,
    /// What its processes and agents used.
    pub cost: NodeCost,
}

/// Numbers and conservation lines of all nodes.
struct Reading {
    numbers: HashMap<NodeId, Numbers>,
    ledgers: HashMap<NodeId, NodeLedger>,
    costs: HashMap<NodeId, NodeCost>,
}

fn read(scope: Scope<'_>) -> Result<Reading, StoreError> {
    let mut numbers: HashMap<NodeId, Numbers> = HashMap::new();
    for row in &scope.ask(Question::segments().by(&[Dimension::Node]))? {
        if let Some(node) = row.node_id {
            numbers.entry(node).or_default().add(row);
        }
    }
    // The store widens metric ranges to whole minutes; the ledgers must be of the same minutes.
    let records = scope.store.ledgers(scope.account, scope.app_id, whole_minutes(scope.range))?;
    let mut by_node: HashMap<NodeId, Vec<&LedgerRecord>> = HashMap::new();
    for record in &records {
        by_node.entry(record.node_id).or_default().push(record);
    }
    let ledgers = by_node.iter().map(|(node, records)| (*node, check(records))).collect();
    let costs = by_node.iter().map(|(node, records)| (*node, cost(records))).collect();
    Ok(Reading { numbers, ledgers, costs })
}

/// All nodes of the application, by tier and name.
///
/// # Errors
/// When the store cannot be read.
pub fn nodes(scope: Scope<'_>) -> Result<Vec<NodeNumbers>, StoreError> {
    let mut reading = read(scope)?;
    let mut agents: HashMap<NodeId, Vec<AgentRecord>> = HashMap::new();
    for agent in scope.store.agents(scope.account, scope.app_id)? {
        agents.entry(agent.node_id).or_default().push(agent);
    }
    let mut all: Vec<NodeNumbers> = Vec::new();
    let entities = scope.entities()?;
    let tiers: HashMap<TierId, &str> = entities.tiers.iter().map(|tier| (tier.id, &*tier.name)).collect();
    for node in entities.nodes {
        all.push(NodeNumbers {
            numbers: reading.numbers.remove(&node.id).unwrap_or_default(),
            ledger: reading.ledgers.remove(&node.id).unwrap_or_default(),
            cost: reading.costs.remove(&node.id).unwrap_or_default(),
            agents: agents.remove(&node.id).unwrap_or_default(),
            node,
        });
    }
    let order = |one: &NodeNumbers| tiers.get(&one.node.tier_id).copied();
    all.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.node.name.cmp(&b.node.name)));
    Ok(all)
}

/// What the people of an application should know about its nodes, in sentences.
#[must_use]
pub fn warnings(nodes: &[NodeNumbers]) -> Vec<String> {
    let mut warnings = Vec::new();
    for node in nodes {
        let name = &node.node.name;
        warnings.extend(node.ledger.faults.iter().map(|fault| format!("Node {name}: {fault}")));
        for (cause, count) in &node.ledger.drops {
            warnings.push(format!("Node {name}: {count} dropped ({cause})."));
        }
        for agent in node.agents.iter().filter(|agent| !agent.disconnected) {
            warnings.extend(agent.diagnostics.warnings.iter().map(|text| format!("Node {name}: {text}")));
        }
    }
    warnings.truncate(WARNINGS_MAX);
    warnings
}

/// Sentences about one application.
const WARNINGS_MAX: usize = 50;

fn whole_minutes(range: TimeRange) -> TimeRange {
    TimeRange {
        start_ms: range.start_ms - range.start_ms % 60_000,
        end_ms: range.end_ms.checked_next_multiple_of(60_000).unwrap_or(range.end_ms),
    }
}

#[cfg(test)]
mod tests {
    use tierline_model::{Ledger, RuntimeSample};

    use super::*;

    fn record(start_ms: u64, ledger: Ledger) -> LedgerRecord {
        LedgerRecord {
            node_id: NodeId::of("a", "t", "n"),
            incarnation: Incarnation([1; 16]),
            start_ms,
            runtime: RuntimeSample::default(),
            executions: ledger.ended,
            ledger,
        }
    }

    fn ledger(begun: u64, ended: u64, begun_total: u64, ended_total: u64) -> Ledger {
        let in_flight = begun_total - ended_total;
        Ledger { begun, ended, begun_total, ended_total, in_flight, ..Ledger::default() }
    }

    #[test]
    fn what_adds_up_is_balanced() {
        let (one, two) = (record(0, ledger(10, 8, 10, 8)), record(60_000, ledger(5, 6, 15, 14)));
        let sum = check(&[&one, &two]);
        assert!(sum.balanced(), "{:?}", sum.faults);
        assert_eq!((sum.begun, sum.ended, sum.in_flight), (15, 14, 1));
    }

    #[test]
    fn what_was_running_when_the_time_began_counts_as_begun() {
        let later = record(60_000, ledger(5, 6, 15, 14));
        let sum = check(&[&later]);
        assert!(sum.balanced());
        assert_eq!((sum.begun, sum.ended, sum.in_flight), (7, 6, 1));
    }

    #[test]
    fn cost_is_of_all_processes_memory_of_those_that_live() {
        let of = |incarnation: u8, start_ms: u64, agent_cpu_ms: f64| LedgerRecord {
            incarnation: Incarnation([incarnation; 16]),
            runtime: RuntimeSample {
                process_cpu_ms: 600.0,
                process_memory_bytes: 1_000,
                agent_cpu_ms,
                agent_memory_bytes: 10,
                threads: 2,
            },
            ..record(start_ms, ledger(0, 0, 0, 0))
        };
        let (over, one, two) = (of(1, 0, 1.0), of(2, 300_000, 2.0), of(3, 330_000, 4.0));
        let sum = cost(&[&over, &one, &two]);
        assert_eq!((sum.observed_ms, sum.process_cpu_ms, sum.agent_cpu_ms), (120_000, 1_800.0, 7.0));
        assert_eq!((sum.process_memory_bytes, sum.agent_memory_bytes, sum.threads), (2_000, 20, 4));
    }

    #[test]
    fn a_missing_interval_and_a_missing_number_are_said() {
        let (one, mut three) = (record(0, ledger(10, 8, 10, 8)), record(120_000, ledger(5, 5, 35, 33)));
        three.executions = 4;
        let sum = check(&[&one, &three]);
        assert_eq!(sum.faults.len(), 2, "{:?}", sum.faults);
        assert!(sum.faults[0].contains("20 executions ended in intervals that have not arrived"));
        assert!(sum.faults[1].contains("13 executions ended, but 12"));
    }
}
