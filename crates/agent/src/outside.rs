//! Executions recorded outside of the core.
//!
//! In some languages a call into native code costs more than all the rest: there, a transaction lives in the
//! language's own objects, and what crosses are numbers, many transactions at a time. An [`Outside`] is one thread's
//! door for that: names become numbers, thresholds and due samples go out, counts come in, and an execution that may be
//! worth keeping is put before the same decision as every other. The details of one that is kept come in piece by piece
//! and make the same segment.
//!
//! ```
//! # let core = tierline::doc_core();
//! use tierline::outside::{Counted, Ended, Outside};
//! let mut outside = Outside::new(core.clone(), "main");
//! let checkout = outside.name("/checkout");
//! // A million times: nothing but the two numbers of each crosses.
//! outside.count(1, [Counted::Ended { entry: checkout, duration_ns: 1_000 }]);
//! // The first execution of a name is sampled.
//! let asked = outside.asked(checkout);
//! let end = Ended { entry: checkout, duration_ns: 2_000, asked, ..Ended::default() };
//! let fate = outside.finish(1, &end).expect("it is kept");
//! outside.begin_details(&end, &tierline::outside::Head { fate: Some(fate), age_ns: 2_000, ..Default::default() });
//! outside.add_user_data("basket", "3 items");
//! outside.complete();
//! assert_eq!(core.drain_interval(0, 60_000).ledger.ended, 2);
//! assert_eq!(&*core.take_segments(1 << 20)[0].user_data[0].1, "3 items");
//! ```

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tierline_model::correlation::Received;
use tierline_model::trace_context::{self, TraceParent};
use tierline_model::{
    CapturePolicy, CorrelationHeader, ErrorRecord, ExitType, Guid, SpanId, Thresholds, Verdict,
};

use crate::clock::monotonic_ns;
use crate::decision;
use crate::exit_call::count_for;
use crate::header;
use crate::incoming::{self, Incoming};
use crate::record::Record;
use crate::recorder::Core;
use crate::registry::BtEntry;
use crate::segment;
use crate::text_hash::NumberMap;
use crate::thread_cache;
use crate::transaction::cut_error;

/// Records counted under one lock: some microseconds.
const COUNTED_AT_ONCE: usize = 64;

/// The number under which All Other Traffic counts.
pub const OTHER_TRAFFIC: u32 = 0;

/// What one thread records outside of the core.
#[derive(Debug)]
pub struct Outside {
    core: Arc<Core>,
    thread: Arc<str>,
    /// By number.
    entries: Vec<Option<Arc<BtEntry>>>,
    /// By serial of the entry.
    numbers: NumberMap<u32, u32>,
    free: Vec<u32>,
    details: Option<Box<Details>>,
}

/// A kept execution whose pieces come in.
#[derive(Debug)]
struct Details {
    record: Record,
    end: segment::End,
}

/// Something that is only counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// The end of an execution that was neither put before [`Outside::finish`] nor in error.
    Ended {
        /// The number of its name.
        entry: u32,
        /// How long it took.
        duration_ns: u64,
    },
    /// The end of an exit call.
    Exit {
        /// The number of its transaction's name.
        entry: u32,
        /// The number of its backend.
        backend: u32,
        /// How long it took.
        duration_ns: u64,
        /// Whether it failed.
        failed: bool,
    },
}

/// What is published about a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Published {
    /// Executions at least this long are put before [`Outside::finish`].
    pub slow_ns: u64,
    /// Executions that run for longer are stalls in flight.
    pub stall_ns: u64,
    /// Nanoseconds until [`Outside::asked`] has an answer; 0: now, `u64::MAX`: never.
    pub due_in_ns: u64,
}

/// An execution that begins under received headers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Begun {
    /// The number of what it counts under.
    pub entry: u32,
    /// Why it will be kept whatever becomes of it.
    pub asked: Option<CapturePolicy>,
    /// The request.
    pub guid: Guid,
    /// What the sequences of its exit calls begin with; empty at the root.
    pub sequence: Arc<str>,
    /// When the request began, milliseconds since 1970; 0 when the headers did not say.
    pub timestamp_ms: u64,
}

/// The end of an execution that may be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// The number of its name.
    pub entry: u32,
    /// How long it took.
    pub duration_ns: u64,
    /// Whether it or one of its exit calls is in error.
    pub failed: bool,
    /// Whether it was reported as a stall in flight.
    pub stalled: bool,
    /// Whether it did not end by itself.
    pub abandoned: bool,
    /// Why it is kept whatever becomes of it.
    pub asked: Option<CapturePolicy>,
}

/// What becomes of an execution that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// Why.
    pub policy: CapturePolicy,
    /// How it went.
    pub verdict: Verdict,
}

/// What the details of a kept execution begin with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Head<'a> {
    /// From [`Outside::finish`]; `None` reports a stall in flight.
    pub fate: Option<Fate>,
    /// How long ago it began.
    pub age_ns: u64,
    /// Exit calls whose details were not kept.
    pub exits_dropped: u64,
    /// The request, when somebody needed its GUID.
    pub guid: Option<Guid>,
    /// The segment's span, when it was reported before.
    pub span_id: Option<SpanId>,
    /// The headers it began under; empty without.
    pub origin: &'a str,
}

/// An exit call of a kept execution.
#[derive(Clone, Debug)]
pub struct ExitDetails<'a> {
    /// 1 for the first of the transaction.
    pub number: u32,
    /// The number of its backend.
    pub backend: u32,
    /// From the transaction's begin.
    pub offset_ns: u64,
    /// How long it took.
    pub duration_ns: u64,
    /// Whether its end was seen.
    pub ended: bool,
    /// Whether it failed.
    pub failed: bool,
    /// Its label.
    pub display_name: &'a str,
    /// URL, SQL text …
    pub operation: &'a str,
    /// Shown with it.
    pub properties: &'a [(&'a str, &'a str)],
}

impl Outside {
    /// The door of this thread, called `thread` in snapshots.
    #[must_use]
    pub fn new(core: Arc<Core>, thread: &str) -> Self {
        thread_cache::name_this_thread(thread);
        let other = core.registry.other().clone();
        Self {
            thread: Arc::from(thread),
            numbers: std::iter::once((other.serial, OTHER_TRAFFIC)).collect(),
            entries: vec![Some(other)],
            free: Vec::new(),
            details: None,
            core,
        }
    }

    /// The core behind it.
    #[must_use]
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Whether the core still records.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.core.closed.load(Ordering::Relaxed)
    }

    /// Changes when numbers of names must be asked for again.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.core.registry.epoch()
    }

    /// The number of a name. [`OTHER_TRAFFIC`] must be asked for at each begin: such names are counted one by one, to
    /// find those that become hot.
    pub fn name(&mut self, name: &str) -> u32 {
        let entry = thread_cache::with(&self.core, |cache| cache.entry_of(&self.core, name));
        entry.map_or(OTHER_TRAFFIC, |entry| self.number(&entry))
    }

    fn number(&mut self, entry: &Arc<BtEntry>) -> u32 {
        if let Some(number) = self.numbers.get(&entry.serial) {
            return *number;
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            u32::try_from(self.entries.len() - 1).unwrap_or(OTHER_TRAFFIC)
        });
        if let Some(place) = self.entries.get_mut(number as usize) {
            *place = Some(entry.clone());
        }
        self.numbers.insert(entry.serial, number);
        number
    }

    /// Takes a number back that nothing refers to any more.
    pub fn release(&mut self, entry: u32) {
        if entry == OTHER_TRAFFIC {
            return;
        }
        if let Some(found) = self.entries.get_mut(entry as usize).and_then(Option::take) {
            self.numbers.remove(&found.serial);
            self.free.push(entry);
        }
    }

    /// The entry of a number; of one that was never given, All Other Traffic.
    fn entry(&self, number: u32) -> &Arc<BtEntry> {
        let found = self.entries.get(number as usize).and_then(Option::as_ref);
        found.unwrap_or_else(|| self.core.registry.other())
    }

    /// How many numbers there are, those that were taken back included.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// Never: All Other Traffic is always there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// What is published about a name; `None` for a number that was taken back.
    #[must_use]
    pub fn published(&self, entry: u32) -> Option<Published> {
        let entry = self.entries.get(entry as usize)?.as_ref()?;
        let thresholds = entry.thresholds();
        let due_ns = entry.periodic_due_ns.load(Ordering::Relaxed);
        let due_in_ns = match due_ns {
            u64::MAX => u64::MAX,
            due_ns => due_ns.saturating_sub(monotonic_ns()),
        };
        let slow_ns = thresholds.slow_ns.min(thresholds.very_slow_ns).min(thresholds.stall_ns);
        Some(Published { slow_ns, stall_ns: thresholds.stall_ns, due_in_ns })
    }

    /// Whether [`Self::asked`] must be called at each begin: somebody watches.
    #[must_use]
    pub fn ask_always(&self) -> bool {
        self.core.has_wishes.load(Ordering::Relaxed)
    }

    /// Why an execution that begins now will be kept, as far as that is known.
    #[must_use]
    pub fn asked(&self, entry: u32) -> Option<CapturePolicy> {
        decision::at_begin(&self.core, self.entry(entry), monotonic_ns())
    }

    /// Begins under received headers: the correlation header, or it, `traceparent` and `tracestate` in lines of their
    /// own. `None`: as if there were none. The caller counts the begin.
    pub fn incoming(&mut self, name: &str, origin: &str) -> Option<Begun> {
        let Incoming { continued, inherited, keep } = self.read(origin)?;
        let entry = match continued {
            Some(key) => thread_cache::with(&self.core, |cache| cache.entry_of_caller(&self.core, key)),
            None => thread_cache::with(&self.core, |cache| cache.entry_of(&self.core, name)),
        };
        let entry = entry.map_or(OTHER_TRAFFIC, |entry| self.number(&entry));
        let asked = keep.then_some(CapturePolicy::Continuing).or_else(|| self.asked(entry));
        let guid = inherited.guid;
        Some(Begun { entry, asked, guid, sequence: inherited.sequence, timestamp_ms: inherited.timestamp_ms })
    }

    fn read(&self, origin: &str) -> Option<Incoming> {
        if origin.is_empty() || !self.core.correlation_enabled.load(Ordering::Relaxed) {
            return None;
        }
        incoming::read_all(origin, self.core.registry.app_id(), self.core.account)
    }

    /// Whether headers are of use to [`Self::incoming`].
    #[must_use]
    pub fn understands(&self, origin: &str) -> bool {
        self.read(origin).is_some()
    }

    /// The number of a backend.
    #[must_use]
    pub fn backend(&self, exit_type: &ExitType, label: &str, properties: &[(&str, &str)]) -> u32 {
        self.core.backend(exit_type, label, properties).index
    }

    /// The beginning of every correlation header, up to and with `*ts=`.
    #[must_use]
    pub fn header_prefix(&self) -> &str {
        &self.core.header_prefix
    }

    /// What follows the time in headers of a name's transactions: `*btid=…*guid=`.
    #[must_use]
    pub fn header_part(&self, entry: u32) -> &str {
        &self.entry(entry).header_part
    }

    /// What follows the exit call's sequence in headers for a backend.
    #[must_use]
    pub fn header_end(&self, backend: u32, do_not_resolve: bool) -> &str {
        match self.core.backends.get(backend) {
            Some(entry) if do_not_resolve => &entry.header_no_resolve,
            Some(entry) => &entry.header_resolve,
            None => "",
        }
    }

    /// Whether headers are made.
    #[must_use]
    pub fn correlation_enabled(&self) -> bool {
        self.core.correlation_enabled.load(Ordering::Relaxed)
    }

    /// Whether a header of an execution that is kept whatever becomes of it says so (`*snapenable=true`).
    #[must_use]
    pub fn propagate(&self) -> bool {
        self.core.propagate.load(Ordering::Relaxed)
    }

    /// Appends `traceparent`, a line feed and our member of `tracestate` for a header that was made; nothing for
    /// another text.
    pub fn trace_context(header: &str, out: &mut String) {
        if let Ok(Received::Continue(header)) = CorrelationHeader::parse(header) {
            TraceParent::of(&header).write(out);
            out.push('\n');
            trace_context::write_member(&header, out);
        }
    }

    /// The span ids of exit calls `first` to `first + count - 1` of the request's execution with this sequence, 16 hex
    /// digits each: the parents in the `traceparent` that these calls carry.
    pub fn exit_spans(guid: &Guid, sequence: &str, first: u32, count: u32, out: &mut String) {
        let mut exit_sequence = String::with_capacity(sequence.len() + 12);
        for number in first..first.saturating_add(count) {
            exit_sequence.clear();
            header::push_sequence(&mut exit_sequence, sequence, number);
            let _ = write!(out, "{}", guid.exit_span_id(&exit_sequence));
        }
    }

    /// A new GUID.
    #[must_use]
    pub fn guid(&self) -> Guid {
        thread_cache::with(&self.core, |cache| cache.random().guid())
    }

    /// Counts what ended, and what began since the last call. Begins come first: no end is ever seen without its begin.
    pub fn count(&self, begun: u64, counted: impl IntoIterator<Item = Counted>) {
        let mut counted = counted.into_iter().peekable();
        thread_cache::with(&self.core, |cache| cache.count_begun_many(begun));
        while counted.peek().is_some() {
            let mut batch = counted.by_ref().take(COUNTED_AT_ONCE);
            thread_cache::with(&self.core, |cache| {
                let mut sums = cache.shard().sums.lock();
                for one in batch.by_ref() {
                    match one {
                        Counted::Ended { entry, duration_ns } => {
                            sums.count_segment(self.entry(entry), Verdict::Normal, duration_ns, false);
                        }
                        Counted::Exit { entry, backend, duration_ns, failed } => {
                            count_for(&self.core, self.entry(entry), &mut sums, backend, duration_ns, failed);
                        }
                    }
                }
            });
        }
    }

    /// Counts an execution that may be kept. What becomes of it; `None` when it is not kept.
    pub fn finish(&self, begun: u64, ended: &Ended) -> Option<Fate> {
        let entry = self.entry(ended.entry);
        let verdict = verdict_of(ended, &entry.thresholds());
        thread_cache::with(&self.core, |cache| {
            cache.count_begun_many(begun);
            cache.shard().sums.lock().count_segment(entry, verdict, ended.duration_ns, ended.abandoned);
        });
        decision::at_end(verdict, ended.asked).map(|policy| Fate { policy, verdict })
    }

    /// Begins the details of an execution that is kept. Details begun before and not completed are forgotten.
    pub fn begin_details(&mut self, ended: &Ended, head: &Head<'_>) {
        let entry = self.entry(ended.entry).clone();
        let thresholds = entry.thresholds();
        let mut record = match self.details.take() {
            Some(details) => details.record,
            None => Record::default(),
        };
        record.reset();
        let inherited = self.read(head.origin).map(|incoming| incoming.inherited);
        record.core = Some(self.core.clone());
        record.bt = Some(entry);
        record.thread = Some(self.thread.clone());
        record.running = true;
        record.start_ns = monotonic_ns().saturating_sub(head.age_ns);
        record.asked = ended.asked;
        record.stalled = ended.stalled;
        record.guid = inherited.as_ref().map(|inherited| inherited.guid).or(head.guid);
        record.inherited = inherited;
        record.span_id = head.span_id;
        record.exits_dropped = head.exits_dropped;
        let in_flight = head.fate.is_none();
        let fate = head.fate.unwrap_or_else(|| Fate {
            policy: CapturePolicy::SlaFailure,
            verdict: verdict_of(&Ended { stalled: true, ..*ended }, &thresholds),
        });
        let end = segment::End {
            end_ns: record.start_ns.saturating_add(ended.duration_ns),
            verdict: fate.verdict,
            thresholds,
            policy: fate.policy,
            in_flight,
            abandoned: ended.abandoned,
        };
        self.details = Some(Box::new(Details { record, end }));
    }

    fn record(&mut self) -> Option<&mut Record> {
        self.details.as_mut().map(|details| &mut details.record)
    }

    /// Adds user data to the details.
    pub fn add_user_data(&mut self, key: &str, value: &str) {
        if let Some(record) = self.record() {
            record.add_user_data(key, value);
        }
    }

    /// Adds an error to the details.
    pub fn add_error(&mut self, error: ErrorRecord) {
        if let Some(record) = self.record() {
            record.add_error(cut_error(error));
        }
    }

    /// Adds an exit call to the details, with its errors.
    pub fn add_exit(&mut self, exit: &ExitDetails<'_>, errors: Vec<ErrorRecord>) {
        let Some(record) = self.record() else { return };
        record.exits_begun = exit.number.saturating_sub(1);
        let start_ns = record.start_ns.saturating_add(exit.offset_ns);
        let begun =
            record.begin_exit(exit.backend, exit.display_name, exit.operation, exit.properties, start_ns);
        let Some((_, Some(position))) = begun else { return };
        if let Some(made) = record.exits.get_mut(position as usize) {
            made.ended = exit.ended;
            made.failed = exit.failed;
            made.counted = true;
            made.duration_ns = exit.duration_ns;
        }
        for error in errors {
            record.add_exit_error(position, cut_error(error));
        }
    }

    /// Completes the details: the segment waits to be sent. Its span, for a stall that is reported again.
    pub fn complete(&mut self) -> Option<SpanId> {
        let Details { record, end } = self.details.as_deref_mut()?;
        if !record.running {
            return None;
        }
        let segment = segment::make(record, end);
        let replaces = record.stalled || end.in_flight;
        let span_id = record.span_id;
        record.reset();
        if self.core.keep_segment(segment?, replaces) {
            self.core.wake();
        }
        span_id
    }
}

fn verdict_of(ended: &Ended, thresholds: &Thresholds) -> Verdict {
    thresholds.verdict(ended.duration_ns, ended.failed, ended.stalled || ended.abandoned)
}

impl Drop for Outside {
    fn drop(&mut self) {
        // The core accounts for what a record holds.
        if let Some(mut details) = self.details.take() {
            drop(details.record.clear());
        }
    }
}
