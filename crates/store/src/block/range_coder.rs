//! A binary arithmetic coder with adaptive probabilities: a yes or no that was expected takes a fraction of a bit.
//!
//! The carry-propagating range coder of LZMA (Martin 1979; Igor Pavlov's LZMA specification), with probabilities of
//! 15 bits. Integers only, so what one machine wrote every other reads.

/// Bits of a probability.
const PROBABILITY_BITS: u32 = 15;

/// How slowly a probability follows what happens: by 1/64 of the difference. What is expected at first is mostly
/// right already.
const ADAPTATION: u32 = 6;

/// Below it the range is renewed.
const RANGE_MIN: u32 = 1 << 24;

/// How likely a "no" is, of 2^15.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Probability(u16);

impl Probability {
    /// As likely as not.
    pub(super) const EVEN: Self = Self(1 << (PROBABILITY_BITS - 1));

    /// Out of 2^15; never quite certain.
    pub(super) const fn of_no(share: u16) -> Self {
        const MARGIN: u16 = 1 << ADAPTATION;
        const MAX: u16 = (1 << PROBABILITY_BITS) - MARGIN;
        Self(if share < MARGIN {
            MARGIN
        } else if share > MAX {
            MAX
        } else {
            share
        })
    }

    const fn bound(self, range: u32) -> u32 {
        (range >> PROBABILITY_BITS) * self.0 as u32
    }

    const fn learn(&mut self, yes: bool) {
        if yes {
            self.0 -= self.0 >> ADAPTATION;
        } else {
            self.0 += ((1 << PROBABILITY_BITS) - self.0) >> ADAPTATION;
        }
    }
}

/// Writes yes and no.
pub(super) struct Encoder {
    low: u64,
    range: u32,
    cache: u8,
    /// Bytes that wait for a carry, the cached one included.
    waiting: usize,
    bytes: Vec<u8>,
}

impl Encoder {
    pub(super) const fn new() -> Self {
        Self { low: 0, range: u32::MAX, cache: 0, waiting: 1, bytes: Vec::new() }
    }

    pub(super) fn bit(&mut self, probability: &mut Probability, yes: bool) {
        let bound = probability.bound(self.range);
        if yes {
            self.low += u64::from(bound);
            self.range -= bound;
        } else {
            self.range = bound;
        }
        probability.learn(yes);
        while self.range < RANGE_MIN {
            self.range <<= 8;
            self.shift_low();
        }
    }

    /// The lowest `bits` of a number about which nothing is known.
    pub(super) fn raw(&mut self, value: u64, bits: u32) {
        for bit in (0..bits).rev() {
            let mut even = Probability::EVEN;
            self.bit(&mut even, value >> bit & 1 == 1);
        }
    }

    fn shift_low(&mut self) {
        let carry = (self.low >> 32) as u8;
        if self.low < 0xff00_0000 || carry == 1 {
            self.bytes.push(self.cache.wrapping_add(carry));
            let more = 0xffu8.wrapping_add(carry);
            self.bytes.extend(std::iter::repeat_n(more, self.waiting - 1));
            self.waiting = 0;
            self.cache = (self.low >> 24) as u8;
        }
        self.waiting += 1;
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    /// The bytes. Zeros at the end are left out: reading behind the end gives zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // Of all numbers within the range the one with the most zeros at its end.
        let round = u64::from(RANGE_MIN) - 1;
        let rounded = (self.low + round) & !round;
        if rounded < self.low + u64::from(self.range) {
            self.low = rounded;
        }
        for _ in 0..5 {
            self.shift_low();
        }
        // The first byte is always zero.
        self.bytes.remove(0);
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }
}

/// Reads what [`Encoder`] wrote. Any bytes give some answers; whether they make sense the caller sees.
pub(super) struct Decoder<'b> {
    code: u32,
    range: u32,
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Decoder<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u32::MAX, bytes: bytes.iter() };
        for _ in 0..4 {
            decoder.next_byte();
        }
        decoder
    }

    fn next_byte(&mut self) {
        self.code = self.code << 8 | u32::from(self.bytes.next().copied().unwrap_or(0));
    }

    pub(super) fn bit(&mut self, probability: &mut Probability) -> bool {
        let bound = probability.bound(self.range);
        let yes = self.code >= bound;
        if yes {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        probability.learn(yes);
        while self.range < RANGE_MIN {
            self.range <<= 8;
            self.next_byte();
        }
        yes
    }

    pub(super) fn raw(&mut self, bits: u32) -> u64 {
        (0..bits).fold(0, |value, _| {
            let mut even = Probability::EVEN;
            value << 1 | u64::from(self.bit(&mut even))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(bits in proptest::collection::vec((0usize..4, any::<bool>()), 0..3_000)) {
            let start = [100, 5_000, 16_384, 32_700].map(Probability::of_no);
            let mut probabilities = start;
            let mut encoder = Encoder::new();
            for (context, yes) in &bits {
                encoder.bit(&mut probabilities[*context], *yes);
            }
            encoder.raw(0x1234_5678_9abc, 48);
            let bytes = encoder.finish();
            probabilities = start;
            let mut decoder = Decoder::new(&bytes);
            for (context, yes) in &bits {
                prop_assert_eq!(decoder.bit(&mut probabilities[*context]), *yes);
            }
            prop_assert_eq!(decoder.raw(48), 0x1234_5678_9abc);
        }
    }

    #[test]
    fn what_is_expected_takes_little_room() {
        let mut probability = Probability::of_no(u16::MAX);
        let mut encoder = Encoder::new();
        for number in 0..10_000 {
            encoder.bit(&mut probability, number % 1_000 == 999);
        }
        assert!(encoder.finish().len() < 40);
    }
}
