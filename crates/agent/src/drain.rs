//! From the threads' shares to the report of an interval.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tierline_model::interval::Caller;
use tierline_model::{
    AppId, BackendId, BtId, ExitMetrics, IntervalReport, Ledger, Moments, RuntimeSample, SegmentMetrics,
};

use crate::hot_names::HotNames;
use crate::limits::{COLD_INTERVALS_MIN, HOT_CALLS_MIN, SWAPS_PER_INTERVAL_MAX};
use crate::recorder::Core;
use crate::registry::BtEntry;
use crate::shard::Sums;

/// Counts since the core was made, as of the last drain.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    begun: u64,
    ended: u64,
}

/// Everything taken at one moment.
struct Taken {
    sums: Vec<Sums>,
    begun_total: u64,
}

/// Takes all sums at one moment: while every shard is held, no BT can end, so no end is seen without its
/// begin. That lasts some ten nanoseconds per thread.
fn take(core: &Core) -> Taken {
    // Held throughout: a thread that needs a shard waits, else it could begin BTs behind our back.
    let shards = core.shards.lock().unwrap_or_else(PoisonError::into_inner);
    let mut held = Vec::with_capacity(shards.len());
    let mut sums = Vec::with_capacity(shards.len());
    held.extend(shards.iter().map(|shard| shard.sums.lock()));
    sums.extend(held.iter_mut().map(|sums| mem::take(&mut **sums)));
    let begun_total = shards.iter().map(|shard| shard.begun()).sum();
    drop(held);
    Taken { sums, begun_total }
}

/// Bytes of the sums and of what the registry knows, about.
pub(crate) fn bytes(core: &Core) -> usize {
    let shards = core.shards.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let sums: usize = shards.iter().map(|shard| shard.sums.lock().bytes()).sum();
    const THREAD_BYTES: usize = 16 << 10;
    sums + shards.len() * THREAD_BYTES + core.registry.entries().len() * (size_of::<BtEntry>() + 256)
}

/// Takes and merges the sums.
pub(crate) fn drain(core: &Core, start_ms: u64, end_ms: u64) -> IntervalReport {
    // One drain at a time; the totals go along with the sums.
    let mut totals = core.totals.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = take(core);
    let mut ledger = Ledger::default();
    let mut segments = BTreeMap::new();
    let mut exits = BTreeMap::new();
    let mut hot_names = HotNames::default();
    for sums in taken.sums {
        ledger.ended += sums.ended;
        ledger.abandoned += sums.abandoned;
        ledger.exit_calls += sums.exit_calls;
        ledger.other_traffic += sums.other_traffic;
        hot_names.merge(&sums.hot_names);
        merge_segments(&mut segments, sums.segments.into_values());
        merge_exits(core, &mut exits, sums.exits.into_values());
    }
    ledger.begun = taken.begun_total.saturating_sub(totals.begun);
    totals.begun = taken.begun_total;
    totals.ended += ledger.ended;
    ledger.begun_total = totals.begun;
    ledger.ended_total = totals.ended;
    ledger.in_flight = totals.begun.saturating_sub(totals.ended);
    ledger.snapshots_kept = core.snapshots_kept.swap(0, Ordering::Relaxed);
    close_interval(core, &segments, end_ms);
    let most_called = hot_names.most_called();
    core.oddities.note_hidden_names(&most_called);
    promote(core, &most_called);
    core.registry.forget_idle_continued();
    ledger.drops = core.oddities.take_drops();
    drop(totals);
    IntervalReport {
        start_ms,
        end_ms,
        segments: segments.into_values().map(|(metrics, _)| metrics).collect(),
        exits: exits.into_values().collect(),
        ledger,
        runtime: RuntimeSample::default(),
    }
}

/// What a segment series is merged and ordered by.
type SegmentKey = (BtId, AppId, Option<Caller>);
type Segments = BTreeMap<SegmentKey, (SegmentMetrics, Moments)>;

fn segment_key(entry: &BtEntry) -> SegmentKey {
    (entry.bt.id, entry.bt.app_id, entry.caller)
}

fn merge_segments(into: &mut Segments, from: impl Iterator<Item = crate::shard::SegmentSums>) {
    for sums in from {
        match into.entry(segment_key(&sums.entry)) {
            Entry::Vacant(place) => {
                let metrics = SegmentMetrics {
                    bt: sums.entry.bt.clone(),
                    caller: sums.entry.caller,
                    verdicts: sums.verdicts,
                    duration: sums.duration,
                };
                place.insert((metrics, sums.moments));
            }
            Entry::Occupied(mut place) => {
                let (metrics, moments) = place.get_mut();
                metrics.verdicts += sums.verdicts;
                metrics.duration.merge(&sums.duration);
                moments.merge(&sums.moments);
            }
        }
    }
}

type Exits = BTreeMap<(BtId, AppId, BackendId), ExitMetrics>;

fn merge_exits(core: &Core, into: &mut Exits, from: impl Iterator<Item = crate::shard::ExitSums>) {
    for sums in from {
        // Every index a shard knows was made by this core.
        let Some(backend) = core.backends.get(sums.backend) else { continue };
        let backend = &backend.backend;
        let bt = &sums.entry.bt;
        match into.entry((bt.id, bt.app_id, backend.id)) {
            Entry::Vacant(place) => {
                place.insert(ExitMetrics {
                    bt_id: bt.id,
                    app_id: bt.app_id,
                    backend: backend.clone(),
                    errors: sums.errors,
                    duration: sums.duration,
                });
            }
            Entry::Occupied(mut place) => {
                let metrics = place.get_mut();
                metrics.errors += sums.errors;
                metrics.duration.merge(&sums.duration);
            }
        }
    }
}

/// Renews the rolling window and the thresholds of every BT.
fn close_interval(core: &Core, segments: &Segments, end_ms: u64) {
    let config = core.config.load();
    let nothing = Moments::default();
    for entry in core.registry.entries() {
        let moments = segments.get(&segment_key(&entry)).map_or(&nothing, |(_, moments)| moments);
        entry.close_interval(&config, moments, end_ms);
    }
}

/// Gives the places of the coldest BTs to names of All Other Traffic that became hot.
fn promote(core: &Core, most_called: &[(&str, u64)]) {
    let hot: Vec<(&str, u64)> =
        most_called.iter().copied().take_while(|(_, calls)| *calls >= HOT_CALLS_MIN).collect();
    if hot.is_empty() {
        return;
    }
    let config = core.config.load();
    if config.lock_down {
        return;
    }
    // After a configuration with a higher limit there is room: the next BT of the name takes it.
    let mut cold: Vec<(f64, Arc<BtEntry>)> = core
        .registry
        .named()
        .into_iter()
        .filter_map(|entry| {
            let (rate, age) = entry.heat();
            (age >= COLD_INTERVALS_MIN).then_some((rate, entry))
        })
        .collect();
    cold.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pairs = hot.into_iter().zip(cold).take(SWAPS_PER_INTERVAL_MAX);
    for ((name, calls), (rate, entry)) in pairs {
        let idle = entry.idle_intervals.load(Ordering::Relaxed) >= COLD_INTERVALS_MIN;
        // Ten times the calls, so that two names of about the same heat do not push each other out for ever.
        if idle || calls as f64 >= 10.0 * rate + HOT_CALLS_MIN as f64 {
            core.registry.swap(&entry, name, &config);
        }
    }
}
