//! House rules that no compiler knows: see STYLE.md for the reason of each.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Files are meant to stay near 500 lines; at this many lines of code two things live in one room.
const CODE_LINES_MAX: usize = 700;
const NAMES_FORBIDDEN: &[&str] = &["common", "util", "utils", "helper", "helpers", "core", "types", "misc"];
const SOURCES: &[&str] = &["rs", "py", "ts", "tsx", "js", "mjs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file that is or would be committed.
fn files() -> Vec<String> {
    let mut git = Command::new("git");
    let output = git
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let files = String::from_utf8(output.stdout).unwrap();
    files.lines().map(str::to_owned).filter(|file| root().join(file).is_file()).collect()
}

fn is_source(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| SOURCES.iter().any(|known| *known == extension))
}

fn is_generated(file: &str) -> bool {
    file.split('/').any(|part| part == "generated") || file.ends_with(".d.ts")
}

fn is_test(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    file.split('/').any(|part| part == "tests" || part == "e2e")
        || name == "tests.rs"
        || name.contains("_test.")
        || name.contains("_tests.")
        || name.contains(".test.")
        || name.starts_with("test_")
}

/// Lines that are neither blank nor only a comment; inline test modules at the end do not count.
fn code_lines(text: &str) -> usize {
    let until_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    until_tests
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'))
        .count()
}

/// `TODO(#12): …` names an issue; anything else is a wish nobody will find.
fn has_todo_without_issue(line: &str) -> bool {
    ["TODO", "FIXME", "XXX"].iter().any(|mark| {
        line.split(mark).skip(1).any(|after| {
            let word_ends =
                !after.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '`' || c == '"');
            word_ends && !after.starts_with("(#")
        })
    })
}

fn complain(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} (see STYLE.md):\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn files_are_small_rooms() {
    let mut wrong = Vec::new();
    for file in files().into_iter().filter(|file| is_source(file) && !is_generated(file) && !is_test(file)) {
        let lines = code_lines(&std::fs::read_to_string(root().join(&file)).unwrap());
        if lines > CODE_LINES_MAX {
            wrong.push(format!(
                "{file} has {lines} lines of code, more than {CODE_LINES_MAX}: which two things is it?"
            ));
        }
    }
    complain(&wrong);
}

#[test]
fn files_and_folders_are_named_after_what_they_hold() {
    let mut wrong = Vec::new();
    for file in files().into_iter().filter(|file| is_source(file) && !is_generated(file)) {
        for part in file.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if NAMES_FORBIDDEN.contains(&stem) {
                wrong.push(format!("{file}: `{part}` says how it is used, not what it holds"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn a_todo_names_its_issue() {
    let mut wrong = Vec::new();
    for file in files()
        .into_iter()
        .filter(|file| is_source(file) && !is_generated(file) && !file.ends_with("tests/tidy.rs"))
    {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        for (number, line) in text.lines().enumerate() {
            if has_todo_without_issue(line) {
                wrong.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for file in files().into_iter().filter(|file| file.ends_with(".md")) {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        let folder = root().join(&file).parent().unwrap().to_path_buf();
        for target in text.split("](").skip(1).filter_map(|after| after.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains(':') && !folder.join(path).exists() {
                wrong.push(format!("{file}: {target}"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn the_rules_themselves_see_what_they_should() {
    assert!(has_todo_without_issue("// TODO: later") && has_todo_without_issue("# FIXME"));
    assert!(
        !has_todo_without_issue("// TODO(#7): later")
            && !has_todo_without_issue("TODOs")
            && !has_todo_without_issue("# ok")
    );
    assert_eq!(code_lines("// why\n\nfn a() {}\n#[cfg(test)]\nmod tests {\nfn b() {}\n}\n"), 1);
    assert!(
        is_test("python/tests/test_api.py")
            && is_test("ui/src/a.test.ts")
            && !is_test("crates/model/src/id.rs")
    );
}
