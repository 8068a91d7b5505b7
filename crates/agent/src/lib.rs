//! Business transaction monitoring inside your process: the agent core and its Rust API.
//!
//! The agent never panics into, blocks, or grows without bound inside its host.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod backends;
pub mod batch;
mod clock;
mod decision;
mod drain;
pub mod exit_call;
pub mod file_lock;
pub mod fork;
mod header;
mod hot_names;
pub mod http;
pub mod http_answer;
pub mod http_stream;
mod incoming;
mod ledger;
pub mod limits;
pub mod live_incarnations;
mod lock;
pub mod log_file;
pub mod node_name;
mod random;
mod record;
pub mod recorder;
mod registry;
mod running;
pub mod runtime;
mod segment;
pub mod settings;
mod shard;
mod snapshots;
pub mod spool;
pub mod spool_file;
pub mod spool_frame;
mod text_hash;
pub mod thread_cache;
pub mod transaction;
mod window;

pub use backends::BackendRef;
pub use exit_call::{ExitCall, ExitHandle};
pub use recorder::Core;
pub use transaction::BtHandle;
