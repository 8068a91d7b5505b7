//! Our npm package, `dist/tierline-<version>.tgz`: compiled modules, types and the native file, ready to install.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{node, process, setup, workspace};

/// Optimised as a whole, like the wheel's module: see Cargo.toml.
const PROFILE: &str = "wheel";

/// Builds the package below the target folder and answers the packed file.
pub fn pack() -> Result<PathBuf> {
    let source = workspace::root().join("node");
    setup::npm_packages(&source)?;
    println!("building the npm package");
    let (modules, stage) = (modules(), workspace::target().join("npm/package"));
    for folder in [&modules, &stage] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
    }
    std::fs::create_dir_all(&modules)?;
    compile(&source, &modules)?;
    std::fs::copy(native()?, modules.join(native_name()))?;
    copy_tree(&modules, &stage.join("dist"))?;
    process::quiet(Command::new("node").arg(source.join("scripts/one_file.mjs")).arg(stage.join("dist")))?;
    std::fs::copy(source.join("README.md"), stage.join("README.md")).context("node/README.md")?;
    std::fs::copy(workspace::root().join("LICENSE"), stage.join("LICENSE"))?;
    std::fs::write(stage.join("package.json"), manifest(&source)?)?;
    let packed = process::quiet(
        Command::new("npm").args(["pack", "--silent", "--pack-destination", ".."]).current_dir(&stage),
    )?;
    let name = packed.lines().last().context("npm pack named no file")?;
    Ok(workspace::target().join("npm").join(name.trim()))
}

/// Puts the built modules into `node/dist` too, one by one: tests of the sources also look into them.
pub fn into_source_folder() -> Result<()> {
    copy_tree(&modules(), &workspace::root().join("node/dist"))
}

/// What the package's one file is made of.
fn modules() -> PathBuf {
    workspace::target().join("npm/modules")
}

/// The package as it is packed, for programs that load it without installing it.
pub fn entry() -> PathBuf {
    workspace::target().join("npm/package/dist/index.js")
}

/// TypeScript to CommonJS, an ES module in front of it, and declarations.
fn compile(source: &Path, to: &Path) -> Result<()> {
    let mut tsc = Command::new(source.join("node_modules/.bin/tsc"));
    process::quiet(tsc.args(["--project", ".", "--outDir"]).arg(to).current_dir(source)).map(|_| ())
}

fn native() -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--profile", PROFILE, "--package", "tierline-node"]);
    process::run(cargo.current_dir(workspace::root()))?;
    let suffix = if cfg!(target_os = "macos") { "dylib" } else { "so" };
    Ok(workspace::target().join(PROFILE).join(format!("libtierline_node.{suffix}")))
}

/// Platform, processor and C library are in the name, so that files for several can lie side by side.
fn native_name() -> String {
    let library = match (cfg!(target_os = "linux"), cfg!(target_env = "musl")) {
        (true, true) => "-musl",
        (true, false) => "-gnu",
        (false, _) => "",
    };
    format!("tierline.{}-{}{library}.node", node::platform(), node::architecture())
}

/// What is installed needs nothing of what builds it. A dependency or an install script would break the promise that
/// installing is copying files.
fn manifest(source: &Path) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(&std::fs::read_to_string(source.join("package.json"))?)?;
    let fields = manifest.as_object_mut().context("node/package.json is not an object")?;
    for building in ["scripts", "devDependencies"] {
        fields.remove(building);
    }
    for forbidden in ["dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies"] {
        if fields.contains_key(forbidden) {
            bail!("node/package.json has {forbidden}; the agent brings nothing but itself");
        }
    }
    if fields.get("version").and_then(Value::as_str) != Some(env!("CARGO_PKG_VERSION")) {
        bail!("node/package.json has another version than Cargo.toml, {}", env!("CARGO_PKG_VERSION"));
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            // Beside and renamed: a process that has the old file loaded keeps it.
            let beside = target.with_extension("new");
            std::fs::copy(entry.path(), &beside)?;
            std::fs::rename(&beside, &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
