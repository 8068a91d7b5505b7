//! Business transaction monitoring inside your process: the agent core and its Rust API.
//!
//! The agent never panics into, blocks, or grows without bound inside its host.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod backends;
pub mod exit_call;
pub mod fork;
pub mod limits;
pub mod recorder;
pub mod settings;
pub mod transaction;

pub use backends::BackendRef;
pub use exit_call::{ExitCall, ExitHandle};
pub use recorder::Core;
pub use transaction::BtHandle;
