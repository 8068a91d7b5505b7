//! The reference in `docs/` says what the table says.

use std::path::Path;

#[test]
fn the_reference_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/agent-settings.md");
    let expected = tierline::settings::reference();
    if std::env::var_os("TIERLINE_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "docs/reference/agent-settings.md is stale; TIERLINE_BLESS=1 cargo test -p tierline --test settings_reference"
    );
}
