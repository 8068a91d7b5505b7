//! The public REST API: one file per part of it. What a call must look like is written in `recorded/`, one file per
//! call of the OpenAPI document.

#[path = "../support/mod.rs"]
mod support;

mod applications;
mod bad_input;
mod recorded;
mod truncation;
