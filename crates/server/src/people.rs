//! Changing users, groups, roles and API clients: one place that checks who may, keeps an administrator, ends what
//! has to end, and writes the audit. Everything here blocks.
//!
//! Nobody gives, takes or touches more than they have: a change is refused when what is changed may do something,
//! before or after, that the one who changes it may not.

use serde::Deserialize;
use tierline_store::StoreError;
use utoipa::ToSchema;

use crate::api_clients::ApiClientRecord;
use crate::audit::{self, Action};
use crate::controller::{Controller, now_ms};
use crate::groups::GroupRecord;
use crate::limits::{DESCRIPTION_CHARS_MAX, MEMBERSHIPS_MAX, NAME_CHARS_MAX, TOKEN_LIFE_MAX_S};
use crate::login::Visitor;
use crate::passwords;
use crate::permissions::{Forbidden, Permission, Permissions};
use crate::roles::{self, ACCOUNT_ADMINISTRATOR, BUILT_IN, RoleRecord};
use crate::roster::{Entry, RosterError};
use crate::secret::{self, NoRandomness};
use crate::users::{Provider, UserError, UserRecord};

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Not allowed.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// More than one's own.
    #[error("nobody can give, take or change more than they may do themselves")]
    Exceeds,
    /// The list.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The password.
    #[error(transparent)]
    User(#[from] UserError),
    /// A field.
    #[error("{0}")]
    Invalid(String),
    /// Nobody would be left to manage the account.
    #[error("the account's last administrator stays: make another one first")]
    LastAdministrator,
    /// One that every account has.
    #[error("a built-in role cannot be changed; make one of your own")]
    BuiltIn,
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        Self::Roster(RosterError::Store(error))
    }
}

/// What can be said about a user. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserChangeRequest {
    /// The name to log in with.
    pub name: Option<String>,
    /// Where to write to.
    pub email: Option<String>,
    /// What people call them.
    pub display_name: Option<String>,
    /// A new password; it ends all sessions of the user.
    pub password: Option<String>,
    /// All roles of their own.
    pub role_ids: Option<Vec<u64>>,
    /// All groups they are in.
    pub group_ids: Option<Vec<u64>>,
    /// Whether they may log in.
    pub enabled: Option<bool>,
}

/// What can be said about a group. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupChangeRequest {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// All roles its members have.
    pub role_ids: Option<Vec<u64>>,
}

/// What can be said about a role. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleChangeRequest {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// All its permissions.
    pub permissions: Option<Vec<Permission>>,
}

/// What can be said about an API client. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiClientChangeRequest {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// All its roles.
    pub role_ids: Option<Vec<u64>>,
    /// Seconds a token lives.
    pub token_life_s: Option<u64>,
    /// Whether it gets tokens, and whether those it has are good.
    pub enabled: Option<bool>,
}

impl Controller {
    /// The built-in roles and the account's own.
    #[must_use]
    pub fn all_roles(&self, account: &str) -> Vec<RoleRecord> {
        let built_in = BUILT_IN.into_iter().map(RoleRecord::from);
        built_in.chain(self.roles.list(account)).collect()
    }

    /// A role by its number.
    #[must_use]
    pub fn role(&self, account: &str, id: u64) -> Option<RoleRecord> {
        let built_in = BUILT_IN.into_iter().find(|role| role.id == id).map(RoleRecord::from);
        built_in.or_else(|| self.roles.get(account, id))
    }

    fn permissions_of_roles(&self, account: &str, role_ids: &[u64]) -> Permissions {
        let roles = role_ids.iter().filter_map(|id| self.role(account, *id));
        let all = roles.fold(Permissions::NONE, |sum, role| sum.with(role.permission_set()));
        // Accounts are managed from one account only, whatever a role says.
        if account == crate::access_keys::SYSTEM { all } else { all.without(Permission::ManageAccounts) }
    }

    /// What a user may do: by their own roles and those of their groups.
    #[must_use]
    pub fn permissions_of_user(&self, account: &str, user: &UserRecord) -> Permissions {
        let groups = user.group_ids.iter().filter_map(|id| self.groups.get(account, *id));
        groups.fold(self.permissions_of_roles(account, &user.role_ids), |sum, group| {
            sum.with(self.permissions_of_roles(account, &group.role_ids))
        })
    }

    /// What an API client may do.
    #[must_use]
    pub fn permissions_of_client(&self, account: &str, client: &ApiClientRecord) -> Permissions {
        self.permissions_of_roles(account, &client.role_ids)
    }

    /// Makes a user; without a password they can only come through an OpenID Connect provider.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn add_user(&self, by: &Visitor, change: &UserChangeRequest) -> Result<UserRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let mut new = UserRecord::default();
        self.apply_to_user(by, &mut new, change)?;
        if new.display_name.is_empty() {
            new.display_name.clone_from(&new.name);
        }
        let _changing = self.users.lock();
        let added = self.users.add(&by.account, new, &by.user)?;
        self.audit(by, Action::ObjectCreated, &format!("user:{}", added.name));
        Ok(added)
    }

    /// Changes a user; a new password or being disabled ends their sessions.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change_user(
        &self,
        by: &Visitor,
        id: u64,
        change: &UserChangeRequest,
    ) -> Result<UserRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.users.lock();
        let mut user = self.users.get(&by.account, id).ok_or(RosterError::Unknown("user"))?;
        self.must_cover(by, self.permissions_of_user(&by.account, &user))?;
        self.apply_to_user(by, &mut user, change)?;
        self.keep_an_administrator(&by.account, |other| {
            if other.id == id { Some(user.clone()) } else { Some(other) }
        })?;
        self.users.replace(&by.account, &user, &by.user)?;
        if change.password.is_some() || !user.enabled {
            self.sessions.end_all_of(&by.account, id);
        }
        self.audit(by, Action::ObjectUpdated, &format!("user:{}", user.name));
        Ok(user)
    }

    /// Changes the visitor's own password and ends all their sessions; this needs no permission.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change_own(&self, by: &Visitor, change: &UserChangeRequest) -> Result<(), PeopleError> {
        let Some(password) = &change.password else { return Ok(()) };
        let _changing = self.users.lock();
        let mut user = self.users.get(&by.account, by.user_id).ok_or(RosterError::Unknown("user"))?;
        user.password_hash = passwords::hash(&user.name, password)?;
        self.users.replace(&by.account, &user, &by.user)?;
        self.sessions.end_all_of(&by.account, user.id);
        self.audit(by, Action::ObjectUpdated, &format!("user:{}", user.name));
        Ok(())
    }

    /// Removes a user and ends their sessions.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn remove_user(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.users.lock();
        let user = self.users.get(&by.account, id).ok_or(RosterError::Unknown("user"))?;
        self.must_cover(by, self.permissions_of_user(&by.account, &user))?;
        self.keep_an_administrator(&by.account, |other| (other.id != id).then_some(other))?;
        self.users.remove(&by.account, id, &by.user)?;
        self.sessions.end_all_of(&by.account, id);
        self.audit(by, Action::ObjectDeleted, &format!("user:{}", user.name));
        Ok(())
    }

    fn apply_to_user(
        &self,
        by: &Visitor,
        user: &mut UserRecord,
        change: &UserChangeRequest,
    ) -> Result<(), PeopleError> {
        set_name(&mut user.name, change.name.as_deref())?;
        set_text(&mut user.email, change.email.as_deref(), "an address")?;
        set_text(&mut user.display_name, change.display_name.as_deref(), "a display name")?;
        if let Some(enabled) = change.enabled {
            user.enabled = enabled;
        }
        if let Some(ids) = &change.role_ids {
            user.role_ids = self.known_roles(&by.account, ids)?;
        }
        if let Some(ids) = &change.group_ids {
            user.group_ids = distinct(ids)?;
            if user.group_ids.iter().any(|id| self.groups.get(&by.account, *id).is_none()) {
                return Err(RosterError::Unknown(GroupRecord::WHAT).into());
            }
        }
        self.must_cover(by, self.permissions_of_user(&by.account, user))?;
        if let Some(password) = &change.password {
            user.password_hash = passwords::hash(&user.name, password)?;
            user.provider = Provider::Internal;
        }
        Ok(())
    }

    /// Makes a group.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn add_group(&self, by: &Visitor, change: &GroupChangeRequest) -> Result<GroupRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let mut new = GroupRecord::default();
        self.apply_to_group(by, &mut new, change)?;
        let _changing = self.groups.lock();
        let added = self.groups.add(&by.account, new, &by.user)?;
        self.audit(by, Action::ObjectCreated, &format!("group:{}", added.name));
        Ok(added)
    }

    /// Changes a group.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change_group(
        &self,
        by: &Visitor,
        id: u64,
        change: &GroupChangeRequest,
    ) -> Result<GroupRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.groups.lock();
        let before = self.groups.get(&by.account, id).ok_or(RosterError::Unknown("group"))?;
        self.must_cover(by, self.permissions_of_roles(&by.account, &before.role_ids))?;
        let mut group = before.clone();
        self.apply_to_group(by, &mut group, change)?;
        let kept = self.has_administrator(&by.account);
        self.groups.replace(&by.account, &group, &by.user)?;
        if kept && !self.has_administrator(&by.account) {
            self.groups.replace(&by.account, &before, &by.user)?;
            return Err(PeopleError::LastAdministrator);
        }
        self.audit(by, Action::ObjectUpdated, &format!("group:{}", group.name));
        Ok(group)
    }

    /// Removes a group; its members lose its roles.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn remove_group(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.groups.lock();
        let group = self.groups.get(&by.account, id).ok_or(RosterError::Unknown("group"))?;
        self.must_cover(by, self.permissions_of_roles(&by.account, &group.role_ids))?;
        self.keep_an_administrator(&by.account, |mut user| {
            user.group_ids.retain(|group| *group != id);
            Some(user)
        })?;
        self.groups.remove(&by.account, id, &by.user)?;
        self.audit(by, Action::ObjectDeleted, &format!("group:{}", group.name));
        Ok(())
    }

    fn apply_to_group(
        &self,
        by: &Visitor,
        group: &mut GroupRecord,
        change: &GroupChangeRequest,
    ) -> Result<(), PeopleError> {
        set_name(&mut group.name, change.name.as_deref())?;
        set_text(&mut group.description, change.description.as_deref(), "a description")?;
        if let Some(ids) = &change.role_ids {
            group.role_ids = self.known_roles(&by.account, ids)?;
        }
        self.must_cover(by, self.permissions_of_roles(&by.account, &group.role_ids))
    }

    /// Makes a role.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn add_role(&self, by: &Visitor, change: &RoleChangeRequest) -> Result<RoleRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let mut new = RoleRecord::default();
        self.apply_to_role(by, &mut new, change)?;
        let _changing = self.roles.lock();
        let added = self.roles.add(&by.account, new, &by.user)?;
        self.audit(by, Action::ObjectCreated, &format!("role:{}", added.name));
        Ok(added)
    }

    /// Changes a role, for everybody who has it at once.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change_role(
        &self,
        by: &Visitor,
        id: u64,
        change: &RoleChangeRequest,
    ) -> Result<RoleRecord, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.roles.lock();
        let mut role = self.own_role(&by.account, id)?;
        self.must_cover(by, role.permission_set())?;
        self.apply_to_role(by, &mut role, change)?;
        self.roles.replace(&by.account, &role, &by.user)?;
        self.audit(by, Action::ObjectUpdated, &format!("role:{}", role.name));
        Ok(role)
    }

    /// Removes a role from the account and from all who have it.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn remove_role(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.roles.lock();
        let role = self.own_role(&by.account, id)?;
        self.must_cover(by, role.permission_set())?;
        self.roles.remove(&by.account, id, &by.user)?;
        self.audit(by, Action::ObjectDeleted, &format!("role:{}", role.name));
        Ok(())
    }

    fn own_role(&self, account: &str, id: u64) -> Result<RoleRecord, PeopleError> {
        if BUILT_IN.iter().any(|role| role.id == id) {
            return Err(PeopleError::BuiltIn);
        }
        Ok(self.roles.get(account, id).ok_or(RosterError::Unknown("role"))?)
    }

    fn apply_to_role(
        &self,
        by: &Visitor,
        role: &mut RoleRecord,
        change: &RoleChangeRequest,
    ) -> Result<(), PeopleError> {
        set_name(&mut role.name, change.name.as_deref())?;
        if roles::BUILT_IN.iter().any(|built_in| built_in.name.eq_ignore_ascii_case(&role.name)) {
            return Err(RosterError::Exists { what: "role", name: role.name.clone() }.into());
        }
        set_text(&mut role.description, change.description.as_deref(), "a description")?;
        if let Some(permissions) = &change.permissions {
            role.permissions = Permissions::of(permissions).list();
        }
        self.must_cover(by, role.permission_set())
    }

    /// Makes an API client. The second value is its secret, which is shown only now.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn add_api_client(
        &self,
        by: &Visitor,
        change: &ApiClientChangeRequest,
    ) -> Result<(ApiClientRecord, String), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let secret = secret::uuid()?;
        let mut new = ApiClientRecord {
            created_ms: now_ms(),
            secret_hash: secret::hash(&secret),
            ..ApiClientRecord::default()
        };
        self.apply_to_client(by, &mut new, change)?;
        let _changing = self.api_clients.lock();
        let added = self.api_clients.add(&by.account, new, &by.user)?;
        self.audit(by, Action::ObjectCreated, &format!("api-client:{}", added.name));
        Ok((added, secret))
    }

    /// Changes an API client.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change_api_client(
        &self,
        by: &Visitor,
        id: u64,
        change: &ApiClientChangeRequest,
    ) -> Result<ApiClientRecord, PeopleError> {
        let (_, client) = self.touch_api_client(by, id, Action::ObjectUpdated, |controller, client| {
            controller.apply_to_client(by, client, change)
        })?;
        Ok(client)
    }

    /// Gives an API client a new secret, shown only now; the old one and all tokens are over.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn renew_api_client_secret(&self, by: &Visitor, id: u64) -> Result<String, PeopleError> {
        let secret = secret::uuid()?;
        self.touch_api_client(by, id, Action::ObjectUpdated, |_, client| {
            client.secret_hash = secret::hash(&secret);
            client.tokens_from_ms = now_ms() + 1;
            Ok(())
        })?;
        Ok(secret)
    }

    /// Ends all tokens an API client has.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn revoke_tokens(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        self.touch_api_client(by, id, Action::TokensRevoked, |_, client| {
            client.tokens_from_ms = now_ms() + 1;
            Ok(())
        })?;
        Ok(())
    }

    fn touch_api_client<T>(
        &self,
        by: &Visitor,
        id: u64,
        action: Action,
        change: impl FnOnce(&Self, &mut ApiClientRecord) -> Result<T, PeopleError>,
    ) -> Result<(T, ApiClientRecord), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.api_clients.lock();
        let mut client = self.api_clients.get(&by.account, id).ok_or(RosterError::Unknown("API client"))?;
        self.must_cover(by, self.permissions_of_client(&by.account, &client))?;
        let done = change(self, &mut client)?;
        self.api_clients.replace(&by.account, &client, &by.user)?;
        self.audit(by, action, &format!("api-client:{}", client.name));
        Ok((done, client))
    }

    /// Removes an API client; its tokens are over.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn remove_api_client(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = self.api_clients.lock();
        let client = self.api_clients.get(&by.account, id).ok_or(RosterError::Unknown("API client"))?;
        self.must_cover(by, self.permissions_of_client(&by.account, &client))?;
        self.api_clients.remove(&by.account, id, &by.user)?;
        self.audit(by, Action::ObjectDeleted, &format!("api-client:{}", client.name));
        Ok(())
    }

    fn apply_to_client(
        &self,
        by: &Visitor,
        client: &mut ApiClientRecord,
        change: &ApiClientChangeRequest,
    ) -> Result<(), PeopleError> {
        set_name(&mut client.name, change.name.as_deref())?;
        set_text(&mut client.description, change.description.as_deref(), "a description")?;
        if let Some(ids) = &change.role_ids {
            client.role_ids = self.known_roles(&by.account, ids)?;
        }
        if let Some(life_s) = change.token_life_s {
            if !(1..=TOKEN_LIFE_MAX_S).contains(&life_s) {
                let text = format!("a token lives between 1 and {TOKEN_LIFE_MAX_S} seconds");
                return Err(PeopleError::Invalid(text));
            }
            client.token_life_s = life_s;
        }
        if let Some(enabled) = change.enabled {
            client.enabled = enabled;
        }
        self.must_cover(by, self.permissions_of_client(&by.account, client))
    }

    fn known_roles(&self, account: &str, ids: &[u64]) -> Result<Vec<u64>, PeopleError> {
        let ids = distinct(ids)?;
        if ids.iter().any(|id| self.role(account, *id).is_none()) {
            return Err(RosterError::Unknown(RoleRecord::WHAT).into());
        }
        Ok(ids)
    }

    fn must_cover(&self, by: &Visitor, permissions: Permissions) -> Result<(), PeopleError> {
        if by.permissions.covers(permissions) { Ok(()) } else { Err(PeopleError::Exceeds) }
    }

    /// Refuses a change after which nobody administrates the account, with users as `after` leaves them.
    fn keep_an_administrator(
        &self,
        account: &str,
        after: impl Fn(UserRecord) -> Option<UserRecord>,
    ) -> Result<(), PeopleError> {
        let left = self.users.list(account).into_iter().filter_map(after);
        let mut administrators = left.filter(|user| self.administrates(account, user));
        // Where there was none before, there is nobody to keep.
        if administrators.next().is_some() || !self.has_administrator(account) {
            return Ok(());
        }
        Err(PeopleError::LastAdministrator)
    }

    fn has_administrator(&self, account: &str) -> bool {
        self.users.list(account).iter().any(|user| self.administrates(account, user))
    }

    /// Whoever may less than all could not give the rest back to anybody.
    fn administrates(&self, account: &str, user: &UserRecord) -> bool {
        let all = self.permissions_of_roles(account, &[ACCOUNT_ADMINISTRATOR.id]);
        user.enabled && self.permissions_of_user(account, user).covers(all)
    }

    /// Writes a line of the audit.
    pub fn audit(&self, by: &Visitor, action: Action, object: &str) {
        audit::record(&*self.store, by, action, object, now_ms());
    }
}

fn set_name(name: &mut String, wanted: Option<&str>) -> Result<(), PeopleError> {
    if let Some(wanted) = wanted {
        wanted.trim().clone_into(name);
    }
    let chars = name.chars().count();
    // `:` ends a name in Basic credentials.
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(|c| c.is_control() || c == ':') {
        let text = format!("a name has 1 to {NAME_CHARS_MAX} characters, no `:` among them");
        return Err(PeopleError::Invalid(text));
    }
    Ok(())
}

fn set_text(text: &mut String, wanted: Option<&str>, what: &str) -> Result<(), PeopleError> {
    let Some(wanted) = wanted else { return Ok(()) };
    if wanted.chars().count() > DESCRIPTION_CHARS_MAX || wanted.chars().any(char::is_control) {
        let text = format!("{what} has at most {DESCRIPTION_CHARS_MAX} characters in one line");
        return Err(PeopleError::Invalid(text));
    }
    wanted.clone_into(text);
    Ok(())
}

fn distinct(ids: &[u64]) -> Result<Vec<u64>, PeopleError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MEMBERSHIPS_MAX {
        return Err(PeopleError::Invalid(format!("at most {MEMBERSHIPS_MAX} roles or groups each")));
    }
    Ok(ids)
}
