//! The reporter: the one thread of an agent. It closes intervals, sends what there is, and asks for configuration.
//!
//! While the controller answers, a batch is in memory for milliseconds only. From the first failure on, everything
//! goes to disk at once and is sent from there, so that a killed process loses its current interval at most.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tierline_model::DropCause;
use tierline_wire::otlp::{Encoding, ExportResponse};

use crate::batch::Batch;
use crate::delivery::{Delivery, Phase, SNAPSHOT_PAUSE, now_ms};
use crate::http::{HttpError, Patience};
use crate::link::{Reply, reply};
use crate::opamp::Opamp;
use crate::settings::LogLevel;
use crate::spool::Spool;
use crate::targets::Targets;

/// How long old batches are sent before it is the turn of new ones and of OpAMP.
const BACKLOG_TURN: Duration = Duration::from_millis(500);

/// The same when the agent is shut down, while somebody waits.
const BACKLOG_TURN_AT_END: Duration = Duration::from_millis(200);

/// How often the spool is searched for what processes left that are gone.
const ADOPT_PAUSE: Duration = Duration::from_secs(30);

/// Attempts after which a batch from disk is given up that fails while the controller is otherwise well.
const ATTEMPTS_MAX: u32 = 10;

/// Batches older than this are refused by controllers (tierline_wire::limits::PAST_MS_MAX).
const AGE_MS_MAX: u64 = tierline_wire::limits::PAST_MS_MAX;

/// Panics after which nobody takes over any more.
const LIVES_MAX: u32 = 5;

/// Between a panic and the next reporter.
const PAUSE_AFTER_PANIC: Duration = Duration::from_secs(1);

/// The thread's state.
pub struct Reporter {
    delivery: Arc<Delivery>,
    targets: Targets,
    opamp: Option<Opamp>,
    adopt_at: Instant,
    /// Attempts at the spool's first batch that failed while OpAMP worked.
    attempts: u32,
    control_works: bool,
}

/// Does what is due while a request waits, and calls it off when everything is over.
struct Ticking<'a>(&'a Delivery);

impl Patience for Ticking<'_> {
    fn go_on(&mut self) -> bool {
        self.0.tick() != Phase::Closed
    }
}

/// What became of a batch.
#[derive(PartialEq, Eq)]
enum Sent {
    /// It need not be sent again.
    Done,
    /// It must be.
    Later,
    /// Everything is over.
    Off,
}

impl Reporter {
    /// A reporter; `None` when the settings name nobody to report to.
    #[must_use]
    pub fn new(delivery: Arc<Delivery>, cached: Option<&tierline_wire::opamp::RemoteConfig>) -> Option<Self> {
        let targets = Targets::of(&delivery.settings)?;
        let identity = delivery.core.identity().clone();
        let opamp = targets.has_control.then(|| Opamp::new(identity, delivery.start_unix_ns(), cached));
        Some(Self { delivery, targets, opamp, adopt_at: Instant::now(), attempts: 0, control_works: false })
    }

    /// Works until the agent is shut down.
    pub fn run(mut self) {
        loop {
            match self.delivery.tick() {
                Phase::Closed => return,
                Phase::Closing => {
                    self.close();
                    return;
                }
                Phase::Running => {}
            }
            self.adopt();
            self.poll(false);
            self.send_new();
            let more = self.send_old(BACKLOG_TURN);
            if !more {
                self.delivery.sleep(self.wanted());
            }
        }
    }

    /// When there is something to do that the delivery does not know of.
    fn wanted(&self) -> Instant {
        let soon = Instant::now() + SNAPSHOT_PAUSE;
        let Some(opamp) = &self.opamp else { return soon };
        let control = self.targets.separate_control.as_ref().unwrap_or(&self.targets.data);
        soon.min(opamp.poll_at().max(control.not_before()))
    }

    /// The last things: what is in memory, for a moment what is on disk, and goodbye. What cannot be sent is for
    /// `shutdown` to save; while it wants to wait for the controller, everything is tried again and again.
    fn close(&mut self) {
        loop {
            self.send_new();
            // Processes that live shortly would otherwise never bring what earlier ones left.
            self.adopt();
            self.send_old(BACKLOG_TURN_AT_END);
            self.targets.data.hurry();
            if !self.delivery.waits_until(self.targets.data.not_before()) {
                break;
            }
        }
        if self.delivery.lock().outbox.is_empty() {
            self.poll(true);
        }
        self.delivery.finished();
    }

    fn adopt(&mut self) {
        if Instant::now() < self.adopt_at {
            return;
        }
        self.adopt_at = Instant::now() + ADOPT_PAUSE;
        let mut state = self.delivery.lock();
        if let Some(spool) = state.outbox.spool() {
            spool.adopt();
        }
    }

    /// Sends what is in memory, numbers first, until it is gone or the controller does not take it.
    fn send_new(&mut self) {
        while self.targets.data.ready() {
            let batch = {
                let state = self.delivery.lock();
                if state.phase == Phase::Closed { None } else { state.outbox.front() }
            };
            let Some(batch) = batch else { return };
            match self.send(&batch) {
                Sent::Done => self.delivery.delivered(&batch),
                Sent::Later => {
                    self.save();
                    return;
                }
                Sent::Off => return,
            }
        }
    }

    /// What could not be sent goes to disk now.
    fn save(&self) {
        let mut state = self.delivery.lock();
        if state.phase != Phase::Closed {
            let dropped = state.outbox.spool_all();
            self.delivery.count(&mut state, dropped);
        }
    }

    /// Sends from the disk, oldest first, for a while. Answers whether there is more to send right away.
    fn send_old(&mut self, turn: Duration) -> bool {
        let begun = Instant::now();
        while self.targets.data.ready() {
            if begun.elapsed() >= turn {
                return true;
            }
            let batch = {
                let mut state = self.delivery.lock();
                match state.phase {
                    Phase::Closed => None,
                    Phase::Running | Phase::Closing => state.outbox.spool().and_then(Spool::next),
                }
            };
            let Some(batch) = batch else { return false };
            if self.too_old(&batch) {
                self.done_with_old();
                continue;
            }
            match self.send(&batch) {
                Sent::Done => self.done_with_old(),
                Sent::Later if self.hopeless(&batch) => self.done_with_old(),
                Sent::Later | Sent::Off => return false,
            }
        }
        false
    }

    fn done_with_old(&mut self) {
        self.attempts = 0;
        let mut state = self.delivery.lock();
        if state.phase != Phase::Closed
            && let Some(spool) = state.outbox.spool()
        {
            spool.done();
        }
    }

    fn too_old(&self, batch: &Batch) -> bool {
        let old = batch.created_ms.saturating_add(AGE_MS_MAX) < now_ms();
        if old {
            self.delivery.core.count_drop(DropCause::Refused, u64::from(batch.items));
        }
        old
    }

    /// Whether this batch is what is wrong: everything else works, and it failed again and again.
    fn hopeless(&mut self, batch: &Batch) -> bool {
        self.attempts = if self.control_works { self.attempts + 1 } else { 0 };
        let hopeless = self.attempts >= ATTEMPTS_MAX;
        if hopeless {
            self.delivery.core.count_drop(DropCause::Refused, u64::from(batch.items));
            let mut state = self.delivery.lock();
            state.log.write(LogLevel::Error, "a batch was given up that the controller fails to take");
        }
        hopeless
    }

    fn send(&mut self, batch: &Batch) -> Sent {
        let headers: &[(&str, &str)] = if batch.gzip { &[("content-encoding", "gzip")] } else { &[] };
        let mut patience = Ticking(&self.delivery);
        let answer = match self.targets.data.post(batch.kind.path(), headers, &batch.body, &mut patience) {
            Ok(answer) => answer,
            Err(HttpError::CalledOff) => return Sent::Off,
            Err(error) => {
                self.delivery.note_reachable(Some(error.to_string()));
                return Sent::Later;
            }
        };
        if let Some(version) = answer.config_version
            && version != self.delivery.core.config().version
            && let Some(opamp) = &mut self.opamp
        {
            opamp.hint();
        }
        match reply(&answer) {
            Reply::Accepted => {
                self.targets.data.succeeded();
                self.delivery.note_reachable(None);
                self.note_partial_success(&answer.body);
                Sent::Done
            }
            Reply::Refused(reason) => {
                self.targets.data.succeeded();
                self.delivery.note_reachable(None);
                self.refused(u64::from(batch.items), &reason);
                Sent::Done
            }
            Reply::Later(reason) => {
                self.targets.data.pause(answer.retry_after);
                self.delivery.note_reachable(Some(reason));
                Sent::Later
            }
        }
    }

    /// What a partial success refused is gone for good (OTLP: it must not be retried).
    fn note_partial_success(&self, body: &[u8]) {
        let response = ExportResponse::decode(body, Encoding::Protobuf).unwrap_or_default();
        if let Some(partial) = response.partial_success {
            self.refused(u64::try_from(partial.rejected).unwrap_or(0), &partial.message);
        }
    }

    fn refused(&self, items: u64, reason: &str) {
        self.delivery.core.count_drop(DropCause::Refused, items);
        let mut state = self.delivery.lock();
        state.log.write(LogLevel::Error, &format!("refused for good: {items} items: {reason}"));
        state.note_refusal(reason);
    }

    /// One exchange of OpAMP if it is due.
    fn poll(&mut self, disconnect: bool) {
        let Some(opamp) = &mut self.opamp else { return };
        let Some(link) = self.targets.control() else { return };
        if !link.ready() || (!disconnect && Instant::now() < opamp.poll_at()) {
            return;
        }
        let diagnostics = self.delivery.diagnostics();
        let trouble = self.delivery.trouble();
        let config = self.delivery.core.config();
        let body = opamp.message(&config, diagnostics, trouble.as_deref(), disconnect);
        let uid = opamp.instance_uid_text();
        let headers = [("opamp-instance-uid", uid.as_str())];
        let mut patience = Ticking(&self.delivery);
        let answer = match link.post(tierline_wire::opamp::PATH, &headers, &body, &mut patience) {
            Ok(answer) => answer,
            Err(error) => {
                self.control_works = false;
                if !matches!(error, HttpError::CalledOff) {
                    self.lost_control(error.to_string());
                }
                return;
            }
        };
        let asked = opamp.answered(&answer);
        self.control_works = asked.configured;
        if asked.configured {
            self.delivery.configure(asked.config);
        }
        let mut state = self.delivery.lock();
        // An answer means the way is open, until a report is not taken.
        state.reachable = state.reachable.or(Some(true));
        state.note_control(asked.problem);
    }

    /// Without OpAMP nobody tells a new configuration; without the way to it, no report gets through either.
    fn lost_control(&self, problem: String) {
        if self.targets.separate_control.is_none() {
            self.delivery.note_reachable(Some(problem));
        } else {
            self.delivery.lock().note_control(Some(problem));
        }
    }
}

/// Starts the reporter's thread for `delivery`, once.
pub fn start(delivery: &Arc<Delivery>, cached: Option<tierline_wire::opamp::RemoteConfig>) {
    if !delivery.claim_thread() {
        return;
    }
    let Some(reporter) = Reporter::new(delivery.clone(), cached.as_ref()) else { return };
    let _signals = BlockedSignals::new();
    let spawned = std::thread::Builder::new()
        .name("tierline".to_owned())
        .stack_size(512 << 10)
        .spawn(move || run_guarded(reporter));
    if let Err(error) = spawned {
        delivery.thread_failed(&error);
    }
}

/// A panic in the reporter is ours to bear: it is counted, and another one takes over, a few times. What is left is
/// spooled at exit.
fn run_guarded(mut reporter: Reporter) {
    let delivery = reporter.delivery.clone();
    for _ in 0..LIVES_MAX {
        let run = std::panic::AssertUnwindSafe(|| reporter.run());
        if std::panic::catch_unwind(run).is_ok() {
            return;
        }
        delivery.core.count_panic();
        delivery
            .note_reachable(Some("the reporter failed; please report this as a bug of the agent".to_owned()));
        std::thread::sleep(PAUSE_AFTER_PANIC);
        match Reporter::new(delivery.clone(), None) {
            Some(next) => reporter = next,
            None => break,
        }
    }
    delivery.finished();
}

/// Blocks all signals in this thread while it lives. A new thread inherits that: the host's signal handlers run on
/// the host's threads.
struct BlockedSignals(libc::sigset_t);

impl BlockedSignals {
    fn new() -> Self {
        // SAFETY: both sets are of this frame, and sigfillset makes the first one valid.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
            Self(before)
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: the set was filled by pthread_sigmask.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}
