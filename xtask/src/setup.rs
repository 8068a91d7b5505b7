//! What the tasks need beside Rust, Python and Node: looked for first, installed by name when missing.
//!
//! Everything but Debian packages goes below the target folder or into a `node_modules`. Each install says
//! what it is for, and nothing is said when everything is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

const NODE_MAJOR_MIN: u32 = 20;

/// Checks what the README asks for, and adds the linker that Rust needs.
pub fn basics() -> Result<()> {
    node()?;
    crate::python::main()?;
    if workspace::on_path("cc").is_none() {
        debian(&["gcc", "libc6-dev"], "the C compiler and linker that Rust and SQLite need")?;
    }
    Ok(())
}

/// Node and npm, at least version 20.
pub fn node() -> Result<()> {
    let text = process::quiet(Command::new("node").arg("--version"))
        .context("Node.js 20 or newer is needed to build the page; install it and try again")?;
    let major =
        text.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("Node.js {NODE_MAJOR_MIN} or newer is needed to build the page; this is {}", text.trim());
    }
    if workspace::on_path("npm").is_none() {
        bail!("npm is needed to build the page; it comes with Node.js, or as the Debian package npm");
    }
    Ok(())
}

/// A browser for the browser tests: the one on `PATH`, else Debian's.
pub fn chromium() -> Result<PathBuf> {
    let find =
        || ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| workspace::on_path(name));
    if let Some(browser) = find() {
        return Ok(browser);
    }
    debian(&["chromium"], "the browser that the browser tests drive")?;
    find().context("chromium was installed, yet it is not on PATH")
}

/// `npm ci`, unless what is installed is what the lock file says.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let lock = std::fs::read_to_string(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let stamp = folder.join("node_modules/.tierline-installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("installing the npm packages of {} (building and testing it)", shown(folder));
    let mut npm = Command::new("npm");
    process::quiet(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder))?;
    std::fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A cargo subcommand, compiled below the target folder on first use.
pub fn cargo_tool(name: &str, why: &str) -> Result<PathBuf> {
    if let Some(tool) = workspace::on_path(name) {
        return Ok(tool);
    }
    let folder = workspace::target().join("tools");
    let tool = folder.join("bin").join(name);
    if !tool.is_file() {
        println!("installing {name} from crates.io ({why}); this takes some minutes, once");
        let mut cargo = Command::new("cargo");
        process::quiet(cargo.args(["install", "--quiet", "--locked", "--root"]).arg(&folder).arg(name))?;
    }
    Ok(tool)
}

/// Installs Debian packages, as root or through sudo.
pub fn debian(packages: &[&str], why: &str) -> Result<()> {
    println!("installing the Debian packages {} ({why})", packages.join(", "));
    if workspace::on_path("apt-get").is_none() {
        bail!("this is not Debian; please install {} yourself ({why})", packages.join(", "));
    }
    // The package list first: a fresh machine has none, an old one has a stale one.
    process::quiet(&mut apt(&["update", "-qq"])?)?;
    let mut install = apt(&["install", "-qq", "-y", "--no-install-recommends"])?;
    process::quiet(install.args(packages)).map(|_| ())
}

fn apt(arguments: &[&str]) -> Result<Command> {
    let mut command = if nix::unistd::geteuid().is_root() {
        Command::new("apt-get")
    } else if workspace::on_path("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        bail!("Debian packages are missing and this is neither root nor a machine with sudo");
    };
    // Somebody else may be installing; that ends.
    command.args(["-o", "DPkg::Lock::Timeout=120"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn shown(folder: &Path) -> String {
    folder.strip_prefix(workspace::root()).unwrap_or(folder).display().to_string()
}
