//! Where running BTs live: slots that are used again and never given back, found by number.
//!
//! A slot's memory is good for the life of the process, so handles are a pointer and a key, and a key that is
//! out of date is told by its generation: no table has to be kept at begin and end. What a slot holds is
//! bounded by its limits; how many there are, by how many BTs ever ran at the same time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use crate::fork;
use crate::lock::ShortLock;
use crate::record::Record;

/// Bits of a key that hold the slot's index, and of a state that hold the number of handles.
const INDEX_BITS: u32 = 24;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;
const GENERATION_ONE: u64 = 1 << INDEX_BITS;

const SLOTS_PER_BLOCK: usize = 64;
const BLOCKS_PER_ROW: usize = 512;
const ROWS: usize = 512;

/// One running BT, or room for one.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Generation (high 40 bits) and number of handles (low 24).
    state: AtomicU64,
    index: u32,
    /// Made on this side of which fork.
    fork: u32,
    /// Monotonic begin of the running BT, 0 when none runs. For the watcher.
    pub(crate) began_ns: AtomicU64,
    /// The core of the BT that runs or ran last.
    pub(crate) core_serial: AtomicU64,
    /// Where a thread keeps slots of this BT's name.
    pub(crate) free_list: AtomicU32,
    pub(crate) record: ShortLock<Record>,
}

impl Slot {
    /// Whether it belongs to a parent process: then nothing in it may be touched, its lock may be held for
    /// ever by a thread that does not exist here.
    #[inline]
    pub(crate) fn is_inherited(&self) -> bool {
        self.fork != fork::generation()
    }

    /// Makes the slot anyone's first handle's. The slot is free: nobody else writes its state.
    #[inline]
    pub(crate) fn open(&self) -> u64 {
        let generation = (self.state.load(Ordering::Relaxed) & !INDEX_MASK).wrapping_add(GENERATION_ONE);
        // Generation 0 would make key 0 for slot 0.
        let generation = if generation == 0 { GENERATION_ONE } else { generation };
        self.state.store(generation | 1, Ordering::Release);
        generation | u64::from(self.index)
    }

    /// The key of the present generation.
    #[inline]
    pub(crate) fn key(&self) -> u64 {
        (self.state.load(Ordering::Relaxed) & !INDEX_MASK) | u64::from(self.index)
    }

    /// One handle more, by someone who has one.
    #[inline]
    pub(crate) fn add_handle(&self) {
        self.state.fetch_add(1, Ordering::Relaxed);
    }

    /// One handle less; `true` when it was the last.
    #[inline]
    pub(crate) fn remove_handle(&self) -> bool {
        self.state.fetch_sub(1, Ordering::AcqRel) & INDEX_MASK == 1
    }

    /// One handle more, by someone who has only the key. `false` when that BT's handles are all gone.
    fn revive(&self, key: u64) -> bool {
        let mut state = self.state.load(Ordering::Acquire);
        loop {
            let handles = state & INDEX_MASK;
            if state & !INDEX_MASK != key & !INDEX_MASK || handles == 0 || handles == INDEX_MASK {
                return false;
            }
            match self.state.compare_exchange_weak(state, state + 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
    }
}

type Block = Box<[Slot]>;
type Row = Box<[OnceLock<Block>]>;

/// All slots of a process on one side of a fork.
#[derive(Debug)]
pub(crate) struct Slots {
    fork: u32,
    rows: Box<[OnceLock<Row>]>,
    free: ShortLock<Free>,
    /// How many exist.
    len: AtomicU32,
}

#[derive(Debug, Default)]
struct Free {
    released: Vec<u32>,
    next: u32,
}

static SLOTS: AtomicPtr<Slots> = AtomicPtr::new(std::ptr::null_mut());

/// The slots of this process. Made anew in a forked child; the parent's are left where they are.
#[inline]
pub(crate) fn slots() -> &'static Slots {
    let current = SLOTS.load(Ordering::Acquire);
    // SAFETY: never null behind the check, and what it points to is never freed.
    match unsafe { current.as_ref() } {
        Some(slots) if slots.fork == fork::generation() => slots,
        _ => make_slots(current),
    }
}

#[cold]
fn make_slots(seen: *mut Slots) -> &'static Slots {
    let made = Box::into_raw(Box::new(Slots {
        fork: fork::generation(),
        rows: (0..ROWS).map(|_| OnceLock::new()).collect(),
        free: ShortLock::default(),
        len: AtomicU32::new(0),
    }));
    match SLOTS.compare_exchange(seen, made, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just made, now shared, never freed.
        Ok(_) => unsafe { &*made },
        Err(theirs) => {
            // SAFETY: nobody but us ever saw it.
            drop(unsafe { Box::from_raw(made) });
            // SAFETY: another thread of this process was quicker; never freed.
            unsafe { &*theirs }
        }
    }
}

impl Slots {
    #[inline]
    fn get(&'static self, index: usize) -> Option<&'static Slot> {
        let block = index / SLOTS_PER_BLOCK;
        let row = self.rows.get(block / BLOCKS_PER_ROW)?.get()?;
        row.get(block % BLOCKS_PER_ROW)?.get()?.get(index % SLOTS_PER_BLOCK)
    }

    /// A slot that nobody uses. `None` beyond 2^24 BTs at a time.
    pub(crate) fn take(&'static self) -> Option<&'static Slot> {
        let index = {
            let mut free = self.free.lock();
            match free.released.pop() {
                Some(index) => index,
                None => {
                    let index = free.next;
                    self.make(index as usize)?;
                    free.next += 1;
                    self.len.store(free.next, Ordering::Release);
                    index
                }
            }
        };
        self.get(index as usize)
    }

    fn make(&'static self, index: usize) -> Option<&'static Slot> {
        let block = index / SLOTS_PER_BLOCK;
        let row = self.rows.get(block / BLOCKS_PER_ROW)?;
        let row = row.get_or_init(|| (0..BLOCKS_PER_ROW).map(|_| OnceLock::new()).collect());
        let first = block * SLOTS_PER_BLOCK;
        let make = |offset: usize| Slot {
            // Keys of a parent process mean nothing here: other generations.
            state: AtomicU64::new(u64::from(self.fork) << 56),
            index: (first + offset) as u32,
            fork: self.fork,
            began_ns: AtomicU64::new(0),
            core_serial: AtomicU64::new(0),
            free_list: AtomicU32::new(u32::MAX),
            record: ShortLock::default(),
        };
        let block = row.get(block % BLOCKS_PER_ROW)?;
        block.get_or_init(|| (0..SLOTS_PER_BLOCK).map(make).collect()).get(index % SLOTS_PER_BLOCK)
    }

    /// Gives a slot back, with nothing of its last core in it.
    pub(crate) fn release(&self, slot: &'static Slot) {
        let old = slot.record.lock().clear();
        slot.core_serial.store(0, Ordering::Relaxed);
        slot.free_list.store(u32::MAX, Ordering::Relaxed);
        self.free.lock().released.push(slot.index);
        drop(old); // possibly a whole core: not under the lock
    }

    /// Whether the BT of this key runs, as one of the core with this serial.
    #[inline]
    pub(crate) fn runs(&'static self, key: u64, core_serial: u64) -> bool {
        self.get((key & INDEX_MASK) as usize).is_some_and(|slot| {
            slot.key() == key
                && slot.core_serial.load(Ordering::Relaxed) == core_serial
                && slot.began_ns.load(Ordering::Acquire) != 0
        })
    }

    /// The slot whose BT has this key, with a handle added for the caller.
    #[inline]
    pub(crate) fn find(&'static self, key: u64) -> Option<&'static Slot> {
        let slot = self.get((key & INDEX_MASK) as usize)?;
        slot.revive(key).then_some(slot)
    }

    /// All slots there are, free ones too.
    pub(crate) fn all(&'static self) -> impl Iterator<Item = &'static Slot> {
        let len = self.len.load(Ordering::Acquire) as usize;
        (0..len).filter_map(|index| self.get(index))
    }

    /// Bytes of the slots themselves.
    pub(crate) fn bytes(&self) -> usize {
        self.len.load(Ordering::Relaxed) as usize * size_of::<Slot>()
    }
}
