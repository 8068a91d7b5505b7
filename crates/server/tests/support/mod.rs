//! What the tests share: a small shop as agents report it, a controller in this process, and the real binary.

#![allow(dead_code, reason = "not every test file uses everything")]

pub mod binary;
pub mod in_process;
pub mod shop;
