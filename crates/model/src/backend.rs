//! Backends: a type plus identifying properties.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::BackendId;
use crate::limits::{PROPERTIES_MAX, PROPERTY_NAME_CHARS_MAX, PROPERTY_VALUE_CHARS_MAX};
use crate::name::cut;

/// What kind of call leaves the tier.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExitType {
    /// `EXIT_HTTP`.
    Http,
    /// `EXIT_DB`.
    Db,
    /// `EXIT_CACHE`.
    Cache,
    /// `EXIT_QUEUE`.
    Queue,
    /// `EXIT_CUSTOM`.
    Custom,
    /// `EXIT_WEBSERVICE` and `EXIT_WEB_SERVICE`.
    WebService,
    /// `EXIT_RABBITMQ`.
    RabbitMq,
    /// A type this version does not know, kept as given, without the prefix `EXIT_`.
    Other(Arc<str>),
}

impl ExitType {
    /// The name in headers, metrics and the REST API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Http => "HTTP",
            Self::Db => "DB",
            Self::Cache => "CACHE",
            Self::Queue => "QUEUE",
            Self::Custom => "CUSTOM",
            Self::WebService => "WEB_SERVICE",
            Self::RabbitMq => "RABBITMQ",
            Self::Other(name) => name,
        }
    }

    /// Reads a name, with or without `EXIT_`; names it does not know are kept (cut to 100 characters).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let name = text.strip_prefix("EXIT_").unwrap_or(text);
        match name {
            "HTTP" => Self::Http,
            "DB" | "JDBC" => Self::Db,
            "CACHE" => Self::Cache,
            "QUEUE" => Self::Queue,
            "CUSTOM" | "" => Self::Custom,
            "WEB_SERVICE" | "WEBSERVICE" => Self::WebService,
            "RABBITMQ" => Self::RabbitMq,
            other => Self::Other(Arc::from(crate::name::clean_name(other))),
        }
    }

    /// Whether the caller does not wait for the answer: drawn dashed, and a PRODUCER span on the wire.
    #[must_use]
    pub const fn is_async(&self) -> bool {
        matches!(self, Self::Queue | Self::RabbitMq)
    }
}

impl fmt::Display for ExitType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ExitType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ExitType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&std::borrow::Cow::<str>::deserialize(deserializer)?))
    }
}

/// A name/value pair; the name as the caller spelled it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Property {
    /// At most 100 characters.
    pub name: Arc<str>,
    /// At most 1,000 characters.
    pub value: Arc<str>,
}

impl Property {
    /// A property, cut to the limits.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self {
            name: Arc::from(cut(name.trim(), PROPERTY_NAME_CHARS_MAX)),
            value: Arc::from(cut(value, PROPERTY_VALUE_CHARS_MAX)),
        }
    }
}

/// The name under which property names are compared: upper case, without blanks, `_` and `-`, so that
/// `SERVERPOOL`, `SERVER POOL` and `Server Pool` are one (contract.md).
#[must_use]
pub fn canonical_property_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_uppercase)
        .collect()
}

/// What makes two exit calls go to the same backend.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct BackendKey {
    /// The type of call.
    pub exit_type: ExitType,
    /// At most [`PROPERTIES_MAX`], in the caller's order and spelling. Never empty: a call without
    /// identifying properties is identified by its label, under the name `NAME`.
    pub properties: Vec<Property>,
}

impl BackendKey {
    /// The key of a call with these properties; `display_name` stands in when there are none.
    #[must_use]
    pub fn new(exit_type: ExitType, mut properties: Vec<Property>, display_name: &str) -> Self {
        properties.truncate(PROPERTIES_MAX);
        if properties.is_empty() {
            properties.push(Property::new("NAME", &crate::name::clean_name(display_name)));
        }
        Self { exit_type, properties }
    }

    /// The texts the id is made of: type, then canonical names and values sorted by name (a name given
    /// twice keeps its first value).
    #[must_use]
    pub fn identity_fields(&self) -> Vec<String> {
        let mut pairs: Vec<(String, &str)> =
            self.properties.iter().map(|p| (canonical_property_name(&p.name), &*p.value)).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|a, b| a.0 == b.0);
        let mut fields = Vec::with_capacity(1 + 2 * pairs.len());
        fields.push(self.exit_type.as_str().to_owned());
        for (name, value) in pairs {
            fields.push(name);
            fields.push(value.to_owned());
        }
        fields
    }
}

/// A backend as reports carry it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Backend {
    /// From [`BackendId::of`].
    pub id: BackendId,
    /// The label of the first exit call that went there.
    pub name: Arc<str>,
    /// Type and identifying properties.
    pub key: BackendKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(properties: &[(&str, &str)]) -> BackendKey {
        BackendKey::new(
            ExitType::Cache,
            properties.iter().map(|(n, v)| Property::new(n, v)).collect(),
            "label",
        )
    }

    #[test]
    fn identity_ignores_order_case_and_known_synonyms() {
        let one = BackendId::of("shop", &key(&[("SERVER POOL", "a:1"), ("Vendor", "REDIS")]));
        let two = BackendId::of("shop", &key(&[("VENDOR", "REDIS"), ("ServerPool", "a:1")]));
        assert_eq!(one, two);
        assert_ne!(one, BackendId::of("shop", &key(&[("VENDOR", "REDIS"), ("ServerPool", "a:2")])));
        assert_ne!(one, BackendId::of("shop2", &key(&[("SERVER POOL", "a:1"), ("Vendor", "REDIS")])));
    }

    #[test]
    fn without_properties_the_label_identifies() {
        assert_ne!(key(&[]), BackendKey::new(ExitType::Cache, vec![], "other"));
        assert_eq!(&*key(&[]).properties[0].value, "label");
    }

    #[test]
    fn unknown_exit_types_are_kept() {
        assert_eq!(ExitType::parse("EXIT_CARRIER_PIGEON").as_str(), "CARRIER_PIGEON");
        assert_eq!(ExitType::parse("EXIT_WEBSERVICE"), ExitType::parse("EXIT_WEB_SERVICE"));
    }
}
