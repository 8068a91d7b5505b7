//! The process that is measured: the real controller, or the sink.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Connection;

/// What agents need to report.
pub const KEY: &str = "bench-key";
/// The password of `admin@customer1`.
pub const PASSWORD: &str = "bench-password";
/// `admin@customer1` with [`PASSWORD`], for Basic authentication.
pub const AUTHORIZATION: &str = "Authorization: Basic YWRtaW5AY3VzdG9tZXIxOmJlbmNoLXBhc3N3b3Jk\r\n";

/// The controller's binary: `cargo xtask bench` builds it and says where it is.
pub fn binary() -> String {
    std::env::var("TIERLINE_BIN").unwrap_or_else(|_| "dist/tierline".to_owned())
}

/// A running one.
pub struct Controller {
    child: Child,
    pub address: String,
    /// Of the process until it was ready.
    ready_cpu: Duration,
}

impl Controller {
    /// Starts the real controller over `data`, with further variables of the environment.
    pub fn start(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut up = Command::new(binary());
        up.args(["up", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        up.env("TIERLINE_ACCESS_KEY", KEY).env("TIERLINE_ADMIN_PASSWORD", PASSWORD);
        up.envs(variables.iter().copied());
        Self::of(&mut up)
    }

    /// Starts a program whose first line of output ends in its address.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a program to measure");
        let first = BufReader::new(child.stdout.take().expect("piped")).lines().next();
        let first = first.expect("a first line").expect("text");
        let address = first.rsplit("http://").next().expect("an address").to_owned();
        let mut controller = Self { child, address, ready_cpu: Duration::ZERO };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !controller.is_available() {
            assert!(Instant::now() < deadline, "it does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        controller.ready_cpu = controller.cpu();
        controller
    }

    fn is_available(&self) -> bool {
        let answer = Connection::open(&self.address)
            .and_then(|mut connection| connection.get("/controller/rest/serverstatus", ""));
        answer
            .is_ok_and(|answer| String::from_utf8_lossy(&answer.body).contains("<available>true</available>"))
    }

    /// Processor time of all its threads so far, in steps of 10 ms.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name in parentheses may hold spaces; the fields after it are 3, 4, …
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |number: usize| fields.get(number - 3).and_then(|t| t.parse::<u64>().ok()).unwrap_or(0);
        Duration::from_millis((ticks(14) + ticks(15)) * 10)
    }

    /// A line of its status in `/proc`, in kB.
    pub fn memory_kb(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// The value of a metric of its own.
    pub fn metric(&self, name: &str) -> u64 {
        let answer = Connection::open(&self.address).and_then(|mut c| c.get("/metrics", AUTHORIZATION));
        let text = answer.map(|a| String::from_utf8_lossy(&a.body).into_owned()).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
    }

    /// Waits until it has had nothing to do for a second, at most so long.
    pub fn wait_until_idle(&self, at_most: Duration) {
        let deadline = Instant::now() + at_most;
        let mut before = self.cpu();
        while Instant::now() < deadline {
            std::thread::sleep(Duration::from_secs(1));
            let now = self.cpu();
            if now - before <= Duration::from_millis(20) {
                return;
            }
            before = now;
        }
    }

    /// Stops it. Answers the processor time since it was ready, with the end.
    pub fn stop(mut self) -> Duration {
        let before = children_cpu();
        // SAFETY: a signal to a child of ours that was not waited for.
        unsafe { libc::kill(self.child.id().cast_signed(), libc::SIGTERM) };
        let status = self.child.wait().expect("it was started");
        assert!(status.success(), "it ended with {status}");
        (children_cpu() - before).saturating_sub(self.ready_cpu)
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of all children that were waited for.
fn children_cpu() -> Duration {
    // SAFETY: the struct is plain numbers, and the call fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let of = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec.cast_unsigned()) + Duration::from_micros(time.tv_usec.cast_unsigned())
    };
    of(usage.ru_utime) + of(usage.ru_stime)
}

/// Bytes of all files below a folder.
pub fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
