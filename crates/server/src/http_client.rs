//! A small HTTP client: for the command line, to ask a controller that is running, and to ask an OpenID Connect
//! provider.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A file of certificates to trust besides the system's, for those who made their own.
pub const CA_FILE: &str = "TIERLINE_CA_FILE";

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

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether by TLS.
    pub tls: bool,
    /// Host and port.
    pub authority: String,
}

impl Address {
    /// The host without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.authority.rsplit_once(':').map_or(self.authority.as_str(), |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
    }
}

/// Address and path of a URL; a port that is not there is the usual one.
///
/// # Errors
/// When it is neither `http` nor `https`.
pub fn parse(url: &str) -> Result<(Address, String)> {
    let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => bail!("{url} is not of the form https://host or http://host:port"),
    };
    let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    if authority.is_empty() || authority.contains(['@', ' ', '#']) {
        bail!("{url} is not of the form https://host or http://host:port");
    }
    let with_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let usual = if tls { 443 } else { 80 };
    let authority = if with_port { authority.to_owned() } else { format!("{authority}:{usual}") };
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Ok((Address { tls, authority }, path))
}

/// The address of a controller: `http://host:port`, `https://host`, or `host` for port 8090.
///
/// # Errors
/// When it is something else.
pub fn controller(url: &str) -> Result<Address> {
    let url = url.trim_end_matches('/');
    let plain = url.strip_prefix("http://").or_else(|| (!url.contains("://")).then_some(url));
    match plain {
        Some(host) if !host.is_empty() && !host.contains(['/', ':']) => {
            Ok(Address { tls: false, authority: format!("{host}:8090") })
        }
        Some(host) => Ok(parse(&format!("http://{host}"))?.0),
        None => Ok(parse(url)?.0),
    }
}

/// Sends one request in plain HTTP.
///
/// # Errors
/// When nobody answers in time.
pub async fn send(authority: &str, request: Request<Body>) -> Result<Answer> {
    send_to(&Address { tls: false, authority: authority.to_owned() }, request).await
}

/// Sends one request.
///
/// # Errors
/// When nobody answers in time, or by TLS somebody else.
pub async fn send_to(address: &Address, request: Request<Body>) -> Result<Answer> {
    let authority = &address.authority;
    tokio::time::timeout(TIMEOUT, connect(address, request))
        .await
        .with_context(|| format!("no answer from {authority} within {} s", TIMEOUT.as_secs()))?
}

async fn connect(address: &Address, mut request: Request<Body>) -> Result<Answer> {
    let authority = &address.authority;
    let stream = TcpStream::connect(authority)
        .await
        .with_context(|| format!("nobody answers at {authority}; is the controller running?"))?;
    request.headers_mut().insert(header::HOST, authority.parse()?);
    if !address.tls {
        return exchange(stream, request).await;
    }
    let name = ServerName::try_from(address.host().to_owned())?;
    let config = tokio::task::spawn_blocking(trusted).await??;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.with_context(|| {
        format!("{authority} is not who it says; trust your own certificates by {CA_FILE}")
    })?;
    exchange(stream, request).await
}

/// The certificates that are trusted besides the system's.
///
/// # Errors
/// When the file that [`CA_FILE`] names cannot be read.
pub fn own_certificates() -> Result<Vec<CertificateDer<'static>>> {
    let Some(file) = std::env::var_os(CA_FILE).filter(|file| !file.is_empty()) else {
        return Ok(Vec::new());
    };
    let file = PathBuf::from(file);
    let read: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(&file).and_then(Iterator::collect);
    read.with_context(|| format!("cannot read the certificates in {}", file.display()))
}

/// TLS that trusts the system's certificates and [`own_certificates`]. Blocks: it reads files.
///
/// # Errors
/// When they cannot be read.
pub fn trusted() -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(own_certificates()?);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<Answer> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|e| anyhow::anyhow!("the answer was cut off: {e}"))?.to_bytes().to_vec();
    connection.abort();
    Ok(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let check = |url: &str, tls: bool, authority: &str| {
            let expected = Address { tls, authority: authority.to_owned() };
            assert_eq!(controller(url).unwrap(), expected, "{url}");
        };
        check("http://127.0.0.1:8090", false, "127.0.0.1:8090");
        check("127.0.0.1:9", false, "127.0.0.1:9");
        check("http://tierline", false, "tierline:8090");
        check("https://tierline.example.org/", true, "tierline.example.org:443");
        check("https://[::1]:8090", true, "[::1]:8090");
        assert!(controller("ftp://x").is_err() && controller("").is_err());
        let (address, path) = parse("https://a.example?x=1").unwrap();
        assert_eq!((address.authority.as_str(), path.as_str()), ("a.example:443", "/?x=1"));
        assert!(parse("http://user@host/").is_err());
        assert!(parse("http://[::1]:5/x").unwrap().0.is_loopback());
    }
}
