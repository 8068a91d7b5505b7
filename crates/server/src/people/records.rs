//! What can be said about users, groups, roles and API clients, one by one.

use super::{
    ApiClientChangeRequest, GroupChangeRequest, Managed, PeopleError, RoleChangeRequest, UserChangeRequest,
};
use crate::api_clients::ApiClientRecord;
use crate::controller::Controller;
use crate::groups::GroupRecord;
use crate::limits::{DESCRIPTION_CHARS_MAX, MEMBERSHIPS_MAX, NAME_CHARS_MAX, TOKEN_LIFE_MAX_S};
use crate::login::Visitor;
use crate::passwords;
use crate::permissions::Permissions;
use crate::roles::{BUILT_IN, RoleRecord};
use crate::roster::{Entry as _, Roster, RosterError};
use crate::users::{Provider, UserRecord};

impl Managed for UserRecord {
    type Change = UserChangeRequest;

    fn roster(controller: &Controller) -> &Roster<Self> {
        &controller.users
    }

    fn permissions(&self, controller: &Controller, account: &str) -> Permissions {
        controller.permissions_of_user(account, self)
    }

    fn take(
        &mut self,
        controller: &Controller,
        by: &Visitor,
        change: &Self::Change,
    ) -> Result<(), PeopleError> {
        set_name(&mut self.name, change.name.as_deref())?;
        set_text(&mut self.email, change.email.as_deref(), "an address")?;
        set_text(&mut self.display_name, change.display_name.as_deref(), "a display name")?;
        if self.id == 0 && self.display_name.is_empty() {
            self.display_name.clone_from(&self.name);
        }
        if let Some(enabled) = change.enabled {
            self.enabled = enabled;
        }
        if let Some(ids) = &change.role_ids {
            self.role_ids = controller.known_roles(&by.account, ids)?;
        }
        if let Some(ids) = &change.group_ids {
            self.group_ids = distinct(ids)?;
            if self.group_ids.iter().any(|id| controller.groups.get(&by.account, *id).is_none()) {
                return Err(RosterError::Unknown(GroupRecord::WHAT).into());
            }
        }
        // Hashing is work: not for those who may not.
        controller.must_cover(by, self.permissions(controller, &by.account))?;
        if let Some(password) = &change.password {
            self.password_hash = passwords::hash(&self.name, password)?;
            self.provider = Provider::Internal;
        }
        Ok(())
    }

    fn leaves_an_administrator(
        controller: &Controller,
        account: &str,
        id: u64,
        after: Option<&Self>,
    ) -> bool {
        let others = controller.users.list(account).into_iter().filter(|user| user.id != id);
        others.chain(after.cloned()).any(|user| {
            controller.administrates(account, &user, controller.permissions_of_user(account, &user))
        })
    }

    fn end_what_is_over(
        controller: &Controller,
        account: &str,
        id: u64,
        change: Option<(&Self::Change, &Self)>,
    ) {
        if change.is_none_or(|(change, user)| change.password.is_some() || !user.enabled) {
            controller.sessions.end_all_of(account, id);
        }
    }
}

impl Managed for GroupRecord {
    type Change = GroupChangeRequest;

    fn roster(controller: &Controller) -> &Roster<Self> {
        &controller.groups
    }

    fn permissions(&self, controller: &Controller, account: &str) -> Permissions {
        controller.permissions_of_roles(account, &self.role_ids)
    }

    fn take(
        &mut self,
        controller: &Controller,
        by: &Visitor,
        change: &Self::Change,
    ) -> Result<(), PeopleError> {
        set_name(&mut self.name, change.name.as_deref())?;
        set_text(&mut self.description, change.description.as_deref(), "a description")?;
        if let Some(ids) = &change.role_ids {
            self.role_ids = controller.known_roles(&by.account, ids)?;
        }
        Ok(())
    }

    fn leaves_an_administrator(
        controller: &Controller,
        account: &str,
        id: u64,
        after: Option<&Self>,
    ) -> bool {
        let group = |other| if other == id { after.cloned() } else { controller.groups.get(account, other) };
        controller.users.list(account).iter().any(|user| {
            let permissions = controller.permissions_with_groups(account, user, group);
            controller.administrates(account, user, permissions)
        })
    }
}

impl Managed for RoleRecord {
    type Change = RoleChangeRequest;

    fn roster(controller: &Controller) -> &Roster<Self> {
        &controller.roles
    }

    fn permissions(&self, _: &Controller, _: &str) -> Permissions {
        self.permission_set()
    }

    fn take(&mut self, _: &Controller, _: &Visitor, change: &Self::Change) -> Result<(), PeopleError> {
        set_name(&mut self.name, change.name.as_deref())?;
        if BUILT_IN.iter().any(|built_in| built_in.name.eq_ignore_ascii_case(&self.name)) {
            return Err(RosterError::Exists { what: Self::WHAT, name: self.name.clone() }.into());
        }
        set_text(&mut self.description, change.description.as_deref(), "a description")?;
        if let Some(permissions) = &change.permissions {
            self.permissions = Permissions::of(permissions).list();
        }
        Ok(())
    }

    fn must_be_own(id: u64) -> Result<(), PeopleError> {
        if BUILT_IN.iter().any(|role| role.id == id) { Err(PeopleError::BuiltIn) } else { Ok(()) }
    }
}

impl Managed for ApiClientRecord {
    type Change = ApiClientChangeRequest;

    fn roster(controller: &Controller) -> &Roster<Self> {
        &controller.api_clients
    }

    fn permissions(&self, controller: &Controller, account: &str) -> Permissions {
        controller.permissions_of_client(account, self)
    }

    fn take(
        &mut self,
        controller: &Controller,
        by: &Visitor,
        change: &Self::Change,
    ) -> Result<(), PeopleError> {
        set_name(&mut self.name, change.name.as_deref())?;
        set_text(&mut self.description, change.description.as_deref(), "a description")?;
        if let Some(ids) = &change.role_ids {
            self.role_ids = controller.known_roles(&by.account, ids)?;
        }
        if let Some(life_s) = change.token_life_s {
            if !(1..=TOKEN_LIFE_MAX_S).contains(&life_s) {
                let text = format!("a token lives between 1 and {TOKEN_LIFE_MAX_S} seconds");
                return Err(PeopleError::Invalid(text));
            }
            self.token_life_s = life_s;
        }
        if let Some(enabled) = change.enabled {
            self.enabled = enabled;
        }
        Ok(())
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

pub(super) fn distinct(ids: &[u64]) -> Result<Vec<u64>, PeopleError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MEMBERSHIPS_MAX {
        return Err(PeopleError::Invalid(format!("at most {MEMBERSHIPS_MAX} roles or groups each")));
    }
    Ok(ids)
}
