use tierline_model::TierId;

use super::*;
use crate::metric_path::MetricPath;
use crate::metric_tree::Source;
use crate::numbers::row;

const HOUR: TimeRange = TimeRange { start_ms: 0, end_ms: 3_600_000 };

fn metric(leaf: Leaf) -> Metric {
    let source =
        Source { family: Some(MetricFamily::Segments), originating: Some(true), keys: vec![Key::default()] };
    Metric { path: MetricPath(vec![leaf.name().to_owned()]), internal_name: String::new(), source, leaf }
}

fn minute(minute: u64, node: &str, count: u64, sum_ms: u64) -> MetricRow {
    MetricRow {
        start_ms: minute * MINUTE_MS,
        node_id: Some(NodeId::of("a", "t", node)),
        ..row(count, sum_ms * 1_000_000)
    }
}

fn values(rows: Vec<MetricRow>, leaf: Leaf, rollup: bool) -> Vec<MetricValue> {
    let rows = Rows { by_key: HashMap::from([(Key::default(), rows)]), fine: true };
    rows.values(HOUR, &metric(leaf), Frequency::OneMinute, rollup)
}

#[test]
fn an_average_rolled_up_is_sum_by_calls() {
    let rows = vec![minute(1, "n1", 2, 100), minute(2, "n1", 1, 40), minute(2, "n2", 1, 20)];
    let [value] = values(rows, Leaf::AverageResponseTime, true)[..] else { panic!("one point") };
    let expected = MetricValue {
        start_ms: 0,
        occurrences: 2,
        current: 30,
        min: 20,
        max: 50,
        use_range: true,
        count: 4,
        sum: 160,
        value: 40,
    };
    assert_eq!(value, expected);
}

#[test]
fn calls_per_minute_of_one_node_rolled_up() {
    let rows = (1..=21).map(|m| minute(m, "n1", if m == 21 { 2 } else { 1 }, 1)).collect();
    let [value] = values(rows, Leaf::CallsPerMinute, true)[..] else { panic!("one point") };
    assert_eq!((value.count, value.sum, value.value, value.occurrences), (21, 22, 1, 21));
    assert_eq!((value.current, value.min, value.max, value.use_range), (2, 1, 2, false));
}

#[test]
fn calls_of_one_minute_are_summed_over_nodes() {
    let rows = vec![minute(5, "n1", 3, 1), minute(5, "n2", 4, 1)];
    let [value] = values(rows, Leaf::CallsPerMinute, false)[..] else { panic!("one point") };
    assert_eq!((value.start_ms, value.count, value.sum, value.value), (300_000, 2, 7, 7));
    assert_eq!((value.current, value.min, value.max), (7, 3, 4));
}

#[test]
fn without_rollup_only_minutes_with_data_are_points_and_their_sums_are_the_whole() {
    let rows = vec![minute(1, "n1", 3, 1), minute(9, "n1", 4, 1)];
    let points = values(rows, Leaf::CallsPerMinute, false);
    assert_eq!(points.iter().map(|p| (p.start_ms, p.sum)).collect::<Vec<_>>(), [(60_000, 3), (540_000, 4)]);
}

#[test]
fn numbers_of_calls_add_up_over_time() {
    let slow = |m| {
        let mut row = minute(m, "n1", 10, 1);
        row.verdicts.slow = 3;
        row
    };
    let [value] = values(vec![slow(1), slow(2)], Leaf::SlowCalls, true)[..] else { panic!("one point") };
    assert_eq!((value.value, value.sum, value.count), (6, 6, 2));
}

#[test]
fn frequency_follows_the_length_of_the_range() {
    let of = |minutes: u64| Frequency::of(TimeRange { start_ms: 0, end_ms: minutes * MINUTE_MS });
    assert_eq!(of(1_459), Frequency::OneMinute);
    assert_eq!(of(1_460), Frequency::TenMinutes);
    assert_eq!(of(2_940), Frequency::TenMinutes);
    assert_eq!(of(2_941), Frequency::SixtyMinutes);
}

#[test]
fn a_question_is_narrowed_to_what_all_keys_share() {
    let (a, b) = (TierId::of("x", "a"), TierId::of("x", "b"));
    let key =
        |tier, node: &str| Key { tier: Some(tier), node: Some(NodeId::of("x", "a", node)), ..Key::default() };
    assert_eq!(common(&HashSet::from([key(a, "1"), key(a, "2")]), |k| k.tier), Some(a));
    assert_eq!(common(&HashSet::from([key(a, "1"), key(b, "1")]), |k| k.tier), None);
    assert_eq!(common(&HashSet::from([Key::default()]), |k| k.tier), None);
}
