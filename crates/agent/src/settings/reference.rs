//! `docs/reference/agent-settings.md`, made from the table.

use std::fmt::Write;

use super::table::{Default, Kind, Row, TABLE};

const HEAD: &str = "# Agent settings

<!-- Generated from crates/agent/src/settings/table.rs. After a change: TIERLINE_BLESS=1 cargo test -p tierline --test settings_reference -->

An agent takes each setting from the first place that has it: what the program passes (`init(environ)` in Python,
`profile({…})` in Node.js), the environment, the configuration file, the default. Where a setting has several names, the
first one given here wins within its place. An empty text counts as not given.

The configuration file is named by `APPDYNAMICS_CONFIG_FILE` (or `APPD_CONFIG_FILE`, or `pyagent run -c`). It has the
form of Python's ConfigParser. What cannot be read or understood is never an error: it is shown as a warning on the
node's page and by `tierline doctor`.

A switch is `on`, `true`, `yes` or `1`, or else `off`, `false`, `no` or `0`, in any case, with blanks, quotes or brackets around it.

";

/// The text of the reference.
#[must_use]
pub fn reference() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("## Settings\n\n");
    rows(&mut text, TABLE.iter().filter(|row| row.effective));
    text.push_str("\n## Accepted without effect\n\nSo that existing files and programs keep working.\n\n");
    rows(&mut text, TABLE.iter().filter(|row| !row.effective));
    text
}

fn rows<'a>(text: &mut String, rows: impl Iterator<Item = &'a Row>) {
    text.push_str(
        "| File | Environment | `profile()` | Form | Default | Meaning |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let file = match row.file {
            ("", _) => String::new(),
            (section, key) => format!("`[{section}] {key}`"),
        };
        let default = match row.default {
            Default::None => String::new(),
            Default::Text(text) => format!("`{text}`"),
            Default::PythonElse(python, other) => format!("`{python}` in Python, else `{other}`"),
        };
        let form = match row.kind {
            Kind::Text => "text",
            Kind::Secret => "secret",
            Kind::Flag => "switch",
            Kind::Port => "port",
            Kind::Milliseconds => "milliseconds",
            Kind::Path => "path",
        };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {file} | {} | {} | {form} | {default} | {} |",
            quoted(row.variables),
            quoted(row.profile),
            row.meaning
        );
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join("<br>")
}
