//! What the controller answers.

use std::collections::BTreeMap;
use std::time::Duration;

use prost::Message as _;
use tierline_model::AgentConfig;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    CONFIG_FILE, CustomMessage, OpampError, check_hash, check_size, file, instance_uid, parse_config,
    take_file,
};
use crate::limits::{OPAMP_HEARTBEAT_S_MAX, RESPONSE_MESSAGE_CHARS_MAX};
use crate::proto::opamp as wire;

/// A `ServerToAgent` message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerMessage {
    /// The agent it is for.
    pub instance_uid: [u8; 16],
    /// Something went wrong; then the rest is absent.
    pub error: Option<ServerError>,
    /// A configuration to apply, when it is not the one the agent last reported.
    pub remote_config: Option<RemoteConfig>,
    /// The controller missed something: the next message must say everything.
    pub report_full_state: bool,
    /// How often to poll from now on; never 0, at most an hour.
    pub heartbeat_interval: Option<Duration>,
    /// The agent must call itself this from now on.
    pub new_instance_uid: Option<[u8; 16]>,
    /// A message of our own.
    pub custom_message: Option<CustomMessage>,
}

/// Why the controller could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerError {
    /// What kind.
    pub kind: ServerErrorKind,
    /// For people.
    pub message: String,
    /// With `Unavailable`: when to try again.
    pub retry_after: Option<Duration>,
}

/// Kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerErrorKind {
    /// Do not send this message again.
    Unknown,
    /// The message was malformed.
    BadRequest,
    /// Overloaded: try again later.
    Unavailable,
}

/// A configuration for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteConfig {
    /// Changes with the content; the agent reports it back.
    pub hash: Vec<u8>,
    /// The content of [`CONFIG_FILE`], to cache on disk as it is.
    pub json: Vec<u8>,
}

impl RemoteConfig {
    /// The configuration as it travels. The hash is XXH3-128 of the JSON.
    ///
    /// # Errors
    /// Never for a configuration that came from JSON.
    pub fn of(config: &AgentConfig) -> Result<Self, OpampError> {
        let json = serde_json::to_vec(config)
            .map_err(|error| OpampError::File { file: CONFIG_FILE, reason: error.to_string() })?;
        Ok(Self { hash: xxh3_128(&json).to_be_bytes().to_vec(), json })
    }

    /// The configuration.
    ///
    /// # Errors
    /// When the content is not JSON or does not fit the model; the agent then reports the status `Failed`.
    pub fn parse(&self) -> Result<AgentConfig, OpampError> {
        parse_config(&self.json)
    }
}

/// The bytes of a message.
#[must_use]
pub fn encode_server_message(message: &ServerMessage) -> Vec<u8> {
    use wire::{ServerCapabilities as Capability, ServerToAgentFlags as Flag};
    let error_response = message.error.as_ref().map(|error| wire::ServerErrorResponse {
        r#type: match error.kind {
            ServerErrorKind::Unknown => wire::ServerErrorResponseType::Unknown,
            ServerErrorKind::BadRequest => wire::ServerErrorResponseType::BadRequest,
            ServerErrorKind::Unavailable => wire::ServerErrorResponseType::Unavailable,
        } as i32,
        error_message: error.message.clone(),
        details: error.retry_after.map(|after| {
            wire::server_error_response::Details::RetryInfo(wire::RetryInfo {
                retry_after_nanoseconds: u64::try_from(after.as_nanos()).unwrap_or(u64::MAX),
            })
        }),
    });
    wire::ServerToAgent {
        instance_uid: message.instance_uid.to_vec(),
        error_response,
        remote_config: message.remote_config.as_ref().map(|config| wire::AgentRemoteConfig {
            config: Some(wire::AgentConfigMap {
                config_map: BTreeMap::from([(CONFIG_FILE.to_owned(), file(config.json.clone()))]),
            }),
            config_hash: config.hash.clone(),
        }),
        connection_settings: message.heartbeat_interval.map(|interval| wire::ConnectionSettingsOffers {
            hash: interval.as_secs().to_be_bytes().to_vec(),
            opamp: Some(wire::OpAmpConnectionSettings { heartbeat_interval_seconds: interval.as_secs() }),
        }),
        flags: if message.report_full_state { Flag::ReportFullState as u64 } else { 0 },
        capabilities: Capability::AcceptsStatus as u64
            | Capability::OffersRemoteConfig as u64
            | Capability::AcceptsEffectiveConfig as u64
            | Capability::OffersConnectionSettings as u64,
        agent_identification: message
            .new_instance_uid
            .map(|uid| wire::AgentIdentification { new_instance_uid: uid.to_vec() }),
        custom_capabilities: None,
        custom_message: message.custom_message.as_ref().map(CustomMessage::to_wire),
    }
    .encode_to_vec()
}

/// Reads a message. A remote configuration without [`CONFIG_FILE`] is for somebody else and counts as absent.
///
/// # Errors
/// When the bytes are too many, not a `ServerToAgent`, or a field is impossible.
pub fn decode_server_message(bytes: &[u8]) -> Result<ServerMessage, OpampError> {
    use wire::ServerErrorResponseType as Kind;
    check_size(bytes)?;
    let message = wire::ServerToAgent::decode(bytes).map_err(|_| OpampError::Malformed)?;
    let error = message.error_response.map(|error| ServerError {
        kind: match error.r#type() {
            Kind::Unknown => ServerErrorKind::Unknown,
            Kind::BadRequest => ServerErrorKind::BadRequest,
            Kind::Unavailable => ServerErrorKind::Unavailable,
        },
        message: tierline_model::name::cut(&error.error_message, RESPONSE_MESSAGE_CHARS_MAX).into_owned(),
        retry_after: error.details.map(|wire::server_error_response::Details::RetryInfo(info)| {
            Duration::from_nanos(info.retry_after_nanoseconds)
        }),
    });
    let remote_config = match message.remote_config {
        None => None,
        Some(mut offer) => {
            let hash = check_hash(offer.config_hash)?;
            take_file(&mut offer.config, CONFIG_FILE)?.map(|json| RemoteConfig { hash, json })
        }
    };
    let heartbeat_s = message
        .connection_settings
        .and_then(|offer| offer.opamp)
        .map_or(0, |opamp| opamp.heartbeat_interval_seconds)
        .min(OPAMP_HEARTBEAT_S_MAX);
    Ok(ServerMessage {
        instance_uid: instance_uid(&message.instance_uid)?,
        error,
        remote_config,
        report_full_state: message.flags & wire::ServerToAgentFlags::ReportFullState as u64 != 0,
        heartbeat_interval: (heartbeat_s > 0).then(|| Duration::from_secs(heartbeat_s)),
        new_instance_uid: match message.agent_identification {
            Some(identification) if !identification.new_instance_uid.is_empty() => {
                Some(instance_uid(&identification.new_instance_uid)?)
            }
            _ => None,
        },
        custom_message: message.custom_message.map(CustomMessage::from_wire).transpose()?,
    })
}
