//! Business transaction monitoring inside your process: the agent core and its Rust API.
//!
//! The agent never panics into, blocks, or grows without bound inside its host.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod backends;
pub mod batch;
pub mod exit_call;
pub mod file_lock;
pub mod fork;
pub mod http;
pub mod http_answer;
pub mod http_stream;
pub mod limits;
pub mod live_incarnations;
pub mod log_file;
pub mod node_name;
pub mod recorder;
pub mod runtime;
pub mod settings;
pub mod spool;
pub mod spool_file;
pub mod spool_frame;
pub mod transaction;

pub use backends::BackendRef;
pub use exit_call::{ExitCall, ExitHandle};
pub use recorder::Core;
pub use transaction::BtHandle;
