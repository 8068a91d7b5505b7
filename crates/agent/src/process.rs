//! The agent of this process: one, begun by [`init`], anew in a forked child and after [`shutdown`].
//!
//! A fork leaves the child with memory in which any lock may be held for ever. So everything hangs from one pointer
//! to a `Life` that knows the fork generation it belongs to. The first use in a child finds an old generation,
//! leaves that life as it is, and begins one of its own with the same settings. Inherited locks are never touched.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use tierline_model::{AgentConfig, AgentDiagnostics, AgentIdentity, Incarnation};
use tierline_wire::opamp::RemoteConfig;

use crate::delivery::{Delivery, WhenAway, cache_path};
use crate::limits::AT_EXIT_MAX;
use crate::recorder::Core;
use crate::settings::Settings;
use crate::{cached_config, directory, fork, node_name, reporter, runtime};

/// The agent in one process between two forks. Never freed: a child may still look at its parent's.
struct Life {
    generation: u32,
    /// What `init` was given; `None` before it and after `shutdown`.
    settings: ArcSwapOption<Settings>,
    agent: ArcSwapOption<Agent>,
    /// Held while an agent is begun or ended.
    changing: Mutex<()>,
}

struct Agent {
    core: Arc<Core>,
    delivery: Arc<Delivery>,
    cached: Option<RemoteConfig>,
    /// Keeps a reused node name ours.
    _node: Option<crate::file_lock::FileLock>,
}

static LIFE: AtomicPtr<Life> = AtomicPtr::new(std::ptr::null_mut());

static CALLS_WITHOUT_AGENT: AtomicU64 = AtomicU64::new(0);

/// What this thread found last, and in which epoch.
struct Seen {
    epoch: u64,
    core: Option<Arc<Core>>,
}

thread_local! {
    static SEEN: RefCell<Seen> = const { RefCell::new(Seen { epoch: u64::MAX, core: None }) };
}

/// Begins the agent, unless it has begun. Answers whether the minimal settings are there. Waits for nothing: BTs may
/// begin at once, on cached or default configuration.
pub fn init(settings: Settings) -> bool {
    fork::watch();
    if !settings.missing().is_empty() {
        // An agent that works already is not disturbed by a second call with less.
        return life().is_some_and(|life| life.settings.load().is_some());
    }
    let life = life_of_this_process();
    let _changing = life.changing.lock().unwrap_or_else(PoisonError::into_inner);
    if life.settings.load().is_some() {
        return true;
    }
    let settings = Arc::new(settings);
    if settings.enabled {
        life.agent.store(Some(Arc::new(Agent::begin(settings.clone()))));
    }
    life.settings.store(Some(settings));
    end_with_the_process();
    fork::advance();
    true
}

/// The core of this process, or `None` before `init` and after `shutdown`. The first call in a thread, a forked
/// child or after a change looks; all others cost a few nanoseconds. [`with_current`] saves counting references.
#[must_use]
pub fn current() -> Option<Arc<Core>> {
    with_current(|core| core.map(Arc::clone))
}

/// Calls `work` with the core of this process.
#[inline]
pub fn with_current<R>(work: impl FnOnce(Option<&Arc<Core>>) -> R) -> R {
    let epoch = fork::epoch();
    // SAFETY: the cell lives until this thread's destructors have run it; none of them runs inside this call.
    let seen = SEEN.try_with(|seen| unsafe { &*std::ptr::from_ref(seen) });
    if let Ok(seen) = seen
        && let Ok(known) = seen.try_borrow()
        && known.epoch == epoch
    {
        return work(known.core.as_ref());
    }
    work(look(epoch).as_ref())
}

/// The slow way: finds the core, begins one in a forked child, starts the reporter, and remembers.
#[cold]
fn look(epoch: u64) -> Option<Arc<Core>> {
    let agent = agent_in_use();
    let core = agent.map(|agent| agent.core.clone());
    // A thread that is ending, or a call from within a call, goes without remembering.
    let _ = SEEN.try_with(|seen| {
        if let Ok(mut seen) = seen.try_borrow_mut() {
            let before = std::mem::replace(&mut *seen, Seen { epoch, core: core.clone() });
            if before.epoch >> 32 != epoch >> 32 {
                // Inherited through a fork: not ours to free.
                std::mem::forget(before);
            }
        }
    });
    core
}

fn agent_in_use() -> Option<Arc<Agent>> {
    let life = life()?;
    if life.agent.load().is_none() {
        begin_again(life);
    }
    let agent = life.agent.load_full()?;
    reporter::start(&agent.delivery, agent.cached.clone());
    Some(agent)
}

/// In a forked child: the settings are there but no agent yet.
fn begin_again(life: &Life) {
    if life.settings.load().is_none() {
        // Shut down, or at it: whoever does that holds the lock for as long as it takes to deliver.
        return;
    }
    let _changing = life.changing.lock().unwrap_or_else(PoisonError::into_inner);
    if life.agent.load().is_some() {
        return;
    }
    if let Some(settings) = life.settings.load_full().filter(|settings| settings.enabled) {
        life.agent.store(Some(Arc::new(Agent::begin(settings))));
    }
}

/// The life of this process; in a forked child of one that had begun, a new one. `None` before any `init`.
fn life() -> Option<&'static Life> {
    let found = LIFE.load(Ordering::Acquire);
    // SAFETY: a life is never freed once it is in LIFE.
    let life = unsafe { found.as_ref() }?;
    if life.generation == fork::generation() {
        return Some(life);
    }
    // `load` of an ArcSwap takes no lock, so it is safe on what was inherited.
    Some(begin_life(found, life.settings.load_full()))
}

fn life_of_this_process() -> &'static Life {
    life().unwrap_or_else(|| begin_life(std::ptr::null_mut(), None))
}

/// Puts a new life in the place of `before`, unless another thread was first.
fn begin_life(before: *mut Life, settings: Option<Arc<Settings>>) -> &'static Life {
    let life = Box::leak(Box::new(Life {
        generation: fork::generation(),
        settings: ArcSwapOption::new(settings),
        agent: ArcSwapOption::empty(),
        changing: Mutex::new(()),
    }));
    match LIFE.compare_exchange(before, life, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => life,
        // SAFETY: a life is never freed once it is in LIFE, and LIFE is never null again. Ours is a small leak.
        Err(first) => unsafe { first.as_ref() }.unwrap_or(life),
    }
}

impl Agent {
    fn begin(settings: Arc<Settings>) -> Self {
        let (base, warning) = directory::prepare(&settings);
        let mut notes: Vec<String> = warning.into_iter().collect();
        let (node, lock) = match &settings.node_prefix {
            Some(prefix) => {
                let taken = node_name::take(prefix, base.as_deref());
                notes.extend(taken.warning);
                (taken.name, taken.lock)
            }
            None => (settings.node.clone().unwrap_or_default(), None),
        };
        let (config, cached) = cached(base.as_ref(), &settings);
        let core = Core::new(identity(&settings, &node), &settings.account, config);
        core.allow_concurrent_exit_calls(settings.concurrent_exit_calls);
        let delivery = Delivery::new(core.clone(), settings, base, notes);
        Self { core, delivery, cached, _node: lock }
    }
}

fn cached(base: Option<&PathBuf>, settings: &Settings) -> (AgentConfig, Option<RemoteConfig>) {
    match base.and_then(|base| cached_config::read(&cache_path(base, settings))) {
        Some((config, remote)) => (config, Some(remote)),
        None => (AgentConfig::default(), None),
    }
}

fn identity(settings: &Settings, node: &str) -> AgentIdentity {
    let host = settings.unique_host_id.clone().unwrap_or_else(runtime::host_name);
    AgentIdentity {
        application: settings.application.as_deref().unwrap_or_default().into(),
        tier: settings.tier.as_deref().unwrap_or_default().into(),
        node: node.into(),
        incarnation: new_incarnation(),
        language: settings.runtime.language,
        agent_version: settings.runtime.agent_version.as_str().into(),
        runtime_version: settings.runtime.runtime_version.as_str().into(),
        host_name: host.into(),
        os_type: std::env::consts::OS.into(),
        process_id: std::process::id(),
    }
}

/// A version 7 UUID (RFC 9562), as OpAMP wants its instance uids: six bytes of time, then randomness.
fn new_incarnation() -> Incarnation {
    let now_ms = crate::delivery::now_ms();
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without randomness, time, process and an address keep lives apart.
        let nanos = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let seed = nanos ^ u128::from(std::process::id()) << 96 ^ (&raw const bytes).addr() as u128;
        bytes = xxhash_rust::xxh3::xxh3_128(&seed.to_ne_bytes()).to_be_bytes();
    }
    for (byte, time) in bytes.iter_mut().zip(now_ms.to_be_bytes().into_iter().skip(2)) {
        *byte = time;
    }
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Incarnation(bytes)
}

/// Ends all BTs and waits until the controller has everything, for at most `timeout` (`None`:
/// [`SHUTDOWN_WAIT_MAX`](crate::limits::SHUTDOWN_WAIT_MAX)), also for a controller that is away. What it has not taken
/// then is on disk, for a later process to deliver. Answers whether everything was delivered. `init` begins anew.
pub fn shutdown(timeout: Option<Duration>) -> bool {
    end_this_life(timeout, WhenAway::Wait)
}

/// As [`shutdown`], for a process that ends and must not be held up: when the controller is away, everything is on
/// disk at once.
pub fn close(timeout: Duration) -> bool {
    end_this_life(Some(timeout), WhenAway::Save)
}

fn end_this_life(timeout: Option<Duration>, when_away: WhenAway) -> bool {
    let Some(life) = own_life() else { return true };
    let _changing = life.changing.lock().unwrap_or_else(PoisonError::into_inner);
    end(life, timeout, when_away)
}

/// `life.changing` is held.
fn end(life: &Life, timeout: Option<Duration>, when_away: WhenAway) -> bool {
    life.settings.store(None);
    let agent = life.agent.swap(None);
    fork::advance();
    agent.is_none_or(|agent| agent.delivery.finish(timeout, when_away))
}

/// What was not shut down ends with the process: when `main` returns and when `exit` is called, in every language.
fn end_with_the_process() {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    if !REGISTERED.swap(true, Ordering::SeqCst) {
        // SAFETY: the handler is an `extern "C" fn` of this program. It fails only without memory; then an
        // orderly end must be the host's own.
        unsafe { libc::atexit(at_exit) };
    }
}

extern "C" fn at_exit() {
    // Nobody is left to be told.
    let _ = std::panic::catch_unwind(|| {
        // A thread that is ending the agent at this moment does what this would do; waiting for it could be for ever.
        if let Some(life) = own_life()
            && let Ok(_changing) = life.changing.try_lock()
        {
            end(life, Some(AT_EXIT_MAX), WhenAway::Save);
        }
    });
}

/// Delivers what has ended so far, for at most `timeout`; what is not taken is on disk then. The agent goes on. From
/// any thread; without an agent, and in a forked child that used nothing, it does nothing. Answers whether everything
/// was delivered.
pub fn flush(timeout: Duration) -> bool {
    let agent = own_life().and_then(|life| life.agent.load_full());
    agent.is_none_or(|agent| agent.delivery.flush(timeout))
}

/// Counts an odd call of the API, also one that came before `init` or after `shutdown`.
pub fn count_misuse(what: &'static str) {
    with_current(|core| match core {
        Some(core) => core.count_misuse(what),
        None => {
            CALLS_WITHOUT_AGENT.fetch_add(1, Ordering::Relaxed);
        }
    });
}

/// Calls of the API that came before `init` or after `shutdown`.
#[must_use]
pub fn calls_without_agent() -> u64 {
    CALLS_WITHOUT_AGENT.load(Ordering::Relaxed)
}

/// The life of this very process. A forked child that used nothing has none, and nothing to end either.
fn own_life() -> Option<&'static Life> {
    // SAFETY: a life is never freed once it is in LIFE.
    let life = unsafe { LIFE.load(Ordering::Acquire).as_ref() }?;
    (life.generation == fork::generation()).then_some(life)
}

/// Waits until the controller's configuration is in force, at most for `timeout`. `false` without an agent, or when
/// the time is over.
pub fn wait_for_config(timeout: Option<Duration>) -> bool {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    agent_in_use().is_some_and(|agent| agent.delivery.wait_for_config(deadline))
}

/// What the agent noticed; `None` when there is none.
#[must_use]
pub fn diagnostics() -> Option<AgentDiagnostics> {
    let agent = own_life()?.agent.load_full()?;
    Some(agent.delivery.diagnostics())
}
