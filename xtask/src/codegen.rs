//! `cargo xtask codegen`: writes the generated files, which are committed, or proves them fresh.

use anyhow::{Context, Result, bail};

use crate::protos;

/// Writes its files, or with `true` only compares and names what is stale.
type Generator = fn(bool) -> Result<()>;

/// Everything that is generated.
const GENERATORS: [(&str, Generator); 1] = [("the OTLP and OpAMP types", protos::generate)];

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
