//! The crate graph of ARCHITECTURE.md, enforced: nothing else may depend on anything else, and the agent
//! brings no runtime, server or database into its host.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Which of our crates each of them may use. What is missing here is forbidden.
const GRAPH: &[(&str, &[&str])] = &[
    ("tierline-model", &[]),
    ("tierline-wire", &["tierline-model"]),
    ("tierline", &["tierline-wire", "tierline-model"]),
    ("tierline-store", &["tierline-model"]),
    ("tierline-engine", &["tierline-store", "tierline-model"]),
    ("tierline-server", &["tierline-engine", "tierline-store", "tierline-wire", "tierline-model"]),
    ("tierline-testkit", &["tierline-wire", "tierline-model"]),
    ("tierline-python", &["tierline", "tierline-model"]),
    ("tierline-node", &["tierline", "tierline-model"]),
    ("xtask", &[]),
];

/// What only tests may use: the test kit everywhere, and the server's tests drive a real agent.
const TESTS_ONLY: &[(&str, &str)] = &[("*", "tierline-testkit"), ("tierline-server", "tierline")];

/// What must never come into a host process, not even through somebody else.
const NOT_IN_A_HOST: &[&str] =
    &["tokio", "hyper", "axum", "rusqlite", "libsqlite3-sys", "tonic", "async-std", "openssl-sys"];

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn packages() -> Vec<Value> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--no-deps"])).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn is_allowed(graph: &BTreeMap<&str, &[&str]>, from: &str, to: &str, kind: &Value) -> bool {
    let by_graph = graph.get(from).is_some_and(|allowed| allowed.contains(&to));
    let by_tests =
        kind == "dev" && TESTS_ONLY.iter().any(|(user, used)| (*user == "*" || *user == from) && *used == to);
    by_graph || by_tests || (kind == "dev" && from == to)
}

#[test]
fn our_crates_depend_only_as_the_architecture_says() {
    let graph: BTreeMap<&str, &[&str]> = GRAPH.iter().copied().collect();
    let packages = packages();
    let ours: Vec<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    for package in &packages {
        let from = package["name"].as_str().unwrap();
        if !graph.contains_key(from) {
            wrong.push(format!("{from} is not in ARCHITECTURE.md; give it its place there and in this test"));
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            if ours.contains(&to) && !is_allowed(&graph, from, to, &dependency["kind"]) {
                wrong.push(format!("{from} must not depend on {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_agent_brings_no_runtime_server_or_database_into_its_host() {
    for package in ["tierline", "tierline-python", "tierline-node"] {
        let tree = cargo(&[
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains(&"tierline-model"), "the tree of {package} was not understood:\n{tree}");
        let found: Vec<&&str> = names
            .iter()
            .filter(|name| NOT_IN_A_HOST.contains(name) || name.starts_with("opentelemetry"))
            .collect();
        assert!(
            found.is_empty(),
            "{package} must not bring {found:?} into its host; see `cargo tree -p {package} -e normal`"
        );
    }
}

#[test]
fn the_model_does_no_input_or_output() {
    let tree = cargo(&[
        "tree",
        "--package",
        "tierline-model",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let doing_io = ["ureq", "rustls", "mio", "tokio", "tempfile", "rusqlite", "prost"];
    let found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| doing_io.contains(name))
        .collect();
    assert!(found.is_empty(), "tierline-model is pure; it must not use {found:?}");
}
