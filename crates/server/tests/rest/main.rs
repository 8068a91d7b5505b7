//! The public REST API: one file per part of it. What a call must look like is written in `recorded/`.

#[path = "../support/mod.rs"]
mod support;

mod alerting;
mod applications;
mod asking;
mod bad_input;
mod events;
mod metric_tree;
mod people;
mod recorded;
mod tools;
mod truncation;
