//! Who is asking: Basic credentials, or the cookie of a session.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access_keys::DEFAULT_ACCOUNT;
use crate::controller::{Controller, Shared, now_ms};
use crate::counters::Counters;
use crate::permissions::{Forbidden, Permission, Permissions};
use crate::sessions::Session;
use crate::users::{ADMIN, UserError};
use crate::{log, roles};

/// The page's session cookie.
pub const PAGE_COOKIE: &str = "TIERLINE_SESSION";

/// The REST API's session cookie, named as clients expect it (facts/controller-api 1).
pub const REST_COOKIE: &str = "JSESSIONID";

/// The header that repeats a session's CSRF token, and the REST API's cookie that hands it out.
pub const CSRF_NAME: &str = "X-CSRF-TOKEN";

/// Somebody whose identity is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The user, or the API client.
    pub user: String,
    /// The account: nobody sees anything of another one.
    pub account: String,
    /// What they may do.
    pub permissions: Permissions,
}

impl Visitor {
    /// Asks whether they may; every handler that shows or changes something begins with this.
    ///
    /// # Errors
    /// When they may not.
    pub fn must(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.permissions.has(permission) { Ok(()) } else { Err(Forbidden(permission)) }
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
}

/// Who sent a request: by Basic or Bearer credentials, else by the cookie named `cookie`. `None` when nobody is
/// logged in or the credentials are wrong.
///
/// # Errors
/// When it cannot be found out now.
pub async fn identify(
    controller: &Shared,
    parts: &Parts,
    cookie: &str,
) -> Result<Option<Identified>, LoginError> {
    if let Some(visitor) = by_basic(controller, &parts.headers).await? {
        return Ok(Some(Identified { visitor, session: None }));
    }
    let Some(session) = by_cookie(controller, &parts.headers, cookie) else { return Ok(None) };
    let visitor = visitor(&session.account, &session.user);
    Ok(Some(Identified { visitor, session: Some(session) }))
}

/// A user with what they may do.
fn visitor(account: &str, user: &str) -> Visitor {
    let permissions = if user == ADMIN { roles::ACCOUNT_ADMINISTRATOR } else { roles::USER }.permissions;
    Visitor { user: user.to_owned(), account: account.to_owned(), permissions }
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

/// Checks Basic credentials; `None` when they are absent or wrong.
///
/// # Errors
/// When they cannot be checked now.
pub async fn by_basic(controller: &Shared, headers: &HeaderMap) -> Result<Option<Visitor>, UserError> {
    let Some(Credentials { user, account, password }) = basic(headers) else { return Ok(None) };
    if controller.users.check(&account, &user, &password).await? {
        return Ok(Some(visitor(&account, &user)));
    }
    failed(controller, &user, &account);
    Ok(None)
}

/// Counts and logs a login that failed.
pub fn failed(controller: &Controller, user: &str, account: &str) {
    Counters::add(&controller.counters.logins_failed, 1);
    let who: String = format!("{user}@{account}").chars().take(100).collect();
    log::line(&format!("a login as {who} failed"));
}

/// The session whose cookie was sent.
#[must_use]
pub fn by_cookie(controller: &Controller, headers: &HeaderMap, name: &str) -> Option<Session> {
    controller.sessions.find(cookie(headers, name)?, now_ms())
}

/// A cookie no script can read and no other site can make a browser send.
#[must_use]
pub fn session_cookie(name: &str, secret: &str, path: &str, lasting: bool) -> Option<HeaderValue> {
    let life = if lasting { "" } else { "; Max-Age=0" };
    HeaderValue::from_str(&format!("{name}={secret}; Path={path}; HttpOnly; SameSite=Strict{life}")).ok()
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
