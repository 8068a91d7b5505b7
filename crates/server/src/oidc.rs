//! Login through an OpenID Connect provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207).
//!
//! The browser is tied to the login it began by a cookie, the provider's answer to the request by `state`, the ID token
//! to both by `nonce`; the token's signature, issuer, audience and time are checked.

pub mod id_token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::controller::{Controller, now_ms};
use crate::http_client::{self, Address};
use crate::limits::{OIDC_KEYS_FRESH_MS, OIDC_LOGIN_MS, OIDC_LOGINS_MAX};
use crate::oauth::escape;
use crate::roles::{ACCOUNT_ADMINISTRATOR, USER};
use crate::roster::RosterError;
use crate::secret::{self, NoRandomness};
use crate::users::{Provider, UserRecord};
use id_token::{Identity, JsonWebKey, TokenError};

/// Where browsers come back to.
pub const CALLBACK_PATH: &str = "/api/login/oidc/callback";

/// Which provider, and what its users get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcSettings {
    /// The provider's name for itself, an `https` URL.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// The account its users belong to.
    pub account: String,
    /// The value of the claim `groups` that makes an account administrator.
    pub administrators: Option<String>,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider.
    #[error("the OpenID Connect provider cannot be asked: {0}")]
    Provider(String),
    /// The provider said no.
    #[error("the OpenID Connect provider refused the login: {0}")]
    Refused(String),
    /// Not begun here, too old, or in another browser.
    #[error("this login was not begun in this browser, or too long ago; begin it again")]
    Unknown,
    /// The token.
    #[error("the OpenID Connect provider's ID token is not good: {0}")]
    Token(#[from] TokenError),
    /// The user is disabled.
    #[error("the user is disabled")]
    Disabled,
    /// There is another user of that name.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Too many at one time.
    #[error("too many logins are under way; try again in a moment")]
    Busy,
}

/// What a provider says about itself (OpenID Connect Discovery 1.0, 3).
#[derive(Clone, Debug, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<JsonWebKey>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// A login that was begun.
struct Pending {
    browser: String,
    nonce: String,
    verifier: String,
    begun_ms: u64,
}

/// What a browser is sent away with.
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub location: String,
    /// What ties it to the login.
    pub browser: String,
}

type Cached<T> = RwLock<Option<(u64, Arc<T>)>>;

/// Logins through a provider.
pub struct Oidc {
    settings: OidcSettings,
    redirect_uri: String,
    discovery: Cached<Discovery>,
    keys: Cached<Vec<JsonWebKey>>,
    pending: Mutex<HashMap<String, Pending>>,
}

impl Oidc {
    /// With the provider of `settings`; browsers come back to `public_url`.
    #[must_use]
    pub fn new(settings: OidcSettings, public_url: &str) -> Self {
        Self {
            settings,
            redirect_uri: format!("{public_url}{CALLBACK_PATH}"),
            discovery: RwLock::default(),
            keys: RwLock::default(),
            pending: Mutex::default(),
        }
    }

    /// The account its users belong to.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.settings.account
    }

    /// Begins a login.
    ///
    /// # Errors
    /// When the provider cannot be asked, or too many are under way.
    pub async fn begin(&self) -> Result<Begun, OidcError> {
        let discovery = self.discover().await?;
        let state = secret::token()?;
        let pending = Pending {
            browser: secret::token()?,
            nonce: secret::token()?,
            verifier: format!("{}{}", secret::token()?, secret::token()?),
            begun_ms: now_ms(),
        };
        let digest = ring::digest::digest(&ring::digest::SHA256, pending.verifier.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(digest);
        let join = if discovery.authorization_endpoint.contains('?') { '&' } else { '?' };
        let location = format!(
            "{}{join}response_type=code&client_id={}&redirect_uri={}&scope={}&state={state}&nonce={}&code_challenge={challenge}&code_challenge_method=S256",
            discovery.authorization_endpoint,
            escape(&self.settings.client_id),
            escape(&self.redirect_uri),
            escape("openid profile email"),
            pending.nonce,
        );
        let browser = pending.browser.clone();
        let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, pending| now_ms().saturating_sub(pending.begun_ms) < OIDC_LOGIN_MS);
        if all.len() >= OIDC_LOGINS_MAX {
            return Err(OidcError::Busy);
        }
        all.insert(state, pending);
        Ok(Begun { location, browser })
    }

    /// Ends a login: who it is. `browser` is what the browser that began it was given.
    ///
    /// # Errors
    /// When it was not begun by that browser, or the provider does not vouch for anybody.
    pub async fn complete(
        &self,
        state: &str,
        code: &str,
        issuer: Option<&str>,
        browser: &str,
    ) -> Result<Identity, OidcError> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(state);
        let pending = pending.ok_or(OidcError::Unknown)?;
        let fresh = now_ms().saturating_sub(pending.begun_ms) < OIDC_LOGIN_MS;
        if !fresh || !secret::same(&pending.browser, browser) {
            return Err(OidcError::Unknown);
        }
        let discovery = self.discover().await?;
        if issuer.is_some_and(|issuer| issuer != discovery.issuer) {
            return Err(OidcError::Refused("the answer is another provider's".to_owned()));
        }
        let token = self.redeem(&discovery, code, &pending.verifier).await?;
        let settings = &self.settings;
        let check = |keys: &[JsonWebKey]| {
            id_token::verify(&token, keys, &discovery.issuer, &settings.client_id, &pending.nonce, now_ms())
        };
        match check(&self.keys(&discovery, false).await?) {
            // The provider may have changed its keys since we asked.
            Err(TokenError::UnknownKey) => Ok(check(&self.keys(&discovery, true).await?)?),
            answer => Ok(answer?),
        }
    }

    async fn redeem(&self, discovery: &Discovery, code: &str, verifier: &str) -> Result<String, OidcError> {
        let OidcSettings { client_id, client_secret, .. } = &self.settings;
        let mut form = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&client_id={}&code_verifier={verifier}",
            escape(code),
            escape(&self.redirect_uri),
            escape(client_id),
        );
        let (address, path) = parse(&discovery.token_endpoint)?;
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        if let Some(secret) = client_secret {
            let methods = &discovery.token_endpoint_auth_methods_supported;
            if methods.iter().any(|method| method == "client_secret_post")
                && !methods.iter().any(|method| method == "client_secret_basic")
            {
                form.push_str(&format!("&client_secret={}", escape(secret)));
            } else {
                // Both escaped as in a form (RFC 6749, 2.3.1).
                let both = format!("{}:{}", escape(client_id), escape(secret));
                request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(both)));
            }
        }
        let request = request.body(Body::from(form)).map_err(|e| OidcError::Provider(e.to_string()))?;
        let answer = http_client::send_to(&address, request).await;
        let answer = answer.map_err(|error| OidcError::Provider(format!("{error:#}")))?;
        if !answer.status.is_success() {
            let text: String = answer.text().chars().take(300).collect();
            return Err(OidcError::Refused(format!("{} {text}", answer.status)));
        }
        let read: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|error| OidcError::Provider(error.to_string()))?;
        Ok(read.id_token)
    }

    async fn discover(&self) -> Result<Arc<Discovery>, OidcError> {
        if let Some(known) = fresh(&self.discovery) {
            return Ok(known);
        }
        let url = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let found: Discovery = get(&url).await?;
        if found.issuer.trim_end_matches('/') != self.settings.issuer.trim_end_matches('/') {
            let text = format!("it calls itself {}, not {}", found.issuer, self.settings.issuer);
            return Err(OidcError::Provider(text));
        }
        Ok(keep(&self.discovery, found))
    }

    async fn keys(&self, discovery: &Discovery, again: bool) -> Result<Arc<Vec<JsonWebKey>>, OidcError> {
        if let Some(known) = fresh(&self.keys).filter(|_| !again) {
            return Ok(known);
        }
        let found: Keys = get(&discovery.jwks_uri).await?;
        Ok(keep(&self.keys, found.keys))
    }
}

fn fresh<T>(cached: &Cached<T>) -> Option<Arc<T>> {
    let cached = cached.read().unwrap_or_else(PoisonError::into_inner);
    let (at_ms, known) = cached.as_ref()?;
    (now_ms().saturating_sub(*at_ms) < OIDC_KEYS_FRESH_MS).then(|| Arc::clone(known))
}

fn keep<T>(cached: &Cached<T>, found: T) -> Arc<T> {
    let found = Arc::new(found);
    *cached.write().unwrap_or_else(PoisonError::into_inner) = Some((now_ms(), Arc::clone(&found)));
    found
}

/// Only TLS, except to this machine.
fn parse(url: &str) -> Result<(Address, String), OidcError> {
    let (address, path) =
        http_client::parse(url).map_err(|error| OidcError::Provider(format!("{error:#}")))?;
    if !address.tls && !address.is_loopback() {
        return Err(OidcError::Provider(format!("{url} is not https")));
    }
    Ok((address, path))
}

async fn get<T: for<'d> Deserialize<'d>>(url: &str) -> Result<T, OidcError> {
    let (address, path) = parse(url)?;
    let request = Request::get(path).header(header::ACCEPT, "application/json").body(Body::empty());
    let request = request.map_err(|error| OidcError::Provider(error.to_string()))?;
    let answer = http_client::send_to(&address, request).await;
    let answer = answer.map_err(|error| OidcError::Provider(format!("{error:#}")))?;
    if !answer.status.is_success() {
        return Err(OidcError::Provider(format!("{url} answers {}", answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(|error| OidcError::Provider(format!("{url}: {error}")))
}

impl Controller {
    /// The user the provider vouches for, made at the first login. Blocks.
    ///
    /// # Errors
    /// When there is another user of that name, the user is disabled, or it cannot be written.
    pub fn user_of_identity(&self, oidc: &Oidc, identity: &Identity) -> Result<UserRecord, OidcError> {
        const BY: &str = "OpenID Connect";
        let settings = &oidc.settings;
        let account = &settings.account;
        let subject = format!("{} {}", settings.issuer, identity.subject);
        let administrates =
            settings.administrators.as_ref().map(|group| identity.groups.iter().any(|own| own == group));
        let _changing = self.users.lock();
        let known = self.users.list(account).into_iter().find(|user| user.subject == subject);
        let Some(mut user) = known else {
            let role = if administrates == Some(true) { ACCOUNT_ADMINISTRATOR } else { USER };
            let new = UserRecord {
                name: identity.name.clone(),
                email: identity.email.clone(),
                display_name: identity.display_name.clone(),
                provider: Provider::Oidc,
                subject,
                role_ids: vec![role.id],
                ..UserRecord::default()
            };
            // A user of that name who is not the provider's is somebody else.
            return Ok(self.users.add(account, new, BY)?);
        };
        if !user.enabled {
            return Err(OidcError::Disabled);
        }
        let before = user.clone();
        if let Some(administrates) = administrates {
            user.role_ids.retain(|id| *id != ACCOUNT_ADMINISTRATOR.id);
            if administrates {
                user.role_ids.push(ACCOUNT_ADMINISTRATOR.id);
            } else if user.role_ids.is_empty() {
                user.role_ids.push(USER.id);
            }
        }
        user.email.clone_from(&identity.email);
        if user != before {
            self.users.replace(account, &user, BY)?;
        }
        Ok(user)
    }
}
