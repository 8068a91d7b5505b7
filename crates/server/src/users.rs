//! Users and their passwords.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use serde::{Deserialize, Serialize};
use tierline_store::{DocumentChange, Store, StoreError};
use tokio::sync::Semaphore;

use crate::limits::{
    PASSWORD_BYTES_MAX, PASSWORD_CHECKS_MAX, PASSWORD_CHECKS_WAITING_MAX, PASSWORDS_REMEMBERED_MAX,
};
use crate::secret::{self, Fingerprint, NoRandomness};

/// The user every installation has.
pub const ADMIN: &str = "admin";

const KIND: &str = "user";

#[derive(Serialize, Deserialize)]
struct Stored {
    /// In PHC form: algorithm, parameters, salt and hash.
    password_hash: String,
}

/// Why a password could not be checked or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    #[error("a password has 8 to {PASSWORD_BYTES_MAX} bytes")]
    Unusable,
    /// The hash function.
    #[error("the password cannot be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

/// Users of all accounts.
pub struct Users {
    store: Arc<dyn Store>,
    fingerprint_key: [u8; 32],
    /// Passwords found right before, so that Basic with every call costs microseconds instead of a hash.
    remembered: Mutex<HashSet<Fingerprint>>,
    checks: Semaphore,
    waiting: Semaphore,
}

/// Bytes below which a password is refused when it is set.
const PASSWORD_BYTES_MIN: usize = 8;

impl Users {
    /// The users in `store`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, UserError> {
        Ok(Self {
            store,
            fingerprint_key: secret::random()?,
            remembered: Mutex::default(),
            checks: Semaphore::new(PASSWORD_CHECKS_MAX),
            waiting: Semaphore::new(PASSWORD_CHECKS_WAITING_MAX),
        })
    }

    /// Whether the user is there. Blocks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn exists(&self, account: &str, user: &str) -> Result<bool, UserError> {
        Ok(self.store.document(account, KIND, user)?.is_some())
    }

    /// Sets a password. Blocks.
    ///
    /// # Errors
    /// When it is too short or too long, or cannot be written.
    pub fn set_password(&self, account: &str, user: &str, password: &str) -> Result<(), UserError> {
        if !(PASSWORD_BYTES_MIN..=PASSWORD_BYTES_MAX).contains(&password.len()) {
            return Err(UserError::Unusable);
        }
        let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(UserError::Hash)?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(UserError::Hash)?;
        let stored = Stored { password_hash: hash.to_string() };
        let text = serde_json::to_string(&stored).map_err(|e| UserError::Damaged(e.to_string()))?;
        let change =
            DocumentChange { kind: KIND, name: user, text: &text, secret: true, ..DocumentChange::default() };
        self.store.put_document(account, change)?;
        self.remembered.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        Ok(())
    }

    /// Whether the password is right. Blocks; an unknown user takes as long as a wrong password.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn verify(&self, account: &str, user: &str, password: &str) -> Result<bool, UserError> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let stored = match self.store.document(account, KIND, user)? {
            Some(text) => {
                let stored: Stored =
                    serde_json::from_str(&text).map_err(|e| UserError::Damaged(e.to_string()))?;
                Some(stored.password_hash)
            }
            None => None,
        };
        let known = stored.is_some();
        // The hash of a random text nobody has, with the same parameters.
        let hash = stored.unwrap_or_else(|| UNKNOWN_USER_HASH.to_owned());
        let hash = PasswordHash::new(&hash).map_err(|e| UserError::Damaged(e.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
    }

    /// The same for asynchronous callers, and quick when the password was right before.
    ///
    /// # Errors
    /// When the store cannot be read or too many passwords are being checked.
    pub async fn check(
        self: &Arc<Self>,
        account: &str,
        user: &str,
        password: &str,
    ) -> Result<bool, UserError> {
        let fingerprint = secret::fingerprint(&self.fingerprint_key, &[account, user, password]);
        if self.remembered.lock().unwrap_or_else(std::sync::PoisonError::into_inner).contains(&fingerprint) {
            return Ok(true);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| UserError::Busy)?;
        let _check = self.checks.acquire().await.map_err(|_| UserError::Busy)?;
        let (users, account, user, password) =
            (Arc::clone(self), account.to_owned(), user.to_owned(), password.to_owned());
        let right = tokio::task::spawn_blocking(move || users.verify(&account, &user, &password))
            .await
            .map_err(|_| UserError::Busy)??;
        if right {
            let mut remembered = self.remembered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if remembered.len() >= PASSWORDS_REMEMBERED_MAX {
                remembered.clear();
            }
            remembered.insert(fingerprint);
        }
        Ok(right)
    }
}

const UNKNOWN_USER_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";
