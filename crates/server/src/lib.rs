//! The controller: receives what agents report, keeps it, and shows it.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod access_keys;
pub mod accounts;
pub mod actions;
pub mod api;
pub mod api_clients;
pub mod audit;
pub mod cli;
pub mod connections;
pub mod controller;
pub mod counters;
pub mod fair_queue;
pub mod groups;
pub mod http_client;
pub mod ingest;
pub mod jobs;
pub mod limits;
pub mod log;
pub mod login;
pub mod login_limits;
pub mod oauth;
pub mod oidc;
pub mod page;
pub mod passwords;
pub mod people;
pub mod permissions;
pub mod rest;
pub mod roles;
pub mod roster;
pub mod router;
pub mod secret;
pub mod security_headers;
pub mod sessions;
pub mod settings;
pub mod store_state;
pub mod tls;
pub mod tokens;
pub mod up;
pub mod users;
