//! The real binary on a free port.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use tierline_server::http_client::{Answer, send};

use super::in_process::{KEY, PASSWORD, basic};

pub struct Binary {
    child: Child,
    pub address: String,
}

impl Binary {
    /// Starts it and waits until it says where it listens.
    pub async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// The same with variables of the environment.
    pub async fn start_with(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(["up", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("TIERLINE_ACCESS_KEY", KEY)
            .env("TIERLINE_ADMIN_PASSWORD", PASSWORD)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let first = BufReader::new(stdout).lines().next().unwrap().unwrap();
        let address = first.rsplit("http://").next().unwrap().to_owned();
        let binary = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            match binary.get("/controller/rest/serverstatus").await {
                Ok(answer) if answer.text().contains("<available>true</available>") => return binary,
                _ if Instant::now() > deadline => panic!("the controller did not become available"),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; how it ended and how long that took.
    pub fn stop(mut self) -> (std::process::ExitStatus, Duration) {
        let started = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        (self.child.wait().unwrap(), started.elapsed())
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let request = Request::get(path).header("authorization", basic("admin@customer1", PASSWORD));
        send(&self.address, request.body(Body::empty()).unwrap()).await
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub async fn ingest(&self, path: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let request = Request::post(path)
            .header("content-type", "application/x-protobuf")
            .header("x-tierline-access-key", KEY);
        send(&self.address, request.body(Body::from(body)).unwrap()).await
    }

    /// The sum of a metric of the shop over the last hours.
    pub async fn sum(&self, metric_path: &str) -> u64 {
        self.sum_of(super::shop::APP, metric_path).await
    }

    /// The sum of a metric of an application over the last hours; 0 when nobody knows the application.
    pub async fn sum_of(&self, application: &str, metric_path: &str) -> u64 {
        let path = metric_path.replace('%', "%25").replace(' ', "%20").replace('|', "%7C");
        let url = format!(
            "/controller/rest/applications/{application}/metric-data?metric-path={path}&time-range-type=BEFORE_NOW&duration-in-mins=120&output=JSON"
        );
        let answer = self.get(&url).await.unwrap();
        if answer.text().contains("Invalid application name") {
            return 0;
        }
        let found: Value = serde_json::from_slice(&answer.body).expect("metric data");
        found.as_array().unwrap().iter().filter_map(|m| m["metricValues"][0]["sum"].as_u64()).sum()
    }

    /// How many snapshots an application has of the last hours, page by page.
    pub async fn snapshots(&self, application: &str) -> u64 {
        let app = tierline_model::AppId::of(application);
        let from = tierline_server::controller::now_ms() - 2 * 3_600_000;
        let (mut count, mut after) = (0, String::new());
        loop {
            let page =
                self.json(&format!("/api/applications/{app}/snapshots?from={from}&limit=1000{after}")).await;
            count += page["items"].as_array().unwrap().len() as u64;
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return count,
            }
        }
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
