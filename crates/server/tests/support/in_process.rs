//! A controller over a real store in a temporary directory, asked without a network.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use serde_json::Value;
use tempfile::TempDir;
use tierline_server::controller::{Controller, Options, Shared};
use tierline_server::router::router;
use tierline_server::settings::{Flags, resolve};
use tierline_server::up::{open_store, prepare};
use tierline_store::StoreOptions;
use tower::ServiceExt as _;

use super::shop;

pub const KEY: &str = "test-key";
pub const PASSWORD: &str = "test-password";

pub struct Server {
    pub controller: Shared,
    router: Router,
    _folder: TempDir,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn basic(login: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{login}:{password}")))
}

impl Server {
    pub fn empty() -> Self {
        Self::with_options(|_| {})
    }

    pub fn with_options(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::default();
        change(&mut options);
        let store = open_store(folder.path(), StoreOptions::default()).unwrap();
        let controller = Arc::new(Controller::with(store, "127.0.0.1:8090".into(), options).unwrap());
        let flags =
            Flags { access_key: Some(KEY.into()), admin_password: Some(PASSWORD.into()), ..Flags::default() };
        prepare(&controller, &resolve(flags, |_| None, None).unwrap()).unwrap();
        Self { router: router(&controller), controller, _folder: folder }
    }

    /// With the shop reported.
    pub async fn with_shop() -> Self {
        let server = Self::empty();
        for (path, body) in shop::requests(shop::minute_ms()) {
            let answer = server.ingest(path, body).await;
            assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0), "{}", answer.text());
        }
        server
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn ingest(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/x-protobuf")
            .header("x-tierline-access-key", KEY);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// As `admin@customer1`.
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", basic("admin@customer1", PASSWORD));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A call of the REST API about the shop, in JSON.
    pub async fn rest(&self, path: &str) -> Value {
        let join = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("/controller/rest/applications/shop{path}{join}output=JSON")).await.json()
    }

    /// A call of the page's API about the shop.
    pub async fn api(&self, path: &str) -> Value {
        let app = tierline_model::AppId::of(shop::APP);
        self.get(&format!("/api/applications/{app}{path}")).await.json()
    }
}
