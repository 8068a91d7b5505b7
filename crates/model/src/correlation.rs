//! The correlation header `singularityheader`: `key=value` pairs joined by `*`.
//!
//! Written in the order of the public samples (facts/agent-api 3.2), because programs cut `ts`, `btid`, `guid`
//! and `exitguid` out of it in that order; read by key, in any order, unknown keys ignored.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::backend::ExitType;
use crate::guid::{Guid, SpanId};
use crate::id::{AppId, BackendId, BtId, TierId};
use crate::interval::Caller;
use crate::limits::{
    CORRELATION_HEADER_READ_BYTES_MAX, CORRELATION_HEADER_SENT_BYTES_MAX, EXIT_SEQUENCE_BYTES_MAX,
};

/// The name of the header, compared without case.
pub const HEADER_NAME: &str = "singularityheader";

/// What a correlation header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorrelationHeader {
    /// `appId`: the application of the BT.
    pub app_id: AppId,
    /// `ctrlguid`: a number for the account (the documented product numbers its controllers here).
    pub controller_guid: u64,
    /// `acctguid`: the account, derived from its name by [`account_guid`]; absent in foreign headers only.
    pub account_guid: Option<Guid>,
    /// `ts`: when the request began, milliseconds since 1970.
    pub timestamp_ms: u64,
    /// `btid`.
    pub bt_id: BtId,
    /// `guid`.
    pub guid: Guid,
    /// `exitguid`: the exit call in the request's chain, `1`, `1|2`, ….
    pub exit_sequence: Arc<str>,
    /// `unresolvedexitid`: the backend called; absent when it must not be resolved to a tier (`donotresolve`).
    pub backend_id: Option<BackendId>,
    /// `cidfrom`: the calling tier.
    pub caller_tier_id: TierId,
    /// `etypeorder`: the exit type.
    pub exit_type: ExitType,
    /// `snapenable`: keep a snapshot of this request on every tier.
    pub snapshot: bool,
}

/// What became of a header that was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Received {
    /// Continue this transaction.
    Continue(CorrelationHeader),
    /// The caller has no transaction and asks that none be detected here (`notxdetect=true`).
    DoNotDetect,
}

/// Why a header cannot be used. It is then treated as absent; the text is for diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Longer than 8 KiB.
    #[error("correlation header of {0} bytes, at most {CORRELATION_HEADER_READ_BYTES_MAX} are read")]
    TooLong(usize),
    /// A key that is needed is missing.
    #[error("correlation header without `{0}`")]
    Missing(&'static str),
    /// A value is not of its form.
    #[error("correlation header with a bad value for `{0}`")]
    Bad(&'static str),
}

/// The GUID that stands for an account in headers: a version 8 UUID made of its name's hash.
#[must_use]
pub fn account_guid(account: &str) -> Guid {
    let text = format!("v1|account|{}:{account}", account.len());
    let mut bytes = xxhash_rust::xxh3::xxh3_128(text.as_bytes()).to_be_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Guid::from_bytes(bytes).unwrap_or_else(|| account_guid("customer1"))
}

/// The number that stands for an account's controller in headers: 31 bits of the same hash.
#[must_use]
pub fn controller_guid(account: &str) -> u64 {
    let bytes = account_guid(account);
    let bytes = bytes.as_bytes();
    u64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) & 0x7fff_ffff)
}

impl CorrelationHeader {
    /// Who called, as reports carry it.
    #[must_use]
    pub const fn caller(&self) -> Caller {
        Caller { tier_id: self.caller_tier_id, backend_id: self.backend_id }
    }

    /// The span of the exit call that sent this.
    #[must_use]
    pub fn parent_span_id(&self) -> SpanId {
        self.guid.exit_span_id(&self.exit_sequence)
    }

    /// Appends the header's text, at most 1,024 bytes.
    pub fn write(&self, out: &mut String) {
        let start = out.len();
        self.write_all(out, self.exit_type.as_str());
        if out.len() - start > CORRELATION_HEADER_SENT_BYTES_MAX {
            // Only a hostile exit type can be this long; everything else is bounded.
            out.truncate(start);
            self.write_all(out, "CUSTOM");
        }
    }

    fn write_all(&self, out: &mut String, exit_type: &str) {
        // Writing to a String cannot fail.
        let _ = write!(out, "appId={}*ctrlguid={}", self.app_id, self.controller_guid);
        if let Some(account) = &self.account_guid {
            out.push_str("*acctguid=");
            account.write_uuid(out);
        }
        let _ = write!(out, "*ts={}*btid={}*guid=", self.timestamp_ms, self.bt_id);
        self.guid.write_uuid(out);
        out.push_str("*exitguid=");
        out.push_str(&self.exit_sequence);
        if let Some(backend) = self.backend_id {
            let _ = write!(out, "*unresolvedexitid={backend}");
        }
        let _ = write!(out, "*cidfrom={}*etypeorder=", self.caller_tier_id);
        out.extend(exit_type.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64));
        match self.backend_id {
            Some(backend) => {
                let _ = write!(out, "*cidto={{[UNRESOLVED][{backend}]}}");
            }
            None => out.push_str("*donotresolve=true"),
        }
        if self.snapshot {
            out.push_str("*snapenable=true");
        }
    }

    /// Reads a header.
    ///
    /// # Errors
    /// When the text is no usable header; callers then go on as if there were none.
    pub fn parse(text: &str) -> Result<Received, HeaderError> {
        if text.len() > CORRELATION_HEADER_READ_BYTES_MAX {
            return Err(HeaderError::TooLong(text.len()));
        }
        let mut fields = Fields::default();
        for pair in text.trim().split('*') {
            if let Some((key, value)) = pair.split_once('=') {
                fields.set(key.trim(), value.trim());
            }
        }
        fields.finish()
    }
}

/// Values by key; of a repeated key the first counts.
#[derive(Default)]
struct Fields<'a> {
    app: Option<&'a str>,
    controller: Option<&'a str>,
    account: Option<&'a str>,
    timestamp: Option<&'a str>,
    bt: Option<&'a str>,
    guid: Option<&'a str>,
    exit: Option<&'a str>,
    backend: Option<&'a str>,
    caller: Option<&'a str>,
    exit_type: Option<&'a str>,
    snapshot: Option<&'a str>,
    do_not_resolve: Option<&'a str>,
    do_not_detect: Option<&'a str>,
}

fn number(text: &str, key: &'static str) -> Result<u64, HeaderError> {
    // `parse` accepts a leading plus sign; the format does not have one.
    if text.starts_with('+') {
        return Err(HeaderError::Bad(key));
    }
    text.parse().map_err(|_| HeaderError::Bad(key))
}

fn is_true(text: Option<&str>) -> bool {
    text.is_some_and(|t| t.eq_ignore_ascii_case("true"))
}

impl<'a> Fields<'a> {
    fn set(&mut self, key: &str, value: &'a str) {
        let slot = match key {
            "appId" => &mut self.app,
            "ctrlguid" => &mut self.controller,
            "acctguid" => &mut self.account,
            "ts" => &mut self.timestamp,
            "btid" => &mut self.bt,
            "guid" => &mut self.guid,
            "exitguid" => &mut self.exit,
            "unresolvedexitid" => &mut self.backend,
            "cidfrom" => &mut self.caller,
            "etypeorder" => &mut self.exit_type,
            "snapenable" => &mut self.snapshot,
            "donotresolve" => &mut self.do_not_resolve,
            "notxdetect" => &mut self.do_not_detect,
            _ => return,
        };
        slot.get_or_insert(value);
    }

    fn finish(self) -> Result<Received, HeaderError> {
        if is_true(self.do_not_detect) {
            return Ok(Received::DoNotDetect);
        }
        let need = |value: Option<&'a str>, key| value.ok_or(HeaderError::Missing(key));
        let sequence = self.exit.unwrap_or("");
        if sequence.len() > EXIT_SEQUENCE_BYTES_MAX
            || !sequence.bytes().all(|b| b.is_ascii_digit() || b == b'|')
        {
            return Err(HeaderError::Bad("exitguid"));
        }
        let backend_id = match self.backend {
            Some(text) if !is_true(self.do_not_resolve) => Some(
                BackendId::from_u64(number(text, "unresolvedexitid")?)
                    .ok_or(HeaderError::Bad("unresolvedexitid"))?,
            ),
            _ => None,
        };
        Ok(Received::Continue(CorrelationHeader {
            app_id: AppId::from_u64(number(need(self.app, "appId")?, "appId")?)
                .ok_or(HeaderError::Bad("appId"))?,
            controller_guid: self.controller.map_or(Ok(0), |t| number(t, "ctrlguid"))?,
            account_guid: match self.account {
                Some(text) => Some(text.parse().map_err(|_| HeaderError::Bad("acctguid"))?),
                None => None,
            },
            timestamp_ms: self.timestamp.map_or(Ok(0), |t| number(t, "ts"))?,
            bt_id: BtId::from_u64(number(need(self.bt, "btid")?, "btid")?).ok_or(HeaderError::Bad("btid"))?,
            guid: need(self.guid, "guid")?.parse().map_err(|_| HeaderError::Bad("guid"))?,
            exit_sequence: Arc::from(sequence),
            backend_id,
            caller_tier_id: TierId::from_u64(number(need(self.caller, "cidfrom")?, "cidfrom")?)
                .ok_or(HeaderError::Bad("cidfrom"))?,
            exit_type: ExitType::parse(self.exit_type.unwrap_or("")),
            snapshot: is_true(self.snapshot),
        }))
    }
}

#[cfg(test)]
#[path = "correlation/tests.rs"]
mod tests;
