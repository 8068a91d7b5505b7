//! The columns of a block of segments: what is alike stands together, which packs better than records one behind the
//! other, and what is random stands apart, where it does not spoil the statistics of the rest.

use std::sync::Arc;

use super::BlockError;
use super::bytes::{BitReader, BitWriter, Reader, Writer};
use super::compress::{self, Effort};
use super::text::{Tables, TablesWriter};

/// The version that has columns. Version 1 had one record behind the other.
pub(super) const VERSION: u8 = 2;

/// What stands together. Part of the format: never renumber.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// Flags, kinds, verdicts.
    Code,
    /// References to ids.
    Id,
    /// References to texts that come again and again.
    Name,
    /// References to texts that are mostly new.
    Value,
    /// References to backends.
    Backend,
    /// How many of something follow.
    Size,
    /// Thresholds.
    Threshold,
    /// Lengths of the distances from one start to the next.
    Start,
    /// Lengths of durations.
    Duration,
    /// Lengths of the starts of exit calls.
    Offset,
}

const COLUMNS: usize = 10;

/// A reference to a text: none, the next that was not referred to yet, or another one.
const EMPTY: u64 = 0;
const NEXT: u64 = 1;
const OTHERS: u64 = 2;

/// Columns that are being filled.
#[derive(Default)]
pub(super) struct ColumnsWriter {
    pub(super) tables: TablesWriter,
    columns: [Writer; COLUMNS],
    random: Writer,
    bits: BitWriter,
    last_text: u64,
}

impl ColumnsWriter {
    pub(super) fn len(&self) -> usize {
        let columns = self.columns.iter().map(Writer::len).sum::<usize>();
        self.tables.len() + columns + self.random.len() + self.bits.len()
    }

    pub(super) fn byte(&mut self, column: Column, value: u8) {
        self.columns[column as usize].byte(value);
    }

    pub(super) fn varint(&mut self, column: Column, value: u64) {
        self.columns[column as usize].varint(value);
    }

    pub(super) fn size(&mut self, value: usize) {
        self.varint(Column::Size, value as u64);
    }

    pub(super) fn id(&mut self, id: u64) {
        let position = self.tables.id(id);
        self.varint(Column::Id, position);
    }

    pub(super) fn text(&mut self, column: Column, text: &Arc<str>) {
        let reference = match self.tables.text(text) {
            0 => EMPTY,
            position if position == self.last_text + 1 => NEXT,
            position => position - 1 + OTHERS,
        };
        if reference != EMPTY {
            let position = if reference == NEXT { self.last_text + 1 } else { reference + 1 - OTHERS };
            self.last_text = self.last_text.max(position);
        }
        self.varint(column, reference);
    }

    /// A time: its length in the column, its bits among the bits.
    pub(super) fn time(&mut self, column: Column, value: u64) {
        let length = self.bits.number(value);
        self.byte(column, length);
    }

    pub(super) fn random(&mut self, bytes: &[u8]) {
        self.random.raw(bytes);
    }

    pub(super) fn finish(self, count: usize) -> Result<Vec<u8>, BlockError> {
        let mut texts = Writer::with_capacity(self.tables.len() + 16);
        self.tables.write(&mut texts);
        let mut columns = Writer::default();
        columns.size(count);
        for column in self.columns {
            columns.size(column.len());
            columns.raw(&column.into_bytes());
        }
        let mut content = Writer::default();
        for part in [texts, columns] {
            let packed = compress::seal(VERSION, &part.into_bytes(), Effort::Thorough)?;
            content.size(packed.len());
            content.raw(&packed);
        }
        content.size(self.random.len());
        content.raw(&self.random.into_bytes());
        content.raw(&self.bits.into_bytes());
        compress::seal(VERSION, &content.into_bytes(), Effort::Quick)
    }
}

/// The parts of a block, unpacked.
pub(super) struct Parts {
    content: Vec<u8>,
    texts: Vec<u8>,
    columns: Vec<u8>,
    /// Where the random bytes and the bits begin and end in the content.
    random: (usize, usize),
}

impl Parts {
    pub(super) fn open(content: Vec<u8>) -> Result<Self, BlockError> {
        let mut from = Reader::new(&content);
        let mut part = || {
            let length = from.count(1)?;
            compress::open(from.raw(length)?, VERSION).map(|(_, part)| part)
        };
        let (texts, columns) = (part()?, part()?);
        let length = from.count(1)?;
        let start = content.len() - from.rest().len();
        Ok(Self { texts, columns, random: (start, start + length), content })
    }

    /// The tables, how many records there are, and what to read them from.
    pub(super) fn read(&self) -> Result<(Tables, usize, Fields<'_>), BlockError> {
        let mut texts = Reader::new(&self.texts);
        let tables = Tables::read(&mut texts)?;
        texts.end()?;
        let mut from = Reader::new(&self.columns);
        let count = usize::try_from(from.varint()?).unwrap_or(usize::MAX);
        let mut columns = Vec::with_capacity(COLUMNS);
        for _ in 0..COLUMNS {
            let length = from.count(1)?;
            columns.push(Reader::new(from.raw(length)?));
        }
        from.end()?;
        let (start, end) = self.random;
        let apart = Apart {
            random: Reader::new(&self.content[start..end]),
            bits: BitReader::new(&self.content[end..]),
            last_text: 0,
        };
        Ok((tables, count, Fields { columns, apart: Some(apart) }))
    }
}

struct Apart<'b> {
    random: Reader<'b>,
    bits: BitReader<'b>,
    last_text: u64,
}

/// What records are read from: columns, or in version 1 one after the other.
pub(super) struct Fields<'b> {
    columns: Vec<Reader<'b>>,
    apart: Option<Apart<'b>>,
}

const NOT_THERE: BlockError = BlockError::Damaged("it refers to something that is not there");

impl<'b> Fields<'b> {
    pub(super) fn one_after_the_other(from: Reader<'b>) -> Self {
        Self { columns: vec![from], apart: None }
    }

    fn at(&mut self, column: Column) -> &mut Reader<'b> {
        let index = if self.apart.is_some() { column as usize } else { 0 };
        &mut self.columns[index]
    }

    pub(super) fn byte(&mut self, column: Column) -> Result<u8, BlockError> {
        self.at(column).byte()
    }

    pub(super) fn varint(&mut self, column: Column) -> Result<u64, BlockError> {
        self.at(column).varint()
    }

    /// How many of something follow. Nobody may allocate that much because it says so.
    pub(super) fn size(&mut self) -> Result<u64, BlockError> {
        self.varint(Column::Size)
    }

    pub(super) fn id<T>(&mut self, tables: &Tables, make: fn(u64) -> Option<T>) -> Result<T, BlockError> {
        let position = self.varint(Column::Id)?;
        tables.id_at(position).and_then(make).ok_or(NOT_THERE)
    }

    pub(super) fn text(&mut self, column: Column, tables: &Tables) -> Result<Arc<str>, BlockError> {
        let reference = self.varint(column)?;
        let position = match &mut self.apart {
            None => reference,
            Some(_) if reference == EMPTY => 0,
            Some(apart) => {
                let position = match reference {
                    NEXT => apart.last_text.saturating_add(1),
                    other => other - OTHERS + 1,
                };
                apart.last_text = apart.last_text.max(position);
                position
            }
        };
        tables.text_at(position).ok_or(NOT_THERE)
    }

    pub(super) fn time(&mut self, column: Column) -> Result<u64, BlockError> {
        match &mut self.apart {
            None => self.columns[0].varint(),
            Some(apart) => apart.bits.number(self.columns[column as usize].byte()?),
        }
    }

    pub(super) fn random<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        match &mut self.apart {
            None => self.columns[0].array(),
            Some(apart) => apart.random.array(),
        }
    }

    /// Whether everything was read.
    pub(super) fn end(&self) -> Result<(), BlockError> {
        self.columns.iter().try_for_each(Reader::end)?;
        self.apart.as_ref().map_or(Ok(()), |apart| apart.random.end())
    }
}
