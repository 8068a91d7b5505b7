//! The controller's log: lines on standard error, bounded in number, without control characters.

use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::limits::LOG_LINES_PER_SECOND_MAX;

struct Pace {
    since: Instant,
    lines: u32,
    left_out: u64,
}

static PACE: Mutex<Option<Pace>> = Mutex::new(None);

/// Writes a line, unless there were too many in this second; those are counted in the next one that is written.
pub fn line(text: &str) {
    let left_out = {
        let mut pace = PACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pace = pace.get_or_insert_with(|| Pace { since: Instant::now(), lines: 0, left_out: 0 });
        if pace.since.elapsed() >= Duration::from_secs(1) {
            (pace.since, pace.lines) = (Instant::now(), 0);
        }
        pace.lines += 1;
        if pace.lines > LOG_LINES_PER_SECOND_MAX {
            pace.left_out += 1;
            return;
        }
        std::mem::take(&mut pace.left_out)
    };
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if left_out > 0 {
        format!(" ({left_out} lines before this one were left out)")
    } else {
        String::new()
    };
    let _ = writeln!(std::io::stderr(), "tierline: {plain}{more}");
}
