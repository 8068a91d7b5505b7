//! Placeholder while the workspace is laid out.

pub mod fork;
pub mod settings;
