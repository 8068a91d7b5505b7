//! Groups: users who share roles.

use serde::{Deserialize, Serialize};

use crate::limits::GROUPS_MAX;
use crate::roster::Entry;

/// A group. Who is in it stands with the users.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupRecord {
    /// Its number within the account.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Roles every member has.
    pub role_ids: Vec<u64>,
}

impl Entry for GroupRecord {
    const KIND: &'static str = "group";
    const WHAT: &'static str = "group";
    const SECRET: bool = false;
    const MAX: usize = GROUPS_MAX;

    fn id(&self) -> u64 {
        self.id
    }

    fn set_id(&mut self, id: u64) {
        self.id = id;
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn complete(&mut self, name: &str) {
        if self.name.is_empty() {
            name.clone_into(&mut self.name);
        }
    }
}
