//! Login sessions, in memory: a restart logs everybody out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::limits::{SESSION_IDLE_MS, SESSION_LIFE_MS, SESSIONS_MAX, SESSIONS_PER_USER_MAX};
use crate::secret::{self, NoRandomness};

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account.
    pub account: String,
    /// The user's number within the account.
    pub user_id: u64,
    /// What every changing request has to repeat.
    pub csrf_token: String,
    /// When it began, milliseconds since 1970.
    pub begun_ms: u64,
    /// When it was last used, milliseconds since 1970.
    pub last_used_ms: u64,
}

impl Session {
    fn is_over(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.last_used_ms) >= SESSION_IDLE_MS
            || now_ms.saturating_sub(self.begun_ms) >= SESSION_LIFE_MS
    }
}

/// All sessions by their secret.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session; the answer is its secret.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn begin(&self, account: &str, user_id: u64, now_ms: u64) -> Result<(String, Session), NoRandomness> {
        let secret = format!("{}{}", secret::token()?, secret::token()?);
        let session = Session {
            account: account.to_owned(),
            user_id,
            csrf_token: secret::token()?,
            begun_ms: now_ms,
            last_used_ms: now_ms,
        };
        let mut all = self.all();
        if all.len() >= SESSIONS_MAX {
            all.retain(|_, session| !session.is_over(now_ms));
        }
        let is_own = |s: &Session| s.user_id == user_id && s.account == account;
        if all.values().filter(|s| is_own(s)).count() >= SESSIONS_PER_USER_MAX {
            remove_oldest(&mut all, is_own);
        }
        if all.len() >= SESSIONS_MAX {
            remove_oldest(&mut all, |_| true);
        }
        all.insert(secret.clone(), session.clone());
        Ok((secret, session))
    }

    /// The session of a secret, when there is one and it was used lately. The secret has 240 random bits: how
    /// long a look-up takes tells nothing useful of it.
    #[must_use]
    pub fn find(&self, secret: &str, now_ms: u64) -> Option<Session> {
        let mut all = self.all();
        let session = all.get_mut(secret)?;
        if session.is_over(now_ms) {
            all.remove(secret);
            return None;
        }
        session.last_used_ms = now_ms;
        Some(session.clone())
    }

    /// Ends a session.
    pub fn end(&self, secret: &str) {
        self.all().remove(secret);
    }

    /// Ends all sessions of a user.
    pub fn end_all_of(&self, account: &str, user_id: u64) {
        self.all().retain(|_, session| session.account != account || session.user_id != user_id);
    }

    /// Ends all sessions of an account.
    pub fn end_all_in(&self, account: &str) {
        self.all().retain(|_, session| session.account != account);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all().len()
    }
}

fn remove_oldest(all: &mut HashMap<String, Session>, among: impl Fn(&Session) -> bool) {
    let oldest = all.iter().filter(|(_, s)| among(s)).min_by_key(|(_, s)| s.last_used_ms);
    if let Some(secret) = oldest.map(|(secret, _)| secret.clone()) {
        all.remove(&secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_when_old_when_told_and_when_there_are_too_many() {
        let sessions = Sessions::default();
        let (secret, _) = sessions.begin("customer1", 5, 0).unwrap();
        assert!(sessions.find(&secret, SESSION_IDLE_MS - 1).is_some());
        assert!(sessions.find(&secret, 2 * SESSION_IDLE_MS).is_none());
        let (secret, _) = sessions.begin("customer1", 5, 0).unwrap();
        let mut now_ms = 0;
        while sessions.find(&secret, now_ms).is_some() {
            now_ms += SESSION_IDLE_MS / 2;
        }
        assert_eq!(now_ms, SESSION_LIFE_MS, "however busy");
        let (secret, _) = sessions.begin("customer1", 5, 0).unwrap();
        sessions.end(&secret);
        assert!(sessions.find(&secret, 0).is_none());
        for _ in 0..SESSIONS_PER_USER_MAX + 5 {
            sessions.begin("customer1", 5, 1).unwrap();
        }
        assert_eq!(sessions.count(), SESSIONS_PER_USER_MAX);
        for user in 0..SESSIONS_MAX as u64 + 5 {
            sessions.begin("customer1", user, 2).unwrap();
        }
        assert_eq!(sessions.count(), SESSIONS_MAX);
        sessions.end_all_in("customer1");
        assert_eq!(sessions.count(), 0);
    }
}
