//! The configuration file, read the way Python's ConfigParser reads it, but never refused.
//!
//! Sections, `key = value` or `key: value`, `#` and `;` comment lines, keys without case, continuation lines.
//! Where ConfigParser raises (keys before the first section, keys given twice, lines without a separator), this
//! reads on and says so.

use super::Warnings;
use super::table::{Row, row_of_file_key};

/// A key that was found, with its row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Lower case.
    pub section: String,
    /// Lower case.
    pub key: String,
    /// Trimmed; continuation lines are joined by blanks.
    pub value: String,
}

/// Reads a file's bytes. `name` is for the warnings. Of a key given twice the last one holds.
#[must_use]
pub fn parse(bytes: &[u8], name: &str, warnings: &mut Warnings) -> Vec<Entry> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        warnings.add(format!("{name} is not UTF-8; what cannot be read was replaced: save it as UTF-8"));
    }
    let mut parser = Parser { name, warnings, section: None, entries: Vec::new(), continues: false };
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        parser.line(index + 1, line);
    }
    let Parser { entries, .. } = parser;
    entries
}

struct Parser<'a> {
    name: &'a str,
    warnings: &'a mut Warnings,
    section: Option<String>,
    entries: Vec<Entry>,
    /// Whether an indented line would continue the last entry.
    continues: bool,
}

impl Parser<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let trimmed = line.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            return;
        }
        if let Some(section) = section_of(trimmed) {
            self.section = Some(section.to_lowercase());
            self.continues = false;
            return;
        }
        let pair = trimmed.split_once(['=', ':']).map(|(key, value)| (key.trim(), value.trim()));
        let indented = line.starts_with([' ', '\t']);
        if indented && self.continues && pair.is_none_or(|(key, _)| self.row(key).is_none()) {
            if let Some(last) = self.entries.last_mut() {
                last.value.push(' ');
                last.value.push_str(trimmed);
            }
            return;
        }
        match pair {
            Some((key, value)) if !key.is_empty() => self.pair(number, key, value),
            _ => {
                self.continues = false;
                self.warnings
                    .add(format!("{} line {number} is not `key = value`; it was left out", self.name));
            }
        }
    }

    fn pair(&mut self, number: usize, key: &str, value: &str) {
        let key = key.to_lowercase();
        let Some(row) = self.row(&key) else {
            self.continues = false;
            let section = self.section.as_deref().unwrap_or_default();
            self.warnings
                .add(format!("{} line {number}: [{section}] {key} is not a setting we know", self.name));
            return;
        };
        if self.section.is_none() {
            self.warnings.add(format!(
                "{} line {number}: {key} stands before any section; it was read as [{}] {}",
                self.name, row.file.0, row.file.1
            ));
        }
        // The row's own spelling, so that nobody behind has to care for `_` and `-`.
        let (section, key) = (row.file.0.to_owned(), row.file.1.to_owned());
        if self.entries.iter().any(|e| e.section == section && e.key == key) {
            self.warnings
                .add(format!("{} line {number}: {key} is given again; the last one holds", self.name));
            self.entries.retain(|e| e.section != section || e.key != key);
        }
        self.entries.push(Entry { section, key, value: value.to_owned() });
        self.continues = true;
    }

    /// ConfigParser's `[DEFAULT]` holds for every section.
    fn row(&self, key: &str) -> Option<&'static Row> {
        let section = self.section.as_deref().filter(|section| *section != "default");
        row_of_file_key(section, key)
    }
}

/// `[name]`, whatever follows behind it.
fn section_of(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    Some(inner.split_once(']').map_or(inner, |(name, _)| name).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str, &str)], warnings_expected: usize) {
        let mut warnings = Warnings::default();
        let entries = parse(text.as_bytes(), "test.cfg", &mut warnings);
        let found: Vec<_> =
            entries.iter().map(|e| (e.section.as_str(), e.key.as_str(), e.value.as_str())).collect();
        assert_eq!(found, expect, "{text:?}");
        assert_eq!(warnings.lines().len(), warnings_expected, "{text:?}: {:?}", warnings.lines());
    }

    #[test]
    fn living_files() {
        check(
            "[agent]\napp=a\ntier: b\nnode =  node 66e2 \n",
            &[("agent", "app", "a"), ("agent", "tier", "b"), ("agent", "node", "node 66e2")],
            0,
        );
        check(
            "[controller]\nssl = (on)\naccount =\n[agent]\napp= x:y = z\n",
            &[("controller", "ssl", "(on)"), ("controller", "account", ""), ("agent", "app", "x:y = z")],
            0,
        );
        check(
            "\u{feff}[AGENT]\r\nApp = a\r\n# c\r\n; c\r\n\r\nTIER=b\r\n",
            &[("agent", "app", "a"), ("agent", "tier", "b")],
            0,
        );
        check("[instrumentation]\nenable_openai = true", &[("instrumentation", "enable-openai", "true")], 0);
        check("[DEFAULT]\nhost = h\n", &[("controller", "host", "h")], 0);
    }

    #[test]
    fn odd_files() {
        check("app = early\n[agent]\ntier = t", &[("agent", "app", "early"), ("agent", "tier", "t")], 1);
        check("[agent]\napp = 1\napp = 2\n", &[("agent", "app", "2")], 1);
        check(
            "[agent]\napp = one\n  two\n\ttier = t\n",
            &[("agent", "app", "one two"), ("agent", "tier", "t")],
            0,
        );
        check("[agent\napp = a", &[("agent", "app", "a")], 0);
        check("[agent] trailing\napp = a\nnonsense\n= v\n", &[("agent", "app", "a")], 2);
        check("[agent]\ncolour = red\n[nowhere]\napp = x\n", &[], 2);
        check("", &[], 0);
        check("\0\0\0", &[], 0);
        check("  indented first\n", &[], 1);
        check("{\"app\": \"json\"}", &[], 1);
    }

    #[test]
    fn not_utf_8_is_read_as_far_as_it_goes() {
        let mut warnings = Warnings::default();
        let entries = parse(b"[agent]\napp = caf\xe9\ntier = t\n", "test.cfg", &mut warnings);
        assert_eq!(entries[0].value, "caf\u{fffd}");
        assert_eq!(entries[1].value, "t");
        assert_eq!(warnings.lines().len(), 1);
    }
}
