//! Ends of processes, orderly and not.

use std::time::Duration;

use tierline_testkit::recording::{Behaviour, RecordingController};

use crate::runner::{Setup, Tests, spooled_files};

pub const TESTS: Tests = &[
    (
        "a_black_hole_delays_the_end_by_half_a_second_at_most",
        a_black_hole_delays_the_end_by_half_a_second_at_most,
    ),
    ("a_program_that_forgets_to_shut_down", a_program_that_forgets_to_shut_down),
    ("a_refusing_controller_delays_no_exit", a_refusing_controller_delays_no_exit),
    ("shutdown_waits_for_a_controller_that_comes_back", shutdown_waits_for_a_controller_that_comes_back),
    ("killed_while_the_controller_is_away", killed_while_the_controller_is_away),
    ("killed_while_the_controller_is_well", killed_while_the_controller_is_well),
    ("truncated_spool_files_give_what_is_whole", truncated_spool_files_give_what_is_whole),
    ("thousands_of_snapshots_at_the_end", thousands_of_snapshots_at_the_end),
];

/// 500 ms (targets.md R4), and what a busy machine adds.
pub const EXIT_DELAY_MS_MAX: u64 = 600;

fn a_black_hole_delays_the_end_by_half_a_second_at_most() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(Behaviour::BlackHole);
    let setup = Setup::of(&controller, scratch.path());
    // Long enough for nothing but the first attempts, then long enough to be in the middle of a request.
    let said = [setup.play("work", &["1000", "500"]), setup.play("steady", &["1500", "500"])];
    assert!(
        said.iter().all(|said| said.number("shutdown_ms") <= EXIT_DELAY_MS_MAX),
        "{} {}",
        said[0].0,
        said[1].0
    );
    controller.behave(Behaviour::Well);
    let next = setup.start("steady", &["1500", "2000"]);
    assert!(controller.wait(20, |_| spooled_files(scratch.path()).is_empty()));
    let ended = 1_000 + said[1].number("ended");
    let more = next.end(20).number("ended");
    assert_eq!(controller.ended(), ended + more);
}

fn a_program_that_forgets_to_shut_down() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path()).with("TIERLINE_REPORT_INTERVAL_MS", "60000");
    setup.play("forget", &["100"]);
    assert!(controller.wait(5, |controller| controller.ended() == 200), "{}", controller.ended());
    controller.behave(Behaviour::BlackHole);
    let begun = std::time::Instant::now();
    setup.play("forget", &["100"]);
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
}

fn a_refusing_controller_delays_no_exit() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.refuse();
    let said = Setup::of(&controller, scratch.path()).play("leave", &["1000", "30000"]);
    assert!(said.number("shutdown_ms") < 300, "{}", said.0);
}

fn shutdown_waits_for_a_controller_that_comes_back() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.refuse();
    let playing = Setup::of(&controller, scratch.path()).start("work", &["1000", "30000"]);
    std::thread::sleep(Duration::from_secs(2));
    controller.listen_again().unwrap();
    let said = playing.end(20);
    assert_eq!(said.number("delivered"), 1, "{}", said.0);
    assert!(said.number("shutdown_ms") > 1_500, "{}", said.0);
    assert_eq!(controller.ended(), 1_000);
}

fn killed_while_the_controller_is_away() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.refuse();
    let setup = Setup::of(&controller, scratch.path());
    let playing = setup.start("steady", &["60000", "0"]);
    std::thread::sleep(Duration::from_millis(3_700));
    check_at_most_the_interval_is_lost(&mut controller, &setup, playing.kill());
}

fn killed_while_the_controller_is_well() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path());
    let playing = setup.start("steady", &["60000", "0"]);
    std::thread::sleep(Duration::from_millis(3_700));
    check_at_most_the_interval_is_lost(&mut controller, &setup, playing.kill());
}

/// All that had ended before the last full second but a moment is there.
fn check_at_most_the_interval_is_lost(
    controller: &mut RecordingController,
    setup: &Setup,
    said: crate::runner::Said,
) {
    let killed_ms = said.number("at_ms");
    // A moment for the reporter to wake up in after the interval's end.
    let due_ms = (killed_ms - 400) / 1_000 * 1_000;
    let pairs: Vec<_> = said.0.lines().collect();
    let ended_before = pairs
        .windows(2)
        .filter_map(|pair| Some((pair[0].strip_prefix("ended ")?, pair[1].strip_prefix("at_ms ")?)))
        .filter(|(_, at_ms)| at_ms.parse::<u64>().unwrap() < due_ms - 50)
        .map(|(ended, _)| ended.parse::<u64>().unwrap())
        .next_back()
        .unwrap();
    controller.listen_again().unwrap();
    let next = setup.start("steady", &["1500", "2000"]);
    assert!(controller.wait(20, |_| spooled_files(std::path::Path::new(&setup.directory)).is_empty()));
    let more = next.end(20).number("ended");
    let arrived = controller.ended() - more;
    assert!(arrived >= ended_before, "{arrived} of {ended_before} arrived");
    assert!(arrived <= said.number("ended") + 10);
}

fn truncated_spool_files_give_what_is_whole() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(Behaviour::Status(503, None));
    let setup = Setup::of(&controller, scratch.path());
    setup.play("steady", &["3500", "500"]);
    let files = spooled_files(scratch.path());
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() - 5]).unwrap();
    }
    std::fs::write(files[0].with_file_name("0000000000000001-nonsense-1.m"), "nonsense").unwrap();
    controller.behave(Behaviour::Well);
    setup.play("work", &["0", "2000"]);
    let next = setup.start("steady", &["1500", "2000"]);
    assert!(controller.wait(20, |_| spooled_files(scratch.path()).len() == 1), "only what is not ours stays");
    next.end(20);
    let lives: std::collections::BTreeSet<_> =
        controller.reports().into_keys().map(|(life, _)| life).collect();
    assert_eq!(lives.len(), 2);
    assert!(controller.reports().len() >= 4, "all but the last one of the truncated file");
}

fn thousands_of_snapshots_at_the_end() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path());
    controller.behave(Behaviour::BlackHole);
    let said = setup.play("errors", &["20000", "500"]);
    assert!(said.number("shutdown_ms") <= 800, "{}", said.0);
    controller.behave(Behaviour::Well);
    let next = setup.start("steady", &["3000", "2000"]);
    assert!(controller.wait(30, |_| spooled_files(scratch.path()).is_empty()));
    next.end(20);
    let errors =
        controller.segments().iter().filter(|(_, segment)| !segment.errors.is_empty()).count() as u64;
    let dropped: u64 = controller.reports().values().flat_map(|r| r.report.ledger.drops.values()).sum();
    assert_eq!(errors + dropped, 20_000, "kept, or counted as dropped");
    assert!(errors > 5_000, "{errors}");
}
