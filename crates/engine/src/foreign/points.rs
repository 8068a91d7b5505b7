//! Tiers that send metrics but no spans: their calls are counted from histograms of durations.
//!
//! Spans say more, so where a tier sends spans its metrics are not used: each call would count twice. Points wait as long
//! as traces do, because the spans of the same calls may come behind them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use tierline_model::foreign::{Durations, ForeignPoint, Role};
use tierline_model::{Incarnation, TierId, VerdictCounts};
use tierline_store::Store;

use super::assembly::Namer as _;
use super::judge::{AccountNames, Judge};
use super::numbers::Numbers;
use super::{Process, Window};
use crate::limits::{
    FOREIGN_POINTS_WAITING_MAX, FOREIGN_SERIES_MAX, FOREIGN_SPANS_SEEN_MS, FOREIGN_TIERS_MAX,
};

/// What came since the last point of its series.
struct Waiting {
    account: Arc<str>,
    process: Arc<Process>,
    received_ms: u64,
    log_file: u64,
    point: ForeignPoint,
}

struct Before {
    start_unix_ns: u64,
    end_unix_ns: u64,
    durations: Durations,
}

/// Points that wait, and what their series said before.
#[derive(Default)]
pub(super) struct Points {
    waiting: VecDeque<Waiting>,
    series: HashMap<(Arc<str>, Incarnation, u64), Before>,
    /// When spans of a tier came last, milliseconds since 1970.
    spans_seen: HashMap<(Arc<str>, TierId), u64>,
    /// Series that began before this are counted from their next point on: what they said so far was counted, or not
    /// meant for this controller.
    pub(super) since_ms: u64,
}

impl Points {
    /// A tier sent spans.
    pub(super) fn spans_came(&mut self, account: &Arc<str>, process: &Process, received_ms: u64) {
        let key = (Arc::clone(account), process.tier_id);
        if self.spans_seen.len() >= FOREIGN_TIERS_MAX && !self.spans_seen.contains_key(&key) {
            self.spans_seen.retain(|_, seen| *seen + FOREIGN_SPANS_SEEN_MS > received_ms);
            let oldest = self.spans_seen.iter().min_by_key(|(_, seen)| **seen).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| self.spans_seen.len() >= FOREIGN_TIERS_MAX) {
                self.spans_seen.remove(&oldest);
            }
        }
        self.spans_seen.insert(key, received_ms);
    }

    /// Takes in a point. Says whether it is new.
    pub(super) fn receive(
        &mut self,
        account: &Arc<str>,
        process: &Arc<Process>,
        (received_ms, log_file): (u64, u64),
        mut point: ForeignPoint,
    ) -> bool {
        self.since_ms = self.since_ms.min(received_ms);
        if self.series.len() >= FOREIGN_SERIES_MAX {
            self.series.clear();
        }
        let key = (Arc::clone(account), process.agent.incarnation, point.series);
        let before = self.series.get(&key);
        if before.is_some_and(|before| point.end_unix_ns <= before.end_unix_ns) {
            return false;
        }
        let now = Before {
            start_unix_ns: point.start_unix_ns,
            end_unix_ns: point.end_unix_ns,
            durations: if point.cumulative { point.durations.clone() } else { Durations::default() },
        };
        if point.cumulative {
            let going_on = before.filter(|before| before.start_unix_ns == point.start_unix_ns);
            let known = going_on.and_then(|before| point.durations.since(&before.durations));
            point.durations = match known {
                Some(durations) => durations,
                // A series that began again, or one that began while we were listening.
                None if before.is_some() || point.start_unix_ns / 1_000_000 >= self.since_ms => {
                    point.durations
                }
                None => Durations::default(),
            };
        }
        self.series.insert(key, now);
        if point.durations.count > 0 {
            let (account, process) = (Arc::clone(account), Arc::clone(process));
            self.waiting.push_back(Waiting { account, process, received_ms, log_file, point });
        }
        true
    }

    pub(super) fn is_due(&self, now_ms: u64, quiet_ms: u64) -> bool {
        self.waiting.front().is_some_and(|first| first.received_ms + quiet_ms <= now_ms)
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= FOREIGN_POINTS_WAITING_MAX
    }

    pub(super) fn oldest_log_file(&self) -> Option<u64> {
        self.waiting.iter().map(|waiting| waiting.log_file).min()
    }

    /// The points to count now: those that waited long enough, of tiers that send no spans.
    fn take(&mut self, now_ms: u64, quiet_ms: u64) -> Vec<Waiting> {
        let mut taken = Vec::new();
        while self.is_due(now_ms, quiet_ms) {
            taken.extend(self.waiting.pop_front());
        }
        taken.retain(|waiting| {
            let seen = self.spans_seen.get(&(Arc::clone(&waiting.account), waiting.process.tier_id));
            seen.is_none_or(|seen| *seen + FOREIGN_SPANS_SEEN_MS <= waiting.received_ms)
        });
        taken
    }
}

impl Window {
    /// Whether points of metrics waited long enough.
    #[must_use]
    pub fn has_points_due(&self, now_ms: u64) -> bool {
        self.points.is_due(now_ms, self.settings().quiet_ms)
    }

    /// Counts the points that are due.
    pub(super) fn count_points(
        &mut self,
        store: &dyn Store,
        now_ms: u64,
        accounts: &mut BTreeMap<Arc<str>, Numbers>,
    ) {
        let quiet_ms = self.settings().quiet_ms;
        for waiting in self.points.take(now_ms, quiet_ms) {
            self.judge.prepare(store, &waiting.account, &waiting.process, now_ms);
            let numbers = accounts.entry(Arc::clone(&waiting.account)).or_default();
            count(&mut self.judge, &waiting, numbers);
        }
    }
}

fn count(judge: &mut Judge, waiting: &Waiting, numbers: &mut Numbers) {
    let Waiting { account, process, point, .. } = waiting;
    // The minute its last call may have ended in.
    let end_ms = point.end_unix_ns.saturating_sub(1) / 1_000_000;
    let by_status = judge.is_error_status(account, process.tier_id, point.http_status);
    // With a status it is the configuration that says what an error is.
    let in_error = by_status || (point.failed && point.http_status.is_none());
    match &point.role {
        Role::Entry(entry) | Role::Inside(entry) => {
            let mut names = AccountNames { judge, account: Arc::clone(account) };
            let Some(bt) = names.bt(process, entry) else { return };
            let thresholds = judge.thresholds(account, process.tier_id, bt.id, end_ms);
            let mut verdicts = VerdictCounts::default();
            for (duration_ns, calls) in &*point.durations.values {
                verdicts.add_many(thresholds.verdict(*duration_ns, in_error, false), *calls);
                judge.executed(account, process.tier_id, bt.id, (*duration_ns, *calls), end_ms);
            }
            numbers.segments(process, (&bt, None), verdicts, &point.durations.histogram(), end_ms);
        }
        Role::Exit(exit) => {
            let mut names = AccountNames { judge, account: Arc::clone(account) };
            let backend = names.backend(process, exit);
            // A metric does not say in which business transaction the calls were made.
            let other = Judge::other_traffic(process);
            let failed = if in_error { point.durations.count } else { 0 };
            let durations = point.durations.histogram();
            numbers.exits(process, (other.id, other.app_id), &backend, failed, &durations, end_ms);
        }
    }
}
