//! What somebody may do.

use serde::{Deserialize, Serialize};

/// One thing that somebody may or may not do within an account.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Permission {
    /// See applications, their numbers, flow maps, health and events.
    ViewApplications,
    /// See snapshots with their user data, errors with their stacks.
    ViewSnapshots,
    /// Post custom and deployment events, mark events, archive snapshots.
    CreateEvents,
    /// Change how applications are seen: detection, thresholds, business transactions, backends, agents,
    /// diagnostic sessions.
    ConfigureApplications,
    /// Change health rules, policies, actions and schedules.
    ConfigureAlerting,
    /// Make and delete applications.
    ManageApplications,
    /// See, add and revoke the access keys agents report with.
    ManageAccessKeys,
    /// Make and change users, groups, roles and API clients.
    ManageUsers,
    /// See who did what.
    ViewAudit,
    /// Change the settings of the controller itself.
    ManageSettings,
    /// Make and disable accounts. Means something only in the account `system`.
    ManageAccounts,
}

/// All of them, in the order they are shown in.
pub const ALL: [Permission; 11] = [
    Permission::ViewApplications,
    Permission::ViewSnapshots,
    Permission::CreateEvents,
    Permission::ConfigureApplications,
    Permission::ConfigureAlerting,
    Permission::ManageApplications,
    Permission::ManageAccessKeys,
    Permission::ManageUsers,
    Permission::ViewAudit,
    Permission::ManageSettings,
    Permission::ManageAccounts,
];

impl Permission {
    /// What it is called where it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ViewApplications => "view-applications",
            Self::ViewSnapshots => "view-snapshots",
            Self::CreateEvents => "create-events",
            Self::ConfigureApplications => "configure-applications",
            Self::ConfigureAlerting => "configure-alerting",
            Self::ManageApplications => "manage-applications",
            Self::ManageAccessKeys => "manage-access-keys",
            Self::ManageUsers => "manage-users",
            Self::ViewAudit => "view-audit",
            Self::ManageSettings => "manage-settings",
            Self::ManageAccounts => "manage-accounts",
        }
    }
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u16);

impl Permissions {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// These.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < permissions.len() {
            bits |= 1 << permissions[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u16) != 0
    }

    /// Whether all of `other` are among them.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without one.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u16))
    }

    /// In the order they are shown in.
    #[must_use]
    pub fn list(self) -> Vec<Permission> {
        ALL.into_iter().filter(|permission| self.has(*permission)).collect()
    }
}

impl std::fmt::Debug for Permissions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.list()).finish()
    }
}

/// Somebody wanted to do what they may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs the permission {}", .0.as_str())]
pub struct Forbidden(pub Permission);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let set = Permissions::of(&[Permission::ViewAudit, Permission::ManageAccounts]);
        assert_eq!(set.list(), [Permission::ViewAudit, Permission::ManageAccounts]);
        assert!(!set.has(Permission::ViewApplications));
        assert!(set.covers(Permissions::of(&[Permission::ViewAudit])) && !Permissions::NONE.covers(set));
        assert_eq!(set.without(Permission::ViewAudit).list(), [Permission::ManageAccounts]);
        for permission in ALL {
            let text = serde_json::to_string(&permission).unwrap();
            assert_eq!(text, format!("\"{}\"", permission.as_str()));
        }
    }
}
