//! Where a lexer of SQL stands in its text.
//!
//! Positions are always between characters: everything that is looked for is ASCII, and what is not ASCII belongs to
//! names and strings.

/// A place in a text.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    position: usize,
    marks_in_names: bool,
}

/// Whether a byte may begin a name or keyword. What is not ASCII may.
pub(crate) const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether an ASCII byte may go on with one.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

impl<'a> Cursor<'a> {
    /// The beginning of a text; `marks_in_names` where `#` and `@` may stand within names.
    pub(crate) const fn new(text: &'a str, marks_in_names: bool) -> Self {
        Self { text, position: 0, marks_in_names }
    }

    pub(crate) const fn position(&self) -> usize {
        self.position
    }

    /// The byte here.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.at(0)
    }

    /// The byte further on.
    pub(crate) fn at(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + offset).copied()
    }

    /// The text from a place up to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.position..).unwrap_or_default()
    }

    pub(crate) fn skip(&mut self, bytes: usize) {
        self.position = (self.position + bytes).min(self.text.len());
    }

    /// Over one character.
    pub(crate) fn skip_char(&mut self) {
        let char = self.text.get(self.position..).and_then(|rest| rest.chars().next());
        self.skip(char.map_or(1, char::len_utf8));
    }

    /// How many bytes from here on are so.
    pub(crate) fn count_while(&self, is: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest();
        rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len())
    }

    pub(crate) fn skip_while(&mut self, is: impl Fn(u8) -> bool) {
        self.skip(self.count_while(is));
    }

    /// Over a name. Characters beyond ASCII that are neither letters nor digits are none: `£` is no part of a name, and
    /// what follows may be an amount.
    pub(crate) fn skip_word(&mut self) {
        loop {
            let marks = self.marks_in_names;
            self.skip_while(|byte| is_word(byte) || (marks && matches!(byte, b'#' | b'@')));
            match self.text.get(self.position..).and_then(|rest| rest.chars().next()) {
                Some(char) if !char.is_ascii() => {
                    self.skip(char.len_utf8());
                    if !char.is_alphanumeric() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// Over a number that began here or before: digits, point, exponent with its sign, and letters that stick to it.
    pub(crate) fn skip_number(&mut self) {
        let start = self.position;
        loop {
            self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
            let text = self.since(start).as_bytes();
            let is_hex = text.get(1).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'x'));
            let exponent = text.last().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'e')) && !is_hex;
            let sign = matches!(self.peek(), Some(b'+' | b'-'));
            if exponent && sign && self.at(1).is_some_and(|byte| byte.is_ascii_digit()) {
                self.skip(1);
            } else {
                break;
            }
        }
        if self.peek().is_some_and(|byte| byte >= 0x80) {
            self.skip_word();
        }
    }

    /// To behind the next `end` that is not doubled, nor escaped where backslashes escape; to the end of the text when
    /// there is none, and then `false`.
    pub(crate) fn skip_quoted(&mut self, end: u8, backslash: bool) -> bool {
        loop {
            self.skip_while(|byte| byte != end && !(backslash && byte == b'\\'));
            match self.peek() {
                None => return false,
                Some(b'\\') if backslash => {
                    self.skip(1);
                    self.skip_char();
                }
                Some(_) if self.at(1) == Some(end) => self.skip(2),
                Some(_) => {
                    self.skip(1);
                    return true;
                }
            }
        }
    }

    /// To the next piece of a string: white space with a line feed in it, and a quote. Stays when there is none.
    pub(crate) fn skip_to_next_piece(&mut self) -> bool {
        let blanks = self.count_while(|byte| byte.is_ascii_whitespace());
        let has_line_feed = self.rest().iter().take(blanks).any(|byte| matches!(byte, b'\n' | b'\r'));
        if has_line_feed && self.at(blanks) == Some(b'\'') {
            self.skip(blanks);
            return true;
        }
        false
    }

    /// Whether a `.` follows the quoted name that begins here.
    pub(crate) fn dot_follows_quoted(&self) -> bool {
        let mut ahead = Cursor { position: self.position + 1, ..*self };
        ahead.skip_quoted(b'"', false);
        ahead.skip_while(|byte| byte.is_ascii_whitespace());
        ahead.peek() == Some(b'.')
    }

    /// Over `$tag$…$tag$`, to the end when it is not closed. Stays when no such quote begins here.
    pub(crate) fn skip_dollar_quoted(&mut self) -> bool {
        let tag = self
            .rest()
            .iter()
            .skip(1)
            .take_while(|byte| **byte != b'$' && (is_word(**byte) || **byte >= 0x80))
            .count();
        let starts_as_name = self.at(1).is_some_and(|byte| byte == b'$' || is_word_start(byte));
        if !starts_as_name || self.at(1 + tag) != Some(b'$') {
            return false;
        }
        let start = self.position;
        self.skip(tag + 2);
        let quote = self.since(start);
        let found = self.text.get(self.position..).and_then(|rest| rest.find(quote));
        self.position = found.map_or(self.text.len(), |at| self.position + at + quote.len());
        true
    }

    /// Over the rest of Oracle's `q'[…]'`, behind its first quote.
    pub(crate) fn skip_alternative_quoted(&mut self) {
        let Some(open) = self.text.get(self.position..).and_then(|rest| rest.chars().next()) else { return };
        let close = match open {
            '[' => ']',
            '{' => '}',
            '(' => ')',
            '<' => '>',
            other => other,
        };
        self.skip(open.len_utf8());
        let end = [close, '\''].iter().collect::<String>();
        let found = self.text.get(self.position..).and_then(|rest| rest.find(&end));
        self.position = found.map_or(self.text.len(), |at| self.position + at + end.len());
    }

    /// Over `/*…*/`, to the end when it is not closed.
    pub(crate) fn skip_block_comment(&mut self, nests: bool) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(), self.at(1)) {
                (Some(b'/'), Some(b'*')) if depth == 0 || nests => {
                    depth += 1;
                    self.skip(2);
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.skip(2);
                    if depth == 0 {
                        return;
                    }
                }
                (None, _) => return,
                _ => {
                    self.skip(1);
                    self.skip_while(|byte| byte != b'*' && byte != b'/');
                }
            }
        }
    }
}
