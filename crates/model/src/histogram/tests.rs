use proptest::prelude::*;

use super::*;

fn of(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    for value in values {
        histogram.record(*value);
    }
    histogram
}

/// The definition, straight from the specification: ceil(log2(ms) * 2^scale) - 1.
fn index_by_definition(value_ns: u64) -> i32 {
    let ms = value_ns as f64 / 1e6;
    (ms.log2() * 32.0).ceil() as i32 - 1
}

#[test]
fn exact_powers_of_two_belong_to_the_bucket_below() {
    assert_eq!(index_of(1_000_000), -1);
    assert_eq!(index_of(2_000_000), 31);
    assert_eq!(index_of(1_000_001), 0);
    assert_eq!(index_of(500_000), -33);
}

#[test]
fn bounds_are_the_32nd_roots_of_two() {
    for (k, bits) in MANTISSA_BOUNDS.iter().enumerate().take(31) {
        let value = f64::from_bits((1023u64 << 52) | bits);
        let expected = 2f64.powf((k as f64 + 1.0) / 32.0);
        assert!((value - expected).abs() < 1e-15, "{k}: {value} {expected}");
    }
}

#[test]
fn empty_histogram() {
    let h = Histogram::new();
    assert_eq!((h.count(), h.quantile_ns(0.5)), (0, None));
    assert_eq!(of(&[0, 0]).quantile_ns(0.5), Some(0));
}

#[test]
fn extremes_fit() {
    let h = of(&[1, u64::MAX, 0]);
    assert_eq!((h.count(), h.min_ns(), h.max_ns()), (3, 0, u64::MAX));
    assert!(h.buckets().len() <= HISTOGRAM_BUCKETS_MAX);
}

#[test]
fn clear_keeps_nothing() {
    let mut h = of(&[1, 5, 1 << 40]);
    h.clear();
    assert_eq!(h, Histogram::new());
    h.record(7);
    assert_eq!(h, of(&[7]));
}

#[test]
fn contradictions_are_refused() {
    let parts = |count, sum, min, max, zero, scale, offset, buckets| {
        Histogram::from_parts(count, sum, min, max, zero, scale, offset, buckets)
    };
    assert_eq!(parts(2, 4, 2, 2, 0, 5, 0, vec![1]), Err(HistogramError::Count { buckets: 1, count: 2 }));
    assert_eq!(parts(1, 2, 3, 2, 0, 5, 0, vec![1]), Err(HistogramError::Bounds));
    assert_eq!(parts(1, 2, 2, 2, 0, 21, 0, vec![1]), Err(HistogramError::Scale(21)));
    assert_eq!(parts(1, 2, 2, 2, 0, 5, i32::MAX, vec![1]), Err(HistogramError::Offset(i32::MAX, 5)));
    assert_eq!(parts(1, 2, 2, 2, 0, 5, i32::MIN, vec![1]), Err(HistogramError::Offset(i32::MIN, 5)));
    assert_eq!(parts(0, 0, 0, 0, 0, 5, 0, vec![0; 161]), Err(HistogramError::TooManyBuckets(161)));
}

fn durations() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(
        prop_oneof![Just(0u64), 1u64..1_000, 1_000u64..1_000_000_000, 1u64..(1 << 45)],
        0..300,
    )
}

proptest! {
    #[test]
    fn index_matches_the_definition(value in 1u64..(1u64 << 50)) {
        // log2 in floating point is itself off by an ulp next to a bound; there both answers are right.
        let (ours, theirs) = (index_of(value), index_by_definition(value));
        prop_assert!((ours - theirs).abs() <= 1);
        if ours != theirs {
            let bound = (f64::from(ours.max(theirs)) / 32.0).exp2() * 1e6;
            prop_assert!((value as f64 - bound).abs() / bound < 1e-12);
        }
    }

    #[test]
    fn count_sum_min_max_are_exact(values in durations()) {
        let h = of(&values);
        prop_assert_eq!(h.count(), values.len() as u64);
        prop_assert_eq!(h.sum_ns(), values.iter().sum::<u64>());
        prop_assert_eq!(h.min_ns(), values.iter().min().copied().unwrap_or(0));
        prop_assert_eq!(h.max_ns(), values.iter().max().copied().unwrap_or(0));
        prop_assert_eq!(h.zero_count() + h.buckets().iter().sum::<u64>(), h.count());
        prop_assert!(h.buckets().len() <= HISTOGRAM_BUCKETS_MAX);
    }

    #[test]
    fn merging_equals_recording_everything(a in durations(), b in durations()) {
        let mut merged = of(&a);
        merged.merge(&of(&b));
        let all: Vec<u64> = a.iter().chain(&b).copied().collect();
        let mut whole = of(&all);
        prop_assert_eq!(merged.count(), whole.count());
        prop_assert_eq!(merged.sum_ns(), whole.sum_ns());
        prop_assert_eq!(merged.min_ns(), whole.min_ns());
        prop_assert_eq!(merged.max_ns(), whole.max_ns());
        // Same buckets at the coarser of the two scales.
        let scale = merged.scale().min(whole.scale());
        merged.lower_scale(u32::from(merged.scale().abs_diff(scale)));
        whole.lower_scale(u32::from(whole.scale().abs_diff(scale)));
        merged.trim();
        whole.trim();
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn merging_is_associative_and_commutative_in_its_exact_parts(a in durations(), b in durations(), c in durations()) {
        let (ha, hb, hc) = (of(&a), of(&b), of(&c));
        let mut left = ha.clone();
        left.merge(&hb);
        left.merge(&hc);
        let mut right = hc.clone();
        let mut bc = hb.clone();
        bc.merge(&ha);
        right.merge(&bc);
        prop_assert_eq!((left.count(), left.sum_ns(), left.min_ns(), left.max_ns()),
                        (right.count(), right.sum_ns(), right.min_ns(), right.max_ns()));
    }

    #[test]
    fn quantiles_are_within_the_width_of_a_bucket(mut values in prop::collection::vec(1_000u64..1_000_000_000, 1..300), q in 0.0f64..1.0) {
        let h = of(&values);
        values.sort_unstable();
        let rank = ((q * values.len() as f64).ceil() as usize).max(1);
        let exact = values[rank - 1] as f64;
        let got = h.quantile_ns(q).unwrap() as f64;
        let width = 2f64.powf(2f64.powi(-i32::from(h.scale())));
        prop_assert!(got <= exact * width && got >= exact / width, "{got} {exact} scale {}", h.scale());
    }

    #[test]
    fn parts_round_trip(values in durations()) {
        let mut h = of(&values);
        h.trim();
        let again = Histogram::from_parts(h.count(), h.sum_ns(), h.min_ns(), h.max_ns(), h.zero_count(),
            i32::from(h.scale()), h.offset(), h.buckets().to_vec()).unwrap();
        prop_assert_eq!(again, h);
    }
}
