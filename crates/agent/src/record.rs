//! What a running BT remembers: everything, from its first nanosecond, in buffers that are used again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tierline_model::interval::Caller;
use tierline_model::limits::{
    ERRORS_PER_SEGMENT_MAX, EXIT_CALLS_PER_SEGMENT_MAX, OPERATION_CHARS_MAX, PROPERTIES_MAX,
    PROPERTY_NAME_CHARS_MAX, PROPERTY_VALUE_CHARS_MAX, USER_DATA_ENTRIES_MAX, USER_DATA_KEY_CHARS_MAX,
    USER_DATA_VALUE_CHARS_MAX,
};
use tierline_model::name::cut;
use tierline_model::{CapturePolicy, DropCause, ErrorRecord, Guid, SegmentKind, SpanId};

use crate::limits::{
    ERROR_BYTES_PER_TRANSACTION_MAX, EXIT_ERRORS_PER_TRANSACTION_MAX, KEPT_BYTES_PER_TRANSACTION_MAX,
    OPEN_CALLS_WITHOUT_DETAILS_MAX, TRANSACTION_MEMORY_SHARE,
};
use crate::recorder::Core;
use crate::registry::BtEntry;

/// A piece of a record's text buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Piece {
    start: u32,
    len: u32,
}

/// An exit call with its details.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExitRecord {
    /// 1 for the first of the BT.
    pub(crate) number: u32,
    pub(crate) backend: u32,
    pub(crate) start_ns: u64,
    pub(crate) duration_ns: u64,
    pub(crate) display_name: Piece,
    pub(crate) operation: Piece,
    pub(crate) properties_start: u32,
    pub(crate) properties_len: u32,
    pub(crate) ended: bool,
    pub(crate) failed: bool,
    /// Whether the numbers have it already.
    pub(crate) counted: bool,
}

/// A running exit call beyond the limit on details: just enough to count it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenCall {
    pub(crate) number: u32,
    pub(crate) backend: u32,
    pub(crate) start_ns: u64,
}

/// What a segment has from the correlation header it began with.
#[derive(Debug, Clone)]
pub(crate) struct Inherited {
    pub(crate) guid: Guid,
    pub(crate) sequence: Arc<str>,
    pub(crate) parent_span_id: Option<SpanId>,
    pub(crate) caller: Option<Caller>,
    pub(crate) kind: SegmentKind,
    /// When the request began, milliseconds since 1970; 0 when the header did not say.
    pub(crate) timestamp_ms: u64,
}

/// A BT while it runs. Finished ones keep their buffers, core and entry for the next BT.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) core: Option<Arc<Core>>,
    pub(crate) bt: Option<Arc<BtEntry>>,
    pub(crate) thread: Option<Arc<str>>,
    pub(crate) running: bool,
    pub(crate) in_error: bool,
    /// Seen over its stall threshold while it ran, and reported so.
    pub(crate) stalled: bool,
    pub(crate) start_ns: u64,
    pub(crate) guid: Option<Guid>,
    pub(crate) span_id: Option<SpanId>,
    pub(crate) inherited: Option<Box<Inherited>>,
    /// Why it will be kept whatever happens.
    pub(crate) asked: Option<CapturePolicy>,
    pub(crate) errors: Vec<ErrorRecord>,
    text: String,
    user_data: Vec<(Piece, Piece)>,
    pub(crate) exits: Vec<ExitRecord>,
    exit_properties: Vec<(Piece, Piece)>,
    /// Errors of exit calls, by position in `exits`.
    pub(crate) exit_errors: Vec<(u32, ErrorRecord)>,
    pub(crate) open_calls: Vec<OpenCall>,
    pub(crate) exits_begun: u32,
    pub(crate) exits_active: u32,
    pub(crate) exits_dropped: u64,
    /// Bytes of the texts of errors.
    error_bytes: usize,
    /// Bytes of buffers the core was told of.
    accounted_bytes: usize,
}

impl Record {
    fn keep_text(&mut self, text: &str, chars_max: usize) -> Piece {
        let start = self.text.len() as u32;
        if text.len() <= chars_max {
            self.text.push_str(text);
        } else {
            self.text.push_str(&cut(text, chars_max));
        }
        Piece { start, len: self.text.len() as u32 - start }
    }

    /// The text of a piece.
    pub(crate) fn text(&self, piece: Piece) -> &str {
        self.text.get(piece.start as usize..(piece.start as usize + piece.len as usize)).unwrap_or_default()
    }

    /// Keeps user data; counts it as dropped beyond the limits.
    pub(crate) fn add_user_data(&mut self, key: &str, value: &str) {
        let is_full = self.user_data.len() == self.user_data.capacity() || self.text_is_full();
        if self.user_data.len() >= USER_DATA_ENTRIES_MAX || !self.has_room(is_full) {
            self.count_drop(DropCause::UserData);
            return;
        }
        let key = self.keep_text(key, USER_DATA_KEY_CHARS_MAX);
        let value = self.keep_text(value, USER_DATA_VALUE_CHARS_MAX);
        self.user_data.push((key, value));
        if is_full {
            self.account();
        }
    }

    pub(crate) fn user_data(&self) -> impl Iterator<Item = (&str, &str)> {
        self.user_data.iter().map(|(key, value)| (self.text(*key), self.text(*value)))
    }

    /// The optional properties of an exit call.
    pub(crate) fn properties(&self, exit: &ExitRecord) -> impl Iterator<Item = (&str, &str)> {
        let start = exit.properties_start as usize;
        let range = start..start + exit.properties_len as usize;
        let properties = self.exit_properties.get(range).unwrap_or_default();
        properties.iter().map(|(name, value)| (self.text(*name), self.text(*value)))
    }

    /// Marks the BT as in error.
    pub(crate) fn add_error(&mut self, error: ErrorRecord) {
        self.in_error = true;
        if self.errors.len() < ERRORS_PER_SEGMENT_MAX {
            let error = self.fit(error);
            self.errors.push(error);
        }
    }

    /// Keeps the error of an exit call. A BT with a failed exit call is in error (facts/agent-api 4.3).
    pub(crate) fn add_exit_error(&mut self, position: u32, error: ErrorRecord) {
        if self.exit_errors.len() < EXIT_ERRORS_PER_TRANSACTION_MAX {
            let error = self.fit(error);
            self.exit_errors.push((position, error));
        }
    }

    /// Takes the long texts from errors beyond a BT's share of memory.
    fn fit(&mut self, error: ErrorRecord) -> ErrorRecord {
        let bytes = error.message.len() + error.stack.len();
        if self.error_bytes + bytes > ERROR_BYTES_PER_TRANSACTION_MAX {
            let nothing: Arc<str> = Arc::from("");
            return ErrorRecord { type_name: error.type_name, message: nothing.clone(), stack: nothing };
        }
        self.error_bytes += bytes;
        error
    }

    /// Begins an exit call. Returns its number, and its position when its details are kept. `None` when
    /// thousands of calls beyond the limit on details are open.
    pub(crate) fn begin_exit(
        &mut self,
        backend: u32,
        display_name: &str,
        operation: &str,
        properties: &[(&str, &str)],
        now_ns: u64,
    ) -> Option<(u32, Option<u32>)> {
        if self.open_calls.len() >= OPEN_CALLS_WITHOUT_DETAILS_MAX {
            return None;
        }
        self.exits_begun = self.exits_begun.saturating_add(1);
        self.exits_active = self.exits_active.saturating_add(1);
        let number = self.exits_begun;
        let properties_left = self.exit_properties.capacity() - self.exit_properties.len();
        let is_full = self.exits.len() == self.exits.capacity()
            || properties_left < properties.len()
            || self.text_is_full();
        if self.exits.len() >= EXIT_CALLS_PER_SEGMENT_MAX || !self.has_room(is_full) {
            self.exits_dropped += 1;
            self.count_drop(DropCause::ExitCallDetails);
            self.open_calls.push(OpenCall { number, backend, start_ns: now_ns });
            return Some((number, None));
        }
        let display_name = self.keep_text(display_name, PROPERTY_NAME_CHARS_MAX);
        let operation = self.keep_text(operation, OPERATION_CHARS_MAX);
        let properties_start = self.exit_properties.len() as u32;
        for (name, value) in properties.iter().take(PROPERTIES_MAX) {
            let name = self.keep_text(name, PROPERTY_NAME_CHARS_MAX);
            let value = self.keep_text(value, PROPERTY_VALUE_CHARS_MAX);
            self.exit_properties.push((name, value));
        }
        let position = self.exits.len() as u32;
        self.exits.push(ExitRecord {
            number,
            backend,
            start_ns: now_ns,
            duration_ns: 0,
            display_name,
            operation,
            properties_start,
            properties_len: self.exit_properties.len() as u32 - properties_start,
            ended: false,
            failed: false,
            counted: false,
        });
        if is_full {
            self.account();
        }
        Some((number, Some(position)))
    }

    /// Whether the text buffer may grow with the next entry. Few texts are longer than this; the next entry
    /// sees what they did.
    fn text_is_full(&self) -> bool {
        self.text.capacity() - self.text.len() < 256
    }

    /// Whether more details may be kept. Looks at the core's memory only where buffers are about to grow.
    fn has_room(&self, is_full: bool) -> bool {
        if !is_full {
            return true;
        }
        let Some(core) = &self.core else {
            return false;
        };
        // Buffers grow by doubling: what is there may become twice as much.
        let limit = core.memory_limit_bytes();
        self.accounted_bytes * 2 <= limit / TRANSACTION_MEMORY_SHARE
            && core.fixed_bytes() + self.accounted_bytes <= limit
    }

    fn buffer_bytes(&self) -> usize {
        self.text.capacity()
            + self.user_data.capacity() * size_of::<(Piece, Piece)>()
            + self.exits.capacity() * size_of::<ExitRecord>()
            + self.exit_properties.capacity() * size_of::<(Piece, Piece)>()
            + self.open_calls.capacity() * size_of::<OpenCall>()
            + self.error_bytes
    }

    /// Tells the core how much this record holds, when that changed.
    fn account(&mut self) {
        let bytes = self.buffer_bytes();
        if bytes == self.accounted_bytes {
            return;
        }
        if let Some(core) = &self.core {
            core.running_bytes.fetch_add(bytes, Ordering::Relaxed);
            core.running_bytes.fetch_sub(self.accounted_bytes, Ordering::Relaxed);
            if bytes > self.accounted_bytes {
                core.make_room();
            }
            self.accounted_bytes = bytes;
        }
    }

    fn count_drop(&self, cause: DropCause) {
        if let Some(core) = &self.core {
            core.count_drop(cause, 1);
        }
    }

    /// Forgets the BT; keeps the buffers when they are small.
    pub(crate) fn reset(&mut self) {
        self.running = false;
        self.in_error = false;
        self.stalled = false;
        self.guid = None;
        self.span_id = None;
        self.inherited = None;
        self.asked = None;
        self.exits_begun = 0;
        self.exits_active = 0;
        self.exits_dropped = 0;
        self.error_bytes = 0;
        self.errors.clear();
        self.text.clear();
        self.user_data.clear();
        self.exits.clear();
        self.exit_properties.clear();
        self.exit_errors.clear();
        self.open_calls.clear();
        if self.buffer_bytes() > KEPT_BYTES_PER_TRANSACTION_MAX {
            self.give_up_buffers();
        }
        self.account();
    }

    fn give_up_buffers(&mut self) {
        self.text = String::new();
        self.user_data = Vec::new();
        self.exits = Vec::new();
        self.exit_properties = Vec::new();
        self.open_calls = Vec::new();
        self.exit_errors = Vec::new();
        self.errors = Vec::new();
    }

    /// Forgets everything, for a slot that nobody needs soon. What is returned is dropped by the caller, who
    /// holds the record's lock: the core may go with it.
    pub(crate) fn clear(&mut self) -> impl Sized + use<> {
        self.reset();
        self.give_up_buffers();
        self.account();
        (self.core.take(), self.bt.take(), self.thread.take())
    }
}
