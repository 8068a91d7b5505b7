//! An agent's settings: lines `NAME=value` for the environment, a line `---`, lines for the overlay, a line `---`, and
//! the configuration file. Nothing of it may fail.
#![no_main]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tierline::settings::{CONFIG_FILE_VARIABLES, LanguageRuntime, Settings, SettingsSource};

fn pairs(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

fuzz_target!(|bytes: &[u8]| {
    let separator = bytes.windows(5).position(|window| window == b"\n---\n");
    let (environment, rest) = separator.map_or((&[][..], bytes), |at| (&bytes[..at], &bytes[at + 5..]));
    let separator = rest.windows(5).position(|window| window == b"\n---\n");
    let (overlay, file) = separator.map_or((&[][..], rest), |at| (&rest[..at], &rest[at + 5..]));
    let read_file = |_: &Path, bytes_max: usize| {
        file.get(..file.len().min(bytes_max)).map(<[u8]>::to_vec).ok_or_else(|| io::Error::other("never"))
    };
    let mut environment = pairs(environment);
    if let Some(variable) = CONFIG_FILE_VARIABLES.first() {
        environment.insert((*variable).to_owned(), "/tierline.cfg".to_owned());
    }
    let source = SettingsSource {
        overlay: pairs(overlay),
        environment,
        read_file: &read_file,
        runtime: LanguageRuntime::rust(),
    };
    let settings = Settings::resolve(&source);
    let _ = settings.missing();
    let _ = format!("{settings:?}");
});
