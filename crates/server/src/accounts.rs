//! Accounts: separate worlds on one controller. The account `system` holds what belongs to no other, and its
//! administrators manage the rest.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tierline_store::{Store, StoreError};

use crate::access_keys::{DEFAULT_ACCOUNT, SYSTEM};
use crate::limits::{ACCOUNTS_MAX, NAME_CHARS_MAX};
use crate::roster::{Roster, RosterError, entry};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountRecord {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether its users may log in and its agents report.
    pub enabled: bool,
    /// When it was made, milliseconds since 1970; 0 for the two that every controller has.
    pub created_ms: u64,
}

impl Default for AccountRecord {
    fn default() -> Self {
        Self { id: 0, name: String::new(), enabled: true, created_ms: 0 }
    }
}

entry!(AccountRecord, kind: "account", what: "account", secret: false, max: ACCOUNTS_MAX);

/// Why an account could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The list.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not a name.
    #[error("an account's name has 1 to {NAME_CHARS_MAX} letters, digits, `-`, `_` or `.`")]
    Name,
    /// The account that manages the others.
    #[error("the account {SYSTEM} stays as it is")]
    System,
}

/// All accounts.
pub struct Accounts {
    store: Arc<dyn Store>,
    roster: Roster<AccountRecord>,
}

impl Accounts {
    /// The accounts in `store`. Blocks.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, RosterError> {
        Ok(Self { roster: Roster::open(Arc::clone(&store))?, store })
    }

    /// All of them, by name.
    #[must_use]
    pub fn list(&self) -> Vec<AccountRecord> {
        let mut all = self.roster.list(SYSTEM);
        for always in [DEFAULT_ACCOUNT, SYSTEM] {
            if !all.iter().any(|account| account.name == always) {
                all.extend(always_there(always));
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The account of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<AccountRecord> {
        self.roster.by_name(SYSTEM, name).or_else(|| always_there(name))
    }

    /// Whether its users may log in and its agents report.
    #[must_use]
    pub fn is_enabled(&self, name: &str) -> bool {
        self.get(name).is_some_and(|account| account.enabled)
    }

    /// Makes an account. Blocks.
    ///
    /// # Errors
    /// When there is one of that name, or it is not a name.
    pub fn add(&self, name: &str, by: &str, now_ms: u64) -> Result<AccountRecord, AccountError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(plain) {
            return Err(AccountError::Name);
        }
        let _changing = self.roster.lock();
        if always_there(name).is_some() {
            return Err(RosterError::Exists { what: "account", name: name.to_owned() }.into());
        }
        self.store.create_account(name)?;
        let new = AccountRecord { name: name.to_owned(), created_ms: now_ms, ..AccountRecord::default() };
        Ok(self.roster.add(SYSTEM, new, by)?)
    }

    /// Lets an account's users and agents in, or keeps them out. Its data stay. Blocks.
    ///
    /// # Errors
    /// When there is no such account, or it is `system`.
    pub fn set_enabled(&self, name: &str, enabled: bool, by: &str) -> Result<AccountRecord, AccountError> {
        if name == SYSTEM {
            return Err(AccountError::System);
        }
        let _changing = self.roster.lock();
        let known = self.get(name).ok_or(RosterError::Unknown("account"))?;
        let changed = AccountRecord { enabled, ..known };
        if self.roster.get(SYSTEM, changed.id).is_some() {
            self.roster.replace(SYSTEM, &changed, by)?;
            return Ok(changed);
        }
        Ok(self.roster.add(SYSTEM, changed, by)?)
    }
}

/// Those every controller has, also before anybody changed them.
fn always_there(name: &str) -> Option<AccountRecord> {
    let id = match name {
        SYSTEM => 1,
        DEFAULT_ACCOUNT => 2,
        _ => return None,
    };
    Some(AccountRecord { id, name: name.to_owned(), ..AccountRecord::default() })
}
