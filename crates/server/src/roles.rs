//! Roles: named sets of permissions.

use crate::permissions::{Permission, Permissions};

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
