//! Business transaction monitoring inside your process: the agent core and its Rust API.
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
mod decision;
mod delivery;
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
mod ledger;
pub mod limits;
mod link;
mod live_incarnations;
mod lock;
mod log_file;
mod node_name;
mod opamp;
mod outbox;
pub mod process;
mod random;
mod record;
pub mod recorder;
mod registry;
mod reporter;
mod running;
mod runtime;
mod segment;
pub mod settings;
mod shard;
mod snapshots;
mod spool;
mod spool_file;
mod spool_frame;
mod targets;
mod text_hash;
pub mod thread_cache;
pub mod transaction;
mod window;

pub use backends::BackendRef;
pub use exit_call::{ExitCall, ExitHandle};
pub use recorder::Core;
pub use transaction::BtHandle;
