//! Carrying out actions: webhooks by HTTP(S), email by SMTP, diagnostic sessions. Each is tried a few times and then
//! given up, which is told as an event.

pub mod email;
pub mod text;
pub mod webhook;

use std::sync::Arc;

use tierline_engine::alerting::{Action, ActionKind};
use tierline_engine::diagnostic_sessions::{self, Cause, SessionError, Wish};
use tierline_engine::reactions::{self, Delivery, Outcome};
use tierline_model::BtId;
use tierline_store::Store;
use tokio::task::JoinSet;

use crate::controller::{Controller, Shared, now_ms};
use crate::limits::{DELIVERIES_AT_ONCE_MAX, DELIVERIES_PER_ROUND_MAX};
use crate::{jobs, log, secret};

pub use webhook::Sender;

/// Follows policies and carries out what is due. What takes longer than its timeout counts as failed.
pub async fn deliver(controller: &Shared, sender: &Arc<Sender>) {
    let store = Arc::clone(&controller.store);
    let now = now_ms();
    let due = tokio::task::spawn_blocking(move || {
        let mut due: Vec<(String, Delivery)> = Vec::new();
        for account in jobs::follow_policies(&*store, now) {
            match reactions::due(&*store, &account, now) {
                Ok(found) => due.extend(found.into_iter().map(|delivery| (account.clone(), delivery))),
                Err(error) => log::line(&format!("actions of {account} cannot be read: {error}")),
            }
        }
        due.truncate(DELIVERIES_PER_ROUND_MAX);
        due
    });
    let Ok(due) = due.await else { return };
    let mut running = JoinSet::new();
    for (account, delivery) in due {
        if running.len() >= DELIVERIES_AT_ONCE_MAX {
            let _ = running.join_next().await;
        }
        let (controller, sender) = (Arc::clone(controller), Arc::clone(sender));
        running.spawn(async move {
            let outcome = carry_out(&controller, &sender, &account, &delivery).await;
            let noted = tokio::task::spawn_blocking(move || {
                reactions::carried_out(&*controller.store, &account, &delivery, &outcome, now_ms())
            });
            if let Ok(Err(error)) = noted.await {
                log::line(&format!("the outcome of an action could not be noted: {error}"));
            }
        });
    }
    while running.join_next().await.is_some() {}
}

/// Carries out one action once.
pub async fn carry_out(
    controller: &Arc<Controller>,
    sender: &Sender,
    account: &str,
    delivery: &Delivery,
) -> Outcome {
    match delivery.action.action_type {
        ActionKind::HttpRequest => sender.send(delivery).await,
        ActionKind::Email => {
            let (controller, account, delivery) =
                (Arc::clone(controller), account.to_owned(), delivery.clone());
            let sent =
                tokio::task::spawn_blocking(move || email::send(&*controller.store, &account, &delivery));
            sent.await.unwrap_or_else(|_| Outcome::Failed("the email could not be made".to_owned()))
        }
        ActionKind::DiagnoseBusinessTransactions => {
            let (controller, account, delivery) =
                (Arc::clone(controller), account.to_owned(), delivery.clone());
            let started =
                tokio::task::spawn_blocking(move || diagnose(&*controller.store, &account, &delivery));
            started.await.unwrap_or_else(|_| Outcome::Failed("no session could be started".to_owned()))
        }
        ActionKind::Other(_) => {
            Outcome::Refused("this controller does not carry out actions of this type".to_owned())
        }
    }
}

/// A session for each BT the events are about; for the whole application when they are about none.
fn diagnose(store: &dyn Store, account: &str, delivery: &Delivery) -> Outcome {
    let affected = delivery.events.iter().flat_map(|event| &event.affected_entities);
    let mut bts: Vec<Option<BtId>> = affected
        .filter(|entity| entity.entity_type == "BUSINESS_TRANSACTION")
        .map(|entity| BtId::from_u64(entity.entity_id))
        .collect();
    bts.sort_unstable();
    bts.dedup();
    if bts.is_empty() {
        bts.push(None);
    }
    let count = bts.len();
    for bt_id in bts {
        let Ok(guid) = secret::token() else {
            return Outcome::Failed("there is no randomness for a name".to_owned());
        };
        let Action { duration_in_minutes, name, .. } = &delivery.action;
        let wish = Wish {
            guid,
            name: format!("{name} ({})", delivery.policy),
            bt_id,
            minutes: duration_in_minutes.unwrap_or(5),
            snapshots_max: None,
            cause: Cause::Policy,
        };
        match diagnostic_sessions::start(store, account, delivery.app_id, &wish, now_ms(), "system") {
            Ok(_) => {}
            Err(SessionError::Store(error)) => return Outcome::Failed(error.to_string()),
            Err(error) => return Outcome::Refused(error.to_string()),
        }
    }
    Outcome::Done(format!("{count} diagnostic sessions were started"))
}
