//! Webhooks and email over TLS, to servers with certificates of an authority of their own.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use axum::body::Body;
use axum::http::Request;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use support::binary::Binary;
use support::in_process::{PASSWORD, basic};
use support::shop;
use tierline_server::http_client::send;

/// What TLS servers of `localhost` speak with; their authority's certificate is written to `authority`.
fn tls(authority: &Path) -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    std::fs::write(authority, made.cert.pem()).unwrap();
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.key_pair.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

fn wrapped(tls: &Arc<ServerConfig>, stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), stream)
}

/// Answers one HTTPS request and tells it.
fn https(tls: Arc<ServerConfig>) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = sync_channel(1);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(wrapped(&tls, listener.accept().unwrap().0));
        let (mut head, mut length, mut line) = (String::new(), 0, String::new());
        // Who is not trusted hears nothing.
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) && !line.trim().is_empty() {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line);
            line.clear();
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_ok() && !head.is_empty() {
            let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            let _ = reader.get_mut().flush();
            let _ = tell.send(String::from_utf8(body).unwrap());
        }
    });
    (port, told)
}

/// Speaks SMTP until somebody wants TLS or has sent a letter; answers the letter.
fn speak<S: Read + Write>(stream: S, greeting: &str, offers: &str) -> (S, Option<String>) {
    let mut reader = BufReader::new(stream);
    let (mut letter, mut in_letter) = (String::new(), false);
    reader.get_mut().write_all(greeting.as_bytes()).unwrap();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            break;
        }
        let answer = match line.trim_end() {
            "." if in_letter => "250 taken\r\n".to_owned(),
            _ if in_letter => {
                letter.push_str(&line);
                continue;
            }
            "DATA" => "354 go on\r\n".to_owned(),
            "STARTTLS" if !offers.is_empty() => "220 go on\r\n".to_owned(),
            "QUIT" => "221 bye\r\n".to_owned(),
            hello if hello.starts_with("EHLO") => format!("250-localhost\r\n{offers}250 8BITMIME\r\n"),
            _ => "250 ok\r\n".to_owned(),
        };
        in_letter = answer.starts_with("354");
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
        let _ = reader.get_mut().flush();
        if answer.starts_with("220") {
            return (reader.into_inner(), None);
        }
        if answer.starts_with("221") {
            break;
        }
    }
    (reader.into_inner(), Some(letter))
}

/// Takes one email, encrypted from the first byte, or after STARTTLS, or (`None`) never.
fn smtp(tls: Arc<ServerConfig>, starttls: Option<bool>) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = sync_channel(1);
    std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        let letter = match starttls {
            None => speak(stream, "220 test\r\n", "").1,
            Some(false) => speak(wrapped(&tls, stream), "220 test\r\n", "").1,
            Some(true) => match speak(stream, "220 test\r\n", "250-STARTTLS\r\n") {
                (stream, None) => speak(wrapped(&tls, stream), "", "").1,
                (_, letter) => letter,
            },
        };
        let _ = tell.send(letter.unwrap_or_default());
    });
    (port, told)
}

struct Page {
    binary: Binary,
}

impl Page {
    async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", basic("admin@customer1", PASSWORD))
            .header("x-csrf-token", "a script")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = send(&self.binary.address, request).await.unwrap();
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Sets an action up and tries it.
    async fn try_out(&self, action: Value) -> (bool, String) {
        let base = format!("/api/applications/{}/alerting/actions", tierline_model::AppId::of(shop::APP));
        let made = self.call("POST", &base, &json!({ "definition": action })).await;
        let outcome = self.call("POST", &format!("{base}/{}/test", made["id"]), &json!({})).await;
        (outcome["done"] == json!(true), outcome["text"].as_str().unwrap().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_and_email_go_over_tls_to_whom_is_trusted_only() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    let (known, stranger) = (tls(&trusted), tls(&folder.path().join("stranger.pem")));
    let variables = [("TIERLINE_CA_FILE", trusted.to_str().unwrap())];
    let page = Page { binary: Binary::start_with(&folder.path().join("data"), &variables).await };
    for (path, body) in &shop::requests(shop::minute_ms()) {
        assert_eq!(page.binary.ingest(path, body.clone()).await.unwrap().status, 200);
    }
    let hook = |name: &str, port: u16| json!({"name": name, "actionType": "HTTP_REQUEST", "url": format!("https://localhost:{port}/in")});
    let (port, told) = https(Arc::clone(&known));
    let (done, text) = page.try_out(hook("known", port)).await;
    assert!(done, "{text}");
    assert!(told.recv().unwrap().contains("This is a test"));
    let (port, told) = https(Arc::clone(&stranger));
    let (done, text) = page.try_out(hook("stranger", port)).await;
    assert!(!done && text.to_lowercase().contains("certificate"), "{text}");
    assert!(told.recv().is_err(), "nothing was said to somebody else");

    let mail = |name: &str| json!({"name": name, "actionType": "EMAIL", "emails": ["ops@example.org"]});
    for (tls, protection, starttls, taken) in [
        (&known, "tls", Some(false), true),
        (&known, "starttls", Some(true), true),
        (&stranger, "tls", Some(false), false),
        (&stranger, "starttls", Some(true), false),
        // A server that offers no encryption gets no letter.
        (&known, "starttls", None, false),
    ] {
        let (port, told) = smtp(Arc::clone(tls), starttls);
        let server = json!({"host": "localhost", "port": port, "protection": protection, "from": "tierline@example.org"});
        page.call("PUT", "/api/email-server", &server).await;
        let (done, text) = page.try_out(mail(&format!("mail to {port}"))).await;
        assert_eq!(done, taken, "{protection} {starttls:?}: {text}");
        let letter = told.recv().unwrap_or_default();
        assert_eq!(letter.contains("This is a test"), taken, "{protection} {starttls:?}: {letter}");
    }
    page.binary.stop();
}
