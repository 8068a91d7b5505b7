//! What people write into files, variables and programs, and what the agent makes of it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tierline::settings::{LanguageRuntime, LogLevel, Settings, SettingsSource, read_config_file};
use tierline_model::Language;

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn map(pairs: Pairs<'_>) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn resolve_for(language: Language, overlay: Pairs<'_>, environment: Pairs<'_>, file: &str) -> Settings {
    let read_file = |path: &Path, _: usize| {
        assert_eq!(path, Path::new("/etc/appdynamics.cfg"));
        Ok::<_, io::Error>(file.as_bytes().to_vec())
    };
    let runtime = LanguageRuntime { language, ..LanguageRuntime::rust() };
    Settings::resolve(&SettingsSource {
        overlay: map(overlay),
        environment: map(environment),
        read_file: &read_file,
        runtime,
    })
}

fn resolve(overlay: Pairs<'_>, environment: Pairs<'_>, file: &str) -> Settings {
    resolve_for(Language::Python, overlay, environment, file)
}

const FILE: (&str, &str) = ("APPD_CONFIG_FILE", "/etc/appdynamics.cfg");

const MINIMAL: &str = "[agent]\napp = shop\ntier = web\nnode = web-1\n[controller]\nhost = c.example\nport = 8090\naccesskey = k\n";

#[test]
fn overlay_before_environment_before_file_before_default() {
    let node = |overlay, environment, file| resolve(overlay, environment, file).node;
    let file = "[agent]\nnode = of-file\n";
    assert_eq!(node(&[], &[], "").as_deref(), None);
    assert_eq!(node(&[], &[FILE], file).as_deref(), Some("of-file"));
    let environment = &[FILE, ("APPD_NODE_NAME", "of-env")];
    assert_eq!(node(&[], environment, file).as_deref(), Some("of-env"));
    assert_eq!(node(&[("APPD_NODE_NAME", "of-init")], environment, file).as_deref(), Some("of-init"));
    let both = &[FILE, ("APPD_NODE_NAME", "old"), ("APPDYNAMICS_AGENT_NODE_NAME", "new")];
    assert_eq!(node(&[], both, file).as_deref(), Some("new"));
    assert_eq!(node(&[("APPD_NODE_NAME", "old-init")], both, file).as_deref(), Some("old-init"));
    // Empty is not given.
    let empty = &[FILE, ("APPD_NODE_NAME", "  "), ("APPDYNAMICS_AGENT_NODE_NAME", "")];
    assert_eq!(node(&[("APPDYNAMICS_AGENT_NODE_NAME", "")], empty, file).as_deref(), Some("of-file"));
}

#[test]
fn the_overlay_names_the_file_before_the_environment_does() {
    let settings = resolve(&[FILE], &[("APPDYNAMICS_CONFIG_FILE", "/nowhere")], MINIMAL);
    assert_eq!(settings.application.as_deref(), Some("shop"));
    assert!(settings.missing().is_empty());
    assert_eq!(settings.warnings.lines(), Vec::<String>::new());
}

#[test]
fn every_documented_name_arrives() {
    let generations = [
        [
            "APPDYNAMICS_AGENT_APPLICATION_NAME",
            "APPDYNAMICS_AGENT_TIER_NAME",
            "APPDYNAMICS_AGENT_NODE_NAME",
            "APPDYNAMICS_CONTROLLER_HOST_NAME",
            "APPDYNAMICS_CONTROLLER_PORT",
            "APPDYNAMICS_CONTROLLER_SSL_ENABLED",
            "APPDYNAMICS_AGENT_ACCOUNT_NAME",
            "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY",
            "APPDYNAMICS_LOGGING_LEVEL",
            "APPDYNAMICS_AGENT_BASE_DIR",
        ],
        [
            "APPD_APP_NAME",
            "APPD_TIER_NAME",
            "APPD_NODE_NAME",
            "APPD_CONTROLLER_HOST",
            "APPD_CONTROLLER_PORT",
            "APPD_SSL_ENABLED",
            "APPD_ACCOUNT_NAME",
            "APPD_ACCOUNT_ACCESS_KEY",
            "APPD_LOGGING_LEVEL",
            "APPD_DIR",
        ],
    ];
    let values = ["a", "t", "n", "h", "443", "on", "acct", "key", "WARNING", "/var/appd"];
    for names in generations {
        let pairs: Vec<_> = names.into_iter().zip(values).collect();
        for settings in [resolve(&pairs, &[], ""), resolve(&[], &pairs, "")] {
            assert!(settings.missing().is_empty());
            assert_eq!(settings.application.as_deref(), Some("a"));
            assert_eq!(settings.tier.as_deref(), Some("t"));
            assert_eq!(settings.node.as_deref(), Some("n"));
            let controller = settings.controller.unwrap();
            assert_eq!((controller.host.as_str(), controller.port, controller.tls), ("h", 443, true));
            assert_eq!(settings.account, "acct");
            assert_eq!(settings.access_key.unwrap().reveal(), "key");
            assert_eq!(settings.log_level, Some(LogLevel::Warning));
            assert_eq!(settings.base_dir, PathBuf::from("/var/appd"));
            assert_eq!(settings.log_dir, PathBuf::from("/var/appd/logs"));
        }
    }
}

#[test]
fn what_node_programs_pass_to_profile() {
    let settings = resolve_for(
        Language::Nodejs,
        &[
            ("controllerHostName", "c.example"),
            ("controllerSslEnabled", "true"),
            ("accountAccessKey", "k"),
            ("applicationName", "shop"),
            ("tierName", "web"),
            ("nodeName", "process"),
            ("libagent", "true"),
            ("appName", "wrong"),
            ("debug", "false"),
            ("proxyHost", "p"),
            ("proxyPort", "3128"),
        ],
        &[("APPDYNAMICS_CONTROLLER_HOST_NAME", "loses"), ("APPDYNAMICS_AGENT_ACCOUNT_NAME", "acct")],
        "",
    );
    assert!(settings.missing().is_empty());
    assert_eq!(settings.controller.as_ref().map(|c| (c.host.as_str(), c.port)), Some(("c.example", 443)));
    assert_eq!(settings.account, "acct");
    assert_eq!(settings.node_prefix.as_deref(), Some("process"), "Node appends a number");
    assert!(settings.concurrent_exit_calls);
    assert_eq!(settings.proxy.map(|p| (p.host, p.port)), Some(("p".to_owned(), 3128)));
    let settings = resolve_for(Language::Nodejs, &[("nodeName", "n"), ("noNodeNameSuffix", "TRUE")], &[], "");
    assert_eq!(settings.node_prefix, None);
    let reuse = &[("reuseNode", "true"), ("reuseNodePrefix", "p"), ("nodeName", "n")];
    assert_eq!(resolve_for(Language::Nodejs, reuse, &[], "").node_prefix.as_deref(), Some("p"));
}

#[test]
fn missing_settings_are_named() {
    let all = [
        "the application's name",
        "the tier's name",
        "the node's name",
        "the controller's host and port",
        "the account's access key",
    ];
    assert_eq!(resolve(&[], &[], "").missing(), all);
    assert!(resolve(&[], &[FILE], MINIMAL).missing().is_empty());
    let no_port = MINIMAL.replace("port = 8090\n", "");
    assert_eq!(resolve(&[], &[FILE], &no_port).missing(), ["the controller's host and port"]);
    let bad_port = MINIMAL.replace("8090", "eighty");
    assert_eq!(resolve(&[], &[FILE], &bad_port).missing(), ["the controller's host and port"]);
    let reuse = MINIMAL.replace("node = web-1", "nodereuse = (on)\nnodereuseprefix = web");
    let settings = resolve(&[], &[FILE], &reuse);
    assert!(settings.missing().is_empty());
    assert_eq!(settings.node_prefix.as_deref(), Some("web"));
    // A standard endpoint is enough, but does not take a configured controller's place.
    let names: Pairs<'_> = &[("APPD_APP_NAME", "a"), ("APPD_TIER_NAME", "t"), ("APPD_NODE_NAME", "n")];
    let otlp = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/");
    let settings = resolve(names, &[otlp], "");
    assert!(settings.missing().is_empty());
    assert_eq!(settings.otlp.map(|o| (o.address.host, o.address.port)), Some(("collector".to_owned(), 4318)));
    assert_eq!(resolve(&[], &[FILE, otlp], MINIMAL).otlp, None);
    let ours = ("TIERLINE_OTLP_ENDPOINT", "http://mine:4318");
    assert_eq!(resolve(&[], &[FILE, otlp, ours], MINIMAL).otlp.unwrap().address.host, "mine");
}

#[test]
fn cfg_keys_in_init_are_harmless_and_explained() {
    let settings =
        resolve(&[("app", "a"), ("tier", "t"), ("host", "h"), ("colour", "red"), ("APPD_X", "")], &[], "");
    assert_eq!(settings.application, None);
    let warnings = settings.warnings.lines().join("\n");
    assert!(warnings.contains("APPDYNAMICS_AGENT_APPLICATION_NAME"), "{warnings}");
    assert!(warnings.contains("APPD_X"), "{warnings}");
    assert!(!warnings.contains("colour"), "{warnings}");
}

#[test]
fn odd_values_are_warnings_and_the_next_place_is_asked() {
    let file = "[controller]\nssl = maybe\nport = 70000\nhost = https://c.example:8443/controller\n";
    let settings = resolve(&[("APPD_SSL_ENABLED", "perhaps")], &[FILE], file);
    let controller = settings.controller.clone().unwrap();
    assert_eq!((controller.host.as_str(), controller.port, controller.tls), ("c.example", 8443, true));
    assert_eq!(settings.warnings.lines().len(), 3, "{:?}", settings.warnings.lines());
    let settings = resolve(&[("APPD_SSL_ENABLED", "perhaps")], &[FILE, ("APPD_SSL_ENABLED", " ON ")], file);
    assert!(settings.controller.unwrap().tls);
}

#[test]
fn reporting_intervals() {
    let interval = |text| resolve(&[], &[("TIERLINE_REPORT_INTERVAL_MS", text)], "").report_interval_ms;
    for (text, expected) in [
        ("1000", 1_000),
        ("", 60_000),
        ("x", 60_000),
        ("-5", 60_000),
        ("0", 100),
        ("7000", 7_000),
        ("3600000", 60_000),
    ] {
        assert_eq!(interval(text), expected, "{text:?}");
    }
}

#[test]
fn secrets_are_never_shown() {
    let key = "s3cr3t-k3y";
    let file =
        format!("[controller]\naccesskey = {key}\n[otlp]\nheaders = api-key={key}\n[agent]\nport = {key}\n");
    let settings = resolve(&[("accountAccessKey", key)], &[FILE], &file);
    let texts = format!("{settings:?} {:?} {:?}", settings.shown(), settings.warnings.lines());
    // `given` keeps the text for the front ends; Debug of it must not.
    assert!(!texts.contains(key), "{texts}");
    assert_eq!(settings.otlp_headers[0].1.reveal(), key);
    let evil = resolve(&[("APPD_ACCOUNT_ACCESS_KEY", "k\r\nx-evil: 1")], &[], "");
    assert_eq!(evil.access_key, None);
}

#[test]
fn hostile_files_are_survived() {
    let scratch = tempfile::tempdir().unwrap();
    let fifo = scratch.path().join("fifo");
    let name = std::ffi::CString::new(fifo.to_str().unwrap()).unwrap();
    // SAFETY: the name is a C string.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let huge = scratch.path().join("huge");
    std::fs::write(&huge, "app = x\n".repeat(1 << 18)).unwrap();
    let binary = scratch.path().join("binary");
    std::fs::write(&binary, (0..=255u8).cycle().take(100_000).collect::<Vec<_>>()).unwrap();
    let many = scratch.path().join("many");
    std::fs::write(&many, (0..10_000).map(|n| format!("[s{n}]\nk{n} = v\n")).collect::<String>()).unwrap();
    for path in [scratch.path(), &fifo, &huge, &binary, &many, Path::new("/nowhere"), Path::new("a\0b")] {
        let settings = Settings::resolve(&SettingsSource {
            overlay: map(&[("APPDYNAMICS_CONFIG_FILE", &path.to_string_lossy())]),
            environment: BTreeMap::new(),
            read_file: &read_config_file,
            runtime: LanguageRuntime::rust(),
        });
        let warnings = settings.warnings.lines();
        assert!(!warnings.is_empty() && warnings.len() <= 51, "{}: {warnings:?}", path.display());
        assert_eq!(settings.missing().len(), 5);
    }
}

#[test]
fn long_and_strange_names_are_cleaned() {
    let settings = resolve(&[("APPD_APP_NAME", &"ü".repeat(5_000)), ("APPD_TIER_NAME", "a\nb\tc")], &[], "");
    assert_eq!(settings.application.unwrap().chars().count(), 100);
    assert_eq!(settings.tier.as_deref(), Some("a b c"));
}
