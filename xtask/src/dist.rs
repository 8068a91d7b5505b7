//! `cargo xtask dist`: what users get, in `dist/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::python::Environment;
use crate::{npm_package, process, python, setup, workspace};

const MATURIN: &str = "maturin>=1.16,<2";

/// The files that [`build`] makes.
pub struct Dist {
    /// `dist/tierline`: the controller, with the page inside.
    pub binary: PathBuf,
    /// `dist/tierline-*.whl`: the Python agent.
    pub wheel: PathBuf,
    /// `dist/tierline-*.tgz`: the Node.js agent.
    pub tarball: PathBuf,
}

/// Builds everything and says where it is.
pub fn run() -> Result<()> {
    setup::basics()?;
    let dist = build()?;
    for file in [&dist.binary, &dist.wheel, &dist.tarball] {
        let bytes = std::fs::metadata(file)?.len();
        println!("{} ({:.1} MB)", file.display(), bytes as f64 / 1e6);
    }
    Ok(())
}

/// Builds everything; each part does nothing when it is up to date.
pub fn build() -> Result<Dist> {
    page()?;
    Ok(Dist { binary: binary()?, wheel: wheel()?, tarball: tarball()? })
}

/// The page, to be embedded: `ui/dist`.
pub fn page() -> Result<()> {
    let folder = workspace::root().join("ui");
    setup::npm_packages(&folder)?;
    let built = std::fs::metadata(folder.join("dist/index.html")).and_then(|file| file.modified());
    if built.is_ok_and(|built| newest_below(&folder).is_ok_and(|newest| newest <= built)) {
        return Ok(());
    }
    println!("building the page");
    process::quiet(Command::new("npm").args(["run", "--silent", "build"]).current_dir(&folder)).map(|_| ())
}

/// The controller: `dist/tierline`.
pub fn binary() -> Result<PathBuf> {
    println!("building the controller");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "--package", "tierline-server", "--bin", "tierline"]);
    process::run(cargo.current_dir(workspace::root()))?;
    let to = workspace::dist().join("tierline");
    replace(&workspace::target().join("release/tierline"), &to)?;
    Ok(to)
}

/// The Python agent: `dist/tierline-*.whl`.
pub fn wheel() -> Result<PathBuf> {
    let python = python::main()?;
    let maturin = Environment::with(&python, "maturin", &[MATURIN], "building the wheel")?;
    println!("building the wheel");
    let fresh = workspace::target().join("wheel");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh)?;
    }
    let mut build = Command::new(maturin.program("maturin"));
    build.args([
        "build",
        "--profile",
        "wheel",
        "--quiet",
        "--manifest-path",
        "python/Cargo.toml",
        "--interpreter",
    ]);
    build.arg(&python.executable).arg("--out").arg(&fresh).current_dir(workspace::root());
    process::quiet(&mut build)?;
    let built = files_in(&fresh, "whl")?.pop().context("maturin succeeded without making a wheel")?;
    only(&built, "whl")
}

/// The Node.js agent: `dist/tierline-*.tgz`.
pub fn tarball() -> Result<PathBuf> {
    only(&npm_package::pack()?, "tgz")
}

/// The wheel in `dist/`, when one was built.
pub fn built_wheel() -> Result<PathBuf> {
    files_in(&workspace::dist(), "whl")?.pop().context("dist/ has no wheel")
}

/// The npm package in `dist/`, when one was built.
pub fn built_tarball() -> Result<PathBuf> {
    files_in(&workspace::dist(), "tgz")?.pop().context("dist/ has no npm package")
}

/// Puts a file into `dist/` as the only one of its kind: another version's beside it would be taken for it.
fn only(built: &Path, extension: &str) -> Result<PathBuf> {
    let dist = workspace::dist();
    std::fs::create_dir_all(&dist)?;
    for old in files_in(&dist, extension)? {
        if old.file_name() != built.file_name() {
            std::fs::remove_file(old)?;
        }
    }
    let to = dist.join(built.file_name().context("a built file has a name")?);
    replace(built, &to)?;
    Ok(to)
}

/// Copies `from` over `to` unless they are the same already, so that `to` keeps its time and a running
/// program can be replaced.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let new = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if std::fs::read(to).is_ok_and(|old| old == new) {
        return Ok(());
    }
    std::fs::create_dir_all(workspace::dist())?;
    let beside = to.with_extension("new");
    std::fs::copy(from, &beside)?;
    std::fs::rename(&beside, to).with_context(|| format!("cannot write {}", to.display()))
}

fn files_in(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(files)
}

/// When the youngest source file below `folder` was written.
fn newest_below(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !matches!(&*entry.file_name().to_string_lossy(), "node_modules" | "dist" | "test-results") {
                newest = newest.max(newest_below(&entry.path())?);
            }
        } else if kind.is_file() {
            newest = newest.max(entry.metadata()?.modified()?);
        }
    }
    Ok(newest)
}
