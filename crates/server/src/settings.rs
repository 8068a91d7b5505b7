//! Settings of `tierline up`: flag before environment before file, in one function.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where it listens when nobody says otherwise (architecture.md 5).
pub const LISTEN_USUAL: &str = "127.0.0.1:8090";

/// Where it keeps its data when nobody says otherwise.
pub const DATA_USUAL: &str = "tierline-data";

/// What can be set, by its key in a file; flags are `--<key>`, variables `TIERLINE_<KEY>`.
const KEYS: [&str; 5] = ["listen", "data", "access-key", "admin-password", "root-password"];

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
    /// The address.
    #[error(
        "`{0}` is not an address to listen at: write host and port as in {LISTEN_USUAL} (a host by its number)"
    )]
    Listen(String),
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
    // `localhost` is what people write; a name would need a resolver and may be several addresses.
    let numeric = listen.replace("localhost:", "127.0.0.1:");
    Ok(Settings {
        listen: numeric.parse().map_err(|_| SettingsError::Listen(listen))?,
        data: pick(flags.data, "data").unwrap_or_else(|| DATA_USUAL.to_owned()).into(),
        access_key: pick(flags.access_key, "access-key"),
        admin_password: pick(flags.admin_password, "admin-password"),
        root_password: pick(flags.root_password, "root-password"),
    })
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
        let error = |file| resolve(Flags::default(), none, Some(file)).unwrap_err().to_string();
        assert!(error("lisen = \"x\"").contains("did you mean `listen`?"));
        assert!(error("admin_password = \"x\"").contains("did you mean `admin-password`?"));
        assert!(!error("of-the-future = 1").contains("did you mean"));
        assert!(error("listen = 8090").contains("must be a text"));
        assert!(error("[[[").contains("not TOML"));
        assert!(error("listen = \"somewhere\"").contains("not an address"));
    }
}
