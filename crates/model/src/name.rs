//! Cleaning of names and values: what a caller may pass, and what is reported.

use std::borrow::Cow;

use crate::limits::NAME_CHARS_MAX;

/// Shown where a caller gave an empty name.
pub const UNNAMED: &str = "(unnamed)";

/// The mark at the end of a text that was cut.
pub const CUT_MARK: char = '…';

/// Characters the agent API documents forbid in BT names.
pub const FORBIDDEN_IN_BT_NAMES: [char; 7] = ['{', '}', '[', ']', '|', '&', ';'];

/// The name a BT is reported under: trimmed, forbidden characters replaced by `_`, cut to
/// [`NAME_CHARS_MAX`] characters, `(unnamed)` when nothing is left.
///
/// Borrowed when nothing had to change, so that a caller can tell.
#[must_use]
pub fn clean_bt_name(name: &str) -> Cow<'_, str> {
    let name = clean_name(name);
    if name.contains(FORBIDDEN_IN_BT_NAMES) {
        Cow::Owned(name.replace(FORBIDDEN_IN_BT_NAMES, "_"))
    } else {
        name
    }
}

/// A display or property name: control characters replaced by a blank, trimmed, cut, never empty.
#[must_use]
pub fn clean_name(name: &str) -> Cow<'_, str> {
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Cow::Borrowed(UNNAMED);
    }
    if trimmed.contains(char::is_control) {
        let replaced: String = trimmed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        // Once more: the outer ones may have become blanks. Cleaning a clean name must change nothing.
        return Cow::Owned(clean_name(&replaced).into_owned());
    }
    cut(trimmed, NAME_CHARS_MAX)
}

/// `text` cut to at most `chars_max` characters (not bytes), the last of which is then `…`.
#[must_use]
pub fn cut(text: &str, chars_max: usize) -> Cow<'_, str> {
    if text.len() <= chars_max {
        return Cow::Borrowed(text); // as many bytes as characters allowed: cannot have more characters
    }
    match text.char_indices().nth(chars_max) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let end = text.char_indices().nth(chars_max.saturating_sub(1)).map_or(0, |(index, _)| index);
            let mut shorter = String::with_capacity(end + CUT_MARK.len_utf8());
            shorter.push_str(&text[..end]);
            shorter.push(CUT_MARK);
            Cow::Owned(shorter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_become_underscores() {
        assert_eq!(clean_bt_name("[CALLER > INIT]{a|b;c&d}"), "_CALLER > INIT__a_b_c_d_");
        assert!(matches!(clean_bt_name("/store/checkout"), Cow::Borrowed("/store/checkout")));
    }

    #[test]
    fn empty_and_blank_names_are_unnamed() {
        assert_eq!(clean_bt_name(""), UNNAMED);
        assert_eq!(clean_bt_name(" \t\n"), UNNAMED);
    }

    #[test]
    fn long_names_are_cut_on_a_character_boundary() {
        let long = "ü".repeat(150);
        let cleaned = clean_bt_name(&long);
        assert_eq!(cleaned.chars().count(), NAME_CHARS_MAX);
        assert!(cleaned.ends_with(CUT_MARK));
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("äöü", 3), "äöü");
    }

    #[test]
    fn control_characters_cannot_reach_a_log_or_header() {
        assert_eq!(clean_name("a\r\nb"), "a  b");
        for odd in ["\u{1} ", "\u{1}a\u{7f}", "\0"] {
            assert_eq!(clean_name(&clean_name(odd)), clean_name(odd));
            assert_ne!(clean_name(odd).trim(), "");
        }
    }
}
