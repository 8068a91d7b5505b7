//! `tierline key`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use axum::http::Method;
use clap::{Args, Subcommand};

use super::{Controller, say};
use crate::access_keys::{AccessKeys, DEFAULT_ACCOUNT};
use crate::controller::now_ms;
use crate::up::open_store_as_it_is;

/// `tierline key`
#[derive(Subcommand, Debug)]
pub enum Key {
    /// Lists access keys.
    List {
        #[command(flatten)]
        place: Where,
        /// Shows the keys themselves, not only their ends
        #[arg(long)]
        reveal: bool,
    },
    /// Adds an access key.
    Add {
        #[command(flatten)]
        place: Where,
        /// The key; a random one when left out
        key: Option<String>,
    },
    /// Revokes an access key: agents that use it are refused from then on.
    Revoke {
        #[command(flatten)]
        place: Where,
        /// Its id, as `key list` shows it
        id: String,
    },
}

/// A running controller, or the data directory of one that is stopped.
#[derive(Args, Debug)]
pub struct Where {
    #[command(flatten)]
    pub(super) controller: Controller,
    /// The data directory of a controller that is not running; else the running one is asked
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

impl Key {
    /// Runs the command.
    pub async fn run(self) -> Result<()> {
        match self {
            Self::List { place, reveal } => match &place.data {
                Some(data) => {
                    for key in AccessKeys::open(open_store_as_it_is(data)?)?.list() {
                        let shown = if reveal { key.key.clone() } else { key.masked() };
                        say(&format!("{}  {shown}  {}  {}", key.id, key.account, key.description));
                    }
                    Ok(())
                }
                None => {
                    let keys = place.controller.json("/api/access-keys").await?;
                    for key in keys.as_array().into_iter().flatten() {
                        let id = text(key, "id");
                        let shown = match reveal {
                            true => place.controller.json(&format!("/api/access-keys/{id}")).await?,
                            false => key.clone(),
                        };
                        say(&format!("{id}  {}  {}", text(&shown, "key"), text(key, "description")));
                    }
                    Ok(())
                }
            },
            Self::Add { place, key } => {
                let added = match &place.data {
                    Some(data) => {
                        AccessKeys::open(open_store_as_it_is(data)?)?
                            .add(DEFAULT_ACCOUNT, key.as_deref(), "", now_ms())?
                            .key
                    }
                    None => {
                        let body = serde_json::json!({ "key": key });
                        let added =
                            place.controller.change(Method::POST, "/api/access-keys", Some(&body)).await?;
                        text(&added, "key").to_owned()
                    }
                };
                say(&added);
                Ok(())
            }
            Self::Revoke { place, id } => match &place.data {
                Some(data) => Ok(AccessKeys::open(open_store_as_it_is(data)?)?.revoke(&id)?),
                None => {
                    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
                        bail!("{id:?} is not the id of a key; `tierline key list` shows them");
                    }
                    place.controller.change(Method::DELETE, &format!("/api/access-keys/{id}"), None).await?;
                    Ok(())
                }
            },
        }
    }
}

fn text<'a>(value: &'a serde_json::Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("?")
}
