//! What people decide about business transactions: other names, groups, exclusion, deletion.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tierline_model::name::clean_name;
use tierline_model::{AppId, BtId};
use tierline_store::{BtRecord, Store, StoreError};

use crate::documents;
use crate::limits::{BT_GROUPS_MAX, CHANGED_BTS_MAX};

/// The kind of document, named by the application's id.
const KIND: &str = "bt-administration";

/// What people decided about the BTs of an application.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BtAdmin {
    /// Names people gave.
    names: BTreeMap<BtId, String>,
    /// Not shown and, where agents detect them without code, not measured any more. What was measured stays.
    excluded: BTreeSet<BtId>,
    /// Not shown until they are heard of again; when, milliseconds since 1970.
    deleted: BTreeMap<BtId, u64>,
    /// Groups by name.
    groups: BTreeMap<String, BTreeSet<BtId>>,
}

/// Why something cannot be done with BTs.
#[derive(Debug, thiserror::Error)]
pub enum BtAdminError {
    /// Too many.
    #[error(
        "at most {CHANGED_BTS_MAX} business transactions and {BT_GROUPS_MAX} groups of an application can be changed"
    )]
    TooMany,
    /// A group of this name is not there.
    #[error("there is no group named {0:?}")]
    NoGroup(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BtAdmin {
    /// The name shown.
    #[must_use]
    pub fn name_of<'a>(&'a self, bt: &'a BtRecord) -> &'a str {
        self.names.get(&bt.id).map_or(&*bt.name, String::as_str)
    }

    /// Whether somebody excluded it.
    #[must_use]
    pub fn is_excluded(&self, bt: BtId) -> bool {
        self.excluded.contains(&bt)
    }

    /// Those somebody excluded.
    pub fn excluded(&self) -> impl Iterator<Item = BtId> {
        self.excluded.iter().copied()
    }

    /// Whether lists leave it out: it is excluded, or was deleted and not heard of since.
    #[must_use]
    pub fn is_hidden(&self, bt: &BtRecord) -> bool {
        self.is_excluded(bt.id) || self.is_deleted(bt)
    }

    /// Whether somebody deleted it and it was not heard of since.
    #[must_use]
    pub fn is_deleted(&self, bt: &BtRecord) -> bool {
        self.deleted.get(&bt.id).is_some_and(|deleted_ms| bt.last_seen_ms <= *deleted_ms)
    }

    /// The group a BT is in.
    #[must_use]
    pub fn group_of(&self, bt: BtId) -> Option<&str> {
        self.groups.iter().find(|(_, bts)| bts.contains(&bt)).map(|(name, _)| name.as_str())
    }

    /// All groups with their BTs, by name.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &BTreeSet<BtId>)> {
        self.groups.iter().map(|(name, bts)| (name.as_str(), bts))
    }

    /// Gives BTs the names people chose.
    pub fn rename_all(&self, bts: &mut [BtRecord]) {
        for bt in bts {
            if let Some(name) = self.names.get(&bt.id) {
                bt.name = name.as_str().into();
            }
        }
    }

    fn leave_group(&mut self, bt: BtId) {
        for bts in self.groups.values_mut() {
            bts.remove(&bt);
        }
        self.groups.retain(|_, bts| !bts.is_empty());
    }

    fn check(&self) -> Result<(), BtAdminError> {
        let grouped: usize = self.groups.values().map(BTreeSet::len).sum();
        let most = [self.names.len(), self.excluded.len(), self.deleted.len(), grouped];
        let fits =
            most.into_iter().all(|count| count <= CHANGED_BTS_MAX) && self.groups.len() <= BT_GROUPS_MAX;
        if fits { Ok(()) } else { Err(BtAdminError::TooMany) }
    }
}

/// What people decided.
///
/// # Errors
/// When the store cannot be read.
pub fn load(store: &dyn Store, account: &str, app_id: AppId) -> Result<BtAdmin, StoreError> {
    documents::read(store, account, KIND, &app_id.to_string())
}

/// One decision about BTs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Another name; an empty one gives back its own.
    Rename(BtId, String),
    /// Not shown and not measured any more.
    Exclude(Vec<BtId>),
    /// Shown and measured again.
    Include(Vec<BtId>),
    /// Forgotten until it is heard of again; when, milliseconds since 1970.
    Delete(Vec<BtId>, u64),
    /// Into a group, which is made when it is not there; a BT is in one group at most.
    Group(String, Vec<BtId>),
    /// Out of their groups. A group without BTs is no more.
    Ungroup(Vec<BtId>),
    /// Another name for a group.
    RenameGroup(String, String),
}

/// Decides something about BTs.
///
/// # Errors
/// When there are too many, a group is not there, or the store cannot be written.
pub fn decide(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    decision: &Decision,
    changed_by: &str,
) -> Result<BtAdmin, BtAdminError> {
    let name = app_id.to_string();
    let change = |admin: &mut BtAdmin| {
        admin.apply(decision)?;
        admin.check()
    };
    let (admin, ()) = documents::change(store, account, (KIND, &name), (changed_by, true), change)?;
    Ok(admin)
}

impl BtAdmin {
    fn apply(&mut self, decision: &Decision) -> Result<(), BtAdminError> {
        match decision {
            Decision::Rename(bt, name) if name.trim().is_empty() => drop(self.names.remove(bt)),
            Decision::Rename(bt, name) => drop(self.names.insert(*bt, clean_name(name).into_owned())),
            Decision::Exclude(bts) => self.excluded.extend(bts),
            Decision::Include(bts) => self.excluded.retain(|bt| !bts.contains(bt)),
            Decision::Delete(bts, now_ms) => {
                for bt in bts {
                    self.deleted.insert(*bt, *now_ms);
                    self.names.remove(bt);
                    self.excluded.remove(bt);
                    self.leave_group(*bt);
                }
            }
            Decision::Group(group, bts) => {
                bts.iter().for_each(|bt| self.leave_group(*bt));
                if !bts.is_empty() {
                    self.groups.entry(clean_name(group).into_owned()).or_default().extend(bts);
                }
            }
            Decision::Ungroup(bts) => bts.iter().for_each(|bt| self.leave_group(*bt)),
            Decision::RenameGroup(group, name) => {
                let bts = self.groups.remove(group).ok_or_else(|| BtAdminError::NoGroup(group.clone()))?;
                self.groups.entry(clean_name(name).into_owned()).or_default().extend(bts);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bt_is_in_one_group_and_empty_groups_are_gone() {
        let bt = |id| BtId::from_u64(id).unwrap();
        let mut admin = BtAdmin::default();
        admin.apply(&Decision::Group("shop".into(), vec![bt(1), bt(2)])).unwrap();
        admin.apply(&Decision::Group("pay".into(), vec![bt(2)])).unwrap();
        assert_eq!((admin.group_of(bt(1)), admin.group_of(bt(2))), (Some("shop"), Some("pay")));
        admin.apply(&Decision::RenameGroup("pay".into(), "money".into())).unwrap();
        admin.apply(&Decision::Delete(vec![bt(1)], 5)).unwrap();
        assert_eq!(admin.groups().map(|(name, _)| name).collect::<Vec<_>>(), ["money"]);
        assert!(admin.apply(&Decision::RenameGroup("pay".into(), "x".into())).is_err());
    }
}
