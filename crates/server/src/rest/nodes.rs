//! `nodes`.

use axum::extract::State;
use axum::response::Response;
use tierline_model::Language;
use tierline_model::id::id_of;
use tierline_store::NodeRecord;

use super::answer::Output;
use super::call::{Call, Calls};
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::shape::Shape;
use super::value::Value;
use crate::controller::Shared;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        let addresses = Shape::Record(vec![("ipAddresses", Shape::list(Shape::Text))]);
        Shape::records(&[
            ("appAgentVersion", Shape::Text),
            ("machineAgentVersion", Shape::Text),
            ("agentType", Shape::Text),
            ("type", Shape::Text),
            ("machineName", Shape::Text),
            ("appAgentPresent", Shape::Bool),
            ("nodeUniqueLocalId", Shape::Text),
            ("machineId", Shape::Number),
            ("machineOSType", Shape::Text),
            ("tierId", Shape::Number),
            ("tierName", Shape::Text),
            ("machineAgentPresent", Shape::Bool),
            ("name", Shape::Text),
            ("ipAddresses", Shape::OrNull(Box::new(addresses))),
            ("id", Shape::Number),
        ])
    };
    let all = Call::get("/rest/applications/{app}/nodes", "nodes_list", "All nodes of the application.")
        .note("`ipAddresses` is null here, and an object in the other two forms.");
    let of_tier =
        Call::get("/rest/applications/{app}/tiers/{tier}/nodes", "nodes_of_tier", "All nodes of one tier.");
    let one = Call::get("/rest/applications/{app}/nodes/{node}", "nodes_one", "One node.");
    Calls::default()
        .add(all.answers("The nodes.", shape()), list)
        .add(of_tier.answers("The nodes.", shape()), self::of_tier)
        .add(one.answers("An array of one.", shape()), self::one)
}

/// All nodes of the application.
///
/// # Errors
/// When there is no such application.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    // Only the application-wide list has null here (as recorded).
    let all = directory.entities.nodes.iter().map(|node| record(node, &directory, Value::Null)).collect();
    Ok(output.answer("nodes", &Value::List("node", all)))
}

/// All nodes of one tier.
///
/// # Errors
/// When there is no such application or tier.
pub async fn of_tier(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let tier = directory.tier(address.name("tier"))?.id;
    let nodes = directory.entities.nodes.iter().filter(|node| node.tier_id == tier);
    let all = nodes.map(|node| record(node, &directory, no_addresses())).collect();
    Ok(output.answer("nodes", &Value::List("node", all)))
}

/// One node.
///
/// # Errors
/// When there is no such application or node.
pub async fn one(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let node = record(directory.node(address.name("node"))?, &directory, no_addresses());
    Ok(output.answer("nodes", &Value::List("node", vec![node])))
}

/// Agents do not report addresses.
fn no_addresses() -> Value {
    Value::Record(vec![("ipAddresses", Value::List("ip-address", Vec::new()))])
}

fn record(node: &NodeRecord, directory: &Directory, ip_addresses: Value) -> Value {
    let machine_id = if node.host_name.is_empty() { 0 } else { id_of("machine", &[&node.host_name]) };
    Value::Record(vec![
        ("appAgentVersion", version(node).into()),
        ("machineAgentVersion", "".into()),
        ("agentType", node.language.agent_type().into()),
        ("type", "Other".into()),
        ("machineName", (&*node.host_name).into()),
        ("appAgentPresent", true.into()),
        ("nodeUniqueLocalId", "".into()),
        ("machineId", machine_id.into()),
        ("machineOSType", (&*node.os_type).into()),
        ("tierId", node.tier_id.get().into()),
        ("tierName", directory.tier_name(node.tier_id).into()),
        ("machineAgentPresent", false.into()),
        ("name", (&*node.name).into()),
        ("ipAddresses", ip_addresses),
        ("id", node.id.get().into()),
    ])
}

/// Tools take `major.minor.patch` out of this text (facts/controller-api 2.1).
fn version(node: &NodeRecord) -> String {
    let (agent, runtime) = (&node.agent_version, &node.runtime_version);
    match node.language {
        Language::Python => {
            format!("Python Agent v{agent} (Tierline) compatible with 4.5.0.21130 Python Version {runtime}")
        }
        Language::Nodejs => format!("{agent} compatible with 4.4.1.0"),
        Language::Rust => format!("Rust Agent v{agent} (Tierline)"),
        Language::Other => format!("OpenTelemetry v{agent}"),
    }
}
