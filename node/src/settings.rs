//! What the settings are read from: the object given to `profile()` and the environment.

use std::collections::BTreeMap;

use tierline::settings::{LanguageRuntime, Settings, SettingsSource};
use tierline_model::Language;

use crate::limits::SETTINGS_MAX;

/// The settings with `profile()`'s on top of the environment. Nothing here fails.
pub fn resolve(names: Vec<String>, values: Vec<String>, runtime_version: String) -> Settings {
    let mut overlay = BTreeMap::new();
    for (name, value) in names.into_iter().zip(values).take(SETTINGS_MAX) {
        // Of a name that comes twice the first counts.
        overlay.entry(name).or_insert(value);
    }
    let runtime = LanguageRuntime {
        language: Language::Nodejs,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime_version,
    };
    Settings::resolve(&SettingsSource::of_process(overlay, runtime))
}
