//! A small HTTP/1.1 client over blocking sockets: one connection, kept alive, short timeouts, bounded answers.
//!
//! It waits in slices of [`WAIT_SLICE`] and asks its [`Patience`] between them, so that the reporter can close an
//! interval in time and `shutdown` can call a request off.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use crate::http_answer::{Answer, Answering};
use crate::http_stream::{Stream, TlsError, TlsSetup};
use crate::limits::{
    HTTP_ADDRESSES_MAX, HTTP_CONNECT_TIMEOUT, HTTP_IDLE_TIMEOUT, HTTP_REQUEST_TIMEOUT, HTTP_RESOLVED_MAX,
};
use crate::settings::{Address, Proxy, Settings};

/// How long a wait on a socket lasts before [`Patience`] is asked.
pub const WAIT_SLICE: Duration = Duration::from_millis(50);

/// Asked every [`WAIT_SLICE`] while a request waits.
pub trait Patience {
    /// `false` calls the request off.
    fn go_on(&mut self) -> bool;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The name has no address.
    #[error("the name {0} has no address ({1}); check the host name and the resolver")]
    Resolve(String, io::Error),
    /// Nobody listens there.
    #[error("no connection to {0} ({1}); check host, port and firewall")]
    Connect(String, io::Error),
    /// No agreement on encryption.
    #[error("no TLS with {0}: {1}")]
    Tls(String, TlsError),
    /// The proxy refused.
    #[error("the proxy answered {0} to CONNECT; check its settings")]
    Proxy(u16),
    /// The connection broke.
    #[error("the connection broke ({0})")]
    Io(#[from] io::Error),
    /// Too slow.
    #[error("no answer in time")]
    Timeout,
    /// [`Patience`] ended.
    #[error("called off")]
    CalledOff,
    /// Not HTTP.
    #[error("the answer is not HTTP/1.1: {0}")]
    Malformed(&'static str),
    /// Longer than [`crate::limits::HTTP_ANSWER_BYTES_MAX`].
    #[error("the answer is too long")]
    TooLong,
}

/// Where requests go.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The server.
    pub address: Address,
    /// Before every path: empty, or `/` and more without a slash at the end.
    pub base_path: String,
    /// The proxy on the way.
    pub proxy: Option<Proxy>,
    /// Certificates to trust, instead of the system's.
    pub certificate: Option<PathBuf>,
}

impl Endpoint {
    /// The controller of these settings.
    #[must_use]
    pub fn of_controller(settings: &Settings) -> Option<Self> {
        settings.controller.clone().map(|address| Self::of(settings, address, String::new()))
    }

    /// The OTLP endpoint of these settings.
    #[must_use]
    pub fn of_otlp(settings: &Settings) -> Option<Self> {
        settings.otlp.clone().map(|otlp| Self::of(settings, otlp.address, otlp.base_path))
    }

    fn of(settings: &Settings, address: Address, base_path: String) -> Self {
        Self { address, base_path, proxy: settings.proxy.clone(), certificate: settings.certificate.clone() }
    }

    /// `host:port` as a Host header has it.
    #[must_use]
    pub fn authority(&self) -> String {
        let Address { host, port, tls } = &self.address;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        match (tls, port) {
            (true, 443) | (false, 80) => host,
            _ => format!("{host}:{port}"),
        }
    }
}

/// The client: one connection at a time.
pub struct Client {
    endpoint: Endpoint,
    connection: Option<Connection>,
    tls: Option<TlsSetup>,
}

struct Connection {
    stream: Stream,
    used_at: Instant,
}

impl Client {
    /// A client for one server. Nothing is opened yet.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, connection: None, tls: None }
    }

    /// Posts `body` and reads the answer. A kept connection that turns out to be closed is replaced once.
    ///
    /// # Errors
    /// When there is no answer within [`HTTP_REQUEST_TIMEOUT`], or none that is understood.
    pub fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        patience: &mut dyn Patience,
    ) -> Result<Answer, HttpError> {
        let deadline = Instant::now() + HTTP_REQUEST_TIMEOUT;
        let head = self.head(path, headers, body.len());
        if let Some(connection) = self.connection.take().filter(|c| c.used_at.elapsed() < HTTP_IDLE_TIMEOUT) {
            match self.exchange(connection.stream, &head, body, deadline, patience) {
                // Nothing came back: the server had closed it meanwhile. Repeating is safe for all we send.
                Err(HttpError::Io(_)) => {}
                done => return done,
            }
        }
        let stream = self.connect(deadline, patience)?;
        self.exchange(stream, &head, body, deadline, patience)
    }

    fn head(&self, path: &str, headers: &[(&str, &str)], body_bytes: usize) -> Vec<u8> {
        let Endpoint { base_path, address, proxy, .. } = &self.endpoint;
        let authority = self.endpoint.authority();
        let through_plain_proxy = proxy.as_ref().filter(|_| !address.tls);
        let origin =
            if through_plain_proxy.is_some() { format!("http://{authority}") } else { String::new() };
        let mut head = format!(
            "POST {origin}{base_path}{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {body_bytes}\r\n\
             User-Agent: tierline/{}\r\nConnection: keep-alive\r\n",
            env!("CARGO_PKG_VERSION")
        );
        if let Some(login) = through_plain_proxy.and_then(proxy_authorization) {
            head.push_str(&login);
        }
        for (name, value) in headers {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    fn exchange(
        &mut self,
        mut stream: Stream,
        head: &[u8],
        body: &[u8],
        deadline: Instant,
        patience: &mut dyn Patience,
    ) -> Result<Answer, HttpError> {
        write_all(&mut stream, head, deadline, patience)?;
        write_all(&mut stream, body, deadline, patience)?;
        let (answer, reusable) = read_answer(&mut stream, false, deadline, patience)?;
        if reusable {
            self.connection = Some(Connection { stream, used_at: Instant::now() });
        }
        Ok(answer)
    }

    fn connect(&mut self, deadline: Instant, patience: &mut dyn Patience) -> Result<Stream, HttpError> {
        let Address { host, port, tls } = &self.endpoint.address;
        let (peer_host, peer_port) = match &self.endpoint.proxy {
            Some(proxy) => (&proxy.host, proxy.port),
            None => (host, *port),
        };
        let peer = format!("{peer_host}:{peer_port}");
        let tcp = open(peer_host, peer_port, &peer, patience)?;
        if !*tls {
            return Ok(Stream::Plain(tcp));
        }
        let mut plain = Stream::Plain(tcp);
        if let Some(proxy) = &self.endpoint.proxy {
            let target = format!("{host}:{port}");
            let login = proxy_authorization(proxy).unwrap_or_default();
            let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n");
            write_all(&mut plain, request.as_bytes(), deadline, patience)?;
            let (answer, _) = read_answer(&mut plain, true, deadline, patience)?;
            if answer.status != 200 {
                return Err(HttpError::Proxy(answer.status));
            }
        }
        let refused = |error| HttpError::Tls(peer.clone(), error);
        let setup = match &mut self.tls {
            Some(setup) => setup,
            none => none.insert(TlsSetup::load(self.endpoint.certificate.as_deref()).map_err(refused)?),
        };
        setup.wrap(plain, host).map_err(|error| HttpError::Tls(peer.clone(), error))
    }
}

/// The addresses a name had last.
struct Resolved {
    host: String,
    port: u16,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

/// Kept across a fork: if another thread was inside the resolver at that moment, the child's resolver may be locked
/// for ever, and its reporter with it.
static RESOLVED: ArcSwapOption<Resolved> = ArcSwapOption::const_empty();

/// Tries the addresses of a name in turn, those known already first.
fn open(host: &str, port: u16, peer: &str, patience: &mut dyn Patience) -> Result<TcpStream, HttpError> {
    let known = RESOLVED.load_full().filter(|resolved| {
        let fresh = crate::fork::generation() > 0 || resolved.at.elapsed() < HTTP_RESOLVED_MAX;
        resolved.host == host && resolved.port == port && fresh
    });
    if let Some(known) = known
        && let Ok(stream) = open_one(&known.addresses, peer, patience)
    {
        return Ok(stream);
    }
    let resolved =
        (host, port).to_socket_addrs().map_err(|error| HttpError::Resolve(host.to_owned(), error))?;
    let addresses: Vec<SocketAddr> = resolved.take(HTTP_ADDRESSES_MAX).collect();
    let stream = open_one(&addresses, peer, patience)?;
    RESOLVED.store(Some(Arc::new(Resolved { host: host.to_owned(), port, addresses, at: Instant::now() })));
    Ok(stream)
}

/// The first of these that takes a connection, each tried for [`HTTP_CONNECT_TIMEOUT`].
fn open_one(
    addresses: &[SocketAddr],
    peer: &str,
    patience: &mut dyn Patience,
) -> Result<TcpStream, HttpError> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        if !patience.go_on() {
            return Err(HttpError::CalledOff);
        }
        match TcpStream::connect_timeout(address, HTTP_CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(WAIT_SLICE))?;
                stream.set_write_timeout(Some(WAIT_SLICE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(HttpError::Connect(peer.to_owned(), last))
}

/// Whether an error only says that this slice of waiting is over.
fn is_slice(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

fn check_time(deadline: Instant, patience: &mut dyn Patience) -> Result<(), HttpError> {
    if !patience.go_on() {
        return Err(HttpError::CalledOff);
    }
    if Instant::now() >= deadline { Err(HttpError::Timeout) } else { Ok(()) }
}

fn write_all(
    stream: &mut Stream,
    mut bytes: &[u8],
    deadline: Instant,
    patience: &mut dyn Patience,
) -> Result<(), HttpError> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if is_slice(&error) => check_time(deadline, patience)?,
            Err(error) => return Err(error.into()),
        }
    }
    loop {
        match stream.flush() {
            Ok(()) => return Ok(()),
            Err(error) if is_slice(&error) => check_time(deadline, patience)?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The answer, and whether the connection can be used again. `headers_only`: an answer to CONNECT.
fn read_answer(
    stream: &mut Stream,
    headers_only: bool,
    deadline: Instant,
    patience: &mut dyn Patience,
) -> Result<(Answer, bool), HttpError> {
    let mut answering = Answering::new(headers_only);
    let mut buffer = [0_u8; 8_192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return answering.closed(),
            Ok(read) => {
                if let Some(done) = answering.more(buffer.get(..read).unwrap_or_default())? {
                    return Ok(done);
                }
                // A server that trickles bytes must not hold us beyond the deadline.
                check_time(deadline, patience)?;
            }
            Err(error) if is_slice(&error) => check_time(deadline, patience)?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn proxy_authorization(proxy: &Proxy) -> Option<String> {
    let (user, file) = proxy.login.as_ref()?;
    let bytes = crate::settings::read_config_file(file, 4_096).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let password = text.lines().next().unwrap_or_default().trim();
    Some(format!("Proxy-Authorization: Basic {}\r\n", base64(format!("{user}:{password}").as_bytes())))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit) & 63) as usize;
            let char =
                DIGITS.get(value).filter(|_| digit <= chunk.len()).map_or('=', |digit| char::from(*digit));
            text.push(char);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_rfc_4648() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
