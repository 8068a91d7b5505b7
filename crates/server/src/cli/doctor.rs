//! `tierline doctor`.

use anyhow::{Result, bail};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use clap::Args;

use super::{Controller, say};
use crate::access_keys::ACCESS_KEY_HEADER;
use crate::controller::now_ms;

/// `tierline doctor`
#[derive(Args, Debug)]
pub struct Doctor {
    #[command(flatten)]
    controller: Controller,
    /// The access key of an agent that does not report
    #[arg(long, env = "TIERLINE_ACCESS_KEY", hide_env_values = true)]
    access_key: Option<String>,
}

/// What was found, line by line.
#[derive(Default)]
struct Findings {
    faults: usize,
}

impl Findings {
    fn good(&self, text: &str) {
        say(&format!("ok     {text}"));
    }

    fn bad(&mut self, text: &str) {
        self.faults += 1;
        say(&format!("FAULT  {text}"));
    }
}

impl Doctor {
    /// Checks, in this order: the controller can be reached; the access key is accepted; per node, whether its
    /// numbers add up and what its agents noticed. What is detected inside a program is not looked at.
    pub async fn run(self) -> Result<()> {
        let mut findings = Findings::default();
        match self.controller.get("/controller/rest/serverstatus", false).await {
            Ok(answer) if answer.status.is_success() => {
                findings.good(&format!("{} can be reached", self.controller.controller));
            }
            Ok(answer) => findings.bad(&format!("{} answers {}", self.controller.controller, answer.status)),
            Err(error) => bail!("FAULT  {error:#}. Nothing more can be checked."),
        }
        self.check_access_key(&mut findings).await?;
        if self.controller.password.is_some() {
            self.check_nodes(&mut findings).await?;
        } else {
            say("-      nodes and agents were not checked: set TIERLINE_ADMIN_PASSWORD");
        }
        match findings.faults {
            0 => Ok(()),
            1 => bail!("1 fault found"),
            faults => bail!("{faults} faults found"),
        }
    }

    /// An empty request with the key: nothing is written.
    async fn check_access_key(&self, findings: &mut Findings) -> Result<()> {
        let Some(key) = &self.access_key else {
            say("-      no access key was checked: set TIERLINE_ACCESS_KEY or --access-key");
            return Ok(());
        };
        let request = Request::post("/v1/metrics")
            .header("Content-Type", "application/x-protobuf")
            .header(ACCESS_KEY_HEADER, key);
        match self.controller.send(request, Body::empty(), false).await?.status {
            StatusCode::OK => findings.good("the access key is accepted"),
            StatusCode::UNAUTHORIZED => {
                findings.bad("the access key is refused; `tierline key list` shows those that are not");
            }
            status => findings.bad(&format!("a report would be answered {status}")),
        }
        Ok(())
    }

    async fn check_nodes(&self, findings: &mut Findings) -> Result<()> {
        let applications = self.controller.json("/api/applications").await?;
        for application in applications.as_array().into_iter().flatten() {
            let name = application["name"].as_str().unwrap_or("?");
            let nodes =
                self.controller.json(&format!("/api/applications/{}/nodes", application["id"])).await?;
            for node in nodes.as_array().into_iter().flatten() {
                check_node(name, node, findings);
            }
        }
        Ok(())
    }
}

fn check_node(application: &str, node: &serde_json::Value, findings: &mut Findings) {
    let tier = node["tierName"].as_str().unwrap_or("?");
    let place = format!("{application} / {tier} / {}", node["name"].as_str().unwrap_or("?"));
    let before = findings.faults;
    if node["ledger"]["balanced"] == false {
        findings.bad(&format!("{place}: the numbers of the last hour do not add up; see the node's page"));
    }
    // Those that ended too: short programs are over before anybody looks.
    let hour_ago_ms = now_ms().saturating_sub(3_600_000);
    let is_recent = |agent: &&serde_json::Value| agent["lastSeen"].as_u64().unwrap_or(0) >= hour_ago_ms;
    for agent in node["agents"].as_array().into_iter().flatten().filter(is_recent) {
        let noticed = &agent["diagnostics"];
        for warning in noticed["warnings"].as_array().into_iter().flatten() {
            findings.bad(&format!("{place}: {}", warning.as_str().unwrap_or("?")));
        }
        for kind in ["misuse", "drops"] {
            for (what, count) in noticed[kind].as_object().into_iter().flatten() {
                findings.bad(&format!("{place}: {kind}: {what}: {count}"));
            }
        }
        for name in noticed["replacedNames"].as_array().into_iter().flatten() {
            say(&format!("note   {place}: {} is reported as {}", name["given"], name["reported"]));
        }
        if noticed["panics"].as_u64().unwrap_or(0) > 0 {
            findings.bad(&format!(
                "{place}: {} panics were caught inside the agent: a bug to report",
                noticed["panics"]
            ));
        }
    }
    if findings.faults == before {
        findings.good(&format!("{place}: {} calls in the last hour", node["calls"]));
    }
}
