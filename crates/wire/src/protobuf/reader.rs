//! Reading field by field, without copies.

/// The bytes are not protobuf, or end too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a complete protobuf message")]
pub struct Malformed;

/// A field's value by wire type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

/// Walks the fields of one message.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next field's number and value, or `None` at the end. Groups, which protobuf gave up before OTLP was
    /// made, are malformed.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Field<'a>)>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let field = u32::try_from(tag >> 3).map_err(|_| Malformed)?;
        if field == 0 {
            return Err(Malformed);
        }
        let value = match tag & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.chunk()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
                self.rest = rest;
                Field::Bytes(bytes)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.chunk()?)),
            _ => return Err(Malformed),
        };
        Ok(Some((field, value)))
    }

    /// Calls `each` with every field.
    pub(crate) fn fields<E: From<Malformed>>(
        mut self,
        mut each: impl FnMut(u32, Field<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((field, value)) = self.next()? {
            each(field, value)?;
        }
        Ok(())
    }

    #[cfg(feature = "decode")]
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// A bare number, as in packed lists.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Malformed> {
        match self.rest {
            [byte @ 0..=0x7f, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            [low @ 0x80..=0xff, high @ 0..=0x7f, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            // The tenth byte carries one bit.
            if index == 9 && *byte > 1 {
                return Err(Malformed);
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                self.rest = self.rest.get(index + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_and_impossible_messages_are_malformed() {
        for bytes in [
            &[0x0a][..],                                                         // a length is missing
            &[0x0a, 5, 1],                                                       // shorter than its length
            &[0x09, 1, 2],                                                       // half a fixed64
            &[0x00, 0],                                                          // field 0
            &[0x0b],                                                             // a group
            &[0x0f],                                                             // wire type 7
            &[0x08, 0xff],                                                       // an unfinished varint
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], // 65 bits
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], // 2^64 - 1 bytes
        ] {
            let outcome = Reader::new(bytes).fields(|_, _| Ok::<(), Malformed>(()));
            assert_eq!(outcome, Err(Malformed), "{bytes:x?}");
        }
    }
}
