//! `cargo xtask test`: everything that proves something, from set-up to the browser, with one closing line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::demo::Demo;
use crate::node::{self, Node};
use crate::process::Output;
use crate::python::{Environment, Python};
use crate::tally::{self, Runner, Tally};
use crate::{codegen, dist, npm_package, process, python, setup, workspace};

/// A step that takes longer hangs.
const STEP_LIMIT: Duration = Duration::from_secs(20 * 60);
/// Tests that run on the main interpreter only: they take long, or need the world.
const FOLDERS_OF_MAIN: [&str; 3] = ["e2e", "fork", "hooks"];
/// What the hooks of the Python agent are tested against: a program of each, and the Debian package it is in.
const SERVERS_OF_HOOKS: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/sbin/mariadbd", "mariadb-server"),
    ("/usr/bin/redis-server", "redis-server"),
    ("/usr/bin/memcached", "memcached"),
    ("/usr/sbin/rabbitmq-server", "rabbitmq-server"),
];
/// When set, what the Python agent detects is tested with the oldest versions as well, which takes minutes.
const OLDEST_VARIABLE: &str = "TIERLINE_OLDEST";
/// Tests of the Node agent with a step or a way of their own; `package` visits the other interpreters itself.
const NODE_FOLDERS_APART: [&str; 3] = ["e2e", "package", "typescript"];
/// Tests of the Node agent that run on every interpreter.
const NODE_FOLDERS_OF_ALL: [&str; 1] = ["api"];
/// Tests of the Node agent that run on the newest interpreter, too, where more is built in than on the main one.
const NODE_FOLDERS_OF_NEWEST: [&str; 2] = ["api", "hooks"];
/// Tests of the Node agent that run on the main interpreter only, because they take minutes.
const NODE_FILES_OF_MAIN: [&str; 1] = ["heap.test.mjs"];
/// Short, so that the browser test need not wait for whole minutes.
const BROWSER_REPORT_INTERVAL_MS: u64 = 1_000;

/// Makes up requests from OpenAPI documents.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

type Step = fn() -> Result<Tally>;

const STEPS: &[(&str, Step)] = &[
    ("setup", set_up),
    ("codegen", generated_files),
    ("page", page),
    ("rust", rust),
    ("rest-api", rest_api),
    ("dist", build),
    ("python", python_tests),
    ("node", node_tests),
    ("end-to-end", end_to_end),
    ("browser", browser),
];

/// Runs all steps, or those named, and fails when anything in them did.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.iter().find(|name| !STEPS.iter().any(|(step, _)| step == name)) {
        bail!(
            "there is no step `{unknown}`; the steps are {}",
            STEPS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        );
    }
    let mut sum = Tally::default();
    let mut report = Vec::new();
    for (name, step) in STEPS {
        if !arguments.is_empty() && !arguments.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n=== {name}");
        let began = Instant::now();
        let tally = step().unwrap_or_else(|error| {
            println!("{name}: {error:#}");
            Tally { failed: 1, ..Tally::default() }
        });
        let seconds = began.elapsed().as_secs();
        report.push(format!(
            "{name:<12} {seconds:>5} s  {:>5} passed  {:>3} failed",
            tally.passed, tally.failed
        ));
        report.extend(tally.names.iter().map(|name| format!("    {name}")));
        sum += tally;
        if process::interrupted() {
            break;
        }
    }
    println!("\n{}\n", report.join("\n"));
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if process::interrupted() {
        bail!("interrupted");
    }
    if sum.failed > 0 {
        bail!("not everything holds");
    }
    Ok(())
}

fn set_up() -> Result<Tally> {
    setup::basics()?;
    setup::chromium()?;
    let versions: Vec<String> = python::all().iter().map(|python| format!("3.{}", python.minor)).collect();
    println!("Python versions found: {}", versions.join(", "));
    let versions: Vec<String> = node::all()?.iter().map(|node| node.major.to_string()).collect();
    println!("Node versions found: {}", versions.join(", "));
    Ok(Tally::default())
}

fn generated_files() -> Result<Tally> {
    codegen::check()?;
    Ok(Tally { passed: 1, ..Tally::default() })
}

fn page() -> Result<Tally> {
    dist::page()?;
    let folder = workspace::root().join("ui");
    process::run(Command::new("npm").args(["run", "--silent", "typecheck"]).current_dir(&folder))?;
    counted(Runner::Node, Command::new("npm").args(["test", "--silent"]).current_dir(&folder))
}

fn rust() -> Result<Tally> {
    let mut cargo = Command::new("cargo");
    // All binaries, even after one failed: the closing line counts everything.
    counted(
        Runner::Cargo,
        cargo.args(["test", "--workspace", "--no-fail-fast"]).current_dir(workspace::root()),
    )
}

/// Both HTTP APIs against their OpenAPI documents, with requests that Schemathesis makes up; and logins through a real
/// provider of OpenID Connect.
fn rest_api() -> Result<Tally> {
    setup::npm_packages(&workspace::root().join("crates/server/tests/openid_provider"))?;
    let environment =
        Environment::with(&python::main()?, "schemathesis", &[SCHEMATHESIS], "tests of the HTTP APIs")?;
    let mut cargo = Command::new("cargo");
    cargo.args([
        "test",
        // Not the one package: what the step before has built is used again.
        "--workspace",
        "--test",
        "rest_schemathesis",
        "--test",
        "openid_connect",
        "--",
        "--ignored",
        "--nocapture",
    ]);
    cargo.env("TIERLINE_SCHEMATHESIS", environment.program("schemathesis"));
    counted(Runner::Cargo, cargo.current_dir(workspace::root()))
}

fn build() -> Result<Tally> {
    dist::build().map(|_| Tally::default())
}

/// All tests of the agent on the main interpreter, those of the API on every other that this machine has.
fn python_tests() -> Result<Tally> {
    let wheel = built()?.wheel;
    let pythons = python::all();
    if pythons.is_empty() {
        bail!("no CPython between 3.10 and 3.13 was found");
    }
    let main = python::main()?;
    let mut sum = Tally::default();
    for python in pythons {
        println!("\n--- Python 3.{}", python.minor);
        let is_main = python.minor == main.minor;
        let environment = test_environment(&python, if is_main { &FOLDERS_OF_MAIN } else { &[] })?;
        environment.install_wheel(&wheel)?;
        let mut arguments = vec!["python/tests", "--ignore=python/tests/e2e"];
        if is_main {
            servers_of_hooks();
        } else {
            arguments.extend(["--ignore=python/tests/fork", "--ignore=python/tests/hooks"]);
        }
        sum += pytest(&environment, &arguments)?;
        if is_main && std::env::var_os(OLDEST_VARIABLE).is_some() {
            sum += oldest_versions(&python, &wheel)?;
        }
    }
    Ok(sum)
}

fn oldest_versions(python: &Python, wheel: &Path) -> Result<Tally> {
    println!("\n--- the oldest versions of what is detected");
    let packages = ["-r", "python/tests/hooks/oldest.txt"];
    let environment =
        Environment::with(python, "oldest", &packages, "the oldest versions of what is detected")?;
    environment.install_wheel(wheel)?;
    pytest(&environment, &["python/tests/hooks"])
}

/// All tests of the Node agent on the main interpreter, those of the API on every other that can be had, the
/// package as programs install it, and the types as a compiler sees them.
fn node_tests() -> Result<Tally> {
    let tarball = built()?.tarball;
    npm_package::into_source_folder()?;
    let folder = workspace::root().join("node");
    let (main, all) = (node::main()?, node::all()?);
    let mut sum = Tally::default();
    for part in folders_in(&folder.join("tests"))? {
        if folder.join("tests").join(&part).join("package-lock.json").is_file() {
            setup::npm_packages(&folder.join("tests").join(&part))?;
        }
    }
    for node in &all {
        println!("\n--- Node {}", node.major);
        let is_newest = all.iter().all(|other| other.major <= node.major);
        let parts = match (node.major == main.major, is_newest) {
            (true, _) => folders_in(&folder.join("tests"))?,
            (_, true) => NODE_FOLDERS_OF_NEWEST.map(str::to_owned).to_vec(),
            _ => NODE_FOLDERS_OF_ALL.map(str::to_owned).to_vec(),
        };
        let parts = parts.iter().filter(|part| !NODE_FOLDERS_APART.contains(&part.as_str()));
        sum += node_test(node, &folder, parts.map(|part| format!("tests/{part}")))?;
    }
    println!("\n--- the package");
    let mut package = node_test_command(&main, &folder, ["tests/package".to_owned()])?;
    package.env("TIERLINE_TARBALL", tarball).env("TIERLINE_NODES", node::paths(&all));
    sum += counted(Runner::Node, &mut package)?;
    Ok(sum)
}

fn node_test(node: &Node, folder: &Path, parts: impl IntoIterator<Item = String>) -> Result<Tally> {
    counted(Runner::Node, &mut node_test_command(node, folder, parts)?)
}

/// Node 18 and 20 take files, not patterns.
fn node_test_command(node: &Node, folder: &Path, parts: impl IntoIterator<Item = String>) -> Result<Command> {
    let mut test = Command::new(&node.executable);
    test.args(["--test", "--test-reporter=tap"]).current_dir(folder);
    test.env("TIERLINE_BIN", workspace::dist().join("tierline"));
    for part in parts {
        let mut files = Vec::new();
        test_files(&folder.join(&part), &mut files)?;
        files.sort();
        let is_main = node.executable == node::main()?.executable;
        files.retain(|file| is_main || !NODE_FILES_OF_MAIN.iter().any(|name| file.ends_with(name)));
        test.args(files);
    }
    Ok(test)
}

fn test_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" {
            test_files(&path, files)?;
        } else if [".test.js", ".test.cjs", ".test.mjs"].iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
    Ok(())
}

fn folders_in(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Agents and a real controller together, on the main interpreters.
fn end_to_end() -> Result<Tally> {
    let built = built()?;
    let environment = test_environment(&python::main()?, &FOLDERS_OF_MAIN)?;
    environment.install_wheel(&built.wheel)?;
    let mut sum = pytest(&environment, &["python/tests/e2e"])?;
    let folder = workspace::root().join("node");
    let mut node = node_test_command(&node::main()?, &folder, ["tests/e2e".to_owned()])?;
    sum += counted(Runner::Node, node.env("TIERLINE_AGENT", npm_package::entry()))?;
    Ok(sum)
}

/// The page in a real browser, over the running demo.
fn browser() -> Result<Tally> {
    let browser = setup::chromium()?;
    let mut demo = Demo::start(&built()?, None, BROWSER_REPORT_INTERVAL_MS)?;
    demo.wait_until_visible()?;
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "test:browser"]).current_dir(workspace::root().join("ui"));
    npm.env("TIERLINE_CHROMIUM", browser).envs(demo.variables());
    let tally = counted(Runner::Node, &mut npm);
    demo.stop()?;
    tally
}

/// Installs the servers that are missing. Where that is not possible the tests that need them are skipped, and say so.
fn servers_of_hooks() {
    let missing = SERVERS_OF_HOOKS.iter().filter(|(program, _)| !Path::new(program).exists());
    let missing: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if !missing.is_empty()
        && let Err(error) = setup::debian(&missing, "servers for the tests of what is detected")
    {
        println!("{error:#}");
    }
}

/// The environment of the tests, with what `folders` of them need besides.
fn test_environment(python: &Python, folders: &[&str]) -> Result<Environment> {
    let mut files = vec!["python/tests/requirements.txt".to_owned()];
    let more = folders.iter().map(|folder| format!("python/tests/{folder}/requirements.txt"));
    files.extend(more.filter(|file| workspace::root().join(file).is_file()));
    let packages: Vec<&str> = files.iter().flat_map(|file| ["-r", file]).collect();
    Environment::with(python, "test", &packages, "the Python tests")
}

fn pytest(environment: &Environment, arguments: &[&str]) -> Result<Tally> {
    let mut pytest = Command::new(environment.python());
    pytest.args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]).args(arguments);
    pytest.env("TIERLINE_BIN", workspace::dist().join("tierline"));
    counted(Runner::Pytest, pytest.current_dir(workspace::root()))
}

/// Runs a test runner and counts; one that fails without naming a failed test counts as one.
fn counted(runner: Runner, command: &mut Command) -> Result<Tally> {
    command.env("NO_COLOR", "1");
    let ended = process::finish(command, Output::Shown, STEP_LIMIT)?;
    let mut tally = tally::read(runner, &ended.text);
    if let Some(trouble) = ended.trouble {
        println!("`{}` {trouble}", process::line_of(command));
        tally.failed = tally.failed.max(1);
    } else if tally == Tally::default() {
        bail!("`{}` ran no test", process::line_of(command));
    }
    Ok(tally)
}

/// What the step `dist` made; the steps after it can also be run alone.
fn built() -> Result<dist::Dist> {
    let binary: PathBuf = workspace::dist().join("tierline");
    let wheel = dist::built_wheel().context("run `cargo xtask dist` first, or the step `dist`")?;
    let tarball = dist::built_tarball().context("run `cargo xtask dist` first, or the step `dist`")?;
    Ok(dist::Dist { binary, wheel, tarball })
}
