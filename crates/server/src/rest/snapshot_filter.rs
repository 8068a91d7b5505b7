//! The filters of `request-snapshots` (facts/controller-api 2.3). All optional, lists separated by commas.

use tierline_model::{AppId, BtId, CapturePolicy, ErrorId, Guid, NodeId, TierId, Verdict};
use tierline_store::{SegmentFilter, TimeRange};

use super::query::Parameters;
use crate::limits::{REST_SNAPSHOTS_MAX, REST_SNAPSHOTS_USUAL};

/// What is wanted.
#[derive(Debug)]
pub struct Wanted {
    /// What the store can tell apart; `None` when nothing can match.
    pub filter: Option<SegmentFilter>,
    /// Only with one of these errors; empty for any.
    pub error_ids: Vec<ErrorId>,
    /// Whether property arrays are filled.
    pub properties: bool,
    /// Whether exit calls are listed.
    pub exit_calls: bool,
    /// How many at most.
    pub limit: usize,
}

/// Reads the filters.
#[must_use]
pub fn wanted(parameters: &Parameters, app_id: AppId, range: TimeRange) -> Wanted {
    let limit = parameters.number("maximum-results").map_or(REST_SNAPSHOTS_USUAL, |limit| {
        usize::try_from(limit).unwrap_or(REST_SNAPSHOTS_MAX).clamp(1, REST_SNAPSHOTS_MAX)
    });
    Wanted {
        filter: filter(parameters, app_id, range, limit),
        error_ids: parameters
            .list("error-ids")
            .unwrap_or_default()
            .into_iter()
            .filter_map(|text| ErrorId::from_u64(text.parse().ok()?))
            .collect(),
        properties: parameters.flag("need-props") == Some(true),
        exit_calls: parameters.flag("need-exit-calls") == Some(true),
        limit,
    }
}

/// A list that was given but names nothing that can be matches nothing.
fn ids<T>(parameters: &Parameters, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    match parameters.list(name) {
        None => Some(Vec::new()),
        Some(texts) => {
            let ids: Vec<T> = texts.into_iter().filter_map(read).collect();
            (!ids.is_empty()).then_some(ids)
        }
    }
}

fn id<T>(text: &str, from_u64: impl Fn(u64) -> Option<T>) -> Option<T> {
    from_u64(text.parse().ok()?)
}

fn filter(parameters: &Parameters, app_id: AppId, range: TimeRange, limit: usize) -> Option<SegmentFilter> {
    // Nothing here has a web session or a user principal, and user data are the only collected data.
    let absent = ["session-id", "user-principal-id", "diagnostic-session-guid"];
    let other_data = parameters
        .text("data-collector-type")
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("Business data"));
    if absent.iter().any(|name| parameters.text(name).is_some()) || other_data {
        return None;
    }
    let mut policies: Vec<CapturePolicy> = ids(parameters, "deep-dive-policy", |text| text.parse().ok())?;
    if parameters.flag("diagnostic-snapshot") == Some(true) && policies.is_empty() {
        policies = vec![CapturePolicy::DiagnosticSession, CapturePolicy::OnDemand];
    }
    let duration_ms = parameters.number("execution-time-in-milis");
    let collector = parameters
        .text("data-collector-name")
        .map(|name| (name.to_owned(), parameters.text("data-collector-value").map(str::to_owned)));
    let mut verdicts: Vec<Verdict> = ids(parameters, "user-experience", |text| text.parse().ok())?;
    if parameters.flag("bad-request") == Some(true) && verdicts.is_empty() {
        verdicts = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Normal).collect();
    }
    let has_errors = parameters.flag("error-occured").or_else(|| parameters.flag("error-occurred"));
    Some(SegmentFilter {
        archived: parameters.flag("archived"),
        range: Some(range),
        app_id: Some(app_id),
        tier_ids: ids(parameters, "application-component-ids", |t| id(t, TierId::from_u64))?,
        node_ids: ids(parameters, "application-component-node-ids", |t| id(t, NodeId::from_u64))?,
        bt_ids: ids(parameters, "business-transaction-ids", |t| id(t, BtId::from_u64))?,
        guids: ids(parameters, "guids", |text| text.parse::<Guid>().ok())?,
        verdicts,
        policies,
        has_errors,
        first_in_chain: parameters.flag("first-in-chain"),
        duration_ns_min: duration_ms.map(|ms| ms.saturating_mul(1_000_000)),
        backend_id: None,
        user_data: collector,
        after: parameters.text("after").map(str::to_owned),
        limit,
    })
}
