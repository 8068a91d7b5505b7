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
use super::windows::{Of, Shape, Window, number_of};
use crate::StoreError;
use crate::aggregate::{Aggregation, MINUTE_MS, Source, Times, whole_minutes};
use crate::block::sketches::Wanted;
use crate::block::{numbers, rollup, sketches};
use crate::limits::WINDOWS_LIVE_MINUTES;
use crate::query::{MetricQuery, MetricRow, Step};

const MINUTES_OF_DAY: u64 = 1_440;

pub(super) fn query(
    shared: &Shared,
    account: &str,
    query: &MetricQuery,
) -> Result<Vec<MetricRow>, StoreError> {
    let mut aggregation = Aggregation::new(query);
    let shape = Shape::of(account, query);
    let forgotten = shared.windows.forgotten();
    let (first, behind) = whole_minutes(query.range);
    for day in shared.metric_days(query.range) {
        let from = first.max(day * MINUTES_OF_DAY);
        let to = behind.min((day + 1) * MINUTES_OF_DAY);
        let asked = Asked { shared, account, query, shape: &shape, forgotten, day };
        Day { asked, aggregation: &mut aggregation }.read(from, to)?;
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

impl Packed {
    /// By hour since 1970, which sources are added up.
    fn hours(&self) -> HashMap<u64, u64> {
        let mut hours: HashMap<u64, u64> = HashMap::new();
        for (hour, source) in &self.added_up {
            // In whatever order they come.
            let all = hours.entry(*hour).or_default();
            *all = all.wrapping_add(number_of(source));
        }
        hours
    }
}

/// What is asked of a day.
#[derive(Clone, Copy)]
struct Asked<'d, 'q> {
    shared: &'d Shared,
    account: &'d str,
    query: &'q MetricQuery,
    shape: &'d Shape,
    /// What [`super::windows::Windows::forgotten`] was before anything was read.
    forgotten: u64,
    day: u64,
}

struct Day<'d, 'q> {
    asked: Asked<'d, 'q>,
    aggregation: &'d mut Aggregation<'q>,
}

impl<'d, 'q> std::ops::Deref for Day<'d, 'q> {
    type Target = Asked<'d, 'q>;

    fn deref(&self) -> &Self::Target {
        &self.asked
    }
}

/// A row of a report: its id and version, and who reported it.
type Row = (i64, i64, Source);

impl<'q> Day<'_, 'q> {
    fn read(mut self, from: u64, to: u64) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        let widest = widest(self.query.step);
        let (tens, hours) = (DataFile::Tens(self.day), DataFile::hours_of(self.day));
        let (has_tens, has_hours) = (self.shared.has(tens), self.shared.has(hours));
        if self.shared.has(DataFile::Metrics(self.day)) {
            let plan = Plan::new((from, to), has_hours && widest >= 60, has_tens && widest >= 10);
            let asked = self.asked;
            let packed = asked.shared.readers.with(DataFile::Metrics(asked.day), |connection| {
                self.read_minutes(connection, (from, to), &plan)
            })?;
            // Without it, it was dropped at this moment: everything was added up before.
            if let Some(packed) = packed {
                let hours = packed.hours();
                let made_of = |hour: u64| hours.get(&hour).copied();
                return self.read_sums(&plan, &|unit| packed.added_up.contains(unit), &made_of);
            }
        }
        // Only sums are left: the range is widened to their windows, the step at least one of them.
        let finest = if has_tens { 10 } else { 60 };
        let range = (from / finest * finest, to.div_ceil(finest) * finest);
        let plan = Plan::new(range, has_hours && (widest >= 60 || !has_tens), has_tens);
        self.read_sums(&plan, &|_| true, &|_| Some(0))
    }

    /// Adds what a window holds: as it was added up before, when it is still made of the same.
    fn add_window(
        &mut self,
        window: Window,
        made_of: u64,
        add: impl FnOnce(&mut Aggregation<'q>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (windows, shape, with_histogram) = (&self.shared.windows, self.shape, self.query.with_histogram);
        let known = windows.get(shape, window, made_of, with_histogram);
        let part = match known {
            Some(part) => part,
            None => {
                let mut aggregation = Aggregation::new(self.query);
                add(&mut aggregation)?;
                let part = Arc::new(aggregation.into_part());
                windows.put(shape, window, made_of, with_histogram, (&part, self.forgotten));
                part
            }
        };
        self.aggregation.add_part(&part, window.start)?;
        Ok(())
    }

    /// `made_of` says of an hour since 1970 what its sums that may be read are made of; nothing when there are none.
    fn read_sums(
        &mut self,
        plan: &Plan,
        may_be_read: &dyn Fn(&Unit) -> bool,
        made_of: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<(), StoreError> {
        let tens = plan.tens.iter().map(|range| (DataFile::Tens(self.day), 10, *range));
        let hours = plan.hours.iter().map(|range| (DataFile::hours_of(self.day), 60, *range));
        for (file, width, (from, to)) in tens.chain(hours).collect::<Vec<_>>() {
            let asked = self.asked;
            asked.shared.readers.with(file, |connection| {
                let transaction = connection.unchecked_transaction()?;
                let sources = sources(&transaction, asked.account, asked.query.app_id)?;
                for start in (from..to).step_by(width as usize) {
                    let Some(made_of) = made_of(start / 60) else { continue };
                    let rollups = Rollups { asked, file, sources: &sources, may_be_read };
                    let window = Window { start, width, of: Of::Sums };
                    self.add_window(window, made_of, |sum| rollups.read(&transaction, window, sum))?;
                }
                Ok(())
            })?;
        }
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

    /// The window a row is added up in: ten minutes that are over, or one.
    fn window_of(&self, minute: u64, from: u64, to: u64) -> Window {
        let start = minute / 10 * 10;
        let is_over = start >= from && start + 10 + WINDOWS_LIVE_MINUTES <= to;
        let (start, width) = if is_over && widest(self.query.step) >= 10 { (start, 10) } else { (minute, 1) };
        Window { start, width, of: Of::Rows }
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
        let mut found = statement.query([key(from), key(to)])?;
        let mut rows: Vec<Row> = Vec::new();
        let mut current = None;
        while let Some(row) = found.next()? {
            let (id, version): (i64, i64) = (row.get(0)?, row.get(2)?);
            let Some(source) = sources.get(&row.get(1)?) else { continue };
            if !self.aggregation.wants(*source) {
                continue;
            }
            let window = self.window_of(start_of(self.day, id) / MINUTE_MS, from, to);
            if let Some(before) = current.replace(window)
                && before != window
            {
                self.add_rows(connection, before, &rows)?;
                rows.clear();
            }
            rows.push((id, version, *source));
        }
        current.map_or(Ok(()), |window| self.add_rows(connection, window, &rows))
    }

    fn add_rows(&mut self, connection: &Connection, window: Window, rows: &[Row]) -> Result<(), ReadError> {
        let asked = self.asked;
        let made_of = number_of(rows.iter().map(|(id, version, _)| (*id, *version)).collect::<Vec<_>>());
        self.add_window(window, made_of, |sum| {
            rows.iter().try_for_each(|row| asked.add_row(connection, *row, sum))
        })
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

impl Asked<'_, '_> {
    fn add_row(
        &self,
        connection: &Connection,
        (id, version, source): Row,
        sum: &mut Aggregation<'_>,
    ) -> Result<(), ReadError> {
        let report = match self.shared.decoded.get((self.day, id), version) {
            Some(report) => report,
            None => self.load(connection, id, version)?,
        };
        let path = DataFile::Metrics(self.day).path(&self.shared.directory);
        let unpack = |wanted: Wanted<'_>| {
            sketches::decode(&report.sketches, &report.numbers, wanted)
                .map_err(|error| ReadError::Block(error).at(&path))
        };
        let minute = report.start_ms / MINUTE_MS;
        sum.add(source, Times::Minute(minute), &report.numbers, &unpack)?;
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
}

/// A file of sums that is asked.
struct Rollups<'r, 'q> {
    asked: Asked<'r, 'q>,
    file: DataFile,
    sources: &'r HashMap<i64, Source>,
    may_be_read: &'r dyn Fn(&Unit) -> bool,
}

impl Rollups<'_, '_> {
    fn read(
        &self,
        connection: &Connection,
        window: Window,
        sum: &mut Aggregation<'_>,
    ) -> Result<(), ReadError> {
        let with_histogram = self.asked.query.with_histogram;
        let file_start = self.file.day().unwrap_or(self.asked.day) * MINUTES_OF_DAY;
        let path = self.file.path(&self.asked.shared.directory);
        let mut statement = connection.prepare_cached(if with_histogram {
            "SELECT id, numbers, sketches FROM rollup WHERE id >= ?1 AND id < ?2"
        } else {
            "SELECT id, numbers FROM rollup WHERE id >= ?1 AND id < ?2"
        })?;
        let first = integer((window.start - file_start) / window.width);
        let mut rows = statement.query([first << 32, (first + 1) << 32])?;
        while let Some(row) = rows.next()? {
            let Some(source) = self.sources.get(&(row.get::<_, i64>(0)? & LOW_HALF)) else { continue };
            if !sum.wants(*source) || !(self.may_be_read)(&(window.start / 60, *source)) {
                continue;
            }
            let sums = rollup::decode(blob(row, 1)?)?;
            let sketches = if with_histogram { blob(row, 2)? } else { &[] };
            let unpack = |wanted: Wanted<'_>| {
                sketches::decode(sketches, &sums.numbers, wanted)
                    .map_err(|error| ReadError::Block(error).at(&path))
            };
            sum.add(*source, Times::Window(window.start, &sums.minutes), &sums.numbers, &unpack)?;
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
