//! The page, built into the binary (a debug build reads `ui/dist` from disk).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";

/// Hashed by their content and so never changed under one name.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Asked for again every time, answered with 304 when it is the same.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// A file of the page; for every address that is none, the page itself, which knows its own addresses.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    // Names of files have no escapes and never lead upwards; whatever has is an address of the page.
    let plain = !path.is_empty() && !path.contains("..") && !path.contains(['%', '\\', '\0']);
    if let Some(file) = plain.then(|| file(path, &headers)).flatten() {
        return file;
    }
    if path.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "There is no such file; reload the page.").into_response();
    }
    file(INDEX, &headers).unwrap_or_else(|| (StatusCode::OK, Html(NOT_BUILT)).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    // Compressed when the page was built, if at all.
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| {
            accepted.split(',').any(|a| a.split(';').next().is_some_and(|a| a.trim() == *name))
        })
        .find_map(|(name, suffix)| Some((Some(name), Files::get(&format!("{path}{suffix}"))?)));
    let (encoding, found) = match packed {
        Some(packed) => packed,
        None => (None, Files::get(path)?),
    };
    let hash: String =
        found.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let unchanged =
        headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(found.data))
    };
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    to.insert(header::CACHE_CONTROL, if path.starts_with("assets/") { IMMUTABLE } else { REVALIDATE });
    to.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        to.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The kinds of files a page is made of; a browser must not guess.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Shown by a binary that was built without the page.
const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><title>Tierline</title></head>
<body>
<h1>The controller is running, but its page was not built</h1>
<p>Build the page, then the binary again:</p>
<pre>cd ui
npm ci
npm run build
cargo build --release -p tierline-server</pre>
<p>or all of it with <code>cargo xtask dist</code>. The REST API under <code>/controller/rest</code> works without it.</p>
</body>
</html>
";
