//! OTLP and OpAMP on the wire, and their conversions to and from the model.
//!
//! | Direction | Function | Feature |
//! |---|---|---|
//! | agent → any OTLP back end | [`otlp::encode_metrics`], [`otlp::encode_traces`] | – |
//! | controller ← agents and SDKs | `otlp::decode_metrics`, `otlp::decode_traces`, and the same with `_json` | `decode` |
//! | controller ← other SDKs | `foreign::decode_traces`, `foreign::decode_logs` | `decode` |
//! | controller → agent | [`otlp::ExportResponse`], [`otlp::Status`] | – |
//! | agent ⇄ controller | [`opamp`] | – |
//! | gRPC services over undecoded messages | `grpc` | `grpc` |
//! | generated OTLP messages | `proto` | `otlp-types` |
//!
//! Only this crate knows protobuf. The names of all attributes are in [`attribute`], how the model is laid out in
//! metrics and spans in [`otlp`], all limits in [`limits`].
//!
//! The encoder writes from the back to the front of its buffer, so that the length of every nested message is
//! known when its header is written and nothing is measured twice. The decoder walks the bytes without building a
//! tree of messages, so a request cannot take more memory than a small multiple of what is accepted from it.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod attribute;
#[cfg(feature = "decode")]
pub mod foreign;
#[cfg(feature = "grpc")]
pub mod grpc;
pub mod limits;
pub mod opamp;
pub mod otlp;
pub mod proto;
mod protobuf;
