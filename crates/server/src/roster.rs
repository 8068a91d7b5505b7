//! Lists of named things of an account (users, groups, roles, API clients): in memory, because every request asks
//! them, and in the store, one document each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tierline_store::{DocumentChange, Store, StoreError};

use crate::secret::{self, NoRandomness};

/// One thing of a list.
pub trait Entry: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind of its documents.
    const KIND: &'static str;
    /// What people call it.
    const WHAT: &'static str;
    /// Whether former versions must not be kept, because there is a hash of a secret in them.
    const SECRET: bool;
    /// How many an account may have.
    const MAX: usize;

    /// Its number; 0 when it has none yet.
    fn id(&self) -> u64;
    /// Gives it a number.
    fn set_id(&mut self, id: u64);
    /// Its name, unlike all others of the account.
    fn name(&self) -> &str;
    /// Gives it a name.
    fn set_name(&mut self, name: &str);
    /// Fills in what documents of earlier versions leave out; they had no name inside, only the document's.
    fn complete(&mut self, document: &str) {
        if self.name().is_empty() {
            self.set_name(document);
        }
    }
}

/// The usual way to be an [`Entry`]: by the fields `id` and `name`.
macro_rules! entry {
    ($record:ty, kind: $kind:literal, what: $what:literal, secret: $secret:literal, max: $max:expr) => {
        impl $crate::roster::Entry for $record {
            const KIND: &'static str = $kind;
            const WHAT: &'static str = $what;
            const SECRET: bool = $secret;
            const MAX: usize = $max;

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
        }
    };
}
pub(crate) use entry;

/// Why a list could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its content.
    #[error("the stored {what} {name} cannot be read: {reason}")]
    Damaged {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The name is taken.
    #[error("there is a {what} {name} already")]
    Exists {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// It is not there.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// Too many.
    #[error("there are {max} of {what} in this account already; remove some first")]
    TooMany {
        /// What it is.
        what: &'static str,
        /// The limit.
        max: usize,
    },
}

/// An entry with the name of its document.
#[derive(Clone)]
struct Kept<E> {
    document: String,
    entry: E,
}

type Lists<E> = HashMap<String, HashMap<u64, Kept<E>>>;

/// The lists of all accounts.
pub struct Roster<E> {
    store: Arc<dyn Store>,
    lists: RwLock<Lists<E>>,
    /// Held while something changes, so that two changes do not undo each other.
    changing: Mutex<()>,
}

/// Ids that built-in things have.
const IDS_RESERVED: u64 = 1_000;

impl<E: Entry> Roster<E> {
    /// The lists of all accounts in `store`. Blocks.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, RosterError> {
        let mut lists: Lists<E> = HashMap::new();
        for account in store.accounts()? {
            let mut list = HashMap::new();
            let mut unnumbered = Vec::new();
            for record in store.documents(&account, E::KIND)? {
                let mut entry: E =
                    serde_json::from_str(&record.text).map_err(|error| RosterError::Damaged {
                        what: E::WHAT,
                        name: record.name.clone(),
                        reason: error.to_string(),
                    })?;
                entry.complete(&record.name);
                let kept = Kept { document: record.name, entry };
                if kept.entry.id() == 0 {
                    unnumbered.push(kept);
                } else {
                    list.insert(kept.entry.id(), kept);
                }
            }
            // Written by an earlier version. The same name gets the same number at every start.
            for mut kept in unnumbered {
                let mut id = IDS_RESERVED
                    + u64::from(kept.document.bytes().fold(7_u32, |hash, byte| {
                        hash.wrapping_mul(31).wrapping_add(u32::from(byte)) & 0x3fff_ffff
                    }));
                while list.contains_key(&id) {
                    id += 1;
                }
                kept.entry.set_id(id);
                list.insert(id, kept);
            }
            if !list.is_empty() {
                lists.insert(account, list);
            }
        }
        Ok(Self { store, lists: RwLock::new(lists), changing: Mutex::default() })
    }

    fn read<T>(&self, account: &str, look: impl FnOnce(&HashMap<u64, Kept<E>>) -> T) -> Option<T> {
        self.lists.read().unwrap_or_else(PoisonError::into_inner).get(account).map(look)
    }

    /// All of an account, by name.
    #[must_use]
    pub fn list(&self, account: &str) -> Vec<E> {
        let mut all: Vec<E> = self
            .read(account, |list| list.values().map(|kept| kept.entry.clone()).collect())
            .unwrap_or_default();
        all.sort_by(|a, b| a.name().cmp(b.name()));
        all
    }

    /// The one with this number.
    #[must_use]
    pub fn get(&self, account: &str, id: u64) -> Option<E> {
        self.read(account, |list| list.get(&id).map(|kept| kept.entry.clone())).flatten()
    }

    /// The one with this name.
    #[must_use]
    pub fn by_name(&self, account: &str, name: &str) -> Option<E> {
        self.read(account, |list| {
            list.values().find(|kept| kept.entry.name() == name).map(|kept| kept.entry.clone())
        })
        .flatten()
    }

    /// Nobody else changes the list as long as this lives.
    pub fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one and numbers it. The caller holds [`Roster::lock`]. Blocks.
    ///
    /// # Errors
    /// When its name is taken, there are too many, or it cannot be written.
    pub fn add(&self, account: &str, mut entry: E, by: &str) -> Result<E, RosterError> {
        self.refuse_taken(account, entry.name(), 0)?;
        let (count, known) = self
            .read(account, |list| (list.len(), list.keys().copied().collect::<Vec<u64>>()))
            .unwrap_or_default();
        if count >= E::MAX {
            return Err(RosterError::TooMany { what: E::WHAT, max: E::MAX });
        }
        // 31 bits: some clients read ids into 32-bit integers.
        let id = loop {
            let id = u64::from(u32::from_le_bytes(secret::random()?) >> 1);
            if id >= IDS_RESERVED && !known.contains(&id) {
                break id;
            }
        };
        entry.set_id(id);
        self.write(account, &format!("#{id}"), &entry, by)?;
        Ok(entry)
    }

    /// Replaces one, found by its number. The caller holds [`Roster::lock`]. Blocks.
    ///
    /// # Errors
    /// When it is not there, its new name is taken, or it cannot be written.
    pub fn replace(&self, account: &str, entry: &E, by: &str) -> Result<(), RosterError> {
        let document = self
            .read(account, |list| list.get(&entry.id()).map(|kept| kept.document.clone()))
            .flatten()
            .ok_or(RosterError::Unknown(E::WHAT))?;
        self.refuse_taken(account, entry.name(), entry.id())?;
        self.write(account, &document, entry, by)
    }

    /// Removes one. The caller holds [`Roster::lock`]. Blocks.
    ///
    /// # Errors
    /// When it is not there or that cannot be written.
    pub fn remove(&self, account: &str, id: u64, by: &str) -> Result<(), RosterError> {
        let document = self
            .read(account, |list| list.get(&id).map(|kept| kept.document.clone()))
            .flatten()
            .ok_or(RosterError::Unknown(E::WHAT))?;
        self.store.delete_document(account, E::KIND, &document, by, None)?;
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = lists.get_mut(account) {
            list.remove(&id);
        }
        Ok(())
    }

    fn refuse_taken(&self, account: &str, name: &str, own_id: u64) -> Result<(), RosterError> {
        match self.by_name(account, name) {
            Some(other) if other.id() != own_id => {
                Err(RosterError::Exists { what: E::WHAT, name: name.to_owned() })
            }
            _ => Ok(()),
        }
    }

    fn write(&self, account: &str, document: &str, entry: &E, by: &str) -> Result<(), RosterError> {
        let text = serde_json::to_string(entry).map_err(|error| RosterError::Damaged {
            what: E::WHAT,
            name: entry.name().to_owned(),
            reason: error.to_string(),
        })?;
        let change = DocumentChange {
            kind: E::KIND,
            name: document,
            text: &text,
            changed_by: by,
            secret: E::SECRET,
            ..DocumentChange::default()
        };
        self.store.put_document(account, change)?;
        let kept = Kept { document: document.to_owned(), entry: entry.clone() };
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        lists.entry(account.to_owned()).or_default().insert(entry.id(), kept);
        Ok(())
    }
}
