//! Configuration from the controller.

use tierline_model::AgentConfig;
use tierline_testkit::recording::{Behaviour, RecordingController};
use tierline_wire::opamp::ConfigStatus;

use crate::runner::{Setup, Tests};

pub const TESTS: Tests = &[
    ("a_configuration_is_applied_reported_and_cached", a_configuration_is_applied_reported_and_cached),
    ("garbage_from_the_controller_is_survived", garbage_from_the_controller_is_survived),
    ("nobody_waits_longer_than_asked", nobody_waits_longer_than_asked),
];

fn a_configuration_is_applied_reported_and_cached() {
    let mut controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.offer(AgentConfig { version: 17, ..AgentConfig::default() });
    let setup = Setup::of(&controller, scratch.path());
    let said = setup.play("configured", &["5000"]);
    assert_eq!((said.number("came"), said.number("version")), (1, 17));
    let messages = controller.opamp_messages();
    let first = messages.first().unwrap();
    let description = first.description.clone().unwrap();
    assert_eq!((&*description.tier, description.incarnation.0), ("web", first.instance_uid));
    assert!(first.health.as_ref().unwrap().healthy && first.effective_config.is_some());
    let last = messages.last().unwrap();
    assert!(last.disconnect);
    assert_eq!(last.remote_config_status.as_ref().unwrap().status, ConfigStatus::Applied);
    assert_eq!(last.effective_config.as_ref().unwrap().config.version, 17);
    assert!(messages.iter().enumerate().all(|(index, message)| message.sequence_num == index as u64));
    // The next process starts with it, though the controller is away.
    controller.refuse();
    let said = setup.play("configured", &["100"]);
    assert_eq!((said.number("came"), said.number("version")), (0, 17));
    // And says that it has it when the controller is back.
    controller.listen_again().unwrap();
    setup.play("configured", &["5000"]);
    let messages = controller.opamp_messages();
    let first = messages.iter().rev().find(|message| message.sequence_num == 0).unwrap();
    assert!(first.remote_config_status.is_some());
}

fn garbage_from_the_controller_is_survived() {
    std::thread::scope(|scope| {
        for behaviour in [
            Behaviour::GarbageBody,
            Behaviour::Garbage,
            Behaviour::Status(404, None),
            Behaviour::Status(200, None),
        ] {
            scope.spawn(|| numbers_arrive_all_the_same(behaviour));
        }
    });
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let cached = scratch.path().join("config");
    Setup::of(&controller, scratch.path()).play("configured", &["5000"]);
    // A damaged cache is no cache.
    for directory in std::fs::read_dir(&cached).into_iter().flatten().flatten() {
        std::fs::write(directory.path().join("tierline.json"), "{ nonsense").unwrap();
    }
    let said = Setup::of(&controller, scratch.path()).play("configured", &["5000"]);
    assert_eq!((said.number("came"), said.number("version")), (1, 0));
}

fn numbers_arrive_all_the_same(behaviour: Behaviour) {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave_at_opamp(Some(behaviour.clone()));
    let said = Setup::of(&controller, scratch.path()).play("steady", &["2500", "3000"]);
    let ended = said.number("ended");
    assert!(controller.wait(5, |c| c.ended() == ended), "{behaviour:?}: {}", controller.ended());
}

fn nobody_waits_longer_than_asked() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    controller.behave(Behaviour::BlackHole);
    let said = Setup::of(&controller, scratch.path()).play("configured", &["300"]);
    assert_eq!(said.number("came"), 0);
    assert!((290..800).contains(&said.number("waited_ms")), "{}", said.0);
}
