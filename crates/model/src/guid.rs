//! Request GUIDs and span ids. A GUID *is* the W3C trace id, written as a UUID, so both views join.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The id of one request over all tiers: 16 bytes, never all zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid([u8; 16]);

impl Guid {
    /// Wraps a trace id. All zeros is not an id (W3C Trace Context, 3.2.2.3).
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        (bytes != [0; 16]).then_some(Self(bytes))
    }

    /// The trace id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Appends the lower-case UUID form, 36 characters.
    pub fn write_uuid(&self, out: &mut String) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.push('-');
            }
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }

    /// The W3C form: 32 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let mut uuid = String::with_capacity(36);
        self.write_uuid(&mut uuid);
        uuid.retain(|c| c != '-');
        uuid
    }

    /// The id of the span for the exit call `exit_sequence` (`1`, `1|2`, …) of this request.
    ///
    /// Derived, not random: the downstream tier knows GUID and sequence from the header, so its parent link
    /// needs no further header field.
    #[must_use]
    pub fn exit_span_id(&self, exit_sequence: &str) -> SpanId {
        let half = u64::from_le_bytes([
            self.0[0], self.0[1], self.0[2], self.0[3], self.0[4], self.0[5], self.0[6], self.0[7],
        ]);
        let rest = u64::from_le_bytes([
            self.0[8], self.0[9], self.0[10], self.0[11], self.0[12], self.0[13], self.0[14], self.0[15],
        ]);
        SpanId(xxh3_64_with_seed(exit_sequence.as_bytes(), half ^ rest.rotate_left(32)).max(1))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(36);
        self.write_uuid(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

/// The text is not a GUID: 32 hex digits, with or without the four dashes of a UUID, not all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a request GUID: expected 32 hex digits, with or without dashes, not all zero")]
pub struct GuidError;

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        let mut bytes = [0u8; 16];
        let mut digits = 0usize;
        for (position, c) in text.bytes().enumerate() {
            if c == b'-' && text.len() == 36 && matches!(position, 8 | 13 | 18 | 23) {
                continue;
            }
            let value = char::from(c).to_digit(16).ok_or(GuidError)?;
            let value = u8::try_from(value).map_err(|_| GuidError)?;
            let byte = bytes.get_mut(digits / 2).ok_or(GuidError)?;
            *byte = (*byte << 4) | value;
            digits += 1;
        }
        if digits != 32 {
            return Err(GuidError);
        }
        Self::from_bytes(bytes).ok_or(GuidError)
    }
}

impl Serialize for Guid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A W3C span id: 8 bytes, never zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SpanId(u64);

impl SpanId {
    /// Wraps a span id given in big-endian order; zero is not an id.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        Self::from_u64(u64::from_be_bytes(bytes))
    }

    /// Wraps a number; zero is not an id.
    #[must_use]
    pub const fn from_u64(value: u64) -> Option<Self> {
        if value == 0 { None } else { Some(Self(value)) }
    }

    /// The number.
    #[must_use]
    pub const fn to_u64(self) -> u64 {
        self.0
    }

    /// The bytes as they go on the wire.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for SpanId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpanId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let value = u64::from_str_radix(&text, 16).map_err(serde::de::Error::custom)?;
        Self::from_u64(value).ok_or_else(|| serde::de::Error::custom("a span id is never zero"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_one_is_written() {
        let uuid = "0af76519-16cd-43dd-8448-eb211c80319c";
        let guid: Guid = uuid.parse().unwrap();
        assert_eq!(guid.to_string(), uuid);
        assert_eq!(guid.to_hex(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(guid.to_hex().parse::<Guid>().unwrap(), guid);
        assert_eq!(uuid.to_uppercase().parse::<Guid>().unwrap(), guid);
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in [
            "",
            "-",
            "0",
            "zz",
            "00000000-0000-0000-0000-000000000000",
            "0af7651916cd43dd8448eb211c80319",
            "ü",
        ] {
            assert!(text.parse::<Guid>().is_err(), "{text:?}");
        }
        assert!("0".repeat(100_000).parse::<Guid>().is_err());
    }

    #[test]
    fn exit_span_ids_differ_by_request_and_sequence() {
        let a: Guid = "0af7651916cd43dd8448eb211c80319c".parse().unwrap();
        let b: Guid = "0af7651916cd43dd8448eb211c80319d".parse().unwrap();
        assert_eq!(a.exit_span_id("1"), a.exit_span_id("1"));
        assert_ne!(a.exit_span_id("1"), a.exit_span_id("2"));
        assert_ne!(a.exit_span_id("1"), b.exit_span_id("1"));
    }
}
