//! The agent's settings, for all languages: overlay (what `init` or `profile` is given) before environment
//! before configuration file before default, and within each the current names before the old ones.
//!
//! Nothing here fails. What cannot be understood is a warning, which the node's page and `tierline doctor` show.

mod file;
mod reference;
mod resolution;
mod table;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tierline_model::Language;

use crate::limits::{CONFIG_FILE_BYTES_MAX, SETTINGS_WARNINGS_MAX};
pub use reference::reference;
pub use resolution::Given;
pub use table::{CONFIG_FILE_VARIABLES, Default, Kind, Row, Setting, TABLE};

/// Everything settings are read from.
pub struct SettingsSource<'a> {
    /// What the program passed: names of variables, or keys of Node's `profile()` (nested ones joined by dots).
    pub overlay: BTreeMap<String, String>,
    /// The process's environment.
    pub environment: BTreeMap<String, String>,
    /// Reads a configuration file of at most so many bytes. [`read_config_file`] outside of tests.
    pub read_file: &'a dyn Fn(&Path, usize) -> io::Result<Vec<u8>>,
    /// Who asks.
    pub runtime: LanguageRuntime,
}

/// The language the agent runs in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LanguageRuntime {
    /// The language.
    pub language: Language,
    /// The agent package's version, `major.minor.patch`.
    pub agent_version: String,
    /// The interpreter's version; empty when unknown.
    pub runtime_version: String,
}

impl LanguageRuntime {
    /// A program that uses this crate itself.
    #[must_use]
    pub fn rust() -> Self {
        Self {
            language: Language::Rust,
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime_version: String::new(),
        }
    }
}

impl SettingsSource<'static> {
    /// The overlay on top of this process's environment and file system.
    #[must_use]
    pub fn of_process(overlay: BTreeMap<String, String>, runtime: LanguageRuntime) -> Self {
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        Self { overlay, environment, read_file: &read_config_file, runtime }
    }
}

/// Reads a regular file of at most `bytes_max` bytes.
///
/// # Errors
/// When it cannot be read, is not a regular file (a pipe would block the host), or is longer.
pub fn read_config_file(path: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > bytes_max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("it is longer than {bytes_max} bytes"),
        ));
    }
    Ok(bytes)
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the header it goes into.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"…\"")
    }
}

/// What is wrong with the settings, in sentences; at most [`SETTINGS_WARNINGS_MAX`] of them.
#[derive(Clone, PartialEq, Eq, Debug, std::default::Default)]
pub struct Warnings {
    lines: Vec<String>,
    more: usize,
}

impl Warnings {
    /// Remembers a warning, cut to 300 characters.
    pub fn add(&mut self, warning: String) {
        if self.lines.len() < SETTINGS_WARNINGS_MAX {
            self.lines.push(tierline_model::name::cut(&warning, 300).into_owned());
        } else {
            self.more += 1;
        }
    }

    /// All of them, the last one counting those that had no room.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.lines.clone();
        if self.more > 0 {
            lines.push(format!("{} more warnings about settings", self.more));
        }
        lines
    }
}

/// Where reports go.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Address {
    /// Name or address, IPv6 without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether it is spoken to over TLS.
    pub tls: bool,
}

/// An OTLP/HTTP endpoint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OtlpEndpoint {
    /// The server.
    pub address: Address,
    /// Before `/v1/metrics` and `/v1/traces`; empty, or begins and does not end with a slash.
    pub base_path: String,
}

/// An HTTP proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proxy {
    /// Its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its user, and the file with the user's password.
    pub login: Option<(String, PathBuf)>,
}

/// Resolved settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Application name, cleaned.
    pub application: Option<String>,
    /// Tier name, cleaned.
    pub tier: Option<String>,
    /// Node name as given, cleaned; see [`Settings::node_prefix`].
    pub node: Option<String>,
    /// The node's name is the first free of `prefix-0`, `prefix-1`, …
    pub node_prefix: Option<String>,
    /// The account at the controller.
    pub account: String,
    /// The account's access key.
    pub access_key: Option<Secret>,
    /// The controller.
    pub controller: Option<Address>,
    /// An OTLP/HTTP endpoint to report to instead.
    pub otlp: Option<OtlpEndpoint>,
    /// Headers for that endpoint.
    pub otlp_headers: Vec<(String, Secret)>,
    /// Certificates to trust, instead of the system's.
    pub certificate: Option<PathBuf>,
    /// The proxy on the way.
    pub proxy: Option<Proxy>,
    /// Where spool, cached configuration and logs live.
    pub base_dir: PathBuf,
    /// Whether somebody chose it.
    pub base_dir_given: bool,
    /// Where logs are written.
    pub log_dir: PathBuf,
    /// How much; `None` writes no log.
    pub log_level: Option<LogLevel>,
    /// Milliseconds, [`crate::limits::REPORT_INTERVAL_MS_MIN`] to a minute.
    pub report_interval_ms: u64,
    /// Whether a BT may have several exit calls at a time.
    pub concurrent_exit_calls: bool,
    /// `false`: every call is a no-op.
    pub enabled: bool,
    /// Whether requests and exit calls are detected without code.
    pub detection: bool,
    /// Libraries that are left untouched, in lower case.
    pub detection_without: Vec<String>,
    /// Whether detected SQL keeps its literals.
    pub raw_sql: bool,
    /// Overrides the system's host name.
    pub unique_host_id: Option<String>,
    /// Who asks.
    pub runtime: LanguageRuntime,
    /// Every setting that somebody gave, and where.
    pub given: BTreeMap<Setting, Given>,
    /// What was wrong.
    pub warnings: Warnings,
}

/// How much goes into the log file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LogLevel {
    /// What does not work.
    Error,
    /// What works only in part.
    Warning,
    /// Starts, stops, changes.
    Info,
    /// Every report.
    Debug,
}

impl Settings {
    /// Reads the settings. Never fails.
    #[must_use]
    pub fn resolve(source: &SettingsSource<'_>) -> Self {
        resolution::resolve(source, CONFIG_FILE_BYTES_MAX)
    }

    /// The minimal settings that are not there, in words for people; empty when the agent can report.
    ///
    /// Minimal are application, tier, node (or a prefix for reused names), and either controller host, port and
    /// access key or an OTLP endpoint.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let controller_wanted = self.otlp.is_none();
        [
            (self.application.is_none(), "the application's name"),
            (self.tier.is_none(), "the tier's name"),
            (self.node.is_none() && self.node_prefix.is_none(), "the node's name"),
            (controller_wanted && self.controller.is_none(), "the controller's host and port"),
            (controller_wanted && self.access_key.is_none(), "the account's access key"),
        ]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect()
    }

    /// A setting's text as it was given; `None` when nobody gave it and it has no default.
    #[must_use]
    pub fn text(&self, setting: Setting) -> Option<&str> {
        match self.given.get(&setting) {
            Some(given) => Some(&given.text),
            None => table::row_of(setting)?.default.text(self.runtime.language),
        }
    }

    /// A switch.
    #[must_use]
    pub fn flag(&self, setting: Setting) -> bool {
        self.text(setting).and_then(value::flag).unwrap_or(false)
    }

    /// What was given, where, for the effective configuration: name, value (secrets are `…`), origin.
    #[must_use]
    pub fn shown(&self) -> Vec<(String, String, String)> {
        let shown = |(setting, given): (&Setting, &Given)| {
            let row = table::row_of(*setting)?;
            let name = match row.file {
                ("", _) => row.variables.first().map(|name| (*name).to_owned())?,
                (section, key) => format!("[{section}] {key}"),
            };
            let value = if row.kind == Kind::Secret { "…".to_owned() } else { given.text.clone() };
            Some((name, value, given.origin.clone()))
        };
        self.given.iter().filter_map(shown).collect()
    }
}
