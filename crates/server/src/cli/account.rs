//! `tierline account`.

use std::io::BufRead as _;

use anyhow::{Context as _, Result};
use axum::http::Method;
use clap::Subcommand;
use serde_json::json;

use super::{Controller, say};

/// `tierline account`; needs the login of an administrator of the account system (root@system).
#[derive(Subcommand, Debug)]
pub enum Account {
    /// Lists accounts.
    List {
        #[command(flatten)]
        controller: Controller,
    },
    /// Makes an account; the password of its user admin is read from standard input.
    Add {
        #[command(flatten)]
        controller: Controller,
        /// Its name
        name: String,
    },
    /// Keeps an account's users and agents out; its data stay.
    Disable {
        #[command(flatten)]
        controller: Controller,
        /// Its name
        name: String,
    },
    /// Lets them in again.
    Enable {
        #[command(flatten)]
        controller: Controller,
        /// Its name
        name: String,
    },
}

impl Account {
    /// Runs the command.
    pub async fn run(self) -> Result<()> {
        match self {
            Self::List { controller } => {
                for account in controller.json("/api/accounts").await?.as_array().into_iter().flatten() {
                    let state = if account["enabled"] == true { "" } else { "  (disabled)" };
                    say(&format!("{}{state}", account["name"].as_str().unwrap_or("?")));
                }
                Ok(())
            }
            Self::Add { controller, name } => {
                say("Password of its user admin:");
                let mut password = String::new();
                let read = std::io::stdin().lock().read_line(&mut password);
                read.context("no password on standard input")?;
                let password = password.trim_end_matches(['\r', '\n']);
                let body = json!({ "name": name, "adminPassword": password });
                controller.change(Method::POST, "/api/accounts", Some(&body)).await?;
                say(&format!("The account {name} is there; log in as admin@{name}."));
                Ok(())
            }
            Self::Disable { controller, name } => set_enabled(&controller, &name, false).await,
            Self::Enable { controller, name } => set_enabled(&controller, &name, true).await,
        }
    }
}

async fn set_enabled(controller: &Controller, name: &str, enabled: bool) -> Result<()> {
    let path = format!("/api/accounts/{}", crate::oauth::escape(name));
    controller.change(Method::PUT, &path, Some(&json!({ "enabled": enabled }))).await?;
    say(&format!("The account {name} is {}.", if enabled { "enabled" } else { "disabled" }));
    Ok(())
}
