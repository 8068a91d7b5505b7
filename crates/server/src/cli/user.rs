//! `tierline user`.

use std::io::BufRead as _;

use anyhow::{Context as _, Result};
use axum::http::Method;
use clap::Subcommand;

use super::key::Where;
use super::say;
use crate::access_keys::DEFAULT_ACCOUNT;
use crate::roles;
use crate::up::open_store_as_it_is;
use crate::users::{ADMIN, ROOT, Users};

/// `tierline user`
#[derive(Subcommand, Debug)]
pub enum User {
    /// Sets a password, read from standard input so that it stands in no process list and no shell history.
    Password {
        #[command(flatten)]
        place: Where,
        /// Whose
        #[arg(long, default_value = ADMIN)]
        user: String,
        /// The user's account, with --data; else it is the account of --login
        #[arg(long, default_value = DEFAULT_ACCOUNT)]
        account: String,
    },
}

impl User {
    /// Runs the command.
    pub async fn run(self) -> Result<()> {
        let Self::Password { place, user, account } = self;
        say("New password:");
        let mut password = String::new();
        std::io::stdin().lock().read_line(&mut password).context("no password on standard input")?;
        let password = password.trim_end_matches(['\r', '\n']);
        match &place.data {
            Some(data) => {
                let first = user == ADMIN || user == ROOT;
                let role = if first { roles::ACCOUNT_ADMINISTRATOR } else { roles::USER };
                let users = Users::open(open_store_as_it_is(data)?)?;
                users.set_password(&account, &user, password, role.id, "command line")?;
            }
            None => {
                let body = serde_json::json!({ "user": user, "password": password });
                place.controller.change(Method::POST, "/api/users/password", Some(&body)).await?;
            }
        }
        say("The password is set.");
        Ok(())
    }
}
