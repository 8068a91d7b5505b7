//! Protobuf, as little of it as OTLP needs.

mod reader;
mod writer;

pub(crate) use reader::{Field, Malformed, Reader};
pub(crate) use writer::Writer;
