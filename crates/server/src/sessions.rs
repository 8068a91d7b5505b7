//! Login sessions, in memory: a restart logs everybody out.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::limits::{SESSION_IDLE_MS, SESSIONS_MAX};
use crate::secret::{self, NoRandomness};

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The user.
    pub user: String,
    /// The account.
    pub account: String,
    /// What every changing request has to repeat.
    pub csrf_token: String,
    /// When it was last used, milliseconds since 1970.
    pub last_used_ms: u64,
}

/// All sessions by their secret.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Begins a session; the answer is its secret.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn begin(&self, account: &str, user: &str, now_ms: u64) -> Result<(String, Session), NoRandomness> {
        let secret = format!("{}{}", secret::token()?, secret::token()?);
        let session = Session {
            user: user.to_owned(),
            account: account.to_owned(),
            csrf_token: secret::token()?,
            last_used_ms: now_ms,
        };
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= SESSIONS_MAX {
            all.retain(|_, session| now_ms.saturating_sub(session.last_used_ms) < SESSION_IDLE_MS);
        }
        if all.len() >= SESSIONS_MAX
            && let Some(oldest) = all.iter().min_by_key(|(_, s)| s.last_used_ms).map(|(key, _)| key.clone())
        {
            all.remove(&oldest);
        }
        all.insert(secret.clone(), session.clone());
        Ok((secret, session))
    }

    /// The session of a secret, when there is one and it was used lately. The secret has 240 random bits: how
    /// long a look-up takes tells nothing useful of it.
    #[must_use]
    pub fn find(&self, secret: &str, now_ms: u64) -> Option<Session> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let session = all.get_mut(secret)?;
        if now_ms.saturating_sub(session.last_used_ms) >= SESSION_IDLE_MS {
            all.remove(secret);
            return None;
        }
        session.last_used_ms = now_ms;
        Some(session.clone())
    }

    /// Ends a session.
    pub fn end(&self, secret: &str) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(secret);
    }

    /// Ends all sessions of a user.
    pub fn end_all_of(&self, account: &str, user: &str) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.retain(|_, session| session.account != account || session.user != user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_when_told_and_when_there_are_too_many() {
        let sessions = Sessions::default();
        let (secret, _) = sessions.begin("customer1", "admin", 0).unwrap();
        assert!(sessions.find(&secret, SESSION_IDLE_MS - 1).is_some());
        assert!(sessions.find(&secret, 2 * SESSION_IDLE_MS).is_none());
        let (secret, _) = sessions.begin("customer1", "admin", 0).unwrap();
        sessions.end(&secret);
        assert!(sessions.find(&secret, 0).is_none());
        for _ in 0..SESSIONS_MAX + 5 {
            sessions.begin("customer1", "admin", 1).unwrap();
        }
        assert_eq!(sessions.0.lock().unwrap().len(), SESSIONS_MAX);
    }
}
