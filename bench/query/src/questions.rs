//! What is asked.

use std::path::Path;
use std::time::Instant;

use tierline_model::{AppId, Guid, Verdict};
use tierline_store::conformance::sample::{ACCOUNT, now_ms};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{
    Dimension, Dimensions, MetricFamily, MetricFilter, MetricQuery, SegmentFilter, Step, Store, TimeRange,
};

use crate::controller::AUTHORIZATION;
use crate::http::Connection;
use crate::traffic::{APPLICATION, HOUR_MS, MINUTE_MS, bt_of};

/// Times a question is asked.
const TIMES: usize = 400;

/// Asks one question often. Prints p50 and p99, and whether that is within the target.
fn ask(what: &str, target_ms: Option<f64>, mut question: impl FnMut(usize) -> usize) {
    let mut taken = Vec::new();
    let mut size = 0;
    for index in 0..TIMES {
        let begun = Instant::now();
        size = question(index);
        taken.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    taken.sort_by(f64::total_cmp);
    let (p50, p99, most) = (taken[TIMES / 2], taken[TIMES * 99 / 100], taken[TIMES - 1]);
    let verdict = target_ms.map_or_else(
        || "   ".to_owned(),
        |target| format!("P13 {} ({target:.0} ms):", if p99 <= target { "reached" } else { "MISSED" }),
    );
    println!("  {verdict} {what}: p50 {p50:.2} ms, p99 {p99:.2} ms, longest {most:.1} ms ({size})");
}

/// As the page asks, over HTTP.
pub fn to_the_controller(address: &str, guids: &[Guid], hours: u64) {
    let mut connection = Connection::open(address).expect("a connection");
    let app = format!("/api/applications/{}", AppId::of(APPLICATION));
    let mut get = |path: String| {
        let answer = connection.get(&path, AUTHORIZATION).expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.body.len()
    };
    let since = |hours: u64| format!("from={}&to={}", now_ms() - hours * HOUR_MS, now_ms() + MINUTE_MS);
    let slow = "verdicts=SLOW,VERY_SLOW,STALL,ERROR&limit=100";
    println!("over HTTP, while ingest runs (bytes of the last answer in parentheses):");
    ask("snapshot by id", Some(10.0), |index| {
        get(format!("{app}/snapshots/{}", guids[index * 7 % guids.len()]))
    });
    ask("100 newest slow of a BT", Some(20.0), |index| {
        get(format!("{app}/snapshots?bt={}&{slow}&{}", bt_of(index as u64 % 500).id, since(24)))
    });
    ask("BT list, all hours", Some(50.0), |_| get(format!("{app}/business-transactions?{}", since(hours))));
    ask("flow map, 1 h", Some(50.0), |_| get(format!("{app}/flow-map?{}", since(1))));
    ask("BT list, 1 h", None, |_| get(format!("{app}/business-transactions?{}", since(1))));
    ask("scorecard, all hours", None, |_| get(format!("{app}/scorecard?{}", since(hours))));
    ask("series of the application, all hours", None, |_| get(format!("{app}/series?{}", since(hours))));
    ask("100 newest slow of all", None, |_| get(format!("{app}/snapshots?{slow}&{}", since(24))));
}

/// The same to the store, in this process.
pub fn to_the_store(directory: &Path, guids: &[Guid], hours: u64) {
    let store = SqliteStore::open(directory).expect("open");
    println!("to the store alone, at rest (rows of the last answer in parentheses):");
    ask("snapshot by id", None, |index| {
        store.execution(ACCOUNT, guids[index * 7 % guids.len()]).expect("execution").len()
    });
    ask("100 newest slow of a BT", None, |index| {
        let filter = SegmentFilter {
            app_id: Some(AppId::of(APPLICATION)),
            range: Some(TimeRange { start_ms: now_ms() - 24 * HOUR_MS, end_ms: now_ms() + MINUTE_MS }),
            bt_ids: vec![bt_of(index as u64 % 500).id],
            verdicts: vec![Verdict::Slow, Verdict::VerySlow, Verdict::Stall, Verdict::Error],
            limit: 100,
            ..SegmentFilter::default()
        };
        store.segments(ACCOUNT, &filter).expect("segments").segments.len()
    });
    let query = |family, hours, group_by: &[Dimension]| MetricQuery {
        app_id: AppId::of(APPLICATION),
        family,
        range: TimeRange { start_ms: now_ms() - hours * HOUR_MS, end_ms: now_ms() + MINUTE_MS },
        step: Step::Whole,
        group_by: Dimensions::of(group_by),
        filter: MetricFilter::default(),
        with_histogram: false,
    };
    let list = query(MetricFamily::Segments, hours, &[Dimension::Bt]);
    ask("BT list, all hours", None, |_| store.metrics(ACCOUNT, &list).expect("metrics").len());
    let flow = query(MetricFamily::Exits, 1, &[Dimension::Tier, Dimension::Backend]);
    ask("flow map, 1 h", None, |_| store.metrics(ACCOUNT, &flow).expect("metrics").len());
}
