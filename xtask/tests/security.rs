//! What `docs/reference/security.md` promises is tested where it says, and the page makes no markup of texts.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Texts between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Where a file of the list stands.
fn place(file: &str) -> PathBuf {
    if file.starts_with("crates/") || file.starts_with("xtask/") {
        return root().join(file);
    }
    let server = root().join("crates/server");
    if file.starts_with("src/") { server.join(file) } else { server.join("tests").join(file) }
}

#[test]
fn every_promise_has_its_test() {
    let list = read(&root().join("docs/reference/security.md"));
    let list = list.split("\n## Not held").next().unwrap();
    let mut promises = 0;
    for line in list.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Promise")) {
        let cell = line.trim_matches('|').rsplit(" | ").next().unwrap();
        promises += 1;
        if cell.trim() == "the same" {
            continue;
        }
        let mut file = None;
        for name in quoted(cell) {
            if Path::new(name).extension().is_some_and(|extension| extension == "rs") {
                let text = read(&place(name));
                assert!(
                    text.contains("#[test]") || text.contains("#[tokio::test"),
                    "{name} tests nothing: {line}"
                );
                file = Some(text);
            } else {
                let text = file.as_ref().unwrap_or_else(|| panic!("{name} stands in no file: {line}"));
                assert!(text.contains(&format!("fn {name}(")), "there is no test {name}: {line}");
            }
        }
        assert!(file.is_some(), "no test: {line}");
    }
    assert!(promises > 30, "the list was not read: {promises}");
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ts" || extension == "tsx") {
            found.push(path);
        }
    }
}

/// Names and user data are anybody's: only React puts them on the page, as text.
#[test]
fn the_page_makes_no_markup_of_texts() {
    let mut files = Vec::new();
    sources(&root().join("ui/src"), &mut files);
    assert!(files.len() > 50, "the page's sources were not read");
    for file in files {
        let text = read(&file);
        for way in [
            "dangerouslySetInnerHTML",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function(",
        ] {
            assert!(!text.contains(way), "{}: {way}", file.display());
        }
    }
}
