//! Tokens of API clients: signed, so that nothing has to be kept for those that are out, and any number can be.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::Blake2sMac256;
use blake2::digest::{KeyInit, Mac as _};
use serde::{Deserialize, Serialize};
use tierline_store::{DocumentChange, Store, StoreError};

use crate::access_keys::SYSTEM;
use crate::limits::TOKEN_CHARS_MAX;
use crate::secret::{self, NoRandomness};

const KIND: &str = "secret";
const NAME: &str = "token-key";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The account.
    #[serde(rename = "a")]
    pub account: String,
    /// The client's number.
    #[serde(rename = "c")]
    pub client_id: u64,
    /// When it was issued, milliseconds since 1970.
    #[serde(rename = "i")]
    pub issued_ms: u64,
    /// When it ends, milliseconds since 1970.
    #[serde(rename = "e")]
    pub expires_ms: u64,
}

/// Why tokens cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The stored key.
    #[error("the key that signs tokens is damaged; remove the document {KIND}/{NAME} to make a new one")]
    Damaged,
}

/// Makes tokens and knows its own again.
pub struct Tokens {
    key: [u8; 32],
}

impl Tokens {
    /// With the key in `store`, made when there is none: tokens outlive a restart. Blocks.
    ///
    /// # Errors
    /// When the key can neither be read nor written.
    pub fn open(store: &Arc<dyn Store>) -> Result<Self, TokenError> {
        if let Some(text) = store.document(SYSTEM, KIND, NAME)? {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| TokenError::Damaged)?;
            return Ok(Self { key: bytes.try_into().map_err(|_| TokenError::Damaged)? });
        }
        let key: [u8; 32] = secret::random()?;
        let text = URL_SAFE_NO_PAD.encode(key);
        let change =
            DocumentChange { kind: KIND, name: NAME, text: &text, secret: true, ..DocumentChange::default() };
        store.put_document(SYSTEM, change)?;
        Ok(Self { key })
    }

    fn sign(&self, payload: &str) -> [u8; 32] {
        // A key of 32 bytes is always taken.
        <Blake2sMac256 as KeyInit>::new_from_slice(&self.key)
            .map(|mac| mac.chain_update(payload.as_bytes()).finalize().into_bytes().into())
            .unwrap_or_default()
    }

    /// A token.
    #[must_use]
    pub fn issue(&self, claims: &Claims) -> String {
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
        let mac = URL_SAFE_NO_PAD.encode(self.sign(&payload));
        format!("{payload}.{mac}")
    }

    /// What a token says, when it is one of ours and not over.
    #[must_use]
    pub fn read(&self, token: &str, now_ms: u64) -> Option<Claims> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let (payload, mac) = token.split_once('.')?;
        let right = URL_SAFE_NO_PAD.encode(self.sign(payload));
        if !secret::same(mac, &right) {
            return None;
        }
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        (now_ms < claims.expires_ms).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_tokens_count_and_only_until_they_end() {
        let tokens = Tokens { key: [1; 32] };
        let claims = Claims { account: "customer1".into(), client_id: 5, issued_ms: 0, expires_ms: 1_000 };
        let token = tokens.issue(&claims);
        assert_eq!(tokens.read(&token, 999), Some(claims.clone()));
        assert_eq!(tokens.read(&token, 1_000), None);
        assert_eq!(Tokens { key: [2; 32] }.read(&token, 0), None);
        let (payload, mac) = token.split_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD
            .encode(serde_json::to_vec(&Claims { account: "other".into(), ..claims }).unwrap());
        assert_eq!(tokens.read(&format!("{forged}.{mac}"), 0), None);
        for odd in ["", ".", "a.b", payload, &format!("{payload}."), &"x".repeat(10_000)] {
            assert_eq!(tokens.read(odd, 0), None, "{odd}");
        }
    }
}
