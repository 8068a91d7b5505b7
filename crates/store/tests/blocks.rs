//! Blocks: what is packed comes back, every version ever written is read, and any bytes are survived.

use std::path::PathBuf;

use proptest::prelude::*;
use tierline_model::{Histogram, Segment};
use tierline_store::block::sketches::Wanted;
use tierline_store::block::{
    BlockError, ExitPoint, Numbers, SegmentPoint, chunk, ledger, numbers, rollup, segments, sketches,
};
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample;
use tierline_store::{NodeReport, SegmentRecord};
use tierline_testkit::generate;

fn points(report: &tierline_model::IntervalReport) -> Numbers {
    Numbers {
        segments: report.segments.iter().map(SegmentPoint::of).collect(),
        exits: report.exits.iter().map(ExitPoint::of).collect(),
    }
}

fn histograms(report: &tierline_model::IntervalReport) -> impl Iterator<Item = &Histogram> + Clone {
    report.segments.iter().map(|s| &s.duration).chain(report.exits.iter().map(|e| &e.duration))
}

/// All histograms of a block.
fn unpack(bytes: &[u8], points: &Numbers) -> Result<Vec<Histogram>, BlockError> {
    let mut all = sketches::decode(bytes, points, Wanted::Segments(&|_, _| true))?;
    all.extend(sketches::decode(bytes, points, Wanted::Exits(&|_, _| true))?);
    Ok(all)
}

fn pack(records: &[SegmentRecord]) -> Vec<u8> {
    let mut block = segments::SegmentBlockWriter::default();
    for record in records {
        block.push(record.app_id, record.tier_id, record.node_id, &record.segment);
    }
    block.finish().unwrap()
}

fn records(all: Vec<Segment>) -> Vec<SegmentRecord> {
    let identity = sample::identity("shop", 1, 2, 3);
    let (app_id, tier_id, node_id) = (identity.app_id(), identity.tier_id(), identity.node_id());
    all.into_iter().map(|segment| SegmentRecord { app_id, tier_id, node_id, segment }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn reports_come_back(report in generate::interval_report()) {
        let points = points(&report);
        let packed = numbers::encode(&points).unwrap();
        prop_assert_eq!(numbers::decode(&packed).unwrap(), points.clone());
        let sketches = sketches::encode(histograms(&report)).unwrap();
        prop_assert_eq!(unpack(&sketches, &points).unwrap(), histograms(&report).cloned().collect::<Vec<_>>());
        prop_assert_eq!(
            numbers::decode(&numbers::encode_thoroughly(&points).unwrap()).unwrap(),
            points.clone()
        );
        let odd = |count: u64| count % 2 == 1;
        let some = sketches::decode(&sketches, &points, Wanted::Exits(&|_, p| odd(p.count))).unwrap();
        for (exit, histogram) in report.exits.iter().zip(some) {
            let expected = if odd(exit.duration.count()) { exit.duration.clone() } else { Histogram::new() };
            prop_assert_eq!(histogram, expected);
        }
        let packed = ledger::encode(&report.ledger, &report.runtime);
        prop_assert_eq!(ledger::decode(&packed).unwrap(), (report.ledger, report.runtime));
    }

    /// Several reports of the same series behind each other, as in a packed hour.
    #[test]
    fn packed_hours_come_back(reports in proptest::collection::vec(generate::interval_report(), 1..5), seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let (mut points, mut of_segments, mut of_exits) = (Numbers::default(), Vec::new(), Vec::new());
        for _ in 0..8 {
            let report = random.pick(&reports);
            let of_report = self::points(report);
            points.segments.extend(of_report.segments);
            points.exits.extend(of_report.exits);
            of_segments.extend(report.segments.iter().map(|s| &s.duration));
            of_exits.extend(report.exits.iter().map(|e| &e.duration));
        }
        let all: Vec<&Histogram> = of_segments.iter().chain(&of_exits).copied().collect();
        let packed = sketches::encode_by_series(&points, &all).unwrap();
        let back = unpack(&packed, &points).unwrap();
        prop_assert_eq!(back.iter().collect::<Vec<_>>(), all);
        let third = |index: usize| index.is_multiple_of(3);
        let some = sketches::decode(&packed, &points, Wanted::Segments(&|i, _| third(i))).unwrap();
        let nothing = Histogram::new();
        for (index, (histogram, whole)) in some.iter().zip(of_segments).enumerate() {
            prop_assert_eq!(histogram, if third(index) { whole } else { &nothing });
        }
    }

    #[test]
    fn segments_come_back(all in proptest::collection::vec(generate::segment(), 0..8)) {
        let records = records(all);
        prop_assert_eq!(segments::decode(&pack(&records)).unwrap(), records);
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = numbers::decode(&bytes);
        let _ = unpack(&bytes, &Numbers::default());
        let _ = ledger::decode(&bytes);
        let _ = chunk::decode(&bytes);
        let _ = rollup::decode(&bytes);
        let _ = segments::decode(&bytes);
    }

    /// A frame that is intact around content that is not: what a bug or an attacker could leave.
    #[test]
    fn any_content_in_a_sound_frame_is_survived(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut block = vec![1u8];
        let mut length = content.len();
        while length >= 0x80 {
            block.push(length as u8 | 0x80);
            length >>= 7;
        }
        block.push(length as u8);
        block.extend(zstd::bulk::compress(&content, 1).unwrap());
        let _ = numbers::decode(&block);
        let _ = unpack(&block, &Numbers::default());
        let _ = segments::decode(&block);
        let _ = chunk::decode(&block);
        let _ = rollup::decode(&block);
        for version in [2, 3] {
            block[0] = version;
            let _ = unpack(&block, &Numbers::default());
            let _ = unpack(&block, &points(&fixed_report().report));
            let _ = numbers::decode(&block);
            let _ = segments::decode(&block);
        }
    }

    #[test]
    fn a_flipped_bit_is_noticed_or_harmless(seed in 0u64..1000, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut random = Random::new(seed);
        let records = records((0..3).map(|_| sample::segment(&mut random, "shop", sample::now_ms())).collect());
        let mut packed = pack(&records);
        let at = at.index(packed.len());
        packed[at] ^= 1 << bit;
        if let Ok(back) = segments::decode(&packed) {
            prop_assert_eq!(back, records, "a changed block was believed");
        }
    }
}

#[test]
fn a_claim_of_gigabytes_is_not_believed() {
    let huge = [1u8, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3];
    assert!(matches!(segments::decode(&huge), Err(BlockError::TooLarge(_))));
    let large = [1u8, 0xff, 0xff, 0xff, 0x3f, 1, 2, 3];
    assert!(matches!(segments::decode(&large), Err(BlockError::Damaged(_))));
}

#[test]
fn newer_versions_are_refused_with_their_number() {
    let newer = |known: u8| Err(BlockError::Version { found: known + 1, known });
    let bytes = |known: u8| [known + 1, 0, 0];
    assert_eq!(numbers::decode(&bytes(numbers::VERSION)).map(drop), newer(numbers::VERSION));
    assert_eq!(segments::decode(&bytes(segments::VERSION)).map(drop), newer(segments::VERSION));
    assert_eq!(ledger::decode(&bytes(ledger::VERSION)).map(drop), newer(ledger::VERSION));
    assert_eq!(chunk::decode(&bytes(chunk::VERSION)).map(drop), newer(chunk::VERSION));
    assert_eq!(rollup::decode(&bytes(rollup::VERSION)).map(drop), newer(rollup::VERSION));
    assert_eq!(unpack(&bytes(sketches::VERSION), &Numbers::default()).map(drop), newer(sketches::VERSION));
}

/// Bytes as they were written by a version, kept for ever. A file that is missing is made; commit it.
fn fixture(name: &str, written_now: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    if !path.exists() {
        std::fs::write(&path, written_now).unwrap();
        panic!("{} did not exist and was made; look at it and commit it", path.display());
    }
    std::fs::read(path).unwrap()
}

fn fixed_report() -> NodeReport {
    let mut random = Random::new(2026);
    loop {
        let report = sample::report(&mut random, &sample::identity("shop", 1, 1, 1), 1_795_209_780_000);
        if report.report.segments.len() >= 3 && report.report.exits.len() >= 3 {
            return report;
        }
    }
}

#[test]
fn every_version_of_every_block_is_read() {
    let report = fixed_report().report;
    let expected = points(&report);
    assert_eq!(
        numbers::decode(&fixture("numbers-1.bin", &numbers::encode(&expected).unwrap())).unwrap(),
        expected
    );
    let bytes = fixture("numbers-2.bin", &numbers::encode_thoroughly(&expected).unwrap());
    assert_eq!(numbers::decode(&bytes).unwrap(), expected);
    let bytes = fixture("sketches-1.bin", &sketches::encode(histograms(&report)).unwrap());
    assert_eq!(unpack(&bytes, &expected).unwrap(), histograms(&report).cloned().collect::<Vec<_>>());
    let bytes = fixture("sketches-2.bin", &sketches::encode(histograms(&report)).unwrap());
    assert_eq!(unpack(&bytes, &expected).unwrap(), histograms(&report).cloned().collect::<Vec<_>>());
    let all: Vec<&Histogram> = histograms(&report).collect();
    let bytes = fixture("sketches-3.bin", &sketches::encode_by_series(&expected, &all).unwrap());
    assert_eq!(unpack(&bytes, &expected).unwrap(), histograms(&report).cloned().collect::<Vec<_>>());
    let sums = rollup::Rollup {
        minutes: (0..expected.segments.len() + expected.exits.len()).map(|i| 1 << i).collect(),
        numbers: expected.clone(),
    };
    assert_eq!(rollup::decode(&fixture("rollup-1.bin", &rollup::encode(&sums).unwrap())).unwrap(), sums);
    let heads: Vec<chunk::ChunkReport> = (0..3u8)
        .map(|n| chunk::ChunkReport {
            start_ms: 1_795_209_780_000 + u64::from(n) * 60_000,
            incarnation: tierline_model::Incarnation([n / 2; 16]),
            executions: u64::from(n) * 1_000,
            ledger: ledger::encode(&report.ledger, &report.runtime),
            segments: usize::from(n),
            exits: 2,
        })
        .collect();
    assert_eq!(chunk::decode(&fixture("chunk-1.bin", &chunk::encode(&heads).unwrap())).unwrap(), heads);
    let bytes = fixture("ledger-1.bin", &ledger::encode(&report.ledger, &report.runtime));
    assert_eq!(ledger::decode(&bytes).unwrap(), (report.ledger, report.runtime));
    let mut random = Random::new(2026);
    let expected =
        records((0..5).map(|_| sample::segment(&mut random, "shop ü", 1_795_209_780_000)).collect());
    assert_eq!(segments::decode(&fixture("segments-1.bin", &pack(&expected))).unwrap(), expected);
    assert_eq!(segments::decode(&fixture("segments-2.bin", &pack(&expected))).unwrap(), expected);
}
