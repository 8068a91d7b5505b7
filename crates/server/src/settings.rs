//! Settings of `tierline up`: flag before environment before file, in one function.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use tierline_engine::foreign::WindowSettings;
use tierline_store::{Retention, StoreOptions};

use crate::access_keys::DEFAULT_ACCOUNT;
use crate::controller::Options;
use crate::limits::{FOREIGN_WINDOW_MB_MAX, FOREIGN_WINDOW_S_MAX, KEEP_DAYS_MAX};
use crate::oidc::OidcSettings;

/// Where it listens when nobody says otherwise (architecture.md 5).
pub const LISTEN_USUAL: &str = "127.0.0.1:8090";

/// Where it keeps its data when nobody says otherwise.
pub const DATA_USUAL: &str = "tierline-data";

/// Bytes of memory it does with when nobody says otherwise.
pub const MEMORY_BYTES_USUAL: usize = 1 << 30;

/// Bytes of memory it cannot do without: one request of the largest size, decoded.
pub const MEMORY_BYTES_MIN: usize = 256 << 20;

/// Bytes of disk below which a limit would drop what was just written.
pub const DATA_BYTES_MIN: usize = 64 << 20;

/// What can be set, by its key in a file; flags are `--<key>`, variables `TIERLINE_<KEY>`.
const KEYS: [&str; 22] = [
    "listen",
    "data",
    "access-key",
    "admin-password",
    "root-password",
    "tls-certificate",
    "tls-key",
    "public-url",
    "trusted-proxies",
    "memory-limit",
    "oidc-issuer",
    "oidc-client-id",
    "oidc-client-secret",
    "oidc-account",
    "oidc-administrators",
    "foreign-window-s",
    "foreign-window-mb",
    "data-limit",
    "keep-minutes-days",
    "keep-ten-minutes-days",
    "keep-hours-days",
    "keep-snapshots-days",
];

/// The settings of a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Host and port.
    pub listen: SocketAddr,
    /// The data directory.
    pub data: PathBuf,
    /// An access key that is to exist.
    pub access_key: Option<String>,
    /// The password user `admin` is to have.
    pub admin_password: Option<String>,
    /// The password user `root` of the account `system` is to have.
    pub root_password: Option<String>,
    /// Certificate and key, when it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// What browsers call it, when that is not where it listens.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Bytes of memory it should do with.
    pub memory_bytes_max: usize,
    /// The OpenID Connect provider people may log in through.
    pub oidc: Option<OidcSettings>,
    /// How long spans of other SDKs wait for the rest of their trace, and how much memory they may take.
    pub foreign_window: WindowSettings,
    /// How long data are kept, and how many bytes they may take.
    pub storage: StoreOptions,
}

/// The files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those above it, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl Settings {
    /// What the controller needs of them.
    #[must_use]
    pub fn options(&self) -> Options {
        let secure = self.public_url.as_ref().map(|url| url.starts_with("https://"));
        Options {
            trusted_proxies: self.trusted_proxies.clone(),
            secure_cookies: secure.unwrap_or(self.tls.is_some()),
            // The other half is for answers, caches and the store.
            ingest_memory_bytes_max: self.memory_bytes_max / 2,
            oidc: self.oidc.clone().map(|oidc| {
                let scheme = if self.tls.is_some() { "https" } else { "http" };
                let here = || format!("{scheme}://{}", self.listen);
                (oidc, self.public_url.clone().unwrap_or_else(here))
            }),
        }
    }
}

/// What was given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--data`.
    pub data: Option<String>,
    /// `--access-key`.
    pub access_key: Option<String>,
    /// `--admin-password`.
    pub admin_password: Option<String>,
    /// `--root-password`.
    pub root_password: Option<String>,
    /// `--tls-certificate`.
    pub tls_certificate: Option<String>,
    /// `--tls-key`.
    pub tls_key: Option<String>,
    /// `--public-url`.
    pub public_url: Option<String>,
    /// `--trusted-proxies`.
    pub trusted_proxies: Option<String>,
    /// `--memory-limit`.
    pub memory_limit: Option<String>,
    /// `--oidc-issuer`.
    pub oidc_issuer: Option<String>,
    /// `--oidc-client-id`.
    pub oidc_client_id: Option<String>,
    /// `--oidc-client-secret`.
    pub oidc_client_secret: Option<String>,
    /// `--oidc-account`.
    pub oidc_account: Option<String>,
    /// `--oidc-administrators`.
    pub oidc_administrators: Option<String>,
    /// `--foreign-window-s`.
    pub foreign_window_s: Option<String>,
    /// `--foreign-window-mb`.
    pub foreign_window_mb: Option<String>,
    /// `--data-limit`.
    pub data_limit: Option<String>,
    /// `--keep-minutes-days`.
    pub keep_minutes_days: Option<String>,
    /// `--keep-ten-minutes-days`.
    pub keep_ten_minutes_days: Option<String>,
    /// `--keep-hours-days`.
    pub keep_hours_days: Option<String>,
    /// `--keep-snapshots-days`.
    pub keep_snapshots_days: Option<String>,
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file is not TOML.
    #[error("the settings file is not TOML: {0}")]
    NotToml(String),
    /// The file has a key nobody knows.
    #[error("the settings file has the unknown key `{key}`{hint}; known are {}", KEYS.join(", "))]
    UnknownKey {
        /// The key.
        key: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// The file has something else than a text.
    #[error("`{0}` in the settings file must be a text in quotes")]
    NotText(String),
    /// A number.
    #[error("`{text}` is not a usable `{key}`: write a whole number from 1 to {max}")]
    Number {
        /// The key.
        key: &'static str,
        /// What was given.
        text: String,
        /// The largest that goes.
        max: u64,
    },
    /// The address.
    #[error(
        "`{0}` is not an address to listen at: write host and port as in {LISTEN_USUAL} (a host by its number)"
    )]
    Listen(String),
    /// One of two files.
    #[error("TLS needs both `tls-certificate` and `tls-key`")]
    HalfTls,
    /// One of two settings.
    #[error("OpenID Connect needs both `oidc-issuer` and `oidc-client-id`")]
    HalfOidc,
    /// What browsers call it.
    #[error("`{0}` is not a public URL: write it as https://tierline.example.org, without a path")]
    PublicUrl(String),
    /// A proxy.
    #[error("`{0}` is not the address of a proxy: write numbers, separated by commas")]
    Proxy(String),
    /// The memory.
    #[error("`{0}` is no memory limit: write it as 1024MB or 2GB, at least {least}MB", least = MEMORY_BYTES_MIN >> 20)]
    Memory(String),
    /// The data directory's size.
    #[error("`{0}` is no data limit: write it as 20GB, at least {least}MB", least = DATA_BYTES_MIN >> 20)]
    DataLimit(String),
}

/// The settings in force. `variable` reads the environment, `file` is the text of the settings file.
///
/// # Errors
/// When the file has unknown keys or a value cannot be used.
pub fn resolve(
    flags: Flags,
    variable: impl Fn(&str) -> Option<String>,
    file: Option<&str>,
) -> Result<Settings, SettingsError> {
    let file = file.map(read_file).transpose()?.unwrap_or_default();
    let pick = |flag: Option<String>, key: &str| {
        let name = format!("TIERLINE_{}", key.replace('-', "_").to_ascii_uppercase());
        let not_empty = |value: &String| !value.trim().is_empty();
        flag.or_else(|| variable(&name).filter(not_empty))
            .or_else(|| file.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone()))
    };
    let listen = pick(flags.listen, "listen").unwrap_or_else(|| LISTEN_USUAL.to_owned());
    let number = |flag: Option<String>, key: &'static str, max: u64| {
        let Some(text) = pick(flag, key) else { return Ok(None) };
        let number = text.trim().parse().ok().filter(|number| (1..=max).contains(number));
        number.map(Some).ok_or(SettingsError::Number { key, text, max })
    };
    let window_s = number(flags.foreign_window_s, "foreign-window-s", FOREIGN_WINDOW_S_MAX)?;
    let window_mb = number(flags.foreign_window_mb, "foreign-window-mb", FOREIGN_WINDOW_MB_MAX)?;
    let mut foreign_window = window_s.map_or_else(WindowSettings::default, WindowSettings::of_seconds);
    if let Some(bytes) = window_mb.and_then(|mb| usize::try_from(mb << 20).ok()) {
        foreign_window.bytes_max = bytes;
    }
    let mut retention = Retention::default();
    for (days, flag, key) in [
        (&mut retention.minutes_days, flags.keep_minutes_days, "keep-minutes-days"),
        (&mut retention.tens_days, flags.keep_ten_minutes_days, "keep-ten-minutes-days"),
        (&mut retention.hours_days, flags.keep_hours_days, "keep-hours-days"),
        (&mut retention.snapshots_days, flags.keep_snapshots_days, "keep-snapshots-days"),
    ] {
        *days = number(flag, key, KEEP_DAYS_MAX)?.unwrap_or(*days);
    }
    let bytes_max = pick(flags.data_limit, "data-limit")
        .map(|text| bytes(&text, DATA_BYTES_MIN).ok_or(SettingsError::DataLimit(text)))
        .transpose()?;
    // `localhost` is what people write; a name would need a resolver and may be several addresses.
    let numeric = listen.replace("localhost:", "127.0.0.1:");
    Ok(Settings {
        listen: numeric.parse().map_err(|_| SettingsError::Listen(listen))?,
        data: pick(flags.data, "data").unwrap_or_else(|| DATA_USUAL.to_owned()).into(),
        access_key: pick(flags.access_key, "access-key"),
        admin_password: pick(flags.admin_password, "admin-password"),
        root_password: pick(flags.root_password, "root-password"),
        tls: match (pick(flags.tls_certificate, "tls-certificate"), pick(flags.tls_key, "tls-key")) {
            (None, None) => None,
            (Some(certificate), Some(key)) => {
                Some(TlsFiles { certificate: certificate.into(), key: key.into() })
            }
            _ => return Err(SettingsError::HalfTls),
        },
        oidc: match (pick(flags.oidc_issuer, "oidc-issuer"), pick(flags.oidc_client_id, "oidc-client-id")) {
            (None, None) => None,
            (Some(issuer), Some(client_id)) => Some(OidcSettings {
                issuer,
                client_id,
                client_secret: pick(flags.oidc_client_secret, "oidc-client-secret"),
                account: pick(flags.oidc_account, "oidc-account")
                    .unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned()),
                administrators: pick(flags.oidc_administrators, "oidc-administrators"),
            }),
            _ => return Err(SettingsError::HalfOidc),
        },
        public_url: pick(flags.public_url, "public-url").map(public_url).transpose()?,
        trusted_proxies: pick(flags.trusted_proxies, "trusted-proxies").map_or(Ok(Vec::new()), proxies)?,
        memory_bytes_max: pick(flags.memory_limit, "memory-limit")
            .map_or(Ok(MEMORY_BYTES_USUAL), |text| {
                bytes(&text, MEMORY_BYTES_MIN).ok_or(SettingsError::Memory(text))
            })?,
        foreign_window,
        storage: StoreOptions { retention, bytes_max: bytes_max.map(|bytes| bytes as u64) },
    })
}

fn public_url(text: String) -> Result<String, SettingsError> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => Ok(url.to_owned()),
        _ => Err(SettingsError::PublicUrl(text)),
    }
}

fn proxies(text: String) -> Result<Vec<IpAddr>, SettingsError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| SettingsError::Proxy(part.to_owned()))).collect()
}

/// `512MB`, `2 GiB`: M and G mean 2^20 and 2^30, whatever follows them.
fn bytes(text: &str, least: usize) -> Option<usize> {
    let plain = text.trim().to_ascii_lowercase();
    let digits = plain.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = plain.strip_prefix(digits).unwrap_or_default().trim();
    let shift = match unit {
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return None,
    };
    let number: usize = digits.trim().parse().ok()?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes >= least)
}

fn read_file(text: &str) -> Result<Vec<(String, String)>, SettingsError> {
    let table: toml::Table =
        text.parse().map_err(|e: toml::de::Error| SettingsError::NotToml(e.to_string()))?;
    let mut found = Vec::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            let near = KEYS.iter().map(|known| (distance(known, &key), known)).min();
            let hint = match near {
                Some((distance, known)) if distance <= 3 => format!(" (did you mean `{known}`?)"),
                _ => String::new(),
            };
            return Err(SettingsError::UnknownKey { key, hint });
        }
        let Some(text) = value.as_str() else { return Err(SettingsError::NotText(key)) };
        found.push((key, text.to_owned()));
    }
    Ok(found)
}

/// How many characters must be added, removed or changed to make `a` of `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut previous = i;
        let mut left = i + 1;
        for (cb, above) in b.chars().zip(row.iter_mut().skip(1)) {
            let best = (previous + usize::from(ca != cb)).min(*above + 1).min(left + 1);
            previous = *above;
            *above = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn flag_before_environment_before_file() {
        let file = "listen = \"127.0.0.1:3\"\ndata = \"/from/file\"\naccess-key = \"file\"";
        let variable = |name: &str| match name {
            "TIERLINE_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "TIERLINE_DATA" => Some("/from/variable".to_owned()),
            "TIERLINE_ADMIN_PASSWORD" => Some(" ".to_owned()),
            _ => None,
        };
        let flags = Flags { listen: Some("localhost:1".to_owned()), ..Flags::default() };
        let settings = resolve(flags, variable, Some(file)).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:1".parse().unwrap());
        assert_eq!(settings.data, PathBuf::from("/from/variable"));
        assert_eq!((settings.access_key.as_deref(), settings.admin_password), (Some("file"), None));
    }

    #[test]
    fn mistakes_are_told_with_a_suggestion() {
        let error = |file: &str| resolve(Flags::default(), none, Some(file)).unwrap_err().to_string();
        assert!(error("lisen = \"x\"").contains("did you mean `listen`?"));
        assert!(error("admin_password = \"x\"").contains("did you mean `admin-password`?"));
        assert!(!error("of-the-future = 1").contains("did you mean"));
        assert!(error("listen = 8090").contains("must be a text"));
        assert!(error("[[[").contains("not TOML"));
        assert!(error("listen = \"somewhere\"").contains("not an address"));
        assert!(error("tls-key = \"x\"").contains("needs both"));
        assert!(error("public-url = \"ftp://x\"").contains("not a public URL"));
        assert!(error("trusted-proxies = \"127.0.0.1, proxy\"").contains("`proxy`"));
        for wrong in ["5", "12MB", "many", "99999999999999999999GB", "-1GB", ""] {
            let file = format!("memory-limit = \"{wrong}\"");
            assert!(error(&file).contains("no memory limit"), "{wrong}");
        }
        for (file, told) in [
            ("data-limit = \"5\"", "no data limit"),
            ("data-limit = \"63MB\"", "no data limit"),
            ("keep-snapshots-days = \"0\"", "`keep-snapshots-days`"),
            ("keep-hours-days = \"4000000\"", "from 1 to"),
        ] {
            assert!(error(file).contains(told), "{file}");
        }
        let file = Some("data-limit = \"20GB\"\nkeep-snapshots-days = \"3\"");
        let storage = resolve(Flags::default(), none, file).unwrap().storage;
        assert_eq!((storage.bytes_max, storage.retention.snapshots_days), (Some(20 << 30), 3));
        assert_eq!(storage.retention.minutes_days, Retention::default().minutes_days);
        let file = Some("memory-limit = \"2 GiB\"\npublic-url = \"https://a.example/\"");
        let settings = resolve(Flags::default(), none, file).unwrap();
        assert_eq!(settings.memory_bytes_max, 2 << 30);
        assert!(settings.options().secure_cookies);
    }
}
