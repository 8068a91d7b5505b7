//! `cargo xtask codegen`: writes the generated files, which are committed, or proves them fresh.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, protos, setup, workspace};

/// Writes its files, or with `true` only compares and names what is stale.
type Generator = fn(bool) -> Result<()>;

/// Everything that is generated.
const GENERATORS: [(&str, Generator); 4] = [
    ("the OTLP and OpAMP types", protos::generate),
    ("the reference of the agent's settings", agent_settings),
    ("the OpenAPI document of the page's API", openapi),
    ("the page's types of its API", page_types),
];

/// Writes every generated file; with `--check` changes nothing and fails when one is stale.
pub fn run(arguments: &[String]) -> Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => generate(false),
        ["--check"] => generate(true),
        _ => bail!("codegen takes no argument, or `--check`"),
    }
}

/// Fails when a committed file is not what its generator makes today.
pub fn check() -> Result<()> {
    generate(true)
}

fn generate(check: bool) -> Result<()> {
    for (what, generator) in GENERATORS {
        generator(check).with_context(|| what.to_owned())?;
    }
    Ok(())
}

fn agent_settings(check: bool) -> Result<()> {
    own_test(&["--test", "settings_reference"], "TIERLINE_BLESS", check)
}

fn openapi(check: bool) -> Result<()> {
    own_test(&["--lib", "openapi"], "UPDATE", check)
}

/// A test that compares what it generates with what is committed, and writes it when `variable` is set. Built for the whole
/// workspace, as `cargo xtask test` does: for one package alone, crates would be built again with other features.
fn own_test(which: &[&str], variable: &str, check: bool) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--quiet", "--workspace"]).args(which).current_dir(workspace::root());
    if !check {
        cargo.env(variable, "1");
    }
    process::quiet(&mut cargo).map(|_| ())
}

fn page_types(check: bool) -> Result<()> {
    let folder = workspace::root().join("ui");
    setup::npm_packages(&folder)?;
    let script = if check { "codegen:check" } else { "codegen" };
    process::quiet(Command::new("npm").args(["run", "--silent", script]).current_dir(&folder)).map(|_| ())
}
