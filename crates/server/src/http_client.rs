//! A small HTTP client for the command line, to ask a controller that is running.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

const TIMEOUT: Duration = Duration::from_secs(10);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Host and port of `http://host:port`.
///
/// # Errors
/// When it is something else; the command line speaks plain HTTP only.
pub fn authority(url: &str) -> Result<String> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let authority = rest.split('/').next().unwrap_or_default();
    if url.starts_with("https://") || authority.is_empty() {
        bail!("{url} is not of the form http://host:port");
    }
    Ok(if authority.contains(':') { authority.to_owned() } else { format!("{authority}:8090") })
}

/// Sends one request.
///
/// # Errors
/// When nobody answers in time.
pub async fn send(authority: &str, request: Request<Body>) -> Result<Answer> {
    tokio::time::timeout(TIMEOUT, exchange(authority, request))
        .await
        .with_context(|| format!("no answer from {authority} within {} s", TIMEOUT.as_secs()))?
}

async fn exchange(authority: &str, mut request: Request<Body>) -> Result<Answer> {
    let stream = TcpStream::connect(authority)
        .await
        .with_context(|| format!("no controller answers at {authority}"))?;
    request.headers_mut().insert(header::HOST, authority.parse()?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|e| anyhow::anyhow!("the answer was cut off: {e}"))?.to_bytes().to_vec();
    connection.abort();
    Ok(Answer { status, body })
}
