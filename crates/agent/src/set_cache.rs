//! A cache in fixed room: where a value may be follows from its hash, and only a few places have to be looked at.

/// Places a value may be in.
const WAYS: usize = 4;

/// A set-associative cache of `sets * WAYS` values. Nothing but the table is allocated before it is used.
pub(crate) struct SetCache<T> {
    hashes: Box<[u64]>,
    values: Box<[Option<Box<T>>]>,
    /// Which way goes next when all are taken. Counting round is as good as anything for so few.
    next_victim: usize,
}

impl<T> SetCache<T> {
    /// A cache for `places` values; `places` is a power of two and at least [`WAYS`].
    pub(crate) fn new(places: usize) -> Self {
        let places = places.next_power_of_two().max(WAYS);
        Self {
            hashes: vec![0; places].into_boxed_slice(),
            values: (0..places).map(|_| None).collect(),
            next_victim: 0,
        }
    }

    #[inline]
    const fn first_of(&self, hash: u64) -> usize {
        (hash as usize).wrapping_mul(WAYS) & (self.hashes.len() - 1)
    }

    /// Where the value with this hash is that `is` recognises.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl Fn(&T) -> bool) -> Option<usize> {
        let first = self.first_of(hash);
        let hashes = self.hashes.get(first..first + WAYS)?;
        let way = hashes.iter().position(|known| *known == hash)?;
        // Two values with one hash of 64 bits: the later one is simply never found.
        let found = self.values.get(first + way)?.as_ref().is_some_and(|value| is(value));
        found.then_some(first + way)
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.values.get(place)?.as_deref()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.values.get_mut(place)?.as_deref_mut()
    }

    /// Puts a value in, possibly in the place of another, which is returned.
    pub(crate) fn insert(&mut self, hash: u64, value: T) -> (usize, Option<Box<T>>) {
        let first = self.first_of(hash);
        let ways = first..first + WAYS;
        let same = ways.clone().find(|place| self.hashes.get(*place) == Some(&hash));
        let empty = || ways.clone().find(|place| matches!(self.values.get(*place), Some(None)));
        let place = same.or_else(empty).unwrap_or_else(|| {
            self.next_victim = (self.next_victim + 1) % WAYS;
            first + self.next_victim
        });
        let mut old = None;
        if let (Some(known), Some(room)) = (self.hashes.get_mut(place), self.values.get_mut(place)) {
            *known = hash;
            old = room.replace(Box::new(value));
        }
        (place, old)
    }

    /// Takes everything out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Box<T>> {
        self.hashes.fill(0);
        self.values.iter_mut().filter_map(Option::take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_hash::hash_text;

    #[test]
    fn what_fits_is_found_and_what_does_not_pushes_out() {
        let mut cache = SetCache::<u64>::new(256);
        let hash = |number: u64| hash_text(1, &number.to_string());
        for number in 0..50 {
            cache.insert(hash(number), number);
        }
        let found = (0..50).filter(|n| cache.find(hash(*n), |known| known == n).is_some()).count();
        assert!(found >= 48, "{found}");
        let mut pushed_out = 0;
        for number in 50..10_000 {
            let (place, old) = cache.insert(hash(number), number);
            assert_eq!(cache.get(place), Some(&number));
            pushed_out += u64::from(old.is_some());
        }
        assert!(pushed_out >= 10_000 - 256 - 50, "{pushed_out}");
        assert!(cache.find(hash(9_999), |known| *known == 1).is_none(), "the value itself is compared");
        assert_eq!(cache.drain().count(), 256);
        assert!(cache.find(hash(9_999), |_| true).is_none());
    }
}
