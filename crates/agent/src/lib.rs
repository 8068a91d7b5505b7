//! Business transaction monitoring inside your process: the agent core and its Rust API.
//!
//! ```
//! // Begins when `init` was called with a controller to report to; until then everything is a no-op.
//! if let Some(bt) = tierline::start_bt("/checkout", None) {
//!     bt.add_snapshot_data("basket", "3 items");
//!     let exit = bt.exit_call(
//!         tierline::ExitType::Http,
//!         "payment",
//!         &[("HOST", "pay.example"), ("PORT", "443")],
//!         Some("https://pay.example/charge"),
//!         &[],
//!     );
//!     if let Some(header) = exit.as_ref().and_then(|exit| exit.correlation_header()) {
//!         // send `header.name()`: `header.value()` along
//!         # let _ = header;
//!     }
//! } // exit call and business transaction end here
//! ```
//!
//! Three layers: the functions and guards at the top of this crate are the Rust API; [`process`] is the agent of
//! a process, for language bindings; [`Core`] records for whoever asks, and knows no process. Languages that record
//! by themselves, because calls into native code are dear there, come in through [`outside`].
//!
//! The agent never panics into, blocks, or grows without bound inside its host.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod backends;
mod batch;
mod cached_config;
mod clock;
mod collectors;
mod config;
mod context;
mod decision;
mod delivery;
pub mod detected;
mod directory;
mod drain;
pub mod exit_call;
mod file_lock;
pub mod fork;
mod header;
mod hot_names;
mod http;
mod http_answer;
mod http_stream;
mod incoming;
mod interval_clock;
mod known_backends;
mod ledger;
pub mod limits;
mod link;
mod live_incarnations;
mod lock;
mod log_file;
mod node_name;
mod opamp;
mod outbox;
pub mod outside;
pub mod process;
mod random;
mod record;
pub mod recorder;
mod registry;
mod reporter;
mod running;
mod runtime;
mod rust_api;
mod segment;
mod set_cache;
pub mod settings;
mod shard;
mod snapshots;
mod spool;
mod spool_file;
mod spool_frame;
pub mod sql;
pub mod sql_cache;
mod sql_cursor;
mod targets;
mod text_hash;
pub mod thread_cache;
pub mod transaction;

pub use backends::BackendRef;
pub use config::Config;
pub use context::{Scope, active_bt, scope};
pub use exit_call::{ExitCall, ExitHandle};
pub use recorder::Core;
pub use rust_api::{Bt, CorrelationHeader, Exit, flush, init, shutdown, start_bt};
pub use tierline_model::ExitType;
pub use transaction::BtHandle;

/// A core for the examples in this crate's documentation.
#[doc(hidden)]
#[must_use]
pub fn doc_core() -> std::sync::Arc<Core> {
    let text = std::sync::Arc::from;
    let identity = tierline_model::AgentIdentity {
        application: text("shop"),
        tier: text("front"),
        node: text("front-1"),
        incarnation: tierline_model::Incarnation([7; 16]),
        language: tierline_model::Language::Rust,
        agent_version: text(env!("CARGO_PKG_VERSION")),
        runtime_version: text(""),
        host_name: text(""),
        os_type: text(""),
        process_id: 0,
    };
    Core::new(identity, "customer1", tierline_model::AgentConfig::default())
}
