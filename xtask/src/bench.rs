//! `cargo xtask bench NAME`: runs `bench/NAME/run.py`, which measures us beside our peers.

use std::process::Command;

use anyhow::{Result, bail};

use crate::python::Environment;
use crate::{dist, process, python, setup, workspace};

/// Runs one of the folders of `bench/`; further arguments go to its script.
pub fn run(arguments: &[String]) -> Result<()> {
    let names = names()?;
    let Some((name, rest)) = arguments.split_first().filter(|(name, _)| names.contains(name)) else {
        bail!("`cargo xtask bench NAME` with one of: {}", names.join(", "));
    };
    setup::basics()?;
    let folder = workspace::root().join("bench").join(name);
    let requirements = format!("bench/{name}/requirements.txt");
    let packages = match workspace::root().join(&requirements).is_file() {
        true => vec!["-r", requirements.as_str()],
        false => Vec::new(),
    };
    let why = "the peers to measure beside";
    let environment = Environment::with(&python::main()?, &format!("bench-{name}"), &packages, why)?;
    environment.install_wheel(&dist::wheel()?)?;
    let mut script = Command::new(environment.python());
    script.arg(folder.join("run.py")).args(rest).env("TIERLINE_BIN", workspace::dist().join("tierline"));
    process::run(&mut script)
}

/// The folders of `bench/` that have a script.
fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(workspace::root().join("bench"))? {
        let entry = entry?;
        if entry.path().join("run.py").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
