//! `cargo xtask check`: what reads the code without running it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::python::Environment;
use crate::{codegen, process, python, setup, workspace};

/// Why a check did not hold, or did not run.
enum Verdict {
    Holds,
    Skipped(String),
}

type Check = fn() -> Result<Verdict>;

/// Runs every check and names all that fail, not only the first.
pub fn run() -> Result<()> {
    setup::basics()?;
    let checks: [(&str, Check); 12] = [
        ("generated files", || codegen::check().map(|()| Verdict::Holds)),
        ("rustfmt", || cargo(&["fmt", "--all", "--check"])),
        ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])),
        ("cargo doc", doc),
        ("cargo deny", deny),
        ("ruff", ruff),
        ("pyright", pyright),
        ("biome", biome),
        ("biome, Node.js sources", biome_node),
        ("tsc, Node.js agent", tsc_node),
        ("npm audit", audit),
        ("knip", knip),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        match check() {
            Ok(Verdict::Holds) => println!("{name}: holds"),
            Ok(Verdict::Skipped(reason)) => println!("{name}: skipped, {reason}"),
            Err(error) => {
                println!("{name}: FAILED\n{error:#}");
                failed.push(name);
            }
        }
        if process::interrupted() {
            bail!("interrupted");
        }
    }
    if !failed.is_empty() {
        bail!("these checks failed: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<Verdict> {
    process::run(Command::new("cargo").args(arguments).current_dir(workspace::root()))
        .map(|()| Verdict::Holds)
}

/// Documentation whose links lead somewhere.
fn doc() -> Result<Verdict> {
    let mut doc = Command::new("cargo");
    doc.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings");
    process::run(doc.current_dir(workspace::root())).map(|()| Verdict::Holds)
}

fn deny() -> Result<Verdict> {
    let tool = match setup::cargo_tool("cargo-deny", "licences and advisories of the crates we use") {
        Ok(tool) => tool,
        Err(error) => return Ok(Verdict::Skipped(format!("cargo-deny cannot be installed here: {error:#}"))),
    };
    let mut fetch = Command::new(&tool);
    // The advisories come from a git repository; the other checks need no network.
    let online = process::quiet(fetch.args(["fetch"]).current_dir(workspace::root())).is_ok();
    let mut deny = Command::new(&tool);
    deny.args(["--log-level=error", "check", "bans", "licenses", "sources"]).current_dir(workspace::root());
    if online {
        deny.arg("advisories");
    }
    process::run(&mut deny)?;
    Ok(if online {
        Verdict::Holds
    } else {
        Verdict::Skipped("advisories cannot be fetched here; the rest holds".into())
    })
}

/// The Python sources: the agent's package, the example, the benchmarks.
const PYTHON_FOLDERS: [&str; 3] = ["python", "examples", "bench"];

fn ruff() -> Result<Verdict> {
    let tools = python_tools()?;
    for action in [&["check", "--quiet"][..], &["format", "--check", "--quiet"]] {
        let mut ruff = Command::new(tools.program("ruff"));
        process::run(ruff.args(action).args(PYTHON_FOLDERS).current_dir(workspace::root()))?;
    }
    Ok(Verdict::Holds)
}

/// The package and the examples; tests misuse the API on purpose, benchmarks need their peers.
fn pyright() -> Result<Verdict> {
    let tools = python_tools()?;
    let mut pyright = Command::new(tools.program("pyright"));
    process::run(pyright.current_dir(workspace::root())).map(|()| Verdict::Holds)
}

fn python_tools() -> Result<Environment> {
    Environment::with(
        &python::main()?,
        "check",
        &["ruff==0.17.5", "pyright==1.1.414"],
        "style and types of the Python sources",
    )
}

fn biome() -> Result<Verdict> {
    npm(&["run", "--silent", "lint"])
}

/// The Node.js sources beside the page, which is formatted and linted with settings of its own.
const NODE_FOLDERS: [&str; 4] = ["node/lib", "node/tests", "bench/agent-node", "examples/shop/node"];

fn biome_node() -> Result<Verdict> {
    setup::npm_packages(&workspace::root().join("ui"))?;
    let mut biome = Command::new(workspace::root().join("ui/node_modules/.bin/biome"));
    biome.args(["lint", "--config-path=node/lint.json"]).args(NODE_FOLDERS).current_dir(workspace::root());
    process::run(&mut biome).map(|()| Verdict::Holds)
}

fn tsc_node() -> Result<Verdict> {
    let folder = workspace::root().join("node");
    setup::npm_packages(&folder)?;
    let mut tsc = Command::new(folder.join("node_modules/.bin/tsc"));
    process::run(tsc.args(["--project", ".", "--noEmit"]).current_dir(&folder)).map(|()| Verdict::Holds)
}

fn audit() -> Result<Verdict> {
    match process::quiet(Command::new("npm").arg("ping")) {
        Ok(_) => npm(&["audit", "--omit=dev", "--audit-level=high"]),
        Err(_) => Ok(Verdict::Skipped("npm is offline or knows no advisories".into())),
    }
}

fn knip() -> Result<Verdict> {
    npm(&["exec", "--no", "--", "knip"])
}

fn npm(arguments: &[&str]) -> Result<Verdict> {
    let folder = workspace::root().join("ui");
    setup::npm_packages(&folder)?;
    process::run(Command::new("npm").args(arguments).current_dir(&folder)).map(|()| Verdict::Holds)
}
