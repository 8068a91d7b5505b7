//! Login through a real OpenID Connect provider (npm `oidc-provider`), by a browser of few words.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openid_provider");

/// What was started, with its output kept open: who writes to a closed one may end.
struct Ended(Child, #[expect(dead_code, reason = "held open")] BufReader<std::process::ChildStdout>);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Ended {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    // Each of them says something when it is ready.
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    assert!(output.read_line(&mut line).is_ok_and(|length| length > 0), "it did not start");
    Ended(child, output)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What the browser saw in the end: status, text, and the controller's word about its session.
fn log_in(controller: &str, user: &str, how: &str) -> (u64, String, u64, Value) {
    let output = Command::new("node")
        .args(["browser.mjs", controller, user, how])
        .current_dir(FOLDER)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    let session = serde_json::from_str(seen["session"]["text"].as_str().unwrap()).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    let text = seen["text"].as_str().unwrap().to_owned();
    (number(&seen["status"]), text, number(&seen["session"]["status"]), session)
}

#[test]
#[ignore = "needs the provider from npm: run `cargo xtask test rest-api`"]
fn people_log_in_through_their_provider() {
    let (provider_port, port) = (free_port(), free_port());
    let controller = format!("http://127.0.0.1:{port}");
    let redirect = format!("{controller}/api/login/oidc/callback");
    let provider = provider_port.to_string();
    let _provider =
        start(Command::new("node").args(["provider.mjs", &provider, &redirect]).current_dir(FOLDER));
    let folder = tempfile::tempdir().unwrap();
    let _controller = start(
        Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(["up", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(folder.path())
            .args(["--oidc-issuer", &format!("http://127.0.0.1:{provider_port}")])
            .args(["--oidc-client-id", "tierline", "--oidc-administrators", "operators"])
            .env("TIERLINE_OIDC_CLIENT_SECRET", "a secret with / and +")
            .env("TIERLINE_ADMIN_PASSWORD", "a-good-password"),
    );
    std::thread::sleep(std::time::Duration::from_millis(500));
    let (status, text, _, session) = log_in(&controller, "anna", "");
    assert_eq!((status, &session["user"]), (303, &Value::from("anna")), "{text}");
    let may = session["permissions"].as_array().unwrap();
    assert!(may.contains(&"view-snapshots".into()) && !may.contains(&"manage-users".into()), "{session}");
    let (_, _, _, session) = log_in(&controller, "boss", "");
    let may = session["permissions"].as_array().unwrap();
    assert!(may.contains(&"manage-users".into()), "a member of the group that administrates: {session}");
    let (status, text, session_status, _) = log_in(&controller, "anna", "stolen");
    assert_eq!((status, session_status), (403, 401), "another browser cannot use the answer");
    assert!(text.contains("was not begun in this browser"), "{text}");
    let (status, _, _, _) = log_in(&controller, "anna", "twice");
    assert_eq!(status, 403, "an answer counts once");
    let (status, text, session_status, _) = log_in(&controller, "admin", "");
    assert_eq!((status, session_status), (403, 401), "a name here is not a name there");
    assert!(text.contains("there is a user admin already"), "{text}");
}
