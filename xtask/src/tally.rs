//! How many tests passed and which failed, read from what the test runners print.

use std::ops::AddAssign;

/// Tests counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Tests that ran and held.
    pub passed: u64,
    /// Tests that did not, and steps that broke before they could count any.
    pub failed: u64,
    /// What is known of those that failed, for the last lines: the lines above them may be thousands.
    pub names: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.names.extend(other.names);
    }
}

/// The programs whose closing lines we can read.
#[derive(Clone, Copy)]
pub enum Runner {
    /// `test result: ok. 12 passed; 0 failed; …`, once per binary.
    Cargo,
    /// `3 failed, 20 passed, 1 error in 4.20s`, the last line.
    Pytest,
    /// vitest's `Tests  1 failed | 12 passed (13)` or node's `# pass 12` and `# fail 1`.
    Node,
}

/// Adds up what `runner` wrote.
pub fn read(runner: Runner, text: &str) -> Tally {
    let mut sum = Tally::default();
    for line in text.lines() {
        let line = without_colour(line);
        let line = line.trim();
        let counts = match runner {
            Runner::Cargo => line.starts_with("test result:"),
            Runner::Pytest => is_pytest_summary(line),
            Runner::Node => {
                line.starts_with("Tests ") || line.starts_with("# pass") || line.starts_with("# fail")
            }
        };
        if counts {
            sum += counts_in(line);
        }
        sum.names.extend(failed_test(runner, line).map(str::to_owned));
    }
    sum
}

/// The test whose failure `line` tells of.
fn failed_test(runner: Runner, line: &str) -> Option<&str> {
    match runner {
        Runner::Cargo => line.strip_prefix("test ")?.strip_suffix(" ... FAILED"),
        Runner::Pytest => line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR python/")),
        Runner::Node => {
            let name = line.strip_prefix("FAIL ").or_else(|| line.strip_prefix("not ok "))?;
            Some(name.trim_start())
        }
    }
}

fn is_pytest_summary(line: &str) -> bool {
    let line = line.trim_matches(|c| c == '=' || c == ' ');
    line.contains(" in ") && line.ends_with(['s', ')']) && {
        let first: Vec<&str> = line.split(' ').take(2).collect();
        matches!(first[..], [number, _] if number.parse::<u64>().is_ok())
    }
}

/// `12 passed`, `1 failed`, `2 errors`, and node's `pass 12`, `fail 1`.
fn counts_in(line: &str) -> Tally {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut sum = Tally::default();
    for pair in words.windows(2) {
        match (pair[0].parse::<u64>(), pair[1].parse::<u64>()) {
            (Ok(count), Err(_)) => match pair[1] {
                "passed" => sum.passed += count,
                "failed" | "error" | "errors" => sum.failed += count,
                _ => {}
            },
            (Err(_), Ok(count)) => match pair[0] {
                "pass" => sum.passed += count,
                "fail" => sum.failed += count,
                _ => {}
            },
            _ => {}
        }
    }
    sum
}

/// Terminal colours are `ESC [ … letter`.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(runner: Runner, text: &str, passed: u64, failed: u64) {
        let tally = read(runner, text);
        assert_eq!((tally.passed, tally.failed), (passed, failed), "{text}");
    }

    #[test]
    fn those_that_failed_are_named() {
        for (runner, line, name) in [
            (Runner::Cargo, "test full::disk ... FAILED", "full::disk"),
            (
                Runner::Pytest,
                "FAILED python/tests/a.py::test_b - assert 1 == 2",
                "python/tests/a.py::test_b - assert 1 == 2",
            ),
            (Runner::Node, "    not ok 3 - takes a name", "3 - takes a name"),
            (Runner::Node, " FAIL  src/a.test.ts > names > are kept", "src/a.test.ts > names > are kept"),
        ] {
            assert_eq!(read(runner, line).names, [name], "{line}");
        }
        assert_eq!(read(Runner::Cargo, "test full::disk ... ok\nok 3 - takes a name").names, [""; 0]);
    }

    #[test]
    fn cargo_counts_every_binary() {
        let binary = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s\n";
        let broken = "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        check(Runner::Cargo, &format!("{binary}{broken}"), 3, 3);
    }

    #[test]
    fn pytest_counts_the_last_line_and_errors_as_failures() {
        check(Runner::Pytest, "....\n20 passed in 4.20s\n", 20, 0);
        check(Runner::Pytest, "== 3 failed, 20 passed, 2 skipped, 1 error in 64.20s (0:01:04) ==\n", 20, 4);
        check(Runner::Pytest, "E   3 failed somewhere in a message\n", 0, 0);
    }

    #[test]
    fn vitest_and_node_are_both_read() {
        check(
            Runner::Node,
            " \u{1b}[2mTests\u{1b}[22m  \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m12 passed\u{1b}[39m (13)\n",
            12,
            1,
        );
        check(Runner::Node, " Test Files  2 passed (2)\n      Tests  12 passed (12)\n", 12, 0);
        check(Runner::Node, "# tests 5\n# pass 4\n# fail 1\n", 4, 1);
    }
}
