//! What a thread remembers, so that a BT takes no lock that another thread wants: its share of the numbers,
//! the names and backends it saw, finished transaction objects, a random generator.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tierline_model::name::clean_bt_name;
use tierline_model::{CapturePolicy, ExitType};

use crate::backends::BackendRef;
use crate::decision;
use crate::fork;
use crate::incoming::Incoming;
use crate::known_backends::KnownBackends;
use crate::limits::{
    CACHED_CONTINUED_PER_THREAD, CACHED_NAMES_PER_THREAD, CORES_PER_THREAD_MAX, FREE_PER_NAME_MAX,
    FREE_PER_THREAD_MAX,
};
use crate::random::Random;
use crate::record::Inherited;
use crate::recorder::Core;
use crate::registry::{BtEntry, ContinuedKey, Registered};
use crate::running::{Slot, slots};
use crate::set_cache::SetCache;
use crate::shard::Shard;
use crate::text_hash::{hash_text, same_bytes};
use crate::transaction::BtHandle;

/// A name this thread saw.
struct KnownName {
    name: Box<str>,
    entry: Arc<BtEntry>,
    /// Finished transaction objects that hold this entry already.
    free: Vec<&'static Slot>,
}

/// A continued BT this thread saw.
struct KnownContinued {
    key: ContinuedKey,
    entry: Arc<BtEntry>,
}

/// What one thread remembers of one core.
pub(crate) struct ThreadCache {
    core_serial: u64,
    fork: u32,
    core_closed: Arc<AtomicBool>,
    shard: Arc<Shard>,
    /// Whether this is the thread's own shard, or the one for threads that cannot have one.
    owns_shard: bool,
    epoch: u64,
    thread: Arc<str>,
    random: Option<Random>,
    names: SetCache<KnownName>,
    continued: SetCache<KnownContinued>,
    backends: KnownBackends,
    free: Vec<&'static Slot>,
}

struct Caches(Vec<ThreadCache>);

thread_local! {
    static CACHES: RefCell<Caches> = const { RefCell::new(Caches(Vec::new())) };
    static THREAD_NAME: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// Says what this thread is called in snapshots. Without it: its name in Rust, or what the operating system
/// calls it. For language bindings, whose threads have names that only the language knows.
///
/// ```
/// # let core = tierline::doc_core();
/// tierline::thread_cache::name_this_thread("ThreadPoolExecutor-0_1");
/// core.begin("/named", None).end();
/// assert_eq!(&*core.take_segments(1 << 20)[0].thread, "ThreadPoolExecutor-0_1");
/// ```
pub fn name_this_thread(name: &str) {
    let name: Arc<str> = Arc::from(tierline_model::name::clean_name(name));
    let _ = THREAD_NAME.try_with(|own| own.replace(Some(name.clone())));
    let _ = CACHES.try_with(|caches| {
        if let Ok(mut caches) = caches.try_borrow_mut() {
            for cache in &mut caches.0 {
                cache.thread = name.clone();
            }
        }
    });
}

/// Runs `work` with what this thread remembers of `core`. Works always: a thread that is ending, or that is
/// inside of `with` already, gets a memory for this once. `work` runs exactly once.
#[inline]
pub(crate) fn with<R>(core: &Arc<Core>, mut work: impl FnMut(&mut ThreadCache) -> R) -> R {
    let done = CACHES.try_with(|caches| {
        let mut caches = caches.try_borrow_mut().ok()?;
        Some(work(caches.of(core)?))
    });
    match done {
        Ok(Some(result)) => result,
        _ => work(&mut ThreadCache::for_once(core)),
    }
}

/// Keeps a slot whose handles are all gone for the next BT, or gives it back.
pub(crate) fn keep_slot(slot: &'static Slot) {
    let serial = slot.core_serial.load(Ordering::Relaxed);
    let kept = CACHES.try_with(|caches| {
        let Ok(mut caches) = caches.try_borrow_mut() else {
            return false;
        };
        match caches.0.iter_mut().find(|c| c.core_serial == serial) {
            Some(cache) => cache.keep(slot),
            None => false,
        }
    });
    if kept != Ok(true) {
        slots().release(slot);
    }
}

impl Caches {
    #[inline]
    fn of(&mut self, core: &Arc<Core>) -> Option<&mut ThreadCache> {
        if self.0.first().is_none_or(|first| first.core_serial != core.serial) {
            self.bring_to_front(core);
        }
        self.0.first_mut()
    }

    #[cold]
    fn bring_to_front(&mut self, core: &Arc<Core>) {
        if let Some(position) = self.0.iter().position(|c| c.core_serial == core.serial) {
            self.0.swap(0, position);
            return;
        }
        let generation = fork::generation();
        self.0.retain(|c| c.fork == generation && !c.core_closed.load(Ordering::Relaxed));
        self.0.truncate(CORES_PER_THREAD_MAX - 1);
        self.0.insert(0, ThreadCache::new(core));
    }
}

impl ThreadCache {
    fn new(core: &Arc<Core>) -> Self {
        Self::with_shard(core, core.shard_for_this_thread(), true)
    }

    /// For a thread that cannot have anything of its own any more.
    #[cold]
    fn for_once(core: &Arc<Core>) -> Self {
        Self::with_shard(core, core.unowned_shard.clone(), false)
    }

    fn with_shard(core: &Arc<Core>, shard: Arc<Shard>, owns_shard: bool) -> Self {
        Self {
            core_serial: core.serial,
            fork: fork::generation(),
            core_closed: core.closed.clone(),
            shard,
            owns_shard,
            epoch: core.registry.epoch(),
            thread: thread_name(),
            random: None,
            names: SetCache::new(CACHED_NAMES_PER_THREAD),
            continued: SetCache::new(CACHED_CONTINUED_PER_THREAD),
            backends: KnownBackends::new(),
            free: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn shard(&self) -> &Shard {
        &self.shard
    }

    #[inline]
    pub(crate) fn random(&mut self) -> &mut Random {
        self.random.get_or_insert_with(Random::from_system)
    }

    fn keep(&mut self, slot: &'static Slot) -> bool {
        let list = slot.free_list.load(Ordering::Relaxed) as usize;
        if let Some(known) = self.names.get_mut(list)
            && known.free.len() < FREE_PER_NAME_MAX
        {
            known.free.push(slot);
            return true;
        }
        if self.free.len() < FREE_PER_THREAD_MAX {
            self.free.push(slot);
            return true;
        }
        false
    }

    /// Begins a BT that has a name here.
    #[inline]
    pub(crate) fn begin_named(&mut self, core: &Arc<Core>, name: &str, now_ns: u64) -> BtHandle {
        let hash = hash_text(core.seed, name);
        let place = self.place_of(hash, name);
        let place = match place {
            Some(place) if self.epoch == core.registry.epoch() => Some(place),
            _ => self.learn_name(core, name, hash),
        };
        let Some((place, known)) = place.and_then(|place| Some((place, self.names.get_mut(place)?))) else {
            return self.begin_other(core, name, now_ns, None, None);
        };
        let Some(slot) = known.free.pop().or_else(|| self.free.pop()).or_else(|| slots().take()) else {
            return BtHandle::inert();
        };
        slot.free_list.store(place as u32, Ordering::Relaxed);
        let asked = decision::at_begin(core, &known.entry, now_ns);
        let handle = open(slot, core, &known.entry, &self.thread, asked, None, now_ns);
        self.count_begun();
        handle
    }

    /// Begins a BT under a header that was received.
    pub(crate) fn begin_incoming(
        &mut self,
        core: &Arc<Core>,
        name: &str,
        incoming: Incoming,
        now_ns: u64,
    ) -> BtHandle {
        self.renew(core);
        let Incoming { continued, inherited, keep } = incoming;
        let asked = keep.then_some(CapturePolicy::Continuing);
        let entry = match continued {
            Some(key) => self.continued_entry(core, key),
            None => {
                let place = self.learn_name(core, name, hash_text(core.seed, name));
                place.and_then(|place| self.names.get(place)).map(|known| known.entry.clone())
            }
        };
        match entry {
            None => self.begin_other(core, name, now_ns, asked, Some(inherited)),
            Some(entry) => {
                let Some(slot) = self.free.pop().or_else(|| slots().take()) else {
                    return BtHandle::inert();
                };
                slot.free_list.store(u32::MAX, Ordering::Relaxed);
                let asked = asked.or_else(|| decision::at_begin(core, &entry, now_ns));
                let handle = open(slot, core, &entry, &self.thread, asked, Some(inherited), now_ns);
                self.count_begun();
                handle
            }
        }
    }

    /// Begins a BT that counts as All Other Traffic.
    #[cold]
    fn begin_other(
        &mut self,
        core: &Arc<Core>,
        name: &str,
        now_ns: u64,
        asked: Option<CapturePolicy>,
        inherited: Option<Box<Inherited>>,
    ) -> BtHandle {
        let Some(slot) = self.free.pop().or_else(|| slots().take()) else {
            return BtHandle::inert();
        };
        slot.free_list.store(u32::MAX, Ordering::Relaxed);
        if inherited.as_ref().is_none_or(|i| i.caller.is_none()) {
            let name = clean_bt_name(name);
            self.shard.sums.lock().hot_names.count(hash_text(core.seed, &name), &name);
        }
        let entry = core.registry.other().clone();
        let asked = asked.or_else(|| decision::at_begin(core, &entry, now_ns));
        let handle = open(slot, core, &entry, &self.thread, asked, inherited, now_ns);
        self.count_begun();
        handle
    }

    #[inline]
    fn count_begun(&self) {
        if self.owns_shard {
            self.shard.count_begun();
        } else {
            self.shard.count_begun_shared();
        }
    }

    /// Counts BTs begun outside of the core.
    pub(crate) fn count_begun_many(&self, count: u64) {
        if self.owns_shard {
            self.shard.count_begun_many(count);
        } else {
            self.shard.count_begun_many_shared(count);
        }
    }

    /// The entry of a name for an execution that is recorded outside of the core; `None` counts as All Other Traffic,
    /// and the name as one of it.
    pub(crate) fn entry_of(&mut self, core: &Core, name: &str) -> Option<Arc<BtEntry>> {
        let place = self.learn_name(core, name, hash_text(core.seed, name));
        let entry = place.and_then(|place| self.names.get(place)).map(|known| known.entry.clone());
        if entry.is_none() {
            let name = clean_bt_name(name);
            self.shard.sums.lock().hot_names.count(hash_text(core.seed, &name), &name);
        }
        entry
    }

    /// The entry of a BT that is continued here.
    pub(crate) fn entry_of_caller(&mut self, core: &Core, key: ContinuedKey) -> Option<Arc<BtEntry>> {
        self.renew(core);
        self.continued_entry(core, key)
    }

    /// Forgets names when the registry moved on.
    fn renew(&mut self, core: &Core) {
        let epoch = core.registry.epoch();
        if self.epoch == epoch {
            return;
        }
        self.epoch = epoch;
        for known in self.names.drain() {
            for slot in known.free {
                if self.free.len() < FREE_PER_THREAD_MAX {
                    self.free.push(slot);
                } else {
                    slots().release(slot);
                }
            }
        }
        self.continued.drain().for_each(drop);
    }

    #[inline]
    fn place_of(&self, hash: u64, name: &str) -> Option<usize> {
        self.names.find(hash, |known| same_bytes(known.name.as_bytes(), name.as_bytes()))
    }

    /// Asks the registry for a name and remembers it; `None` when it counts as All Other Traffic.
    #[cold]
    fn learn_name(&mut self, core: &Core, name: &str, hash: u64) -> Option<usize> {
        self.renew(core);
        if let Some(place) = self.place_of(hash, name) {
            return Some(place);
        }
        let cleaned = clean_bt_name(name);
        core.note_replaced_name(name, &cleaned);
        let Registered::Own(entry) = core.registry.by_name(&cleaned, &core.config.load()) else {
            return None;
        };
        let known = KnownName { name: Box::from(name), entry, free: Vec::new() };
        let (place, old) = self.names.insert(hash, known);
        for slot in old.map(|old| old.free).unwrap_or_default() {
            if !self.keep(slot) {
                slots().release(slot);
            }
        }
        Some(place)
    }

    fn continued_entry(&mut self, core: &Core, key: ContinuedKey) -> Option<Arc<BtEntry>> {
        let mix = key.bt_id.get() ^ key.caller.tier_id.get().rotate_left(20);
        let mix = mix ^ key.caller.backend_id.map_or(0, |b| b.get().rotate_left(40));
        let hash = mix ^ (mix >> 32);
        if let Some(known) =
            self.continued.find(hash, |known| known.key == key).and_then(|place| self.continued.get(place))
        {
            return Some(known.entry.clone());
        }
        let Registered::Own(entry) = core.registry.by_caller(key, &core.config.load()) else {
            return None;
        };
        self.continued.insert(hash, KnownContinued { key, entry: entry.clone() });
        Some(entry)
    }

    /// The backend of these properties.
    pub(crate) fn backend(
        &mut self,
        core: &Core,
        exit_type: &ExitType,
        display_name: &str,
        properties: &[(&str, &str)],
    ) -> BackendRef {
        self.backends.find(core, exit_type, display_name, properties)
    }
}

/// Writes the beginning of a BT into a free slot.
#[inline]
fn open(
    slot: &'static Slot,
    core: &Arc<Core>,
    entry: &Arc<BtEntry>,
    thread: &Arc<str>,
    asked: Option<CapturePolicy>,
    inherited: Option<Box<Inherited>>,
    now_ns: u64,
) -> BtHandle {
    let mut record = slot.record.lock();
    // What the slot holds from its last BT is nearly always the same: then no reference count is touched that
    // other threads touch too.
    if slot.core_serial.load(Ordering::Relaxed) != core.serial || record.core.is_none() {
        record.core = Some(core.clone());
        slot.core_serial.store(core.serial, Ordering::Relaxed);
    }
    if !record.bt.as_ref().is_some_and(|bt| Arc::ptr_eq(bt, entry)) {
        record.bt = Some(entry.clone());
    }
    if !record.thread.as_ref().is_some_and(|t| Arc::ptr_eq(t, thread)) {
        record.thread = Some(thread.clone());
    }
    record.running = true;
    record.start_ns = now_ns;
    record.asked = asked;
    if inherited.is_some() {
        record.guid = inherited.as_ref().map(|i| i.guid);
        record.inherited = inherited;
    }
    let key = slot.open();
    slot.began_ns.store(now_ns, Ordering::Release);
    BtHandle::new(slot, key)
}

/// What this thread is called.
fn thread_name() -> Arc<str> {
    if let Ok(Some(name)) = THREAD_NAME.try_with(|name| name.borrow().clone()) {
        return name;
    }
    let current = std::thread::current();
    Arc::from(current.name().unwrap_or_default())
}

impl Drop for ThreadCache {
    fn drop(&mut self) {
        if self.fork != fork::generation() {
            return; // the parent's: its locks are not ours to take
        }
        for slot in self.names.drain().flat_map(|known| known.free) {
            slots().release(slot);
        }
        for slot in std::mem::take(&mut self.free) {
            slots().release(slot);
        }
        if self.owns_shard {
            self.shard.leave();
        }
    }
}
