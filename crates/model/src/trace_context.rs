//! W3C Trace Context beside the correlation header: a correlation that survives services which know only that.
//!
//! `traceparent` carries the GUID as trace id and the exit call as parent. Our member of `tracestate` carries what
//! else the header says in at most 128 characters: `appd=1:<appId>:<btid>:<cidfrom>:<unresolvedexitid>:<exitguid>:
//! <etypeorder>:<flags>:<acctguid's first 8 digits>`, the numbers in hex. Flag 1: `snapenable`. The account is there
//! as a prefix only; it keeps strangers apart, not enemies.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::backend::ExitType;
use crate::correlation::CorrelationHeader;
use crate::guid::{Guid, SpanId};
use crate::id::{AppId, BackendId, BtId, TierId};
use crate::limits::{EXIT_SEQUENCE_BYTES_MAX, TRACE_STATE_MEMBER_BYTES_MAX};

/// The key of our member of `tracestate`.
pub const TRACE_STATE_KEY: &str = "appd";

/// What a `traceparent` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceParent {
    /// The trace id.
    pub guid: Guid,
    /// The span that called.
    pub span_id: SpanId,
}

impl TraceParent {
    /// Reads `00-<trace id>-<span id>-<flags>`; later versions may have more behind (W3C Trace Context, 3.2).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut parts = text.splitn(5, '-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let lower_hex = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let well_formed =
            lower_hex(version, 2) && lower_hex(trace, 32) && lower_hex(span, 16) && lower_hex(flags, 2);
        if !well_formed || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let guid = trace.parse().ok()?;
        let span_id = SpanId::from_u64(u64::from_str_radix(span, 16).ok()?)?;
        Some(Self { guid, span_id })
    }

    /// The parent of what the exit call of `header` leads to. Always sampled: every request is recorded.
    #[must_use]
    pub fn of(header: &CorrelationHeader) -> Self {
        Self { guid: header.guid, span_id: header.parent_span_id() }
    }

    /// Appends the text, 55 characters.
    pub fn write(&self, out: &mut String) {
        let _ = write!(out, "00-{}-{}-01", self.guid.to_hex(), self.span_id);
    }
}

/// Appends our member of `tracestate` for `header`; nothing when it would be too long.
pub fn write_member(header: &CorrelationHeader, out: &mut String) {
    let start = out.len();
    let backend = header.backend_id.map_or(0, BackendId::get);
    let exit_type =
        header.exit_type.as_str().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(32);
    let _ = write!(
        out,
        "{TRACE_STATE_KEY}=1:{:x}:{:x}:{:x}:{backend:x}:{}:",
        header.app_id.get(),
        header.bt_id.get(),
        header.caller_tier_id.get(),
        header.exit_sequence,
    );
    out.extend(exit_type);
    let _ = write!(out, ":{:x}:", u8::from(header.snapshot));
    if let Some(account) = &header.account_guid {
        out.extend(account.to_hex().chars().take(8));
    }
    if out.len() - start > TRACE_STATE_MEMBER_BYTES_MAX {
        out.truncate(start);
    }
}

/// Reads our member out of a whole `tracestate`; `parent` is the `traceparent` beside it. `account` is the account
/// that a member of this account's agents has.
#[must_use]
pub fn read_member(trace_state: &str, parent: &TraceParent, account: Guid) -> Option<CorrelationHeader> {
    let member = trace_state.split(',').find_map(|member| {
        let (key, value) = member.trim().split_once('=')?;
        (key == TRACE_STATE_KEY).then_some(value)
    })?;
    if member.len() > TRACE_STATE_MEMBER_BYTES_MAX {
        return None;
    }
    let fields: Vec<&str> = member.split(':').collect();
    let [version, app, bt, tier, backend, sequence, exit_type, flags, sender] = fields.as_slice() else {
        return None;
    };
    let number = |text: &str| u64::from_str_radix(text, 16).ok();
    let ours = account.to_hex();
    let sequence_is_sound = sequence.len() <= EXIT_SEQUENCE_BYTES_MAX
        && sequence.bytes().all(|b| b.is_ascii_digit() || b == b'|');
    if *version != "1" || !sequence_is_sound || ours.get(..8) != Some(*sender) {
        return None;
    }
    Some(CorrelationHeader {
        app_id: AppId::from_u64(number(app)?)?,
        controller_guid: 0,
        account_guid: Some(account),
        timestamp_ms: 0,
        bt_id: BtId::from_u64(number(bt)?)?,
        guid: parent.guid,
        exit_sequence: Arc::from(*sequence),
        backend_id: match number(backend)? {
            0 => None,
            id => Some(BackendId::from_u64(id)?),
        },
        caller_tier_id: TierId::from_u64(number(tier)?)?,
        exit_type: ExitType::parse(exit_type),
        snapshot: number(flags)? & 1 == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlation::{Received, account_guid};

    fn header() -> CorrelationHeader {
        let account = account_guid("customer1");
        let text = format!(
            "appId=64*ctrlguid=5*acctguid={account}*ts=1*btid=1583*guid=0af76519-16cd-43dd-8448-eb211c80319c\
             *exitguid=1|2*unresolvedexitid=143*cidfrom=213*etypeorder=RABBITMQ*snapenable=true"
        );
        match CorrelationHeader::parse(&text) {
            Ok(Received::Continue(header)) => header,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let header = header();
        let parent = TraceParent::of(&header);
        let mut text = String::new();
        parent.write(&mut text);
        assert_eq!(text.len(), 55);
        assert!(text.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
        assert_eq!(TraceParent::parse(&text), Some(parent));
        let mut state = "other=1,".to_owned();
        write_member(&header, &mut state);
        assert!(state.len() < 8 + 128, "{state}");
        let read = read_member(&state, &parent, account_guid("customer1")).unwrap();
        assert_eq!(read, CorrelationHeader { controller_guid: 0, timestamp_ms: 0, ..header });
        assert_eq!(read_member(&state, &parent, account_guid("another")), None, "a stranger's");
    }

    #[test]
    fn what_is_no_trace_context_is_absent() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = TraceParent::parse(good).unwrap();
        assert!(
            TraceParent::parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes")
                .is_some()
        );
        for text in [
            "",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        ] {
            assert_eq!(TraceParent::parse(text), None, "{text:?}");
        }
        let account = account_guid("customer1");
        for state in
            ["", "appd", "appd=", "appd=1:1:1", "appd=2:1:1:1:1:1:HTTP:0:x", "appd=1:g:1:1:1:1:HTTP:0:x"]
        {
            assert_eq!(read_member(state, &parent, account), None, "{state:?}");
        }
        assert_eq!(read_member(&"a=1,".repeat(10_000), &parent, account), None);
    }
}
