//! The attributes that metrics and spans share: which BT, which caller, which backend.

use std::sync::Arc;

use tierline_model::backend::{BackendKey, ExitType};
use tierline_model::interval::Caller;
use tierline_model::limits::{
    NAME_CHARS_MAX, PROPERTIES_MAX, PROPERTY_NAME_CHARS_MAX, PROPERTY_VALUE_CHARS_MAX,
};
use tierline_model::name::cut;
use tierline_model::{AppId, Backend, BackendId, BtId, BtOrigin, BtRef, EntryType, Property, TierId};

use super::interned;
use super::view::{Reason, Value};
use crate::attribute as name;

pub(super) const NO_BT: Reason =
    "the id of the business transaction or of its application is missing or impossible";
pub(super) const NO_ENTRY_TYPE: Reason = "the entry type of the business transaction is unknown";
pub(super) const NO_BACKEND: Reason = "the backend's id, type or name is missing or impossible";
pub(super) const NO_CALLER: Reason = "an id of the caller is impossible";

/// Collects the attributes that say which BT and on whose behalf.
#[derive(Default)]
pub(super) struct BtDraft<'a> {
    id: Option<BtId>,
    app_id: Option<AppId>,
    bt_name: Option<&'a str>,
    entry_type: Option<&'a str>,
    other_traffic: bool,
    caller_tier_id: Option<u64>,
    caller_backend_id: Option<u64>,
}

impl<'a> BtDraft<'a> {
    /// Says whether the attribute was one of these.
    #[inline]
    pub(super) fn take(&mut self, key: &str, value: &'a Value<'_>) -> bool {
        match key {
            name::BT_ID => self.id = value.count().and_then(BtId::from_u64),
            name::BT_APPLICATION_ID => self.app_id = value.count().and_then(AppId::from_u64),
            name::BT_NAME => self.bt_name = value.text(),
            name::BT_ENTRY_TYPE => self.entry_type = value.text(),
            name::BT_OTHER_TRAFFIC => self.other_traffic = value.is_true(),
            // What is not a number becomes an impossible id.
            name::CALLER_TIER_ID => self.caller_tier_id = Some(value.count().unwrap_or(0)),
            name::CALLER_BACKEND_ID => self.caller_backend_id = Some(value.count().unwrap_or(0)),
            _ => return false,
        }
        true
    }

    pub(super) fn ids(&self) -> Result<(BtId, AppId), Reason> {
        self.id.zip(self.app_id).ok_or(NO_BT)
    }

    pub(super) fn caller(&self) -> Result<Option<Caller>, Reason> {
        let Some(tier_id) = self.caller_tier_id else { return Ok(None) };
        let tier_id = TierId::from_u64(tier_id).ok_or(NO_CALLER)?;
        let backend_id =
            self.caller_backend_id.map(|id| BackendId::from_u64(id).ok_or(NO_CALLER)).transpose()?;
        Ok(Some(Caller { tier_id, backend_id }))
    }

    pub(super) fn bt(&self) -> Result<BtRef, Reason> {
        let (id, app_id) = self.ids()?;
        let origin = match (self.bt_name, self.entry_type) {
            (Some(bt_name), Some(entry_type)) => Some(BtOrigin {
                name: interned::text(&cut(bt_name, NAME_CHARS_MAX)),
                entry_type: entry_type.parse::<EntryType>().map_err(|_| NO_ENTRY_TYPE)?,
                other_traffic: self.other_traffic,
            }),
            _ => None,
        };
        Ok(BtRef { id, app_id, origin })
    }
}

/// Collects the attributes that say which backend.
#[derive(Default)]
pub(super) struct BackendDraft<'a> {
    pub(super) id: Option<BackendId>,
    exit_type: Option<&'a str>,
    peer: Option<&'a str>,
    /// Names and values; backends are many times the same, so that nothing is made before it is needed.
    properties: Vec<(&'a str, &'a str)>,
}

impl<'a> BackendDraft<'a> {
    /// Says whether the attribute was one of these.
    #[inline]
    pub(super) fn take(&mut self, key: &'a str, value: &'a Value<'_>) -> bool {
        match key {
            name::BACKEND_ID => self.id = value.count().and_then(BackendId::from_u64),
            name::EXIT_TYPE => self.exit_type = value.text(),
            name::PEER_SERVICE => self.peer = value.text(),
            _ => {
                let Some(property) = key.strip_prefix(name::BACKEND_PROPERTY_PREFIX) else { return false };
                let room = PROPERTIES_MAX.saturating_sub(self.properties.len());
                self.properties.extend(value.texts().take(room).map(|text| (property, text)));
            }
        }
        true
    }

    pub(super) fn backend(self) -> Result<Backend, Reason> {
        let (Some(id), Some(exit_type), Some(peer)) = (self.id, self.exit_type, self.peer) else {
            return Err(NO_BACKEND);
        };
        // What was cut, or spelled otherwise, is not the same as what was made of it: it is made again.
        let is_same = |known: &Backend| {
            *known.name == *peer
                && known.key.exit_type.as_str() == exit_type
                && known.key.properties.len() == self.properties.len()
                && known
                    .key
                    .properties
                    .iter()
                    .zip(&self.properties)
                    .all(|(known, (name, value))| *known.name == **name && *known.value == **value)
        };
        Ok(interned::backend(id.get(), is_same, || Backend {
            id,
            name: interned::text(&cut(peer, NAME_CHARS_MAX)),
            key: BackendKey::new(
                ExitType::parse(exit_type),
                self.properties.iter().map(|(name, value)| Property::new(name, value)).collect(),
                peer,
            ),
        }))
    }
}

/// Takes an attribute with this prefix as one property for each of its texts.
pub(super) fn take_properties(
    prefix: &str,
    key: &str,
    value: &Value<'_>,
    properties: &mut Vec<Property>,
) -> bool {
    let Some(property) = key.strip_prefix(prefix) else { return false };
    for text in value.texts() {
        if properties.len() < PROPERTIES_MAX {
            properties.push(Property {
                name: interned::text(&cut(property.trim(), PROPERTY_NAME_CHARS_MAX)),
                value: Arc::from(cut(text, PROPERTY_VALUE_CHARS_MAX)),
            });
        }
    }
    true
}
