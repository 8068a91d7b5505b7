//! Roles: named sets of permissions.

use serde::{Deserialize, Serialize};

use crate::limits::ROLES_MAX;
use crate::permissions::{Permission, Permissions};
use crate::roster::entry;

/// A role every account has and nobody can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltInRole {
    /// Its id.
    pub id: u64,
    /// The name clients look for (facts/controller-api 2.5).
    pub name: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What its holders may do.
    pub permissions: Permissions,
}

/// Everything within the account.
pub const ACCOUNT_ADMINISTRATOR: BuiltInRole = BuiltInRole {
    id: 1,
    name: "super-admin",
    title: "Account Administrator",
    permissions: Permissions::of(&crate::permissions::ALL),
};

/// Everything about applications, nothing about people.
pub const ADMINISTRATOR: BuiltInRole = BuiltInRole {
    id: 2,
    name: "Administrator",
    title: "Administrator",
    permissions: Permissions::of(&[
        Permission::ViewApplications,
        Permission::ViewSnapshots,
        Permission::CreateEvents,
        Permission::ConfigureApplications,
        Permission::ConfigureAlerting,
        Permission::ManageApplications,
    ]),
};

/// Looks at everything and changes nothing but events.
pub const USER: BuiltInRole = BuiltInRole {
    id: 3,
    name: "User",
    title: "User",
    permissions: Permissions::of(&[
        Permission::ViewApplications,
        Permission::ViewSnapshots,
        Permission::CreateEvents,
    ]),
};

/// Sees numbers, and nothing that may hold personal data.
pub const DASHBOARD_VIEWER: BuiltInRole = BuiltInRole {
    id: 4,
    name: "Dashboard Viewer",
    title: "Dashboard Viewer",
    permissions: Permissions::of(&[Permission::ViewApplications]),
};

/// All of them.
pub const BUILT_IN: [BuiltInRole; 4] = [ACCOUNT_ADMINISTRATOR, ADMINISTRATOR, USER, DASHBOARD_VIEWER];

/// A role an account made for itself.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleRecord {
    /// Its number within the account.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its holders may do.
    pub permissions: Vec<Permission>,
    /// Whether every account has it and nobody can change it.
    #[serde(skip)]
    pub built_in: bool,
}

impl RoleRecord {
    /// The same as a set.
    #[must_use]
    pub fn permission_set(&self) -> Permissions {
        Permissions::of(&self.permissions)
    }
}

impl From<BuiltInRole> for RoleRecord {
    fn from(role: BuiltInRole) -> Self {
        Self {
            id: role.id,
            name: role.name.to_owned(),
            description: role.title.to_owned(),
            permissions: role.permissions.list(),
            built_in: true,
        }
    }
}

entry!(RoleRecord, kind: "role", what: "role", secret: false, max: ROLES_MAX);
