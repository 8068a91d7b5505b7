//! Things by name or id, as paths have them.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use tierline_engine::{applications_admin, overlay};
use tierline_store::{Application, BtRecord, Entities, NodeRecord, Store, StoreError, TierRecord, TimeRange};

use super::error::RestError;
use super::visitor::LoggedIn;
use crate::controller::{Shared, now_ms};
use crate::login::Visitor;
use crate::permissions::Permission;

/// The names in a path, of somebody who is logged in.
#[derive(Debug)]
pub struct Address {
    /// Whose data.
    pub account: String,
    /// Who asks.
    pub visitor: Visitor,
    names: HashMap<String, String>,
}

impl Address {
    /// A name of the path.
    #[must_use]
    pub fn name(&self, what: &str) -> &str {
        self.names.get(what).map_or("", String::as_str)
    }
}

impl Address {
    /// For calls that name the thing in a parameter instead.
    pub fn set(&mut self, what: &str, name: &str) {
        self.names.insert(what.to_owned(), name.to_owned());
    }
}

impl FromRequestParts<Shared> for Address {
    type Rejection = RestError;

    async fn from_request_parts(parts: &mut Parts, controller: &Shared) -> Result<Self, RestError> {
        let LoggedIn(visitor) = LoggedIn::from_request_parts(parts, controller).await?;
        visitor.must(Permission::ViewApplications)?;
        let names = Path::<HashMap<String, String>>::from_request_parts(parts, controller).await;
        let Path(names) = names.map_err(|_| RestError::not_found())?;
        Ok(Self { account: visitor.account.clone(), visitor, names })
    }
}

/// An application and everything in it.
#[derive(Debug)]
pub struct Directory {
    /// The application.
    pub application: Application,
    /// Everything in it.
    pub entities: Entities,
}

/// The id when the text is one, for comparison with ids.
fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

fn find<'a, T>(all: &'a [T], text: &str, name: impl Fn(&T) -> &str, id: impl Fn(&T) -> u64) -> Option<&'a T> {
    let wanted = number(text);
    let by_id = || all.iter().find(|one| wanted == Some(id(one)));
    all.iter().find(|one| name(one) == text).or_else(by_id)
}

/// The application called `text` or with that id; `None` when there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn application(store: &dyn Store, account: &str, text: &str) -> Result<Option<Application>, StoreError> {
    let all = applications_admin::known(store, account)?;
    Ok(find(&all, text, |a| &a.name, |a| a.id.get()).cloned())
}

/// The application called `text` with everything in it; `None` when there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn directory(store: &dyn Store, account: &str, text: &str) -> Result<Option<Directory>, StoreError> {
    let Some(application) = application(store, account, text)? else { return Ok(None) };
    let now = now_ms();
    // As of now: what was silent for long is left out.
    let range = TimeRange { start_ms: now.saturating_sub(3_600_000), end_ms: now };
    let entities = overlay::entities(store, account, application.id, Some(range))?;
    Ok(Some(Directory { application, entities }))
}

/// Reads the directory of the application in the path.
///
/// # Errors
/// When there is no such application.
pub async fn open(controller: &Shared, address: &Address) -> Result<Directory, RestError> {
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller.ask(move |store| directory(store, &account, &app)).await?;
    found.ok_or_else(|| RestError::invalid("application", address.name("app")))
}

impl Directory {
    /// The tier called `text` or with that id.
    ///
    /// # Errors
    /// When there is none.
    pub fn tier(&self, text: &str) -> Result<&TierRecord, RestError> {
        find(&self.entities.tiers, text, |t| &t.name, |t| t.id.get())
            .ok_or_else(|| RestError::invalid("tier", text))
    }

    /// The node called `text` or with that id.
    ///
    /// # Errors
    /// When there is none.
    pub fn node(&self, text: &str) -> Result<&NodeRecord, RestError> {
        find(&self.entities.nodes, text, |n| &n.name, |n| n.id.get())
            .ok_or_else(|| RestError::invalid("node", text))
    }

    /// The BT called `text` or with that id.
    ///
    /// # Errors
    /// When there is none.
    pub fn bt(&self, text: &str) -> Result<&BtRecord, RestError> {
        find(&self.entities.bts, text, |b| &b.name, |b| b.id.get())
            .ok_or_else(|| RestError::invalid("business transaction", text))
    }

    /// The name of a node's or BT's tier.
    #[must_use]
    pub fn tier_name(&self, id: tierline_model::TierId) -> &str {
        self.entities.tiers.iter().find(|tier| tier.id == id).map_or("", |tier| &*tier.name)
    }
}
