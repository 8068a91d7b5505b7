//! Questions to try a store with.

use tierline_model::{AppId, CapturePolicy, NodeId, TierId, Verdict};

use super::random::Random;
use super::sample::{APPLICATIONS, backend, bt};
use crate::aggregate::MINUTE_MS;
use crate::query::{
    Dimension, Dimensions, MetricFamily, MetricFilter, MetricQuery, SegmentFilter, Step, TimeRange,
};

const HOUR_MS: u64 = 60 * MINUTE_MS;

/// Every dimension.
pub const DIMENSIONS: [Dimension; 6] = [
    Dimension::Tier,
    Dimension::Node,
    Dimension::Bt,
    Dimension::Backend,
    Dimension::CallerTier,
    Dimension::Originating,
];

/// Everything of one application in one row.
#[must_use]
pub fn whole(app_id: AppId, family: MetricFamily, range: TimeRange) -> MetricQuery {
    MetricQuery {
        app_id,
        family,
        range,
        step: Step::Whole,
        group_by: Dimensions::NONE,
        filter: MetricFilter::default(),
        with_histogram: false,
    }
}

/// The hour that ends a minute after `end_ms`.
#[must_use]
pub const fn hour(end_ms: u64) -> TimeRange {
    TimeRange { start_ms: end_ms - 59 * MINUTE_MS, end_ms: end_ms + MINUTE_MS }
}

fn tier(random: &mut Random, application: &str) -> TierId {
    TierId::of(application, &format!("tier-{}", random.below(3)))
}

fn node(random: &mut Random, application: &str) -> NodeId {
    let (tier, node) = (random.below(3), random.below(2));
    NodeId::of(application, &format!("tier-{tier}"), &format!("node-{tier}-{node}"))
}

/// Some range around the samples, not always on whole minutes.
fn range(random: &mut Random, end_ms: u64) -> TimeRange {
    if random.one_in(3) {
        // Whole hours, and more of them than there are data.
        let start_ms = end_ms / HOUR_MS * HOUR_MS - random.below(4) * HOUR_MS;
        return TimeRange {
            start_ms,
            end_ms: start_ms + random.below(6) * HOUR_MS + random.below(2) * MINUTE_MS,
        };
    }
    let start_ms = end_ms - random.below(40) * MINUTE_MS - random.below(3) * 17_000;
    TimeRange { start_ms, end_ms: start_ms + random.below(40) * MINUTE_MS + random.below(3) * 1_001 }
}

/// Any question about numbers.
#[must_use]
pub fn random_metrics(random: &mut Random, end_ms: u64) -> MetricQuery {
    let application = *random.pick(&APPLICATIONS);
    let group_by: Vec<Dimension> = DIMENSIONS.into_iter().filter(|_| random.one_in(3)).collect();
    let rarely = |random: &mut Random| random.one_in(5);
    MetricQuery {
        app_id: AppId::of(application),
        family: if random.one_in(2) { MetricFamily::Exits } else { MetricFamily::Segments },
        range: range(random, end_ms),
        step: *random
            .pick(&[1, 7, 10, 60, 120, 0].map(|n| if n == 0 { Step::Whole } else { Step::Minutes(n) })),
        group_by: Dimensions::of(&group_by),
        filter: MetricFilter {
            tier_id: rarely(random).then(|| tier(random, application)),
            node_id: rarely(random).then(|| node(random, application)),
            bt_id: rarely(random).then(|| bt(application, 0, random.below(4), true).id),
            backend_id: rarely(random).then(|| backend(application, random.below(4)).id),
            originating: rarely(random).then(|| random.one_in(2)),
        },
        with_histogram: random.one_in(3),
    }
}

/// Any question about segments.
#[must_use]
pub fn random_segments(random: &mut Random, end_ms: u64) -> SegmentFilter {
    let application = *random.pick(&APPLICATIONS);
    let rarely = |random: &mut Random| random.one_in(5);
    let mut guid = [0; 16];
    guid[0] = random.below(3) as u8;
    guid[15] = random.below(8) as u8 + 1;
    SegmentFilter {
        archived: None,
        range: random.one_in(2).then(|| range(random, end_ms)),
        app_id: random.one_in(2).then(|| AppId::of(application)),
        tier_ids: (0..random.below(4) / 2).map(|_| tier(random, application)).collect(),
        node_ids: (0..random.below(4) / 3).map(|_| node(random, application)).collect(),
        bt_ids: (0..random.below(5) / 2).map(|_| bt(application, 0, random.below(5), true).id).collect(),
        guids: if rarely(random) {
            tierline_model::Guid::from_bytes(guid).into_iter().collect()
        } else {
            Vec::new()
        },
        verdicts: (0..random.below(6) / 2).map(|_| *random.pick(&Verdict::ALL)).collect(),
        policies: (0..random.below(6) / 4).map(|_| *random.pick(&CapturePolicy::ALL)).collect(),
        has_errors: rarely(random).then(|| random.one_in(2)),
        first_in_chain: rarely(random).then(|| random.one_in(2)),
        duration_ns_min: rarely(random).then(|| random.duration_ns()),
        backend_id: rarely(random).then(|| backend(application, random.below(4)).id),
        user_data: rarely(random).then(|| {
            let value = random.one_in(2).then(|| format!("value-{}", random.below(3)));
            (format!("key-{}", random.below(3)), value)
        }),
        after: None,
        limit: random.below(9) as usize,
    }
}
