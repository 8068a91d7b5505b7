//! Limits of the controller, all in one place. Those of single messages are in `tierline_wire::limits`.

/// Bytes of an OTLP request as it arrives, and after decompression (OTLP asks receivers for 64 MiB).
pub const INGEST_BODY_BYTES_MAX: usize = tierline_wire::limits::REQUEST_BYTES_MAX;

/// OTLP requests that are decoded or written at one time; further ones wait for their turn.
pub const INGEST_REQUESTS_MAX: usize = 64;

/// OTLP requests of one account that may wait for their turn; the next one is told to come back.
pub const INGEST_WAITING_PER_ACCOUNT_MAX: usize = 256;

/// Milliseconds a request waits for its turn before it is told to come back.
pub const INGEST_WAIT_MAX_MS: u64 = 2_000;

/// OTLP requests whose bodies may be on their way at one time, three quarters of them of one account.
pub const INGEST_READERS_MAX: usize = 4_000;

/// Bytes a request is counted with besides its body, for what is made of each byte of it.
pub const DECODED_BYTES_PER_BYTE: usize = 3;

/// Bytes all OTLP requests at one time may hold in memory; more are told to come back.
pub const INGEST_MEMORY_BYTES_MAX: usize = 512 << 20;

/// Bytes for which room is made when a sender says that they come.
pub const BODY_BYTES_BEFOREHAND_MAX: usize = 1 << 20;

/// Seconds a sender may take for a request's body.
pub const BODY_READ_TIMEOUT_S: u64 = 30;

/// Seconds a sender may take in any case while memory is scarce.
pub const BODY_TIGHT_GRACE_S: u64 = 5;

/// Bytes each second for which a sender gets one more second while memory is scarce.
pub const BODY_TIGHT_BYTES_PER_SECOND: u64 = 64 << 10;

/// Seconds after which a sender that was turned away may come back.
pub const RETRY_AFTER_S: u64 = 1;

/// Seconds after which a sender may come back while the store cannot be written.
pub const RETRY_AFTER_UNAVAILABLE_S: u64 = 5;

/// Bytes of a request to the page API.
pub const PAGE_BODY_BYTES_MAX: usize = 64 << 10;

/// Bytes of a request to the REST API: configurations that are imported are the largest.
pub const REST_BODY_BYTES_MAX: usize = 2 << 20;

/// Bytes of an answer of the REST API, roughly; a longer one is cut, and says so.
pub const REST_ANSWER_BYTES_MAX: usize = 32 << 20;

/// Points of one answer of `metric-data`; more are refused.
pub const REST_METRIC_POINTS_MAX: usize = 150_000;

/// Points of all metrics one question of the page's metric browser gets.
pub const PAGE_METRIC_POINTS_MAX: usize = 30_000;

/// Metrics of one such question; more are counted, not drawn.
pub const PAGE_METRIC_SERIES_MAX: usize = 50;

/// Headers of a request that is typed to try detection rules on.
pub const TRIAL_HEADERS_MAX: usize = 20;

/// Events of one answer of the REST API (facts/controller-api 2.4).
pub const REST_EVENTS_MAX: usize = 5_000;

/// Violations of one answer of the REST API.
pub const REST_VIOLATIONS_MAX: usize = 5_000;

/// Lines of the audit of one answer of the REST API.
pub const REST_AUDIT_LINES_MAX: usize = 10_000;

/// Nodes one call takes out of the lists.
pub const REST_NODES_MARKED_MAX: usize = 25;

/// How deep XML may be that clients send.
pub const XML_DEPTH_MAX: usize = 32;

/// Elements of XML that clients send.
pub const XML_ELEMENTS_MAX: usize = 50_000;

/// Agents whose OpAMP conversation is remembered; the one silent longest is forgotten first.
pub const OPAMP_AGENTS_MAX: usize = 100_000;

/// Milliseconds after which an agent's unchanged word about itself is written again.
pub const OPAMP_RECORD_INTERVAL_MS: u64 = 60_000;

/// Milliseconds an application's agent configuration is remembered before it is read again.
pub const AGENT_CONFIG_CACHE_MS: u64 = 5_000;

/// Applications whose agent configuration is remembered.
pub const AGENT_CONFIGS_MAX: usize = 10_000;

/// Sessions at one time; the oldest goes first.
pub const SESSIONS_MAX: usize = 10_000;

/// Milliseconds a session lasts without use (OWASP ASVS 3.3.2, level 2).
pub const SESSION_IDLE_MS: u64 = 30 * 60_000;

/// Milliseconds a session lasts at most (OWASP ASVS 3.3.2, level 2).
pub const SESSION_LIFE_MS: u64 = 12 * 3_600_000;

/// Sessions one user may have at one time; the oldest goes first.
pub const SESSIONS_PER_USER_MAX: usize = 50;

/// Passwords checked at one time (each takes about 20 MB and 50 ms); further ones wait, up to the next limit.
pub const PASSWORD_CHECKS_MAX: usize = 2;

/// Password checks that may wait; more are turned away.
pub const PASSWORD_CHECKS_WAITING_MAX: usize = 64;

/// Characters a new password has at least (OWASP ASVS 4.0, 2.1.1).
pub const PASSWORD_CHARS_MIN: usize = 12;

/// Bytes of a password.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Passwords that were found right and are remembered as a keyed hash.
pub const PASSWORDS_REMEMBERED_MAX: usize = 1_000;

/// Access keys of a controller.
pub const ACCESS_KEYS_MAX: usize = 1_000;

/// Characters of an access key.
pub const ACCESS_KEY_CHARS_MAX: usize = 256;

/// Snapshots `request-snapshots` answers with when not told otherwise (facts/controller-api 2.3).
pub const REST_SNAPSHOTS_USUAL: usize = 600;

/// Snapshots `request-snapshots` answers with at most; its answer says where to go on.
pub const REST_SNAPSHOTS_MAX: usize = 2_000;

/// Snapshots of one page of the list when not told otherwise.
pub const PAGE_SNAPSHOTS_USUAL: usize = 100;

/// Milliseconds of the longest range anybody may ask for: two years.
pub const RANGE_MS_MAX: u64 = 2 * 366 * 24 * 3_600_000;

/// Seconds between two clean-ups of what is older than its retention.
pub const RETENTION_INTERVAL_S: u64 = 3_600;

/// Seconds a stopping controller gives requests that are running.
pub const STOP_GRACE_S: u64 = 4;

/// Requests to the store that answer questions at one time.
pub const QUESTIONS_MAX: usize = 32;

/// Connections at one time; more wait in the system's queue. An agent has one, a browser six.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Seconds after which a connection that says nothing is closed. Agents speak every ten.
pub const CONNECTION_IDLE_S: u64 = 120;

/// Connections at one time from one address; further ones are closed. A proxy may stand for many.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = CONNECTIONS_MAX / 2;

/// Seconds a connection has for its handshake and the head of its first request.
pub const FIRST_REQUEST_S: u64 = 30;

/// Seconds the head of each further request may take, and a connection may wait for it.
pub const REQUEST_HEAD_S: u64 = 75;

/// Bytes of a request's head.
pub const REQUEST_HEAD_BYTES_MAX: usize = 64 << 10;

/// Requests at one time over one HTTP/2 connection.
pub const REQUESTS_PER_CONNECTION_MAX: u32 = 100;

/// Seconds a request of people and scripts may take as a whole.
pub const REQUEST_S_MAX: u64 = 60;

/// Requests of people and scripts at one time, in turns between accounts.
pub const VISITORS_MAX: usize = QUESTIONS_MAX;

/// Requests of one account's people and scripts that may wait for their turn.
pub const VISITORS_WAITING_PER_ACCOUNT_MAX: usize = 128;

/// Milliseconds they wait for it.
pub const VISITORS_WAIT_MAX_MS: u64 = 10_000;

/// Seconds between two looks at the files of the certificate.
pub const TLS_LOOK_INTERVAL_S: u64 = 10;

/// Seconds between two tries to write while the store cannot be written.
pub const STORE_TRY_INTERVAL_S: u64 = 5;

/// Lines the controller logs in one second; further ones are counted.
pub const LOG_LINES_PER_SECOND_MAX: u32 = 20;

/// Bytes from which on an allocation is given back to the system when it is freed.
pub const LARGE_BLOCK_BYTES: i32 = 1 << 20;

/// Accounts of a controller.
pub const ACCOUNTS_MAX: usize = 1_000;

/// Users of one account.
pub const USERS_MAX: usize = 10_000;

/// Groups of one account.
pub const GROUPS_MAX: usize = 1_000;

/// Roles of one account, besides the built-in ones.
pub const ROLES_MAX: usize = 1_000;

/// API clients of one account.
pub const API_CLIENTS_MAX: usize = 1_000;

/// Characters of the name of a user, group, role, API client or account.
pub const NAME_CHARS_MAX: usize = 100;

/// Characters of a description, an address, a title.
pub const DESCRIPTION_CHARS_MAX: usize = 1_000;

/// Roles or groups one user, group or client may have.
pub const MEMBERSHIPS_MAX: usize = 100;

/// Seconds a token lives when nobody says otherwise (facts/controller-api 1).
pub const TOKEN_LIFE_USUAL_S: u64 = 300;

/// Seconds a token may live: 30 days.
pub const TOKEN_LIFE_MAX_S: u64 = 30 * 86_400;

/// Characters of a token that is looked at.
pub const TOKEN_CHARS_MAX: usize = 1_000;

/// Logins of one user that may fail in a row (OWASP ASVS 2.2.1: no more than 100 in an hour).
pub const LOGIN_USER_FAILURES_MAX: u32 = 20;

/// Milliseconds after which one failed login of a user is forgiven: 100 in an hour.
pub const LOGIN_USER_REFILL_MS: u64 = 36_000;

/// Logins from one address that may fail in a row. A proxy or an office may be behind it.
pub const LOGIN_ADDRESS_FAILURES_MAX: u32 = 100;

/// Milliseconds after which one failed login from an address is forgiven: 600 in an hour.
pub const LOGIN_ADDRESS_REFILL_MS: u64 = 6_000;

/// Users and addresses whose failed logins are remembered, each.
pub const LOGIN_BUCKETS_MAX: usize = 10_000;

/// Bytes of a request for a token.
pub const OAUTH_BODY_BYTES_MAX: usize = 16 << 10;

/// Lines of the audit in one answer of the page API.
pub const AUDIT_PAGE_MAX: usize = 1_000;

/// Seconds between two looks at what policies want and which actions are due.
pub const JOB_INTERVAL_S: u64 = 5;

/// Milliseconds after the end of a minute before health rules look at it: agents report it first.
pub const RULES_DELAY_MS: u64 = 20_000;

/// Milliseconds after which a silent application is not evaluated any more. Open violations have long ended by then.
pub const EVALUATED_APPLICATION_SILENT_MS: u64 = 24 * 3_600_000;

/// Actions that are carried out at one time.
pub const DELIVERIES_AT_ONCE_MAX: usize = 4;

/// Actions that are carried out before the next look at what is due.
pub const DELIVERIES_PER_ROUND_MAX: usize = 50;

/// Seconds an action may take.
pub const ACTION_TIMEOUT_S: u64 = 10;

/// Bytes of a webhook's answer that are read.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 64 << 10;

/// Milliseconds a login through an OpenID Connect provider may take.
pub const OIDC_LOGIN_MS: u64 = 10 * 60_000;

/// Logins through an OpenID Connect provider under way at one time.
pub const OIDC_LOGINS_MAX: usize = 1_000;

/// Milliseconds a provider's keys and its word about itself are remembered.
pub const OIDC_KEYS_FRESH_MS: u64 = 5 * 60_000;

/// Seconds a provider's clock may differ from ours.
pub const OIDC_CLOCK_SKEW_S: u64 = 60;

/// Bytes of an ID token.
pub const ID_TOKEN_BYTES_MAX: usize = 64 << 10;

/// Milliseconds between two looks for foreign traces to decide.
pub const FOREIGN_TICK_MS: u64 = 1_000;

/// Decisions about foreign traces that wait for the store; while there are as many, none is made.
pub const FOREIGN_DECISIONS_WAITING_MAX: usize = 4;

/// Bytes after which the log of foreign telemetry goes on in another file.
pub const FOREIGN_LOG_FILE_BYTES: u64 = 16 << 20;

/// Milliseconds after which it does.
pub const FOREIGN_LOG_FILE_MS: u64 = 60_000;

/// Milliseconds a file is kept after its end, so that repetitions are recognised after a restart.
pub const FOREIGN_LOG_KEPT_MS: u64 = 180_000;

/// Bytes of the whole log; beyond, foreign telemetry is told to come back.
pub const FOREIGN_LOG_BYTES_MAX: u64 = 1 << 30;

/// Days anything may be told to be kept at most: ten years.
pub const KEEP_DAYS_MAX: u64 = 3_650;

/// Seconds a foreign trace may be told to wait at most: longer windows take memory without end.
pub const FOREIGN_WINDOW_S_MAX: u64 = 600;

/// Megabytes a window of foreign spans may be given at most.
pub const FOREIGN_WINDOW_MB_MAX: u64 = 16_384;
