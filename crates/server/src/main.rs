//! The controller's binary.

use clap::Parser as _;
use tierline_server::cli;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    cli::run(cli::Cli::parse()).await
}
