//! Checks of entities and agents, and of accounts.

use std::sync::Arc;

use tierline_model::{AgentDiagnostics, AppId, BtId, EntryType, Guid, Language, NodeId, TierId};

use super::queries::{hour, whole};
use super::random::Random;
use super::sample::{ACCOUNT, APPLICATIONS, backend, batch, identity, now_ms, random_batch, report};
use crate::entity::{AgentRecord, Application, BackendRecord, BtRecord, Entities, NodeRecord, TierRecord};
use crate::query::{MetricFamily, SegmentFilter, TimeRange};
use crate::write::{NodeReport, Resolution, WriteBatch};
use crate::{DocumentChange, Store, StoreError};

const SHOP: &str = APPLICATIONS[0];

/// One of each kind, seen at `first..last`, what may change marked with `mark`.
fn entities(application: &str, mark: &str, first_seen_ms: u64, last_seen_ms: u64) -> Entities {
    let app_id = AppId::of(application);
    let tier_id = TierId::of(application, "web");
    let mut backend = backend(application, 1);
    backend.name = Arc::from(format!("label {mark}"));
    Entities {
        applications: vec![Application {
            id: app_id,
            name: Arc::from(application),
            first_seen_ms,
            last_seen_ms,
        }],
        tiers: vec![TierRecord {
            id: tier_id,
            app_id,
            name: Arc::from("web"),
            language: if mark == "a" { Language::Python } else { Language::Rust },
            first_seen_ms,
            last_seen_ms,
        }],
        nodes: vec![NodeRecord {
            id: NodeId::of(application, "web", "n"),
            tier_id,
            app_id,
            name: Arc::from("n"),
            language: Language::Python,
            agent_version: Arc::from(mark),
            runtime_version: Arc::from(mark),
            host_name: Arc::from(mark),
            os_type: Arc::from("linux"),
            process_id: mark.len() as u32,
            first_seen_ms,
            last_seen_ms,
        }],
        bts: vec![BtRecord {
            id: BtId::of(application, "web", EntryType::PythonWeb, "/"),
            app_id,
            tier_id,
            name: Arc::from("/"),
            entry_type: EntryType::PythonWeb,
            other_traffic: false,
            first_seen_ms,
            last_seen_ms,
        }],
        backends: vec![BackendRecord {
            backend,
            app_id,
            resolved_tier_id: None,
            first_seen_ms,
            last_seen_ms,
        }],
    }
}

fn write(store: &impl Store, entities: Entities) {
    store.write(WriteBatch { entities, ..batch() }).expect("write");
}

fn read(store: &impl Store) -> Entities {
    store.entities(ACCOUNT, AppId::of(SHOP)).expect("entities")
}

/// A store without data has empty answers, not errors.
pub fn empty_store_answers_empty<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let app_id = AppId::of(SHOP);
    let for_ever = TimeRange { start_ms: 0, end_ms: u64::MAX };
    assert_eq!(store.applications(ACCOUNT).expect("applications"), vec![]);
    assert_eq!(read(&store), Entities::default());
    let query = whole(app_id, MetricFamily::Segments, for_ever);
    assert_eq!(store.metrics(ACCOUNT, &query).expect("metrics"), vec![]);
    assert_eq!(store.segments(ACCOUNT, &SegmentFilter::default()).expect("segments").segments, vec![]);
    assert_eq!(
        store.execution(ACCOUNT, Guid::from_bytes([1; 16]).expect("not zero")).expect("execution"),
        vec![]
    );
    assert_eq!(store.agents(ACCOUNT, app_id).expect("agents"), vec![]);
    assert_eq!(store.document(ACCOUNT, "user", "admin").expect("document"), None);
    assert_eq!(store.ledgers(ACCOUNT, app_id, for_ever).expect("ledgers"), vec![]);
    store.drop_expired(now_ms()).expect("drop_expired");
    store.write(batch()).expect("an empty batch is one");
    assert_eq!(store.applications("").expect("applications"), vec![]);
}

/// The rules of [`Entities`]: first and last time, names of backends and languages of tiers that stay, the rest
/// from who was seen later, in whatever order it is delivered.
pub fn merge_keeps_first_and_last<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    write(&store, entities(SHOP, "a", 2_000, 3_000));
    assert_eq!(read(&store), entities(SHOP, "a", 2_000, 3_000));
    write(&store, entities(SHOP, "bb", 4_000, 5_000));
    let found = read(&store);
    assert_eq!((found.nodes[0].first_seen_ms, found.nodes[0].last_seen_ms), (2_000, 5_000));
    assert_eq!((&*found.nodes[0].agent_version, found.nodes[0].process_id), ("bb", 2));
    assert_eq!(&*found.backends[0].backend.name, "label a", "the first label stays");
    assert_eq!(found.tiers[0].language, Language::Python, "the first language stays");
    // From a spool, long ago.
    write(&store, entities(SHOP, "ccc", 1_000, 1_500));
    let found = read(&store);
    assert_eq!(&*found.nodes[0].agent_version, "bb", "the later one stays");
    let times = |first: u64, last: u64| (first, last) == (1_000, 5_000);
    assert!(times(found.applications[0].first_seen_ms, found.applications[0].last_seen_ms));
    assert!(times(found.tiers[0].first_seen_ms, found.tiers[0].last_seen_ms));
    assert!(times(found.nodes[0].first_seen_ms, found.nodes[0].last_seen_ms));
    assert!(times(found.bts[0].first_seen_ms, found.bts[0].last_seen_ms));
    assert!(times(found.backends[0].first_seen_ms, found.backends[0].last_seen_ms));
    let again = found.clone();
    write(&store, found);
    assert_eq!(read(&store), again, "what was read can be written and changes nothing");
}

/// A resolution may come before its backend, is not wiped by a backend without one, and the newest wins.
pub fn resolutions_stay_until_replaced<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let (app_id, backend_id) = (AppId::of(SHOP), backend(SHOP, 1).id);
    let resolve = |tier: &str| {
        let resolutions = vec![Resolution { app_id, backend_id, tier_id: TierId::of(SHOP, tier) }];
        store.write(WriteBatch { resolutions, ..batch() }).expect("write");
    };
    resolve("orders");
    assert_eq!(read(&store).backends, vec![], "nothing is known of the backend itself");
    write(&store, entities(SHOP, "a", 1, 2));
    assert_eq!(read(&store).resolved_tier(backend_id), Some(TierId::of(SHOP, "orders")));
    resolve("stock");
    write(&store, entities(SHOP, "a", 1, 3));
    assert_eq!(read(&store).resolved_tier(backend_id), Some(TierId::of(SHOP, "stock")));
    let mut with_resolution = entities(SHOP, "a", 1, 4);
    with_resolution.backends[0].resolved_tier_id = Some(TierId::of(SHOP, "web"));
    write(&store, with_resolution);
    assert_eq!(read(&store).resolved_tier(backend_id), Some(TierId::of(SHOP, "web")));
}

fn agent(application: &str, incarnation: &str, last_seen_ms: u64) -> AgentRecord {
    AgentRecord {
        incarnation: incarnation.to_owned(),
        app_id: AppId::of(application),
        node_id: NodeId::of(application, "web", "n"),
        last_seen_ms,
        disconnected: false,
        config_version: 3,
        effective_config: "{\"a\": \"ü\"}".to_owned(),
        diagnostics: AgentDiagnostics {
            warnings: vec!["a 'warning'".to_owned()],
            ..AgentDiagnostics::default()
        },
    }
}

/// Agents replace what they said before and are listed newest first.
pub fn agents_replace_and_come_newest_first<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let read = || store.agents(ACCOUNT, AppId::of(SHOP)).expect("agents");
    for (incarnation, last_seen_ms) in [("aa", 10), ("bb", 30), ("cc", 20)] {
        store.put_agent(ACCOUNT, agent(SHOP, incarnation, last_seen_ms)).expect("put_agent");
    }
    let seen: Vec<u64> = read().iter().map(|a| a.last_seen_ms).collect();
    assert_eq!(seen, [30, 20, 10]);
    let mut goodbye = agent(SHOP, "aa", 40);
    goodbye.disconnected = true;
    store.put_agent(ACCOUNT, goodbye.clone()).expect("put_agent");
    assert_eq!(read()[0], goodbye);
    assert_eq!(read().len(), 3);
    store.put_agent(ACCOUNT, agent(APPLICATIONS[1], "dd", 50)).expect("put_agent");
    assert_eq!(read().len(), 3);
}

/// Names are data: no character of them means anything to a store.
pub fn hostile_names_are_kept_to_the_letter<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let long = "x".repeat(5_000);
    let names =
        ["'; DROP TABLE bt; --", "%_\\", "a\0b", "😀 e\u{301}", "\u{202e}rtl", "../../etc", "\"", &long];
    for (index, name) in names.iter().enumerate() {
        let mut all = entities(name, "a", 1, 2);
        all.bts[0].name = Arc::from(*name);
        all.backends[0].backend.key.properties[0].value = Arc::from(*name);
        let account = format!("account {name}");
        store
            .write(WriteBatch { account: account.clone(), entities: all.clone(), ..batch() })
            .expect("write");
        assert_eq!(store.entities(&account, AppId::of(name)).expect("entities"), all, "{name:?}");
        assert_eq!(store.applications(&account).expect("applications").len(), 1);
        let text = format!("text {index}");
        let change =
            DocumentChange { kind: name, name, text: &text, changed_by: name, ..DocumentChange::default() };
        store.put_document(&account, change).expect("put_document");
        assert_eq!(store.documents(&account, name).expect("documents")[0].changed_by, **name);
        assert_eq!(store.document(&account, name, name).expect("document"), Some(text));
    }
}

/// Nothing of one account is seen by another, though ids are the same.
pub fn accounts_see_only_their_own<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(3);
    let mut mine = batch();
    while mine.segments.iter().all(|s| s.segments.is_empty()) {
        mine = random_batch(&mut random, now_ms());
    }
    mine.entities = entities(SHOP, "a", 1, 2);
    let agent_identity = identity(SHOP, 1, 1, 77);
    let report: NodeReport = report(&mut random, &agent_identity, now_ms());
    mine.reports.push(report);
    let guid = mine.segments.iter().find_map(|s| s.segments.first()).expect("one").guid;
    store.write(mine.clone()).expect("write");
    store.put_agent(ACCOUNT, agent(SHOP, "aa", 1)).expect("put_agent");
    let app_id = AppId::of(SHOP);
    let everything = |account: &str| -> Result<usize, StoreError> {
        Ok(store.applications(account)?.len()
            + store.entities(account, app_id)?.nodes.len()
            + store.metrics(account, &whole(app_id, MetricFamily::Segments, hour(now_ms())))?.len()
            + store.segments(account, &SegmentFilter::default())?.segments.len()
            + store.execution(account, guid)?.len()
            + store.agents(account, app_id)?.len()
            + store.ledgers(account, app_id, hour(now_ms()))?.len())
    };
    let before = everything(ACCOUNT).expect("reads");
    assert!(before > 4);
    for stranger in ["customer2", "", "customer1 ", "CUSTOMER1"] {
        assert_eq!(everything(stranger).expect("reads"), 0, "{stranger:?}");
    }
    // The same keys in another account replace nothing here.
    let mut theirs = mine;
    theirs.account = "customer2".to_owned();
    theirs.reports.iter_mut().for_each(|r| r.report.segments.clear());
    theirs.segments.iter_mut().flat_map(|s| &mut s.segments).for_each(|s| s.duration_ns = 1);
    let execution = store.execution(ACCOUNT, guid).expect("execution");
    store.write(theirs).expect("write");
    assert_eq!(everything(ACCOUNT).expect("reads"), before);
    assert_eq!(store.execution(ACCOUNT, guid).expect("execution"), execution);
    assert!(everything("customer2").expect("reads") > 0);
}
