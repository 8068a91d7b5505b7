//! Tables of what repeats within a block: texts, ids and backends appear once and are referred to by position.

use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::{Backend, BackendId, BackendKey, ExitType, backend::Property};

use super::BlockError;
use super::bytes::{Reader, Writer};
use crate::aggregate::KeySeed;

const NOT_THERE: BlockError = BlockError::Damaged("it refers to something that is not there");

/// Fills the tables while records are written.
#[derive(Default)]
pub(super) struct TablesWriter {
    texts: Writer,
    text_positions: HashMap<Arc<str>, u64, KeySeed>,
    ids: Writer,
    id_positions: HashMap<u64, u64, KeySeed>,
    backends: Writer,
    /// By id: the few that share one differ in name or spelling.
    backend_positions: HashMap<u64, Vec<(Backend, u64)>, KeySeed>,
    backend_count: u64,
}

impl TablesWriter {
    /// Position of a text; 0 is the empty text and takes no room.
    pub(super) fn text(&mut self, text: &Arc<str>) -> u64 {
        if text.is_empty() {
            return 0;
        }
        if let Some(position) = self.text_positions.get(text) {
            return *position;
        }
        self.texts.text(text);
        let position = self.text_positions.len() as u64 + 1;
        self.text_positions.insert(Arc::clone(text), position);
        position
    }

    pub(super) fn id(&mut self, id: u64) -> u64 {
        let next = self.id_positions.len() as u64;
        *self.id_positions.entry(id).or_insert_with(|| {
            self.ids.id(id);
            next
        })
    }

    pub(super) fn backend(&mut self, backend: &Backend) -> u64 {
        let same_id = self.backend_positions.get(&backend.id.get());
        if let Some((_, position)) =
            same_id.and_then(|known| known.iter().find(|(known, _)| known == backend))
        {
            return *position;
        }
        let name = self.text(&backend.name);
        let exit_type = self.text(&Arc::from(backend.key.exit_type.as_str()));
        let properties: Vec<(u64, u64)> =
            backend.key.properties.iter().map(|p| (self.text(&p.name), self.text(&p.value))).collect();
        self.backends.id(backend.id.get());
        self.backends.varint(name);
        self.backends.varint(exit_type);
        self.backends.size(properties.len());
        for (name, value) in properties {
            self.backends.varint(name);
            self.backends.varint(value);
        }
        let position = self.backend_count;
        self.backend_count += 1;
        self.backend_positions.entry(backend.id.get()).or_default().push((backend.clone(), position));
        position
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len() + self.ids.len() + self.backends.len()
    }

    pub(super) fn write(self, out: &mut Writer) {
        out.size(self.text_positions.len());
        out.raw(&self.texts.into_bytes());
        out.size(self.id_positions.len());
        out.raw(&self.ids.into_bytes());
        out.varint(self.backend_count);
        out.raw(&self.backends.into_bytes());
    }
}

/// The tables of a block that is read.
pub(super) struct Tables {
    texts: Vec<Arc<str>>,
    ids: Vec<u64>,
    backends: Vec<Backend>,
}

impl Tables {
    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, BlockError> {
        let mut tables = Self { texts: vec![Arc::from("")], ids: Vec::new(), backends: Vec::new() };
        for _ in 0..from.count(1)? {
            tables.texts.push(Arc::from(from.text()?));
        }
        for _ in 0..from.count(7)? {
            tables.ids.push(from.id()?);
        }
        for _ in 0..from.count(10)? {
            let id = BackendId::from_u64(from.id()?).ok_or(NOT_THERE)?;
            let name = tables.text(from)?;
            let exit_type = ExitType::parse(&tables.text(from)?);
            let mut properties = Vec::new();
            for _ in 0..from.count(2)? {
                properties.push(Property { name: tables.text(from)?, value: tables.text(from)? });
            }
            tables.backends.push(Backend { id, name, key: BackendKey { exit_type, properties } });
        }
        Ok(tables)
    }

    pub(super) fn text_at(&self, position: u64) -> Option<Arc<str>> {
        self.texts.get(usize::try_from(position).ok()?).cloned()
    }

    pub(super) fn id_at(&self, position: u64) -> Option<u64> {
        self.ids.get(usize::try_from(position).ok()?).copied()
    }

    pub(super) fn backend_at(&self, position: u64) -> Option<Backend> {
        self.backends.get(usize::try_from(position).ok()?).cloned()
    }

    fn text(&self, from: &mut Reader<'_>) -> Result<Arc<str>, BlockError> {
        self.text_at(from.varint()?).ok_or(NOT_THERE)
    }
}
