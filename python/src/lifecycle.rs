//! Starting and stopping the agent.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};
use tierline::process;

use crate::detection;
use crate::guard::{PANICS, misuse, quietly};
use crate::limits::{EXIT_FLUSH_MAX, WAIT_STEP_MAX, WAIT_STEP_MIN};
use crate::settings;
use crate::sigterm;
use crate::transaction::surplus;

/// The default of `init`'s `timeout_ms`: do not wait. An `int`, as documented for the argument, but no number of
/// milliseconds.
pub const NO_TIMEOUT: i64 = -1;

/// How long to wait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Wait {
    No,
    AtMost(Duration),
    Forever,
}

/// Initializes the agent. True if it is properly configured.
#[pyfunction]
#[pyo3(
    signature = (environ=None, timeout_ms=InitTimeout(Wait::No), *more, **unknown),
    text_signature = "(environ=None, timeout_ms=-1)"
)]
pub fn init(
    py: Python<'_>,
    environ: Option<&Bound<'_, PyAny>>,
    timeout_ms: InitTimeout,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<bool> {
    let configured = quietly(false, || {
        let settings = settings::resolve(py, environ);
        detection::configure(&settings);
        let configured = py.detach(|| process::init(settings));
        surplus(more, unknown, "init: unknown arguments");
        if configured {
            sigterm::arm();
            // Without it only what `atexit` and its relatives would have saved is lost.
            let _ = py.import("appdynamics.agent._ending").and_then(|ending| ending.call_method0("prepare"));
            // Without it nothing is detected, and the API works as ever.
            let _ = py
                .import("appdynamics.agent.detection")
                .and_then(|detection| detection.call_method0("install"));
        }
        configured
    });
    match timeout_ms.0 {
        Wait::AtMost(timeout) if configured => wait_for_config(py, Some(timeout))?,
        Wait::Forever if configured => wait_for_config(py, None)?,
        _ => {}
    }
    Ok(configured)
}

/// Shuts the agent down: ends all active business transactions and reports them.
#[pyfunction]
#[pyo3(signature = (timeout_ms=None, *more, **unknown), text_signature = "(timeout_ms=None)")]
pub fn shutdown(
    py: Python<'_>,
    timeout_ms: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let timeout = quietly(None, || {
        surplus(more, unknown, "shutdown: unknown arguments");
        match timeout_ms.map_or(Wait::Forever, |value| wait_of(value, "shutdown: timeout_ms is not a number"))
        {
            Wait::No => Some(Duration::ZERO),
            Wait::AtMost(timeout) => Some(timeout),
            Wait::Forever => None,
        }
    });
    let (done, is_done) = mpsc::sync_channel(1);
    let started = std::thread::Builder::new().name("tierline-shutdown".into()).spawn(move || {
        quietly((), || {
            end(|| process::shutdown(timeout));
        });
        // Nobody may be waiting any more.
        let _ = done.send(());
    });
    if started.is_err() {
        // No thread to be had: wait here, though gevent's other greenlets and Ctrl-C then wait too.
        py.detach(|| quietly(false, || end(|| process::shutdown(timeout))));
        return Ok(());
    }
    let mut pause = Pause::new();
    while matches!(is_done.try_recv(), Err(mpsc::TryRecvError::Empty)) {
        if pause.sleep(py)? == Slept::Impossible {
            return Ok(()); // the interpreter is going away
        }
    }
    Ok(())
}

/// Reports what has ended, within a bound. For the end of a process: `atexit`, and `os._exit` in a forked child.
#[pyfunction]
pub fn flush_at_exit(py: Python<'_>) {
    quietly((), || {
        py.detach(|| end(|| process::close(EXIT_FLUSH_MAX)));
    });
}

/// Calls of [`end`] that have not returned.
static ENDING: AtomicU32 = AtomicU32::new(0);

/// Whether the agent is being shut down at this moment.
pub fn is_ending() -> bool {
    ENDING.load(Ordering::Acquire) > 0
}

fn end(deliver: impl FnOnce() -> bool) -> bool {
    struct Ending;
    impl Drop for Ending {
        fn drop(&mut self) {
            ENDING.fetch_sub(1, Ordering::AcqRel);
        }
    }
    ENDING.fetch_add(1, Ordering::AcqRel);
    let _ending = Ending;
    deliver()
}

/// What the agent noticed and the host was never told, as JSON; empty while it is not running.
#[pyfunction]
pub fn diagnostics() -> String {
    quietly(String::new(), || {
        let Some(mut diagnostics) = process::diagnostics() else { return String::new() };
        diagnostics.panics += PANICS.load(Ordering::Relaxed);
        serde_json::to_string(&diagnostics).unwrap_or_default()
    })
}

fn wait_for_config(py: Python<'_>, timeout: Option<Duration>) -> PyResult<()> {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut pause = Pause::new();
    while !quietly(true, || process::wait_for_config(Some(Duration::ZERO))) {
        if end.is_some_and(|end| Instant::now() >= end) || pause.sleep(py)? == Slept::Impossible {
            break;
        }
    }
    Ok(())
}

#[derive(PartialEq)]
enum Slept {
    Well,
    Impossible,
}

/// Sleeps in growing steps by the program's own `time.sleep`: under gevent other greenlets run meanwhile, and
/// signals are handled. What a signal handler raises is the host's, and goes on to the host.
struct Pause {
    step: Duration,
}

impl Pause {
    const fn new() -> Self {
        Self { step: WAIT_STEP_MIN }
    }

    fn sleep(&mut self, py: Python<'_>) -> PyResult<Slept> {
        let step = self.step;
        self.step = WAIT_STEP_MAX.min(step * 2);
        let Ok(sleep) = py.import("time").and_then(|time| time.getattr("sleep")) else {
            return Ok(Slept::Impossible);
        };
        sleep.call1((step.as_secs_f64(),))?;
        Ok(Slept::Well)
    }
}

/// `init`'s `timeout_ms`, for which `None` and nothing differ.
pub struct InitTimeout(Wait);

impl FromPyObject<'_, '_> for InitTimeout {
    type Error = std::convert::Infallible;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(quietly(Wait::No, || wait_of(&value, "init: timeout_ms is not a number"))))
    }
}

fn wait_of(value: &Bound<'_, PyAny>, what: &'static str) -> Wait {
    if value.is_none() {
        return Wait::Forever;
    }
    match value.extract::<f64>() {
        Ok(ms) if !value.is_instance_of::<PyBool>() && !ms.is_nan() => {
            if ms <= 0.0 {
                return Wait::No;
            }
            Duration::try_from_secs_f64(ms / 1000.0).map_or(Wait::Forever, Wait::AtMost)
        }
        _ => {
            misuse(what);
            Wait::No
        }
    }
}
