//! OpAMP, both ways.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use prost::Message as _;
use tierline_model::{AgentConfig, AgentDiagnostics, AgentIdentity, DropCause, Incarnation, Language};

use super::*;
use crate::limits::{OPAMP_FILE_BYTES_MAX, OPAMP_HASH_BYTES_MAX, OPAMP_MESSAGE_BYTES_MAX};
use crate::proto::opamp as wire;

fn agent() -> AgentIdentity {
    AgentIdentity {
        application: "Shop".into(),
        tier: "front".into(),
        node: "front-1".into(),
        incarnation: Incarnation([7; 16]),
        language: Language::Nodejs,
        agent_version: "0.1.0".into(),
        runtime_version: "".into(),
        host_name: "web".into(),
        os_type: "linux".into(),
        process_id: 12,
    }
}

fn full_message() -> AgentMessage {
    let diagnostics = AgentDiagnostics {
        misuse: BTreeMap::from([("start_bt: name is not a text".to_owned(), 2)]),
        drops: BTreeMap::from([(DropCause::SnapshotMemory, 1)]),
        warnings: vec!["the controller does not answer".to_owned()],
        ..AgentDiagnostics::default()
    };
    AgentMessage {
        instance_uid: [1; 16],
        sequence_num: 3,
        description: Some(agent()),
        health: Some(Health { healthy: false, start_unix_ns: 5, last_error: "no disk".into() }),
        effective_config: Some(EffectiveConfig {
            config: AgentConfig { version: 9, ..AgentConfig::default() },
            diagnostics,
        }),
        remote_config_status: Some(RemoteConfigStatus {
            hash: vec![1, 2, 3],
            status: ConfigStatus::Failed("not JSON".into()),
        }),
        disconnect: true,
        custom_message: Some(CustomMessage {
            capability: CUSTOM_CAPABILITY.into(),
            kind: "k".into(),
            data: vec![0],
        }),
    }
}

#[test]
fn agent_messages_come_back() {
    let heartbeat = AgentMessage { instance_uid: [1; 16], sequence_num: 4, ..AgentMessage::default() };
    assert!(encode_agent_message(&heartbeat).len() <= 30, "a heartbeat is small");
    for message in [heartbeat, full_message()] {
        assert_eq!(decode_agent_message(&encode_agent_message(&message)), Ok(message));
    }
    for status in [ConfigStatus::Applied, ConfigStatus::Applying] {
        let status = Some(RemoteConfigStatus { hash: vec![], status });
        let message = AgentMessage { remote_config_status: status, ..full_message() };
        assert_eq!(decode_agent_message(&encode_agent_message(&message)), Ok(message));
    }
}

#[test]
fn agents_describe_themselves_as_in_otlp() {
    let wire = wire::AgentToServer::decode(&*encode_agent_message(&full_message())).unwrap();
    let description = wire.agent_description.unwrap();
    let keys: Vec<&str> = description.identifying_attributes.iter().map(|kv| kv.key.as_str()).collect();
    assert_eq!(keys, ["service.namespace", "service.name", "service.instance.id"]);
    assert_ne!(wire.capabilities & wire::AgentCapabilities::ReportsStatus as u64, 0);
    let files: Vec<String> =
        wire.effective_config.unwrap().config_map.unwrap().config_map.into_keys().collect();
    assert_eq!(files, [DIAGNOSTICS_FILE, CONFIG_FILE]);
}

fn full_answer() -> ServerMessage {
    ServerMessage {
        instance_uid: [1; 16],
        error: None,
        remote_config: Some(RemoteConfig::of(&AgentConfig { version: 2, ..AgentConfig::default() }).unwrap()),
        report_full_state: true,
        heartbeat_interval: Some(Duration::from_secs(10)),
        new_instance_uid: Some([2; 16]),
        custom_message: Some(CustomMessage::default()),
    }
}

#[test]
fn server_messages_come_back() {
    let quiet = ServerMessage { instance_uid: [1; 16], ..ServerMessage::default() };
    let busy = ServerMessage {
        error: Some(ServerError {
            kind: ServerErrorKind::Unavailable,
            message: "too many agents".into(),
            retry_after: Some(Duration::from_millis(1_500)),
        }),
        ..quiet.clone()
    };
    for message in [quiet, busy, full_answer()] {
        assert_eq!(decode_server_message(&encode_server_message(&message)), Ok(message));
    }
}

#[test]
fn a_configuration_is_known_by_its_hash() {
    let offer = |version| RemoteConfig::of(&AgentConfig { version, ..AgentConfig::default() }).unwrap();
    assert_eq!(offer(1), offer(1));
    assert_ne!(offer(1).hash, offer(2).hash);
    assert_eq!(offer(3).parse().unwrap().version, 3);
    let broken = RemoteConfig { hash: vec![], json: b"{\"version\": \"x\"}".to_vec() };
    assert!(matches!(broken.parse(), Err(OpampError::File { file: CONFIG_FILE, .. })));
}

/// Every format that was ever sent is read for ever; the configuration inside may have grown since.
#[test]
fn version_1_of_the_messages_is_read() {
    let message = decode_agent_message(include_bytes!("../../tests/fixtures/opamp-agent-1.pb")).unwrap();
    assert_eq!((&message.description, &message.health), (&Some(agent()), &full_message().health));
    assert_eq!(message.effective_config.unwrap().config.version, 9);
    let answer = decode_server_message(include_bytes!("../../tests/fixtures/opamp-server-1.pb")).unwrap();
    assert_eq!(
        (answer.heartbeat_interval, answer.new_instance_uid),
        (Some(Duration::from_secs(10)), Some([2; 16]))
    );
    assert_eq!(answer.remote_config.unwrap().parse().unwrap().version, 2);
}

fn wire_answer(change: impl FnOnce(&mut wire::ServerToAgent)) -> Result<ServerMessage, OpampError> {
    let mut message = wire::ServerToAgent::decode(&*encode_server_message(&full_answer())).unwrap();
    change(&mut message);
    decode_server_message(&message.encode_to_vec())
}

#[test]
fn impossible_fields_are_errors_and_foreign_ones_are_passed_over() {
    assert!(matches!(wire_answer(|m| m.instance_uid.clear()), Err(OpampError::Field("instance_uid"))));
    let long_hash =
        wire_answer(|m| m.remote_config.as_mut().unwrap().config_hash = vec![0; OPAMP_HASH_BYTES_MAX + 1]);
    assert!(matches!(long_hash, Err(OpampError::Field("hash"))));
    let huge = wire_answer(|m| {
        let files = &mut m.remote_config.as_mut().unwrap().config.as_mut().unwrap().config_map;
        files.get_mut(CONFIG_FILE).unwrap().body = vec![b' '; OPAMP_FILE_BYTES_MAX + 1];
    });
    assert!(matches!(huge, Err(OpampError::File { file: CONFIG_FILE, .. })));
    let foreign = wire_answer(|m| {
        let files = &mut m.remote_config.as_mut().unwrap().config.as_mut().unwrap().config_map;
        let file = files.remove(CONFIG_FILE).unwrap();
        files.insert("collector.yaml".into(), file);
    });
    assert_eq!(foreign.unwrap().remote_config, None);
    let eager = wire_answer(|m| {
        m.connection_settings.as_mut().unwrap().opamp.as_mut().unwrap().heartbeat_interval_seconds = 0;
    });
    assert_eq!(eager.unwrap().heartbeat_interval, None, "never poll without a pause");
    let lazy = wire_answer(|m| {
        m.connection_settings.as_mut().unwrap().opamp.as_mut().unwrap().heartbeat_interval_seconds = u64::MAX;
    });
    assert_eq!(lazy.unwrap().heartbeat_interval, Some(Duration::from_secs(3_600)));
}

#[test]
fn nonsense_is_an_error() {
    assert_eq!(decode_agent_message(b"\xff"), Err(OpampError::Malformed));
    assert_eq!(decode_server_message(b"<html>"), Err(OpampError::Malformed));
    assert_eq!(decode_agent_message(b""), Err(OpampError::Field("instance_uid")));
    let huge = vec![0; OPAMP_MESSAGE_BYTES_MAX + 1];
    assert_eq!(decode_agent_message(&huge), Err(OpampError::TooLarge(huge.len())));
    let bomb = [&[0x1a, 0x80, 0x80, 0x40][..], &[0x0a, 0x00].repeat(1 << 19)].concat();
    assert_eq!(decode_agent_message(&bomb), Err(OpampError::Field("number of fields")));
    let mut nameless = full_message();
    nameless.description.as_mut().unwrap().tier = "".into();
    assert_eq!(
        decode_agent_message(&encode_agent_message(&nameless)),
        Err(OpampError::Field("service.name"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_agent_message(&bytes);
        let _ = decode_server_message(&bytes);
    }
}
