//! SQL without its literals.
//!
//! What a snapshot shows of a statement must not hold what people typed into a form. A lexer reads the statement as the
//! dialect's server would and puts `?` in the place of every string, number and binary literal; comments go, because
//! programs put data into them, and runs of white space become one blank. Where a text can be read in two ways it is
//! taken for a literal; what is not closed is taken to go on to the end.
//!
//! ```
//! use tierline::sql::{Dialect, without_literals};
//! let sql = r"SELECT name FROM people WHERE id = 7 AND note = E'it\'s' -- Mr Smith";
//! assert_eq!(without_literals(sql, Dialect::PostgreSql), "SELECT name FROM people WHERE id = ? AND note = ? ");
//! ```

use crate::limits::SQL_BYTES_MAX;
use crate::sql_cursor::{Cursor, is_word_start};

/// Whose SQL it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Dialect {
    /// The standard, and whatever is not known.
    #[default]
    Ansi,
    /// PostgreSQL and its relatives: `E'…'`, `$tag$…$tag$`, nested comments.
    PostgreSql,
    /// MySQL and MariaDB: `"…"` is a string, backslashes escape, `#` begins a comment.
    MySql,
    /// SQLite: `"…"` is a name, or a string where there is no such name.
    Sqlite,
    /// Oracle: `q'[…]'`.
    Oracle,
    /// SQL Server: `[…]` is a name, `$1.50` an amount of money.
    SqlServer,
}

impl Dialect {
    /// The dialect of a database, by what drivers and `VENDOR` properties call it; [`Dialect::Ansi`] for others.
    #[must_use]
    pub fn of_vendor(vendor: &str) -> Self {
        match vendor.to_ascii_lowercase().as_str() {
            "postgresql" | "postgres" | "postgressql" | "cockroachdb" | "redshift" => Self::PostgreSql,
            "mysql" | "mariadb" => Self::MySql,
            "sqlite" => Self::Sqlite,
            "oracle" => Self::Oracle,
            "sqlserver" | "mssql" => Self::SqlServer,
            _ => Self::Ansi,
        }
    }

    const fn nests_comments(self) -> bool {
        matches!(self, Self::PostgreSql | Self::SqlServer)
    }

    const fn escapes_with_backslash(self) -> bool {
        matches!(self, Self::MySql)
    }

    /// Whether `#` and `@` may stand within a name; elsewhere they are operators, or begin a comment.
    const fn has_marks_in_names(self) -> bool {
        matches!(self, Self::Oracle | Self::SqlServer)
    }

    /// Whether a number behind this character names a parameter.
    const fn numbers_parameters(self, first: u8) -> bool {
        match first {
            b'$' => matches!(self, Self::PostgreSql | Self::Sqlite),
            b':' => matches!(self, Self::Ansi | Self::Oracle | Self::Sqlite),
            b'@' => matches!(self, Self::SqlServer | Self::Sqlite),
            b'?' => matches!(self, Self::Sqlite),
            _ => false,
        }
    }
}

/// The statement without its literals. Of a statement longer than [`SQL_BYTES_MAX`] only its beginning.
#[must_use]
pub fn without_literals(sql: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(sql.len().min(SQL_BYTES_MAX));
    write_without_literals(sql, dialect, &mut out);
    out
}

/// Appends the statement without its literals.
pub fn write_without_literals(sql: &str, dialect: Dialect, out: &mut String) {
    let end = if sql.len() > SQL_BYTES_MAX { sql.floor_char_boundary(SQL_BYTES_MAX) } else { sql.len() };
    let sql = sql.get(..end).unwrap_or_default();
    let cursor = Cursor::new(sql, dialect.has_marks_in_names());
    Lexer { cursor, dialect, out, value_expected: false, in_values: false }.run();
}

struct Lexer<'a, 'o> {
    cursor: Cursor<'a>,
    dialect: Dialect,
    out: &'o mut String,
    /// Behind a comparison, for SQLite.
    value_expected: bool,
    /// Between `VALUES` and the next clause, for SQLite.
    in_values: bool,
}

impl Lexer<'_, '_> {
    fn run(mut self) {
        while let Some(byte) = self.cursor.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.blank(),
                b'\'' => self.string(self.dialect.escapes_with_backslash()),
                b'"' => self.double_quoted(),
                b'`' => self.quoted_name(b'`'),
                b'[' if matches!(self.dialect, Dialect::SqlServer | Dialect::Sqlite) => {
                    self.quoted_name(b']')
                }
                b'0'..=b'9' => self.number(),
                b'.' if self.cursor.at(1).is_some_and(|next| next.is_ascii_digit()) => self.fraction(),
                b'$' => self.dollar(),
                b'-' if self.begins_line_comment() => self.line_comment(),
                b'#' if self.dialect == Dialect::MySql => self.line_comment(),
                b'/' if self.cursor.at(1) == Some(b'*') => self.block_comment(),
                b':' | b'@' | b'?' => self.parameter(byte),
                _ if is_word_start(byte) => self.word(),
                _ => self.symbol(byte),
            }
        }
    }

    fn blank(&mut self) {
        self.cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c));
        self.put_blank();
    }

    fn put_blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn put_literal(&mut self) {
        self.out.push('?');
        self.value_expected = false;
    }

    /// A string in single quotes; a quote inside is doubled, or escaped where backslashes escape.
    fn string(&mut self, backslash: bool) {
        self.cursor.skip(1);
        self.cursor.skip_quoted(b'\'', backslash);
        if backslash && self.dialect == Dialect::PostgreSql {
            // Pieces in lines of their own are one string, with the rules of the first (PostgreSQL 4.1.2.2).
            while self.cursor.skip_to_next_piece() {
                self.cursor.skip(1);
                self.cursor.skip_quoted(b'\'', true);
            }
        }
        self.put_literal();
    }

    /// A name, or in MySQL a string. SQLite takes what is no name for a string, so where a value may stand it is one.
    fn double_quoted(&mut self) {
        let is_string = match self.dialect {
            Dialect::MySql => true,
            Dialect::Sqlite => (self.value_expected || self.in_values) && !self.cursor.dot_follows_quoted(),
            _ => false,
        };
        if is_string {
            self.cursor.skip(1);
            self.cursor.skip_quoted(b'"', self.dialect.escapes_with_backslash());
            self.put_literal();
        } else {
            self.quoted_name(b'"');
        }
    }

    /// A quoted name is kept; one that is not closed is no name.
    fn quoted_name(&mut self, end: u8) {
        let start = self.cursor.position();
        self.cursor.skip(1);
        if self.cursor.skip_quoted(end, false) {
            self.out.push_str(self.cursor.since(start));
            self.value_expected = false;
        } else {
            self.put_literal();
        }
    }

    /// A number, with whatever sticks to it.
    fn number(&mut self) {
        self.cursor.skip_number();
        self.put_literal();
    }

    /// `.5`; after a name it is a part of it (`t.5` is none in any dialect, and taken for a literal).
    fn fraction(&mut self) {
        self.cursor.skip(1);
        self.number();
    }

    /// `$1`, `$tag$…$tag$`, `$1.50`.
    fn dollar(&mut self) {
        let next = self.cursor.at(1);
        if self.dialect == Dialect::PostgreSql && self.cursor.skip_dollar_quoted() {
            return self.put_literal();
        }
        match next {
            Some(b'0'..=b'9' | b'.' | b'-' | b'+') if self.dialect == Dialect::SqlServer => {
                self.cursor.skip(2);
                self.number();
            }
            Some(b'0'..=b'9') => self.parameter(b'$'),
            _ => self.symbol(b'$'),
        }
    }

    /// The place of a value that is not here: `:name`, `@name`, `?1`, `$1`, `%(name)s`. Numbers in them are no literals.
    fn parameter(&mut self, first: u8) {
        let start = self.cursor.position();
        self.cursor.skip(1);
        let digits = self.cursor.count_while(|byte| byte.is_ascii_digit());
        if digits > 0 {
            let ends = self.cursor.at(digits).is_none_or(|byte| byte != b'.' && !is_word_start(byte));
            if self.dialect.numbers_parameters(first) && digits <= PARAMETER_DIGITS_MAX && ends {
                self.cursor.skip(digits);
            }
        } else if matches!(first, b':' | b'@') && self.cursor.peek().is_some_and(is_word_start) {
            self.cursor.skip_word();
        }
        self.out.push_str(self.cursor.since(start));
        self.value_expected = false;
    }

    /// `--`; in MySQL only with a blank behind.
    fn begins_line_comment(&self) -> bool {
        self.cursor.at(1) == Some(b'-')
            && (self.dialect != Dialect::MySql
                || self.cursor.at(2).is_none_or(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()))
    }

    fn line_comment(&mut self) {
        self.cursor.skip_while(|byte| byte != b'\n' && byte != b'\r');
        self.put_blank();
    }

    fn block_comment(&mut self) {
        self.cursor.skip_block_comment(self.dialect.nests_comments());
        self.put_blank();
    }

    fn word(&mut self) {
        let start = self.cursor.position();
        self.cursor.skip_word();
        let word = self.cursor.since(start);
        if self.cursor.peek() == Some(b'\'') && self.prefixed_string(word) {
            return;
        }
        if self.dialect == Dialect::Sqlite {
            let is = |wanted: &[&str]| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted));
            self.value_expected = is(&["like", "glob", "then", "else", "in", "between"]);
            if is(&["values"]) {
                self.in_values = true;
            } else if is(&["on", "returning", "select"]) {
                self.in_values = false;
            }
        }
        self.out.push_str(word);
    }

    /// A string whose first letters say how to read it. `false` when these do not.
    fn prefixed_string(&mut self, prefix: &str) -> bool {
        let is = |wanted: &str| prefix.eq_ignore_ascii_case(wanted);
        match self.dialect {
            Dialect::PostgreSql if is("e") => self.string(true),
            Dialect::Oracle if is("q") || is("nq") => {
                self.cursor.skip(1);
                self.cursor.skip_alternative_quoted();
                self.put_literal();
            }
            _ if is("n") || is("b") || is("x") => self.string(self.dialect.escapes_with_backslash()),
            _ => return false,
        }
        true
    }

    fn symbol(&mut self, byte: u8) {
        let start = self.cursor.position();
        self.cursor.skip_char();
        self.out.push_str(self.cursor.since(start));
        self.value_expected = match byte {
            b'=' | b'<' | b'>' | b'!' | b'|' => true,
            // Brackets and commas stand between a comparison and its values.
            b'(' | b',' => self.value_expected,
            _ => false,
        };
        self.in_values &= byte != b';';
    }
}

/// Digits of a numbered parameter: drivers stop at 65,535.
const PARAMETER_DIGITS_MAX: usize = 5;

#[cfg(test)]
#[path = "sql_tests.rs"]
mod tests;
