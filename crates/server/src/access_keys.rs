//! Access keys: who may report, and for which account. Kept readable in the store, because the page shows one
//! to copy and every agent has it in a file anyway; the data directory is its owner's alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use tierline_store::{DocumentChange, Store, StoreError};

use crate::limits::{ACCESS_KEY_CHARS_MAX, ACCESS_KEYS_MAX, DESCRIPTION_CHARS_MAX};
use crate::secret::{self, Fingerprint, NoRandomness};

/// The account of a single-tenant installation.
pub const DEFAULT_ACCOUNT: &str = "customer1";

/// The header agents send their key in.
pub const ACCESS_KEY_HEADER: &str = "x-tierline-access-key";

/// The account that manages the others, and where what belongs to no account is kept.
pub const SYSTEM: &str = "system";
const KIND: &str = "access-keys";
const NAME: &str = "all";

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// A short name for revoking.
    pub id: String,
    /// The key.
    pub key: String,
    /// Whose data it may report.
    pub account: String,
    /// When it was made, milliseconds since 1970.
    pub created_ms: u64,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

impl AccessKey {
    /// Enough of the key to know it again, too little to use it.
    #[must_use]
    pub fn masked(&self) -> String {
        let chars: Vec<char> = self.key.chars().collect();
        match chars.len() {
            0..12 => "…".to_owned(),
            length => format!(
                "{}…{}",
                chars.iter().take(4).collect::<String>(),
                chars.iter().skip(length - 2).collect::<String>()
            ),
        }
    }
}

/// Why keys could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccessKeyError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its content.
    #[error("the stored access keys cannot be read: {0}")]
    Damaged(#[from] serde_json::Error),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Too many.
    #[error("there are {ACCESS_KEYS_MAX} access keys already; revoke some first")]
    TooMany,
    /// Not usable as a key.
    #[error("an access key has 1 to {ACCESS_KEY_CHARS_MAX} visible ASCII characters")]
    Unusable,
    /// Somebody else's.
    #[error("this key cannot be used; choose another one")]
    Taken,
    /// Unknown.
    #[error("there is no access key {0}; `tierline key list` shows them")]
    Unknown(String),
}

/// All keys, in memory and in the store.
pub struct AccessKeys {
    store: Arc<dyn Store>,
    fingerprint_key: [u8; 32],
    keys: RwLock<Keys>,
    changing: Mutex<()>,
}

#[derive(Default)]
struct Keys {
    all: Vec<AccessKey>,
    accounts: HashMap<Fingerprint, Arc<str>>,
}

impl AccessKeys {
    /// The keys in `store`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, AccessKeyError> {
        let all = match store.document(SYSTEM, KIND, NAME)? {
            Some(text) => serde_json::from_str(&text)?,
            None => Vec::new(),
        };
        let keys = Self {
            store,
            fingerprint_key: secret::random()?,
            keys: RwLock::default(),
            changing: Mutex::default(),
        };
        keys.replace(all);
        Ok(keys)
    }

    fn replace(&self, all: Vec<AccessKey>) {
        let accounts = all
            .iter()
            .map(|k| (secret::fingerprint(&self.fingerprint_key, &[&k.key]), Arc::from(k.account.as_str())))
            .collect();
        *self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Keys { all, accounts };
    }

    /// All keys, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<AccessKey> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner).all.clone()
    }

    /// The first key of an account.
    #[must_use]
    pub fn of_account(&self, account: &str) -> Option<AccessKey> {
        self.list().into_iter().find(|key| key.account == account)
    }

    /// The account a key may report for.
    #[must_use]
    pub fn account(&self, key: &str) -> Option<Arc<str>> {
        let fingerprint = secret::fingerprint(&self.fingerprint_key, &[key.trim()]);
        let keys = self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        keys.accounts.get(&fingerprint).cloned()
    }

    /// Adds a key, a random one when none is given; one that is there already is left as it is.
    ///
    /// # Errors
    /// When it is unusable or cannot be written.
    pub fn add(
        &self,
        account: &str,
        key: Option<&str>,
        description: &str,
        now_ms: u64,
    ) -> Result<AccessKey, AccessKeyError> {
        let key = match key {
            Some(key) => key.trim().to_owned(),
            None => secret::token()?,
        };
        if key.is_empty() || key.len() > ACCESS_KEY_CHARS_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(AccessKeyError::Unusable);
        }
        if description.chars().count() > DESCRIPTION_CHARS_MAX {
            return Err(AccessKeyError::Unusable);
        }
        let _changing = self.changing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut all = self.list();
        if let Some(known) = all.iter().find(|known| secret::same(&known.key, &key)) {
            // Whose it is, if not ours, is nobody's business.
            let own = known.account == account;
            return if own { Ok(known.clone()) } else { Err(AccessKeyError::Taken) };
        }
        if all.len() >= ACCESS_KEYS_MAX {
            return Err(AccessKeyError::TooMany);
        }
        let id = secret::token()?.chars().take(8).collect();
        let description = description.to_owned();
        let added = AccessKey { id, key, account: account.to_owned(), created_ms: now_ms, description };
        all.push(added.clone());
        self.write(all)?;
        Ok(added)
    }

    /// Revokes a key; agents that use it are refused from now on.
    ///
    /// # Errors
    /// When there is no such key or it cannot be written.
    pub fn revoke(&self, id: &str) -> Result<(), AccessKeyError> {
        let _changing = self.changing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut all = self.list();
        let before = all.len();
        all.retain(|key| key.id != id);
        if all.len() == before {
            return Err(AccessKeyError::Unknown(id.to_owned()));
        }
        self.write(all)
    }

    fn write(&self, all: Vec<AccessKey>) -> Result<(), AccessKeyError> {
        let text = serde_json::to_string(&all)?;
        let change =
            DocumentChange { kind: KIND, name: NAME, text: &text, secret: true, ..DocumentChange::default() };
        self.store.put_document(SYSTEM, change)?;
        self.replace(all);
        Ok(())
    }
}

/// The key in a request: `x-tierline-access-key: <key>` or `Authorization: Bearer <key>`.
#[must_use]
pub fn key_in(headers: &HeaderMap) -> Option<&str> {
    if let Some(key) = headers.get(ACCESS_KEY_HEADER) {
        return key.to_str().ok();
    }
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
