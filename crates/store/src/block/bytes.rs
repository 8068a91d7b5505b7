//! Variable-length numbers and texts in a byte buffer.

use super::BlockError;

/// Writes numbers and texts.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Seven bits per byte, lowest first; at most 10 bytes.
    pub(super) fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Small negative numbers stay small.
    pub(super) fn zigzag(&mut self, value: i64) {
        self.varint(((value << 1) ^ (value >> 63)) as u64);
    }

    pub(super) fn size(&mut self, value: usize) {
        self.varint(value as u64);
    }

    /// An id: 52 bits of a hash do not get shorter than 7 bytes.
    pub(super) fn id(&mut self, value: u64) {
        self.raw(&value.to_le_bytes()[..7]);
    }

    pub(super) fn float(&mut self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.size(text.len());
        self.raw(text.as_bytes());
    }
}

/// Writes numbers bit by bit, lowest first: what is random gets no shorter than its bits.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    waiting: u128,
    waiting_bits: u32,
}

impl BitWriter {
    /// The bits behind the highest one; answers the length of the number, which is needed to read it.
    pub(super) fn number(&mut self, value: u64) -> u8 {
        let length = u64::BITS - value.leading_zeros();
        if length > 1 {
            let bits = length - 1;
            self.waiting |= u128::from(value & ((1 << bits) - 1)) << self.waiting_bits;
            self.waiting_bits += bits;
            while self.waiting_bits >= 8 {
                self.bytes.push(self.waiting as u8);
                self.waiting >>= 8;
                self.waiting_bits -= 8;
            }
        }
        length as u8
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        if self.waiting_bits > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}

/// Reads what [`BitWriter`] wrote.
pub(super) struct BitReader<'a> {
    rest: std::slice::Iter<'a, u8>,
    waiting: u128,
    waiting_bits: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.iter(), waiting: 0, waiting_bits: 0 }
    }

    /// A number of this length.
    pub(super) fn number(&mut self, length: u8) -> Result<u64, BlockError> {
        let Some(bits) = u32::from(length).checked_sub(1) else { return Ok(0) };
        if bits >= u64::BITS {
            return Err(BlockError::Damaged("a number is larger than 64 bits"));
        }
        while self.waiting_bits < bits {
            self.waiting |= u128::from(*self.rest.next().ok_or(ENDED)?) << self.waiting_bits;
            self.waiting_bits += 8;
        }
        let value = self.waiting as u64 & ((1 << bits) - 1);
        self.waiting >>= bits;
        self.waiting_bits -= bits;
        Ok(value | 1 << bits)
    }
}

/// Reads what [`Writer`] wrote, trusting nothing.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

const ENDED: BlockError = BlockError::Damaged("it ends too early");

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn raw(&mut self, length: usize) -> Result<&'a [u8], BlockError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(ENDED)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(ENDED)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, BlockError> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn varint(&mut self) -> Result<u64, BlockError> {
        // Most numbers are small.
        if let Some((first, rest)) = self.rest.split_first()
            && first & 0x80 == 0
        {
            self.rest = rest;
            return Ok(u64::from(*first));
        }
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(BlockError::Damaged("a number is larger than 64 bits"));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(BlockError::Damaged("a number is larger than 64 bits"))
    }

    pub(super) fn skip_varint(&mut self) -> Result<(), BlockError> {
        let length = self.rest.iter().take(10).position(|byte| byte & 0x80 == 0).ok_or(ENDED)?;
        self.raw(length + 1).map(drop)
    }

    pub(super) fn zigzag(&mut self) -> Result<i64, BlockError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// How many things follow, each of which takes at least `bytes_each` bytes: so a claim cannot make us
    /// allocate more than a multiple of what is there.
    pub(super) fn count(&mut self, bytes_each: usize) -> Result<usize, BlockError> {
        let count = usize::try_from(self.varint()?).map_err(|_| ENDED)?;
        if count.saturating_mul(bytes_each.max(1)) > self.rest.len() {
            return Err(ENDED);
        }
        Ok(count)
    }

    pub(super) fn id(&mut self) -> Result<u64, BlockError> {
        let mut bytes = [0; 8];
        bytes[..7].copy_from_slice(&self.array::<7>()?);
        Ok(u64::from_le_bytes(bytes))
    }

    pub(super) fn float(&mut self) -> Result<f64, BlockError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, BlockError> {
        let length = self.count(1)?;
        std::str::from_utf8(self.raw(length)?).map_err(|_| BlockError::Damaged("a text is not UTF-8"))
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything was read; more is a sign of damage.
    pub(super) fn end(&self) -> Result<(), BlockError> {
        if self.rest.is_empty() { Ok(()) } else { Err(BlockError::Damaged("something follows its end")) }
    }
}
