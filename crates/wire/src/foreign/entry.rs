//! What comes in, and what it is called.

use std::sync::Arc;

use tierline_model::SegmentKind;
use tierline_model::foreign::ForeignRequest;
use tierline_model::limits::USER_DATA_KEY_CHARS_MAX;
use tierline_model::name::{clean_bt_name, cut};

use super::Entry;
use super::bag::{self, Bag, as_text};
use crate::limits::{FOREIGN_DETAIL_CHARS_MAX, FOREIGN_DETAILS_MAX, FOREIGN_REQUEST_CHARS_MAX};

/// Attributes that carry a query, which may hold what nobody should keep.
const WITH_QUERY: [&str; 4] = ["url.full", "http.url", "http.target", "url.query"];

/// An entry of this kind.
pub(super) fn entry(kind: SegmentKind, span_name: &str, bag: &Bag<'_>) -> Entry {
    let name = match kind {
        SegmentKind::Server => request_name(bag),
        SegmentKind::Consumer => bag.text(bag::MESSAGING_DESTINATION).map(|name| name.into_owned()),
        SegmentKind::Internal => None,
    };
    Entry {
        kind,
        name: Arc::from(clean_bt_name(name.as_deref().unwrap_or(span_name))),
        details: details(bag),
        request: if kind == SegmentKind::Server { request(bag) } else { None },
    }
}

/// What naming rules may ask of the request.
fn request(bag: &Bag<'_>) -> Option<Box<ForeignRequest>> {
    let text =
        |names: &[&str]| bag.text(names).map(|text| cut(&text, FOREIGN_REQUEST_CHARS_MAX).into_owned());
    let target = text(&["http.target"]).or_else(|| text(bag::HTTP_URL).map(|url| path_of(&url).to_owned()));
    let target = target.unwrap_or_default();
    let (target_path, target_query) = target.split_once('?').unwrap_or((&target, ""));
    let path = text(&["url.path"]).unwrap_or_else(|| target_path.to_owned());
    if path.is_empty() {
        return None;
    }
    let mut headers = Vec::new();
    for (name, keys) in [
        ("host", &["http.request.header.host", "http.host", "server.address", "net.host.name"][..]),
        ("user-agent", &["user_agent.original", "http.user_agent"][..]),
    ] {
        headers.extend(text(keys).map(|value| (name.to_owned(), value)));
    }
    for (key, value) in bag.0 {
        if headers.len() < FOREIGN_DETAILS_MAX
            && let Some(name) = key.strip_prefix("http.request.header.")
            && let Some(value) = as_text(value)
        {
            let name = name.to_ascii_lowercase().replace('_', "-");
            headers.push((name, cut(&value, FOREIGN_REQUEST_CHARS_MAX).into_owned()));
        }
    }
    Some(Box::new(ForeignRequest {
        method: text(bag::HTTP_METHOD).unwrap_or_default(),
        query: text(&["url.query"]).unwrap_or_else(|| target_query.to_owned()),
        path,
        headers,
    }))
}

/// The route the framework matched, else service and method of a procedure call, else the first two segments of the
/// path, as our agents name requests.
fn request_name(bag: &Bag<'_>) -> Option<String> {
    if let Some(route) = bag.text(&["http.route"]) {
        return Some(parameters_without_braces(&route));
    }
    if let (Some(service), Some(method)) = (bag.text(&["rpc.service"]), bag.text(&["rpc.method"])) {
        return Some(format!("{service}/{method}"));
    }
    let target = bag.text(&["url.path", "http.target"]);
    let path = match &target {
        Some(target) => target.to_string(),
        None => path_of(&bag.text(bag::HTTP_URL)?).to_owned(),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).take(2).collect();
    Some(format!("/{}", segments.join("/")))
}

/// `/orders/{id}` as `/orders/:id`: braces are forbidden in BT names, and two spellings of one route are one BT.
fn parameters_without_braces(route: &str) -> String {
    let route =
        if route.starts_with('/') || route.starts_with('^') { route.to_owned() } else { format!("/{route}") };
    let mut name = String::with_capacity(route.len());
    for part in route.split_inclusive('/') {
        let (body, slash) = part.strip_suffix('/').map_or((part, ""), |body| (body, "/"));
        let inner = body
            .strip_prefix('{')
            .and_then(|body| body.strip_suffix('}'))
            .or_else(|| body.strip_prefix('<').and_then(|body| body.strip_suffix('>')));
        match inner {
            // Flask writes the converter before the name, FastAPI and ASP.NET behind it.
            Some(inner) if body.starts_with('<') => {
                name.push(':');
                name.push_str(inner.rsplit(':').next().unwrap_or(inner));
            }
            Some(inner) => {
                name.push(':');
                name.push_str(inner.split(':').next().unwrap_or(inner));
            }
            None => name.push_str(body),
        }
        name.push_str(slash);
    }
    name
}

/// The path of a URL.
pub(super) fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| rest.get(at..).unwrap_or("/"))
}

/// The attributes worth showing, cut.
pub(super) fn details(bag: &Bag<'_>) -> Vec<(Arc<str>, Arc<str>)> {
    bag.0
        .iter()
        .filter(|(key, _)| !WITH_QUERY.contains(&&**key))
        .filter_map(|(key, value)| {
            let value = as_text(value)?;
            Some((
                Arc::from(cut(key, USER_DATA_KEY_CHARS_MAX)),
                Arc::from(cut(&value, FOREIGN_DETAIL_CHARS_MAX)),
            ))
        })
        .take(FOREIGN_DETAILS_MAX)
        .collect()
}
