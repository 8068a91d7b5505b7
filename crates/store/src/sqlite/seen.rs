//! Whether a segment may have been written before: a Bloom filter over one file, in the writer's memory.
//!
//! Nearly all segments are new, and asking the index for each of them would cost more than writing it. A filter
//! never says "new" of what is there; of what is new it says "maybe there" now and then, and the index decides.

use rusqlite::Connection;

use crate::limits::SEEN_FILTER_BITS;

pub(super) struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// The filter of what is in the file.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut seen = Self { words: vec![0; SEEN_FILTER_BITS / 64] };
        // Exactly the columns of the index, so that only the index is read.
        let mut statement = connection.prepare(
            "SELECT guid_low & 2147483647, span_id & 2147483647 FROM segment INDEXED BY segment_by_guid",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            seen.insert(row.get(0)?, row.get(1)?);
        }
        Ok(seen)
    }

    /// Whether it may be there; from now on it is.
    pub(super) fn insert(&mut self, guid_low: i64, span_id: i64) -> bool {
        let key = ((guid_low & 0x7fff_ffff) as u64) << 31 | (span_id & 0x7fff_ffff) as u64;
        // Both are random in sound data; the multiplication is for what is not.
        let product = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * u128::from(0xd6e8_feb8_6659_fd93_u64);
        let hash = product as u64 ^ (product >> 64) as u64;
        let mut was_there = true;
        for part in [hash as u32, (hash >> 32) as u32] {
            let bit = part as usize % SEEN_FILTER_BITS;
            let word = &mut self.words[bit / 64];
            was_there &= *word & 1 << (bit % 64) != 0;
            *word |= 1 << (bit % 64);
        }
        was_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_there_is_called_new_and_little_that_is_new_is_not() {
        let mut seen = Seen { words: vec![0; SEEN_FILTER_BITS / 64] };
        let key = |n: u64| {
            let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            ((mixed >> 1) as i64, (mixed.rotate_left(29) >> 1) as i64)
        };
        let wrong = (0..200_000).filter(|n| seen.insert(key(*n).0, key(*n).1)).count();
        assert!(wrong < 200, "{wrong} of 200,000 new ones were called known");
        assert!((0..200_000).all(|n| seen.insert(key(n).0, key(n).1)));
    }
}
