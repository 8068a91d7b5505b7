//! Ingest rules: what a report tells about entities, and which backends it resolves.

use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BtId, BtRef, IntervalReport, NodeId, Segment, TierId,
    interval::Caller,
};
use tierline_store::{
    Application, BackendRecord, BtRecord, Entities, NodeRecord, NodeReport, NodeSegments, Resolution,
    TierRecord, WriteBatch,
};

/// A batch of interval reports, ready to be written.
#[must_use]
pub fn reports_batch(
    account: &str,
    received_ms: u64,
    reports: Vec<(AgentIdentity, IntervalReport)>,
) -> WriteBatch {
    let mut seen = Seen::default();
    for (agent, report) in &reports {
        let agent = &Reporter::new(agent);
        let life = (report.start_ms, report.end_ms.max(report.start_ms));
        seen.agent(agent, life);
        for segment in &report.segments {
            seen.bt(agent, &segment.bt, life);
            seen.caller(agent, segment.caller);
        }
        for exit in &report.exits {
            seen.backend(agent, &exit.backend, life);
        }
    }
    let reports = reports.into_iter().map(|(identity, report)| NodeReport { identity, report }).collect();
    WriteBatch { reports, ..seen.into_batch(account, received_ms) }
}

/// A batch of kept segments, ready to be written.
#[must_use]
pub fn segments_batch(
    account: &str,
    received_ms: u64,
    segments: Vec<(AgentIdentity, Vec<Segment>)>,
) -> WriteBatch {
    let mut seen = Seen::default();
    for (agent, segments) in &segments {
        let agent = &Reporter::new(agent);
        for segment in segments {
            let start_ms = segment.start_unix_ns / 1_000_000;
            let life = (start_ms, start_ms.saturating_add(segment.duration_ns / 1_000_000));
            seen.agent(agent, life);
            seen.bt(agent, &segment.bt, life);
            seen.caller(agent, segment.caller);
            for exit in &segment.exit_calls {
                seen.backend(agent, &exit.backend, life);
            }
        }
    }
    let segments =
        segments.into_iter().map(|(identity, segments)| NodeSegments { identity, segments }).collect();
    WriteBatch { segments, ..seen.into_batch(account, received_ms) }
}

/// Who reports, with the ids of its names, which cost a hash each.
struct Reporter<'a> {
    identity: &'a AgentIdentity,
    app_id: AppId,
    tier_id: TierId,
    node_id: NodeId,
}

impl<'a> Reporter<'a> {
    fn new(identity: &'a AgentIdentity) -> Self {
        Self { app_id: identity.app_id(), tier_id: identity.tier_id(), node_id: identity.node_id(), identity }
    }
}

/// First and last time something was heard of, milliseconds since 1970.
type Life = (u64, u64);

/// Entities met so far, each once.
#[derive(Default)]
struct Seen {
    applications: HashMap<AppId, Application>,
    tiers: HashMap<TierId, TierRecord>,
    nodes: HashMap<NodeId, NodeRecord>,
    bts: HashMap<BtId, BtRecord>,
    backends: HashMap<BackendId, BackendRecord>,
    resolutions: HashMap<(AppId, BackendId), TierId>,
}

fn lengthen(first_seen_ms: &mut u64, last_seen_ms: &mut u64, life: Life) {
    *first_seen_ms = (*first_seen_ms).min(life.0);
    *last_seen_ms = (*last_seen_ms).max(life.1);
}

impl Seen {
    fn agent(&mut self, agent: &Reporter<'_>, life: Life) {
        let Reporter { identity: agent, app_id, tier_id, node_id } = *agent;
        let (first_seen_ms, last_seen_ms) = life;
        let application = self.applications.entry(app_id).or_insert_with(|| Application {
            id: app_id,
            name: Arc::clone(&agent.application),
            first_seen_ms,
            last_seen_ms,
        });
        lengthen(&mut application.first_seen_ms, &mut application.last_seen_ms, life);
        let tier = self.tiers.entry(tier_id).or_insert_with(|| TierRecord {
            id: tier_id,
            app_id,
            name: Arc::clone(&agent.tier),
            language: agent.language,
            first_seen_ms,
            last_seen_ms,
        });
        lengthen(&mut tier.first_seen_ms, &mut tier.last_seen_ms, life);
        let node = self.nodes.entry(node_id).or_insert_with(|| NodeRecord {
            id: node_id,
            tier_id,
            app_id,
            name: Arc::clone(&agent.node),
            language: agent.language,
            agent_version: Arc::clone(&agent.agent_version),
            runtime_version: Arc::clone(&agent.runtime_version),
            host_name: Arc::clone(&agent.host_name),
            os_type: Arc::clone(&agent.os_type),
            process_id: agent.process_id,
            first_seen_ms,
            last_seen_ms,
        });
        lengthen(&mut node.first_seen_ms, &mut node.last_seen_ms, life);
    }

    /// Only the originating tier knows what a BT is called.
    fn bt(&mut self, agent: &Reporter<'_>, bt: &BtRef, life: Life) {
        let Some(origin) = &bt.origin else { return };
        let record = self.bts.entry(bt.id).or_insert_with(|| BtRecord {
            id: bt.id,
            app_id: agent.app_id,
            tier_id: agent.tier_id,
            name: Arc::clone(&origin.name),
            entry_type: origin.entry_type,
            other_traffic: origin.other_traffic,
            first_seen_ms: life.0,
            last_seen_ms: life.1,
        });
        lengthen(&mut record.first_seen_ms, &mut record.last_seen_ms, life);
    }

    fn backend(&mut self, agent: &Reporter<'_>, backend: &Backend, life: Life) {
        let record = self.backends.entry(backend.id).or_insert_with(|| BackendRecord {
            backend: backend.clone(),
            app_id: agent.app_id,
            resolved_tier_id: None,
            first_seen_ms: life.0,
            last_seen_ms: life.1,
        });
        lengthen(&mut record.first_seen_ms, &mut record.last_seen_ms, life);
    }

    /// The backend a caller named in its correlation header is the tier that received the header.
    fn caller(&mut self, agent: &Reporter<'_>, caller: Option<Caller>) {
        if let Some(Caller { backend_id: Some(backend), .. }) = caller {
            self.resolutions.insert((agent.app_id, backend), agent.tier_id);
        }
    }

    fn into_batch(self, account: &str, received_ms: u64) -> WriteBatch {
        let mut resolutions: Vec<Resolution> = self
            .resolutions
            .into_iter()
            .map(|((app_id, backend_id), tier_id)| Resolution { app_id, backend_id, tier_id })
            .collect();
        resolutions.sort_by_key(|r| (r.app_id, r.backend_id));
        WriteBatch {
            account: account.to_owned(),
            received_ms,
            entities: Entities {
                applications: sorted(self.applications, |a| a.id.get()),
                tiers: sorted(self.tiers, |t| t.id.get()),
                nodes: sorted(self.nodes, |n| n.id.get()),
                bts: sorted(self.bts, |b| b.id.get()),
                backends: sorted(self.backends, |b| b.backend.id.get()),
            },
            resolutions,
            ..WriteBatch::default()
        }
    }
}

/// In the order of ids, so that the same reports make the same batch.
fn sorted<K, V>(map: HashMap<K, V>, key: impl Fn(&V) -> u64) -> Vec<V> {
    let mut values: Vec<V> = map.into_values().collect();
    values.sort_by_key(key);
    values
}
