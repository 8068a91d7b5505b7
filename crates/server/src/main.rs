//! The controller's binary.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tierline_server::cli;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes in one line: what a person can act on, and no backtrace of ours.
            let _ = writeln!(std::io::stderr(), "tierline: {error:#}");
            ExitCode::FAILURE
        }
    }
}
