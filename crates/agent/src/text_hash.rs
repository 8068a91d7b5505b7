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

/// Two words that hold all of a text of at most 16 bytes.
#[inline]
fn words_of(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
    } else {
        match *bytes {
            [] => (0, 0),
            [a] => (u64::from(a), 0),
            [a, b] => (u64::from(a), u64::from(b)),
            [a, b, c, ..] => (u64::from(a) | (u64::from(b) << 8), u64::from(c)),
        }
    }
}

/// Hashes one or several texts.
#[derive(Clone, Copy)]
pub(crate) struct TextHash {
    seed: u64,
    state: u64,
}

impl TextHash {
    #[inline]
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Adds a text. Texts that follow each other cannot run into each other: their lengths count.
    #[inline]
    pub(crate) fn add(&mut self, text: &str) {
        let mut bytes = text.as_bytes();
        let len = bytes.len() as u64;
        let mut inner = self.seed;
        while bytes.len() > 16 {
            let Some((chunk, rest)) = bytes.split_first_chunk::<16>() else { break };
            let (a, b) = words_of(chunk);
            inner = fold(a ^ inner, b ^ MULTIPLIER);
            bytes = rest;
        }
        let (a, b) = words_of(bytes);
        // The two multiplications of a text do not wait for those of the text before; only the last does.
        let word = fold(a ^ inner ^ len.wrapping_mul(MULTIPLIER), b ^ MULTIPLIER);
        self.state = (self.state.rotate_left(23) ^ word).wrapping_mul(0xa24b_aed4_963e_e407);
    }

    #[inline]
    pub(crate) const fn finish(self) -> u64 {
        self.state ^ (self.state >> 32)
    }
}

/// Hashes one text.
#[inline]
pub(crate) fn hash_text(seed: u64, text: &str) -> u64 {
    let mut hash = TextHash::new(seed);
    hash.add(text);
    hash.finish()
}

/// Whether two texts are equal; quicker than calling `memcmp` for short ones.
#[inline]
pub(crate) fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && if a.len() > 16 { a == b } else { words_of(a) == words_of(b) }
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
            assert!(seen.insert(hash_text(7, &"a".repeat(length))), "{length}");
            assert!(same_bytes(&vec![b'a'; length], &vec![b'a'; length]));
            for changed in 0..length {
                let mut other = vec![b'a'; length];
                other[changed] = b'b';
                assert!(!same_bytes(&vec![b'a'; length], &other), "{changed} of {length}");
                let other = String::from_utf8(other).unwrap();
                assert!(seen.insert(hash_text(7, &other)), "{changed} of {length}");
            }
        }
        let both = |a: &str, b: &str| {
            let mut hash = TextHash::new(1);
            hash.add(a);
            hash.add(b);
            hash.finish()
        };
        assert_ne!(both("ab", "c"), both("a", "bc"));
        assert_ne!(both("a", "b"), both("b", "a"));
        assert_ne!(hash_text(1, "x"), hash_text(2, "x"));
    }

    #[test]
    fn a_hundred_thousand_names_do_not_collide() {
        let hashes: HashSet<u64> = (0..100_000).map(|i| hash_text(3, &format!("/shop/item/{i}"))).collect();
        assert_eq!(hashes.len(), 100_000);
    }
}
