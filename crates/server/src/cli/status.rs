//! `tierline status`.

use anyhow::{Result, bail};
use axum::body::Body;
use axum::http::Request;
use clap::Args;

use super::{Controller, say};
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
        say(&format!("{} is up, version {}", self.controller.controller, version.unwrap_or("unknown")));
        if self.controller.password.is_none() {
            say("(set TIERLINE_ADMIN_PASSWORD to see its applications)");
            return Ok(());
        }
        for application in self.controller.json("/api/applications").await?.as_array().into_iter().flatten() {
            let calls = application["calls"].as_u64().unwrap_or(0);
            let name = application["name"].as_str().unwrap_or("?");
            say(&format!(
                "  {name}: {} tiers, {} nodes, {calls} calls in the last hour",
                application["tiers"], application["nodes"]
            ));
        }
        Ok(())
    }
}

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
        http_client::send(&http_client::authority(&self.controller)?, request.body(body)?).await
    }

    /// Asks the page's API.
    pub(super) async fn json(&self, path: &str) -> Result<serde_json::Value> {
        let answer = self.get(path, true).await?;
        if !answer.status.is_success() {
            bail!("{} {}: {}", self.controller, answer.status, answer.text());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }
}
