//! Webhooks: one request by plain HTTP or by HTTPS with the system's certificates and those of `TIERLINE_CA_FILE`. Redirects are not followed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tierline_engine::reactions::{Delivery, Outcome};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::text;
use crate::http_client;
use crate::limits::{ACTION_TIMEOUT_S, WEBHOOK_ANSWER_BYTES_MAX};

/// Sends webhooks. The system's certificates are read with the first one.
#[derive(Default)]
pub struct Sender {
    tls: OnceLock<Option<Arc<ClientConfig>>>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("the url cannot be used: {0}")]
    Url(String),
    #[error("{0}")]
    Later(String),
}

impl Sender {
    /// Sends one. 2xx is done; 408, 425, 429, 5xx and no answer may be better later; everything else will not.
    pub async fn send(&self, delivery: &Delivery) -> Outcome {
        let timeout = Duration::from_secs(ACTION_TIMEOUT_S);
        match tokio::time::timeout(timeout, self.exchange(delivery)).await {
            Err(_) => Outcome::Failed(format!("no answer within {ACTION_TIMEOUT_S} s")),
            Ok(Err(SendError::Url(error))) => Outcome::Refused(error),
            Ok(Err(SendError::Later(error))) => Outcome::Failed(error),
            Ok(Ok(status)) if status.is_success() => Outcome::Done(format!("answered {status}")),
            Ok(Ok(status)) => {
                let later = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
                let text = format!("answered {status}");
                if later { Outcome::Failed(text) } else { Outcome::Refused(text) }
            }
        }
    }

    async fn exchange(&self, delivery: &Delivery) -> Result<StatusCode, SendError> {
        let wrong = |error: &dyn std::fmt::Display| SendError::Url(error.to_string());
        let uri: Uri = delivery.action.url.parse().map_err(|e: axum::http::uri::InvalidUri| wrong(&e))?;
        let host = uri.host().ok_or_else(|| SendError::Url("it has no host".to_owned()))?.to_owned();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let request = request(delivery, &uri)?;
        let address = host.trim_matches(['[', ']']);
        let later = |error: &dyn std::fmt::Display| SendError::Later(format!("{host}:{port}: {error}"));
        let stream = TcpStream::connect((address, port)).await.map_err(|e| later(&e))?;
        if !secure {
            return ask(stream, request).await.map_err(|e| later(&e));
        }
        let tls = self
            .tls()
            .ok_or_else(|| SendError::Later("the certificates to trust cannot be read".to_owned()))?;
        let name = ServerName::try_from(address.to_owned()).map_err(|e| wrong(&e))?;
        let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|e| later(&e))?;
        ask(stream, request).await.map_err(|e| later(&e))
    }

    fn tls(&self) -> Option<Arc<ClientConfig>> {
        self.tls.get_or_init(|| http_client::trusted().ok().map(Arc::new)).clone()
    }
}

fn request(delivery: &Delivery, uri: &Uri) -> Result<Request<Body>, SendError> {
    let action = &delivery.action;
    let wrong = |error: &dyn std::fmt::Display| SendError::Url(error.to_string());
    let method = match action.method.as_str() {
        "GET" => Method::GET,
        "PUT" => Method::PUT,
        _ => Method::POST,
    };
    let content_type =
        if action.content_type.is_empty() { "application/json" } else { action.content_type.as_str() };
    let body = match (&method, action.body.as_str()) {
        (&Method::GET, _) => String::new(),
        (_, "") => text::everything(delivery).to_string(),
        (_, template) => text::fill(template, delivery, content_type.contains("json")),
    };
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // Credentials in a URL are not sent as part of the host.
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, authority)
        .header(header::USER_AGENT, concat!("tierline/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .map_err(|e| wrong(&e))?;
    for one in &action.headers {
        let name: HeaderName =
            one.name.parse().map_err(|e: axum::http::header::InvalidHeaderName| wrong(&e))?;
        if name == header::HOST || name == header::CONTENT_LENGTH || name == header::TRANSFER_ENCODING {
            continue;
        }
        let value = HeaderValue::from_str(&one.value).map_err(|e| wrong(&e))?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<StatusCode, hyper::Error> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    // What it says is of no interest, but a server may want to be listened to.
    let _ = Limited::new(response.into_body(), WEBHOOK_ANSWER_BYTES_MAX).collect().await;
    connection.abort();
    Ok(status)
}
