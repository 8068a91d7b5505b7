//! Where and with what it is measured.

use std::process::Command;

/// Prints processor, system and versions.
pub fn print() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output();
        output.map_or_else(|_| "-".to_owned(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
    };
    println!(
        "{} x {}, Linux {}, {}, {}",
        cores,
        model.trim_start_matches([' ', '\t', ':']),
        read("/proc/sys/kernel/osrelease").trim(),
        said("rustc", "--version"),
        said(&crate::controller::binary(), "--version"),
    );
}
