//! A bounded number of turns, given to accounts in rotation: who sends much waits behind who sends little.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// Nobody can be served soon enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much is waiting already")]
pub struct Full;

#[derive(Default)]
struct State {
    running: usize,
    waiting_count: usize,
    /// Accounts that wait, in the order of their next turns.
    rotation: VecDeque<Arc<str>>,
    waiting: HashMap<Arc<str>, VecDeque<oneshot::Sender<Turn>>>,
}

/// The queue.
pub struct FairQueue {
    state: Mutex<State>,
    running_max: usize,
    waiting_max: usize,
    wait_max: Duration,
}

/// Somebody's turn; it ends when this is dropped.
pub struct Turn {
    queue: Option<Arc<FairQueue>>,
}

impl FairQueue {
    /// So many at one time; so many of each account may wait, and so long.
    #[must_use]
    pub fn new(running_max: usize, waiting_max: usize, wait_max: Duration) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), running_max, waiting_max, wait_max })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When too many of the account wait already, or its turn did not come in time.
    pub async fn enter(self: &Arc<Self>, account: &str) -> Result<Turn, Full> {
        let receiver = {
            let mut state = self.state();
            if state.running < self.running_max && state.rotation.is_empty() {
                state.running += 1;
                return Ok(Turn { queue: Some(Arc::clone(self)) });
            }
            let account: Arc<str> = Arc::from(account);
            let queue = state.waiting.entry(Arc::clone(&account)).or_default();
            // Those that gave up are no reason to turn others away.
            queue.retain(|sender| !sender.is_closed());
            if queue.len() >= self.waiting_max {
                return Err(Full);
            }
            let (sender, receiver) = oneshot::channel();
            queue.push_back(sender);
            if queue.len() == 1 && !state.rotation.contains(&account) {
                state.rotation.push_back(account);
            }
            state.waiting_count += 1;
            receiver
        };
        let turn = tokio::time::timeout(self.wait_max, receiver).await;
        self.state().waiting_count -= 1;
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Full),
        }
    }

    /// The turn of somebody ends: the next account's first one has it.
    fn leave(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let next = next_of(&mut state);
                if next.is_none() {
                    state.running -= 1;
                }
                next
            };
            let Some(sender) = next else { return };
            match sender.send(Turn { queue: Some(Arc::clone(self)) }) {
                Ok(()) => return,
                // Gave up meanwhile; the turn is still ours to give.
                Err(mut turn) => turn.queue = None,
            }
        }
    }

    /// How many have their turn, and how many wait for one.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.running, state.waiting_count)
    }
}

fn next_of(state: &mut State) -> Option<oneshot::Sender<Turn>> {
    while let Some(account) = state.rotation.pop_front() {
        let Some(queue) = state.waiting.get_mut(&account) else { continue };
        let next = queue.pop_front();
        if queue.is_empty() {
            state.waiting.remove(&account);
        } else {
            state.rotation.push_back(account);
        }
        if next.is_some() {
            return next;
        }
    }
    None
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.leave();
        }
    }
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turn")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accounts_take_turns_whatever_they_send() {
        let queue = FairQueue::new(1, 100, Duration::from_secs(60));
        let first = queue.enter("loud").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for account in ["loud", "loud", "loud", "loud", "quiet"] {
            let (queue, order) = (Arc::clone(&queue), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _turn = queue.enter(account).await.unwrap();
                order.lock().unwrap().push(account);
            }));
            tokio::task::yield_now().await;
        }
        assert_eq!(queue.counts(), (1, 5));
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["loud", "quiet", "loud", "loud", "loud"]);
        assert_eq!(queue.counts(), (0, 0));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_and_nothing_is_lost_by_those_who_give_up() {
        let queue = FairQueue::new(1, 2, Duration::from_millis(20));
        let turn = queue.enter("a").await.unwrap();
        let (one, two, three) = tokio::join!(queue.enter("a"), queue.enter("a"), queue.enter("a"));
        assert!(one.is_err() && two.is_err() && three.is_err());
        drop(turn);
        assert_eq!(queue.counts(), (0, 0));
        assert!(queue.enter("a").await.is_ok());
        assert_eq!(queue.counts(), (0, 0));
    }
}
