//! Writing from the back to the front.

/// Writes protobuf fields, the last one first.
///
/// Everything written later stands *before* what was written earlier. A nested message is written body first; then
/// its length is known and goes before it. Lists must be written in reverse.
pub(crate) struct Writer {
    buffer: Vec<u8>,
    /// Where the written part begins; everything before is free.
    head: usize,
}

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH: u32 = 2;
const FIXED32: u32 = 5;

impl Writer {
    /// A writer that reuses the free capacity of a buffer.
    pub(crate) fn new(bytes_expected: usize) -> Self {
        Self { buffer: vec![0; bytes_expected], head: bytes_expected }
    }

    /// What was written, in the right order.
    pub(crate) fn written(&self) -> &[u8] {
        self.buffer.get(self.head..).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.buffer.len() - self.head
    }

    /// Moves the head forward by `bytes` and gives the new room.
    #[inline]
    fn claim(&mut self, bytes: usize) -> &mut [u8] {
        if self.head < bytes {
            self.grow(bytes);
        }
        let end = self.head;
        self.head -= bytes;
        &mut self.buffer[self.head..end]
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        let written = self.len();
        let size = (self.buffer.len() + bytes).next_power_of_two().max(4096) * 2;
        let mut larger = vec![0; size];
        larger[size - written..].copy_from_slice(&self.buffer[self.head..]);
        self.buffer = larger;
        self.head = size - written;
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) {
        self.claim(bytes.len()).copy_from_slice(bytes);
    }

    #[inline]
    fn varint(&mut self, mut value: u64) {
        if value < 0x80 {
            self.claim(1)[0] = value as u8;
            return;
        }
        let length = (70 - value.leading_zeros() as usize) / 7;
        for byte in self.claim(length) {
            *byte = value as u8 | 0x80;
            value >>= 7;
        }
        if let Some(last) = self.buffer.get_mut(self.head + length - 1) {
            *last &= 0x7f;
        }
    }

    #[inline]
    fn tag(&mut self, field: u32, kind: u32) {
        self.varint(u64::from(field << 3 | kind));
    }

    /// A string or bytes field. Written even when empty.
    #[inline]
    pub(crate) fn text(&mut self, field: u32, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.bytes(text);
        self.varint(text.len() as u64);
        self.tag(field, LENGTH);
    }

    /// A string field made of two parts.
    #[inline]
    pub(crate) fn joined(&mut self, field: u32, first: &str, second: &str) {
        self.bytes(second.as_bytes());
        self.bytes(first.as_bytes());
        self.varint((first.len() + second.len()) as u64);
        self.tag(field, LENGTH);
    }

    /// An integer, enum or bool field. Written even when 0.
    #[inline]
    pub(crate) fn integer(&mut self, field: u32, value: u64) {
        self.varint(value);
        self.tag(field, VARINT);
    }

    /// A `sint32` field.
    #[inline]
    pub(crate) fn zigzag(&mut self, field: u32, value: i32) {
        self.integer(field, u64::from(((value << 1) ^ (value >> 31)) as u32));
    }

    /// A `fixed64` or `sfixed64` field.
    #[inline]
    pub(crate) fn fixed64(&mut self, field: u32, value: u64) {
        self.bytes(&value.to_le_bytes());
        self.tag(field, FIXED64);
    }

    /// A `fixed32` field.
    #[inline]
    pub(crate) fn fixed32(&mut self, field: u32, value: u32) {
        self.bytes(&value.to_le_bytes());
        self.tag(field, FIXED32);
    }

    /// A `double` field.
    #[inline]
    pub(crate) fn double(&mut self, field: u32, value: f64) {
        self.fixed64(field, value.to_bits());
    }

    /// A packed list of `uint64`.
    #[inline]
    pub(crate) fn packed(&mut self, field: u32, values: &[u64]) {
        let end = self.len();
        for value in values.iter().rev() {
            self.varint(*value);
        }
        self.varint((self.len() - end) as u64);
        self.tag(field, LENGTH);
    }

    /// A nested message; `body` writes its fields, the last one first.
    #[inline]
    pub(crate) fn message(&mut self, field: u32, body: impl FnOnce(&mut Self)) {
        let end = self.len();
        body(self);
        self.varint((self.len() - end) as u64);
        self.tag(field, LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_the_lengths_of_the_specification() {
        for (value, length) in
            [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (u64::MAX >> 1, 9), (u64::MAX, 10)]
        {
            let mut writer = Writer::new(0);
            writer.varint(value);
            assert_eq!(writer.written().len(), length, "{value}");
            let mut rest = writer.written();
            assert_eq!(prost::encoding::decode_varint(&mut rest), Ok(value));
            assert!(rest.is_empty());
        }
    }

    #[test]
    fn growing_keeps_what_was_written() {
        let mut writer = Writer::new(1);
        for index in (0..10_000u64).rev() {
            writer.fixed64(1, index);
        }
        assert_eq!(writer.written().len(), 90_000);
        let first = writer.written().get(1..9).map(<[u8]>::to_vec);
        assert_eq!(first, Some(0u64.to_le_bytes().to_vec()));
        assert_eq!(writer.written().last_chunk::<8>(), Some(&9_999u64.to_le_bytes()));
    }
}
