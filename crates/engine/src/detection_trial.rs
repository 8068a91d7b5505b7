//! What detection rules would call requests, tried before they are written: requests that were kept lately, and such as
//! people type.
//!
//! Our agents keep no URL unless a data collector says so; other OpenTelemetry SDKs report the path as an attribute.
//! Where neither is known, the name of a BT that is a path stands for the request, and the answer says so.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tierline_model::data_collector::CollectedValue;
use tierline_model::detection::{Detected, Detector, Request};
use tierline_model::name::clean_bt_name;
use tierline_model::{AgentConfig, BtId, EntryType, Guid, TierId};
use tierline_store::{Entities, SegmentFilter};

use crate::agent_configuration::{ConfigurationError, effective, effective_with};
use crate::limits::{TRIAL_EXECUTIONS_MAX, TRIAL_EXECUTIONS_PER_BT_MAX, TRIAL_SEGMENTS_MAX};
use crate::scope::Scope;

/// A request as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TriedRequest {
    /// The kind of agent that sees it.
    pub entry_type: EntryType,
    /// `GET`, …; empty when it is not known.
    pub method: String,
    /// The path, without query.
    pub path: String,
    /// The query, without `?`; may be empty.
    pub query: String,
    /// Headers with their names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Request for TriedRequest {
    fn method(&self) -> &str {
        &self.method
    }
    fn path(&self) -> &str {
        &self.path
    }
    fn query(&self) -> &str {
        &self.query
    }
    fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get(name).map(|value| Cow::Borrowed(value.as_str()))
    }
}

/// What a request is called now, and would be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// The request.
    pub request: TriedRequest,
    /// Its name by the rules that are written; `None` when it is no BT.
    pub now: Option<String>,
    /// Its name by the rules that are tried; `None` when it would be no BT.
    pub then: Option<String>,
}

/// A request that was kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TriedExecution {
    /// What became of it.
    pub tried: Tried,
    /// The execution.
    pub guid: Guid,
    /// When it began, milliseconds since 1970.
    pub start_ms: u64,
    /// The tier it entered.
    pub tier_id: TierId,
    /// The name it was measured under.
    pub bt_name: String,
    /// Whether only the name is known and stands for the path.
    pub only_name: bool,
}

/// What was tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Trial {
    /// What agents would be told.
    pub effective: AgentConfig,
    /// Requests that were kept, newest first, each method and path once.
    pub executions: Vec<TriedExecution>,
    /// Requests that were typed.
    pub typed: Vec<Tried>,
}

/// Tries a patch for the application, or for a tier of it.
///
/// # Errors
/// When the patch cannot mean anything or the store cannot be read.
pub fn trial(
    scope: Scope<'_>,
    tier: Option<TierId>,
    patch: &Value,
    typed: Vec<TriedRequest>,
) -> Result<Trial, ConfigurationError> {
    let (store, account, app_id) = (scope.store, scope.account, scope.app_id);
    let wanted = effective_with(store, account, app_id, tier, Some((tier, patch)))?;
    let mut rules = Rules { scope, instead: (tier, patch), by_tier: HashMap::new() };
    let executions = recent(scope, tier, &mut rules)?;
    let typed = typed.into_iter().map(|request| rules.try_on(tier, request)).collect::<Result<_, _>>()?;
    Ok(Trial { effective: wanted, executions, typed })
}

/// The rules of a tier, those that are written and those that are tried.
struct Rules<'a> {
    scope: Scope<'a>,
    instead: (Option<TierId>, &'a Value),
    by_tier: HashMap<Option<TierId>, (AgentConfig, AgentConfig)>,
}

impl Rules<'_> {
    fn of(&mut self, tier: Option<TierId>) -> Result<&(AgentConfig, AgentConfig), ConfigurationError> {
        let Scope { store, account, app_id, .. } = self.scope;
        if !self.by_tier.contains_key(&tier) {
            let now = effective(store, account, app_id, tier)?;
            let then = effective_with(store, account, app_id, tier, Some(self.instead))?;
            self.by_tier.insert(tier, (now, then));
        }
        self.by_tier.get(&tier).ok_or_else(|| ConfigurationError::Invalid("it is gone".to_owned()))
    }

    fn try_on(&mut self, tier: Option<TierId>, request: TriedRequest) -> Result<Tried, ConfigurationError> {
        let (now, then) = self.of(tier)?;
        let name = |config: &AgentConfig| -> Result<Option<String>, ConfigurationError> {
            let detector = Detector::new(&config.detection, request.entry_type)
                .map_err(|error| ConfigurationError::Invalid(error.to_string()))?;
            Ok(match detector.detect(&request) {
                Detected::Named(name) => Some(clean_bt_name(&name).into_owned()),
                Detected::Excluded => None,
            })
        };
        let (now, then) = (name(now)?, name(then)?);
        Ok(Tried { request, now, then })
    }
}

/// Requests of our agents and of others that were kept in the scope's time.
fn recent(
    scope: Scope<'_>,
    tier: Option<TierId>,
    rules: &mut Rules<'_>,
) -> Result<Vec<TriedExecution>, ConfigurationError> {
    let filter = SegmentFilter {
        range: Some(scope.range),
        app_id: Some(scope.app_id),
        tier_ids: tier.into_iter().collect(),
        first_in_chain: Some(true),
        limit: TRIAL_SEGMENTS_MAX,
        ..SegmentFilter::default()
    };
    let page = scope.store.segments(scope.account, &filter)?;
    let entities = scope.store.entities(scope.account, scope.app_id)?;
    let (mut per_bt, mut read) = (HashMap::<BtId, usize>::new(), 0);
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for summary in page.segments {
        let of_bt = per_bt.entry(summary.bt_id).or_default();
        if *of_bt >= TRIAL_EXECUTIONS_PER_BT_MAX || read >= TRIAL_EXECUTIONS_MAX {
            continue;
        }
        *of_bt += 1;
        read += 1;
        let records = scope.store.execution(scope.account, summary.guid)?;
        let Some(record) = records.into_iter().find(|record| record.segment.span_id == summary.span_id)
        else {
            continue;
        };
        let Some((bt_name, entry_type, other)) = origin(&entities, summary.bt_id) else { continue };
        let collected = rules.of(Some(summary.tier_id))?.0.data_collectors.iter();
        let sources = collected.map(|collector| (collector.name.as_str(), &collector.value)).collect();
        let known = request_of(&record.segment.user_data, &sources, entry_type);
        let (request, only_name) = match known {
            Some(request) => (request, false),
            None if bt_name.starts_with('/') && !other => (by_name(&bt_name, entry_type), true),
            None => continue,
        };
        if seen.insert((summary.tier_id, request.method.clone(), request.path.clone())) {
            found.push(TriedExecution {
                tried: rules.try_on(Some(summary.tier_id), request)?,
                guid: summary.guid,
                start_ms: summary.start_unix_ns / 1_000_000,
                tier_id: summary.tier_id,
                bt_name,
                only_name,
            });
        }
    }
    Ok(found)
}

fn origin(entities: &Entities, bt: BtId) -> Option<(String, EntryType, bool)> {
    let bt = entities.bts.iter().find(|one| one.id == bt)?;
    Some((bt.name.to_string(), bt.entry_type, bt.other_traffic))
}

fn by_name(name: &str, entry_type: EntryType) -> TriedRequest {
    TriedRequest {
        entry_type,
        method: String::new(),
        path: name.to_owned(),
        query: String::new(),
        headers: BTreeMap::new(),
    }
}

/// A URL as it was sent, cut into path and query.
#[must_use]
pub fn path_and_query(url: &str) -> (String, String) {
    let target = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => url,
    };
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (path.to_owned(), query.to_owned())
}

/// The request that user data tell of; `None` when they know no path.
fn request_of(
    user_data: &[(std::sync::Arc<str>, std::sync::Arc<str>)],
    collected: &HashMap<&str, &CollectedValue>,
    entry_type: EntryType,
) -> Option<TriedRequest> {
    let mut request = by_name("", entry_type);
    for (key, value) in user_data {
        match (&**key, collected.get(&**key)) {
            (_, Some(CollectedValue::Url)) | ("url.path" | "http.target", _) => {
                (request.path, request.query) = path_and_query(value);
            }
            (_, Some(CollectedValue::Method)) | ("http.request.method" | "http.method", _) => {
                request.method = value.to_string();
            }
            (_, Some(CollectedValue::Header { name })) => {
                request.headers.insert(name.to_ascii_lowercase(), value.to_string());
            }
            (_, Some(CollectedValue::Cookie { name })) => {
                let cookies = request.headers.entry("cookie".to_owned()).or_default();
                cookies.push_str(if cookies.is_empty() { "" } else { "; " });
                cookies.push_str(&format!("{name}={value}"));
            }
            ("server.address" | "http.host", None) => {
                request.headers.insert("host".to_owned(), value.to_string());
            }
            (key, None) => {
                if let Some(name) = key.strip_prefix("http.request.header.") {
                    request.headers.insert(name.to_ascii_lowercase(), value.to_string());
                }
            }
            _ => {}
        }
    }
    (!request.path.is_empty()).then_some(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_tell_of_a_request() {
        let user_data = [
            ("http.request.method", "POST"),
            ("url.path", "/cart/7?x=1#y"),
            ("http.request.header.X-Team", "red"),
            ("Kind", "vip"),
        ]
        .map(|(key, value)| (std::sync::Arc::from(key), std::sync::Arc::from(value)));
        let cookie = CollectedValue::Cookie { name: "kind".to_owned() };
        let request =
            request_of(&user_data, &HashMap::from([("Kind", &cookie)]), EntryType::NodejsWeb).unwrap();
        assert_eq!((request.method(), request.path(), request.query()), ("POST", "/cart/7", "x=1"));
        assert_eq!(request.header("x-team").as_deref(), Some("red"));
        assert_eq!(tierline_model::detection::cookie(&request, "kind").as_deref(), Some("vip"));
        assert_eq!(request_of(&[], &HashMap::new(), EntryType::NodejsWeb), None);
    }

    #[test]
    fn a_url_is_cut() {
        for (url, path, query) in [
            ("http://shop/cart?a=b", "/cart", "a=b"),
            ("https://shop", "/", ""),
            ("/x/y", "/x/y", ""),
            ("/x?y?z#w", "/x", "y?z"),
        ] {
            assert_eq!(path_and_query(url), (path.to_owned(), query.to_owned()));
        }
    }
}
