//! Segments of a batch with everything in them, row by row over shared tables of texts, ids and backends.

use tierline_model::interval::Caller;
use tierline_model::{
    AppId, BackendId, BtId, BtOrigin, BtRef, CapturePolicy, EntryType, ErrorRecord, ExitCallRecord, Guid,
    NodeId, Segment, SegmentKind, SpanId, Thresholds, TierId, Verdict, backend::Property,
};

use super::bytes::{Reader, Writer};
use super::compress::Effort;
use super::text::{Tables, TablesWriter};
use super::{BlockError, compress};
use crate::query::SegmentRecord;

/// The version written.
pub const VERSION: u8 = 1;

const DAMAGED_ENUM: BlockError = BlockError::Damaged("a record has an unknown kind, verdict or policy");

// Bits of a record's flags.
const IN_FLIGHT: u8 = 1;
const ABANDONED: u8 = 2;
const HAS_CPU: u8 = 4;
const HAS_ORIGIN: u8 = 8;
const HAS_CALLER: u8 = 16;
const HAS_CALLER_BACKEND: u8 = 32;
const HAS_PARENT: u8 = 64;
/// The parent is the exit span that guid and sequence derive: not written.
const PARENT_IS_DERIVED: u8 = 128;

/// A block that is being filled.
#[derive(Default)]
pub struct SegmentBlockWriter {
    tables: TablesWriter,
    records: Writer,
    count: usize,
    previous_start_ns: u64,
}

impl SegmentBlockWriter {
    /// How many segments it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes before compression.
    #[must_use]
    pub fn content_bytes(&self) -> usize {
        self.tables.len() + self.records.len()
    }

    /// Adds a segment.
    pub fn push(&mut self, app_id: AppId, tier_id: TierId, node_id: NodeId, segment: &Segment) {
        let (tables, out) = (&mut self.tables, &mut self.records);
        for id in [app_id.get(), tier_id.get(), node_id.get()] {
            out.varint(tables.id(id));
        }
        write_head(out, tables, segment);
        out.zigzag(segment.start_unix_ns.wrapping_sub(self.previous_start_ns) as i64);
        self.previous_start_ns = segment.start_unix_ns;
        out.varint(segment.duration_ns);
        if let Some(cpu_ns) = segment.cpu_ns {
            out.varint(cpu_ns);
        }
        for threshold in
            [segment.thresholds.slow_ns, segment.thresholds.very_slow_ns, segment.thresholds.stall_ns]
        {
            // "Never" (u64::MAX) in one byte.
            out.varint(threshold.wrapping_add(1));
        }
        out.varint(tables.text(&segment.thread));
        write_errors(out, tables, &segment.errors);
        out.size(segment.user_data.len());
        for (key, value) in &segment.user_data {
            out.varint(tables.text(key));
            out.varint(tables.text(value));
        }
        out.varint(segment.exit_calls_dropped);
        out.size(segment.exit_calls.len());
        for call in &segment.exit_calls {
            write_exit_call(out, tables, call);
        }
        self.count += 1;
    }

    /// Packs it.
    ///
    /// # Errors
    /// [`BlockError::TooLarge`] when the segments do not fit into a block.
    pub fn finish(self) -> Result<Vec<u8>, BlockError> {
        let mut content = Writer::with_capacity(self.content_bytes() + 16);
        self.tables.write(&mut content);
        content.size(self.count);
        content.raw(&self.records.into_bytes());
        compress::seal(VERSION, &content.into_bytes(), Effort::Thorough)
    }
}

fn write_head(out: &mut Writer, tables: &mut TablesWriter, segment: &Segment) {
    let derived = segment.parent_span_id == Some(segment.guid.exit_span_id(&segment.sequence));
    let flag = |condition: bool, bit: u8| if condition { bit } else { 0 };
    out.byte(
        flag(segment.in_flight, IN_FLIGHT)
            | flag(segment.abandoned, ABANDONED)
            | flag(segment.cpu_ns.is_some(), HAS_CPU)
            | flag(segment.bt.origin.is_some(), HAS_ORIGIN)
            | flag(segment.caller.is_some(), HAS_CALLER)
            | flag(segment.caller.is_some_and(|c| c.backend_id.is_some()), HAS_CALLER_BACKEND)
            | flag(segment.parent_span_id.is_some(), HAS_PARENT)
            | flag(derived, PARENT_IS_DERIVED),
    );
    out.byte(kind_code(segment.kind) | verdict_code(segment.verdict) << 2 | policy_code(segment.policy) << 5);
    out.raw(segment.guid.as_bytes());
    out.raw(&segment.span_id.to_bytes());
    if let Some(parent) = segment.parent_span_id
        && !derived
    {
        out.raw(&parent.to_bytes());
    }
    out.varint(tables.text(&segment.sequence));
    out.varint(tables.id(segment.bt.id.get()));
    out.varint(tables.id(segment.bt.app_id.get()));
    if let Some(origin) = &segment.bt.origin {
        out.varint(tables.text(&origin.name));
        out.byte(entry_code(origin.entry_type) << 1 | u8::from(origin.other_traffic));
    }
    if let Some(caller) = &segment.caller {
        out.varint(tables.id(caller.tier_id.get()));
        if let Some(backend) = caller.backend_id {
            out.varint(tables.id(backend.get()));
        }
    }
}

fn write_errors(out: &mut Writer, tables: &mut TablesWriter, errors: &[ErrorRecord]) {
    out.size(errors.len());
    for error in errors {
        out.varint(tables.text(&error.type_name));
        out.varint(tables.text(&error.message));
        out.varint(tables.text(&error.stack));
    }
}

fn write_exit_call(out: &mut Writer, tables: &mut TablesWriter, call: &ExitCallRecord) {
    out.varint(tables.backend(&call.backend));
    out.varint(tables.text(&call.sequence));
    out.varint(tables.text(&call.display_name));
    out.varint(tables.text(&call.operation));
    out.size(call.optional_properties.len());
    for property in &call.optional_properties {
        out.varint(tables.text(&property.name));
        out.varint(tables.text(&property.value));
    }
    out.varint(call.start_offset_ns);
    out.varint(call.duration_ns);
    out.byte(u8::from(call.ended));
    write_errors(out, tables, &call.errors);
}

/// Unpacks all segments of a block.
///
/// # Errors
/// When the bytes are not what [`SegmentBlockWriter`] makes.
pub fn decode(bytes: &[u8]) -> Result<Vec<SegmentRecord>, BlockError> {
    let (_, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    let tables = Tables::read(&mut from)?;
    let mut records = Vec::new();
    let mut start_ns = 0u64;
    for _ in 0..from.count(40)? {
        records.push(read_record(&mut from, &tables, &mut start_ns)?);
    }
    from.end()?;
    Ok(records)
}

fn read_record(
    from: &mut Reader<'_>,
    tables: &Tables,
    previous_start_ns: &mut u64,
) -> Result<SegmentRecord, BlockError> {
    let app_id = tables.id(from, AppId::from_u64)?;
    let tier_id = tables.id(from, TierId::from_u64)?;
    let node_id = tables.id(from, NodeId::from_u64)?;
    let flags = from.byte()?;
    let has = |bit: u8| flags & bit != 0;
    let codes = from.byte()?;
    let guid = Guid::from_bytes(from.array()?).ok_or(DAMAGED_ENUM)?;
    let span_id = SpanId::from_bytes(from.array()?).ok_or(DAMAGED_ENUM)?;
    let written_parent = if has(HAS_PARENT) && !has(PARENT_IS_DERIVED) {
        Some(SpanId::from_bytes(from.array()?).ok_or(DAMAGED_ENUM)?)
    } else {
        None
    };
    let sequence = tables.text(from)?;
    let parent_span_id =
        if has(PARENT_IS_DERIVED) { Some(guid.exit_span_id(&sequence)) } else { written_parent };
    let bt = BtRef {
        id: tables.id(from, BtId::from_u64)?,
        app_id: tables.id(from, AppId::from_u64)?,
        origin: if has(HAS_ORIGIN) { Some(read_origin(from, tables)?) } else { None },
    };
    let caller = if has(HAS_CALLER) {
        let tier_id = tables.id(from, TierId::from_u64)?;
        let backend_id =
            if has(HAS_CALLER_BACKEND) { Some(tables.id(from, BackendId::from_u64)?) } else { None };
        Some(Caller { tier_id, backend_id })
    } else {
        None
    };
    let start_unix_ns = previous_start_ns.wrapping_add(from.zigzag()? as u64);
    *previous_start_ns = start_unix_ns;
    let segment = Segment {
        guid,
        span_id,
        parent_span_id,
        sequence,
        bt,
        caller,
        kind: kind_of(codes & 3)?,
        start_unix_ns,
        duration_ns: from.varint()?,
        cpu_ns: if has(HAS_CPU) { Some(from.varint()?) } else { None },
        verdict: verdict_of(codes >> 2 & 7)?,
        thresholds: Thresholds {
            slow_ns: from.varint()?.wrapping_sub(1),
            very_slow_ns: from.varint()?.wrapping_sub(1),
            stall_ns: from.varint()?.wrapping_sub(1),
        },
        policy: policy_of(codes >> 5)?,
        in_flight: has(IN_FLIGHT),
        abandoned: has(ABANDONED),
        thread: tables.text(from)?,
        errors: read_errors(from, tables)?,
        user_data: (0..from.count(2)?)
            .map(|_| Ok((tables.text(from)?, tables.text(from)?)))
            .collect::<Result<_, BlockError>>()?,
        exit_calls_dropped: from.varint()?,
        exit_calls: (0..from.count(9)?).map(|_| read_exit_call(from, tables)).collect::<Result<_, _>>()?,
    };
    Ok(SegmentRecord { app_id, tier_id, node_id, segment })
}

fn read_origin(from: &mut Reader<'_>, tables: &Tables) -> Result<BtOrigin, BlockError> {
    let name = tables.text(from)?;
    let code = from.byte()?;
    Ok(BtOrigin { name, entry_type: entry_of(code >> 1)?, other_traffic: code & 1 != 0 })
}

fn read_errors(from: &mut Reader<'_>, tables: &Tables) -> Result<Vec<ErrorRecord>, BlockError> {
    (0..from.count(3)?)
        .map(|_| {
            Ok(ErrorRecord {
                type_name: tables.text(from)?,
                message: tables.text(from)?,
                stack: tables.text(from)?,
            })
        })
        .collect()
}

fn read_exit_call(from: &mut Reader<'_>, tables: &Tables) -> Result<ExitCallRecord, BlockError> {
    Ok(ExitCallRecord {
        backend: tables.backend(from)?,
        sequence: tables.text(from)?,
        display_name: tables.text(from)?,
        operation: tables.text(from)?,
        optional_properties: (0..from.count(2)?)
            .map(|_| Ok(Property { name: tables.text(from)?, value: tables.text(from)? }))
            .collect::<Result<_, BlockError>>()?,
        start_offset_ns: from.varint()?,
        duration_ns: from.varint()?,
        ended: from.byte()? != 0,
        errors: read_errors(from, tables)?,
    })
}

// Codes are part of the format: never renumber.

const fn kind_code(kind: SegmentKind) -> u8 {
    match kind {
        SegmentKind::Internal => 0,
        SegmentKind::Server => 1,
        SegmentKind::Consumer => 2,
    }
}

const fn kind_of(code: u8) -> Result<SegmentKind, BlockError> {
    match code {
        0 => Ok(SegmentKind::Internal),
        1 => Ok(SegmentKind::Server),
        2 => Ok(SegmentKind::Consumer),
        _ => Err(DAMAGED_ENUM),
    }
}

/// The code of a verdict, 0 for normal; also what is indexed.
#[must_use]
pub const fn verdict_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Normal => 0,
        Verdict::Slow => 1,
        Verdict::VerySlow => 2,
        Verdict::Stall => 3,
        Verdict::Error => 4,
    }
}

/// The verdict of a code.
///
/// # Errors
/// When it is none.
pub const fn verdict_of(code: u8) -> Result<Verdict, BlockError> {
    match code {
        0 => Ok(Verdict::Normal),
        1 => Ok(Verdict::Slow),
        2 => Ok(Verdict::VerySlow),
        3 => Ok(Verdict::Stall),
        4 => Ok(Verdict::Error),
        _ => Err(DAMAGED_ENUM),
    }
}

/// The code of a policy.
#[must_use]
pub const fn policy_code(policy: CapturePolicy) -> u8 {
    match policy {
        CapturePolicy::SlaFailure => 0,
        CapturePolicy::ErrorSampling => 1,
        CapturePolicy::TimeSampling => 2,
        CapturePolicy::OnDemand => 3,
        CapturePolicy::DiagnosticSession => 4,
        CapturePolicy::Continuing => 5,
    }
}

/// The policy of a code.
///
/// # Errors
/// When it is none.
pub const fn policy_of(code: u8) -> Result<CapturePolicy, BlockError> {
    match code {
        0 => Ok(CapturePolicy::SlaFailure),
        1 => Ok(CapturePolicy::ErrorSampling),
        2 => Ok(CapturePolicy::TimeSampling),
        3 => Ok(CapturePolicy::OnDemand),
        4 => Ok(CapturePolicy::DiagnosticSession),
        5 => Ok(CapturePolicy::Continuing),
        _ => Err(DAMAGED_ENUM),
    }
}

const fn entry_code(entry: EntryType) -> u8 {
    match entry {
        EntryType::PythonWeb => 0,
        EntryType::NodejsWeb => 1,
        EntryType::RustWeb => 2,
        EntryType::OpenTelemetry => 3,
    }
}

const fn entry_of(code: u8) -> Result<EntryType, BlockError> {
    match code {
        0 => Ok(EntryType::PythonWeb),
        1 => Ok(EntryType::NodejsWeb),
        2 => Ok(EntryType::RustWeb),
        3 => Ok(EntryType::OpenTelemetry),
        _ => Err(DAMAGED_ENUM),
    }
}
