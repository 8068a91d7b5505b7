//! Schemathesis over both OpenAPI documents against the real binary: whatever it makes up, no answer is a 5xx, and every
//! answer has a status, a media type and a shape that the document declares.
//!
//! `cargo xtask test rest-api` installs Schemathesis (PyPI) into an environment of its own and runs this.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::binary::Binary;
use support::in_process::PASSWORD;
use support::shop;
use tierline_model::{AppId, NodeId, TierId};

/// The program `schemathesis`.
const PROGRAM: &str = "TIERLINE_SCHEMATHESIS";

/// Seconds for one document.
const SECONDS_MAX: &str = "30";

/// The whole API keeps to its documents.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Schemathesis from PyPI: run `cargo xtask test rest-api`"]
async fn every_answer_is_as_the_documents_say() {
    let program =
        std::env::var_os(PROGRAM).unwrap_or_else(|| panic!("{PROGRAM} names the program schemathesis"));
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(&folder.path().join("data")).await;
    for (path, body) in shop::requests(shop::minute_ms()) {
        assert!(binary.ingest(path, body).await.unwrap().status.is_success());
    }
    let rest = tierline_server::rest::document::document().unwrap();
    let page = tierline_server::api::openapi::document().unwrap();
    for (name, document) in [("rest", rest), ("page", page)] {
        let mut document: Value = serde_json::from_str(&document).unwrap();
        lead_to_what_is_there(&mut document);
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, document.to_string()).unwrap();
        let program = PathBuf::from(&program);
        let (address, at) = (binary.address.clone(), folder.path().to_owned());
        let held = tokio::task::spawn_blocking(move || run(&program, &file, &address, &at)).await.unwrap();
        assert!(held, "the {name} API does not keep to its document: see above");
    }
}

/// Made-up names find nothing: most of the time those of the shop are used.
fn lead_to_what_is_there(document: &mut Value) {
    let known = |name: &str| -> Vec<String> {
        match name {
            "app" => vec!["shop".into(), AppId::of(shop::APP).to_string()],
            "tier" => vec!["web".into(), TierId::of(shop::APP, "pay").to_string()],
            "node" => vec!["web-1".into(), NodeId::of(shop::APP, "pay", "pay-1").to_string()],
            "bt" => vec![shop::bt_id().to_string()],
            "guid" => vec![shop::GUID.into()],
            "backend" => vec![shop::pay_backend().id.to_string()],
            "kind" => vec!["auto".into(), "custom".into(), "exclude".into()],
            "entryType" => vec!["PYTHON_WEB".into()],
            "id" => ["1", "2", "3", "101"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        }
    };
    let methods = document["paths"].as_object_mut().unwrap().values_mut();
    for call in methods.flat_map(|path| path.as_object_mut().unwrap().values_mut()) {
        for parameter in call.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let names = known(parameter["name"].as_str().unwrap());
            let is_text = parameter["schema"]["type"] == "string";
            if parameter["in"] == "path" && is_text && !names.is_empty() {
                parameter["schema"] =
                    json!({"anyOf": [{"type": "string", "enum": names}, {"type": "string", "minLength": 1}]});
            }
        }
    }
}

fn run(program: &Path, file: &Path, address: &str, folder: &Path) -> bool {
    let mut schemathesis = Command::new(program);
    schemathesis.arg("run").arg(file).args(["--url", &format!("http://{address}")]);
    schemathesis.args(["--auth", &format!("admin@customer1:{PASSWORD}")]);
    schemathesis.args(["--header", "X-CSRF-TOKEN: any"]);
    schemathesis.args([
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    ]);
    schemathesis.args(["--phases", "examples,coverage,fuzzing", "--max-time", SECONDS_MAX]);
    // One worker: CPython 3.11 reads sources on two threads at one time and loses count ("AST constructor recursion
    // depth mismatch").
    schemathesis.args(["--workers", "1", "--seed", "1", "--max-examples", "40", "--request-timeout", "20"]);
    schemathesis.args(["--suppress-health-check", "all", "--generation-database", "none", "--no-shrink"]);
    schemathesis.args(["--continue-on-failure", "--warnings", "off", "--no-color"]);
    let status = schemathesis.current_dir(folder).status().expect("schemathesis starts");
    status.success()
}
