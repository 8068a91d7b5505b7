//! `mark-nodes-historical`: nodes that are gone leave the lists until they are heard of again.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tierline_engine::staleness;
use tierline_model::{AppId, NodeId};

use super::call::{Call, Calls, required};
use super::directory::Address;
use super::error::RestError;
use super::query::Parameters;
use crate::controller::{Shared, now_ms};
use crate::limits::REST_NODES_MARKED_MAX;
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let call = Call::post(
        "/rest/mark-nodes-historical",
        "nodes_mark_historical",
        "Takes nodes out of the lists until they are heard of again.",
    )
    .with(&[required("application-component-node-ids", "Ids of nodes, separated by commas; at most 25.")])
    .answers_nothing(200, "Done.")
    .fails(&[400]);
    Calls::default().add(call, mark)
}

async fn mark(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
) -> Result<Response, RestError> {
    const NAME: &str = "application-component-node-ids";
    address.visitor.must(Permission::ConfigureApplications)?;
    let invalid = || RestError::bad_request(format!("Invalid value for {NAME} is specified"));
    let ids = parameters.list(NAME).ok_or_else(invalid)?;
    let ids: Option<Vec<NodeId>> = ids.iter().map(|id| NodeId::from_u64(id.parse().ok()?)).collect();
    let ids = ids.filter(|ids| !ids.is_empty() && ids.len() <= REST_NODES_MARKED_MAX).ok_or_else(invalid)?;
    let visitor = address.visitor;
    let unknown = controller
        .ask(move |store| {
            let mut left = ids;
            let mut by_app: BTreeMap<AppId, Vec<NodeId>> = BTreeMap::new();
            for application in store.applications(&visitor.account)? {
                let known = store.entities(&visitor.account, application.id)?.nodes;
                let (of_app, others) =
                    left.into_iter().partition(|id| known.iter().any(|node| node.id == *id));
                by_app.insert(application.id, of_app);
                left = others;
            }
            if let Some(unknown) = left.first() {
                return Ok(Some(*unknown));
            }
            for (app_id, nodes) in by_app.into_iter().filter(|(_, nodes)| !nodes.is_empty()) {
                staleness::mark_historical(store, &visitor.account, app_id, &nodes, now_ms(), &visitor.user)?;
            }
            Ok(None)
        })
        .await?;
    match unknown {
        Some(node) => Err(RestError::invalid("node", &node.to_string())),
        None => Ok(StatusCode::OK.into_response()),
    }
}
