//! How often somebody may be wrong: per user, per address, and per both together. Right logins cost nothing.
//!
//! A user's limit alone would let anybody lock that user out; so an address from which the user logged in lately
//! answers only for its own mistakes.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::limits::{
    LOGIN_ADDRESS_FAILURES_MAX, LOGIN_ADDRESS_REFILL_MS, LOGIN_BUCKETS_MAX, LOGIN_USER_FAILURES_MAX,
    LOGIN_USER_REFILL_MS,
};

/// What fails fills a bucket; time empties it.
#[derive(Clone, Copy)]
struct Bucket {
    failures: f64,
    at_ms: u64,
}

struct Buckets<K> {
    all: HashMap<K, Bucket>,
    failures_max: f64,
    refill_ms: f64,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(failures_max: u32, refill_ms: u64) -> Self {
        Self { all: HashMap::new(), failures_max: f64::from(failures_max), refill_ms: refill_ms as f64 }
    }

    fn level(&self, key: &K, now_ms: u64) -> f64 {
        self.all.get(key).map_or(0.0, |bucket| {
            let emptied = now_ms.saturating_sub(bucket.at_ms) as f64 / self.refill_ms;
            (bucket.failures - emptied).max(0.0)
        })
    }

    /// Milliseconds until the next try; 0 when there may be one now.
    fn wait_ms(&self, key: &K, now_ms: u64) -> u64 {
        let over = self.level(key, now_ms) + 1.0 - self.failures_max;
        if over <= 0.0 { 0 } else { (over * self.refill_ms).ceil() as u64 }
    }

    fn failed(&mut self, key: &K, now_ms: u64) {
        let failures = self.level(key, now_ms) + 1.0;
        if self.all.len() >= LOGIN_BUCKETS_MAX && !self.all.contains_key(key) {
            let empty: Vec<K> =
                self.all.keys().filter(|key| self.level(key, now_ms) <= 0.0).cloned().collect();
            for key in empty {
                self.all.remove(&key);
            }
            // All of them are in use: the one nearest to empty says least.
            if self.all.len() >= LOGIN_BUCKETS_MAX {
                let least = self.all.iter().min_by(|a, b| a.1.failures.total_cmp(&b.1.failures));
                if let Some(key) = least.map(|(key, _)| key.clone()) {
                    self.all.remove(&key);
                }
            }
        }
        self.all.insert(key.clone(), Bucket { failures, at_ms: now_ms });
    }
}

type User = (String, String);

struct State {
    users: Buckets<User>,
    addresses: Buckets<IpAddr>,
    pairs: Buckets<(User, IpAddr)>,
    /// From where a user logged in, and when last.
    known: HashMap<(User, IpAddr), u64>,
}

/// The limits of all users and addresses.
pub struct LoginLimits(Mutex<State>);

/// Milliseconds an address stays known: 30 days.
const KNOWN_MS: u64 = 30 * 86_400_000;

impl Default for LoginLimits {
    fn default() -> Self {
        Self(Mutex::new(State {
            users: Buckets::new(LOGIN_USER_FAILURES_MAX, LOGIN_USER_REFILL_MS),
            addresses: Buckets::new(LOGIN_ADDRESS_FAILURES_MAX, LOGIN_ADDRESS_REFILL_MS),
            pairs: Buckets::new(LOGIN_USER_FAILURES_MAX, LOGIN_USER_REFILL_MS),
            known: HashMap::new(),
        }))
    }
}

impl LoginLimits {
    /// Seconds until this user may try again from this address; `None` when now.
    #[must_use]
    pub fn wait_s(&self, account: &str, user: &str, address: Option<IpAddr>, now_ms: u64) -> Option<u64> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let user = (account.to_owned(), user.to_owned());
        let mut wait_ms = 0;
        let mut known = false;
        if let Some(address) = address {
            let pair = (user.clone(), address);
            known = state.known.get(&pair).is_some_and(|at_ms| now_ms.saturating_sub(*at_ms) < KNOWN_MS);
            wait_ms = state.addresses.wait_ms(&address, now_ms).max(state.pairs.wait_ms(&pair, now_ms));
        }
        if !known {
            wait_ms = wait_ms.max(state.users.wait_ms(&user, now_ms));
        }
        (wait_ms > 0).then(|| wait_ms.div_ceil(1_000))
    }

    /// A login failed.
    pub fn failed(&self, account: &str, user: &str, address: Option<IpAddr>, now_ms: u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let user = (account.to_owned(), user.to_owned());
        let mut known = false;
        if let Some(address) = address {
            let pair = (user.clone(), address);
            known = state.known.contains_key(&pair);
            state.addresses.failed(&address, now_ms);
            state.pairs.failed(&pair, now_ms);
        }
        if !known {
            state.users.failed(&user, now_ms);
        }
    }

    /// A login succeeded.
    pub fn succeeded(&self, account: &str, user: &str, address: Option<IpAddr>, now_ms: u64) {
        let Some(address) = address else { return };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.known.len() >= LOGIN_BUCKETS_MAX {
            state.known.clear();
        }
        state.known.insert(((account.to_owned(), user.to_owned()), address), now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
    const THERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

    #[test]
    fn a_user_is_guarded_and_cannot_be_locked_out_from_elsewhere() {
        let limits = LoginLimits::default();
        limits.succeeded("a", "anna", HERE, 0);
        for _ in 0..LOGIN_USER_FAILURES_MAX {
            assert_eq!(limits.wait_s("a", "anna", THERE, 0), None);
            limits.failed("a", "anna", THERE, 0);
        }
        assert!(limits.wait_s("a", "anna", THERE, 0).is_some());
        assert!(limits.wait_s("a", "anna", None, 0).is_some(), "from nowhere else either");
        assert_eq!(limits.wait_s("a", "anna", HERE, 0), None, "where anna was, anna may");
        assert_eq!(limits.wait_s("b", "anna", HERE, 0), None, "another anna");
        assert_eq!(limits.wait_s("a", "anna", THERE, LOGIN_USER_REFILL_MS), None, "time heals");
    }

    #[test]
    fn an_address_tries_few_users() {
        let limits = LoginLimits::default();
        for n in 0..LOGIN_ADDRESS_FAILURES_MAX {
            limits.failed("a", &format!("user{n}"), THERE, 0);
        }
        assert!(limits.wait_s("a", "fresh", THERE, 0).is_some());
        assert_eq!(limits.wait_s("a", "fresh", HERE, 0), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut buckets = Buckets::new(3, 1_000);
        for n in 0..LOGIN_BUCKETS_MAX + 10 {
            buckets.failed(&n, 0);
        }
        assert_eq!(buckets.all.len(), LOGIN_BUCKETS_MAX);
        buckets.failed(&usize::MAX, 10_000);
        assert_eq!(buckets.all.len(), 1, "those that are empty went");
    }
}
