//! What the controller does without being asked: once a minute it evaluates health rules, looks for what deserves a
//! diagnostic session and for nodes that fell silent; every few seconds it follows policies and carries out actions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tierline_engine::baselines::BaselineCache;
use tierline_engine::diagnostic_sessions::{self, Wish};
use tierline_engine::presence::Presence;
use tierline_engine::{Scope, events, reactions, violations};
use tierline_store::{Application, Store, StoreError, TimeRange};

use crate::actions::{self, Sender};
use crate::controller::{Shared, now_ms};
use crate::limits::{EVALUATED_APPLICATION_SILENT_MS, JOB_INTERVAL_S, RULES_DELAY_MS};
use crate::{log, secret};

const MINUTE_MS: u64 = 60_000;

/// Runs until it is aborted.
pub async fn run(controller: Shared) {
    let mut every = tokio::time::interval(Duration::from_secs(JOB_INTERVAL_S));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut minutely = Some(Minutely::default());
    let sender = Arc::new(Sender::default());
    let mut done_minute = (now_ms().saturating_sub(RULES_DELAY_MS)) / MINUTE_MS;
    loop {
        every.tick().await;
        let minute = now_ms().saturating_sub(RULES_DELAY_MS) / MINUTE_MS;
        if minute > done_minute {
            done_minute = minute;
            let store = Arc::clone(&controller.store);
            let mut state = minutely.take().unwrap_or_default();
            let done = tokio::task::spawn_blocking(move || {
                state.run(&*store, minute * MINUTE_MS);
                state
            });
            minutely = done.await.ok(); // a state that was lost in a panic is made anew
        }
        actions::deliver(&controller, &sender).await;
    }
}

/// What is done once a minute, and what it remembers.
#[derive(Default)]
pub struct Minutely {
    baselines: BaselineCache,
    presence: Presence,
}

impl Minutely {
    /// Does it for every application of every account. `now_ms` is the end of the last whole minute. Blocks.
    pub fn run(&mut self, store: &dyn Store, now_ms: u64) {
        let started = Instant::now();
        let accounts = match store.accounts() {
            Ok(accounts) => accounts,
            Err(error) => return log::line(&format!("health rules could not be evaluated: {error}")),
        };
        for account in accounts {
            let applications = store.applications(&account).unwrap_or_default();
            let alive =
                |app: &Application| now_ms.saturating_sub(app.last_seen_ms) < EVALUATED_APPLICATION_SILENT_MS;
            for application in applications.into_iter().filter(alive) {
                self.application(store, &account, &application, now_ms);
            }
        }
        if started.elapsed() > Duration::from_secs(30) {
            log::line(&format!("evaluating health rules took {} s", started.elapsed().as_secs()));
        }
    }

    fn application(&mut self, store: &dyn Store, account: &str, application: &Application, now_ms: u64) {
        let id = application.id;
        let name = &application.name;
        match violations::evaluate(store, account, id, &self.baselines, now_ms) {
            Ok(evaluated) => {
                for rule in evaluated.unusable {
                    log::line(&format!("a health rule of {name} cannot be evaluated: {rule}"));
                }
            }
            Err(error) => log::line(&format!("health rules of {name} could not be evaluated: {error}")),
        }
        if let Err(error) = diagnose(store, account, application, now_ms) {
            log::line(&format!("diagnostic sessions of {name}: {error}"));
        }
        let looked = store.entities(account, id).and_then(|entities| {
            let mut told = self.presence.look(account, id, &entities, now_ms);
            events::record(store, account, &mut told)
        });
        if let Err(error) = looked {
            log::line(&format!("nodes of {name}: {error}"));
        }
    }
}

/// Ends sessions that are over, and starts those that a pattern of slow or failed executions deserves.
fn diagnose(
    store: &dyn Store,
    account: &str,
    application: &Application,
    now_ms: u64,
) -> Result<(), StoreError> {
    let id = application.id;
    diagnostic_sessions::finish(store, account, id, now_ms)?;
    let policy = diagnostic_sessions::policy(store, account, id)?;
    let start_ms = now_ms.saturating_sub(u64::from(policy.minutes.max(1)) * MINUTE_MS);
    let scope = Scope { store, account, app_id: id, range: TimeRange { start_ms, end_ms: now_ms } };
    for (bt, cause) in diagnostic_sessions::suspicious(scope, &policy, now_ms)? {
        let Ok(guid) = secret::token() else { break };
        let wish = Wish {
            guid,
            name: String::new(),
            bt_id: Some(bt),
            minutes: policy.session_minutes,
            snapshots_max: Some(policy.snapshots_max),
            cause,
        };
        match diagnostic_sessions::start(store, account, id, &wish, now_ms, "system") {
            Ok(_) => {}
            Err(diagnostic_sessions::SessionError::Store(error)) => return Err(error),
            Err(error) => {
                log::line(&format!("no diagnostic session for {}: {error}", application.name));
                break;
            }
        }
    }
    Ok(())
}

/// Follows the policies of all accounts. Answers the accounts in which something may wait. Blocks.
#[must_use]
pub fn follow_policies(store: &dyn Store, now_ms: u64) -> Vec<String> {
    let accounts = store.accounts().unwrap_or_default();
    for account in &accounts {
        if let Err(error) = reactions::follow(store, account, now_ms) {
            log::line(&format!("policies of {account} could not be followed: {error}"));
        }
    }
    accounts
}
