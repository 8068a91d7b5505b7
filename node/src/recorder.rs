//! What each thread of JavaScript records.

use std::cell::RefCell;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use tierline::outside::Outside;
use tierline::process;

use crate::batch::SharedBatch;
use crate::guard::quietly;

/// One thread's recorder.
pub struct Recorder {
    pub outside: Outside,
    pub batch: SharedBatch,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Runs `work` with this thread's recorder; `fallback` when there is none, or when the agent panics.
pub fn with<T>(fallback: T, work: impl FnOnce(&mut Recorder) -> T) -> T
where
    T: Clone,
{
    let otherwise = fallback.clone();
    quietly(otherwise, || {
        RECORDER
            .try_with(|recorder| recorder.try_borrow_mut().ok().and_then(|mut held| held.as_mut().map(work)))
            .ok()
            .flatten()
            .unwrap_or(fallback)
    })
}

fn replace(recorder: Option<Recorder>) -> Option<Recorder> {
    RECORDER
        .try_with(|held| {
            held.try_borrow_mut().ok().and_then(|mut held| std::mem::replace(&mut *held, recorder))
        })
        .ok()
        .flatten()
}

/// Makes this thread one that records, into `batch`, which must live as long as the thread's JavaScript does. The
/// beginning of its correlation headers; `null` without an agent.
#[napi]
pub fn attach(env: &Env, thread_name: String, mut batch: Float64ArraySlice<'_>) -> Option<String> {
    // SAFETY: JavaScript does not run while we are here; what is kept is its address, see `SharedBatch`.
    let shared = SharedBatch::new(unsafe { batch.as_mut() });
    quietly(None, || {
        let core = process::current()?;
        let outside = Outside::new(core, &thread_name);
        let prefix = outside.header_prefix().to_owned();
        let first = replace(Some(Recorder { outside, batch: shared })).is_none();
        if first {
            // A worker that is terminated runs no more JavaScript; what it had counted is still in the batch.
            let _ = env.add_env_cleanup_hook((), |()| leave());
        }
        Some(prefix)
    })
}

/// The thread's JavaScript is over.
fn leave() {
    with((), |recorder| {
        let Recorder { outside, batch } = recorder;
        if outside.is_open() {
            batch.submit(outside);
        }
    });
    drop(replace(None));
}
