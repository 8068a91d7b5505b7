//! Changing users, groups, roles and API clients: one place that checks who may, keeps an administrator, ends what
//! has to end, and writes the audit. Everything here blocks.
//!
//! Nobody gives, takes or touches more than they have: a change is refused when what is changed may do something,
//! before or after, that the one who changes it may not.

mod records;

use serde::Deserialize;
use tierline_store::StoreError;
use utoipa::ToSchema;

use crate::api_clients::ApiClientRecord;
use crate::audit::{self, Action};
use crate::controller::{Controller, now_ms};
use crate::groups::GroupRecord;
use crate::login::Visitor;
use crate::passwords;
use crate::permissions::{Forbidden, Permission, Permissions};
use crate::roles::{ACCOUNT_ADMINISTRATOR, BUILT_IN, RoleRecord};
use crate::roster::{Entry, Roster, RosterError};
use crate::secret::{self, NoRandomness};
use crate::users::{UserError, UserRecord};

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

/// Users, groups, roles and API clients: what those who manage people make, change and remove.
pub trait Managed: Entry {
    /// What can be said about one.
    type Change: Send + 'static;

    /// Where they are.
    fn roster(controller: &Controller) -> &Roster<Self>;

    /// What it lets somebody do.
    fn permissions(&self, controller: &Controller, account: &str) -> Permissions;

    /// Says of it what is wanted; whether `by` may is asked before and after.
    ///
    /// # Errors
    /// When that cannot be said.
    fn take(
        &mut self,
        controller: &Controller,
        by: &Visitor,
        change: &Self::Change,
    ) -> Result<(), PeopleError>;

    /// Refuses to touch what every account has.
    ///
    /// # Errors
    /// When this is one.
    fn must_be_own(_id: u64) -> Result<(), PeopleError> {
        Ok(())
    }

    /// Whether somebody administrates the account when this one is as in `after`, or not there any more.
    fn leaves_an_administrator(
        _controller: &Controller,
        _account: &str,
        _id: u64,
        _after: Option<&Self>,
    ) -> bool {
        true
    }

    /// Ends what has to end after this one was changed, or removed.
    fn end_what_is_over(
        _controller: &Controller,
        _account: &str,
        _id: u64,
        _change: Option<(&Self::Change, &Self)>,
    ) {
    }
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
        self.permissions_with_groups(account, user, |id| self.groups.get(account, id))
    }

    fn permissions_with_groups(
        &self,
        account: &str,
        user: &UserRecord,
        group: impl Fn(u64) -> Option<GroupRecord>,
    ) -> Permissions {
        let groups = user.group_ids.iter().filter_map(|id| group(*id));
        groups.fold(self.permissions_of_roles(account, &user.role_ids), |sum, group| {
            sum.with(self.permissions_of_roles(account, &group.role_ids))
        })
    }

    /// What an API client may do.
    #[must_use]
    pub fn permissions_of_client(&self, account: &str, client: &ApiClientRecord) -> Permissions {
        self.permissions_of_roles(account, &client.role_ids)
    }

    /// Makes one. A user without a password can only come through an OpenID Connect provider.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn add<M: Managed + Default>(&self, by: &Visitor, change: &M::Change) -> Result<M, PeopleError> {
        self.add_to(M::default(), by, change)
    }

    fn add_to<M: Managed>(&self, mut new: M, by: &Visitor, change: &M::Change) -> Result<M, PeopleError> {
        by.must(Permission::ManageUsers)?;
        new.take(self, by, change)?;
        self.must_cover(by, new.permissions(self, &by.account))?;
        let _changing = M::roster(self).lock();
        let added = M::roster(self).add(&by.account, new, &by.user)?;
        self.audit(by, Action::ObjectCreated, &object(&added));
        Ok(added)
    }

    /// Changes one, for everybody it concerns at once.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn change<M: Managed>(&self, by: &Visitor, id: u64, change: &M::Change) -> Result<M, PeopleError> {
        let changed = self.touch(by, id, Action::ObjectUpdated, |one: &mut M| one.take(self, by, change))?;
        M::end_what_is_over(self, &by.account, id, Some((change, &changed)));
        Ok(changed)
    }

    fn touch<M: Managed>(
        &self,
        by: &Visitor,
        id: u64,
        action: Action,
        change: impl FnOnce(&mut M) -> Result<(), PeopleError>,
    ) -> Result<M, PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = M::roster(self).lock();
        let mut one: M = self.to_be_touched(by, id)?;
        change(&mut one)?;
        self.must_cover(by, one.permissions(self, &by.account))?;
        self.must_keep_an_administrator(&by.account, id, Some(&one))?;
        M::roster(self).replace(&by.account, &one, &by.user)?;
        self.audit(by, action, &object(&one));
        Ok(one)
    }

    /// Removes one: members lose the roles of a group, holders a role, users their sessions, clients their tokens.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn remove<M: Managed>(&self, by: &Visitor, id: u64) -> Result<(), PeopleError> {
        by.must(Permission::ManageUsers)?;
        let _changing = M::roster(self).lock();
        let one: M = self.to_be_touched(by, id)?;
        self.must_keep_an_administrator::<M>(&by.account, id, None)?;
        M::roster(self).remove(&by.account, id, &by.user)?;
        M::end_what_is_over(self, &by.account, id, None);
        self.audit(by, Action::ObjectDeleted, &object(&one));
        Ok(())
    }

    /// One that may do no more than the visitor.
    fn to_be_touched<M: Managed>(&self, by: &Visitor, id: u64) -> Result<M, PeopleError> {
        M::must_be_own(id)?;
        let one = M::roster(self).get(&by.account, id).ok_or(RosterError::Unknown(M::WHAT))?;
        self.must_cover(by, one.permissions(self, &by.account))?;
        Ok(one)
    }

    /// Where there was no administrator before, there is nobody to keep.
    fn must_keep_an_administrator<M: Managed>(
        &self,
        account: &str,
        id: u64,
        after: Option<&M>,
    ) -> Result<(), PeopleError> {
        if M::leaves_an_administrator(self, account, id, after) || !self.has_administrator(account) {
            return Ok(());
        }
        Err(PeopleError::LastAdministrator)
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
        let new = ApiClientRecord {
            created_ms: now_ms(),
            secret_hash: secret::hash(&secret),
            ..ApiClientRecord::default()
        };
        Ok((self.add_to(new, by, change)?, secret))
    }

    /// Gives an API client a new secret, shown only now; the old one and all tokens are over.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub fn renew_api_client_secret(&self, by: &Visitor, id: u64) -> Result<String, PeopleError> {
        let secret = secret::uuid()?;
        self.touch(by, id, Action::ObjectUpdated, |client: &mut ApiClientRecord| {
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
        self.touch(by, id, Action::TokensRevoked, |client: &mut ApiClientRecord| {
            client.tokens_from_ms = now_ms() + 1;
            Ok(())
        })?;
        Ok(())
    }

    fn known_roles(&self, account: &str, ids: &[u64]) -> Result<Vec<u64>, PeopleError> {
        let ids = records::distinct(ids)?;
        if ids.iter().any(|id| self.role(account, *id).is_none()) {
            return Err(RosterError::Unknown(RoleRecord::WHAT).into());
        }
        Ok(ids)
    }

    fn must_cover(&self, by: &Visitor, permissions: Permissions) -> Result<(), PeopleError> {
        if by.permissions.covers(permissions) { Ok(()) } else { Err(PeopleError::Exceeds) }
    }

    fn has_administrator(&self, account: &str) -> bool {
        self.users.list(account).iter().any(|user| {
            let permissions = self.permissions_of_user(account, user);
            self.administrates(account, user, permissions)
        })
    }

    /// Whoever may less than all could not give the rest back to anybody.
    fn administrates(&self, account: &str, user: &UserRecord, permissions: Permissions) -> bool {
        let all = self.permissions_of_roles(account, &[ACCOUNT_ADMINISTRATOR.id]);
        user.enabled && permissions.covers(all)
    }

    /// Writes a line of the audit.
    pub fn audit(&self, by: &Visitor, action: Action, object: &str) {
        audit::record(&*self.store, by, action, object, now_ms());
    }
}

/// How the audit calls one.
fn object<E: Entry>(one: &E) -> String {
    format!("{}:{}", E::KIND, one.name())
}
