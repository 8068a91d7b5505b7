//! Hashing of short texts and small numbers, for tables inside one process.
//!
//! Folded 64 × 64 → 128 bit multiplication, seeded per core from the operating system's randomness, so that
//! nobody outside can aim for collisions. Every hit is compared with the text itself.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Adds `text` to the hash `state`. Texts that follow each other cannot run into each other: the length counts.
#[inline]
pub(crate) fn add_text(state: u64, text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut state = state ^ (bytes.len() as u64).wrapping_mul(MULTIPLIER);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), MULTIPLIER);
    }
    let mut last = 0u64;
    if let Some(word) = bytes.last_chunk::<8>() {
        // The last eight bytes, some of them for the second time: quicker than byte by byte.
        last = u64::from_le_bytes(*word);
    } else {
        for byte in rest {
            last = (last << 8) | u64::from(*byte);
        }
    }
    fold(state ^ last, MULTIPLIER ^ 0x5555_5555_5555_5555)
}

/// Hashes numbers; for keys that are numbers already.
#[derive(Default, Clone, Copy)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.0 = fold(self.0.rotate_left(23) ^ value ^ MULTIPLIER, 0xa24b_aed4_963e_e407);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

/// A map keyed by numbers.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn texts_of_all_lengths_and_their_boundaries_count() {
        let mut seen = HashSet::new();
        for length in 0..100 {
            assert!(seen.insert(add_text(7, &"a".repeat(length))), "{length}");
        }
        assert_ne!(add_text(add_text(1, "ab"), "c"), add_text(add_text(1, "a"), "bc"));
        assert_ne!(add_text(1, "x"), add_text(2, "x"));
    }

    #[test]
    fn a_hundred_thousand_names_do_not_collide() {
        let hashes: HashSet<u64> = (0..100_000).map(|i| add_text(3, &format!("/shop/item/{i}"))).collect();
        assert_eq!(hashes.len(), 100_000);
    }
}
