//! Which names of All Other Traffic are called most: a Space-Saving counter (Metwally et al., 2005) in fixed
//! memory.

use crate::limits::HOT_NAMES_MAX;

#[derive(Clone, Debug)]
struct Counter {
    hash: u64,
    name: String,
    count: u64,
    /// How much of `count` may belong to names that were here before.
    error: u64,
}

/// Counts the most frequent names of one interval.
#[derive(Clone, Debug, Default)]
pub(crate) struct HotNames {
    counters: Vec<Counter>,
}

impl HotNames {
    /// Counts one call of `name`. Allocates nothing once the counter is full and names are alike in length.
    pub(crate) fn count(&mut self, hash: u64, name: &str) {
        self.add(hash, name, 1, 0);
    }

    fn add(&mut self, hash: u64, name: &str, count: u64, error: u64) {
        if let Some(counter) = self.counters.iter_mut().find(|c| c.hash == hash && c.name == name) {
            counter.count += count;
            counter.error += error;
            return;
        }
        if self.counters.len() < HOT_NAMES_MAX {
            self.counters.push(Counter { hash, name: name.to_owned(), count, error });
            return;
        }
        if let Some(least) = self.counters.iter_mut().min_by_key(|c| c.count) {
            least.hash = hash;
            least.name.clear();
            least.name.push_str(name);
            least.error = least.count + error;
            least.count += count;
        }
    }

    /// Adds another thread's counts.
    pub(crate) fn merge(&mut self, other: &Self) {
        for counter in &other.counters {
            self.add(counter.hash, &counter.name, counter.count, counter.error);
        }
    }

    /// Names and the calls they certainly had, most first.
    pub(crate) fn most_called(&self) -> Vec<(&str, u64)> {
        let mut names: Vec<(&str, u64)> =
            self.counters.iter().map(|c| (c.name.as_str(), c.count.saturating_sub(c.error))).collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_hash::hash_text;

    #[test]
    fn a_hot_name_among_a_hundred_thousand_cold_ones_is_found() {
        let mut hot = HotNames::default();
        for i in 0..100_000u64 {
            let cold = format!("/cold/{i}");
            hot.count(hash_text(1, &cold), &cold);
            if i % 10 == 0 {
                hot.count(hash_text(1, "/hot"), "/hot");
            }
        }
        assert_eq!(hot.counters.len(), HOT_NAMES_MAX);
        let first = hot.most_called()[0];
        assert_eq!(first.0, "/hot");
        assert!(first.1 <= 10_000 && first.1 > 8_000, "{}", first.1);
    }

    #[test]
    fn merging_adds() {
        let (mut a, mut b) = (HotNames::default(), HotNames::default());
        a.count(1, "x");
        b.count(1, "x");
        b.count(2, "y");
        a.merge(&b);
        assert_eq!(a.most_called(), [("x", 2), ("y", 1)]);
    }
}
