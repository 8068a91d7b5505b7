//! Violations of health rules: opened, upgraded, downgraded, told of again, closed.
//!
//! Those that are open are one document per application; those that are closed are in the journal's stream
//! `violations`, at the time they ended.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use tierline_model::AppId;
use tierline_store::{DocumentChange, JournalFilter, JournalRecord, Store, StoreError, TimeRange};

use crate::alerting::{self, AlertingError, HealthRule, HealthRuleSuppression, Schedule, Versioned};
use crate::baselines::BaselineCache;
use crate::evaluation::{Evaluator, Finding, Level, looks_at_errors};
use crate::events::{self, EntityRef, Event, Severity};
use crate::limits::VIOLATIONS_OPEN_MAX;
use crate::metric_data::MetricDataError;
use crate::metric_tree::MetricTree;
use crate::scope::Scope;
use crate::transactions_admin;

/// The journal's stream of closed violations.
pub const STREAM: &str = "violations";

/// The kind of document that holds the open ones, named by the application's id.
const KIND: &str = "violations-open";

const MINUTE_MS: u64 = 60_000;

/// A violation, open or closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// Its id: the one of the event that opened it.
    pub id: u64,
    /// The rule.
    pub rule_id: u64,
    /// The rule's name then.
    pub rule_name: String,
    /// Why, in sentences.
    pub description: String,
    /// How bad it is, or was at the end.
    pub level: Level,
    /// When the data began that showed it, milliseconds since 1970.
    pub start_ms: u64,
    /// When it was noticed.
    pub detected_ms: u64,
    /// When it ended; 0 while it is open.
    pub end_ms: u64,
    /// When it was told of last.
    pub told_ms: u64,
    /// What violates the rule.
    pub affected: EntityRef,
    /// Whether it ended because the rule was not asked any more: switched off, deleted, out of schedule or suppressed.
    pub canceled: bool,
}

impl Violation {
    /// The rule as an entity.
    #[must_use]
    pub fn triggered(&self) -> EntityRef {
        EntityRef::new("POLICY", self.rule_id, self.rule_name.as_str())
    }

    /// Whether it is still open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.end_ms == 0
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Open {
    violations: Vec<Violation>,
}

/// Why rules could not be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The rules.
    #[error(transparent)]
    Rules(#[from] AlertingError),
    /// The numbers.
    #[error(transparent)]
    Numbers(#[from] MetricDataError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The open violations of an application, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn open(store: &dyn Store, account: &str, app_id: AppId) -> Result<Vec<Violation>, StoreError> {
    let Some(text) = store.document(account, KIND, &app_id.to_string())? else { return Ok(Vec::new()) };
    let open: Open = serde_json::from_str(&text)
        .map_err(|error| StoreError::Damaged(format!("open violations of {app_id}: {error}")))?;
    Ok(open.violations)
}

/// The violations of an application that were open at some time of the range, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn violations(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    range: TimeRange,
) -> Result<Vec<Violation>, StoreError> {
    let mut found = open(store, account, app_id)?;
    let ended = JournalFilter {
        range: TimeRange { start_ms: range.start_ms, end_ms: u64::MAX },
        app_id: Some(app_id),
        ..JournalFilter::all(STREAM)
    };
    let known: HashSet<u64> = found.iter().map(|violation| violation.id).collect();
    for (_, record) in store.journal(account, &ended)? {
        // One that was cut off between journal and document is in both: it is open.
        if let Ok(violation) = serde_json::from_str::<Violation>(&record.text)
            && !known.contains(&violation.id)
        {
            found.push(violation);
        }
    }
    found.retain(|violation| violation.start_ms < range.end_ms);
    found.sort_by_key(|violation| std::cmp::Reverse((violation.start_ms, violation.id)));
    Ok(found)
}

/// The worst open violation of each thing.
#[must_use]
pub fn worst(open: &[Violation]) -> HashMap<(String, u64), Level> {
    let mut worst: HashMap<(String, u64), Level> = HashMap::new();
    for violation in open {
        let key = (violation.affected.entity_type.clone(), violation.affected.entity_id);
        let level = worst.entry(key).or_insert(violation.level);
        *level = (*level).max(violation.level);
    }
    worst
}

/// What an evaluation brought.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// What changed, as it was written down.
    pub events: Vec<Event>,
    /// Rules that could not be evaluated, and why. Their violations stay as they are.
    pub unusable: Vec<String>,
}

/// Evaluates all rules of an application over the minutes before `now_ms`, and writes down what changed.
///
/// # Errors
/// When rules or numbers cannot be read, or the store cannot be written; nothing is lost then, only late.
pub fn evaluate(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    baselines: &BaselineCache,
    now_ms: u64,
) -> Result<Evaluated, EvaluationError> {
    let end_ms = now_ms - now_ms % MINUTE_MS;
    let range = TimeRange { start_ms: end_ms.saturating_sub(60 * MINUTE_MS), end_ms };
    let scope = Scope { store, account, app_id, range };
    let rules = alerting::list::<HealthRule>(store, account, app_id)?;
    let before = open(store, account, app_id)?;
    let entities = scope.entities()?;
    let watch = Watch::of(store, account, app_id, now_ms)?;
    let due: Vec<&HealthRule> =
        rules.iter().map(|rule| &rule.value).filter(|rule| watch.is_due(rule)).collect();
    let tree = if due.iter().any(|rule| looks_at_errors(rule)) {
        MetricTree::with_errors(scope)?
    } else {
        MetricTree::of(scope)?
    };
    let admin = transactions_admin::load(store, account, app_id)?;
    let evaluator = Evaluator { scope, entities: &entities, tree: &tree, admin: &admin, baselines };
    let (mut found, mut skipped, mut unusable) = (Vec::new(), HashSet::new(), Vec::new());
    let mut silenced = HashSet::new();
    for rule in due.iter().copied() {
        match evaluator.evaluate(rule) {
            Ok(findings) => {
                let (quiet, told): (Vec<Finding>, Vec<Finding>) =
                    findings.into_iter().partition(|finding| watch.silences(rule, &finding.entity));
                silenced.extend(quiet.into_iter().map(|finding| (rule.id, key(&finding.entity))));
                found.extend(told.into_iter().map(|finding| (rule, finding)));
            }
            // A rule that asks for too much must not keep the others from being evaluated.
            Err(
                error @ (MetricDataError::TooMany(_) | MetricDataError::Store(StoreError::TooLarge { .. })),
            ) => {
                skipped.insert(rule.id);
                unusable.push(format!("{:?}: {error}", rule.name));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let due: HashSet<u64> = due.iter().map(|rule| rule.id).collect();
    let (kept, before): (Vec<Violation>, Vec<Violation>) =
        before.into_iter().partition(|violation| skipped.contains(&violation.rule_id));
    let asked = |violation: &Violation| {
        due.contains(&violation.rule_id) && !silenced.contains(&(violation.rule_id, key(&violation.affected)))
    };
    let mut changes = Changes::of(before, &found, asked, now_ms);
    changes.open.extend(kept);
    let events = changes.write(store, account, app_id)?;
    Ok(Evaluated { events, unusable })
}

/// Which rules are asked now, and about what they say nothing.
struct Watch {
    schedules: Vec<Versioned<Schedule>>,
    suppressions: Vec<Versioned<HealthRuleSuppression>>,
    now_ms: u64,
}

impl Watch {
    fn of(store: &dyn Store, account: &str, app_id: AppId, now_ms: u64) -> Result<Self, AlertingError> {
        let schedules = alerting::list(store, account, app_id)?;
        Ok(Self { schedules, suppressions: alerting::list(store, account, app_id)?, now_ms })
    }

    /// A rule whose schedule is not there any more is asked always.
    fn is_due(&self, rule: &HealthRule) -> bool {
        let schedule = self.schedules.iter().find(|schedule| schedule.value.name == rule.schedule_name);
        rule.enabled && schedule.is_none_or(|schedule| schedule.value.is_active(self.now_ms))
    }

    fn silences(&self, rule: &HealthRule, thing: &EntityRef) -> bool {
        self.suppressions.iter().any(|one| one.value.silences(&rule.name, thing, self.now_ms))
    }
}

/// What an evaluation changed.
struct Changes {
    open: Vec<Violation>,
    closed: Vec<Violation>,
    /// Events, and where in `open` the violation is that gets its id from the event.
    events: Vec<(Event, Option<usize>)>,
    changed: bool,
    app_now_ms: u64,
}

impl Changes {
    fn of(
        before: Vec<Violation>,
        found: &[(&HealthRule, Finding)],
        asked: impl Fn(&Violation) -> bool,
        now_ms: u64,
    ) -> Self {
        let mut known: HashMap<(u64, EntityRef), Violation> =
            before.into_iter().map(|v| ((v.rule_id, key(&v.affected)), v)).collect();
        let mut changes = Self {
            open: Vec::new(),
            closed: Vec::new(),
            events: Vec::new(),
            changed: false,
            app_now_ms: now_ms,
        };
        for (rule, finding) in found {
            match (known.remove(&(rule.id, key(&finding.entity))), finding.level) {
                (None, None) => {}
                (None, Some(level)) => changes.begin(rule, finding, level),
                (Some(violation), None) => changes.end(violation, false),
                (Some(violation), Some(level)) => changes.go_on(rule, finding, violation, level),
            }
        }
        // What is left is of rules that were not asked, or of things nobody knows any more.
        let mut rest: Vec<Violation> = known.into_values().collect();
        rest.sort_by_key(|violation| violation.id);
        for violation in rest {
            let canceled = !asked(&violation);
            changes.end(violation, canceled);
        }
        changes
    }

    fn begin(&mut self, rule: &HealthRule, finding: &Finding, level: Level) {
        if self.open.len() >= VIOLATIONS_OPEN_MAX {
            return;
        }
        let length_ms = u64::from(rule.use_data_from_last_n_minutes) * MINUTE_MS;
        let violation = Violation {
            id: 0,
            rule_id: rule.id,
            rule_name: rule.name.clone(),
            description: finding.reasons.join(" "),
            level,
            start_ms: self.app_now_ms.saturating_sub(length_ms),
            detected_ms: self.app_now_ms,
            end_ms: 0,
            told_ms: self.app_now_ms,
            affected: finding.entity.clone(),
            canceled: false,
        };
        self.tell(&format!("POLICY_OPEN_{}", word(level)), "started", &violation, Some(self.open.len()));
        self.open.push(violation);
    }

    fn go_on(&mut self, rule: &HealthRule, finding: &Finding, mut violation: Violation, level: Level) {
        let wait_ms = u64::from(rule.wait_time_after_violation.max(1)) * MINUTE_MS;
        let (kind, what) = match level.cmp(&violation.level) {
            std::cmp::Ordering::Greater => ("POLICY_UPGRADED".to_owned(), "became critical"),
            std::cmp::Ordering::Less => ("POLICY_DOWNGRADED".to_owned(), "became a warning"),
            std::cmp::Ordering::Equal if self.app_now_ms.saturating_sub(violation.told_ms) >= wait_ms => {
                (format!("POLICY_CONTINUES_{}", word(level)), "continues")
            }
            std::cmp::Ordering::Equal => {
                self.open.push(violation);
                return;
            }
        };
        violation.level = level;
        violation.told_ms = self.app_now_ms;
        violation.description = finding.reasons.join(" ");
        self.tell(&kind, what, &violation, None);
        self.open.push(violation);
    }

    fn end(&mut self, mut violation: Violation, canceled: bool) {
        violation.end_ms = self.app_now_ms;
        violation.canceled = canceled;
        let (kind, what) = if canceled { ("CANCELED", "was canceled") } else { ("CLOSE", "ended") };
        self.tell(&format!("POLICY_{kind}_{}", word(violation.level)), what, &violation, None);
        self.closed.push(violation);
    }

    fn tell(&mut self, kind: &str, what: &str, violation: &Violation, open: Option<usize>) {
        self.changed = true;
        let severity = match (violation.is_open(), violation.level) {
            (false, _) => Severity::Info,
            (true, Level::Warning) => Severity::Warn,
            (true, Level::Critical) => Severity::Error,
        };
        let summary = format!(
            "Health rule violation {what}: {} violates {} ({}). {}",
            violation.affected.name,
            violation.rule_name,
            word(violation.level).to_lowercase(),
            violation.description
        );
        let event = Event {
            time_ms: self.app_now_ms,
            event_type: kind.to_owned(),
            severity,
            sub_type: violation.rule_name.clone(),
            summary: summary.trim().to_owned(),
            triggered_entity: Some(violation.triggered()),
            affected_entities: vec![violation.affected.clone()],
            ..Event::default()
        };
        self.events.push((event, open));
    }

    /// Events first: what is cut off here is told twice rather than never.
    fn write(self, store: &dyn Store, account: &str, app_id: AppId) -> Result<Vec<Event>, EvaluationError> {
        let Self { mut open, closed, events, changed, .. } = self;
        if !changed {
            return Ok(Vec::new());
        }
        let (mut events, places): (Vec<Event>, Vec<Option<usize>>) = events.into_iter().unzip();
        events.iter_mut().for_each(|event| event.app_id = Some(app_id));
        events::record(store, account, &mut events)?;
        for (event, place) in events.iter().zip(places) {
            if let Some(violation) = place.and_then(|place| open.get_mut(place)) {
                violation.id = event.id;
            }
        }
        if !closed.is_empty() {
            let records: Vec<JournalRecord> = closed.iter().map(|v| closed_record(app_id, v)).collect();
            store.append(account, &records)?;
        }
        open.sort_by_key(|violation| std::cmp::Reverse(violation.id));
        let text = serde_json::to_string(&Open { violations: open })
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let name = app_id.to_string();
        // Its former texts are of no use: the journal has them all.
        let change = DocumentChange {
            kind: KIND,
            name: &name,
            text: &text,
            changed_by: "system",
            secret: true,
            ..DocumentChange::default()
        };
        store.put_document(account, change)?;
        Ok(events)
    }
}

/// A thing by type and id: its name may change.
fn key(entity: &EntityRef) -> EntityRef {
    EntityRef { name: String::new(), ..entity.clone() }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    }
}

fn closed_record(app_id: AppId, violation: &Violation) -> JournalRecord {
    JournalRecord {
        time_ms: violation.end_ms,
        stream: STREAM.to_owned(),
        app_id: Some(app_id),
        kind: if violation.canceled { "CANCELED" } else { "RESOLVED" }.to_owned(),
        severity: word(violation.level).to_owned(),
        subject: violation.affected.name.clone(),
        text: serde_json::to_string(violation).unwrap_or_default(),
    }
}
