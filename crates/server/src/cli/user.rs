//! `tierline user`.

use std::io::BufRead as _;

use anyhow::{Context as _, Result, bail};
use axum::body::Body;
use axum::http::Request;
use clap::Subcommand;

use super::key::Where;
use super::say;
use crate::access_keys::DEFAULT_ACCOUNT;
use crate::roles;
use crate::up::open_store;
use crate::users::{ADMIN, Users};

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
    },
}

impl User {
    /// Runs the command.
    pub async fn run(self) -> Result<()> {
        let Self::Password { place, user } = self;
        say("New password:");
        let mut password = String::new();
        std::io::stdin().lock().read_line(&mut password).context("no password on standard input")?;
        let password = password.trim_end_matches(['\r', '\n']);
        match &place.data {
            Some(data) => {
                let role = if user == ADMIN { roles::ACCOUNT_ADMINISTRATOR } else { roles::USER };
                let users = Users::open(open_store(data)?)?;
                users.set_password(DEFAULT_ACCOUNT, &user, password, role.id, "command line")?;
            }
            None => {
                let body = serde_json::json!({ "user": user, "password": password }).to_string();
                let request = Request::post("/api/users/password").header("Content-Type", "application/json");
                let answer = place.controller.send(request, Body::from(body), true).await?;
                if !answer.status.is_success() {
                    bail!("{}: {}", answer.status, answer.text());
                }
            }
        }
        say("The password is set.");
        Ok(())
    }
}
