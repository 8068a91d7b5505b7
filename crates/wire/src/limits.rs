//! Limits on what is read from the wire. All of them, in one place; those of the model (lengths of names and
//! values, numbers of properties, errors and exit calls) are in `tierline_model::limits`.

/// Bytes of an OTLP request in protobuf, after decompression (the OTLP specification recommends 64 MiB).
pub const REQUEST_BYTES_MAX: usize = 64 << 20;

/// Bytes of an OTLP request in JSON. JSON is several times longer than protobuf, but only few and small senders use it.
pub const JSON_REQUEST_BYTES_MAX: usize = 32 << 20;

/// Bytes of one data point or span in protobuf. A segment's span with 500 user data values of 5,000 characters and 50
/// stack traces of 32,000 fits, in any script.
pub const ITEM_BYTES_MAX: usize = 24 << 20;

/// Bytes of one data point or span in JSON, of which a tree is made.
pub const JSON_ITEM_BYTES_MAX: usize = 4 << 20;

/// Data points or spans in one request; a longer request is refused as a whole.
pub const ITEMS_PER_REQUEST_MAX: u64 = 1_000_000;

/// Resources in one request.
pub const RESOURCES_PER_REQUEST_MAX: usize = 10_000;

/// Intervals in one request; points of further ones are rejected. An hour of one-second intervals has 3,600.
pub const REPORTS_PER_REQUEST_MAX: usize = 10_000;

/// Attributes of a resource; more make its points and spans not understood.
pub const RESOURCE_ATTRIBUTES_MAX: usize = 256;

/// Attributes of a data point; more reject the point. Ours have at most 8 plus 50 properties.
pub const POINT_ATTRIBUTES_MAX: usize = 128;

/// Attributes of a span; more reject the span. Ours have at most 25 plus 500 user data or 100 properties.
pub const SPAN_ATTRIBUTES_MAX: usize = 1_024;

/// Attributes of an event; more are not read.
pub const EVENT_ATTRIBUTES_MAX: usize = 64;

/// Events of a span; more are not read. Ours are the errors, at most 50.
pub const EVENTS_PER_SPAN_MAX: usize = 256;

/// Links of a span; more are not read.
pub const LINKS_PER_SPAN_MAX: usize = 8;

/// Attributes of a foreign span that are kept as user data or optional properties.
pub const FOREIGN_DETAILS_MAX: usize = 50;

/// Characters of such an attribute's value.
pub const FOREIGN_DETAIL_CHARS_MAX: usize = 1_000;

/// The longest duration a foreign span may have, nanoseconds: a day. A longer one is a broken clock.
pub const FOREIGN_DURATION_NS_MAX: u64 = 24 * 3_600 * 1_000_000_000;

/// Characters of a foreign request's path, query or header that naming rules look at.
pub const FOREIGN_REQUEST_CHARS_MAX: usize = 1_000;

/// Calls one point of a foreign metric may count: more is no number of calls.
pub const FOREIGN_CALLS_PER_POINT_MAX: u64 = 1_000_000_000_000;

/// Bytes of an attribute's name; a longer one rejects its point or span. Ours: a prefix and 100 characters.
pub const ATTRIBUTE_KEY_BYTES_MAX: usize = 512;

/// Texts in one attribute that is an array; more are not read. Ours repeat a name with several values.
pub const ATTRIBUTE_ARRAY_MAX: usize = 512;

/// Bytes of a text that a decoding thread keeps for the next time it comes.
pub const INTERNED_TEXT_BYTES_MAX: usize = 128;

/// Such texts of each decoding thread.
pub const INTERNED_TEXTS_MAX: usize = 1_024;

/// Backends of each decoding thread that are kept for the next time they come.
pub const INTERNED_BACKENDS_MAX: usize = 256;

/// Buckets of an exponential histogram on one side; more reject the point. The model holds 160, this leaves the
/// refusal of less wild ones to [`tierline_model::Histogram::from_parts`].
pub const HISTOGRAM_BUCKETS_READ_MAX: usize = 512;

/// An interval's length in milliseconds: intervals never straddle a minute.
pub const INTERVAL_MS_MAX: u64 = 60_000;

/// How far an item may lie before the controller's clock, milliseconds: an agent may have spooled for a week.
pub const PAST_MS_MAX: u64 = 7 * 24 * 3_600_000;

/// How far an item may lie after the controller's clock, milliseconds: clocks differ.
pub const FUTURE_MS_MAX: u64 = 600_000;

/// Reasons for rejection that are reported back by name; further ones are only counted.
pub const REJECTION_REASONS_MAX: usize = 8;

/// Bytes of an export response or error body an agent reads (OTLP specification: clients should cap at 4 MiB).
pub const RESPONSE_BYTES_MAX: usize = 4 << 20;

/// Characters of an error message taken from a response.
pub const RESPONSE_MESSAGE_CHARS_MAX: usize = 1_000;

/// Bytes of an OpAMP message, either way.
pub const OPAMP_MESSAGE_BYTES_MAX: usize = 4 << 20;

/// Fields of an OpAMP message and of the messages directly in it; ours have at most 50.
pub const OPAMP_FIELDS_MAX: usize = 10_000;

/// Bytes of `tierline.json` or `diagnostics.json` inside an OpAMP message.
pub const OPAMP_FILE_BYTES_MAX: usize = 1 << 20;

/// Bytes of a configuration hash.
pub const OPAMP_HASH_BYTES_MAX: usize = 64;

/// Bytes of a custom message's data.
pub const OPAMP_CUSTOM_BYTES_MAX: usize = 1 << 20;

/// Seconds: the longest poll interval an agent accepts from a controller.
pub const OPAMP_HEARTBEAT_S_MAX: u64 = 3_600;

/// Characters of a resource attribute that describes (versions, host, operating system). A host name has 253.
pub const RESOURCE_TEXT_CHARS_MAX: usize = 255;
