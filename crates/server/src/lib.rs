//! The controller: receives what agents report, keeps it, and shows it.

pub mod api;
