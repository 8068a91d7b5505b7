//! Ids without a registry: the low 52 bits of XXH3-64 over a canonical text of the names.
//!
//! The canonical text is `v1|<kind>|` followed by `<bytes>:<field>` for every field, joined by `|`, where
//! `<bytes>` is the field's length in UTF-8 bytes; fields are trimmed of white space, never case-folded or
//! normalised. Zero is never used (it becomes 1). 52 bits, so that every JSON reader keeps them exact; with
//! 100,000 entities the chance of any collision is 10^10 / 2^53, about one in a million.
//! Vectors: `spec/ids.json`.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::backend::BackendKey;
use crate::transaction::EntryType;

/// The largest id: 2^52 − 1.
pub const ID_MAX: u64 = (1 << 52) - 1;

/// Hashes a canonical tuple to an id. Public so that the vectors in `spec/` can be checked against it.
#[must_use]
pub fn id_of(kind: &str, fields: &[&str]) -> u64 {
    let mut text = String::with_capacity(64);
    text.push_str("v1|");
    text.push_str(kind);
    for field in fields {
        let field = field.trim();
        text.push('|');
        text.push_str(&field.len().to_string());
        text.push(':');
        text.push_str(field);
    }
    (xxh3_64(text.as_bytes()) & ID_MAX).max(1)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The id as a number in `1..=ID_MAX`.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0.get()
            }

            /// Accepts numbers in `1..=ID_MAX`; anything else is not an id.
            #[must_use]
            pub const fn from_u64(value: u64) -> Option<Self> {
                if value > ID_MAX {
                    return None;
                }
                match NonZeroU64::new(value) {
                    Some(value) => Some(Self(value)),
                    None => None,
                }
            }

            fn from_hash(kind: &str, fields: &[&str]) -> Self {
                Self(NonZeroU64::new(id_of(kind, fields)).unwrap_or(NonZeroU64::MIN))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.get())
            }
        }
    };
}

id!(
    /// A business application.
    AppId
);
id!(
    /// A tier of an application.
    TierId
);
id!(
    /// A node of a tier.
    NodeId
);
id!(
    /// A business transaction: application, originating tier, entry type and name.
    BtId
);
id!(
    /// A backend of an application: exit type and identifying properties.
    BackendId
);
id!(
    /// A kind of error: its type name.
    ErrorId
);

impl AppId {
    /// The id of the application called `application`.
    #[must_use]
    pub fn of(application: &str) -> Self {
        Self::from_hash("app", &[application])
    }
}

impl TierId {
    /// The id of `tier` in `application`.
    #[must_use]
    pub fn of(application: &str, tier: &str) -> Self {
        Self::from_hash("tier", &[application, tier])
    }
}

impl NodeId {
    /// The id of `node` in `tier` of `application`.
    #[must_use]
    pub fn of(application: &str, tier: &str, node: &str) -> Self {
        Self::from_hash("node", &[application, tier, node])
    }
}

impl BtId {
    /// The id of the BT `name` (already cleaned) that originates on `tier`.
    #[must_use]
    pub fn of(application: &str, tier: &str, entry_type: EntryType, name: &str) -> Self {
        Self::from_hash("bt", &[application, tier, entry_type.as_str(), name])
    }

    /// The id of `All Other Traffic - <tier>`: what exceeded the limits on BT names.
    #[must_use]
    pub fn other_traffic(application: &str, tier: &str) -> Self {
        Self::from_hash("bt-other", &[application, tier])
    }
}

impl BackendId {
    /// The id of a backend: the exit type, then every identifying property as canonical name and value,
    /// sorted by canonical name (see [`BackendKey`]).
    #[must_use]
    pub fn of(application: &str, key: &BackendKey) -> Self {
        let fields = key.identity_fields();
        let mut all = vec![application];
        all.extend(fields.iter().map(String::as_str));
        Self::from_hash("backend", &all)
    }
}

impl ErrorId {
    /// The id of errors of `type_name` in `application`.
    #[must_use]
    pub fn of(application: &str, type_name: &str) -> Self {
        Self::from_hash("error", &[application, type_name])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        let text = include_str!("../../../spec/ids.json");
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert!(cases.len() >= 10);
        for case in cases {
            let fields: Vec<&str> =
                case["fields"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
            let got = id_of(case["kind"].as_str().unwrap(), &fields);
            assert_eq!(got, case["id"].as_u64().unwrap(), "{}", case["why"]);
        }
    }

    #[test]
    fn only_52_bit_numbers_are_ids() {
        assert!(AppId::from_u64(0).is_none());
        assert!(AppId::from_u64(ID_MAX).is_some());
        assert!(AppId::from_u64(ID_MAX + 1).is_none());
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        assert_ne!(TierId::of("ab", "c"), TierId::of("a", "bc"));
        assert_ne!(AppId::of("a").get(), TierId::of("a", "").get());
    }
}
