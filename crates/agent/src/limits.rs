//! Every limit of the agent, in one place.

// --- Settings ---

/// Bytes of a configuration file; a longer one is ignored with a warning. Living ones have less than 4 KB.
pub const CONFIG_FILE_BYTES_MAX: usize = 1 << 20;

/// Warnings about settings that are remembered; the rest is counted in the last one.
pub const SETTINGS_WARNINGS_MAX: usize = 50;

/// Characters of a setting's value; longer ones are cut.
pub const SETTING_CHARS_MAX: usize = 4_096;

/// Node names tried when names are reused (`prefix-0` …) before several processes share the last.
pub const NODE_NAMES_MAX: u32 = 1_000;

/// The shortest reporting interval, milliseconds. For tests; a real one is a minute.
pub const REPORT_INTERVAL_MS_MIN: u64 = 100;

/// The longest and the default reporting interval, milliseconds: intervals never straddle a minute.
pub const REPORT_INTERVAL_MS_MAX: u64 = 60_000;
