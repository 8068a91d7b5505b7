//! What a Rust program says about itself.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::settings::{LanguageRuntime, Settings, SettingsSource};

/// Settings of the agent, given by the program. Whatever is not given comes from the environment and the
/// configuration file, under the documented names (`APPDYNAMICS_AGENT_APPLICATION_NAME` …).
///
/// ```
/// let config = tierline::Config::new("shop", "front", "front-1")
///     .controller("127.0.0.1", 8090)
///     .access_key("a key from `tierline up`");
/// assert!(format!("{config:?}").contains("shop"));
/// assert!(!format!("{config:?}").contains("a key"), "keys are never shown");
/// ```
#[derive(Clone, Default)]
pub struct Config {
    overlay: BTreeMap<String, String>,
}

const ACCESS_KEY: &str = "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY";

impl Config {
    /// Reports as `node` of `tier` of `application`.
    #[must_use]
    pub fn new(application: &str, tier: &str, node: &str) -> Self {
        Self::from_environment()
            .set("APPDYNAMICS_AGENT_APPLICATION_NAME", application)
            .set("APPDYNAMICS_AGENT_TIER_NAME", tier)
            .set("APPDYNAMICS_AGENT_NODE_NAME", node)
    }

    /// Everything from the environment and the configuration file.
    ///
    /// ```
    /// // Prints nothing and never fails: what is missing makes `init` answer `false`.
    /// let config = tierline::Config::from_environment();
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn from_environment() -> Self {
        Self::default()
    }

    /// Where the controller listens.
    #[must_use]
    pub fn controller(self, host: &str, port: u16) -> Self {
        self.set("APPDYNAMICS_CONTROLLER_HOST_NAME", host)
            .set("APPDYNAMICS_CONTROLLER_PORT", &port.to_string())
    }

    /// Whether to speak TLS with the controller. Off by default.
    #[must_use]
    pub fn tls(self, on: bool) -> Self {
        self.set("APPDYNAMICS_CONTROLLER_SSL_ENABLED", if on { "on" } else { "off" })
    }

    /// The account. `customer1` by default.
    #[must_use]
    pub fn account(self, name: &str) -> Self {
        self.set("APPDYNAMICS_AGENT_ACCOUNT_NAME", name)
    }

    /// The key that allows reporting.
    #[must_use]
    pub fn access_key(self, key: &str) -> Self {
        self.set(ACCESS_KEY, key)
    }

    /// Reports to any OTLP/HTTP receiver instead of a controller: `http://host:4318`.
    #[must_use]
    pub fn otlp_endpoint(self, url: &str) -> Self {
        self.set("TIERLINE_OTLP_ENDPOINT", url)
    }

    /// The reporting period; a minute by default and at most.
    #[must_use]
    pub fn report_interval(self, interval: Duration) -> Self {
        self.set("TIERLINE_REPORT_INTERVAL_MS", &interval.as_millis().to_string())
    }

    /// Any other setting, by the name of its environment variable.
    ///
    /// ```
    /// let config = tierline::Config::from_environment().set("APPDYNAMICS_AGENT_BASE_DIR", "/var/tmp/tierline");
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.overlay.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// The settings that follow, with the environment and the configuration file underneath.
    pub(crate) fn resolve(self) -> Settings {
        Settings::resolve(&SettingsSource::of_process(self.overlay, LanguageRuntime::rust()))
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden =
            |name: &str| name.contains("KEY") || name.contains("HEADERS") || name.contains("PASSWORD");
        let shown = self.overlay.iter().map(|(name, value)| {
            let shown = if hidden(name) { "…" } else { value.as_str() };
            (name.as_str(), shown)
        });
        f.debug_map().entries(shown).finish()
    }
}
