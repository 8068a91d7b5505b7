//! The agent's side of OpAMP: says who and how it is, and gets its configuration.
//!
//! One message a poll; what did not change is left out. Whatever the controller answers, the agent goes on with the
//! configuration it has.

use std::time::{Duration, Instant};

use tierline_model::{AgentConfig, AgentDiagnostics, AgentIdentity};
use tierline_wire::opamp::{
    AgentMessage, ConfigStatus, EffectiveConfig, HEARTBEAT_DEFAULT_S, Health, RemoteConfig,
    RemoteConfigStatus, ServerMessage, decode_server_message, encode_agent_message,
};

use crate::http_answer::Answer;

/// The soonest a poll follows the one before, whatever the controller asks for.
const POLL_PAUSE_MIN: Duration = Duration::from_secs(1);

/// The pause after an answer that was an error; doubles up to [`POLL_PAUSE_MAX`].
const POLL_PAUSE_AFTER_ERROR: Duration = Duration::from_secs(10);

/// The longest pause.
const POLL_PAUSE_MAX: Duration = Duration::from_secs(60);

/// What is said once and then only when it changed.
#[derive(Clone, PartialEq, Debug)]
struct Said {
    health: Health,
    effective: EffectiveConfig,
    config_status: Option<RemoteConfigStatus>,
}

/// The state of the conversation.
#[derive(Debug)]
pub struct Opamp {
    identity: AgentIdentity,
    instance_uid: [u8; 16],
    start_unix_ns: u64,
    sequence_num: u64,
    heartbeat: Duration,
    poll_at: Instant,
    errors: u32,
    /// What the controller knows; `None` when it must be told everything.
    known: Option<Said>,
    /// What it will know when the message on its way arrives.
    saying: Option<Said>,
    config_status: Option<RemoteConfigStatus>,
}

/// What an answer asks for.
#[derive(Debug, Default)]
pub struct Asked {
    /// A configuration to put in force, and its form on the wire to cache.
    pub config: Option<(AgentConfig, RemoteConfig)>,
    /// The controller was understood: whatever configuration it had for us is here.
    pub configured: bool,
    /// What went wrong, for people.
    pub problem: Option<String>,
}

impl Opamp {
    /// A conversation about `identity`. `cached`: the configuration it already works with.
    #[must_use]
    pub fn new(identity: AgentIdentity, start_unix_ns: u64, cached: Option<&RemoteConfig>) -> Self {
        Self {
            instance_uid: identity.incarnation.0,
            identity,
            start_unix_ns,
            sequence_num: 0,
            heartbeat: Duration::from_secs(HEARTBEAT_DEFAULT_S),
            poll_at: Instant::now(),
            errors: 0,
            known: None,
            saying: None,
            config_status: cached.map(|remote| RemoteConfigStatus {
                hash: remote.hash.clone(),
                status: ConfigStatus::Applied,
            }),
        }
    }

    /// When the next poll is due.
    #[must_use]
    pub fn poll_at(&self) -> Instant {
        self.poll_at
    }

    /// Something waits at the controller: poll soon.
    pub fn hint(&mut self) {
        self.poll_at = self.poll_at.min(Instant::now() + POLL_PAUSE_MIN);
    }

    /// The instance's uid as the header `OpAMP-Instance-UID` has it.
    #[must_use]
    pub fn instance_uid_text(&self) -> String {
        let hex: String = self.instance_uid.iter().map(|byte| format!("{byte:02x}")).collect();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }

    /// The next message. `disconnect`: it is the last one.
    pub fn message(
        &mut self,
        config: &AgentConfig,
        diagnostics: AgentDiagnostics,
        trouble: Option<&str>,
        disconnect: bool,
    ) -> Vec<u8> {
        let now = Said {
            health: Health {
                healthy: trouble.is_none(),
                start_unix_ns: self.start_unix_ns,
                last_error: trouble.unwrap_or_default().to_owned(),
            },
            effective: EffectiveConfig { config: config.clone(), diagnostics },
            config_status: self.config_status.clone(),
        };
        let known = self.known.as_ref();
        let health_known = known.is_some_and(|known| known.health == now.health);
        let effective_known = known.is_some_and(|known| known.effective == now.effective);
        let status_known = known.is_some_and(|known| known.config_status == now.config_status);
        let message = AgentMessage {
            instance_uid: self.instance_uid,
            sequence_num: self.sequence_num,
            description: known.is_none().then(|| self.identity.clone()),
            health: (!health_known).then(|| now.health.clone()),
            effective_config: (!effective_known).then(|| now.effective.clone()),
            remote_config_status: now.config_status.clone().filter(|_| !status_known),
            disconnect,
            custom_message: None,
        };
        self.sequence_num += 1;
        // Until the answer is here the controller may not know it: a lost message must not leave a hole.
        self.known = None;
        self.saying = Some(now);
        self.poll_at = Instant::now() + self.heartbeat;
        encode_agent_message(&message)
    }

    /// Reads what the controller answered.
    pub fn answered(&mut self, answer: &Answer) -> Asked {
        if answer.status != 200 {
            let problem = format!("OpAMP: it answered {}", answer.status);
            return self.failed(problem, answer.retry_after);
        }
        match decode_server_message(&answer.body) {
            Err(error) => self.failed(error.to_string(), None),
            Ok(ServerMessage { error: Some(error), .. }) => {
                self.failed(format!("OpAMP: {}", error.message), error.retry_after)
            }
            Ok(message) => self.understood(message),
        }
    }

    fn failed(&mut self, problem: String, retry_after: Option<Duration>) -> Asked {
        self.errors = self.errors.saturating_add(1);
        let doubled = POLL_PAUSE_AFTER_ERROR.saturating_mul(1 << (self.errors - 1).min(4));
        self.poll_at =
            Instant::now() + retry_after.unwrap_or(doubled.min(POLL_PAUSE_MAX)).max(POLL_PAUSE_MIN);
        Asked { problem: Some(problem), ..Asked::default() }
    }

    fn understood(&mut self, message: ServerMessage) -> Asked {
        self.errors = 0;
        self.known = self.saying.take();
        if let Some(heartbeat) = message.heartbeat_interval {
            self.heartbeat = heartbeat.max(POLL_PAUSE_MIN);
        }
        self.poll_at = Instant::now() + self.heartbeat;
        if let Some(uid) = message.new_instance_uid {
            self.instance_uid = uid;
            self.known = None;
        }
        if message.report_full_state {
            self.known = None;
            self.hint();
        }
        let mut asked = Asked { configured: true, ..Asked::default() };
        if let Some(remote) = message.remote_config {
            let status = match remote.parse() {
                Ok(config) => {
                    asked.config = Some((config, remote.clone()));
                    ConfigStatus::Applied
                }
                Err(error) => {
                    asked.problem = Some(format!("the controller's configuration was left out: {error}"));
                    ConfigStatus::Failed(error.to_string())
                }
            };
            self.config_status = Some(RemoteConfigStatus { hash: remote.hash, status });
            // Say soon what became of it.
            self.hint();
        }
        asked
    }
}
