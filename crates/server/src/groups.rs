//! Groups: users who share roles.

use serde::{Deserialize, Serialize};

use crate::limits::GROUPS_MAX;
use crate::roster::entry;

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

entry!(GroupRecord, kind: "group", what: "group", secret: false, max: GROUPS_MAX);
