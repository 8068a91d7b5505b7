//! The attributes of a span, looked up by several names.

use std::borrow::Cow;

use crate::otlp::view::{Attributes, Value};

/// The attributes of one span.
pub(super) struct Bag<'a>(pub(super) &'a Attributes<'a>);

impl<'a> Bag<'a> {
    /// The first of `names` that is there and says something, as a text.
    pub(super) fn text(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        names.iter().find_map(|name| {
            let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
            as_text(value).filter(|text| !text.trim().is_empty())
        })
    }

    /// The first of `names` that is there and a number, or a text that is one.
    pub(super) fn number(&self, names: &[&str]) -> Option<u64> {
        self.text(names).and_then(|text| text.trim().parse().ok())
    }

    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.text(names).is_some()
    }
}

/// A value as people read it.
pub(super) fn as_text<'a>(value: &'a Value<'a>) -> Option<Cow<'a, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Value::Integer(value) => Some(Cow::Owned(value.to_string())),
        Value::Texts(texts) => Some(Cow::Owned(texts.join(", "))),
        Value::Other => None,
    }
}

pub(super) const HTTP_METHOD: &[&str] = &["http.request.method", "http.method"];
pub(super) const HTTP_STATUS: &[&str] = &["http.response.status_code", "http.status_code"];
pub(super) const HTTP_URL: &[&str] = &["url.full", "http.url"];
pub(super) const DB_SYSTEM: &[&str] = &["db.system.name", "db.system"];
pub(super) const DB_NAMESPACE: &[&str] = &["db.namespace", "db.name", "db.redis.database_index"];
pub(super) const DB_TEXT: &[&str] = &["db.query.text", "db.statement"];
pub(super) const DB_OPERATION: &[&str] = &["db.operation.name", "db.operation"];
pub(super) const RPC_SYSTEM: &[&str] = &["rpc.system.name", "rpc.system"];
pub(super) const MESSAGING_SYSTEM: &[&str] = &["messaging.system"];
pub(super) const MESSAGING_DESTINATION: &[&str] =
    &["messaging.destination.name", "messaging.destination", "messaging.url"];
pub(super) const MESSAGING_OPERATION: &[&str] =
    &["messaging.operation.type", "messaging.operation", "messaging.operation.name"];
pub(super) const PEER_HOST: &[&str] = &[
    "server.address",
    "net.peer.name",
    "network.peer.address",
    "net.sock.peer.name",
    "net.peer.ip",
    "net.sock.peer.addr",
];
pub(super) const PEER_PORT: &[&str] = &["server.port", "net.peer.port", "network.peer.port"];
