//! `cargo xtask bench NAME`: measures us, beside our peers where there are any, with what is in `bench/NAME`.
//!
//! A `requirements.txt` names peers from PyPI: `run.py` runs among them and our own wheel. A `package.json` names peers
//! from npm: `run.mjs` runs among them and our own package. A `Cargo.toml` is a program of its own; one that starts the
//! controller finds its path in `TIERLINE_BIN`, which may be preset.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::python::Environment;
use crate::{dist, node, process, python, setup, workspace};

/// Programs that start the controller.
const WITH_CONTROLLER: [&str; 3] = ["ingest", "query", "rest"];

/// Where they find it.
const BINARY: &str = "TIERLINE_BIN";

/// Runs one of the folders of `bench/`; further arguments go to its program.
pub fn run(arguments: &[String]) -> Result<()> {
    let names = names()?;
    let Some((name, rest)) = arguments.split_first().filter(|(name, _)| names.contains(name)) else {
        bail!("`cargo xtask bench NAME` with one of: {}", names.join(", "));
    };
    setup::basics()?;
    let folder = workspace::root().join("bench").join(name);
    let mut program = if folder.join("requirements.txt").is_file() {
        python_among_peers(name, &folder)?
    } else if folder.join("package.json").is_file() {
        node_among_peers(&folder)?
    } else {
        rust_program(name, &folder)?
    };
    process::run(program.args(rest))
}

fn python_among_peers(name: &str, folder: &Path) -> Result<Command> {
    let requirements = format!("bench/{name}/requirements.txt");
    let why = "the peers to measure beside";
    let environment =
        Environment::with(&python::main()?, &format!("bench-{name}"), &["-r", &requirements], why)?;
    environment.install_wheel(&dist::wheel()?)?;
    let mut script = Command::new(environment.python());
    script.arg(folder.join("run.py")).env("TIERLINE_BIN", workspace::dist().join("tierline"));
    Ok(script)
}

fn node_among_peers(folder: &Path) -> Result<Command> {
    node::newest_packages(folder, "the peers to measure beside")?;
    node::install_agent(folder, &dist::tarball()?)?;
    let mut script = Command::new(node::main()?.executable);
    script.arg(folder.join("run.mjs")).env("TIERLINE_NODES", node::paths(&node::all()?));
    Ok(script)
}

fn rust_program(name: &str, folder: &Path) -> Result<Command> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--release", "--quiet", "--manifest-path"]).arg(folder.join("Cargo.toml")).arg("--");
    cargo.env("CARGO_TARGET_DIR", workspace::target().join("bench"));
    if WITH_CONTROLLER.contains(&name) && std::env::var_os(BINARY).is_none() {
        dist::page()?;
        cargo.env(BINARY, dist::binary()?);
    }
    Ok(cargo)
}

/// The folders of `bench/` that can be run.
fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(workspace::root().join("bench"))? {
        let entry = entry?;
        let has = |file: &str| entry.path().join(file).is_file();
        let is_program =
            (has("requirements.txt") && has("run.py")) || (has("package.json") && has("run.mjs"));
        if is_program || has("Cargo.toml") {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
