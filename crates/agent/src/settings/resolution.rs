//! From names and texts to [`Settings`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use tierline_model::Language;
use tierline_model::name::{clean_name, cut};

use super::file::{self, Entry};
use super::table::{self, CONFIG_FILE_VARIABLES, Kind, Row, Setting, TABLE};
use super::{Address, LogLevel, OtlpEndpoint, Proxy, Secret, Settings, SettingsSource, Warnings, value};
use crate::limits::{REPORT_INTERVAL_MS_MAX, REPORT_INTERVAL_MS_MIN, SETTING_CHARS_MAX};

/// A setting that somebody gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// Trimmed, not empty.
    pub text: String,
    /// The variable, key or file it came from.
    pub origin: String,
}

impl fmt::Debug for Given {
    /// Without the text: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("origin", &self.origin).finish_non_exhaustive()
    }
}

pub(super) fn resolve(source: &SettingsSource<'_>, file_bytes_max: usize) -> Settings {
    let mut warnings = Warnings::default();
    let (file_name, entries) = read_config(source, file_bytes_max, &mut warnings);
    let mut given = BTreeMap::new();
    for row in TABLE {
        if let Some(found) = find(row, source, &file_name, &entries, &mut warnings) {
            given.insert(row.setting, found);
        }
    }
    warn_about_names(source, &mut warnings);
    Reader { source, given, warnings }.settings()
}

fn read_config(
    source: &SettingsSource<'_>,
    bytes_max: usize,
    warnings: &mut Warnings,
) -> (String, Vec<Entry>) {
    let layers = [&source.overlay, &source.environment];
    let named = layers
        .iter()
        .flat_map(|layer| CONFIG_FILE_VARIABLES.iter().filter_map(|name| layer.get(*name)))
        .map(|name| name.trim())
        .find(|name| !name.is_empty());
    let Some(name) = named else { return Default::default() };
    match (source.read_file)(Path::new(name), bytes_max) {
        Ok(bytes) => {
            if bytes.iter().all(u8::is_ascii_whitespace) {
                warnings.add(format!("the configuration file {name} is empty"));
            }
            (name.to_owned(), file::parse(&bytes, name, warnings))
        }
        Err(error) => {
            warnings.add(format!(
                "the configuration file {name} cannot be read ({error}); the agent goes on without it: \
                 correct APPDYNAMICS_CONFIG_FILE or the file"
            ));
            (name.to_owned(), Vec::new())
        }
    }
}

/// The first place that has something usable for this row.
fn find(
    row: &Row,
    source: &SettingsSource<'_>,
    file_name: &str,
    entries: &[Entry],
    warnings: &mut Warnings,
) -> Option<Given> {
    let overlay = row.variables.iter().chain(row.profile).map(|name| {
        let text = source.overlay.get(*name).map(String::as_str);
        (text, move || format!("{name} given to the agent"))
    });
    for (text, origin) in overlay {
        if let Some(found) = usable(row, text, origin, warnings) {
            return Some(found);
        }
    }
    for name in row.variables {
        let text = source.environment.get(*name).map(String::as_str);
        if let Some(found) = usable(row, text, || format!("environment {name}"), warnings) {
            return Some(found);
        }
    }
    let (section, key) = row.file;
    let entry = entries.iter().find(|entry| entry.section == section && entry.key == key && !key.is_empty());
    usable(row, entry.map(|e| e.value.as_str()), || format!("{file_name} [{section}] {key}"), warnings)
}

fn usable(
    row: &Row,
    text: Option<&str>,
    origin: impl Fn() -> String,
    warnings: &mut Warnings,
) -> Option<Given> {
    let text = text?.trim();
    if text.is_empty() {
        return None; // an unset variable of a template, `account =` of a wizard
    }
    let wanted = match row.kind {
        Kind::Flag if value::flag(text).is_none() => "on or off",
        Kind::Port if value::port(text).is_none() => "a port from 1 to 65535",
        Kind::Milliseconds if value::milliseconds(text).is_none() => "a number of milliseconds",
        Kind::Path if text.contains('\0') => "a path",
        _ => {
            let text = cut(text, SETTING_CHARS_MAX).into_owned();
            return Some(Given { text, origin: origin() });
        }
    };
    warnings.add(format!("{} is {:?}, but must be {wanted}; it was left out", origin(), cut(text, 60)));
    None
}

/// Names that look meant for us but are not known. The environment is not searched: other agents live there.
fn warn_about_names(source: &SettingsSource<'_>, warnings: &mut Warnings) {
    for name in source.overlay.keys() {
        let known = CONFIG_FILE_VARIABLES.contains(&name.as_str())
            || TABLE.iter().any(|row| row.variables.iter().chain(row.profile).any(|known| known == name));
        if known {
            continue;
        }
        if let Some(row) = table::row_of_file_key(None, name).filter(|row| !row.variables.is_empty()) {
            warnings.add(format!(
                "{name:?} given to the agent is a key of the configuration file; use {:?}",
                row.variables[0]
            ));
        } else if ["APPD_", "APPDYNAMICS_", "TIERLINE_"].iter().any(|prefix| name.starts_with(prefix)) {
            warnings.add(format!("{:?} given to the agent is not a setting we know", cut(name, 60)));
        }
    }
}

/// Turns texts into their kinds.
struct Reader<'a> {
    source: &'a SettingsSource<'a>,
    given: BTreeMap<Setting, Given>,
    warnings: Warnings,
}

impl Reader<'_> {
    fn language(&self) -> Language {
        self.source.runtime.language
    }

    /// The text given, else the default.
    fn text(&self, setting: Setting) -> Option<&str> {
        match self.given.get(&setting) {
            Some(given) => Some(&given.text),
            None => table::row_of(setting)?.default.text(self.language()),
        }
    }

    fn name(&self, setting: Setting) -> Option<String> {
        self.text(setting).map(|text| clean_name(text).into_owned())
    }

    fn flag(&self, setting: Setting) -> bool {
        self.text(setting).and_then(value::flag).unwrap_or(false)
    }

    /// What stands between commas, in lower case.
    fn words(&self, setting: Setting) -> Vec<String> {
        let words = self.text(setting).unwrap_or_default().split(',');
        words.map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect()
    }

    fn path(&self, setting: Setting) -> Option<PathBuf> {
        self.text(setting).map(PathBuf::from)
    }

    fn settings(mut self) -> Settings {
        let controller = self.controller();
        let otlp = self.otlp(controller.is_some());
        let otlp_headers = value::headers(self.text(Setting::OtlpHeaders).unwrap_or_default());
        let base_dir = self.path(Setting::BaseDir).unwrap_or_default();
        let proxy = self.proxy();
        let log_level = self.log_level();
        let report_interval_ms = self.report_interval_ms();
        Settings {
            application: self.name(Setting::Application),
            tier: self.name(Setting::Tier),
            node: self.name(Setting::Node),
            node_prefix: self.node_prefix(),
            account: self.name(Setting::Account).unwrap_or_default(),
            access_key: self.access_key(),
            controller,
            otlp,
            otlp_headers: otlp_headers.into_iter().map(|(name, value)| (name, value.into())).collect(),
            certificate: self.path(Setting::Certificate),
            proxy,
            base_dir_given: self.given.contains_key(&Setting::BaseDir),
            log_dir: self.path(Setting::LogDir).unwrap_or_else(|| base_dir.join("logs")),
            base_dir,
            log_level,
            report_interval_ms,
            concurrent_exit_calls: self.flag(Setting::ConcurrentExitCalls),
            enabled: self.flag(Setting::Enabled),
            detection: self.flag(Setting::Detection),
            detection_without: self.words(Setting::DetectionWithout),
            raw_sql: self.flag(Setting::RawSql),
            unique_host_id: self.name(Setting::UniqueHostId),
            runtime: self.source.runtime.clone(),
            given: self.given,
            warnings: self.warnings,
        }
    }

    /// `[controller] host` may hold port and scheme as well; settings of their own win over these.
    fn controller(&mut self) -> Option<Address> {
        let text = self.text(Setting::ControllerHost)?.to_owned();
        let Some(host) = value::host(&text) else {
            self.warnings
                .add(format!("the controller's host {:?} is not a host; it was left out", cut(&text, 60)));
            return None;
        };
        let tls = match (self.given.contains_key(&Setting::ControllerSsl), host.tls) {
            (false, Some(tls)) => tls,
            _ => self.flag(Setting::ControllerSsl),
        };
        let default_port = match self.language() {
            Language::Python => None,
            _ if tls => Some(443),
            _ => Some(8090),
        };
        let port = self.text(Setting::ControllerPort).and_then(value::port).or(host.port).or(default_port)?;
        Some(Address { host: host.name, port, tls })
    }

    fn otlp(&mut self, controller_given: bool) -> Option<OtlpEndpoint> {
        let standard = (!controller_given).then_some(Setting::StandardOtlpEndpoint);
        for setting in [Some(Setting::OtlpEndpoint), standard].into_iter().flatten() {
            let Some(text) = self.text(setting).map(str::to_owned) else { continue };
            let shown = cut(&text, 60);
            let Some((address, base_path)) = value::endpoint(&text) else {
                let warning =
                    format!("the OTLP endpoint {shown:?} is not like http://host:4318; it was left out");
                self.warnings.add(warning);
                continue;
            };
            if address.port == 4317 {
                self.warnings.add(format!(
                    "the OTLP endpoint {shown:?} has the port of OTLP over gRPC; agents speak OTLP over HTTP, \
                     mostly at port 4318"
                ));
            }
            return Some(OtlpEndpoint { address, base_path });
        }
        None
    }

    fn proxy(&mut self) -> Option<Proxy> {
        let text = self.text(Setting::ProxyHost)?.to_owned();
        let Some(host) = value::host(&text) else {
            self.warnings.add(format!("the proxy {:?} is not a host; it was left out", cut(&text, 60)));
            return None;
        };
        let port = self.text(Setting::ProxyPort).and_then(value::port).or(host.port).unwrap_or(80);
        let login =
            self.text(Setting::ProxyUser).map(str::to_owned).zip(self.path(Setting::ProxyPasswordFile));
        Some(Proxy { host: host.name, port, login })
    }

    /// A key with line breaks would become headers of its own.
    fn access_key(&mut self) -> Option<Secret> {
        let key = self.text(Setting::AccessKey)?;
        if key.chars().all(|c| c.is_ascii_graphic()) {
            return Some(Secret::from(key.to_owned()));
        }
        self.warnings
            .add("the account's access key holds characters that keys do not have; it was left out".into());
        None
    }

    fn node_prefix(&self) -> Option<String> {
        let node = self.name(Setting::Node);
        if self.flag(Setting::NodeReuse) {
            return self.name(Setting::NodeReusePrefix).or(node);
        }
        // Node.js appends a number of its own accord (facts/agent-api 2.5).
        let suffix = self.language() == Language::Nodejs && !self.flag(Setting::NoNodeNameSuffix);
        node.filter(|_| suffix)
    }

    fn log_level(&mut self) -> Option<LogLevel> {
        if self.flag(Setting::LogDebugging) {
            return Some(LogLevel::Debug);
        }
        let text = self.text(Setting::LogLevel)?.to_ascii_lowercase();
        match text.as_str() {
            "off" | "none" => None,
            "fatal" | "critical" | "error" => Some(LogLevel::Error),
            "warn" | "warning" => Some(LogLevel::Warning),
            "info" | "notice" => Some(LogLevel::Info),
            "debug" | "trace" | "all" => Some(LogLevel::Debug),
            _ => {
                let text = cut(&text, 60).into_owned();
                self.warnings
                    .add(format!("the log level {text:?} is not error, warning, info or debug; info holds"));
                Some(LogLevel::Info)
            }
        }
    }

    fn report_interval_ms(&mut self) -> u64 {
        let wanted = self.text(Setting::ReportIntervalMs).and_then(value::milliseconds);
        let wanted = wanted.unwrap_or(REPORT_INTERVAL_MS_MAX);
        let used = wanted.clamp(REPORT_INTERVAL_MS_MIN, REPORT_INTERVAL_MS_MAX);
        if used != wanted {
            self.warnings
                .add(format!("the reporting interval of {wanted} ms is out of range; {used} ms holds"));
        }
        used
    }
}
