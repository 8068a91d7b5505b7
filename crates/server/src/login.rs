//! Who is asking: Basic or Bearer credentials, or the cookie of a session.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access_keys::DEFAULT_ACCOUNT;
use crate::audit::Action;
use crate::connections::Peer;
use crate::controller::{Controller, Shared, now_ms};
use crate::counters::Counters;
use crate::fair_queue::Turn;
use crate::log;
use crate::permissions::{Forbidden, Permission, Permissions};
use crate::roster::Entry as _;
use crate::sessions::Session;
use crate::users::{UserError, UserRecord};

/// The page's session cookie.
pub const PAGE_COOKIE: &str = "TIERLINE_SESSION";

/// The same over TLS: browsers then take it from no other host and for no other path (RFC 6265bis, 4.1.3.2).
pub const PAGE_COOKIE_SECURE: &str = "__Host-TIERLINE_SESSION";

/// The REST API's session cookie, named as clients expect it (facts/controller-api 1).
pub const REST_COOKIE: &str = "JSESSIONID";

/// The header that repeats a session's CSRF token, and the REST API's cookie that hands it out.
pub const CSRF_NAME: &str = "X-CSRF-TOKEN";

/// What the audit calls the provider of API clients.
const API_CLIENT: &str = "API_CLIENT";

/// Somebody whose identity is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The user, or the API client.
    pub user: String,
    /// Their number within the account.
    pub user_id: u64,
    /// The account: nobody sees anything of another one.
    pub account: String,
    /// What they may do.
    pub permissions: Permissions,
    /// Who knows them: `INTERNAL`, `OIDC`, `API_CLIENT`.
    pub provider: &'static str,
    /// From where they ask.
    pub address: Option<IpAddr>,
    /// Their turn among all who ask; it ends with the visitor.
    pub turn: HeldTurn,
}

/// A turn that goes wherever its visitor goes.
#[derive(Clone, Debug, Default)]
pub struct HeldTurn {
    _turn: Option<Arc<Turn>>,
}

impl PartialEq for HeldTurn {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for HeldTurn {}

impl Visitor {
    /// Asks whether they may; every handler that shows or changes something begins with this.
    ///
    /// # Errors
    /// When they may not.
    pub fn must(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.permissions.has(permission) { Ok(()) } else { Err(Forbidden(permission)) }
    }

    /// The controller itself and the command line beside a stopped one: may do everything in an account.
    #[must_use]
    pub fn local(account: &str) -> Self {
        Self {
            user: "command line".to_owned(),
            user_id: 0,
            account: account.to_owned(),
            permissions: Permissions::of(&crate::permissions::ALL),
            provider: "INTERNAL",
            address: None,
            turn: HeldTurn::default(),
        }
    }
}

/// A visitor, and the session when it was a session's cookie that said so.
#[derive(Clone, Debug)]
pub struct Identified {
    /// Who.
    pub visitor: Visitor,
    /// The session. Changing something through it needs its token.
    pub session: Option<Session>,
}

/// Why nobody can be logged in now.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The users cannot be read, or too many passwords are being checked.
    #[error(transparent)]
    Users(#[from] UserError),
    /// Wrong too often.
    #[error("there were too many wrong logins; try again in {retry_after_s} s")]
    TooMany {
        /// Seconds until the next try.
        retry_after_s: u64,
    },
    /// Too many ask.
    #[error("the controller has as much to answer as it can; ask again in a moment")]
    Overloaded,
}

/// Who sent a request: by Basic or Bearer credentials, else by the cookie named `cookie`. `None` when nobody is
/// logged in or the credentials are wrong.
///
/// # Errors
/// When it cannot be found out now.
pub async fn identify(
    controller: &Shared,
    parts: &Parts,
    cookie_name: &str,
) -> Result<Option<Identified>, LoginError> {
    let Some(mut found) = find(controller, parts, cookie_name).await? else { return Ok(None) };
    let Ok(turn) = controller.visitors.enter(&found.visitor.account).await else {
        Counters::add(&controller.counters.visitors_deferred, 1);
        return Err(LoginError::Overloaded);
    };
    found.visitor.turn = HeldTurn { _turn: Some(Arc::new(turn)) };
    Ok(Some(found))
}

async fn find(
    controller: &Shared,
    parts: &Parts,
    cookie_name: &str,
) -> Result<Option<Identified>, LoginError> {
    let address = address(controller, parts);
    if let Some(credentials) = basic(&parts.headers)
        && let Some(visitor) = by_password(controller, address, &credentials).await?
    {
        return Ok(Some(Identified { visitor, session: None }));
    }
    if let Some(visitor) = bearer(&parts.headers).and_then(|token| by_token(controller, address, token)) {
        return Ok(Some(Identified { visitor, session: None }));
    }
    let secret = match cookie(&parts.headers, PAGE_COOKIE_SECURE).filter(|_| cookie_name == PAGE_COOKIE) {
        Some(secret) => Some(secret),
        None => cookie(&parts.headers, cookie_name),
    };
    let Some(session) = secret.and_then(|secret| controller.sessions.find(secret, now_ms())) else {
        return Ok(None);
    };
    let user = controller.users.get(&session.account, session.user_id).filter(|user| user.enabled);
    let Some(user) = user.filter(|_| controller.accounts.is_enabled(&session.account)) else {
        return Ok(None);
    };
    let visitor = visitor(controller, &session.account, &user, address);
    Ok(Some(Identified { visitor, session: Some(session) }))
}

/// A user with what they may do.
#[must_use]
pub fn visitor(
    controller: &Controller,
    account: &str,
    user: &UserRecord,
    address: Option<IpAddr>,
) -> Visitor {
    Visitor {
        user: user.name.clone(),
        user_id: user.id(),
        account: account.to_owned(),
        permissions: controller.permissions_of_user(account, user),
        provider: user.provider.as_str(),
        address,
        turn: HeldTurn::default(),
    }
}

/// Where a request comes from: the other side of the connection, or, behind a proxy that was made known, what that
/// proxy says.
#[must_use]
pub fn address(controller: &Controller, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<Peer>()?.address.ip().to_canonical();
    if !controller.options.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    // The last entry is the proxy's own word; those before it anybody may have written.
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    last.and_then(|text| text.trim().parse::<IpAddr>().ok()).or(Some(peer))
}

/// Checks a password; `None` when it is wrong. Wrong ones are counted, logged, audited and limited.
///
/// # Errors
/// When it cannot be checked now, or there were too many wrong ones.
pub async fn by_password(
    controller: &Shared,
    address: Option<IpAddr>,
    credentials: &Credentials,
) -> Result<Option<Visitor>, LoginError> {
    let Credentials { user, account, password } = credentials;
    let now = now_ms();
    if let Some(retry_after_s) = controller.login_limits.wait_s(account, user, address, now) {
        Counters::add(&controller.counters.logins_limited, 1);
        return Err(LoginError::TooMany { retry_after_s });
    }
    let found = controller.users.check(account, user, password).await?;
    let Some(found) = found.filter(|_| controller.accounts.is_enabled(account)) else {
        controller.login_limits.failed(account, user, address, now);
        failed(controller, user, account, address).await;
        return Ok(None);
    };
    controller.login_limits.succeeded(account, user, address, now);
    Ok(Some(visitor(controller, account, &found, address)))
}

/// The API client of a token.
#[must_use]
pub fn by_token(controller: &Controller, address: Option<IpAddr>, token: &str) -> Option<Visitor> {
    let claims = controller.tokens.read(token, now_ms())?;
    let client = controller.api_clients.get(&claims.account, claims.client_id)?;
    let good = client.enabled
        && claims.issued_ms >= client.tokens_from_ms
        && controller.accounts.is_enabled(&claims.account);
    good.then(|| Visitor {
        permissions: controller.permissions_of_client(&claims.account, &client),
        user: client.name,
        user_id: claims.client_id,
        account: claims.account,
        provider: API_CLIENT,
        address,
        turn: HeldTurn::default(),
    })
}

/// Basic credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The account, `customer1` when it was not given.
    pub account: String,
    /// The password.
    pub password: String,
}

/// `Authorization: Basic base64("user@account:password")`. A user's name may contain `@`, an account's may not.
#[must_use]
pub fn basic(headers: &HeaderMap) -> Option<Credentials> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    let (user, account) = login.rsplit_once('@').unwrap_or((login, DEFAULT_ACCOUNT));
    Some(Credentials { user: user.to_owned(), account: account.to_owned(), password: password.to_owned() })
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `Authorization: Bearer <token>`.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Counts, logs and audits a login that failed.
pub async fn failed(controller: &Shared, user: &str, account: &str, address: Option<IpAddr>) {
    Counters::add(&controller.counters.logins_failed, 1);
    let who: String = format!("{user}@{account}").chars().take(100).collect();
    let place = address.map(|address| format!(" from {address}")).unwrap_or_default();
    log::line(&format!("a login as {who}{place} failed"));
    // Names of accounts that are not there must not make accounts.
    if controller.accounts.get(account).is_some() {
        let (shared, account) = (controller.clone(), account.to_owned());
        let nobody = Visitor { permissions: Permissions::NONE, address, ..Visitor::local(&account) };
        let nobody = Visitor { user: user.to_owned(), ..nobody };
        let written = tokio::task::spawn_blocking(move || {
            shared.audit(&nobody, Action::LoginFailed, &format!("user:{}", nobody.user));
        });
        let _ = written.await;
    }
}

/// A cookie no script can read and no other site can make a browser send; `secure`: only over TLS.
#[must_use]
pub fn session_cookie(
    name: &str,
    secret: &str,
    path: &str,
    lasting: bool,
    secure: bool,
) -> Option<HeaderValue> {
    let life = if lasting { "" } else { "; Max-Age=0" };
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={secret}; Path={path}; HttpOnly; SameSite=Strict{secure}{life}");
    HeaderValue::from_str(&text).ok()
}

/// The page's session cookie, under the name it has with or without TLS.
#[must_use]
pub fn page_cookie(controller: &Controller, secret: &str, lasting: bool) -> Option<HeaderValue> {
    let secure = controller.options.secure_cookies;
    session_cookie(if secure { PAGE_COOKIE_SECURE } else { PAGE_COOKIE }, secret, "/", lasting, secure)
}

/// The secret of the page's session.
#[must_use]
pub fn page_secret(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, PAGE_COOKIE_SECURE).or_else(|| cookie(headers, PAGE_COOKIE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HeaderName::from_static(name), value.parse().unwrap());
        headers
    }

    #[test]
    fn basic_credentials_in_all_their_spellings() {
        let check = |text: &str, expected: Option<(&str, &str, &str)>| {
            let found = basic(&headers("authorization", &format!("basic {}", STANDARD.encode(text))));
            let found = found.as_ref().map(|c| (c.user.as_str(), c.account.as_str(), c.password.as_str()));
            assert_eq!(found, expected, "{text}");
        };
        check("admin@customer1:pa:ss@word", Some(("admin", "customer1", "pa:ss@word")));
        check("admin:pw", Some(("admin", "customer1", "pw")));
        check("me@example.org@customer1:pw", Some(("me@example.org", "customer1", "pw")));
        check("nonsense", None);
        assert!(basic(&headers("authorization", "Basic !!!")).is_none());
        assert!(basic(&headers("authorization", "Bearer abc")).is_none());
    }

    #[test]
    fn cookies_are_found_among_others() {
        let headers = headers("cookie", "a=1; JSESSIONID=xyz; b=2");
        assert_eq!(cookie(&headers, "JSESSIONID"), Some("xyz"));
        assert_eq!(cookie(&headers, "SESSIONID"), None);
    }
}
