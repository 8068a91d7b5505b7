//! The running controller: what every handler shares.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tierline_store::{Store, StoreError};
use tokio::sync::Semaphore;

use crate::access_keys::{AccessKeyError, AccessKeys};
use crate::counters::Counters;
use crate::ingest::gate::Gate;
use crate::ingest::opamp::Conversations;
use crate::limits::QUESTIONS_MAX;
use crate::sessions::Sessions;
use crate::users::{UserError, Users};

/// What every handler shares.
pub type Shared = Arc<Controller>;

/// A controller over a store.
pub struct Controller {
    /// Telemetry and entities.
    pub store: Arc<dyn Store>,
    /// Who may report.
    pub access_keys: AccessKeys,
    /// Who may look.
    pub users: Arc<Users>,
    /// Who is looking.
    pub sessions: Sessions,
    /// What it says about itself.
    pub counters: Counters,
    /// How much may come in at one time.
    pub gate: Gate,
    /// What agents said over OpAMP.
    pub conversations: Conversations,
    /// Where it listens, for the page.
    pub listen: String,
    questions: Semaphore,
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
    /// A controller over `store` that listens at `listen`. Blocks.
    ///
    /// # Errors
    /// When keys or users cannot be read.
    pub fn new(store: Arc<dyn Store>, listen: String) -> Result<Self, ControllerError> {
        Ok(Self {
            access_keys: AccessKeys::open(Arc::clone(&store))?,
            users: Arc::new(Users::open(Arc::clone(&store))?),
            sessions: Sessions::default(),
            counters: Counters::default(),
            gate: Gate::default(),
            conversations: Conversations::default(),
            questions: Semaphore::new(QUESTIONS_MAX),
            store,
            listen,
        })
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
        let _permit = self.questions.acquire().await.map_err(|_| QuestionError::Failed)?;
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || question(&*store))
            .await
            .map_err(|_| QuestionError::Failed)?
            .map_err(QuestionError::Store)
    }
}

/// The wall clock, milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
