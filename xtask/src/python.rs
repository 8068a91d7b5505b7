//! Python interpreters, and virtual environments below the target folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, setup, workspace};

/// The minor versions of Python 3 that the agent supports.
const MINORS: std::ops::RangeInclusive<u32> = 10..=13;

/// One CPython interpreter.
#[derive(Clone, Debug)]
pub struct Python {
    /// The interpreter itself, behind any version manager's shim.
    pub executable: PathBuf,
    /// The `N` of Python 3.N.
    pub minor: u32,
}

/// A virtual environment.
pub struct Environment {
    folder: PathBuf,
}

/// The interpreter that builds and runs everything: `python3` when it is new enough, else the newest found.
pub fn main() -> Result<Python> {
    probe("python3".as_ref())
        .filter(|python| python.minor >= *MINORS.start())
        .or_else(|| all().pop())
        .context("Python 3.10 or newer is needed; install the Debian packages python3 and python3-venv and try again")
}

/// One interpreter per supported version, as far as this machine has them, oldest first.
pub fn all() -> Vec<Python> {
    MINORS
        .filter_map(|minor| {
            candidates(minor).iter().find_map(|path| probe(path.as_os_str()).filter(|p| p.minor == minor))
        })
        .collect()
}

fn candidates(minor: u32) -> Vec<PathBuf> {
    let name = format!("python3.{minor}");
    let mut found: Vec<PathBuf> = workspace::on_path(&name).into_iter().collect();
    found.extend(workspace::on_path("python3"));
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let pyenv = pyenv.or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let versions = pyenv.and_then(|folder| std::fs::read_dir(folder.join("versions")).ok());
    for version in versions.into_iter().flatten().flatten() {
        if version.file_name().to_string_lossy().starts_with(&format!("3.{minor}.")) {
            found.push(version.path().join("bin").join(&name));
        }
    }
    found
}

/// Asks a candidate what it is. Shims of version managers exist without working, so only an answer counts.
fn probe(candidate: &OsStr) -> Option<Python> {
    const QUESTION: &str = "import sys, sysconfig; print(sys.implementation.name, \
        bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sys.version_info[1], sys.executable)";
    let answer = process::quiet(Command::new(candidate).args(["-c", QUESTION])).ok()?;
    let mut words = answer.trim().splitn(4, ' ');
    let usual = words.next() == Some("cpython") && words.next() == Some("False");
    let minor = words.next()?.parse().ok()?;
    // One interpreter has several names; an environment made under one serves the others.
    let executable = std::fs::canonicalize(words.next()?).ok()?;
    usual.then_some(Python { executable, minor })
}

impl Environment {
    /// The environment of this name for this interpreter, made when it is not there, with `packages`
    /// (names, or `-r` and a file) installed. Nothing is done when nothing changed since the last time.
    pub fn with(python: &Python, name: &str, packages: &[&str], why: &str) -> Result<Self> {
        let folder = workspace::target().join("venv").join(format!("{name}-3.{}", python.minor));
        let environment = Self { folder };
        let wanted = wanted(python, packages)?;
        let stamp = environment.folder.join("tierline-installed");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(environment);
        }
        println!("installing {} from PyPI for Python 3.{} ({why})", packages.join(" "), python.minor);
        environment.create(python)?;
        environment.pip(packages)?;
        std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(environment)
    }

    /// Installs our own wheel, replacing an older build of the same version.
    pub fn install_wheel(&self, wheel: &Path) -> Result<()> {
        let build = format!("{:?}", std::fs::metadata(wheel).and_then(|file| file.modified()));
        let stamp = self.folder.join("tierline-wheel");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == build) {
            return Ok(());
        }
        self.pip(&["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
        std::fs::write(&stamp, build).with_context(|| format!("cannot write {}", stamp.display()))
    }

    /// The interpreter inside.
    pub fn python(&self) -> PathBuf {
        self.program("python")
    }

    /// A program that a package installed.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    fn create(&self, python: &Python) -> Result<()> {
        // One made by another interpreter, or half made, is of no use.
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)
                .with_context(|| format!("cannot remove {}", self.folder.display()))?;
        }
        let venv = || process::quiet(Command::new(&python.executable).args(["-m", "venv"]).arg(&self.folder));
        if let Err(error) = venv() {
            // Debian's python3 comes without the module that puts pip into an environment.
            if workspace::on_path("apt-get").is_none() || !error.to_string().contains("ensurepip") {
                return Err(error);
            }
            setup::debian(&[&format!("python3.{}-venv", python.minor)], "virtual environments for Python")?;
            venv()?;
        }
        Ok(())
    }

    fn pip(&self, arguments: &[&str]) -> Result<()> {
        if arguments.is_empty() {
            return Ok(());
        }
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(arguments);
        process::quiet(pip.current_dir(workspace::root())).map(|_| ())
    }
}

/// Everything that decides what an environment holds, as one text.
fn wanted(python: &Python, packages: &[&str]) -> Result<String> {
    let mut text = format!("{}\n{}\n", python.executable.display(), packages.join(" "));
    for pair in packages.windows(2) {
        if pair[0] == "-r" {
            let file = workspace::root().join(pair[1]);
            match std::fs::read_to_string(&file) {
                Ok(requirements) => text.push_str(&requirements),
                Err(error) => bail!("cannot read {}: {error}", file.display()),
            }
        }
    }
    Ok(text)
}
