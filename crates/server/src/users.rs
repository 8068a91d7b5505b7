//! Users and their passwords.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordVerifier as _};
use serde::{Deserialize, Serialize};
use tierline_store::Store;
use tokio::sync::Semaphore;

use crate::limits::{
    PASSWORD_BYTES_MAX, PASSWORD_CHECKS_MAX, PASSWORD_CHECKS_WAITING_MAX, PASSWORDS_REMEMBERED_MAX, USERS_MAX,
};
use crate::passwords::{self, PasswordFault};
use crate::roles;
use crate::roster::{Entry, Roster, RosterError};
use crate::secret::{self, Fingerprint, NoRandomness};

/// The user every account begins with.
pub const ADMIN: &str = "admin";

/// The first user of the account that manages accounts (facts/controller-api 1).
pub const ROOT: &str = "root";

/// Who says that a user is who they say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Provider {
    /// A password kept here.
    #[default]
    Internal,
    /// An OpenID Connect provider.
    Oidc,
}

impl Provider {
    /// What the REST API calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "INTERNAL",
            Self::Oidc => "OIDC",
        }
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserRecord {
    /// The number within the account.
    pub id: u64,
    /// The name to log in with.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// What people call them.
    pub display_name: String,
    /// Who knows them.
    pub provider: Provider,
    /// What the provider calls them: issuer and subject.
    pub subject: String,
    /// Their own roles.
    pub role_ids: Vec<u64>,
    /// Groups they are in, whose roles they have too.
    pub group_ids: Vec<u64>,
    /// Whether they may log in.
    pub enabled: bool,
    /// In PHC form: algorithm, parameters, salt and hash. Empty: no password is right.
    #[serde(alias = "password_hash")]
    pub(crate) password_hash: String,
}

impl Default for UserRecord {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            email: String::new(),
            display_name: String::new(),
            provider: Provider::Internal,
            subject: String::new(),
            role_ids: Vec::new(),
            group_ids: Vec::new(),
            enabled: true,
            password_hash: String::new(),
        }
    }
}

impl Entry for UserRecord {
    const KIND: &'static str = "user";
    const WHAT: &'static str = "user";
    const SECRET: bool = true;
    const MAX: usize = USERS_MAX;

    fn id(&self) -> u64 {
        self.id
    }

    fn set_id(&mut self, id: u64) {
        self.id = id;
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    fn complete(&mut self, name: &str) {
        // Before there were roles, `admin` could do everything and everybody else could look.
        if self.name.is_empty() {
            name.clone_into(&mut self.name);
            name.clone_into(&mut self.display_name);
            let role = if name == ADMIN { roles::ACCOUNT_ADMINISTRATOR } else { roles::USER };
            self.role_ids = vec![role.id];
        }
    }
}

/// Why a password could not be checked or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The list of users.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// Its content.
    #[error("the stored user cannot be read: {0}")]
    Damaged(String),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Too many at one time.
    #[error("too many passwords are being checked; try again in a moment")]
    Busy,
    /// Not usable as a password.
    #[error(transparent)]
    Unusable(#[from] PasswordFault),
    /// The hash function.
    #[error("the password cannot be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

/// Users of all accounts.
pub struct Users {
    roster: Roster<UserRecord>,
    fingerprint_key: [u8; 32],
    /// Passwords found right before, so that Basic with every call costs microseconds instead of a hash.
    remembered: Mutex<HashSet<Fingerprint>>,
    checks: Semaphore,
    waiting: Semaphore,
}

impl std::ops::Deref for Users {
    type Target = Roster<UserRecord>;

    fn deref(&self) -> &Self::Target {
        &self.roster
    }
}

impl Users {
    /// The users in `store`. Blocks.
    ///
    /// # Errors
    /// When they cannot be read or there is no randomness.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, UserError> {
        Ok(Self {
            roster: Roster::open(store)?,
            fingerprint_key: secret::random()?,
            remembered: Mutex::default(),
            checks: Semaphore::new(PASSWORD_CHECKS_MAX),
            waiting: Semaphore::new(PASSWORD_CHECKS_WAITING_MAX),
        })
    }

    /// Sets the password of a user, who is made with `role_id` when not there yet. Blocks.
    ///
    /// # Errors
    /// When it is too short or too long, or cannot be written.
    pub fn set_password(
        &self,
        account: &str,
        user: &str,
        password: &str,
        role_id: u64,
        by: &str,
    ) -> Result<UserRecord, UserError> {
        let password_hash = passwords::hash(user, password)?;
        let _changing = self.roster.lock();
        match self.roster.by_name(account, user) {
            Some(known) => {
                let changed = UserRecord { password_hash, provider: Provider::Internal, ..known };
                self.roster.replace(account, &changed, by)?;
                Ok(changed)
            }
            None => {
                let new = UserRecord {
                    name: user.to_owned(),
                    display_name: user.to_owned(),
                    role_ids: vec![role_id],
                    password_hash,
                    ..UserRecord::default()
                };
                Ok(self.roster.add(account, new, by)?)
            }
        }
    }

    /// The user with this password. Blocks; an unknown user takes as long as a wrong password.
    ///
    /// # Errors
    /// When what is stored cannot be understood.
    pub fn verify(&self, account: &str, user: &str, password: &str) -> Result<Option<UserRecord>, UserError> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(None);
        }
        let known = self.roster.by_name(account, user).filter(|known| !known.password_hash.is_empty());
        // The hash of a random text nobody has, with the same parameters.
        let hash = known.as_ref().map_or(UNKNOWN_USER_HASH, |known| &known.password_hash);
        let hash = PasswordHash::new(hash).map_err(|e| UserError::Damaged(e.to_string()))?;
        let right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        Ok(known.filter(|known| right && known.enabled))
    }

    fn fingerprint(&self, account: &str, user: &UserRecord, password: &str) -> Fingerprint {
        // With the hash in it, what is remembered ends with the password.
        secret::fingerprint(&self.fingerprint_key, &[account, &user.name, &user.password_hash, password])
    }

    /// The user, when this password was found right before. Takes no time.
    #[must_use]
    pub fn remembered(&self, account: &str, user: &str, password: &str) -> Option<UserRecord> {
        let known = self.roster.by_name(account, user).filter(|known| known.enabled)?;
        let fingerprint = self.fingerprint(account, &known, password);
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.contains(&fingerprint).then_some(known)
    }

    /// The user with this password, for asynchronous callers.
    ///
    /// # Errors
    /// When too many passwords are being checked.
    pub async fn check(
        self: &Arc<Self>,
        account: &str,
        user: &str,
        password: &str,
    ) -> Result<Option<UserRecord>, UserError> {
        if let Some(known) = self.remembered(account, user, password) {
            return Ok(Some(known));
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| UserError::Busy)?;
        let _check = self.checks.acquire().await.map_err(|_| UserError::Busy)?;
        let users = Arc::clone(self);
        let (asked_account, asked_user, asked_password) =
            (account.to_owned(), user.to_owned(), password.to_owned());
        let found =
            tokio::task::spawn_blocking(move || users.verify(&asked_account, &asked_user, &asked_password))
                .await
                .map_err(|_| UserError::Busy)??;
        if let Some(known) = &found {
            let fingerprint = self.fingerprint(account, known, password);
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= PASSWORDS_REMEMBERED_MAX {
                remembered.clear();
            }
            remembered.insert(fingerprint);
        }
        Ok(found)
    }
}

const UNKNOWN_USER_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";
