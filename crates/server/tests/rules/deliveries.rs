//! Actions that are carried out: webhooks to a server that listens, email to one that speaks SMTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use serde_json::json;
use tierline_server::actions::{Sender, deliver};

use super::*;

/// Answers one HTTP request after the other, each with the next status, and tells what was sent.
fn http(statuses: &'static [u16]) -> (u16, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = sync_channel(10);
    std::thread::spawn(move || {
        for status in statuses {
            let Ok((stream, _)) = listener.accept() else { return };
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            let _ = tell.send((head, String::from_utf8(body).unwrap()));
        }
    });
    (port, told)
}

/// Takes one email and tells the conversation.
fn smtp() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = sync_channel(1);
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut said = String::new();
        let mut letter = false;
        reader.get_mut().write_all(b"220 test\r\n").unwrap();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                break;
            }
            said.push_str(&line);
            let answer: &[u8] = match line.trim_end() {
                "." if letter => {
                    letter = false;
                    b"250 taken\r\n"
                }
                _ if letter => continue,
                "DATA" => {
                    letter = true;
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            reader.get_mut().write_all(answer).unwrap();
        }
        let _ = tell.send(said);
    });
    (port, told)
}

async fn policy_with(server: &Server, action: Value) {
    let made =
        expect(server, "POST", "/alerting/actions", json!({ "definition": action }), StatusCode::CREATED)
            .await;
    let policy = json!({"definition": {"name": "deployments", "events": {"otherEvents": ["APPLICATION_DEPLOYMENT"]},
        "actions": [{"actionName": made["name"], "actionType": action["actionType"]}]}});
    expect(server, "POST", "/alerting/policies", policy, StatusCode::CREATED).await;
    deliver(&server.controller, &Arc::new(Sender::default())).await; // events from now on
}

async fn deploy(server: &Server) {
    let event = json!({"type": "APPLICATION_DEPLOYMENT", "summary": "v2 \"is\" out\r\nX-Evil: 1"});
    expect(server, "POST", "/events", event, StatusCode::CREATED).await;
    deliver(&server.controller, &Arc::new(Sender::default())).await;
}

#[tokio::test]
async fn a_webhook_is_sent_and_a_refusal_is_told() {
    let server = Server::with_shop().await;
    let (port, told) = http(&[200, 503, 404]);
    let action = json!({"name": "hook", "actionType": "HTTP_REQUEST", "url": format!("http://127.0.0.1:{port}/in?a=1"),
        "headers": [{"name": "X-Token", "value": "t"}, {"name": "Host", "value": "evil"}],
        "body": "{\"text\": \"${application}: ${summary}\"}"});
    policy_with(&server, action).await;
    deploy(&server).await;
    let (head, body) = told.recv().unwrap();
    assert!(head.starts_with("POST /in?a=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("x-token: t") && head.contains(&format!("host: 127.0.0.1:{port}")), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["text"], "shop: v2 \"is\" out\r\nX-Evil: 1");
    let done = server.api("/deliveries").await;
    assert_eq!((&done[0]["status"], &done[0]["attempts"]), (&json!("DONE"), &json!(1)));
    deploy(&server).await;
    told.recv().unwrap();
    let waiting = server.api("/deliveries").await;
    assert_eq!((&waiting[0]["status"], &waiting[0]["attempts"]), (&json!("WAITING"), &json!(1)));
    assert!(waiting[0]["text"].as_str().unwrap().contains("503"), "{waiting}");
    deploy(&server).await;
    told.recv().unwrap();
    let events = server.api("/events?types=ACTION_FAILED").await;
    assert!(events[0]["summary"].as_str().unwrap().contains("answered 404"), "{events}");
}

#[tokio::test]
async fn an_email_goes_through_the_server_of_the_account() {
    let server = Server::with_shop().await;
    let (port, told) = smtp();
    let email =
        json!({"host": "127.0.0.1", "port": port, "protection": "none", "from": "tierline@example.org"});
    expect(&server, "PUT", "/api/email-server", email, StatusCode::NO_CONTENT).await;
    policy_with(&server, json!({"name": "mail", "actionType": "EMAIL", "emails": ["ops@example.org"]})).await;
    deploy(&server).await;
    let said = tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap();
    for part in [
        "MAIL FROM:<tierline@example.org>",
        "RCPT TO:<ops@example.org>",
        "Application: shop",
        "Policy: deployments",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(
        !said.contains("\r\nX-Evil: 1\r\n") || said.find("X-Evil") > said.find("\r\n\r\n"),
        "no header: {said}"
    );
    let shown = server.get("/api/email-server").await.json();
    assert_eq!((&shown["hasPassword"], &shown["port"]), (&json!(false), &json!(port)));
}

#[tokio::test]
async fn an_action_can_be_tried_out() {
    let server = Server::with_shop().await;
    let (port, told) = http(&[200]);
    let definition =
        json!({"name": "hook", "actionType": "HTTP_REQUEST", "url": format!("http://127.0.0.1:{port}")});
    let made = expect(
        &server,
        "POST",
        "/alerting/actions",
        json!({ "definition": definition }),
        StatusCode::CREATED,
    )
    .await;
    let path = format!("/alerting/actions/{}/test", made["id"]);
    let outcome = expect(&server, "POST", &path, Value::Null, StatusCode::OK).await;
    assert_eq!(outcome["done"], json!(true), "{outcome}");
    let body: Value = serde_json::from_str(&told.recv().unwrap().1).unwrap();
    assert_eq!((&body["events"][0]["type"], &body["application"]), (&json!("TEST"), &json!("shop")));
    let closed = expect(&server, "POST", &path, Value::Null, StatusCode::OK).await;
    assert_eq!(closed["done"], json!(false), "nobody listens any more");
    for wrong in ["ftp://x", "http://", "http:///x", "http://a b"] {
        let definition = json!({"name": "wrong", "actionType": "HTTP_REQUEST", "url": wrong});
        let body = json!({ "definition": definition });
        expect(&server, "POST", "/alerting/actions", body, StatusCode::BAD_REQUEST).await;
    }
}
