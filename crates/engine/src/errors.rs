//! Errors grouped by type and place, from kept executions. Executions in error are always kept until an agent's memory is
//! full, which it says.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tierline_model::{BtId, ErrorId, ErrorRecord, Guid, NodeId, TierId, VerdictCounts};
use tierline_store::{MetricRow, SegmentFilter, SegmentSummary, StoreError, TimeRange};

use crate::limits::{ERROR_DETAILS_MAX, ERROR_GROUPS_MAX, ERROR_SNAPSHOTS_MAX};
use crate::metric_data::reported;
use crate::metric_tree::Key;
use crate::scope::Scope;
use crate::series::Steps;

/// Shown for errors that have no type.
pub const UNTYPED: &str = "Error";

/// Snapshots shown with a group.
const SNAPSHOTS_SHOWN: usize = 20;

/// Errors of one type on one tier.
#[derive(Clone, Debug)]
pub struct ErrorGroup {
    /// The type's id within the application.
    pub id: ErrorId,
    /// The type.
    pub type_name: String,
    /// Where they happen.
    pub tier_id: TierId,
    /// The newest message.
    pub message: String,
    /// Segments with such an error as their first.
    pub count: u64,
    /// The oldest one in the time looked at, milliseconds since 1970.
    pub first_ms: u64,
    /// The newest one.
    pub last_ms: u64,
    /// How many per step of [`Errors::steps`].
    pub trend: Vec<u64>,
    /// The BTs they happened in, most first.
    pub bts: Vec<(BtId, u64)>,
    /// The newest snapshots.
    pub snapshots: Vec<SegmentSummary>,
}

/// Groups of errors.
#[derive(Clone, Debug)]
pub struct Errors {
    /// Most first.
    pub groups: Vec<ErrorGroup>,
    /// How the trends are cut.
    pub steps: Steps,
    /// Whether there were more snapshots or groups than are looked at: then only the newest are counted.
    pub truncated: bool,
}

/// Which errors.
#[derive(Clone, Debug, Default)]
pub struct ErrorFilter {
    /// Only on this tier.
    pub tier_id: Option<TierId>,
    /// Only in this BT.
    pub bt_id: Option<BtId>,
    /// Only of this type.
    pub error_id: Option<ErrorId>,
}

/// The errors of an application, by type and tier.
///
/// # Errors
/// When the store cannot be read.
pub fn error_groups(scope: Scope<'_>, filter: &ErrorFilter) -> Result<Errors, StoreError> {
    let application = application_name(scope)?;
    let steps = Steps::spark(scope.range);
    let mut groups: HashMap<(TierId, String), ErrorGroup> = HashMap::new();
    let (segments, mut truncated) = segments(scope, filter)?;
    for segment in segments {
        let (type_name, message) = split(&segment.error_summary);
        let id = ErrorId::of(&application, type_name);
        if filter.error_id.is_some_and(|wanted| wanted != id) {
            continue;
        }
        let known = groups.len();
        let group = groups.entry((segment.tier_id, type_name.to_owned())).or_insert_with(|| ErrorGroup {
            id,
            type_name: type_name.to_owned(),
            tier_id: segment.tier_id,
            message: message.to_owned(),
            count: 0,
            first_ms: u64::MAX,
            last_ms: 0,
            trend: vec![0; steps.count],
            bts: Vec::new(),
            snapshots: Vec::new(),
        });
        if known >= ERROR_GROUPS_MAX && group.count == 0 {
            groups.remove(&(segment.tier_id, type_name.to_owned()));
            truncated = true;
            continue;
        }
        group.add(segment, &steps);
    }
    let mut groups: Vec<ErrorGroup> = groups.into_values().collect();
    for group in &mut groups {
        group.bts.sort_by_key(|(bt, count)| (std::cmp::Reverse(*count), *bt));
    }
    groups.sort_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| (&a.type_name, a.tier_id).cmp(&(&b.type_name, b.tier_id)))
    });
    Ok(Errors { groups, steps, truncated })
}

impl ErrorGroup {
    fn add(&mut self, segment: SegmentSummary, steps: &Steps) {
        let at_ms = segment.start_unix_ns / 1_000_000;
        self.count += 1;
        self.first_ms = self.first_ms.min(at_ms);
        self.last_ms = self.last_ms.max(at_ms);
        let step = at_ms.checked_sub(steps.from_ms).map(|since| since / steps.step_ms());
        if let Some(slot) = step.and_then(|step| self.trend.get_mut(usize::try_from(step).ok()?)) {
            *slot += 1;
        }
        match self.bts.iter_mut().find(|(bt, _)| *bt == segment.bt_id) {
            Some((_, count)) => *count += 1,
            None => self.bts.push((segment.bt_id, 1)),
        }
        if self.snapshots.len() < SNAPSHOTS_SHOWN {
            self.snapshots.push(segment);
        }
    }
}

/// The newest segments with errors, and whether there were more.
fn segments(scope: Scope<'_>, filter: &ErrorFilter) -> Result<(Vec<SegmentSummary>, bool), StoreError> {
    let mut found = Vec::new();
    let mut filter = SegmentFilter {
        range: Some(scope.range),
        app_id: Some(scope.app_id),
        tier_ids: filter.tier_id.into_iter().collect(),
        bt_ids: filter.bt_id.into_iter().collect(),
        has_errors: Some(true),
        limit: 1_000,
        ..SegmentFilter::default()
    };
    loop {
        let page = scope.store.segments(scope.account, &filter)?;
        found.extend(page.segments);
        filter.after = page.next;
        if filter.after.is_none() || found.len() >= ERROR_SNAPSHOTS_MAX {
            break;
        }
    }
    let truncated = filter.after.is_some() || found.len() > ERROR_SNAPSHOTS_MAX;
    found.truncate(ERROR_SNAPSHOTS_MAX);
    Ok((found, truncated))
}

/// Type and message of a summary as the store writes it: `type: message`, or one of both.
fn split(summary: &str) -> (&str, &str) {
    let typed = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    match summary.split_once(": ") {
        Some((type_name, message)) if typed(type_name) => (type_name, message),
        _ if typed(summary) => (summary, ""),
        _ => (UNTYPED, summary),
    }
}

fn application_name(scope: Scope<'_>) -> Result<String, StoreError> {
    let all = scope.store.applications(scope.account)?;
    let found = all.into_iter().find(|application| application.id == scope.app_id);
    Ok(found.map_or_else(String::new, |application| application.name.to_string()))
}

/// The types of errors each tier had, and on which nodes.
pub(crate) type ErrorTypes = BTreeMap<TierId, BTreeMap<String, (ErrorId, BTreeSet<NodeId>)>>;

/// Types of errors by tier: of the newest executions only, when there are many.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn types(scope: Scope<'_>) -> Result<ErrorTypes, StoreError> {
    let application = application_name(scope)?;
    let mut types = ErrorTypes::new();
    for segment in segments(scope, &ErrorFilter::default())?.0 {
        let (type_name, _) = split(&segment.error_summary);
        let of_tier = types.entry(segment.tier_id).or_default();
        if of_tier.len() >= ERROR_GROUPS_MAX && !of_tier.contains_key(type_name) {
            continue;
        }
        let id = ErrorId::of(&application, type_name);
        of_tier
            .entry(type_name.to_owned())
            .or_insert_with(|| (id, BTreeSet::new()))
            .1
            .insert(segment.node_id);
    }
    Ok(types)
}

/// Errors per node and minute of the keys asked for, each with a type and a tier.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn rows(
    scope: Scope<'_>,
    keys: &HashSet<Key>,
) -> Result<HashMap<Key, Vec<MetricRow>>, StoreError> {
    let application = application_name(scope)?;
    let mut counts: BTreeMap<(Key, u64, NodeId), u64> = BTreeMap::new();
    for segment in segments(scope, &ErrorFilter::default())?.0 {
        let id = ErrorId::of(&application, split(&segment.error_summary).0);
        let at_ms = segment.start_unix_ns / 1_000_000;
        let of_tier = Key { tier: Some(segment.tier_id), error: Some(id), ..Key::default() };
        for key in [of_tier, Key { node: Some(segment.node_id), ..of_tier }] {
            if keys.contains(&key) {
                *counts.entry((key, at_ms - at_ms % 60_000, segment.node_id)).or_default() += 1;
            }
        }
    }
    let mut rows: HashMap<Key, Vec<MetricRow>> = HashMap::new();
    for ((key, minute_ms, node), count) in counts {
        let verdicts = VerdictCounts { error: count, ..VerdictCounts::default() };
        let row = MetricRow { count, verdicts, ..reported(minute_ms, node) };
        rows.entry(key).or_default().push(row);
    }
    Ok(rows)
}

/// A place in the program where errors of one type come from.
#[derive(Clone, Debug)]
pub struct ErrorPlace {
    /// The innermost line of the stack; the backend for an exit call without stack; empty when nothing is known.
    pub place: String,
    /// How many of the snapshots that were read.
    pub count: u64,
    /// The newest message.
    pub message: String,
    /// The newest stack, may be empty.
    pub stack: String,
    /// The newest snapshot.
    pub guid: Guid,
    /// When that was, milliseconds since 1970.
    pub last_ms: u64,
}

/// Where the errors of a group come from: the stacks of its newest snapshots.
///
/// # Errors
/// When the store cannot be read.
pub fn places(scope: Scope<'_>, group: &ErrorGroup) -> Result<Vec<ErrorPlace>, StoreError> {
    let mut places: BTreeMap<String, ErrorPlace> = BTreeMap::new();
    let range = TimeRange { start_ms: group.first_ms, end_ms: group.last_ms + 1 };
    let filter = ErrorFilter { tier_id: Some(group.tier_id), bt_id: None, error_id: Some(group.id) };
    let (segments, _) = segments(Scope { range, ..scope }, &filter)?;
    let same = segments.iter().filter(|segment| split(&segment.error_summary).0 == group.type_name);
    for summary in same.take(ERROR_DETAILS_MAX) {
        let records = scope.store.execution(scope.account, summary.guid)?;
        let Some(record) = records.iter().find(|r| r.segment.span_id == summary.span_id) else { continue };
        let segment = &record.segment;
        let own = segment.errors.iter().map(|error| (error, ""));
        let called = segment
            .exit_calls
            .iter()
            .flat_map(|exit| exit.errors.iter().map(|error| (error, &*exit.backend.name)));
        let typed = |error: &ErrorRecord| {
            *error.type_name == *group.type_name || (error.type_name.is_empty() && group.type_name == UNTYPED)
        };
        let Some((error, backend)) = own.chain(called).find(|(error, _)| typed(error)) else { continue };
        let place = innermost(&error.stack).unwrap_or(backend).to_owned();
        let last_ms = summary.start_unix_ns / 1_000_000;
        let known = places.entry(place.clone()).or_insert_with(|| ErrorPlace {
            place,
            count: 0,
            message: error.message.to_string(),
            stack: error.stack.to_string(),
            guid: summary.guid,
            last_ms,
        });
        known.count += 1;
    }
    let mut places: Vec<ErrorPlace> = places.into_values().collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.count, place.last_ms)));
    Ok(places)
}

/// The line of a stack where the error was raised: Python's last `File …` line, else the first `at …` line.
fn innermost(stack: &str) -> Option<&str> {
    let python = stack.lines().rev().map(str::trim).find(|line| line.starts_with("File \""));
    python.or_else(|| stack.lines().map(str::trim).find(|line| line.starts_with("at ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_messages() {
        assert_eq!(split("ValueError: no such item: 5"), ("ValueError", "no such item: 5"));
        assert_eq!(split("ValueError"), ("ValueError", ""));
        assert_eq!(split("it went wrong: badly"), (UNTYPED, "it went wrong: badly"));
        assert_eq!(split(""), (UNTYPED, ""));
    }

    #[test]
    fn places_of_both_languages() {
        let python =
            "Traceback\n  File \"a.py\", line 1, in f\n    g()\n  File \"b.py\", line 7, in g\n    x";
        assert_eq!(innermost(python), Some("File \"b.py\", line 7, in g"));
        assert_eq!(innermost("Error: x\n    at f (a.js:1:2)\n    at g"), Some("at f (a.js:1:2)"));
        assert_eq!(innermost(""), None);
    }
}
