//! Every setting an agent knows: where it is read from, what it means, what holds without it.
//!
//! The documented names come from facts/agent-api 1.8, 2.5 and 2.6 and api-usage 3; `docs/reference/agent-settings.md`
//! is generated from this table.

use tierline_model::Language;

/// Names a setting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "TABLE says what each one means, once")]
pub enum Setting {
    Application,
    Tier,
    Node,
    NodeReuse,
    NodeReusePrefix,
    NoNodeNameSuffix,
    UniqueHostId,
    BaseDir,
    ControllerHost,
    ControllerPort,
    ControllerSsl,
    Account,
    AccessKey,
    Certificate,
    ProxyHost,
    ProxyPort,
    ProxyUser,
    ProxyPasswordFile,
    OtlpEndpoint,
    StandardOtlpEndpoint,
    OtlpHeaders,
    LogDir,
    LogLevel,
    LogDebugging,
    ReportIntervalMs,
    ConcurrentExitCalls,
    Enabled,
    Detection,
    DetectionWithout,
    RawSql,
    WsgiScript,
    WsgiModule,
    WsgiCallable,
    DeploymentMode,
    EnableOpenai,
    EnableBedrock,
    EnableLangchain,
    EnableGenaiDataCapture,
    CurveEnabled,
    CurveZapEnabled,
    CurvePublicDir,
    CurveSecretDir,
    AnalyticsHost,
    AnalyticsPort,
    AnalyticsSsl,
    AnalyticsLimits,
    ProxyProcess,
    BrowserHeaders,
    EntryPointDelay,
    ProcessSnapshots,
    OpenTelemetry,
    LogOutput,
    Libagent,
}

/// What a setting's text must look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// Any text, never shown.
    Secret,
    /// `on`/`off` and their relatives.
    Flag,
    /// A TCP port.
    Port,
    /// Milliseconds.
    Milliseconds,
    /// A file or directory.
    Path,
}

/// What holds when nobody says anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Default {
    /// Nothing.
    None,
    /// This text.
    Text(&'static str),
    /// This text for Python, that for all others.
    PythonElse(&'static str, &'static str),
}

impl Default {
    /// The default for a language.
    #[must_use]
    pub const fn text(self, language: Language) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text),
            Self::PythonElse(python, other) => Some(match language {
                Language::Python => python,
                _ => other,
            }),
        }
    }
}

/// One row: a setting and its names.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The setting.
    pub setting: Setting,
    /// The form of its value.
    pub kind: Kind,
    /// Section and key in the configuration file; empty when it cannot be given there.
    pub file: (&'static str, &'static str),
    /// Environment variables, the current generation first: the first one that is set wins.
    pub variables: &'static [&'static str],
    /// Keys of Node's `profile()` object.
    pub profile: &'static [&'static str],
    /// What holds without it.
    pub default: Default,
    /// Whether it has an effect; others are accepted so that existing files and programs keep working.
    pub effective: bool,
    /// What it means, one sentence.
    pub meaning: &'static str,
}

const fn row(
    setting: Setting,
    kind: Kind,
    file: (&'static str, &'static str),
    variables: &'static [&'static str],
    profile: &'static [&'static str],
    default: Default,
    meaning: &'static str,
) -> Row {
    Row { setting, kind, file, variables, profile, default, effective: true, meaning }
}

const fn accepted(
    setting: Setting,
    kind: Kind,
    file: (&'static str, &'static str),
    variables: &'static [&'static str],
    profile: &'static [&'static str],
    meaning: &'static str,
) -> Row {
    Row { setting, kind, file, variables, profile, default: Default::None, effective: false, meaning }
}

/// Names of the variable that names the configuration file, the current generation first.
pub const CONFIG_FILE_VARIABLES: &[&str] = &["APPDYNAMICS_CONFIG_FILE", "APPD_CONFIG_FILE"];

/// All settings, in the order of the reference.
#[rustfmt::skip]
pub static TABLE: &[Row] = &[
    row(Setting::Application, Kind::Text, ("agent", "app"),
        &["APPDYNAMICS_AGENT_APPLICATION_NAME", "APPD_APP_NAME"], &["applicationName"], Default::None,
        "The application this process belongs to. Required."),
    row(Setting::Tier, Kind::Text, ("agent", "tier"),
        &["APPDYNAMICS_AGENT_TIER_NAME", "APPD_TIER_NAME"], &["tierName"], Default::None,
        "The tier of the application. Required."),
    row(Setting::Node, Kind::Text, ("agent", "node"),
        &["APPDYNAMICS_AGENT_NODE_NAME", "APPD_NODE_NAME"], &["nodeName"], Default::None,
        "The node of the tier. Required unless names are reused. Several processes may have the same: their numbers add up."),
    row(Setting::NodeReuse, Kind::Flag, ("agent", "nodereuse"),
        &["APPDYNAMICS_AGENT_REUSE_NODE_NAME", "APPD_NODE_REUSE"], &["reuseNode"], Default::Text("off"),
        "Take the first free of the names `prefix-0`, `prefix-1`, … instead of the node name, and free it at exit."),
    row(Setting::NodeReusePrefix, Kind::Text, ("agent", "nodereuseprefix"),
        &["APPDYNAMICS_AGENT_REUSE_NODE_NAME_PREFIX", "APPD_NODE_REUSE_PREFIX"], &["reuseNodePrefix"], Default::None,
        "The prefix of reused names; without one, the node name is the prefix."),
    row(Setting::NoNodeNameSuffix, Kind::Flag, ("agent", "no-node-name-suffix"),
        &["TIERLINE_NO_NODE_NAME_SUFFIX"], &["noNodeNameSuffix"], Default::Text("off"),
        "Node.js only: do not append `-0`, `-1`, … to the node name."),
    row(Setting::UniqueHostId, Kind::Text, ("agent", "uniquehostid"),
        &["APPDYNAMICS_AGENT_UNIQUE_HOST_ID", "UNIQUE_HOST_ID"], &["uniqueHostId"], Default::None,
        "The name of the host, instead of the one the system has."),
    row(Setting::BaseDir, Kind::Path, ("agent", "dir"),
        &["APPDYNAMICS_AGENT_BASE_DIR", "APPD_DIR"], &["rootTmpDir", "tmpDir"], Default::Text("/tmp/tierline"),
        "Where the spool, the cached configuration and the logs live. When it cannot be written the agent works from memory."),
    row(Setting::ControllerHost, Kind::Text, ("controller", "host"),
        &["APPDYNAMICS_CONTROLLER_HOST_NAME", "APPD_CONTROLLER_HOST"], &["controllerHostName"], Default::None,
        "The controller's host. Required unless an OTLP endpoint is given."),
    row(Setting::ControllerPort, Kind::Port, ("controller", "port"),
        &["APPDYNAMICS_CONTROLLER_PORT", "APPD_CONTROLLER_PORT"], &["controllerPort"], Default::None,
        "The controller's port. Required with Python; otherwise 443 with TLS, 8090 without."),
    row(Setting::ControllerSsl, Kind::Flag, ("controller", "ssl"),
        &["APPDYNAMICS_CONTROLLER_SSL_ENABLED", "APPD_SSL_ENABLED"], &["controllerSslEnabled"], Default::Text("off"),
        "Whether the controller is spoken to over TLS."),
    row(Setting::Account, Kind::Text, ("controller", "account"),
        &["APPDYNAMICS_AGENT_ACCOUNT_NAME", "APPD_ACCOUNT_NAME"], &["accountName"], Default::Text("customer1"),
        "The account at the controller."),
    row(Setting::AccessKey, Kind::Secret, ("controller", "accesskey"),
        &["APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY", "APPD_ACCOUNT_ACCESS_KEY"], &["accountAccessKey"], Default::None,
        "The account's access key. Required unless an OTLP endpoint is given."),
    row(Setting::Certificate, Kind::Path, ("controller", "certificate"),
        &["APPDYNAMICS_CONTROLLER_CERTIFICATE_FILE", "APPD_CONTROLLER_CERTIFICATE_FILE"], &["certificateFile"], Default::None,
        "A PEM file with the certificates to trust, instead of the system's."),
    row(Setting::ProxyHost, Kind::Text, ("controller", "http-proxy-host"),
        &["APPDYNAMICS_HTTP_PROXY_HOST", "APPDYNAMICS_PROXY_HOST_NAME", "APPD_HTTP_PROXY_HOST"], &["proxyHost"], Default::None,
        "An HTTP proxy between agent and controller; `host:port` is understood too."),
    row(Setting::ProxyPort, Kind::Port, ("controller", "http-proxy-port"),
        &["APPDYNAMICS_HTTP_PROXY_PORT", "APPDYNAMICS_PROXY_PORT", "APPD_HTTP_PROXY_PORT"], &["proxyPort"], Default::None,
        "The proxy's port; 80 when not given."),
    row(Setting::ProxyUser, Kind::Text, ("controller", "http-proxy-user"),
        &["APPDYNAMICS_HTTP_PROXY_USER", "APPD_HTTP_PROXY_USER"], &["proxyUser"], Default::None,
        "The user at the proxy."),
    row(Setting::ProxyPasswordFile, Kind::Path, ("controller", "http-proxy-password-file"),
        &["APPDYNAMICS_HTTP_PROXY_PASSWORD_FILE", "APPD_HTTP_PROXY_PASSWORD_FILE"], &["proxyPasswordFile"], Default::None,
        "A file whose first line is the user's password at the proxy."),
    row(Setting::OtlpEndpoint, Kind::Text, ("otlp", "endpoint"),
        &["TIERLINE_OTLP_ENDPOINT"], &["otlpEndpoint"], Default::None,
        "Report to this OTLP/HTTP endpoint (`/v1/metrics` and `/v1/traces` are appended) instead of the controller."),
    row(Setting::StandardOtlpEndpoint, Kind::Text, ("", ""),
        &["OTEL_EXPORTER_OTLP_ENDPOINT"], &[], Default::None,
        "The same, but only when no controller is given: a host's own OpenTelemetry SDK reads it too."),
    row(Setting::OtlpHeaders, Kind::Secret, ("otlp", "headers"),
        &["TIERLINE_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"], &[], Default::None,
        "Headers for the OTLP endpoint: `name=value,name=value`, percent-encoded. Never sent to the controller."),
    row(Setting::LogDir, Kind::Path, ("log", "dir"),
        &["APPDYNAMICS_LOGS_DIR", "APPD_LOGS_DIR"], &["logging.dir"], Default::None,
        "Where the log file is written; without it `logs` in the base directory."),
    row(Setting::LogLevel, Kind::Text, ("log", "level"),
        &["APPDYNAMICS_LOGGING_LEVEL", "APPDYNAMICS_LOGGER_LEVEL", "APPD_LOGGING_LEVEL"], &["logging.level"], Default::None,
        "`error`, `warning`, `info` or `debug`. Without it there is no log file."),
    row(Setting::LogDebugging, Kind::Flag, ("log", "debugging"),
        &["APPDYNAMICS_DEBUG_LOG", "APPD_DEBUG_LOG"], &["debug"], Default::Text("off"),
        "The same as the level `debug`."),
    row(Setting::ReportIntervalMs, Kind::Milliseconds, ("agent", "report-interval-ms"),
        &["TIERLINE_REPORT_INTERVAL_MS"], &["reportIntervalMs"], Default::Text("60000"),
        "How often numbers are reported. Intervals are aligned and never straddle a minute. For tests."),
    row(Setting::ConcurrentExitCalls, Kind::Flag, ("agent", "concurrent-exit-calls"),
        &["TIERLINE_CONCURRENT_EXIT_CALLS"], &["concurrentExitCalls"], Default::PythonElse("off", "on"),
        "Whether a business transaction may have several exit calls at a time. The Python API documents one."),
    row(Setting::Enabled, Kind::Flag, ("agent", "enabled"),
        &["TIERLINE_ENABLED"], &["enabled"], Default::Text("on"),
        "`off` switches the agent off: every call is a no-op."),
    row(Setting::Detection, Kind::Flag, ("instrumentation", "enabled"),
        &["TIERLINE_DETECTION"], &["detection"], Default::Text("on"),
        "Whether requests and exit calls are detected without code. `off` leaves every library untouched."),
    row(Setting::DetectionWithout, Kind::Text, ("instrumentation", "without"),
        &["TIERLINE_DETECTION_WITHOUT"], &["detectionWithout"], Default::None,
        "Libraries that are left untouched, with commas between."),
    row(Setting::RawSql, Kind::Flag, ("instrumentation", "raw-sql"),
        &["TIERLINE_RAW_SQL"], &["rawSql"], Default::Text("off"),
        "Whether snapshots show detected SQL with its literals. Without it they are replaced by `?` in the process."),
    row(Setting::WsgiScript, Kind::Text, ("wsgi", "script"),
        &["APPDYNAMICS_WSGI_SCRIPT_ALIAS", "APPD_WSGI_SCRIPT_ALIAS"], &[], Default::None,
        "The file of the WSGI application that `appdynamics.scripts.wsgi` wraps."),
    row(Setting::WsgiModule, Kind::Text, ("wsgi", "module"),
        &["APPDYNAMICS_WSGI_MODULE", "APPD_WSGI_MODULE"], &[], Default::None,
        "The module of the WSGI application that `appdynamics.scripts.wsgi` wraps."),
    row(Setting::WsgiCallable, Kind::Text, ("wsgi", "callable"),
        &["APPDYNAMICS_WSGI_CALLABLE_OBJECT", "APPD_WSGI_CALLABLE_OBJECT"], &[], Default::Text("application"),
        "The name of the WSGI application in its module."),
    accepted(Setting::DeploymentMode, Kind::Text, ("agent", "deployment-mode"),
        &["APPDYNAMICS_AGENT_DEPLOYMENT_MODE", "AGENT_DEPLOYMENT_MODE"], &["agent_deployment_mode"],
        "`appd`, `dual` or `otel`. An agent of ours always speaks OTLP."),
    accepted(Setting::EnableOpenai, Kind::Flag, ("instrumentation", "enable-openai"),
        &["APPDYNAMICS_ENABLE_OPENAI"], &[], "Detection of OpenAI calls."),
    accepted(Setting::EnableBedrock, Kind::Flag, ("instrumentation", "enable-bedrock"),
        &["APPDYNAMICS_ENABLE_BEDROCK"], &[], "Detection of Bedrock calls."),
    accepted(Setting::EnableLangchain, Kind::Flag, ("instrumentation", "enable-langchain"),
        &["APPDYNAMICS_ENABLE_LANGCHAIN"], &[], "Detection of LangChain calls."),
    accepted(Setting::EnableGenaiDataCapture, Kind::Flag, ("instrumentation", "enable-genai-data-capture"),
        &["ENABLE_GENAI_DATA_CAPTURE"], &[], "Keeping of questions to and answers of language models."),
    accepted(Setting::CurveEnabled, Kind::Flag, ("agent:proxy", "curve-enabled"),
        &["APPDYNAMICS_CURVE_ENABLED"], &[], "Encryption between agent and proxy process. There is no proxy process."),
    accepted(Setting::CurveZapEnabled, Kind::Flag, ("agent:proxy", "curve-zap-enabled"),
        &["APPDYNAMICS_CURVE_ZAP_ENABLED"], &[], "As above."),
    accepted(Setting::CurvePublicDir, Kind::Path, ("agent:proxy", "curve-public-dir"),
        &["APPDYNAMICS_CURVE_PUBLIC_KEY_DIR"], &[], "As above."),
    accepted(Setting::CurveSecretDir, Kind::Path, ("agent:proxy", "curve-secret-dir"),
        &["APPDYNAMICS_CURVE_SECRET_KEY_DIR"], &[], "As above."),
    accepted(Setting::AnalyticsHost, Kind::Text, ("services:analytics", "host"),
        &["APPDYNAMICS_ANALYTICS_HOST_NAME", "APPDYNAMICS_ANALYTICS_HOST"], &["analytics.host"],
        "Transaction analytics."),
    accepted(Setting::AnalyticsPort, Kind::Port, ("services:analytics", "port"),
        &["APPDYNAMICS_ANALYTICS_PORT"], &["analytics.port"], "As above."),
    accepted(Setting::AnalyticsSsl, Kind::Flag, ("services:analytics", "ssl"),
        &["APPDYNAMICS_ANALYTICS_SSL_ENABLED"], &["analytics.ssl", "analytics.SSL"], "As above."),
    accepted(Setting::AnalyticsLimits, Kind::Text, ("", ""),
        &["APPDYNAMICS_ANALYTICS_MAX_SEGMENT_SIZE", "APPDYNAMICS_ANALYTICS_MAX_SEGMENTS_PER_REQUEST",
          "APPDYNAMICS_ANALYTICS_MAX_MESSAGE_SIZE"],
        &["analyticsMaxSegmentSizeInBytes", "analyticsMaxSegmentsPerRequest", "analyticsMaxMessageSizeInBytes"],
        "As above."),
    accepted(Setting::ProxyProcess, Kind::Text, ("", ""),
        &[], &["proxy", "proxyAutolaunchDisabled", "proxyCtrlDir", "proxyCommPort"],
        "The proxy process of older Node.js agents. There is none."),
    accepted(Setting::BrowserHeaders, Kind::Flag, ("", ""),
        &[], &["alwaysAddEumMetadataInHttpHeaders"], "Data for browsers in headers across origins."),
    accepted(Setting::EntryPointDelay, Kind::Flag, ("", ""),
        &[], &["btEntryPointDelayDisabled"], "A faster start of requests. Nothing is delayed."),
    accepted(Setting::ProcessSnapshots, Kind::Text, ("", ""),
        &[], &["processSnapshotCountResetPeriodSeconds", "processSnapshotPeriodInSeconds", "maxProcessSnapshotsPerPeriod",
               "autoSnapshotDurationSeconds"],
        "Process snapshots of Node.js."),
    accepted(Setting::OpenTelemetry, Kind::Text, ("", ""),
        &[], &["openTelemetry.enabled", "openTelemetry.debug", "openTelemetry.collector.url"],
        "OpenTelemetry spans beside. An agent of ours always speaks OTLP; see `otlpEndpoint`."),
    accepted(Setting::LogOutput, Kind::Text, ("", ""),
        &["APPDYNAMICS_LOGGER_OUTPUT_TYPE"], &[], "Logs on the standard output. An agent of ours never writes there."),
    accepted(Setting::Libagent, Kind::Text, ("", ""),
        &[], &["libagent"], "The kind of older Node.js agents. There is one."),
];

/// The row of a setting.
#[must_use]
pub fn row_of(setting: Setting) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.setting == setting)
}

/// The row a key of a configuration file belongs to. Case and `_`/`-` do not matter; without a section
/// (`None`) the first row with that key answers.
#[must_use]
pub fn row_of_file_key(section: Option<&str>, key: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| {
        !row.file.1.is_empty()
            && section.is_none_or(|section| same_key(section, row.file.0))
            && same_key(key, row.file.1)
    })
}

fn same_key(a: &str, b: &str) -> bool {
    let plain = |c: u8| if c == b'_' { b'-' } else { c.to_ascii_lowercase() };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| plain(a) == plain(b))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_leads_to_one_setting() {
        let mut seen = HashSet::new();
        for row in TABLE {
            for name in row.variables.iter().chain(row.profile) {
                assert!(seen.insert(name.to_string()), "{name} names two settings");
            }
            if !row.file.1.is_empty() {
                assert!(
                    seen.insert(format!("[{}] {}", row.file.0, row.file.1)),
                    "{:?} names two settings",
                    row.file
                );
            }
            assert_eq!(row_of(row.setting).map(|found| found.meaning), Some(row.meaning));
        }
    }

    #[test]
    fn file_keys_are_found_however_they_are_spelt() {
        for (section, key) in
            [("Agent", "APP"), ("instrumentation", "enable_openai"), ("AGENT", "Concurrent_Exit-Calls")]
        {
            assert!(row_of_file_key(Some(section), key).is_some(), "[{section}] {key}");
        }
        assert!(row_of_file_key(Some("agent"), "host").is_none());
        assert_eq!(row_of_file_key(None, "host").map(|row| row.setting), Some(Setting::ControllerHost));
    }
}
