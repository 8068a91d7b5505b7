//! Development tasks: everything a clone of this repository can be asked to do, as one command.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its user")]

mod bench;
mod check;
mod codegen;
mod controller;
mod demo;
mod dist;
mod http;
mod node;
mod npm_package;
mod process;
mod protos;
mod python;
mod setup;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [--seconds N] [--listen ADDRESS] [--report-interval-ms N] [--once [-- COMMAND…]]
                              the controller, a small shop under observation, and traffic
cargo xtask test [STEP…]      everything: set-up, build, and the tests of every language
cargo xtask check             formatting, lints, licences, advisories, dead code
cargo xtask codegen [--check] write the generated files, or prove them fresh
cargo xtask bench NAME        one of the folders of bench/
cargo xtask dist              dist/tierline, dist/tierline-*.whl and dist/tierline-*.tgz";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let result = process::listen_for_interrupts().and_then(|()| match task.as_str() {
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "check" => check::run(),
        "codegen" => codegen::run(rest),
        "bench" => bench::run(rest),
        "dist" => dist::run(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("there is no task `{other}`.\n{USAGE}")),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
