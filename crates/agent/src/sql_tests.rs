use super::*;

/// A generator of statements: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const DIALECTS: [Dialect; 6] = [
    Dialect::Ansi,
    Dialect::PostgreSql,
    Dialect::MySql,
    Dialect::Sqlite,
    Dialect::Oracle,
    Dialect::SqlServer,
];

/// Part of every text literal; no part of anything else.
const SECRET: &str = "zq\u{e9}cret";
/// Digits of every number; no part of anything else.
const DIGITS: &str = "73";

/// What people put into strings: quotes of other kinds, comments, SQL, backslashes.
const HOSTILE: [&str; 16] =
    ["", " ", "--", "/*", "*/", "\"", "`", "[", "]", "$$", "#", ";", "\n", "SELECT 1", "$tag$", "\u{1f600}?"];

/// A string literal of a dialect.
fn text_literal(random: &mut Random, dialect: Dialect) -> String {
    let mut inside = String::new();
    for _ in 0..=random.below(3) {
        inside.push_str(random.pick(&HOSTILE));
        inside.push_str(SECRET);
    }
    let doubled = |text: &str, quote: &str| text.replace(quote, &quote.repeat(2));
    let plain = format!("'{}'", doubled(&format!("{inside}'{SECRET}"), "'"));
    match (dialect, random.below(5)) {
        (Dialect::MySql, 0) => format!("'{}\\'{SECRET}\\\\'", inside),
        (Dialect::MySql, 1) => format!("\"{}\\\"'{SECRET}\"", doubled(&inside, "\"")),
        (Dialect::MySql, 2) => format!("N{plain}"),
        (Dialect::PostgreSql, 0) => format!("E'{inside}\\'{SECRET}\\\\'"),
        (Dialect::PostgreSql, 1) => format!("$q${inside} ' {SECRET}$q$"),
        (Dialect::PostgreSql, 2) => format!("e'{inside}'\n  '\\'{SECRET}'"),
        (Dialect::PostgreSql, 3) => format!("$${}'$$", inside.replace("$$", "$")),
        (Dialect::Oracle, 0) => format!("q'[{}'{SECRET}]'", inside.replace("]'", "")),
        (Dialect::Oracle, 1) => format!("nQ'!it's {inside}!'"),
        (Dialect::Oracle, 2) => format!("q'({inside}')'"),
        (Dialect::SqlServer, 0) => format!("N{plain}"),
        (Dialect::Sqlite, 1) => format!("x'{SECRET}'"),
        // A backslash is a character like others.
        (Dialect::Ansi | Dialect::Sqlite | Dialect::SqlServer, 2) => format!("'{SECRET}\\'"),
        _ => plain,
    }
}

fn number_literal(random: &mut Random, dialect: Dialect) -> String {
    let number = DIGITS;
    match (dialect, random.below(8)) {
        (Dialect::SqlServer, 0) => format!("${number}.{number}"),
        (Dialect::SqlServer, 1) => format!("0x{number}AB"),
        (Dialect::PostgreSql, 0) => format!("1_{number}_000"),
        (Dialect::MySql | Dialect::Sqlite, 0) => format!("0x{number}E"),
        (_, 2) => format!("{number}.{number}"),
        (_, 3) => format!(".{number}"),
        (_, 4) => format!("{number}e-{number}"),
        (_, 5) => format!("{number}.{number}E+{number}"),
        _ => number.repeat(1 + random.below(8)),
    }
}

fn name(random: &mut Random, dialect: Dialect) -> String {
    let plain = random.pick(&["users", "t1", "order_lines", "a$b", "größe", "schema2.table9"]);
    let quoted = random.pick(&["Order", "a b", "select", "x;y", "it's", "no -- comment", "/*"]);
    match (dialect, random.below(3)) {
        (Dialect::MySql, 0) => format!("`{quoted}`"),
        (Dialect::SqlServer, 0) => format!("[{quoted}]"),
        (Dialect::SqlServer, 1) => "#temp".to_owned(),
        (Dialect::MySql, _) | (_, 1 | 2) => plain.to_owned(),
        // Where a value may stand, SQLite may mean one.
        (Dialect::Sqlite, _) => format!("t.\"{quoted}\""),
        _ => format!("\"{quoted}\""),
    }
}

fn comment(random: &mut Random, dialect: Dialect) -> String {
    match (dialect, random.below(4)) {
        (Dialect::MySql, 0) => format!(" # {SECRET} '\n"),
        (Dialect::PostgreSql | Dialect::SqlServer, 0) => format!(" /* a /* {SECRET} */ ' {SECRET} */ "),
        (_, 1) => format!(" -- {SECRET} ' {DIGITS}\n"),
        (_, 2) => format!(" /* {SECRET} \" ' */ "),
        _ => " ".to_owned(),
    }
}

/// A statement, and what it is without its literals.
fn statement(random: &mut Random, dialect: Dialect) -> (String, String) {
    let (mut sql, mut expected) = (String::new(), String::new());
    let both = |text: &str, sql: &mut String, expected: &mut String| {
        sql.push_str(text);
        expected.push_str(text);
    };
    let begin = random.pick(&["SELECT ", "select distinct ", "UPDATE ", "INSERT INTO ", "DELETE FROM "]);
    both(begin, &mut sql, &mut expected);
    for _ in 0..1 + random.below(6) {
        let name = name(random, dialect);
        both(&name, &mut sql, &mut expected);
        let operator = random.pick(&[" = ", "=", " <> ", " LIKE ", ",", " in (", "||", " + ", "- "]);
        both(operator, &mut sql, &mut expected);
        let literal = match random.below(2) {
            0 => text_literal(random, dialect),
            _ => number_literal(random, dialect),
        };
        sql.push_str(&literal);
        expected.push('?');
        let parameter = match dialect {
            Dialect::PostgreSql => " $1 ",
            Dialect::Sqlite => " ?1 ",
            Dialect::Oracle => " :1 ",
            Dialect::SqlServer => " @p1 ",
            Dialect::MySql => " %s ",
            Dialect::Ansi => " ? ",
        };
        let next = random.pick(&[" AND ", ") or ", ", ", parameter, " )::text, "]);
        both(next, &mut sql, &mut expected);
        let comment = comment(random, dialect);
        sql.push_str(&comment);
        if !expected.ends_with(' ') {
            expected.push(' ');
        }
    }
    (sql, expected)
}

#[test]
fn of_ten_thousand_statements_in_six_dialects_no_literal_survives() {
    let mut random = Random(42);
    for number in 0..10_000 {
        let dialect = DIALECTS[number % DIALECTS.len()];
        let (sql, expected) = statement(&mut random, dialect);
        let cleaned = without_literals(&sql, dialect);
        assert!(!cleaned.contains(SECRET) && !cleaned.contains(DIGITS), "{dialect:?}\n{sql}\n{cleaned}");
        assert_eq!(cleaned, expected, "{dialect:?}\n{sql}");
        assert_eq!(without_literals(&cleaned, dialect), cleaned, "once more changes nothing");
    }
}

/// Cut anywhere, still nothing survives: programs log half a statement, and limits cut.
#[test]
fn of_half_a_statement_no_literal_survives_either() {
    let mut random = Random(7);
    for number in 0..600 {
        let dialect = DIALECTS[number % DIALECTS.len()];
        let (sql, _) = statement(&mut random, dialect);
        for end in (0..sql.len()).filter(|end| sql.is_char_boundary(*end)) {
            let cleaned = without_literals(&sql[..end], dialect);
            assert!(
                !cleaned.contains(SECRET) && !cleaned.contains(DIGITS),
                "{dialect:?}\n{}\n{cleaned}",
                &sql[..end]
            );
        }
    }
}

#[track_caller]
fn check(dialect: Dialect, sql: &str, expected: &str) {
    assert_eq!(without_literals(sql, dialect), expected, "{dialect:?} {sql}");
}

#[test]
fn what_stays_readable() {
    for dialect in DIALECTS {
        check(
            dialect,
            "SELECT a.id, COUNT(*) FROM t1 a  JOIN\n\tt2 b ON a.id = b.id WHERE a.x > 5 LIMIT 10",
            "SELECT a.id, COUNT(*) FROM t1 a JOIN t2 b ON a.id = b.id WHERE a.x > ? LIMIT ?",
        );
        check(dialect, "", "");
        check(dialect, "'", "?");
        check(dialect, "\u{a3}12", "\u{a3}?");
    }
    check(
        Dialect::PostgreSql,
        r#"SELECT "U"."n" FROM "U" WHERE d->>'k' = $1 AND a[1:2] @5"#,
        r#"SELECT "U"."n" FROM "U" WHERE d->>? = $1 AND a[?:?] @?"#,
    );
    check(
        Dialect::PostgreSql,
        "INSERT INTO t VALUES (%(a)s, %s, 'x')",
        "INSERT INTO t VALUES (%(a)s, %s, ?)",
    );
    check(
        Dialect::MySql,
        "SELECT \"x\", 1--1, a#5\n, _utf8mb4'x' /*!40000 'x' */",
        "SELECT ?, ?--?, a , _utf8mb4? ",
    );
    check(
        Dialect::Sqlite,
        r#"INSERT INTO "t" ("a") VALUES ("x", 'y') ON CONFLICT ("a") DO NOTHING"#,
        r#"INSERT INTO "t" ("a") VALUES (?, ?) ON CONFLICT ("a") DO NOTHING"#,
    );
    check(
        Dialect::Sqlite,
        r#"SELECT "a" FROM t WHERE "a" = "b" AND t."a" = u."b" AND c IN ("d")"#,
        r#"SELECT "a" FROM t WHERE "a" = ? AND t."a" = u."b" AND c IN (?)"#,
    );
    check(
        Dialect::SqlServer,
        "SELECT [a]]b] FROM #t WHERE x = N'y' AND @p1 = $1.5 AND n#1 = 0xFF",
        "SELECT [a]]b] FROM #t WHERE x = ? AND @p1 = ? AND n#1 = ?",
    );
    check(
        Dialect::Oracle,
        "SELECT q'[it's]', :1, :name, v$session FROM dual",
        "SELECT ?, :1, :name, v$session FROM dual",
    );
}

#[test]
fn a_very_long_statement_is_looked_at_in_part_and_nothing_of_it_survives() {
    let list = format!("SELECT * FROM t WHERE id IN ({}'{SECRET}')", "73, ".repeat(20_000));
    for dialect in DIALECTS {
        let cleaned = without_literals(&list, dialect);
        assert!(cleaned.len() <= SQL_BYTES_MAX && !cleaned.contains(DIGITS) && !cleaned.contains(SECRET));
    }
    let wide = format!("SELECT '{}'", "\u{1f600}".repeat(20_000));
    assert_eq!(without_literals(&wide, Dialect::Ansi), "SELECT ?");
}
