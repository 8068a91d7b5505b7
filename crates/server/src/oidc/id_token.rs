//! ID tokens: signed statements of a provider about who somebody is (OpenID Connect Core 1.0, 3.1.3.7; RFC 7515, 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::limits::{ID_TOKEN_BYTES_MAX, NAME_CHARS_MAX, OIDC_CLOCK_SKEW_S};

/// A provider's public key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct JsonWebKey {
    kid: Option<String>,
    kty: String,
    crv: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: String,
    e: String,
    x: String,
    y: String,
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's lasting name for them.
    pub subject: String,
    /// A name to show and to log in with.
    pub name: String,
    /// Their address, when the provider checked it.
    pub email: String,
    /// What people call them.
    pub display_name: String,
    /// The claim `groups`.
    pub groups: Vec<String>,
}

/// Why a token says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token.
    #[error("it cannot be read")]
    Malformed,
    /// No known algorithm; `none` is none.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// Signed with a key the provider does not publish.
    #[error("its key is not among those the provider publishes")]
    UnknownKey,
    /// Forged or damaged.
    #[error("its signature is wrong")]
    Signature,
    /// For or from somebody else, or for another login.
    #[error("its {0} is wrong")]
    Claim(&'static str),
    /// Too old.
    #[error("it is over, or the clocks differ")]
    Expired,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
}

/// Checks a token and says whose it is.
///
/// # Errors
/// When anything about it is not right.
pub fn verify(
    token: &str,
    keys: &[JsonWebKey],
    issuer: &str,
    client_id: &str,
    nonce: &str,
    now_ms: u64,
) -> Result<Identity, TokenError> {
    if token.len() > ID_TOKEN_BYTES_MAX {
        return Err(TokenError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (head, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
    let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| TokenError::Malformed)?;
    let signature = decode(signature)?;
    let mut found = Err(TokenError::UnknownKey);
    let wanted = |key: &&JsonWebKey| {
        (head.kid.is_none() || key.kid == head.kid) && key.purpose.as_deref().is_none_or(|u| u == "sig")
    };
    for key in keys.iter().filter(wanted) {
        found = check_signature(&head.alg, key, signed.as_bytes(), &signature);
        if found.is_ok() {
            break;
        }
    }
    found?;
    let claims: Value = serde_json::from_slice(&decode(claims)?).map_err(|_| TokenError::Malformed)?;
    check_claims(&claims, issuer, client_id, nonce, now_ms)?;
    identity(&claims)
}

fn decode(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| TokenError::Malformed)
}

fn check_signature(
    algorithm: &str,
    key: &JsonWebKey,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), TokenError> {
    let rsa = match algorithm {
        "RS256" => Some(&RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Some(&RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Some(&RSA_PKCS1_2048_8192_SHA512),
        "PS256" => Some(&RSA_PSS_2048_8192_SHA256),
        _ => None,
    };
    // The key says what it is for; a token must not talk it into something else.
    let checked = match (rsa, algorithm, key.kty.as_str(), key.crv.as_str()) {
        (Some(parameters), _, "RSA", _) => {
            let components = RsaPublicKeyComponents { n: decode(&key.n)?, e: decode(&key.e)? };
            components.verify(parameters, signed, signature)
        }
        (_, "ES256", "EC", "P-256") => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(key)?).verify(signed, signature)
        }
        (_, "ES384", "EC", "P-384") => {
            UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point(key)?).verify(signed, signature)
        }
        (_, "EdDSA", "OKP", "Ed25519") => {
            UnparsedPublicKey::new(&ED25519, decode(&key.x)?).verify(signed, signature)
        }
        _ => return Err(TokenError::Algorithm),
    };
    checked.map_err(|_| TokenError::Signature)
}

/// An uncompressed point (SEC 1, 2.3.3).
fn point(key: &JsonWebKey) -> Result<Vec<u8>, TokenError> {
    let mut point = vec![4];
    point.extend(decode(&key.x)?);
    point.extend(decode(&key.y)?);
    Ok(point)
}

fn check_claims(
    claims: &Value,
    issuer: &str,
    client_id: &str,
    nonce: &str,
    now_ms: u64,
) -> Result<(), TokenError> {
    if claims["iss"].as_str() != Some(issuer) {
        return Err(TokenError::Claim("issuer"));
    }
    let (meant, several) = match &claims["aud"] {
        Value::Array(all) => (all.iter().any(|one| one.as_str() == Some(client_id)), all.len() > 1),
        one => (one.as_str() == Some(client_id), false),
    };
    let party = claims["azp"].as_str();
    if !meant || (several && party.is_none()) || party.is_some_and(|party| party != client_id) {
        return Err(TokenError::Claim("audience"));
    }
    if claims["nonce"].as_str() != Some(nonce) {
        return Err(TokenError::Claim("nonce"));
    }
    let now_s = now_ms / 1_000;
    let expires_s = claims["exp"].as_f64().ok_or(TokenError::Claim("expiry"))?;
    let issued_s = claims["iat"].as_f64().ok_or(TokenError::Claim("time of issue"))?;
    if expires_s + OIDC_CLOCK_SKEW_S as f64 <= now_s as f64 || issued_s > (now_s + OIDC_CLOCK_SKEW_S) as f64 {
        return Err(TokenError::Expired);
    }
    Ok(())
}

fn identity(claims: &Value) -> Result<Identity, TokenError> {
    let text = |name: &str| claims[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let subject = text("sub").ok_or(TokenError::Claim("subject"))?;
    let email = text("email").filter(|_| claims["email_verified"] != Value::Bool(false)).unwrap_or_default();
    let name = text("preferred_username").or_else(|| text("email")).unwrap_or(subject);
    let plain = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control() && *c != ':').take(NAME_CHARS_MAX).collect()
    };
    let groups = claims["groups"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Identity {
        subject: subject.to_owned(),
        name: plain(name),
        email: plain(email),
        display_name: plain(text("name").unwrap_or(name)),
        groups: groups.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn token(pair: &Ed25519KeyPair, head: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(head), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn keys(pair: &Ed25519KeyPair) -> Vec<JsonWebKey> {
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "1", "use": "sig", "x": x});
        vec![serde_json::from_value(key).unwrap()]
    }

    fn good() -> Value {
        json!({"iss": "https://a", "aud": "us", "nonce": "n", "exp": 2_000, "iat": 1_000, "sub": "42",
            "preferred_username": "anna", "email": "a@b", "groups": ["ops"]})
    }

    #[test]
    fn a_token_counts_only_when_everything_is_right() {
        let (ours, theirs) = (pair(1), pair(2));
        let head = json!({"alg": "EdDSA", "kid": "1"});
        let check = |token: &str| verify(token, &keys(&ours), "https://a", "us", "n", 1_500_000);
        let identity = check(&token(&ours, &head, &good())).unwrap();
        assert_eq!((identity.subject.as_str(), identity.name.as_str()), ("42", "anna"));
        assert_eq!(identity.groups, ["ops"]);
        assert_eq!(check(&token(&theirs, &head, &good())), Err(TokenError::Signature));
        let none = json!({"alg": "none", "kid": "1"});
        assert_eq!(check(&token(&ours, &none, &good())), Err(TokenError::Algorithm));
        let symmetric = json!({"alg": "HS256", "kid": "1"});
        assert_eq!(check(&token(&ours, &symmetric, &good())), Err(TokenError::Algorithm));
        let unknown = json!({"alg": "EdDSA", "kid": "9"});
        assert_eq!(check(&token(&ours, &unknown, &good())), Err(TokenError::UnknownKey));
        for (name, value, expected) in [
            ("iss", json!("https://b"), TokenError::Claim("issuer")),
            ("aud", json!("them"), TokenError::Claim("audience")),
            ("aud", json!(["us", "them"]), TokenError::Claim("audience")),
            ("azp", json!("them"), TokenError::Claim("audience")),
            ("nonce", json!("m"), TokenError::Claim("nonce")),
            ("nonce", Value::Null, TokenError::Claim("nonce")),
            ("exp", json!(1_000), TokenError::Expired),
            ("iat", json!(9_000), TokenError::Expired),
            ("exp", Value::Null, TokenError::Claim("expiry")),
            ("sub", json!(""), TokenError::Claim("subject")),
        ] {
            let mut claims = good();
            claims[name] = value;
            assert_eq!(check(&token(&ours, &head, &claims)), Err(expected), "{name}");
        }
        for odd in ["", ".", "..", "a.b.c", "e30.e30.", &"x".repeat(ID_TOKEN_BYTES_MAX + 1)] {
            assert!(check(odd).is_err());
        }
    }
}
