//! `tierline status`.

use anyhow::{Result, bail};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use clap::Args;

use super::{Controller, say};
use crate::controller::now_ms;
use crate::http_client;

/// `tierline status`
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    controller: Controller,
}

impl Status {
    /// Says whether the controller is up, and lists its applications when a password is given.
    pub async fn run(self) -> Result<()> {
        let answer = self.controller.get("/controller/rest/serverstatus", false).await?;
        let text = answer.text();
        if !answer.status.is_success() || !text.contains("<available>true</available>") {
            bail!("{} answers, but not as a controller: {}", self.controller.controller, answer.status);
        }
        let version = text.split("<serverversion>").nth(1).and_then(|rest| rest.split('<').next());
        // The REST API gives four numbers, because clients expect so many; ours has three.
        let version = version.map(|version| version.strip_suffix(".0").unwrap_or(version));
        say(&format!("{} is up, version {}", self.controller.controller, version.unwrap_or("unknown")));
        if self.controller.password.is_none() {
            say("(set TIERLINE_ADMIN_PASSWORD to see how it is and its applications)");
            return Ok(());
        }
        let status = self.controller.json("/api/status").await?;
        let (store, ingest) = (&status["store"], &status["ingest"]);
        if store["writable"] == false {
            let reason = store["reason"].as_str().unwrap_or("?");
            say(&format!(
                "  NOTHING CAN BE WRITTEN: {reason}; what is there is shown, senders keep what they have"
            ));
        }
        let mb = |value: &serde_json::Value| value.as_u64().unwrap_or(0) >> 20;
        let limit = match store["limitBytes"].as_u64() {
            Some(bytes) => format!(" of {}", bytes >> 20),
            None => String::new(),
        };
        say(&format!(
            "  data: {}{limit} MB, {} MB free on the disk",
            mb(&store["bytes"]),
            mb(&store["diskFreeBytes"])
        ));
        for file in store["damagedFiles"].as_array().into_iter().flatten().filter_map(|file| file.as_str()) {
            say(&format!("  DAMAGED: {file} could not be read and was put aside"));
        }
        say(&format!(
            "  reports: {} accepted, {} told to come back, {} refused; {} being worked on, {} waiting, {} of {} MB held",
            ingest["accepted"],
            ingest["deferred"],
            ingest["refused"],
            ingest["running"],
            ingest["waiting"],
            mb(&ingest["memoryBytes"]),
            mb(&ingest["memoryLimitBytes"]),
        ));
        for application in self.controller.json("/api/applications").await?.as_array().into_iter().flatten() {
            let calls = application["calls"].as_u64().unwrap_or(0);
            let name = application["name"].as_str().unwrap_or("?");
            say(&format!(
                "  {name}: {} tiers, {} nodes, {calls} calls in the last hour",
                application["tiers"], application["nodes"]
            ));
            self.agents(&application["id"]).await?;
        }
        Ok(())
    }
}

impl Status {
    /// How many agents report, and how the others left: by a goodbye, or silently.
    async fn agents(&self, app_id: &serde_json::Value) -> Result<()> {
        let (mut reporting, mut ended, mut silent) = (0, 0, 0);
        let nodes = self.controller.json(&format!("/api/applications/{app_id}/nodes")).await?;
        let now_ms = now_ms();
        let agents = nodes.as_array().into_iter().flatten().filter_map(|node| node["agents"].as_array());
        for agent in agents.flatten() {
            let age_ms = now_ms.saturating_sub(agent["lastSeen"].as_u64().unwrap_or(0));
            match (agent["disconnected"] == true, age_ms) {
                (_, HOUR_MS..) => {}
                (true, _) => ended += 1,
                (false, 0..AGENT_SILENT_MS) => reporting += 1,
                (false, _) => silent += 1,
            }
        }
        say(&format!("    agents: {reporting} reporting, {ended} ended, {silent} silent without a goodbye"));
        Ok(())
    }
}

const HOUR_MS: u64 = 3_600_000;

/// Agents write down that they live every minute; two missed ones are silence.
const AGENT_SILENT_MS: u64 = 150_000;

impl Controller {
    /// Asks the controller.
    pub(super) async fn get(&self, path: &str, with_login: bool) -> Result<http_client::Answer> {
        self.send(Request::get(path), Body::empty(), with_login).await
    }

    /// Sends a request, with Basic credentials when wanted.
    pub(super) async fn send(
        &self,
        request: axum::http::request::Builder,
        body: Body,
        with_login: bool,
    ) -> Result<http_client::Answer> {
        use base64::Engine as _;
        let mut request = request.header("X-CSRF-TOKEN", "command line");
        if with_login {
            let Some(password) = &self.password else {
                bail!("this needs the password of {}: set TIERLINE_ADMIN_PASSWORD or --password", self.login);
            };
            let text = format!("{}:{password}", self.login);
            let encoded = base64::engine::general_purpose::STANDARD.encode(text);
            request = request.header("Authorization", format!("Basic {encoded}"));
        }
        http_client::send_to(&http_client::controller(&self.controller)?, request.body(body)?).await
    }

    /// Changes something through the page's API.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value> {
        let request = Request::builder().method(method).uri(path).header("Content-Type", "application/json");
        let text = body.map(ToString::to_string).unwrap_or_default();
        let answer = self.send(request, Body::from(text), true).await?;
        self.refuse_failure(&answer)?;
        if answer.body.is_empty() {
            Ok(serde_json::Value::Null)
        } else {
            Ok(serde_json::from_slice(&answer.body)?)
        }
    }

    /// What the controller says went wrong, in its words and not in JSON.
    pub(super) fn refuse_failure(&self, answer: &http_client::Answer) -> Result<()> {
        if answer.status.is_success() {
            return Ok(());
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            bail!(
                "{} does not accept the password of {}. Set TIERLINE_ADMIN_PASSWORD or --password, and --login for another user",
                self.controller,
                self.login
            );
        }
        let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match (told["error"].as_str(), told["hint"].as_str()) {
            (Some(error), Some(hint)) => {
                bail!("{} answers {}: {error} {hint}", self.controller, answer.status)
            }
            _ => bail!("{} answers {}", self.controller, answer.status),
        }
    }

    /// Asks the page's API.
    pub(super) async fn json(&self, path: &str) -> Result<serde_json::Value> {
        let answer = self.get(path, true).await?;
        self.refuse_failure(&answer)?;
        Ok(serde_json::from_slice(&answer.body)?)
    }
}
