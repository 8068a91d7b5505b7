//! Random numbers for ids: one generator per thread, seeded by the operating system, no system call per BT.

use tierline_model::{Guid, SpanId};

/// xoshiro256++ (Blackman and Vigna, 2019). Not for secrets; nothing here is one.
pub(crate) struct Random([u64; 4]);

impl Random {
    /// A generator seeded by the operating system. Made anew after a fork, like everything of a thread.
    pub(crate) fn from_system() -> Self {
        let mut seed = [0u8; 32];
        if getrandom::fill(&mut seed).is_err() {
            // No randomness to be had (a jail without the system call): time and address tell most
            // processes and threads apart, and nothing depends on it being hard to guess.
            let address = std::ptr::from_ref(&seed).addr() as u64;
            let time = crate::clock::monotonic_ns() ^ crate::clock::wall_offset_ns();
            let mix = u64::from(std::process::id()).rotate_left(32) ^ address.rotate_left(17) ^ time;
            for (index, byte) in seed.iter_mut().enumerate() {
                *byte = (mix.rotate_left(index as u32 * 7) ^ index as u64) as u8;
            }
        }
        let (words, _) = seed.as_chunks::<8>();
        let mut state = [0u64; 4];
        for (word, bytes) in state.iter_mut().zip(words) {
            *word = u64::from_le_bytes(*bytes);
        }
        if state == [0; 4] {
            state = [1; 4]; // the only state it could not leave
        }
        Self(state)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A GUID in the form of a version 4 UUID. Its last seven bytes are random, as W3C Trace Context asks for.
    pub(crate) fn guid(&mut self) -> Guid {
        loop {
            let high = self.next_u64() & 0xffff_ffff_ffff_0fff | 0x4000;
            let low = self.next_u64() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
            let value = (u128::from(high) << 64) | u128::from(low);
            if let Some(guid) = Guid::from_bytes(value.to_be_bytes()) {
                return guid;
            }
        }
    }

    pub(crate) fn span_id(&mut self) -> SpanId {
        loop {
            if let Some(id) = SpanId::from_u64(self.next_u64()) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_version_4_uuids_and_differ() {
        let mut random = Random::from_system();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10_000 {
            let guid = random.guid();
            let text = guid.to_string();
            assert_eq!(&text[14..15], "4", "{text}");
            assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"), "{text}");
            assert!(seen.insert(guid));
        }
        assert_ne!(Random::from_system().next_u64(), Random::from_system().next_u64());
    }
}
