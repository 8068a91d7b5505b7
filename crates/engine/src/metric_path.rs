//! Metric paths: parts joined by `|`, `*` for any one part, `\|` for a `|` inside a name.

use std::fmt;

use crate::limits::{METRIC_PATH_CHARS_MAX, METRIC_PATH_PARTS_MAX};

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Exactly this name.
    Name(String),
    /// Any name.
    Any,
}

/// The path is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the metric path is longer than {METRIC_PATH_CHARS_MAX} characters or {METRIC_PATH_PARTS_MAX} parts")]
pub struct PathTooLong;

/// Reads a pattern. A `|` at the end is ignored; an empty text is the root.
///
/// # Errors
/// When it is longer than any path there is.
pub fn parse(text: &str) -> Result<Vec<Part>, PathTooLong> {
    if text.len() > METRIC_PATH_CHARS_MAX * 4 || text.chars().count() > METRIC_PATH_CHARS_MAX {
        return Err(PathTooLong);
    }
    let mut parts = Vec::new();
    let mut name = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek() == Some(&'|') => {
                name.push('|');
                characters.next();
            }
            '|' => parts.push(part(std::mem::take(&mut name))),
            other => name.push(other),
        }
    }
    if !name.is_empty() {
        parts.push(part(name));
    }
    if parts.len() > METRIC_PATH_PARTS_MAX { Err(PathTooLong) } else { Ok(parts) }
}

fn part(name: String) -> Part {
    if name == "*" { Part::Any } else { Part::Name(name) }
}

/// A concrete path as clients cut names out of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct MetricPath(pub Vec<String>);

impl fmt::Display for MetricPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(&name.replace('|', "\\|"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_escapes_and_wildcards() {
        let name = |text: &str| Part::Name(text.to_owned());
        assert_eq!(parse("a|*|b c").unwrap(), [name("a"), Part::Any, name("b c")]);
        assert_eq!(parse(r"a\|b|c|").unwrap(), [name("a|b"), name("c")]);
        assert_eq!(parse("").unwrap(), []);
        assert_eq!(parse("**").unwrap(), [name("**")]);
        assert_eq!(MetricPath(vec!["a|b".into(), "c".into()]).to_string(), r"a\|b|c");
        assert_eq!(parse(r"a\").unwrap(), [name(r"a\")]);
    }

    #[test]
    fn hostile_paths_are_refused() {
        assert_eq!(parse(&"a".repeat(5_000)), Err(PathTooLong));
        assert_eq!(parse(&"*|".repeat(40)), Err(PathTooLong));
    }
}
