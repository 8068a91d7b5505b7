//! Runs tests one after the other, and children with a time limit.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tierline_testkit::recording::RecordingController;

pub type Tests = &'static [(&'static str, fn())];

pub fn run(arguments: &[String], groups: &[Tests]) {
    let listing = arguments.iter().any(|argument| argument == "--list");
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let mut failed = Vec::new();
    for (name, test) in groups.iter().flat_map(|group| group.iter()) {
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
            continue;
        }
        if listing {
            println!("{name}: test");
            continue;
        }
        let begun = Instant::now();
        let passed = std::panic::catch_unwind(AssertUnwindSafe(test)).is_ok();
        println!(
            "test {name} ... {} ({} ms)",
            if passed { "ok" } else { "FAILED" },
            begun.elapsed().as_millis()
        );
        if !passed {
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
        std::process::exit(1);
    }
}

/// Where an agent reports to and works.
#[derive(Clone)]
pub struct Setup {
    pub port: u16,
    pub directory: String,
    /// Further variables of the agent.
    pub settings: Vec<(&'static str, String)>,
}

impl Setup {
    pub fn of(controller: &RecordingController, directory: &Path) -> Self {
        Self { port: controller.port(), directory: directory.display().to_string(), settings: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Starts a child that plays `scenario`.
    pub fn start(&self, scenario: &str, arguments: &[&str]) -> Playing {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("child").arg(scenario).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        command.env_clear().env("RUST_BACKTRACE", "1");
        command
            .env("APPDYNAMICS_AGENT_APPLICATION_NAME", "shop")
            .env("APPDYNAMICS_AGENT_TIER_NAME", "web")
            .env("APPDYNAMICS_AGENT_NODE_NAME", "web-1")
            .env("APPDYNAMICS_AGENT_BASE_DIR", &self.directory)
            .env("APPDYNAMICS_CONTROLLER_HOST_NAME", "127.0.0.1")
            .env("APPDYNAMICS_CONTROLLER_PORT", self.port.to_string())
            .env("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY", "the-key")
            .env("TIERLINE_REPORT_INTERVAL_MS", "1000");
        for (name, value) in &self.settings {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        Playing(command.spawn().unwrap())
    }

    /// Plays a scenario to its end; answers what it said.
    pub fn play(&self, scenario: &str, arguments: &[&str]) -> Said {
        self.start(scenario, arguments).end(60)
    }
}

/// A child at work. Killed when dropped.
pub struct Playing(Child);

impl Playing {
    /// Waits for its end, at most `seconds`.
    pub fn end(mut self, seconds: u64) -> Said {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut self.0.stdout.take().unwrap(), &mut text).unwrap();
                assert!(status.success(), "the child ended with {status}, having said {text:?}");
                return Said(text);
            }
            assert!(Instant::now() < deadline, "the child hangs");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// As `kill -9` does.
    pub fn kill(mut self) -> Said {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.0.stdout.take().unwrap(), &mut text).unwrap();
        Said(text)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        // Gone already in the usual case.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lines of `name number`.
pub struct Said(pub String);

impl Said {
    /// The last number said under this name.
    pub fn number(&self, name: &str) -> u64 {
        let line = self.0.lines().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("nothing said about {name}: {:?}", self.0)).parse().unwrap()
    }

    pub fn sum(&self, name: &str) -> u64 {
        let numbers = self.0.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        numbers.map(|number| number.parse::<u64>().unwrap()).sum()
    }
}

/// Files in the spool that hold batches.
pub fn spooled_files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for place in std::fs::read_dir(directory.join("spool")).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(place.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|extension| extension == "m" || extension == "s") {
                files.push(file.path());
            }
        }
    }
    files
}
