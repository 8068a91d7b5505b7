//! Segments of a batch with everything in them, over shared tables of texts, ids and backends, in columns
//! (`segment_columns`).

use tierline_model::interval::Caller;
use tierline_model::{
    AppId, BackendId, BtId, BtOrigin, BtRef, CapturePolicy, EntryType, ErrorRecord, ExitCallRecord, Guid,
    NodeId, Segment, SegmentKind, SpanId, Thresholds, TierId, Verdict, backend::Property,
};

use super::bytes::Reader;
use super::segment_columns::{Column, ColumnsWriter, Fields, Parts};
use super::text::Tables;
use super::{BlockError, compress};
use crate::query::SegmentRecord;

/// The version written.
pub const VERSION: u8 = super::segment_columns::VERSION;

const NOT_THERE: BlockError = BlockError::Damaged("it refers to something that is not there");
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
    columns: ColumnsWriter,
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
        self.columns.len()
    }

    /// Adds a segment.
    pub fn push(&mut self, app_id: AppId, tier_id: TierId, node_id: NodeId, segment: &Segment) {
        let out = &mut self.columns;
        for id in [app_id.get(), tier_id.get(), node_id.get()] {
            out.id(id);
        }
        write_head(out, segment);
        let since = segment.start_unix_ns.wrapping_sub(self.previous_start_ns) as i64;
        out.time(Column::Start, ((since << 1) ^ (since >> 63)) as u64);
        self.previous_start_ns = segment.start_unix_ns;
        out.time(Column::Duration, segment.duration_ns);
        if let Some(cpu_ns) = segment.cpu_ns {
            out.time(Column::Duration, cpu_ns);
        }
        for threshold in
            [segment.thresholds.slow_ns, segment.thresholds.very_slow_ns, segment.thresholds.stall_ns]
        {
            // "Never" (u64::MAX) in one byte.
            out.varint(Column::Threshold, threshold.wrapping_add(1));
        }
        out.text(Column::Name, &segment.thread);
        write_errors(out, &segment.errors);
        out.size(segment.user_data.len());
        for (key, value) in &segment.user_data {
            out.text(Column::Name, key);
            out.text(Column::Value, value);
        }
        out.varint(Column::Size, segment.exit_calls_dropped);
        out.size(segment.exit_calls.len());
        for call in &segment.exit_calls {
            write_exit_call(out, call);
        }
        self.count += 1;
    }

    /// Packs it.
    ///
    /// # Errors
    /// [`BlockError::TooLarge`] when the segments do not fit into a block.
    pub fn finish(self) -> Result<Vec<u8>, BlockError> {
        self.columns.finish(self.count)
    }
}

fn write_head(out: &mut ColumnsWriter, segment: &Segment) {
    let derived = segment.parent_span_id == Some(segment.guid.exit_span_id(&segment.sequence));
    let flag = |condition: bool, bit: u8| if condition { bit } else { 0 };
    out.byte(
        Column::Code,
        flag(segment.in_flight, IN_FLIGHT)
            | flag(segment.abandoned, ABANDONED)
            | flag(segment.cpu_ns.is_some(), HAS_CPU)
            | flag(segment.bt.origin.is_some(), HAS_ORIGIN)
            | flag(segment.caller.is_some(), HAS_CALLER)
            | flag(segment.caller.is_some_and(|c| c.backend_id.is_some()), HAS_CALLER_BACKEND)
            | flag(segment.parent_span_id.is_some(), HAS_PARENT)
            | flag(derived, PARENT_IS_DERIVED),
    );
    let codes =
        kind_code(segment.kind) | verdict_code(segment.verdict) << 2 | policy_code(segment.policy) << 5;
    out.byte(Column::Code, codes);
    out.random(segment.guid.as_bytes());
    out.random(&segment.span_id.to_bytes());
    if let Some(parent) = segment.parent_span_id
        && !derived
    {
        out.random(&parent.to_bytes());
    }
    out.text(Column::Name, &segment.sequence);
    out.id(segment.bt.id.get());
    out.id(segment.bt.app_id.get());
    if let Some(origin) = &segment.bt.origin {
        out.text(Column::Name, &origin.name);
        out.byte(Column::Code, entry_code(origin.entry_type) << 1 | u8::from(origin.other_traffic));
    }
    if let Some(caller) = &segment.caller {
        out.id(caller.tier_id.get());
        if let Some(backend) = caller.backend_id {
            out.id(backend.get());
        }
    }
}

fn write_errors(out: &mut ColumnsWriter, errors: &[ErrorRecord]) {
    out.size(errors.len());
    for error in errors {
        out.text(Column::Name, &error.type_name);
        out.text(Column::Value, &error.message);
        out.text(Column::Name, &error.stack);
    }
}

fn write_exit_call(out: &mut ColumnsWriter, call: &ExitCallRecord) {
    let backend = out.tables.backend(&call.backend);
    out.varint(Column::Backend, backend);
    out.text(Column::Name, &call.sequence);
    out.text(Column::Name, &call.display_name);
    out.text(Column::Value, &call.operation);
    out.size(call.optional_properties.len());
    for property in &call.optional_properties {
        out.text(Column::Name, &property.name);
        out.text(Column::Value, &property.value);
    }
    out.time(Column::Offset, call.start_offset_ns);
    out.time(Column::Duration, call.duration_ns);
    out.byte(Column::Code, u8::from(call.ended));
    write_errors(out, &call.errors);
}

/// Unpacks all segments of a block.
///
/// # Errors
/// When the bytes are not what [`SegmentBlockWriter`] makes, or made earlier.
pub fn decode(bytes: &[u8]) -> Result<Vec<SegmentRecord>, BlockError> {
    let (version, content) = compress::open(bytes, VERSION)?;
    if version == 1 {
        let mut from = Reader::new(&content);
        let tables = Tables::read(&mut from)?;
        let count = from.count(40)?;
        return read_records(Fields::one_after_the_other(from), &tables, count);
    }
    let parts = Parts::open(content)?;
    let (tables, count, fields) = parts.read()?;
    read_records(fields, &tables, count)
}

fn read_records(
    mut from: Fields<'_>,
    tables: &Tables,
    count: usize,
) -> Result<Vec<SegmentRecord>, BlockError> {
    let mut records = Vec::new();
    let mut start_ns = 0u64;
    for _ in 0..count {
        records.push(read_record(&mut from, tables, &mut start_ns)?);
    }
    from.end()?;
    Ok(records)
}

fn read_record(
    from: &mut Fields<'_>,
    tables: &Tables,
    previous_start_ns: &mut u64,
) -> Result<SegmentRecord, BlockError> {
    let app_id = from.id(tables, AppId::from_u64)?;
    let tier_id = from.id(tables, TierId::from_u64)?;
    let node_id = from.id(tables, NodeId::from_u64)?;
    let flags = from.byte(Column::Code)?;
    let has = |bit: u8| flags & bit != 0;
    let codes = from.byte(Column::Code)?;
    let guid = Guid::from_bytes(from.random()?).ok_or(DAMAGED_ENUM)?;
    let span_id = SpanId::from_bytes(from.random()?).ok_or(DAMAGED_ENUM)?;
    let written_parent = if has(HAS_PARENT) && !has(PARENT_IS_DERIVED) {
        Some(SpanId::from_bytes(from.random()?).ok_or(DAMAGED_ENUM)?)
    } else {
        None
    };
    let sequence = from.text(Column::Name, tables)?;
    let parent_span_id =
        if has(PARENT_IS_DERIVED) { Some(guid.exit_span_id(&sequence)) } else { written_parent };
    let bt = BtRef {
        id: from.id(tables, BtId::from_u64)?,
        app_id: from.id(tables, AppId::from_u64)?,
        origin: if has(HAS_ORIGIN) { Some(read_origin(from, tables)?) } else { None },
    };
    let caller = if has(HAS_CALLER) {
        let tier_id = from.id(tables, TierId::from_u64)?;
        let backend_id =
            if has(HAS_CALLER_BACKEND) { Some(from.id(tables, BackendId::from_u64)?) } else { None };
        Some(Caller { tier_id, backend_id })
    } else {
        None
    };
    let since = from.time(Column::Start)?;
    let start_unix_ns = previous_start_ns.wrapping_add((since >> 1) ^ (since & 1).wrapping_neg());
    *previous_start_ns = start_unix_ns;
    let threshold = |from: &mut Fields<'_>| from.varint(Column::Threshold).map(|ns| ns.wrapping_sub(1));
    let segment = Segment {
        guid,
        span_id,
        parent_span_id,
        sequence,
        bt,
        caller,
        kind: kind_of(codes & 3)?,
        start_unix_ns,
        duration_ns: from.time(Column::Duration)?,
        cpu_ns: if has(HAS_CPU) { Some(from.time(Column::Duration)?) } else { None },
        verdict: verdict_of(codes >> 2 & 7)?,
        thresholds: Thresholds {
            slow_ns: threshold(from)?,
            very_slow_ns: threshold(from)?,
            stall_ns: threshold(from)?,
        },
        policy: policy_of(codes >> 5)?,
        in_flight: has(IN_FLIGHT),
        abandoned: has(ABANDONED),
        thread: from.text(Column::Name, tables)?,
        errors: read_errors(from, tables)?,
        user_data: (0..from.size()?)
            .map(|_| Ok((from.text(Column::Name, tables)?, from.text(Column::Value, tables)?)))
            .collect::<Result<_, BlockError>>()?,
        exit_calls_dropped: from.size()?,
        exit_calls: (0..from.size()?).map(|_| read_exit_call(from, tables)).collect::<Result<_, _>>()?,
    };
    Ok(SegmentRecord { app_id, tier_id, node_id, segment })
}

fn read_origin(from: &mut Fields<'_>, tables: &Tables) -> Result<BtOrigin, BlockError> {
    let name = from.text(Column::Name, tables)?;
    let code = from.byte(Column::Code)?;
    Ok(BtOrigin { name, entry_type: entry_of(code >> 1)?, other_traffic: code & 1 != 0 })
}

fn read_errors(from: &mut Fields<'_>, tables: &Tables) -> Result<Vec<ErrorRecord>, BlockError> {
    (0..from.size()?)
        .map(|_| {
            Ok(ErrorRecord {
                type_name: from.text(Column::Name, tables)?,
                message: from.text(Column::Value, tables)?,
                stack: from.text(Column::Name, tables)?,
            })
        })
        .collect()
}

fn read_exit_call(from: &mut Fields<'_>, tables: &Tables) -> Result<ExitCallRecord, BlockError> {
    Ok(ExitCallRecord {
        backend: from
            .varint(Column::Backend)
            .map(|position| tables.backend_at(position))?
            .ok_or(NOT_THERE)?,
        sequence: from.text(Column::Name, tables)?,
        display_name: from.text(Column::Name, tables)?,
        operation: from.text(Column::Value, tables)?,
        optional_properties: (0..from.size()?)
            .map(|_| {
                let name = from.text(Column::Name, tables)?;
                Ok(Property { name, value: from.text(Column::Value, tables)? })
            })
            .collect::<Result<_, BlockError>>()?,
        start_offset_ns: from.time(Column::Offset)?,
        duration_ns: from.time(Column::Duration)?,
        ended: from.byte(Column::Code)? != 0,
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
