//! What a store says about itself.

use crate::options::Retention;

/// A file that could not be understood and was put aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quarantined {
    /// What it was.
    pub file: String,
    /// Where it is now.
    pub moved_to: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The state of a store. Counters count since it was opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoreHealth {
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes they may have, when there is a limit.
    pub bytes_max: Option<u64>,
    /// How long what is kept.
    pub retention: Retention,
    /// Bytes free on its disk.
    pub disk_free_bytes: u64,
    /// Why writing is refused at the moment, when it is.
    pub refusing: Option<String>,
    /// Why packing, adding up or dropping failed the last time, when it did.
    pub upkeep_error: Option<String>,
    /// Reports left out because their day was dropped already.
    pub reports_late: u64,
    /// Segments left out for the same reason.
    pub segments_late: u64,
    /// Segments dropped before their time to keep below the limit.
    pub segments_dropped_for_room: u64,
    /// Days of minute or ten-minute numbers dropped before their time for the same reason.
    pub metric_days_dropped_for_room: u64,
    /// Files put aside.
    pub quarantined: Vec<Quarantined>,
}
