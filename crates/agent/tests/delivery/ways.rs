//! Ways to the controller that are not plain TCP: TLS, and HTTP proxies.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tierline_testkit::recording::RecordingController;

use crate::runner::{Setup, Tests, spooled_files};

pub const TESTS: Tests = &[
    ("tls_with_the_certificate_of_a_file", tls_with_the_certificate_of_a_file),
    ("tls_with_somebody_unknown_sends_nothing", tls_with_somebody_unknown_sends_nothing),
    ("an_http_proxy_passes_requests_on", an_http_proxy_passes_requests_on),
    ("tls_through_an_http_proxy", tls_through_an_http_proxy),
];

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).display().to_string()
}

/// Listens on a free port, and serves connections in threads that end with the process.
fn listen(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            // A connection that breaks is no matter of this side.
            std::thread::spawn(move || serve(stream).unwrap_or_default());
        }
    });
    port
}

/// Passes bytes both ways until one side closes.
fn pass(near: &mut (impl Read + Write), far: &mut TcpStream) -> io::Result<()> {
    far.set_read_timeout(Some(Duration::from_millis(5)))?;
    let mut buffer = [0; 16_384];
    loop {
        match near.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => far.write_all(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        match far.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => near.write_all(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// Speaks TLS and passes on to `port`.
fn tls_in_front_of(port: u16) -> u16 {
    let chain = CertificateDer::pem_file_iter(fixture("tls-server.pem")).unwrap().flatten().collect();
    let key = PrivateKeyDer::from_pem_file(fixture("tls-server.key")).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    let config = Arc::new(config);
    listen(move |near| {
        near.set_read_timeout(Some(Duration::from_millis(5)))?;
        let connection = rustls::ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        pass(&mut rustls::StreamOwned::new(connection, near), &mut TcpStream::connect(("127.0.0.1", port))?)
    })
}

/// An HTTP proxy; remembers the first line and the login of each connection.
fn proxy(seen: Arc<Mutex<Vec<String>>>) -> u16 {
    listen(move |mut near| {
        near.set_read_timeout(Some(Duration::from_millis(5)))?;
        let mut head = Vec::new();
        let mut buffer = [0; 4_096];
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            match near.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => head.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut words = text.split(' ');
        let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        let login = text.lines().find(|line| line.starts_with("Proxy-Authorization: ")).unwrap_or("no login");
        seen.lock().unwrap().push(format!("{method} {target} {login}"));
        let authority = target.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let mut far = TcpStream::connect(authority)?;
        if method == "CONNECT" {
            near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        } else {
            let path = target.splitn(4, '/').nth(3).unwrap();
            far.write_all(
                &[format!("POST /{path}").as_bytes(), &head[method.len() + 1 + target.len()..]].concat(),
            )?;
        }
        pass(&mut near, &mut far)
    })
}

fn secure(setup: Setup, certificate: &str) -> Setup {
    setup
        .with("APPDYNAMICS_CONTROLLER_SSL_ENABLED", "(on)")
        .with("APPDYNAMICS_CONTROLLER_CERTIFICATE_FILE", certificate)
        .with("APPDYNAMICS_CONTROLLER_HOST_NAME", "localhost")
}

fn tls_with_the_certificate_of_a_file() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let mut setup = Setup::of(&controller, scratch.path());
    setup.port = tls_in_front_of(controller.port());
    let said = secure(setup, &fixture("tls-authority.pem")).play("work", &["1000", "5000"]);
    assert_eq!((controller.ended(), said.number("delivered")), (1_000, 1), "{}", said.0);
}

fn tls_with_somebody_unknown_sends_nothing() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let mut setup = Setup::of(&controller, scratch.path());
    setup.port = tls_in_front_of(controller.port());
    for certificate in ["", "/nowhere.pem", &fixture("tls-server.key")] {
        let said = secure(setup.clone(), certificate).play("work", &["10", "3000"]);
        assert_eq!(said.number("delivered"), 0, "{certificate}: {}", said.0);
    }
    let ours = secure(setup.clone(), &fixture("tls-authority.pem"));
    let said = ours
        .clone()
        .with("APPDYNAMICS_CONTROLLER_HOST_NAME", "localhost.localdomain")
        .play("work", &["10", "3000"]);
    assert_eq!(said.number("delivered"), 0, "another name");
    assert_eq!(controller.recorded().len(), 0);
    assert!(!spooled_files(scratch.path()).is_empty());
}

fn an_http_proxy_passes_requests_on() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let password = scratch.path().join("password");
    std::fs::write(&password, "open sesame\n").unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let said = Setup::of(&controller, scratch.path())
        .with("APPDYNAMICS_HTTP_PROXY_HOST", "127.0.0.1")
        .with("APPDYNAMICS_HTTP_PROXY_PORT", &proxy(seen.clone()).to_string())
        .with("APPDYNAMICS_HTTP_PROXY_USER", "ali")
        .with("APPDYNAMICS_HTTP_PROXY_PASSWORD_FILE", &password.display().to_string())
        .play("start", &[]);
    assert_eq!(said.number("delivered"), 1, "{}", said.0);
    assert_eq!(controller.ended(), 1);
    let seen = seen.lock().unwrap().clone();
    for line in &seen {
        let begin = format!("POST http://127.0.0.1:{}/v1/", controller.port());
        assert!(
            line.starts_with(&begin) && line.ends_with("Authorization: Basic YWxpOm9wZW4gc2VzYW1l"),
            "{seen:?}"
        );
    }
    assert!(!seen.is_empty());
}

fn tls_through_an_http_proxy() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let mut setup = Setup::of(&controller, scratch.path());
    setup.port = tls_in_front_of(controller.port());
    let port = setup.port;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let through = proxy(seen.clone());
    let setup = setup.with("APPDYNAMICS_HTTP_PROXY_HOST", &format!("http://127.0.0.1:{through}/"));
    let said = secure(setup, &fixture("tls-authority.pem")).play("work", &["100", "5000"]);
    assert_eq!((controller.ended(), said.number("delivered")), (100, 1), "{}", said.0);
    let seen = seen.lock().unwrap().clone();
    assert!(seen.iter().all(|line| *line == format!("CONNECT localhost:{port} no login")), "{seen:?}");
    assert!(seen.len() <= 2, "one connection is kept: {seen:?}");
}
