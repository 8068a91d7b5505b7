//! Node interpreters, and what npm installs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, workspace};

/// The major versions of Node that the agent supports.
const MAJORS: [u32; 4] = [18, 20, 22, 24];

/// One Node interpreter.
#[derive(Clone, Debug)]
pub struct Node {
    /// The program.
    pub executable: PathBuf,
    /// The `N` of vN.x.y.
    pub major: u32,
}

/// The interpreter on `PATH`, which builds and runs everything.
pub fn main() -> Result<Node> {
    let executable = workspace::on_path("node").context("Node.js 20 or newer is needed")?;
    probe(executable.as_os_str()).context("the `node` on PATH does not say its version")
}

/// One interpreter per supported version: the one on `PATH`, and the others from npm's packages of Node as far as
/// they can be had here.
pub fn all() -> Result<Vec<Node>> {
    let main = main()?;
    let mut nodes = Vec::new();
    for major in MAJORS {
        if major == main.major {
            nodes.push(main.clone());
            continue;
        }
        match packaged(major) {
            Ok(node) => nodes.push(node),
            Err(error) => println!("Node {major}: left out, it cannot be had here ({error:#})"),
        }
    }
    // A newer one than we know still has to work where we develop.
    if !MAJORS.contains(&main.major) {
        nodes.push(main);
    }
    Ok(nodes)
}

/// How a program told to use several interpreters finds them: their paths, joined by colons.
pub fn paths(nodes: &[Node]) -> String {
    nodes.iter().map(|node| node.executable.to_string_lossy()).collect::<Vec<_>>().join(":")
}

fn packaged(major: u32) -> Result<Node> {
    let package = format!("node-{}-{}", platform(), architecture());
    let folder = workspace::target().join("node").join(major.to_string());
    let executable = folder.join("node_modules").join(&package).join("bin/node");
    if !executable.is_file() {
        let wanted = format!("{package}@{major}");
        println!("installing {wanted} from npm (the tests of the agent on Node {major})");
        own_folder(&folder)?;
        npm_install(&folder, &[&wanted])?;
    }
    let node =
        probe(executable.as_os_str()).with_context(|| format!("{} does not run", executable.display()))?;
    Ok(node)
}

fn probe(candidate: &OsStr) -> Option<Node> {
    let answer = process::quiet(Command::new(candidate).arg("--version")).ok()?;
    let major = answer.trim().trim_start_matches('v').split('.').next()?.parse().ok()?;
    Some(Node { executable: PathBuf::from(candidate), major })
}

/// Installs what `package.json` in `folder` names, at whatever its newest release is; nothing when it did not change.
pub fn newest_packages(folder: &Path, why: &str) -> Result<()> {
    let file = folder.join("package.json");
    let wanted = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let stamp = folder.join("node_modules/.tierline-installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the npm packages of {} ({why})", file.display());
    npm_install(folder, &[])?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Installs our own package into `folder` as programs know it, `appdynamics`, beside what is there already.
pub fn install_agent(folder: &Path, tarball: &Path) -> Result<()> {
    let stamp = folder.join("node_modules/.tierline-agent");
    let build = format!("{:?}", std::fs::metadata(tarball).and_then(|file| file.modified()));
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == build) {
        return Ok(());
    }
    // npm takes another build of the same version for the same thing.
    let old = folder.join("node_modules/appdynamics");
    if old.exists() {
        std::fs::remove_dir_all(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        std::fs::remove_file(folder.join("node_modules/.package-lock.json")).ok();
    }
    npm_install(folder, &[&format!("appdynamics@file:{}", tarball.display())])?;
    std::fs::write(&stamp, build).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A folder that npm takes for a project of its own, and not for a part of what is around it.
fn own_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("package.json"), "{\"private\":true}\n")
        .with_context(|| format!("cannot write into {}", folder.display()))
}

fn npm_install(folder: &Path, packages: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]);
    process::quiet(npm.args(packages).current_dir(folder)).map(|_| ())
}

/// The operating system as Node calls it.
pub fn platform() -> &'static str {
    if cfg!(target_os = "macos") { "darwin" } else { "linux" }
}

/// The processor as Node calls it.
pub fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" }
}
