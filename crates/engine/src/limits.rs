//! Limits of what the engine answers with.

/// Points of one series; a longer range gets a longer step.
pub const SERIES_POINTS_MAX: u64 = 1_500;

/// Points a chart is given when it does not ask for a step.
pub const SERIES_POINTS_USUAL: u64 = 120;

/// Points of a sparkline.
pub const SPARK_POINTS_MAX: u64 = 40;

/// Metrics one path with wildcards may match.
pub const METRICS_MATCHED_MAX: usize = 20_000;

/// Characters of a metric path.
pub const METRIC_PATH_CHARS_MAX: usize = 4_096;

/// Parts of a metric path.
pub const METRIC_PATH_PARTS_MAX: usize = 32;

/// Rows up to which metric data are computed from single minutes and single nodes; beyond, minima and maxima
/// are those of coarser parts.
pub const METRIC_ROWS_FINE_MAX: u64 = 100_000;

/// Minutes up to which metric data have one-minute points (facts/controller-api 3.3).
pub const ONE_MINUTE_RANGE_MINUTES_MAX: u64 = 1_459;

/// Minutes up to which metric data have ten-minute points (facts/controller-api 3.3).
pub const TEN_MINUTE_RANGE_MINUTES_MAX: u64 = 2_940;

/// Snapshots one page of the list holds at most.
pub const SNAPSHOTS_PER_PAGE_MAX: usize = 1_000;

/// How far back the metric tree looks for calls between tiers and backends, minutes.
pub const METRIC_TREE_MINUTES: u64 = 24 * 60;

/// Health rules, policies, actions, schedules or suppressions of one application, each.
pub const ALERTING_OBJECTS_MAX: usize = 500;

/// Characters of the name of a rule, policy or action.
pub const ALERTING_NAME_CHARS_MAX: usize = 200;

/// Conditions of one criterion, and variables of one formula.
pub const CONDITIONS_MAX: usize = 30;

/// Minutes a health rule may look back.
pub const RULE_MINUTES_MAX: u32 = 360;

/// Bytes of a condition expression or a formula.
pub const EXPRESSION_CHARS_MAX: usize = 2_000;

/// Parentheses within parentheses.
pub const EXPRESSION_DEPTH_MAX: usize = 50;

/// Actions of one policy.
pub const POLICY_ACTIONS_MAX: usize = 50;

/// Characters of an action's body.
pub const ACTION_BODY_CHARS_MAX: usize = 20_000;

/// Headers of an action's call.
pub const ACTION_HEADERS_MAX: usize = 50;

/// Recipients of an action's email.
pub const ACTION_RECIPIENTS_MAX: usize = 100;

/// Characters of an event's summary, comment or property.
pub const EVENT_TEXT_CHARS_MAX: usize = 5_000;

/// Properties of an event.
pub const EVENT_PROPERTIES_MAX: usize = 100;

/// Events of one answer (facts/controller-api 2.4).
pub const EVENTS_PER_ANSWER_MAX: usize = 5_000;

/// Open violations of one application; more are not opened, which is said once a minute.
pub const VIOLATIONS_OPEN_MAX: usize = 2_000;

/// Deliveries of actions that wait in one account; later ones are refused and told as events.
pub const DELIVERIES_WAITING_MAX: usize = 1_000;

/// How often an action is tried.
pub const DELIVERY_ATTEMPTS_MAX: u32 = 6;

/// Events one delivery tells of; the rest is counted.
pub const DELIVERY_EVENTS_MAX: usize = 50;

/// Hours with data that make a baseline.
pub const BASELINE_SAMPLES_MIN: usize = 4;

/// Baselines of patterns that are remembered.
pub const BASELINES_REMEMBERED_MAX: usize = 2_000;

/// Hours of one answer with baselines: 31 days.
pub const BASELINE_HOURS_MAX: u64 = 31 * 24;

/// Snapshots with errors that are looked at to group errors.
pub const ERROR_SNAPSHOTS_MAX: usize = 5_000;

/// Groups of errors of one answer.
pub const ERROR_GROUPS_MAX: usize = 500;

/// Snapshots that are read whole to tell where errors of one group come from.
pub const ERROR_DETAILS_MAX: usize = 50;

/// Renamed, grouped, excluded or deleted BTs of one application.
pub const CHANGED_BTS_MAX: usize = 5_000;

/// Groups of BTs of one application.
pub const BT_GROUPS_MAX: usize = 200;

/// Renamed or resolved backends of one application.
pub const CHANGED_BACKENDS_MAX: usize = 5_000;

/// Diagnostic sessions of one application that run at one time.
pub const SESSIONS_RUNNING_MAX: usize = 20;

/// Minutes a diagnostic session may last.
pub const SESSION_MINUTES_MAX: u32 = 24 * 60;

/// Snapshots per agent of a diagnostic session when not told otherwise.
pub const SESSION_SNAPSHOTS_USUAL: u64 = 100;

/// Bytes of an agent configuration.
pub const AGENT_CONFIGURATION_BYTES_MAX: usize = 60_000;

/// Names of BTs that get their own line although the agents' limit is reached.
pub const PROMOTED_BTS_MAX: usize = 1_000;

/// Deleted applications an account remembers; the one deleted longest ago comes back first.
pub const APPLICATIONS_DELETED_MAX: usize = 10_000;

/// Seconds a trace of foreign spans waits for more after the last one came; SDKs send every five.
pub const FOREIGN_QUIET_S: u64 = 10;

/// So many times that long a trace waits for a parent that has not come.
pub const FOREIGN_PATIENCE: u64 = 6;

/// Bytes the foreign spans that wait may take, about; beyond, the oldest traces are decided early.
pub const FOREIGN_WINDOW_BYTES: usize = 128 << 20;

/// Milliseconds for which the places of decided spans are remembered: repetitions are known, late children find their
/// parents.
pub const FOREIGN_REMEMBERED_MS: u64 = 180_000;

/// Places of decided spans that are remembered; the oldest go first.
pub const FOREIGN_PLACES_MAX: usize = 400_000;

/// Spans of a trace that waits; one with more is decided, and goes on with those that come later.
pub const FOREIGN_TRACE_SPANS_MAX: usize = 20_000;

/// Traces decided at one time; more are decided a moment later.
pub const FOREIGN_DECISIONS_MAX: usize = 5_000;

/// Logged errors of a trace that waits.
pub const FOREIGN_LOGGED_ERRORS_MAX: usize = 100;

/// Segments of one foreign trace that are kept in its snapshot.
pub const FOREIGN_SEGMENTS_MAX: usize = 500;

/// Exit calls of one foreign segment whose details are kept.
pub const FOREIGN_EXIT_CALLS_MAX: usize = 2_000;

/// Tiers whose names, backends and rolling thresholds are remembered.
pub const FOREIGN_TIERS_MAX: usize = 5_000;

/// Milliseconds after its last spans for which a tier's metrics are not used: longer than SDKs wait between two reports.
pub const FOREIGN_SPANS_SEEN_MS: u64 = 15 * 60_000;

/// Series of foreign metrics whose last point is remembered; beyond, all begin anew.
pub const FOREIGN_SERIES_MAX: usize = 50_000;

/// Points of foreign metrics that wait; beyond, senders are told to come back.
pub const FOREIGN_POINTS_WAITING_MAX: usize = 50_000;

/// Processes that are remembered.
pub const FOREIGN_PROCESSES_MAX: usize = 20_000;

/// Milliseconds the configuration of a tier is used before it is read again.
pub const FOREIGN_CONFIG_MS: u64 = 30_000;

/// Requests our agents kept that are remembered to keep what foreign tiers did in them.
pub const FOREIGN_KEPT_ELSEWHERE_MAX: usize = 50_000;

/// Kept executions a trial of detection rules reads.
pub const TRIAL_EXECUTIONS_MAX: usize = 100;

/// Of one BT among them, so that a busy one does not hide the others.
pub const TRIAL_EXECUTIONS_PER_BT_MAX: usize = 5;

/// Kept segments looked through to find them.
pub const TRIAL_SEGMENTS_MAX: usize = 1_000;

/// Requests people may type into one trial.
pub const TRIAL_REQUESTS_MAX: usize = 20;

/// Events and violations that one chart is marked with.
pub const MARKERS_MAX: usize = 500;
