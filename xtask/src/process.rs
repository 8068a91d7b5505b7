//! Running other programs: in view or quietly, with a time limit, and never leaving one behind.
//!
//! Every program gets a process group of its own. An interrupt (Ctrl-C, SIGTERM) and an exhausted
//! time limit end the whole group, and a program whose group outlives it is reported.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// Long enough for the slowest step, a cold release build on two cores.
pub const LIMIT_DEFAULT: Duration = Duration::from_secs(30 * 60);
/// How long a program may need to end after SIGTERM before its group is killed.
const TERMINATE_GRACE: Duration = Duration::from_secs(20);
/// How long the rest of an ended program's group may linger before it counts as left behind.
const LEFT_BEHIND_GRACE: Duration = Duration::from_secs(3);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on Ctrl-C and SIGTERM only raise a flag; whoever waits looks at it and tidies up.
pub fn listen_for_interrupts() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, flag.clone()).context("cannot listen for Ctrl-C")?;
    }
    Ok(())
}

/// Whether somebody asked this program to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// What becomes of a program's output.
#[derive(Clone, Copy, PartialEq)]
pub enum Output {
    /// Shown as it comes, and standard output kept as well.
    Shown,
    /// Kept, and shown only by whoever reports a failure.
    Kept,
}

/// How a program ended.
pub struct Ended {
    /// What it wrote: standard output, and with [`Output::Kept`] standard error after it.
    pub text: String,
    /// Why it is not a success, in words.
    pub trouble: Option<String>,
}

/// Runs a program in view; an error when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let ended = finish(command, Output::Shown, LIMIT_DEFAULT)?;
    match ended.trouble {
        Some(trouble) => bail!("`{}` {trouble}", line_of(command)),
        None => Ok(()),
    }
}

/// Runs a program quietly and answers what it wrote; its output is part of the error when it fails.
pub fn quiet(command: &mut Command) -> Result<String> {
    let ended = finish(command, Output::Kept, LIMIT_DEFAULT)?;
    match ended.trouble {
        Some(trouble) => bail!("`{}` {trouble}:\n{}", line_of(command), ended.text.trim_end()),
        None => Ok(ended.text),
    }
}

/// Runs a program to its end, or to `limit`, or to an interrupt.
pub fn finish(command: &mut Command, output: Output, limit: Duration) -> Result<Ended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    if output == Output::Kept {
        command.stderr(Stdio::piped());
    }
    let mut child = spawn(command)?;
    let stdout = child.stdout.take().map(|pipe| copy(pipe, output));
    let stderr = child.stderr.take().map(|pipe| copy(pipe, output));
    let trouble = wait(&mut child, limit)?;
    let mut left_behind = end_group(&child);
    let mut text = String::new();
    for copied in [stdout, stderr].into_iter().flatten() {
        left_behind |= !copied.wait_for_end();
        text.push_str(&copied.text());
    }
    let left_behind = left_behind.then(|| "left processes behind; they were ended".to_owned());
    Ok(Ended { text, trouble: trouble.or(left_behind) })
}

/// Starts a program that stays until [`stop`]; the caller says where its output goes.
pub fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).process_group(0);
    spawn(command)
}

/// Asks a started program to end, so that it can end its own children in its own order, and waits. What is
/// left of its group then is asked too, and in the end killed. Answers how the program ended.
pub fn stop(child: &mut Child) -> Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        end_group(child);
        return Ok(status);
    }
    // It may have ended in this very moment, which is what we want.
    let _ = kill(group_of(child), Signal::SIGTERM);
    let deadline = Instant::now() + TERMINATE_GRACE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            signal(child, Signal::SIGTERM);
            end_group(child);
            return Ok(status);
        }
        std::thread::sleep(POLL_INTERVAL);
    }
    signal(child, Signal::SIGKILL);
    Ok(child.wait()?)
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("cannot start `{}`", line_of(command)))
}

fn wait(child: &mut Child, limit: Duration) -> Result<Option<String>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!status.success()).then(|| format!("ended with {status}")));
        }
        if interrupted() {
            stop(child)?;
            return Ok(Some("was interrupted".to_owned()));
        }
        if Instant::now() > deadline {
            stop(child)?;
            return Ok(Some(format!("took longer than {} s and was ended", limit.as_secs())));
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Ends what is left of an ended program's group. Answers whether there was anything.
fn end_group(child: &Child) -> bool {
    let deadline = Instant::now() + LEFT_BEHIND_GRACE;
    while killpg(group_of(child), None).is_ok() {
        if Instant::now() > deadline {
            signal(child, Signal::SIGKILL);
            return true;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
    false
}

fn signal(child: &Child, signal: Signal) {
    // The group may be gone by now, which is what we want.
    let _ = killpg(group_of(child), signal);
}

fn group_of(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX))
}

/// What a program has written so far.
struct Copied {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Copied {
    /// The end comes when every process that holds the pipe is gone; one that left its group may stay.
    fn wait_for_end(&self) -> bool {
        let deadline = Instant::now() + LEFT_BEHIND_GRACE;
        while !self.reader.is_finished() && Instant::now() < deadline {
            std::thread::sleep(POLL_INTERVAL);
        }
        self.reader.is_finished()
    }

    fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn copy(pipe: impl Read + Send + 'static, output: Output) -> Copied {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let sink = bytes.clone();
    let reader = std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            if output == Output::Shown {
                let _ = std::io::stdout().write_all(&line);
            }
            sink.lock().unwrap_or_else(PoisonError::into_inner).append(&mut line);
        }
    });
    Copied { bytes, reader }
}

/// The command as a person would type it.
pub fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failing_program_says_how_it_ended_and_what_it_wrote() {
        let error = quiet(&mut shell("echo out; echo err >&2; exit 3")).unwrap_err().to_string();
        assert!(
            error.contains("exit status: 3") && error.contains("out") && error.contains("err"),
            "{error}"
        );
    }

    #[test]
    fn a_hanging_program_is_ended_with_its_children() {
        let began = Instant::now();
        let ended = finish(&mut shell("sleep 60 & wait"), Output::Kept, Duration::from_millis(200)).unwrap();
        assert!(ended.trouble.unwrap().contains("took longer"));
        assert!(began.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_program_that_leaves_a_process_behind_is_told_on() {
        let ended = finish(&mut shell("sleep 60 & echo done"), Output::Kept, LIMIT_DEFAULT).unwrap();
        assert_eq!(ended.trouble.as_deref(), Some("left processes behind; they were ended"));
        assert_eq!(ended.text, "done\n");
    }
}
