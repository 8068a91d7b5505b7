//! Any sequence of calls, sensible or not: nothing panics, and the numbers add up to what a simple model says.

use proptest::prelude::*;
use tierline::{BtHandle, ExitHandle};

use crate::{assert_balanced, begin_exit, core, database, drain, error, quiet};

/// A call of the API on one of a few places that hold handles.
#[derive(Clone, Debug)]
enum Call {
    Begin(usize, u8),
    Clone(usize, usize),
    Find(usize, usize),
    End(usize, bool),
    Drop(usize),
    BeginExit(usize, usize),
    EndExit(usize, bool),
    Header(usize),
    UserData(usize, String),
    MarkError(usize),
    Check,
    Drain,
}

const PLACES: usize = 4;

fn call() -> impl Strategy<Value = Call> {
    let place = 0..PLACES;
    prop_oneof![
        4 => (place.clone(), 0..5u8).prop_map(|(p, name)| Call::Begin(p, name)),
        1 => (place.clone(), place.clone()).prop_map(|(a, b)| Call::Clone(a, b)),
        1 => (place.clone(), place.clone()).prop_map(|(a, b)| Call::Find(a, b)),
        3 => (place.clone(), any::<bool>()).prop_map(|(p, failed)| Call::End(p, failed)),
        2 => place.clone().prop_map(Call::Drop),
        3 => (place.clone(), place.clone()).prop_map(|(p, exit)| Call::BeginExit(p, exit)),
        3 => (place.clone(), any::<bool>()).prop_map(|(p, failed)| Call::EndExit(p, failed)),
        1 => place.clone().prop_map(Call::Header),
        1 => (place.clone(), ".{0,40}").prop_map(|(p, text)| Call::UserData(p, text)),
        1 => place.prop_map(Call::MarkError),
        1 => Just(Call::Check),
        1 => Just(Call::Drain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_sequence_of_calls_is_counted_exactly(calls in prop::collection::vec(call(), 0..120)) {
        let mut config = quiet();
        config.limits.bts_max = 3;
        let core = core(config);
        core.allow_concurrent_exit_calls(true);
        let mut bts: [Option<BtHandle>; PLACES] = Default::default();
        let mut exits: [Option<ExitHandle>; PLACES] = Default::default();
        let (mut begun, mut exits_begun) = (0u64, 0u64);
        let (mut ended, mut exits_ended) = (0u64, 0u64);
        let mut close = |report: tierline_model::IntervalReport| {
            assert_balanced(&report);
            ended += report.ledger.ended;
            exits_ended += report.ledger.exit_calls;
            assert_eq!(report.ledger.ended_total, ended);
            report.ledger
        };
        for call in calls {
            match call {
                Call::Begin(place, name) => {
                    begun += 1;
                    bts[place] = Some(core.begin(&format!("/name/{name}"), None));
                }
                Call::Clone(from, to) => bts[to] = bts[from].clone(),
                Call::Find(from, to) => bts[to] = bts[from].as_ref().and_then(|bt| core.by_key(bt.key())),
                Call::End(place, failed) => bts[place].iter().for_each(|bt| {
                    bt.end_with(failed.then(|| error("E")).into_iter().collect());
                    assert!(!bt.is_active());
                }),
                Call::Drop(place) => bts[place] = None,
                Call::BeginExit(place, to) => {
                    let active = bts[place].as_ref().is_some_and(BtHandle::is_active);
                    let exit = bts[place].as_ref().and_then(|bt| begin_exit(bt, &database(&core)));
                    assert_eq!(exit.is_some(), active);
                    exits_begun += u64::from(active);
                    exits[to] = exit;
                }
                Call::EndExit(place, failed) => exits[place].iter().for_each(|exit| {
                    exit.end_with(failed.then(|| error("X")).into_iter().collect());
                }),
                Call::Header(place) => exits[place].iter().for_each(|exit| {
                    let mut text = String::new();
                    assert_eq!(exit.correlation_header(false, &mut text), !text.is_empty());
                }),
                Call::UserData(place, text) => bts[place].iter().for_each(|bt| bt.add_user_data(&text, &text)),
                Call::MarkError(place) => bts[place].iter().for_each(|bt| bt.mark_error(error("M"))),
                Call::Check => core.check_running(),
                Call::Drain => drop(close(drain(&core))),
            }
        }
        let running: std::collections::BTreeSet<u64> =
            bts.iter().flatten().filter(|bt| bt.is_active()).map(BtHandle::key).collect();
        let ledger = close(drain(&core));
        assert_eq!(ledger.in_flight, running.len() as u64);
        drop(bts);
        let ledger = close(drain(&core));
        assert_eq!((ledger.begun_total, ledger.ended_total, ledger.in_flight), (begun, begun, 0));
        assert_eq!((ended, exits_ended), (begun, exits_begun));
    }
}
