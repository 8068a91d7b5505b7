//! API clients: programs that exchange a secret for short-lived tokens (OAuth client credentials,
//! facts/controller-api 1).

use serde::{Deserialize, Serialize};

use crate::limits::{API_CLIENTS_MAX, TOKEN_LIFE_USUAL_S};
use crate::roster::entry;
use crate::secret;

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiClientRecord {
    /// Its number within the account.
    pub id: u64,
    /// Its name; with the account behind `@` it is the OAuth `client_id`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Roles it has.
    pub role_ids: Vec<u64>,
    /// Seconds a token lives.
    pub token_life_s: u64,
    /// Whether it gets tokens, and whether those it has are good.
    pub enabled: bool,
    /// When it was made, milliseconds since 1970.
    pub created_ms: u64,
    /// Tokens issued before are revoked, milliseconds since 1970.
    pub tokens_from_ms: u64,
    /// Of its secret. Secrets are random and long: a plain hash says nothing about them.
    pub(crate) secret_hash: String,
}

impl Default for ApiClientRecord {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            description: String::new(),
            role_ids: Vec::new(),
            token_life_s: TOKEN_LIFE_USUAL_S,
            enabled: true,
            created_ms: 0,
            tokens_from_ms: 0,
            secret_hash: String::new(),
        }
    }
}

impl ApiClientRecord {
    /// Whether the secret is this one.
    #[must_use]
    pub fn has_secret(&self, offered: &str) -> bool {
        !self.secret_hash.is_empty() && secret::same(&self.secret_hash, &secret::hash(offered))
    }
}

entry!(ApiClientRecord, kind: "api-client", what: "API client", secret: true, max: API_CLIENTS_MAX);
