//! OAuth client credentials: `POST /controller/api/oauth/access_token` (facts/controller-api 1, RFC 6749 4.4).

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::access_keys::DEFAULT_ACCOUNT;
use crate::controller::{Shared, now_ms};
use crate::counters::Counters;
use crate::limits::OAUTH_BODY_BYTES_MAX;
use crate::login::{self, Credentials};
use crate::rest::call::{Call, Calls};
use crate::rest::shape::Shape;
use crate::tokens::Claims;

/// The call.
#[must_use]
pub fn calls() -> Calls {
    let refused = || Shape::Record(vec![("error", Shape::Text), ("error_description", Shape::Text)]);
    let token =
        vec![("access_token", Shape::Text), ("expires_in", Shape::Number), ("token_type", Shape::Text)];
    let call = Call::post("/api/oauth/access_token", "oauth_token", "A token for an API client.")
        .open()
        .note("Client credentials of RFC 6749. A token ends by itself; ask for the next one before that.")
        .takes(
            &["application/x-www-form-urlencoded", "application/vnd.appd.cntrl+protobuf"],
            "`grant_type`, `client_id` (`NAME@ACCOUNT`) and `client_secret` as a form, under either media type.",
            "grant_type=client_credentials&client_id=mine@customer1&client_secret=…",
        )
        .answers_json(200, "The token and how many seconds it lives.", Shape::Record(token));
    let call = [
        (400, "It is not such a form."),
        (401, "The client or its secret is wrong."),
        (413, "The form is too long."),
        (429, "Too many wrong secrets; come back after Retry-After seconds."),
    ]
    .into_iter()
    .fold(call, |call, (status, about)| call.answers_json(status, about, refused()));
    Calls::default().add(call, token_call)
}

/// Why there is no token (RFC 6749, 5.2).
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after_s: None }
    }

    fn wrong_client() -> Self {
        let text = "client_id is NAME@ACCOUNT; it or client_secret is wrong, or the client is disabled";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", text)
    }
}

async fn token_call(State(controller): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = match axum::body::to_bytes(body, OAUTH_BODY_BYTES_MAX).await {
        Ok(body) => grant(&controller, &parts, &body).await,
        Err(_) => Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the form is too long")),
    };
    let mut response = match answer {
        Ok(text) => text.into_response(),
        Err(refusal) => {
            let text = json!({ "error": refusal.error, "error_description": refusal.description });
            let mut response = (refusal.status, text.to_string()).into_response();
            if let Some(seconds) = refusal.retry_after_s {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn grant(
    controller: &Shared,
    parts: &axum::http::request::Parts,
    body: &Bytes,
) -> Result<String, Refusal> {
    let form = form(body);
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    if field("grant_type") != Some("client_credentials") {
        let text = "send grant_type=client_credentials, client_id and client_secret as a form";
        let error = if field("grant_type").is_some() { "unsupported_grant_type" } else { "invalid_request" };
        return Err(Refusal::new(StatusCode::BAD_REQUEST, error, text));
    }
    // RFC 6749, 2.3.1 lets a client say who it is by Basic too; some send a user's Basic besides, which the form
    // overrules.
    let (id, secret) = match (field("client_id"), field("client_secret")) {
        (Some(id), Some(secret)) => (id.to_owned(), secret.to_owned()),
        _ => match login::basic(&parts.headers) {
            Some(Credentials { user, account, password }) => (format!("{user}@{account}"), password),
            None => return Err(Refusal::wrong_client()),
        },
    };
    let (name, account) = id.rsplit_once('@').unwrap_or((&id, DEFAULT_ACCOUNT));
    let address = login::address(controller, parts);
    let now = now_ms();
    // Clients and users share the limit of an address, never that of a name.
    let limited_as = format!("client {name}");
    if let Some(seconds) = controller.login_limits.wait_s(account, &limited_as, address, now) {
        Counters::add(&controller.counters.logins_limited, 1);
        let text = "too many wrong secrets; try again later";
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "invalid_client", text);
        return Err(Refusal { retry_after_s: Some(seconds), ..refusal });
    }
    let client = controller.api_clients.by_name(account, name);
    let good = client.filter(|client| client.has_secret(&secret) && client.enabled);
    let Some(client) = good.filter(|_| controller.accounts.is_enabled(account)) else {
        controller.login_limits.failed(account, &limited_as, address, now);
        login::failed(controller, &limited_as, account, address).await;
        return Err(Refusal::wrong_client());
    };
    controller.login_limits.succeeded(account, &limited_as, address, now);
    let claims = Claims {
        account: account.to_owned(),
        client_id: client.id,
        issued_ms: now,
        expires_ms: now + client.token_life_s * 1_000,
    };
    Counters::add(&controller.counters.tokens_issued, 1);
    let token = controller.tokens.issue(&claims);
    Ok(json!({ "access_token": token, "expires_in": client.token_life_s, "token_type": "Bearer" })
        .to_string())
}

/// `a=b&c=d` with `+` and percent escapes, whatever the content type says: clients send the same form under two.
#[must_use]
pub fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    text.trim()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (unescape(key), unescape(value)))
        .collect()
}

/// Escapes what may not stand in a form or a query.
#[must_use]
pub fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// Resolves `+` and percent escapes; what is none stays.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = match (first, tail) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                digit(*high).zip(digit(*low)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            }
            _ => None,
        };
        match escape {
            Some(byte) => bytes.push(byte),
            None => bytes.push(if *first == b'+' { b' ' } else { *first }),
        }
        rest = tail.get(if escape.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let read = form(b"grant_type=client_credentials&client_id=a%40b&client_secret=x+y%zz%2");
        let expected =
            [("grant_type", "client_credentials"), ("client_id", "a@b"), ("client_secret", "x y%zz%2")];
        let expected: Vec<_> = expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(read, expected);
        assert_eq!(form(b""), []);
        assert_eq!(form(&[0xff, b'=', 0xfe]).len(), 1);
    }
}
