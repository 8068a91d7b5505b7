//! Checks of kept segments.

use std::sync::Arc;

use tierline_model::{AppId, Guid, Segment, Verdict};

use super::oracle::{Oracle, summary};
use super::queries::random_segments;
use super::random::Random;
use super::sample::{
    ACCOUNT, APPLICATIONS, backend, batch, batch_of_segments, identity, now_ms, random_batch, segment,
};
use crate::Store;
use crate::aggregate::MINUTE_MS;
use crate::query::{SegmentFilter, SegmentSummary, TimeRange};

const SHOP: &str = APPLICATIONS[0];

fn one_segment(seed: u64) -> Segment {
    segment(&mut Random::new(seed), SHOP, now_ms())
}

fn write(store: &impl Store, segments: Vec<Segment>) {
    store.write(batch_of_segments(identity(SHOP, 1, 1, 1), segments)).expect("write");
}

fn all(store: &impl Store) -> Vec<SegmentSummary> {
    store.segments(ACCOUNT, &SegmentFilter::default()).expect("segments").segments
}

/// Nothing of a segment is lost.
pub fn a_segment_comes_back_whole<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(5);
    let mut segments: Vec<Segment> = (0..50).map(|_| segment(&mut random, SHOP, now_ms())).collect();
    // One that is larger than any block should be.
    let call = segments.iter().find_map(|s| s.exit_calls.first()).expect("some call").clone();
    segments[0].exit_calls = vec![call; 5_000];
    for (index, call) in segments[0].exit_calls.iter_mut().enumerate() {
        call.operation = Arc::from(format!("SELECT {index} {}", "x".repeat(index % 100)));
    }
    write(&store, segments.clone());
    for segment in &segments {
        let found = store.execution(ACCOUNT, segment.guid).expect("execution");
        let found: Vec<_> = found.into_iter().filter(|r| r.segment.span_id == segment.span_id).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].segment, *segment);
        assert_eq!(found[0].node_id, identity(SHOP, 1, 1, 1).node_id());
    }
    let unknown = Guid::from_bytes([9; 16]).expect("not zero");
    assert_eq!(store.execution(ACCOUNT, unknown).expect("execution"), vec![]);
}

/// Writing a batch again changes nothing.
pub fn a_repeated_batch_changes_nothing<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(6);
    let segments: Vec<Segment> = (0..20).map(|_| segment(&mut random, SHOP, now_ms())).collect();
    write(&store, segments.clone());
    let (list, execution) = (all(&store), store.execution(ACCOUNT, segments[0].guid).expect("execution"));
    assert_eq!(list.len(), 20);
    write(&store, segments.clone());
    write(&store, [segments.clone(), segments.clone()].concat());
    assert_eq!(all(&store), list);
    assert_eq!(store.execution(ACCOUNT, segments[0].guid).expect("execution"), execution);
}

/// A stall seen in flight gives way to what became of it.
pub fn the_final_record_replaces_the_one_in_flight<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let last = Segment { verdict: Verdict::Error, duration_ns: 9_999, ..one_segment(1) };
    let in_flight = Segment { verdict: Verdict::Stall, duration_ns: 5, in_flight: true, ..last.clone() };
    write(&store, vec![in_flight.clone(), one_segment(2)]);
    assert!(all(&store).iter().any(|s| s.verdict == Verdict::Stall && s.duration_ns == 5));
    write(&store, vec![last.clone()]);
    let found = store.execution(ACCOUNT, last.guid).expect("execution");
    assert!(found.iter().any(|r| r.segment == last));
    assert!(!found.iter().any(|r| r.segment == in_flight));
    assert_eq!(all(&store).len(), 2);
    assert!(all(&store).iter().any(|s| s.verdict == Verdict::Error && s.duration_ns == 9_999));
}

/// What a spool delivers late does not overwrite the last word.
pub fn a_late_record_in_flight_changes_nothing<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let last = one_segment(1);
    write(&store, vec![last.clone()]);
    write(&store, vec![Segment { in_flight: true, duration_ns: 1, ..last.clone() }]);
    let found = store.execution(ACCOUNT, last.guid).expect("execution");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].segment, last);
}

/// Turning pages shows every segment once, in order, also where many started in the same moment and while
/// others are written.
pub fn pages_join_without_gap_or_repetition<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(8);
    let mut segments: Vec<Segment> =
        (0..90).map(|i| segment(&mut random, SHOP, now_ms() - MINUTE_MS * (i % 3) * 720)).collect();
    for segment in &mut segments {
        segment.start_unix_ns -= segment.start_unix_ns % (20 * 1_000_000_000);
    }
    write(&store, segments.clone());
    let mut expected: Vec<_> = segments.iter().map(|s| (s.start_unix_ns, s.guid, s.span_id)).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    for limit in [1, 7, 30, 89, 90, 91, 0] {
        let mut filter = SegmentFilter { limit, ..SegmentFilter::default() };
        let mut found = Vec::new();
        loop {
            let page = store.segments(ACCOUNT, &filter).expect("segments");
            assert!(limit == 0 || page.segments.len() <= limit);
            found.extend(page.segments.iter().map(|s| (s.start_unix_ns, s.guid, s.span_id)));
            // Newer ones come in front of the first page and disturb no later one.
            if limit == 30 && found.len() == 30 {
                write(&store, vec![segment(&mut random, SHOP, now_ms() + 2 * MINUTE_MS)]);
                expected.insert(
                    0,
                    all(&store).first().map(|s| (s.start_unix_ns, s.guid, s.span_id)).expect("one"),
                );
                found.insert(0, expected[0]);
            }
            match page.next {
                Some(next) => filter.after = Some(next),
                None => break,
            }
        }
        if limit == 89 || limit == 90 || limit == 91 || limit == 0 {
            assert_eq!(expected.len(), 91);
        }
        assert_eq!(found, expected, "limit {limit}");
    }
    for nonsense in ["", "x", "ü", &"0".repeat(64), &"f".repeat(63), &"é".repeat(32)] {
        let filter = SegmentFilter { after: Some(nonsense.to_owned()), ..SegmentFilter::default() };
        assert_eq!(store.segments(ACCOUNT, &filter).expect("segments").segments, vec![], "{nonsense:?}");
    }
}

/// What only the segment itself knows is found too.
pub fn user_data_and_backends_are_found<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(9);
    let mut segments: Vec<Segment> = (0..500).map(|_| segment(&mut random, SHOP, now_ms())).collect();
    segments[123].user_data.push((Arc::from("customer"), Arc::from("Ödön' OR 1=1 --")));
    write(&store, segments.clone());
    let find = |filter: &SegmentFilter| store.segments(ACCOUNT, filter).expect("segments").segments;
    for value in [None, Some("Ödön' OR 1=1 --".to_owned())] {
        let filter =
            SegmentFilter { user_data: Some(("customer".to_owned(), value)), ..SegmentFilter::default() };
        let found = find(&filter);
        assert_eq!(found.iter().map(|s| s.span_id).collect::<Vec<_>>(), vec![segments[123].span_id]);
    }
    let other = Some(("customer".to_owned(), Some("somebody".to_owned())));
    assert_eq!(find(&SegmentFilter { user_data: other, ..SegmentFilter::default() }), vec![]);
    let backend_id = backend(SHOP, 2).id;
    let found = find(&SegmentFilter { backend_id: Some(backend_id), ..SegmentFilter::default() });
    let expected =
        segments.iter().filter(|s| s.exit_calls.iter().any(|call| call.backend.id == backend_id)).count();
    assert_eq!(found.len(), expected);
}

/// Random batches, random filters, page by page: always the naive answer.
pub fn random_filters_have_the_naive_answer<S: Store, K>(open: impl Fn() -> (S, K)) {
    let midnight = now_ms() / 86_400_000 * 86_400_000 + 10 * MINUTE_MS;
    for (seed, end_ms) in [(1, now_ms()), (2, midnight)] {
        let (store, _kept) = open();
        let oracle = Oracle::default();
        let mut random = Random::new(seed);
        let mut batches = vec![batch()];
        for round in 0..40 {
            let batch = if random.one_in(4) {
                random.pick(&batches).clone()
            } else {
                random_batch(&mut random, end_ms)
            };
            oracle.write(&batch);
            store.write(batch.clone()).expect("write");
            batches.push(batch);
            for _ in 0..5 {
                let mut filter = random_segments(&mut random, end_ms);
                let expected = oracle.segments(ACCOUNT, &filter);
                let mut found = Vec::new();
                loop {
                    let page = store.segments(ACCOUNT, &filter).expect("segments");
                    found.extend(page.segments);
                    filter.after = page.next;
                    if filter.after.is_none() {
                        break;
                    }
                }
                assert_eq!(found, expected, "seed {seed}, round {round}: {filter:?}");
            }
        }
        for shown in oracle.segments(ACCOUNT, &SegmentFilter::default()) {
            let found = store.execution(ACCOUNT, shown.guid).expect("execution");
            assert_eq!(found, oracle.execution(ACCOUNT, shown.guid));
            assert!(found.iter().any(|record| summary(record) == shown));
        }
        let range = Some(TimeRange { start_ms: 0, end_ms: u64::MAX });
        let app_id = Some(AppId::of(SHOP));
        let filter = SegmentFilter { range, app_id, ..SegmentFilter::default() };
        assert!(!store.segments(ACCOUNT, &filter).expect("segments").segments.is_empty());
    }
}
