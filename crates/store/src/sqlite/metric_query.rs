//! Answers to questions about numbers: which minutes, which sums, all of them exactly once.
//!
//! Sums of ten minutes and of hours hold exactly what their minutes hold, so an answer is the same whatever it is
//! made of. The coarsest that fits the range and the step is read; while the minutes are kept, their file says in one
//! snapshot which hours of which sources are packed and added up, and everything else is read minute by minute.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::Connection;
use tierline_model::Histogram;

use super::decoded::DecodedReport;
use super::file::DataFile;
use super::metrics::{Chunk, LOW_HALF, blob, chunks_of_hour, sources, start_of};
use super::prepare::integer;
use super::readers::ReadError;
use super::shared::Shared;
use crate::StoreError;
use crate::aggregate::{Aggregation, MINUTE_MS, Source, Times, whole_minutes};
use crate::block::sketches::Wanted;
use crate::block::{numbers, rollup, sketches};
use crate::query::{MetricQuery, MetricRow, Step};

const MINUTES_OF_DAY: u64 = 1_440;

pub(super) fn query(
    shared: &Shared,
    account: &str,
    query: &MetricQuery,
) -> Result<Vec<MetricRow>, StoreError> {
    let mut aggregation = Aggregation::new(query);
    let (first, behind) = whole_minutes(query.range);
    for day in shared.metric_days(query.range) {
        let from = first.max(day * MINUTES_OF_DAY);
        let to = behind.min((day + 1) * MINUTES_OF_DAY);
        Day { shared, account, query, day, aggregation: &mut aggregation }.read(from, to)?;
    }
    Ok(aggregation.finish())
}

/// Minutes of a window that may be one row of the answer.
const fn widest(step: Step) -> u64 {
    match step {
        Step::Whole => 60,
        Step::Minutes(minutes) if minutes > 0 && minutes % 60 == 0 => 60,
        Step::Minutes(minutes) if minutes > 0 && minutes % 10 == 0 => 10,
        Step::Minutes(_) => 1,
    }
}

/// Ranges of minutes, by the width of the windows they are read in.
#[derive(Default, PartialEq, Eq, Debug)]
struct Plan {
    hours: Option<(u64, u64)>,
    tens: Vec<(u64, u64)>,
    minutes: Vec<(u64, u64)>,
}

impl Plan {
    /// Cuts `[from, to)`: whole hours in the middle, whole ten minutes around them, minutes at the edges.
    fn new((from, to): (u64, u64), hours: bool, tens: bool) -> Self {
        let inner = |from: u64, to: u64, width: u64| {
            let (first, behind) = (from.div_ceil(width) * width, to / width * width);
            (first < behind).then_some((first, behind))
        };
        let around = |inner: Option<(u64, u64)>, from: u64, to: u64| match inner {
            Some((first, behind)) => vec![(from, first), (behind, to)],
            None => vec![(from, to)],
        };
        let mut plan = Self { hours: inner(from, to, 60).filter(|_| hours), ..Self::default() };
        for (from, to) in around(plan.hours, from, to) {
            let middle = inner(from, to, 10).filter(|_| tens);
            plan.tens.extend(middle);
            plan.minutes.extend(around(middle, from, to).into_iter().filter(|(from, to)| from < to));
        }
        plan
    }
}

/// An hour of a source: hour since 1970.
type Unit = (u64, Source);

/// The packed hours of a day, as one snapshot of its minutes says.
#[derive(Default)]
struct Packed {
    /// Added up as well: sums may be read instead.
    added_up: HashSet<Unit>,
    /// Not (any more): the chunk must be read.
    only_packed: HashSet<Unit>,
}

struct Day<'d, 'q> {
    shared: &'d Shared,
    account: &'d str,
    query: &'q MetricQuery,
    day: u64,
    aggregation: &'d mut Aggregation<'q>,
}

impl Day<'_, '_> {
    fn read(mut self, from: u64, to: u64) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        let widest = widest(self.query.step);
        let (tens, hours) = (DataFile::Tens(self.day), DataFile::hours_of(self.day));
        let (has_tens, has_hours) = (self.shared.has(tens), self.shared.has(hours));
        if self.shared.has(DataFile::Metrics(self.day)) {
            let plan = Plan::new((from, to), has_hours && widest >= 60, has_tens && widest >= 10);
            let packed = self.shared.readers.with(DataFile::Metrics(self.day), |connection| {
                self.read_minutes(connection, (from, to), &plan)
            })?;
            // Without it, it was dropped at this moment: everything was added up before.
            if let Some(packed) = packed {
                return self.read_sums(&plan, &|unit| packed.added_up.contains(unit));
            }
        }
        // Only sums are left: the range is widened to their windows, the step at least one of them.
        let finest = if has_tens { 10 } else { 60 };
        let range = (from / finest * finest, to.div_ceil(finest) * finest);
        let plan = Plan::new(range, has_hours && (widest >= 60 || !has_tens), has_tens);
        self.read_sums(&plan, &|_| true)
    }

    fn read_sums(&mut self, plan: &Plan, may_be_read: &dyn Fn(&Unit) -> bool) -> Result<(), StoreError> {
        for range in &plan.tens {
            self.read_rollups(DataFile::Tens(self.day), 10, *range, may_be_read)?;
        }
        if let Some(range) = plan.hours {
            self.read_rollups(DataFile::hours_of(self.day), 60, range, may_be_read)?;
        }
        Ok(())
    }

    fn read_rollups(
        &mut self,
        file: DataFile,
        width: u64,
        (from, to): (u64, u64),
        may_be_read: &dyn Fn(&Unit) -> bool,
    ) -> Result<(), StoreError> {
        let file_start = file.day().unwrap_or(self.day) * MINUTES_OF_DAY;
        let path = file.path(&self.shared.directory);
        let sql = if self.query.with_histogram {
            "SELECT id, numbers, sketches FROM rollup WHERE id >= ?1 AND id < ?2"
        } else {
            "SELECT id, numbers FROM rollup WHERE id >= ?1 AND id < ?2"
        };
        self.shared.readers.with(file, |connection| {
            let transaction = connection.unchecked_transaction()?;
            let sources = sources(&transaction, self.account, self.query.app_id)?;
            let mut statement = transaction.prepare_cached(sql)?;
            let key = |minute: u64| integer((minute - file_start) / width) << 32;
            let mut rows = statement.query([key(from), key(to)])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let Some(source) = sources.get(&(id & LOW_HALF)) else { continue };
                let start = file_start + (id >> 32) as u64 * width;
                if !self.aggregation.wants(*source) || !may_be_read(&(start / 60, *source)) {
                    continue;
                }
                let sums = rollup::decode(blob(row, 1)?)?;
                let sketches = if self.query.with_histogram { blob(row, 2)? } else { &[] };
                let unpack = |wanted: Wanted<'_>| {
                    sketches::decode(sketches, &sums.numbers, wanted)
                        .map_err(|error| ReadError::Block(error).at(&path))
                };
                self.aggregation.add(*source, Times::Window(start, &sums.minutes), &sums.numbers, &unpack)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Reads what only the minutes know, and says what is packed.
    fn read_minutes(
        &mut self,
        connection: &Connection,
        (from, to): (u64, u64),
        plan: &Plan,
    ) -> Result<Packed, ReadError> {
        let transaction = connection.unchecked_transaction()?;
        let sources = sources(&transaction, self.account, self.query.app_id)?;
        self.read_rows(&transaction, &sources, from, to)?;
        let packed = self.packed(&transaction, &sources, from, to)?;
        if !packed.only_packed.is_empty() {
            self.read_chunks(&transaction, &sources, (from, to), &|unit| packed.only_packed.contains(unit))?;
        }
        for range in &plan.minutes {
            self.read_chunks(&transaction, &sources, *range, &|unit| packed.added_up.contains(unit))?;
        }
        Ok(packed)
    }

    fn minute_of_day(&self, minute: u64) -> u64 {
        minute - self.day * MINUTES_OF_DAY
    }

    fn packed(
        &self,
        connection: &Connection,
        sources: &HashMap<i64, Source>,
        from: u64,
        to: u64,
    ) -> Result<Packed, ReadError> {
        let mut packed = Packed::default();
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT hour, source_id, (hour, source_id) IN (SELECT hour, source_id FROM stale) \
             FROM chunk_life WHERE hour >= ?1 AND hour <= ?2",
        )?;
        let hours = [self.minute_of_day(from) / 60, self.minute_of_day(to - 1) / 60].map(integer);
        let mut rows = statement.query(hours)?;
        while let Some(row) = rows.next()? {
            let Some(source) = sources.get(&row.get(1)?) else { continue };
            let unit = (self.day * 24 + row.get::<_, i64>(0)? as u64, *source);
            let is_stale: bool = row.get(2)?;
            if is_stale { &mut packed.only_packed } else { &mut packed.added_up }.insert(unit);
        }
        Ok(packed)
    }

    fn read_rows(
        &mut self,
        connection: &Connection,
        sources: &HashMap<i64, Source>,
        from: u64,
        to: u64,
    ) -> Result<(), ReadError> {
        let mut statement = connection.prepare_cached(
            "SELECT id, source_id, version FROM report INDEXED BY report_version WHERE id >= ?1 AND id < ?2",
        )?;
        let key = |minute: u64| integer(self.minute_of_day(minute) * MINUTE_MS) << 32;
        let mut rows = statement.query([key(from), key(to)])?;
        let path = DataFile::Metrics(self.day).path(&self.shared.directory);
        while let Some(row) = rows.next()? {
            let (id, version): (i64, i64) = (row.get(0)?, row.get(2)?);
            let Some(source) = sources.get(&row.get(1)?) else { continue };
            if !self.aggregation.wants(*source) {
                continue;
            }
            let report = match self.shared.decoded.get((self.day, id), version) {
                Some(report) => report,
                None => self.load(connection, id, version)?,
            };
            let unpack = |wanted: Wanted<'_>| {
                sketches::decode(&report.sketches, &report.numbers, wanted)
                    .map_err(|error| ReadError::Block(error).at(&path))
            };
            let minute = report.start_ms / MINUTE_MS;
            self.aggregation.add(*source, Times::Minute(minute), &report.numbers, &unpack)?;
        }
        Ok(())
    }

    /// Reads and decodes a report, with its histograms when it is kept or they are asked for.
    fn load(&self, connection: &Connection, id: i64, version: i64) -> Result<DecodedReport, ReadError> {
        let start_ms = start_of(self.day, id);
        let keep = self.shared.decoded.keeps(start_ms);
        let mut statement =
            connection.prepare_cached("SELECT numbers, sketches FROM report WHERE id = ?1")?;
        let mut rows = statement.query([id])?;
        let Some(row) = rows.next()? else {
            return Err(ReadError::Sqlite(rusqlite::Error::QueryReturnedNoRows));
        };
        let with_sketches = keep || self.query.with_histogram;
        let report = DecodedReport {
            start_ms,
            numbers: Arc::new(numbers::decode(blob(row, 0)?)?),
            sketches: if with_sketches { Arc::from(blob(row, 1)?) } else { Arc::from([]) },
        };
        if keep {
            self.shared.decoded.put((self.day, id), version, report.clone());
        }
        Ok(report)
    }

    fn read_chunks(
        &mut self,
        connection: &Connection,
        sources: &HashMap<i64, Source>,
        (from, to): (u64, u64),
        wanted: &dyn Fn(&Unit) -> bool,
    ) -> Result<(), ReadError> {
        let mut statement = connection
            .prepare_cached("SELECT id, head, numbers, sketches FROM chunk WHERE id >= ?1 AND id < ?2")?;
        let first = chunks_of_hour(integer(self.minute_of_day(from) / 60)).0;
        let behind = chunks_of_hour(integer(self.minute_of_day(to - 1) / 60)).1;
        let path = DataFile::Metrics(self.day).path(&self.shared.directory);
        let mut rows = statement.query([first, behind])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let Some(source) = sources.get(&(id & LOW_HALF)) else { continue };
            let unit = (self.day * 24 + (id >> 40) as u64, *source);
            if !self.aggregation.wants(*source) || !wanted(&unit) {
                continue;
            }
            let chunk = Chunk::decode(blob(row, 1)?, blob(row, 2)?)?;
            let minutes = chunk.minutes();
            let sketches = if self.query.with_histogram { blob(row, 3)? } else { &[] };
            let unpack = |wanted: Wanted<'_>| -> Result<Vec<Histogram>, StoreError> {
                sketches::decode(sketches, &chunk.numbers, wanted)
                    .map_err(|error| ReadError::Block(error).at(&path))
            };
            let times = Times::Minutes { minutes: &minutes, from, to };
            self.aggregation.add(*source, times, &chunk.numbers, &unpack)?;
        }
        Ok(())
    }
}

impl Chunk {
    /// The minute since 1970 of every point, segments first.
    pub(super) fn minutes(&self) -> Vec<u64> {
        let of = |points: fn(&crate::block::chunk::ChunkReport) -> usize| {
            self.reports.iter().flat_map(move |r| std::iter::repeat_n(r.start_ms / MINUTE_MS, points(r)))
        };
        of(|report| report.segments).chain(of(|report| report.exits)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_into_the_widest_windows_that_fit() {
        let plan = Plan::new((55, 200), true, true);
        assert_eq!(plan.hours, Some((60, 180)));
        assert_eq!(plan.tens, [(180, 200)]);
        assert_eq!(plan.minutes, [(55, 60)]);
        let plan = Plan::new((61, 119), true, true);
        assert_eq!((plan.hours, plan.tens), (None, vec![(70, 110)]));
        assert_eq!(plan.minutes, [(61, 70), (110, 119)]);
        let plan = Plan::new((60, 120), false, false);
        assert_eq!((plan.hours, plan.tens, plan.minutes), (None, vec![], vec![(60, 120)]));
        assert_eq!(widest(Step::Minutes(120)), 60);
        assert_eq!(widest(Step::Minutes(30)), 10);
        assert_eq!(widest(Step::Minutes(7)), 1);
        assert_eq!(super::super::file::DAY_MS, MINUTES_OF_DAY * MINUTE_MS);
    }
}
