//! Attributes, resource and scope, written from the last to the first.

use tierline_model::AgentIdentity;

use crate::attribute as name;
use crate::protobuf::Writer;

// KeyValue
const KEY: u32 = 1;
const VALUE: u32 = 2;
// AnyValue
const STRING: u32 = 1;
const BOOL: u32 = 2;
const INT: u32 = 3;
const ARRAY: u32 = 5;
// ArrayValue
const VALUES: u32 = 1;
// Resource
const RESOURCE_ATTRIBUTES: u32 = 1;
// InstrumentationScope
const SCOPE_NAME: u32 = 1;
const SCOPE_VERSION: u32 = 2;

#[inline]
pub(super) fn text(writer: &mut Writer, field: u32, key: &str, value: &str) {
    writer.message(field, |writer| {
        writer.message(VALUE, |writer| writer.text(STRING, value));
        writer.text(KEY, key);
    });
}

#[inline]
pub(super) fn text_unless_empty(writer: &mut Writer, field: u32, key: &str, value: &str) {
    if !value.is_empty() {
        text(writer, field, key, value);
    }
}

/// OTLP integers are signed: what is larger becomes the largest.
#[inline]
pub(super) fn integer(writer: &mut Writer, field: u32, key: &str, value: u64) {
    writer.message(field, |writer| {
        writer.message(VALUE, |writer| writer.integer(INT, signed(value)));
        writer.text(KEY, key);
    });
}

/// The bits of a non-negative `int64`.
pub(super) const fn signed(value: u64) -> u64 {
    const MAX: u64 = i64::MAX as u64;
    if value > MAX { MAX } else { value }
}

#[inline]
pub(super) fn flag(writer: &mut Writer, field: u32, key: &str, set: bool) {
    if set {
        writer.message(field, |writer| {
            writer.message(VALUE, |writer| writer.integer(BOOL, 1));
            writer.text(KEY, key);
        });
    }
}

/// One attribute per name, `prefix` before each. OTLP wants every name once: a repeated one becomes an array of
/// texts where it first stood.
pub(super) fn named<'a, I>(writer: &mut Writer, field: u32, prefix: &str, pairs: I)
where
    I: DoubleEndedIterator<Item = (&'a str, &'a str)> + ExactSizeIterator + Clone,
{
    let count = pairs.len();
    for (index, (key, value)) in pairs.clone().enumerate().rev() {
        if pairs.clone().take(index).any(|(earlier, _)| earlier == key) {
            continue;
        }
        let repeated = pairs.clone().skip(index + 1).any(|(later, _)| later == key);
        writer.message(field, |writer| {
            if repeated {
                let values = pairs.clone().rev().take(count - index).filter(|(other, _)| *other == key);
                writer.message(VALUE, |writer| {
                    writer.message(ARRAY, |writer| {
                        for (_, value) in values {
                            writer.message(VALUES, |writer| writer.text(STRING, value));
                        }
                    });
                });
            } else {
                writer.message(VALUE, |writer| writer.text(STRING, value));
            }
            writer.joined(KEY, prefix, key);
        });
    }
}

/// `Resource`.
pub(super) fn resource(writer: &mut Writer, field: u32, agent: &AgentIdentity) {
    const AT: u32 = RESOURCE_ATTRIBUTES;
    writer.message(field, |writer| {
        text(writer, AT, name::INCARNATION, &agent.incarnation.to_string());
        if agent.process_id != 0 {
            integer(writer, AT, name::PROCESS_PID, u64::from(agent.process_id));
        }
        text_unless_empty(writer, AT, name::OS_TYPE, &agent.os_type);
        text_unless_empty(writer, AT, name::HOST_NAME, &agent.host_name);
        text_unless_empty(writer, AT, name::PROCESS_RUNTIME_VERSION, &agent.runtime_version);
        text(writer, AT, name::TELEMETRY_SDK_VERSION, &agent.agent_version);
        text(writer, AT, name::TELEMETRY_SDK_LANGUAGE, agent.language.as_str());
        text(writer, AT, name::TELEMETRY_SDK_NAME, name::SDK_NAME);
        text(writer, AT, name::SERVICE_INSTANCE_ID, &agent.node);
        text(writer, AT, name::SERVICE_NAME, &agent.tier);
        text(writer, AT, name::SERVICE_NAMESPACE, &agent.application);
    });
}

/// `InstrumentationScope`.
pub(super) fn scope(writer: &mut Writer, field: u32, agent: &AgentIdentity) {
    writer.message(field, |writer| {
        writer.text(SCOPE_VERSION, &*agent.agent_version);
        writer.text(SCOPE_NAME, name::SDK_NAME);
    });
}
