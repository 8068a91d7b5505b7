//! OpAMP over HTTP: agents get their configuration and say how they are (facts/wire-and-instrumentation 5.5).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tierline_engine::agent_configuration;
use tierline_model::{AgentDiagnostics, AgentIdentity, AppId, TierId};
use tierline_store::{AgentRecord, Store, StoreError};
use tierline_wire::limits::OPAMP_MESSAGE_BYTES_MAX;
use tierline_wire::opamp::{
    AgentMessage, EffectiveConfig, HEARTBEAT_DEFAULT_S, PATH, RemoteConfig, ServerError, ServerErrorKind,
    ServerMessage, decode_agent_message, encode_server_message,
};

use crate::access_keys::key_in;
use crate::controller::{Shared, now_ms};
use crate::counters::Counters;
use crate::limits::{
    AGENT_CONFIG_CACHE_MS, AGENT_CONFIGS_MAX, BODY_READ_TIMEOUT_S, OPAMP_AGENTS_MAX,
    OPAMP_RECORD_INTERVAL_MS, RETRY_AFTER_UNAVAILABLE_S,
};

/// What is remembered of the conversations with agents.
#[derive(Default)]
pub struct Conversations {
    agents: Mutex<HashMap<[u8; 16], Conversation>>,
    configs: Mutex<HashMap<(Arc<str>, TierId), CachedConfig>>,
}

/// The configuration of a tier's agents and when it was read.
struct CachedConfig {
    read_ms: u64,
    config: Arc<RemoteConfig>,
}

/// What is remembered of one agent.
#[derive(Clone, Default)]
struct Conversation {
    account: Arc<str>,
    sequence_num: u64,
    heard_ms: u64,
    identity: Option<AgentIdentity>,
    effective: Option<EffectiveConfig>,
    config_hash: Vec<u8>,
    recorded_ms: u64,
}

/// The endpoint.
pub fn routes() -> Router<Shared> {
    Router::new().route(PATH, post(poll))
}

async fn poll(State(controller): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(account) = key_in(&parts.headers).and_then(|key| controller.reporting_account(key)) else {
        return (StatusCode::UNAUTHORIZED, crate::ingest::IngestError::NoAccessKey.to_string())
            .into_response();
    };
    let read = axum::body::to_bytes(body, OPAMP_MESSAGE_BYTES_MAX);
    let Ok(read) = tokio::time::timeout(Duration::from_secs(BODY_READ_TIMEOUT_S), read).await else {
        return (StatusCode::REQUEST_TIMEOUT, "The message did not arrive in time.").into_response();
    };
    let Ok(bytes) = read else {
        let text = format!("The message is longer than {OPAMP_MESSAGE_BYTES_MAX} bytes or was cut off.");
        return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
    };
    Counters::add(&controller.counters.opamp_messages, 1);
    let shared = Arc::clone(&controller);
    let answered = tokio::task::spawn_blocking(move || {
        let message = match decode_agent_message(&bytes) {
            Ok(message) => message,
            Err(error) => return failed([0; 16], ServerErrorKind::BadRequest, error.to_string()),
        };
        let uid = message.instance_uid;
        match shared.conversations.hear(&*shared.store, &account, message, now_ms()) {
            Ok(answer) => answer,
            Err(error) => failed(uid, ServerErrorKind::Unavailable, error.to_string()),
        }
    });
    let Ok(answer) = answered.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"))];
    (content_type, encode_server_message(&answer)).into_response()
}

fn failed(instance_uid: [u8; 16], kind: ServerErrorKind, message: String) -> ServerMessage {
    let retry_after =
        (kind == ServerErrorKind::Unavailable).then_some(Duration::from_secs(RETRY_AFTER_UNAVAILABLE_S));
    ServerMessage {
        instance_uid,
        error: Some(ServerError { kind, message, retry_after }),
        ..ServerMessage::default()
    }
}

impl Conversations {
    /// Takes in what an agent says and answers it. Blocks.
    ///
    /// # Errors
    /// When the store can neither be read nor written.
    pub fn hear(
        &self,
        store: &dyn Store,
        account: &Arc<str>,
        message: AgentMessage,
        now_ms: u64,
    ) -> Result<ServerMessage, StoreError> {
        let uid = message.instance_uid;
        let disconnect = message.disconnect;
        let (mut conversation, missed) = self.remember(account, &message, now_ms);
        let mut answer = ServerMessage {
            instance_uid: uid,
            report_full_state: missed && !disconnect,
            heartbeat_interval: Some(Duration::from_secs(HEARTBEAT_DEFAULT_S)),
            ..ServerMessage::default()
        };
        let Some(identity) = conversation.identity.clone() else { return Ok(answer) };
        let changed = message.description.is_some() || message.effective_config.is_some();
        let stale = now_ms.saturating_sub(conversation.recorded_ms) >= OPAMP_RECORD_INTERVAL_MS;
        if changed || stale || disconnect {
            store
                .put_agent(account, record(&identity, conversation.effective.as_ref(), now_ms, disconnect))?;
            conversation.recorded_ms = now_ms;
            self.recorded(uid, now_ms);
        }
        if disconnect {
            self.agents.lock().unwrap_or_else(PoisonError::into_inner).remove(&uid);
            return Ok(answer);
        }
        let config = self.config(store, account, (identity.app_id(), identity.tier_id()), now_ms)?;
        if config.hash != conversation.config_hash {
            answer.remote_config = Some((*config).clone());
        }
        Ok(answer)
    }

    /// Puts what was said to what is known. The second value is whether something was missed: the first message
    /// heard does not say who speaks, or its number is not the next one.
    fn remember(&self, account: &Arc<str>, message: &AgentMessage, now_ms: u64) -> (Conversation, bool) {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if agents.len() >= OPAMP_AGENTS_MAX
            && !agents.contains_key(&message.instance_uid)
            && let Some(silent) = agents.iter().min_by_key(|(_, c)| c.heard_ms).map(|(uid, _)| *uid)
        {
            agents.remove(&silent);
        }
        let known = agents.get(&message.instance_uid).is_some_and(|c| c.account == *account);
        let conversation = agents.entry(message.instance_uid).or_default();
        if !known {
            *conversation = Conversation { account: Arc::clone(account), ..Conversation::default() };
        }
        let next = conversation.sequence_num.wrapping_add(1);
        let gap = known && message.sequence_num != next && message.sequence_num != conversation.sequence_num;
        conversation.sequence_num = message.sequence_num;
        conversation.heard_ms = now_ms;
        if let Some(identity) = &message.description {
            conversation.identity = Some(identity.clone());
        }
        if let Some(effective) = &message.effective_config {
            conversation.effective = Some(effective.clone());
        }
        if let Some(status) = &message.remote_config_status {
            conversation.config_hash.clone_from(&status.hash);
        }
        let missed = conversation.identity.is_none() || (gap && message.description.is_none());
        (conversation.clone(), missed)
    }

    /// Reads configurations again with the next word of each agent: somebody changed one.
    pub fn forget_configurations(&self) {
        self.configs.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn recorded(&self, uid: [u8; 16], now_ms: u64) {
        if let Some(known) = self.agents.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&uid) {
            known.recorded_ms = now_ms;
        }
    }

    /// The configuration of a tier's agents.
    fn config(
        &self,
        store: &dyn Store,
        account: &Arc<str>,
        (app_id, tier_id): (AppId, TierId),
        now_ms: u64,
    ) -> Result<Arc<RemoteConfig>, StoreError> {
        let key = (Arc::clone(account), tier_id);
        {
            let configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(cached) = configs.get(&key)
                && now_ms.saturating_sub(cached.read_ms) < AGENT_CONFIG_CACHE_MS
            {
                return Ok(Arc::clone(&cached.config));
            }
        }
        let config = agent_configuration::effective(store, account, app_id, Some(tier_id))?;
        let config = Arc::new(RemoteConfig::of(&config).map_err(|e| StoreError::Damaged(e.to_string()))?);
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if configs.len() >= AGENT_CONFIGS_MAX {
            configs.clear();
        }
        configs.insert(key, CachedConfig { read_ms: now_ms, config: Arc::clone(&config) });
        Ok(config)
    }
}

fn record(
    identity: &AgentIdentity,
    effective: Option<&EffectiveConfig>,
    now_ms: u64,
    disconnected: bool,
) -> AgentRecord {
    AgentRecord {
        incarnation: identity.incarnation.to_string(),
        app_id: identity.app_id(),
        node_id: identity.node_id(),
        last_seen_ms: now_ms,
        disconnected,
        config_version: effective.map_or(0, |e| e.config.version),
        effective_config: effective
            .and_then(|e| serde_json::to_string(&e.config).ok())
            .unwrap_or_else(|| "{}".to_owned()),
        diagnostics: effective.map_or_else(AgentDiagnostics::default, |e| e.diagnostics.clone()),
    }
}
