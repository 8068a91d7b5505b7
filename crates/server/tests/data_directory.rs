//! `tierline backup`, `restore`, `export` and `import` beside a running controller.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::binary::Binary;
use support::shop;

const CALLS: &str = "Overall Application Performance|Calls per Minute";
const SNAPSHOTS: &str = "/controller/rest/applications/shop/request-snapshots?time-range-type=BEFORE_NOW&duration-in-mins=60&output=JSON";

fn tierline(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierline"));
    command.args(arguments).arg("--data").arg(data).output().unwrap()
}

fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fails(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_made_while_it_runs_have_everything_and_say_what_they_need() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    let data = at("data");
    let binary = Binary::start(&data).await;
    for (path, body) in &shop::requests(shop::minute_ms()) {
        assert_eq!(binary.ingest(path, body.clone()).await.unwrap().status, 200);
    }
    let snapshots = binary.json(SNAPSHOTS).await;
    assert_eq!(snapshots.as_array().unwrap().len(), 2);
    assert!(succeeds(&tierline(&["backup", &text("copy")], &data)).contains("keep it as safe"));
    assert!(succeeds(&tierline(&["export", &text("all.tierline")], &data)).contains("2 segments"));
    let guid = snapshots[0]["requestGUID"].as_str().unwrap();
    assert!(
        succeeds(&tierline(&["export", &text("one.tierline"), "--guid", guid], &data)).contains("0 reports")
    );
    assert!(fails(&tierline(&["export", &text("all.tierline")], &data)).contains("cannot make"));
    assert!(fails(&tierline(&["export", &text("x"), "--guid", "nonsense"], &data)).contains("is no GUID"));
    let in_use = fails(&tierline(&["import", &text("all.tierline")], &data));
    assert!(in_use.contains("is in use by another process"), "{in_use}");
    binary.stop();
    succeeds(&tierline(&["restore", &text("copy")], &at("restored")));
    succeeds(&tierline(&["import", &text("all.tierline")], &at("imported")));
    assert!(
        fails(&tierline(&["restore", &text("copy")], &at("restored"))).contains("holds something already")
    );
    for name in ["restored", "imported"] {
        let binary = Binary::start(&at(name)).await;
        assert_eq!(binary.sum(CALLS).await, 10, "{name}");
        assert_eq!(binary.json(SNAPSHOTS).await, snapshots, "{name}");
        binary.stop();
    }
}
