//! What people decide about business transactions and backends, what is stale, and errors by type and place.

use tierline_engine::backends_admin;
use tierline_engine::business_transactions::business_transactions;
use tierline_engine::errors::{ErrorFilter, error_groups, places};
use tierline_engine::transactions_admin::{self, Decision};
use tierline_engine::{Scope, staleness};
use tierline_model::NodeId;
use tierline_store::TimeRange;

use super::*;

fn scope(shop: &Shop, start_ms: u64, end_ms: u64) -> Scope<'_> {
    Scope { store: shop.dyn_store(), account: ACCOUNT, app_id: app(), range: TimeRange { start_ms, end_ms } }
}

#[test]
fn names_exclusion_and_deletion() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    let minute = Minute { calls: 3, each_ms: 1, ..Minute::default() };
    shop.report_all(hour, hour + MINUTE_MS, minute);
    let shown = || {
        let all = business_transactions(scope(&shop, hour, hour + HOUR_MS), None).unwrap();
        all.into_iter().map(|one| (one.bt.name.to_string(), one.numbers.calls)).collect::<Vec<_>>()
    };
    let decide =
        |decision: Decision| transactions_admin::decide(store, ACCOUNT, app(), &decision, "alice").unwrap();
    decide(Decision::Rename(bt(), "Purchase".into()));
    assert_eq!(shown(), [("Purchase".to_owned(), 3)]);
    decide(Decision::Exclude(vec![bt()]));
    assert_eq!(shown(), []);
    decide(Decision::Include(vec![bt()]));
    assert_eq!(shown().len(), 1);
    decide(Decision::Delete(vec![bt()], hour + 10 * MINUTE_MS));
    assert_eq!(shown(), [], "deleted and not heard of since");
    shop.report_all(hour + 20 * MINUTE_MS, hour + 21 * MINUTE_MS, minute);
    assert_eq!(shown()[0].0, BT, "found again, under its own name");
    let history = store.document_history(ACCOUNT, "bt-administration", &app().to_string()).unwrap();
    assert_eq!((history.len(), history[0].changed_by.as_str()), (4, "alice"));
}

#[test]
fn what_was_silent_for_long_is_left_out_until_it_is_heard_of() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    let old = hour - 600 * HOUR_MS;
    let minute = Minute { calls: 3, each_ms: 1, ..Minute::default() };
    shop.report_all(old, old + MINUTE_MS, minute);
    let nodes = |start_ms, end_ms| scope(&shop, start_ms, end_ms).entities().unwrap().nodes.len();
    assert_eq!((nodes(hour, hour + HOUR_MS), nodes(old, old + HOUR_MS)), (0, 1));
    shop.report_all(hour, hour + MINUTE_MS, minute);
    assert_eq!(nodes(hour, hour + HOUR_MS), 1);
    let node = NodeId::of(APP, "web", "web-1");
    staleness::mark_historical(store, ACCOUNT, app(), &[node], hour + 5 * MINUTE_MS, "alice").unwrap();
    assert_eq!(nodes(hour, hour + HOUR_MS), 0);
    shop.report_all(hour + 10 * MINUTE_MS, hour + 11 * MINUTE_MS, minute);
    assert_eq!(nodes(hour, hour + HOUR_MS), 1, "heard of again");
}

#[test]
fn errors_by_type_with_trend_transactions_and_places() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let stack = |line: u8| format!("Traceback\n  File \"shop.py\", line {line}, in buy\n    f()");
    for number in 1..=3 {
        shop.fail(hour + u64::from(number) * MINUTE_MS, number, "KeyError", &stack(7));
    }
    shop.fail(hour + 4 * MINUTE_MS, 4, "KeyError", &stack(9));
    shop.fail(hour + 5 * MINUTE_MS, 5, "ValueError", "");
    let scope = scope(&shop, hour, hour + HOUR_MS);
    let errors = error_groups(scope, &ErrorFilter::default()).unwrap();
    assert!(!errors.truncated);
    let told: Vec<(&str, u64)> = errors.groups.iter().map(|g| (g.type_name.as_str(), g.count)).collect();
    assert_eq!(told, [("KeyError", 4), ("ValueError", 1)]);
    let group = &errors.groups[0];
    assert_eq!((group.message.as_str(), group.bts.as_slice()), ("no such item: 4", &[(bt(), 4)][..]));
    assert_eq!((group.trend.iter().sum::<u64>(), group.snapshots.len()), (4, 4));
    let places = places(scope, group).unwrap();
    let told: Vec<(&str, u64)> = places.iter().map(|p| (p.place.as_str(), p.count)).collect();
    assert_eq!(told, [(r#"File "shop.py", line 7, in buy"#, 3), (r#"File "shop.py", line 9, in buy"#, 1)]);
    let only = ErrorFilter { error_id: Some(errors.groups[1].id), ..ErrorFilter::default() };
    assert_eq!(error_groups(scope, &only).unwrap().groups.len(), 1);
}

#[test]
fn a_resolution_is_undone_for_good_and_given_back() {
    use backends_admin::Decision;
    let shop = Shop::new();
    let store = shop.dyn_store();
    let backend = tierline_model::BackendId::from_u64(5).unwrap();
    let tier = tierline_model::TierId::of(APP, "pay");
    let decide =
        |decision: Decision| backends_admin::decide(store, ACCOUNT, app(), &decision, "alice").unwrap();
    assert_eq!(decide(Decision::Resolve(backend, tier)).resolution_of(backend), Some(Some(tier)));
    assert_eq!(decide(Decision::Unresolve(backend)).resolution_of(backend), Some(None));
    assert_eq!(decide(Decision::Automatic(backend)).resolution_of(backend), None);
}
