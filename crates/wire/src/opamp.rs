//! OpAMP over plain HTTP, in the words of the model: how agents get their configuration and say how they are.
//!
//! `POST /v1/opamp`, `Content-Type: application/x-protobuf`, one request in flight, polled every
//! [`HEARTBEAT_DEFAULT_S`] seconds. What did not change since the last message is left out; the server asks for
//! everything with [`ServerMessage::report_full_state`] when it missed one.
//!
//! The agent's configuration travels as one file, [`CONFIG_FILE`], the JSON of [`AgentConfig`]; its diagnostics come
//! back beside the effective configuration as [`DIAGNOSTICS_FILE`], the JSON of [`AgentDiagnostics`].

mod agent_message;
mod server_message;

use tierline_model::{AgentConfig, AgentDiagnostics};

use crate::limits::{OPAMP_FIELDS_MAX, OPAMP_MESSAGE_BYTES_MAX};
use crate::protobuf::{Field, Malformed, Reader};

pub use agent_message::{
    AgentMessage, ConfigStatus, EffectiveConfig, Health, RemoteConfigStatus, decode_agent_message,
    encode_agent_message,
};
pub use server_message::{
    RemoteConfig, ServerError, ServerErrorKind, ServerMessage, decode_server_message, encode_server_message,
};

/// The path agents post to.
pub const PATH: &str = "/v1/opamp";

/// The file that holds the agent's configuration.
pub const CONFIG_FILE: &str = "tierline.json";

/// The file that holds the agent's diagnostics.
pub const DIAGNOSTICS_FILE: &str = "diagnostics.json";

/// The poll interval until the controller sets another one, seconds (architecture.md 4).
pub const HEARTBEAT_DEFAULT_S: u64 = 10;

/// The capability of Tierline's own custom messages.
pub const CUSTOM_CAPABILITY: &str = "io.tierline.agent";

const JSON_TYPE: &str = "application/json";

/// An OpAMP message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpampError {
    /// More bytes than allowed.
    #[error("the OpAMP message has {0} bytes, at most {max} are read", max = OPAMP_MESSAGE_BYTES_MAX)]
    TooLarge(usize),
    /// Not the expected protobuf message.
    #[error("the bytes are not an OpAMP message")]
    Malformed,
    /// A field has a wrong length or exceeds its limit.
    #[error("the OpAMP message has an impossible {0}")]
    Field(&'static str),
    /// A file inside is not what its name says.
    #[error("{file} in the OpAMP message is not valid: {reason}")]
    File {
        /// The file.
        file: &'static str,
        /// What the JSON reader said.
        reason: String,
    },
}

impl From<Malformed> for OpampError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A message of a kind OpAMP does not define.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomMessage {
    /// Who defines it, a reversed domain name: [`CUSTOM_CAPABILITY`] for ours.
    pub capability: String,
    /// What it is.
    pub kind: String,
    /// Its content.
    pub data: Vec<u8>,
}

impl CustomMessage {
    fn from_wire(message: crate::proto::opamp::CustomMessage) -> Result<Self, OpampError> {
        if message.data.len() > crate::limits::OPAMP_CUSTOM_BYTES_MAX {
            return Err(OpampError::Field("custom_message.data"));
        }
        Ok(Self { capability: message.capability, kind: message.r#type, data: message.data })
    }

    fn to_wire(&self) -> crate::proto::opamp::CustomMessage {
        crate::proto::opamp::CustomMessage {
            capability: self.capability.clone(),
            r#type: self.kind.clone(),
            data: self.data.clone(),
        }
    }
}

/// Counts before anything is decoded: a list of empty attributes would take thirty times the bytes it came in.
fn check_size(bytes: &[u8]) -> Result<(), OpampError> {
    if bytes.len() > OPAMP_MESSAGE_BYTES_MAX {
        return Err(OpampError::TooLarge(bytes.len()));
    }
    let mut fields = 0usize;
    Reader::new(bytes).fields(|_, value| {
        fields += 1;
        let Field::Bytes(inner) = value else { return Ok(()) };
        // What is not a message but a text or an id may not be readable as one; it ends the count of its own.
        let mut inner = Reader::new(inner);
        while let Ok(Some(_)) = inner.next() {
            fields += 1;
            if fields > OPAMP_FIELDS_MAX {
                return Err(OpampError::Field("number of fields"));
            }
        }
        Ok(())
    })
}

fn instance_uid(bytes: &[u8]) -> Result<[u8; 16], OpampError> {
    bytes.try_into().map_err(|_| OpampError::Field("instance_uid"))
}

fn check_hash(hash: Vec<u8>) -> Result<Vec<u8>, OpampError> {
    if hash.len() > crate::limits::OPAMP_HASH_BYTES_MAX { Err(OpampError::Field("hash")) } else { Ok(hash) }
}

fn file(body: Vec<u8>) -> crate::proto::opamp::AgentConfigFile {
    crate::proto::opamp::AgentConfigFile { body, content_type: JSON_TYPE.to_owned() }
}

/// Takes a file out of a configuration map.
fn take_file(
    map: &mut Option<crate::proto::opamp::AgentConfigMap>,
    name: &'static str,
) -> Result<Option<Vec<u8>>, OpampError> {
    let body = map.as_mut().and_then(|map| map.config_map.remove(name)).map(|file| file.body);
    if body.as_ref().is_some_and(|body| body.len() > crate::limits::OPAMP_FILE_BYTES_MAX) {
        return Err(OpampError::File { file: name, reason: "it is too long".to_owned() });
    }
    Ok(body)
}

fn parse_config(json: &[u8]) -> Result<AgentConfig, OpampError> {
    serde_json::from_slice(json)
        .map_err(|error| OpampError::File { file: CONFIG_FILE, reason: error.to_string() })
}

fn parse_diagnostics(json: &[u8]) -> Result<AgentDiagnostics, OpampError> {
    serde_json::from_slice(json)
        .map_err(|error| OpampError::File { file: DIAGNOSTICS_FILE, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
