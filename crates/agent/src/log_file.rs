//! The agent's own log: a few rotating files, only when somebody asked for them, never the host's output.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::limits::{LOG_FILE_BYTES_MAX, LOG_FILES_MAX};
use crate::settings::LogLevel;

/// The log. Without a level, or when its directory cannot be written, it swallows everything.
#[derive(Debug)]
pub struct LogFile {
    level: Option<LogLevel>,
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
    bytes_max: u64,
}

impl LogFile {
    /// The log of a node: `<application>-<node>.log`. Opened with its first line.
    #[must_use]
    pub fn new(directory: &Path, application: &str, node: &str, level: Option<LogLevel>) -> Self {
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name: String = format!("{application}-{node}").chars().map(plain).collect();
        let path = directory.join(format!("{}.log", name.trim_start_matches('.')));
        Self { level, path, file: None, bytes: 0, bytes_max: LOG_FILE_BYTES_MAX }
    }

    /// Writes a line when its level is wanted. What cannot be written is lost: a log must not be a problem.
    pub fn write(&mut self, level: LogLevel, text: &str) {
        if self.level.is_none_or(|wanted| level > wanted) {
            return;
        }
        if self.bytes >= self.bytes_max {
            self.rotate();
        }
        if self.file.is_none() && !self.open() {
            self.level = None;
            return;
        }
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let line = format!(
            "{}.{:03} {} {level:?} {}\n",
            seconds.as_secs(),
            seconds.subsec_millis(),
            std::process::id(),
            text.replace(['\n', '\r'], " ")
        );
        if let Some(file) = &mut self.file {
            // One write, so that the lines of several processes do not mix.
            if file.write_all(line.as_bytes()).is_ok() {
                self.bytes += line.len() as u64;
            }
        }
    }

    fn open(&mut self) -> bool {
        if let Some(directory) = self.path.parent() {
            // When this fails, opening fails too.
            let _ = std::fs::create_dir_all(directory);
        }
        let options = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o640)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&self.path);
        self.file = options.ok();
        self.bytes =
            self.file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |metadata| metadata.len());
        self.file.is_some()
    }

    /// `x.log` becomes `x.log.1`, and so on; the last one goes.
    fn rotate(&mut self) {
        self.file = None;
        self.bytes = 0;
        let numbered = |number: usize| match number {
            0 => self.path.clone(),
            _ => PathBuf::from(format!("{}.{number}", self.path.display())),
        };
        // Another process may have rotated already: then the file is short, and only opened again.
        if std::fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() < self.bytes_max) {
            return;
        }
        for number in (1..LOG_FILES_MAX).rev() {
            // A file that is not there yet cannot be renamed; that is all that can happen.
            let _ = std::fs::rename(numbered(number - 1), numbered(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_and_only_five_files() {
        let scratch = tempfile::tempdir().unwrap();
        let logs = scratch.path().join("logs");
        let mut silent = LogFile::new(&logs, "a", "n", None);
        silent.write(LogLevel::Error, "x");
        assert!(!logs.exists());

        let mut log = LogFile::new(&logs, "../../a", "n/1", Some(LogLevel::Info));
        log.bytes_max = 200;
        for number in 0..100 {
            log.write(LogLevel::Debug, "not wanted");
            log.write(LogLevel::Warning, &format!("line {number}\nsame line"));
        }
        let mut names: Vec<_> = std::fs::read_dir(&logs)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), LOG_FILES_MAX, "{names:?}");
        assert_eq!(names[0], "_.._a-n_1.log");
        let text = std::fs::read_to_string(logs.join(&names[0])).unwrap();
        assert!(text.ends_with("Warning line 99 same line\n"), "{text}");
        assert!(!text.contains("not wanted"));
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_no_problem() {
        let mut log = LogFile::new(Path::new("/proc/nowhere"), "a", "n", Some(LogLevel::Info));
        log.write(LogLevel::Error, "x");
        assert_eq!(log.level, None);
    }
}
