//! Who did what: the `audit` stream of the journal.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use tierline_store::journal::AUDIT;
use tierline_store::{JournalFilter, JournalRecord, Store, StoreError, TimeRange};

use crate::log;
use crate::login::Visitor;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Somebody logged in.
    Login,
    /// Somebody could not.
    LoginFailed,
    /// Somebody logged out.
    Logout,
    /// A thing was made.
    ObjectCreated,
    /// A secret was looked at.
    ObjectViewed,
    /// A thing was changed.
    ObjectUpdated,
    /// A thing was removed.
    ObjectDeleted,
    /// A program got a token.
    TokenIssued,
    /// Tokens or sessions were ended.
    TokensRevoked,
    /// Somebody wanted to do what they may not.
    Refused,
}

impl Action {
    /// The name clients of the audit history read (facts/controller-api 2.5).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::LoginFailed => "LOGIN_FAILED",
            Self::Logout => "LOGOUT",
            Self::ObjectCreated => "OBJECT_CREATED",
            Self::ObjectViewed => "OBJECT_VIEWED",
            Self::ObjectUpdated => "OBJECT_UPDATED",
            Self::ObjectDeleted => "OBJECT_DELETED",
            Self::TokenIssued => "TOKEN_ISSUED",
            Self::TokensRevoked => "TOKENS_REVOKED",
            Self::Refused => "REFUSED",
        }
    }
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AuditEntry {
    /// Where it stands in the journal; grows.
    pub id: u64,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// The account.
    pub account: String,
    /// Who.
    pub user: String,
    /// Who knows them: `INTERNAL`, `OIDC`, `API_CLIENT`.
    pub provider: String,
    /// From where; empty when that is not known.
    pub address: String,
    /// What was done.
    pub action: String,
    /// To what: `user:anna`, `access-key:abcd1234`.
    pub object: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Text {
    user: String,
    provider: String,
    address: String,
}

/// Bytes of an object's name in the audit.
const OBJECT_CHARS_MAX: usize = 200;

/// Writes a line down. Blocks. Who may act acts, also when the disk is full: a line that cannot be written goes to
/// the log.
pub fn record(store: &dyn Store, visitor: &Visitor, action: Action, object: &str, now_ms: u64) {
    let text = Text {
        user: visitor.user.chars().take(OBJECT_CHARS_MAX).collect(),
        provider: visitor.provider.to_owned(),
        address: visitor.address.map(|address: IpAddr| address.to_string()).unwrap_or_default(),
    };
    let record = JournalRecord {
        time_ms: now_ms,
        stream: AUDIT.to_owned(),
        app_id: None,
        kind: action.as_str().to_owned(),
        severity: "INFO".to_owned(),
        subject: object.chars().take(OBJECT_CHARS_MAX).collect(),
        text: serde_json::to_string(&text).unwrap_or_default(),
    };
    if let Err(error) = store.append(&visitor.account, &[record]) {
        log::line(&format!(
            "the audit could not be written ({error}): {}@{} {} {object}",
            visitor.user,
            visitor.account,
            action.as_str()
        ));
    }
}

/// The lines of a time, newest first, at most `limit`; `before_id` goes on behind that line. Blocks.
///
/// # Errors
/// When the store cannot be read.
pub fn entries(
    store: &dyn Store,
    account: &str,
    range: TimeRange,
    limit: usize,
    before_id: Option<u64>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let filter = JournalFilter { range, limit, before_id, ..JournalFilter::all(AUDIT) };
    let found = store.journal(account, &filter)?;
    Ok(found
        .into_iter()
        .map(|(id, record)| {
            let text: Text = serde_json::from_str(&record.text).unwrap_or_default();
            AuditEntry {
                id,
                time_ms: record.time_ms,
                account: account.to_owned(),
                user: text.user,
                provider: text.provider,
                address: text.address,
                action: record.kind,
                object: record.subject,
            }
        })
        .collect())
}
