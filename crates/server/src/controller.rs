//! The running controller: what every handler shares.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tierline_store::{Store, StoreError};
use tokio::sync::Semaphore;

use crate::access_keys::{AccessKeyError, AccessKeys};
use crate::accounts::Accounts;
use crate::api_clients::ApiClientRecord;
use crate::connections::Connections;
use crate::counters::{Counters, Gauges};
use crate::fair_queue::FairQueue;
use crate::groups::GroupRecord;
use crate::ingest::foreign::Foreign;
use crate::ingest::gate::Gate;
use crate::ingest::opamp::Conversations;
use crate::limits::{
    INGEST_MEMORY_BYTES_MAX, QUESTIONS_MAX, VISITORS_MAX, VISITORS_WAIT_MAX_MS,
    VISITORS_WAITING_PER_ACCOUNT_MAX,
};
use crate::login_limits::LoginLimits;
use crate::oidc::{Oidc, OidcSettings};
use crate::roles::RoleRecord;
use crate::roster::{Roster, RosterError};
use crate::sessions::Sessions;
use crate::store_state::StoreState;
use crate::tokens::{TokenError, Tokens};
use crate::users::{UserError, Users};

/// What every handler shares.
pub type Shared = Arc<Controller>;

/// A controller over a store.
pub struct Controller {
    /// Telemetry and entities.
    pub store: Arc<dyn Store>,
    /// Who may report.
    pub access_keys: AccessKeys,
    /// Separate worlds.
    pub accounts: Accounts,
    /// Who may look.
    pub users: Arc<Users>,
    /// Users who share roles.
    pub groups: Roster<GroupRecord>,
    /// Roles the accounts made for themselves.
    pub roles: Roster<RoleRecord>,
    /// Programs that may look.
    pub api_clients: Roster<ApiClientRecord>,
    /// What those programs show.
    pub tokens: Tokens,
    /// Logins through an OpenID Connect provider.
    pub oidc: Option<Oidc>,
    /// Who was wrong too often.
    pub login_limits: LoginLimits,
    /// Who is looking.
    pub sessions: Sessions,
    /// What it says about itself.
    pub counters: Counters,
    /// How much may come in at one time.
    pub gate: Gate,
    /// What agents said over OpAMP.
    pub conversations: Conversations,
    /// What other SDKs said that waits for the rest of its trace.
    pub foreign: Foreign,
    /// Where it listens, for the page.
    pub listen: String,
    /// Whether the store can be written.
    pub store_state: StoreState,
    /// Who is connected.
    pub connections: Arc<Connections>,
    /// Requests of people and scripts, in turns between accounts.
    pub visitors: Arc<FairQueue>,
    /// What was set at the start.
    pub options: Options,
    /// When it started, milliseconds since 1970.
    pub started_ms: u64,
    questions: Semaphore,
}

/// What can be set at the start, besides the store and the address.
#[derive(Clone, Debug)]
pub struct Options {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether browsers reach us over TLS only: cookies are then sent over nothing else.
    pub secure_cookies: bool,
    /// Bytes all OTLP requests at one time may hold.
    pub ingest_memory_bytes_max: usize,
    /// The OpenID Connect provider, when there is one, and what browsers call us.
    pub oidc: Option<(OidcSettings, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            secure_cookies: false,
            ingest_memory_bytes_max: INGEST_MEMORY_BYTES_MAX,
            oidc: None,
        }
    }
}

/// Why a controller could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum ControllerError {
    /// Its keys.
    #[error(transparent)]
    AccessKeys(#[from] AccessKeyError),
    /// Its users.
    #[error(transparent)]
    Users(#[from] UserError),
    /// Its accounts, groups, roles or API clients.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// What signs its tokens.
    #[error(transparent)]
    Tokens(#[from] TokenError),
}

/// Why a question to the store has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread that asked died. A bug.
    #[error("the question could not be asked; this is a fault of the controller")]
    Failed,
}

impl Controller {
    /// A controller over `store` that listens at `listen`, everything else as usual. Blocks.
    ///
    /// # Errors
    /// When what it has to know from the start cannot be read.
    pub fn new(store: Arc<dyn Store>, listen: String) -> Result<Self, ControllerError> {
        Self::with(store, listen, Options::default())
    }

    /// A controller over `store` that listens at `listen`. Blocks.
    ///
    /// # Errors
    /// When what it has to know from the start cannot be read.
    pub fn with(store: Arc<dyn Store>, listen: String, options: Options) -> Result<Self, ControllerError> {
        Ok(Self {
            access_keys: AccessKeys::open(Arc::clone(&store))?,
            accounts: Accounts::open(Arc::clone(&store))?,
            users: Arc::new(Users::open(Arc::clone(&store))?),
            groups: Roster::open(Arc::clone(&store))?,
            roles: Roster::open(Arc::clone(&store))?,
            api_clients: Roster::open(Arc::clone(&store))?,
            tokens: Tokens::open(&store)?,
            oidc: options.oidc.clone().map(|(settings, public_url)| Oidc::new(settings, &public_url)),
            login_limits: LoginLimits::default(),
            sessions: Sessions::default(),
            counters: Counters::default(),
            gate: Gate::new(options.ingest_memory_bytes_max),
            store_state: StoreState::default(),
            connections: Arc::default(),
            visitors: FairQueue::new(
                VISITORS_MAX,
                VISITORS_WAITING_PER_ACCOUNT_MAX,
                Duration::from_millis(VISITORS_WAIT_MAX_MS),
            ),
            started_ms: now_ms(),
            conversations: Conversations::default(),
            foreign: Foreign::default(),
            questions: Semaphore::new(QUESTIONS_MAX),
            store,
            listen,
            options,
        })
    }

    /// What stands at the moment.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let (running, waiting) = self.gate.requests();
        let (visitors, visitors_waiting) = self.visitors.counts();
        let number = |value: usize| value as u64;
        Gauges {
            values: vec![
                (
                    "ingest_requests_open",
                    "OTLP requests arriving or worked on",
                    number(self.gate.requests_open()),
                ),
                ("ingest_requests_running", "OTLP requests being decoded or written", number(running)),
                ("ingest_requests_waiting", "OTLP requests waiting for their turn", number(waiting)),
                ("ingest_memory_bytes", "Bytes held by OTLP requests", number(self.gate.memory_bytes())),
                ("ingest_memory_limit_bytes", "Bytes they may hold", number(self.gate.memory_bytes_max())),
                ("visitors_running", "Requests of people and scripts being answered", number(visitors)),
                ("visitors_waiting", "Requests of people and scripts waiting", number(visitors_waiting)),
                ("connections_open", "Connections", number(self.connections.open())),
                ("sessions", "Logged-in sessions", number(self.sessions.count())),
                (
                    "store_writable",
                    "Whether the store can be written (1) or only read (0)",
                    u64::from(self.store_state.trouble().is_none()),
                ),
                ("start_time_seconds", "When it started, seconds since 1970", self.started_ms / 1_000),
            ],
        }
    }

    /// The account an access key may report for; none when the account is disabled.
    #[must_use]
    pub fn reporting_account(&self, key: &str) -> Option<Arc<str>> {
        self.access_keys.account(key).filter(|account| self.accounts.is_enabled(account))
    }

    /// Changes something on a thread that may block.
    ///
    /// # Errors
    /// [`QuestionError::Failed`] when that thread died.
    pub async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, QuestionError> {
        let shared = Arc::clone(self);
        tokio::task::spawn_blocking(move || change(&shared)).await.map_err(|_| QuestionError::Failed)
    }

    /// Asks the store on a thread that may block. At most [`QUESTIONS_MAX`] at one time, so that questions cannot
    /// take the threads that write.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, QuestionError> {
        self.work(question).await?.map_err(QuestionError::Store)
    }

    /// Reads or changes something in the store on a thread that may block, with errors of its own. As many at one time as
    /// [`Controller::ask`] allows.
    ///
    /// # Errors
    /// The outer one when the thread died: a bug.
    pub async fn work<T: Send + 'static, E: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&dyn Store) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, QuestionError> {
        let _permit = self.questions.acquire().await.map_err(|_| QuestionError::Failed)?;
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || work(&*store)).await.map_err(|_| QuestionError::Failed)
    }
}

/// The wall clock, milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
