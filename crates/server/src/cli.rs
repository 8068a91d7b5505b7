//! The command line.

mod account;
mod backup;
mod doctor;
mod key;
mod status;
mod transfer;
mod user;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};

use crate::settings::{self, Flags};
use crate::{api, up};

/// Follows every business transaction across every tier it touches.
#[derive(Parser, Debug)]
#[command(name = "tierline", version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Starts the controller. The first start prints an access key and the password of user admin.
    ///
    /// Each setting is taken from its flag, else from its environment variable (--memory-limit is
    /// TIERLINE_MEMORY_LIMIT), else from the settings file.
    Up(Box<Up>),
    /// Says whether a controller is up, and what it has.
    Status(status::Status),
    /// Looks for what is wrong: controller, access key, and what every agent noticed.
    Doctor(doctor::Doctor),
    /// Access keys: what agents need to report.
    #[command(subcommand)]
    Key(key::Key),
    /// Users.
    #[command(subcommand)]
    User(user::User),
    /// Accounts: separate worlds on one controller, managed by the administrators of the account system.
    #[command(subcommand)]
    Account(account::Account),
    /// Copies the data directory, also while a controller uses it.
    Backup(backup::Backup),
    /// Makes a data directory of a backup.
    Restore(backup::Restore),
    /// Writes everything, a time or one request into one file, also while a controller uses the data directory.
    Export(transfer::Export),
    /// Takes in what `export` wrote; nothing is taken in twice.
    Import(transfer::Import),
    /// Prints the OpenAPI document of the page's API.
    #[command(hide = true)]
    Openapi,
}

#[derive(Args, Debug)]
struct Up {
    /// Host and port to listen at [default: 127.0.0.1:8090]
    #[arg(long)]
    listen: Option<String>,
    /// Where data are kept [default: tierline-data]
    #[arg(long)]
    data: Option<String>,
    /// An access key that is to exist (1 to 256 visible ASCII characters)
    #[arg(long)]
    access_key: Option<String>,
    /// The password user admin is to have (at least 12 characters)
    #[arg(long)]
    admin_password: Option<String>,
    /// The password user root of the account system is to have, who manages accounts
    #[arg(long)]
    root_password: Option<String>,
    /// A file with the certificate and those above it (PEM); with it the controller speaks TLS. Read again when it
    /// changes and on SIGHUP
    #[arg(long)]
    tls_certificate: Option<String>,
    /// A file with the certificate's private key (PEM)
    #[arg(long)]
    tls_key: Option<String>,
    /// What browsers call the controller, when a proxy is before it (https://tierline.example.org)
    #[arg(long)]
    public_url: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long)]
    trusted_proxies: Option<String>,
    /// Memory it should do with; senders are told to come back rather than going beyond [default: 1024MB]
    #[arg(long)]
    memory_limit: Option<String>,
    /// The OpenID Connect provider people may log in through (https://login.example.org)
    #[arg(long)]
    oidc_issuer: Option<String>,
    /// The controller's client id there
    #[arg(long)]
    oidc_client_id: Option<String>,
    /// The controller's client secret there, when it has one
    #[arg(long)]
    oidc_client_secret: Option<String>,
    /// The account its users belong to [default: customer1]
    #[arg(long)]
    oidc_account: Option<String>,
    /// The value of the claim `groups` that makes an account administrator
    #[arg(long)]
    oidc_administrators: Option<String>,
    /// Seconds without news after which a trace of another OpenTelemetry SDK is together [usual: 10].
    #[arg(long)]
    foreign_window_s: Option<String>,
    /// Megabytes such traces may take while they wait [usual: 128].
    #[arg(long)]
    foreign_window_mb: Option<String>,
    /// Bytes all data may have together: the oldest snapshots go first, then the finest numbers [default: no limit]
    #[arg(long)]
    data_limit: Option<String>,
    /// Days one-minute numbers are kept [default: 8]
    #[arg(long)]
    keep_minutes_days: Option<String>,
    /// Days ten-minute sums are kept [default: 30]
    #[arg(long)]
    keep_ten_minutes_days: Option<String>,
    /// Days one-hour sums are kept [default: 400]
    #[arg(long)]
    keep_hours_days: Option<String>,
    /// Days snapshots are kept that are not archived [default: 14]
    #[arg(long)]
    keep_snapshots_days: Option<String>,
    /// A settings file in TOML; its keys are the names of these flags
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Where a running controller is and who asks it.
#[derive(Args, Debug)]
struct Controller {
    /// The controller's address
    #[arg(long, env = "TIERLINE_CONTROLLER", default_value = "http://127.0.0.1:8090")]
    controller: String,
    /// Who asks
    #[arg(long, default_value = "admin@customer1")]
    login: String,
    /// The password of who asks
    #[arg(long, env = "TIERLINE_ADMIN_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

/// Runs a command.
///
/// # Errors
/// When it fails.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Up(flags) => start(*flags).await,
        Command::Status(status) => status.run().await,
        Command::Doctor(doctor) => doctor.run().await,
        Command::Key(key) => key.run().await,
        Command::User(user) => user.run().await,
        Command::Account(account) => account.run().await,
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Export(export) => export.run(),
        Command::Import(import) => import.run(),
        Command::Openapi => {
            say(&api::openapi::document()?);
            Ok(())
        }
    }
}

async fn start(flags: Up) -> Result<()> {
    let file = match &flags.config {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the settings file {}", path.display()))?,
        ),
        None => None,
    };
    let flags = Flags {
        listen: flags.listen,
        data: flags.data,
        access_key: flags.access_key,
        admin_password: flags.admin_password,
        root_password: flags.root_password,
        tls_certificate: flags.tls_certificate,
        tls_key: flags.tls_key,
        public_url: flags.public_url,
        trusted_proxies: flags.trusted_proxies,
        memory_limit: flags.memory_limit,
        oidc_issuer: flags.oidc_issuer,
        oidc_client_id: flags.oidc_client_id,
        oidc_client_secret: flags.oidc_client_secret,
        oidc_account: flags.oidc_account,
        oidc_administrators: flags.oidc_administrators,
        foreign_window_s: flags.foreign_window_s,
        foreign_window_mb: flags.foreign_window_mb,
        data_limit: flags.data_limit,
        keep_minutes_days: flags.keep_minutes_days,
        keep_ten_minutes_days: flags.keep_ten_minutes_days,
        keep_hours_days: flags.keep_hours_days,
        keep_snapshots_days: flags.keep_snapshots_days,
    };
    let settings = settings::resolve(flags, |name| std::env::var(name).ok(), file.as_deref())?;
    up::run(settings).await
}

/// The answer of a command; whoever reads it may have seen enough.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
