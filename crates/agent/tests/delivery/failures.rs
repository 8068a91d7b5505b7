//! A controller that is away, slow, overloaded or mad.

use std::time::Duration;

use tierline_testkit::recording::{Behaviour, RecordingController};

use crate::runner::{Setup, Tests, spooled_files};

pub const TESTS: Tests = &[
    ("refused_then_back", refused_then_back),
    ("failures_of_all_kinds_then_back", failures_of_all_kinds_then_back),
    ("a_lost_answer_counts_once", a_lost_answer_counts_once),
    ("retry_after_is_obeyed", retry_after_is_obeyed),
    ("refused_for_good_is_counted_and_not_sent_again", refused_for_good_is_counted_and_not_sent_again),
    ("a_partial_success_is_counted_and_not_sent_again", a_partial_success_is_counted_and_not_sent_again),
    ("what_is_resent_has_its_own_bytes_and_times", what_is_resent_has_its_own_bytes_and_times),
];

fn refused_then_back() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.refuse();
    let playing = Setup::of(&controller, scratch.path()).start("steady", &["5000", "3000"]);
    std::thread::sleep(Duration::from_millis(2_500));
    assert!(!spooled_files(scratch.path()).is_empty(), "what cannot be sent is on disk at once");
    controller.listen_again().unwrap();
    let said = playing.end(30);
    assert!(said.number("longest_us") < 50_000, "the host is never held up: {}", said.number("longest_us"));
    check_all_arrives(&controller, scratch.path(), said.number("ended"));
}

/// The rest may still be on disk: the next process of the same application brings it.
fn check_all_arrives(controller: &RecordingController, directory: &std::path::Path, ended: u64) {
    let setup = Setup::of(controller, directory);
    if controller.ended() != ended || !spooled_files(directory).is_empty() {
        let next = setup.start("steady", &["2500", "2000"]);
        assert!(controller.wait(20, |_| spooled_files(directory).is_empty()));
        let more = next.end(20).number("ended");
        assert_eq!(controller.ended(), ended + more);
    }
    assert_eq!(spooled_files(directory), Vec::<std::path::PathBuf>::new());
}

fn failures_of_all_kinds_then_back() {
    let behaviours = [
        Behaviour::Status(500, None),
        Behaviour::Status(503, None),
        Behaviour::Status(401, None),
        Behaviour::Status(302, None),
        Behaviour::Garbage,
        Behaviour::CloseMidway,
        Behaviour::BlackHole,
    ];
    std::thread::scope(|scope| {
        for behaviour in behaviours {
            scope.spawn(|| away_then_back(behaviour));
        }
    });
}

fn away_then_back(behaviour: Behaviour) {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(behaviour.clone());
    let said = Setup::of(&controller, scratch.path()).play("steady", &["1800", "500"]);
    assert!(
        said.number("shutdown_ms") <= crate::exits::EXIT_DELAY_MS_MAX,
        "{behaviour:?}: {}",
        said.number("shutdown_ms")
    );
    assert_eq!((controller.ended(), said.number("delivered")), (0, 0), "{behaviour:?}");
    assert!(!spooled_files(scratch.path()).is_empty(), "{behaviour:?}");
    controller.behave(Behaviour::Well);
    check_all_arrives(&controller, scratch.path(), said.number("ended"));
}

fn a_lost_answer_counts_once() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let metrics = |c: &RecordingController| c.recorded().iter().filter(|r| r.path == "/v1/metrics").count();
    let playing = Setup::of(&controller, scratch.path()).start("steady", &["6000", "3000"]);
    for behaviour in
        [Behaviour::TakeAndClose, Behaviour::Well, Behaviour::GarbageBody, Behaviour::TakeAndClose]
    {
        controller.behave(behaviour);
        let before = metrics(&controller);
        assert!(controller.wait(30, |controller| metrics(controller) > before));
    }
    controller.behave(Behaviour::Slow(Duration::from_millis(100)));
    let said = playing.end(60);
    check_all_arrives(&controller, scratch.path(), said.number("ended"));
    assert!(metrics(&controller) > controller.reports().len(), "some came twice");
}

fn retry_after_is_obeyed() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(Behaviour::Status(429, Some(2)));
    controller.behave_at_opamp(Some(Behaviour::Well));
    let playing = Setup::of(&controller, scratch.path()).start("steady", &["5000", "3000"]);
    std::thread::sleep(Duration::from_millis(3_500));
    controller.behave(Behaviour::Well);
    let said = playing.end(30);
    let at: Vec<_> =
        controller.recorded().iter().filter(|r| !r.taken && r.path != "/v1/opamp").map(|r| r.at).collect();
    assert!((1..=2).contains(&at.len()), "{}", at.len());
    assert!(at.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(1_950)), "{at:?}");
    check_all_arrives(&controller, scratch.path(), said.number("ended"));
}

fn refused_for_good_is_counted_and_not_sent_again() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave_at_opamp(Some(Behaviour::Well));
    controller.behave(Behaviour::Status(400, None));
    let playing = Setup::of(&controller, scratch.path()).start("steady", &["4500", "3000"]);
    assert!(controller.wait(20, |c| c.recorded().iter().any(|request| request.path == "/v1/metrics")));
    controller.behave(Behaviour::Well);
    playing.end(30);
    let mut bodies: Vec<_> =
        controller.recorded().into_iter().filter(|r| r.path == "/v1/metrics").map(|r| r.sent).collect();
    let count = bodies.len();
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), count, "nothing was sent twice");
    let drops: u64 = controller.reports().values().flat_map(|r| r.report.ledger.drops.values()).sum();
    assert!(drops > 0, "the loss is reported");
}

fn a_partial_success_is_counted_and_not_sent_again() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave_at_opamp(Some(Behaviour::Well));
    controller.behave(Behaviour::Partial(3));
    let said = Setup::of(&controller, scratch.path()).play("steady", &["2500", "3000"]);
    assert_eq!(controller.ended(), said.number("ended"));
    let requests = controller.recorded().iter().filter(|request| request.path == "/v1/metrics").count();
    assert_eq!(requests, controller.reports().len());
    let drops: u64 = controller.reports().values().flat_map(|r| r.report.ledger.drops.values()).sum();
    assert!(drops >= 3, "{drops}");
}

fn what_is_resent_has_its_own_bytes_and_times() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(Behaviour::Status(503, None));
    let setup = Setup::of(&controller, scratch.path());
    let said = setup.play("steady", &["2500", "500"]);
    let tried: Vec<_> =
        controller.recorded().into_iter().filter(|r| r.path != "/v1/opamp").map(|r| r.sent).collect();
    assert!(!tried.is_empty());
    std::thread::sleep(Duration::from_millis(1_100));
    controller.behave(Behaviour::Well);
    let back_ms = u64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    setup.play("work", &["1", "2000"]);
    assert!(spooled_files(scratch.path()).is_empty(), "even a short process takes the old ones along");
    let taken: Vec<_> = controller.recorded().into_iter().filter(|r| r.taken).map(|r| r.sent).collect();
    assert!(tried.iter().all(|sent| taken.contains(sent)), "the very same bytes");
    let old: Vec<_> =
        controller.reports().into_values().filter(|r| r.report.start_ms < back_ms - 1_000).collect();
    assert!(!old.is_empty() && old.iter().all(|r| r.report.end_ms < back_ms), "with their own times");
    assert_eq!(old.iter().map(|r| r.report.ledger.ended).sum::<u64>(), said.number("ended"));
    assert_eq!(controller.segments().len(), 6, "and the snapshots");
}
