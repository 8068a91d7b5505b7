//! What an agent says.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message as _;
use tierline_model::name::{clean_name, cut};
use tierline_model::{AgentConfig, AgentDiagnostics, AgentIdentity, Language};

use super::{
    CONFIG_FILE, CustomMessage, DIAGNOSTICS_FILE, OpampError, check_hash, check_size, file, instance_uid,
    parse_config, parse_diagnostics, take_file,
};
use crate::attribute as name;
use crate::limits::{RESOURCE_TEXT_CHARS_MAX, RESPONSE_MESSAGE_CHARS_MAX};
use crate::proto::opamp as wire;

/// An `AgentToServer` message. What is `None` did not change since the last one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentMessage {
    /// The process, a version 7 UUID.
    pub instance_uid: [u8; 16],
    /// One more than in the last message.
    pub sequence_num: u64,
    /// Who it is: the same as the OTLP resource.
    pub description: Option<AgentIdentity>,
    /// How it is.
    pub health: Option<Health>,
    /// What it works with, and what it noticed.
    pub effective_config: Option<EffectiveConfig>,
    /// What became of the last configuration it was offered.
    pub remote_config_status: Option<RemoteConfigStatus>,
    /// This is the last message.
    pub disconnect: bool,
    /// A message of our own.
    pub custom_message: Option<CustomMessage>,
}

/// The health of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Whether it can do its work.
    pub healthy: bool,
    /// Nanoseconds since 1970 of its start.
    pub start_unix_ns: u64,
    /// Why not, for people; at most 1,000 characters.
    pub last_error: String,
}

/// The configuration an agent works with, and its diagnostics.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EffectiveConfig {
    /// Travels as [`CONFIG_FILE`].
    pub config: AgentConfig,
    /// Travels as [`DIAGNOSTICS_FILE`].
    pub diagnostics: AgentDiagnostics,
}

/// What became of an offered configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteConfigStatus {
    /// The hash it came with.
    pub hash: Vec<u8>,
    /// What became of it.
    pub status: ConfigStatus,
}

/// What became of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigStatus {
    /// In force.
    Applied,
    /// About to be.
    Applying,
    /// Refused, with the reason.
    Failed(String),
}

/// The bytes of a message.
#[must_use]
pub fn encode_agent_message(message: &AgentMessage) -> Vec<u8> {
    use wire::AgentCapabilities as Capability;
    wire::AgentToServer {
        instance_uid: message.instance_uid.to_vec(),
        sequence_num: message.sequence_num,
        agent_description: message.description.as_ref().map(description),
        capabilities: Capability::ReportsStatus as u64
            | Capability::AcceptsRemoteConfig as u64
            | Capability::ReportsEffectiveConfig as u64
            | Capability::AcceptsOpAmpConnectionSettings as u64
            | Capability::ReportsHealth as u64
            | Capability::ReportsRemoteConfig as u64
            | Capability::ReportsHeartbeat as u64,
        health: message.health.as_ref().map(|health| wire::ComponentHealth {
            healthy: health.healthy,
            start_time_unix_nano: health.start_unix_ns,
            last_error: health.last_error.clone(),
            status: String::new(),
            status_time_unix_nano: 0,
        }),
        effective_config: message.effective_config.as_ref().map(|effective| wire::EffectiveConfig {
            config_map: Some(wire::AgentConfigMap { config_map: files(effective) }),
        }),
        remote_config_status: message.remote_config_status.as_ref().map(status),
        agent_disconnect: message.disconnect.then_some(wire::AgentDisconnect {}),
        custom_capabilities: None,
        custom_message: message.custom_message.as_ref().map(CustomMessage::to_wire),
    }
    .encode_to_vec()
}

fn files(effective: &EffectiveConfig) -> BTreeMap<String, wire::AgentConfigFile> {
    // Both are made of texts and numbers: serialising them cannot fail, and without a file the message still counts.
    let mut files = BTreeMap::new();
    if let Ok(json) = serde_json::to_vec(&effective.config) {
        files.insert(CONFIG_FILE.to_owned(), file(json));
    }
    if let Ok(json) = serde_json::to_vec(&effective.diagnostics) {
        files.insert(DIAGNOSTICS_FILE.to_owned(), file(json));
    }
    files
}

fn status(status: &RemoteConfigStatus) -> wire::RemoteConfigStatus {
    let (code, error_message) = match &status.status {
        ConfigStatus::Applied => (wire::RemoteConfigStatuses::Applied, String::new()),
        ConfigStatus::Applying => (wire::RemoteConfigStatuses::Applying, String::new()),
        ConfigStatus::Failed(reason) => (wire::RemoteConfigStatuses::Failed, reason.clone()),
    };
    wire::RemoteConfigStatus {
        last_remote_config_hash: status.hash.clone(),
        status: code as i32,
        error_message,
    }
}

fn description(agent: &AgentIdentity) -> wire::AgentDescription {
    use wire::any_value::Value;
    let attribute = |key: &str, value| wire::KeyValue {
        key: key.to_owned(),
        value: Some(wire::AnyValue { value: Some(value) }),
    };
    let text = |key, value: &str| attribute(key, Value::StringValue(value.to_owned()));
    let mut details = vec![
        text(name::TELEMETRY_SDK_NAME, name::SDK_NAME),
        text(name::TELEMETRY_SDK_LANGUAGE, agent.language.as_str()),
        text(name::TELEMETRY_SDK_VERSION, &agent.agent_version),
        text(name::INCARNATION, &agent.incarnation.to_string()),
    ];
    for (key, value) in [
        (name::PROCESS_RUNTIME_VERSION, &agent.runtime_version),
        (name::HOST_NAME, &agent.host_name),
        (name::OS_TYPE, &agent.os_type),
    ] {
        if !value.is_empty() {
            details.push(text(key, value));
        }
    }
    if agent.process_id != 0 {
        details.push(attribute(name::PROCESS_PID, Value::IntValue(i64::from(agent.process_id))));
    }
    wire::AgentDescription {
        identifying_attributes: vec![
            text(name::SERVICE_NAMESPACE, &agent.application),
            text(name::SERVICE_NAME, &agent.tier),
            text(name::SERVICE_INSTANCE_ID, &agent.node),
        ],
        non_identifying_attributes: details,
    }
}

/// Reads a message.
///
/// # Errors
/// When the bytes are too many, not an `AgentToServer`, or a field is impossible: answer with
/// [`super::ServerErrorKind::BadRequest`].
pub fn decode_agent_message(bytes: &[u8]) -> Result<AgentMessage, OpampError> {
    check_size(bytes)?;
    let message = wire::AgentToServer::decode(bytes).map_err(|_| OpampError::Malformed)?;
    let effective_config = match message.effective_config {
        None => None,
        Some(mut effective) => {
            let config = take_file(&mut effective.config_map, CONFIG_FILE)?;
            let diagnostics = take_file(&mut effective.config_map, DIAGNOSTICS_FILE)?;
            Some(EffectiveConfig {
                config: config.map(|json| parse_config(&json)).transpose()?.unwrap_or_default(),
                diagnostics: diagnostics
                    .map(|json| parse_diagnostics(&json))
                    .transpose()?
                    .unwrap_or_default(),
            })
        }
    };
    Ok(AgentMessage {
        instance_uid: instance_uid(&message.instance_uid)?,
        sequence_num: message.sequence_num,
        description: message.agent_description.map(identity).transpose()?,
        health: message.health.map(|health| Health {
            healthy: health.healthy,
            start_unix_ns: health.start_time_unix_nano,
            last_error: cut(&health.last_error, RESPONSE_MESSAGE_CHARS_MAX).into_owned(),
        }),
        effective_config,
        remote_config_status: message.remote_config_status.map(read_status).transpose()?.flatten(),
        disconnect: message.agent_disconnect.is_some(),
        custom_message: message.custom_message.map(CustomMessage::from_wire).transpose()?,
    })
}

fn read_status(status: wire::RemoteConfigStatus) -> Result<Option<RemoteConfigStatus>, OpampError> {
    let outcome = match status.status() {
        wire::RemoteConfigStatuses::Unset => return Ok(None),
        wire::RemoteConfigStatuses::Applied => ConfigStatus::Applied,
        wire::RemoteConfigStatuses::Applying => ConfigStatus::Applying,
        wire::RemoteConfigStatuses::Failed => {
            ConfigStatus::Failed(cut(&status.error_message, RESPONSE_MESSAGE_CHARS_MAX).into_owned())
        }
    };
    Ok(Some(RemoteConfigStatus { hash: check_hash(status.last_remote_config_hash)?, status: outcome }))
}

fn identity(description: wire::AgentDescription) -> Result<AgentIdentity, OpampError> {
    use wire::any_value::Value;
    let mut attributes = BTreeMap::new();
    for attribute in
        description.non_identifying_attributes.into_iter().chain(description.identifying_attributes)
    {
        if let Some(value) = attribute.value.and_then(|value| value.value) {
            attributes.insert(attribute.key, value);
        }
    }
    let text = |key: &str| match attributes.get(key) {
        Some(Value::StringValue(text)) => text.as_str(),
        _ => "",
    };
    let required = |key: &'static str| match text(key) {
        "" => Err(OpampError::Field(key)),
        text => Ok(Arc::from(clean_name(text))),
    };
    let detail = |key: &str| Arc::from(cut(text(key), RESOURCE_TEXT_CHARS_MAX));
    Ok(AgentIdentity {
        application: required(name::SERVICE_NAMESPACE)?,
        tier: required(name::SERVICE_NAME)?,
        node: required(name::SERVICE_INSTANCE_ID)?,
        incarnation: text(name::INCARNATION).parse().map_err(|_| OpampError::Field(name::INCARNATION))?,
        language: Language::parse(text(name::TELEMETRY_SDK_LANGUAGE)),
        agent_version: detail(name::TELEMETRY_SDK_VERSION),
        runtime_version: detail(name::PROCESS_RUNTIME_VERSION),
        host_name: detail(name::HOST_NAME),
        os_type: detail(name::OS_TYPE),
        process_id: match attributes.get(name::PROCESS_PID) {
            Some(Value::IntValue(pid)) => u32::try_from(*pid).unwrap_or(0),
            _ => 0,
        },
    })
}
