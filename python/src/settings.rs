//! What the settings are read from: the dictionary given to `init` and `os.environ`.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use tierline::settings::{LanguageRuntime, Settings, SettingsSource, read_config_file};
use tierline_model::Language;

use crate::limits::VARIABLES_SEEN_MAX;
use crate::properties::Properties;

/// The settings with `environ` on top of the environment.
///
/// The environment is the one Python shows the program. Nothing here fails: without `os.environ` it is empty.
pub fn resolve(py: Python<'_>, environ: Option<&Bound<'_, PyAny>>) -> Settings {
    let overlay = texts(&Properties::first(environ, VARIABLES_SEEN_MAX, "init: environ is not a dict"));
    let of_process = py.import("os").and_then(|os| os.getattr("environ")).ok();
    let environment =
        texts(&Properties::first(of_process.as_ref(), VARIABLES_SEEN_MAX, "os.environ is not a mapping"));
    let version = py.version_info();
    Settings::resolve(&SettingsSource {
        overlay,
        environment,
        read_file: &read_config_file,
        runtime: LanguageRuntime {
            language: Language::Python,
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime_version: format!("{}.{}.{}", version.major, version.minor, version.patch),
        },
    })
}

fn texts(properties: &Properties<'_>) -> BTreeMap<String, String> {
    properties.texts().into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
