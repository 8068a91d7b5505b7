//! Calls that leave, with the identifying properties our own agents give (facts/agent-api 1.11 and 2.4), so that a
//! backend called by both is one backend.

use std::borrow::Cow;
use std::sync::Arc;

use tierline_model::limits::{NAME_CHARS_MAX, OPERATION_CHARS_MAX};
use tierline_model::name::{clean_name, cut};
use tierline_model::{ExitType, Property};

use super::Exit;
use super::bag::{self, Bag};
use super::entry::details;

/// What identifies a backend, and what it is called.
struct Target {
    exit_type: ExitType,
    properties: Vec<Property>,
    name: String,
    operation: String,
}

/// The call a CLIENT (`producer == false`) or PRODUCER span made; `None` when it is none: connecting, polling, and
/// acknowledging belong to the call they serve.
pub(super) fn exit(span_name: &str, bag: &Bag<'_>, producer: bool) -> Option<Exit> {
    let target = if let Some(system) = bag.text(bag::DB_SYSTEM) {
        let says = bag.has(bag::DB_TEXT) || bag.has(bag::DB_OPERATION);
        if !says && span_name.to_ascii_lowercase().ends_with("connect") {
            return None;
        }
        database(&system, span_name, bag)
    } else if let Some(system) = bag.text(bag::MESSAGING_SYSTEM) {
        if !producer && polls(bag) {
            return None;
        }
        message(&system, bag)
    } else if bag.has(bag::RPC_SYSTEM) {
        procedure(span_name, bag)
    } else if bag.has(bag::HTTP_METHOD) || bag.has(bag::HTTP_URL) {
        http(bag)
    } else {
        other(span_name, bag, producer)
    };
    Some(Exit {
        exit_type: target.exit_type,
        properties: target.properties,
        name: Arc::from(clean_name(&target.name)),
        operation: Arc::from(cut(&target.operation, OPERATION_CHARS_MAX)),
        details: details(bag).iter().map(|(key, value)| Property::new(key, value)).collect(),
    })
}

/// Whether a messaging span only fetches or settles.
pub(super) fn polls(bag: &Bag<'_>) -> bool {
    bag.text(bag::MESSAGING_OPERATION).is_some_and(|operation| {
        matches!(
            &*operation.to_ascii_lowercase(),
            "receive" | "poll" | "settle" | "ack" | "nack" | "complete"
        )
    })
}

fn http(bag: &Bag<'_>) -> Target {
    let url = bag.text(bag::HTTP_URL).unwrap_or_default();
    let (scheme, authority) = scheme_and_authority(&url);
    let (url_host, url_port) = split_port(authority);
    let host_header = bag.text(&["http.host"]);
    let header = split_port(host_header.as_deref().unwrap_or_default());
    let first = |texts: [Option<Cow<'_, str>>; 3]| {
        texts.into_iter().flatten().find(|text| !text.is_empty()).map_or_else(String::new, Cow::into_owned)
    };
    let host = first([
        bag.text(&["server.address", "net.peer.name"]),
        Some(Cow::Borrowed(if url_host.is_empty() { header.0 } else { url_host })),
        bag.text(bag::PEER_HOST),
    ]);
    let scheme = bag.text(&["url.scheme", "http.scheme"]).map_or_else(|| scheme.to_owned(), Cow::into_owned);
    let usual_port = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
    let port = first([
        bag.text(&["server.port", "net.peer.port"]),
        Some(Cow::Borrowed(if url_host.is_empty() { header.1 } else { url_port })),
        Some(Cow::Borrowed(usual_port)),
    ]);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = address(host, &port);
    let path = super::entry::path_of(&url);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let operation = if url.is_empty() { String::new() } else { format!("{scheme}://{name}{path}") };
    Target {
        exit_type: ExitType::Http,
        properties: vec![Property::new("HOST", host), Property::new("PORT", &port)],
        name,
        operation,
    }
}

fn database(system: &str, span_name: &str, bag: &Bag<'_>) -> Target {
    let system = system.trim().to_ascii_lowercase();
    let (vendor, usual_port): (Cow<'_, str>, &str) = match &*system {
        "postgresql" | "postgres" => ("POSTGRESQL".into(), "5432"),
        // Their drivers cannot tell the two apart, and neither do our agents.
        "mysql" | "mariadb" => ("MYSQL".into(), "3306"),
        "mssql" | "microsoft.sql_server" => ("SQLSERVER".into(), "1433"),
        "oracle" | "oracle.db" => ("ORACLE".into(), "1521"),
        "db2" | "ibm.db2" => ("DB2".into(), "50000"),
        "mongodb" => ("MONGODB".into(), "27017"),
        "redis" | "valkey" => ("REDIS".into(), "6379"),
        "memcached" => ("MEMCACHED".into(), "11211"),
        other => (other.to_ascii_uppercase().into(), ""),
    };
    let host = bag.text(bag::PEER_HOST).unwrap_or_default();
    let port =
        bag.text(bag::PEER_PORT).unwrap_or(Cow::Borrowed(if host.is_empty() { "" } else { usual_port }));
    let database = bag.text(bag::DB_NAMESPACE).unwrap_or_default();
    let operation = bag
        .text(bag::DB_TEXT)
        .or_else(|| bag.text(bag::DB_OPERATION))
        .map_or_else(|| span_name.to_owned(), Cow::into_owned);
    let server = address(&host, &port);
    let (exit_type, properties, name) = match &*vendor {
        "REDIS" | "MEMCACHED" => {
            (ExitType::Cache, vec![("SERVER POOL", server.as_str())], format!("{server} - {vendor}"))
        }
        "MONGODB" => (
            ExitType::Db,
            vec![("SERVER POOL", server.as_str()), ("DATABASE", &*database), ("VENDOR", &*vendor)],
            format!("{server} - {database} - {vendor}"),
        ),
        _ => (
            ExitType::Db,
            vec![("HOST", &*host), ("PORT", &*port), ("DATABASE", &*database), ("VENDOR", &*vendor)],
            format!("{server} - {database} - {vendor}"),
        ),
    };
    Target { exit_type, properties: said(&properties), name: name.replace(" -  - ", " - "), operation }
}

fn message(system: &str, bag: &Bag<'_>) -> Target {
    let system = system.trim().to_ascii_lowercase();
    let vendor = system.to_ascii_uppercase();
    let destination = bag.text(bag::MESSAGING_DESTINATION).unwrap_or_default();
    let host = bag.text(bag::PEER_HOST).unwrap_or_default();
    if system == "rabbitmq" {
        let port =
            bag.text(bag::PEER_PORT).unwrap_or(Cow::Borrowed(if host.is_empty() { "" } else { "5672" }));
        let key = bag
            .text(&["messaging.rabbitmq.destination.routing_key", "messaging.rabbitmq.routing_key"])
            .unwrap_or_default();
        // Newer conventions write `exchange:routing key` as the destination.
        let exchange = destination.strip_suffix(&*key).and_then(|rest| rest.strip_suffix(':'));
        let exchange = exchange.filter(|_| !key.is_empty()).unwrap_or(&destination);
        let properties = [("HOST", &*host), ("PORT", &*port), ("EXCHANGE", exchange), ("ROUTING KEY", &*key)];
        return Target {
            exit_type: ExitType::RabbitMq,
            properties: said(&properties),
            name: format!("{destination} - RABBITMQ"),
            operation: destination.into_owned(),
        };
    }
    // A cluster has many brokers and one topic: the topic identifies.
    Target {
        exit_type: ExitType::Queue,
        properties: said(&[("DESTINATION", &*destination), ("VENDOR", &*vendor)]),
        name: format!("{destination} - {vendor}"),
        operation: destination.into_owned(),
    }
}

fn procedure(span_name: &str, bag: &Bag<'_>) -> Target {
    let service = bag.text(&["rpc.service"]).unwrap_or(Cow::Borrowed(""));
    let host = bag.text(bag::PEER_HOST).unwrap_or_default();
    let port = bag.text(bag::PEER_PORT).unwrap_or_default();
    let server = address(&host, &port);
    let method = bag.text(&["rpc.method"]).unwrap_or(Cow::Borrowed(span_name));
    let name = if service.is_empty() { server.clone() } else { service.clone().into_owned() };
    Target {
        exit_type: ExitType::WebService,
        properties: said(&[("SERVICE", &*service), ("URL", &*server)]),
        name,
        operation: if service.is_empty() { method.into_owned() } else { format!("{service}/{method}") },
    }
}

fn other(span_name: &str, bag: &Bag<'_>, producer: bool) -> Target {
    let exit_type = if producer { ExitType::Queue } else { ExitType::Custom };
    let host = bag.text(bag::PEER_HOST).unwrap_or_default();
    let port = bag.text(bag::PEER_PORT).unwrap_or_default();
    let peer = bag.text(&["peer.service", "service.peer.name"]);
    let (properties, name) = match peer {
        Some(peer) => (said(&[("NAME", &*peer)]), peer.into_owned()),
        None if !host.is_empty() => (said(&[("HOST", &*host), ("PORT", &*port)]), address(&host, &port)),
        None => (said(&[("NAME", &*cut(span_name, NAME_CHARS_MAX))]), span_name.to_owned()),
    };
    Target { exit_type, properties, name, operation: span_name.to_owned() }
}

/// The properties that say something.
fn said(properties: &[(&str, &str)]) -> Vec<Property> {
    properties
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| Property::new(name, value))
        .collect()
}

fn address(host: &str, port: &str) -> String {
    match (host.contains(':') && !host.starts_with('['), port.is_empty()) {
        (_, true) => host.to_owned(),
        (true, false) => format!("[{host}]:{port}"),
        (false, false) => format!("{host}:{port}"),
    }
}

fn scheme_and_authority(url: &str) -> (&str, &str) {
    let Some((scheme, rest)) = url.split_once("://") else { return ("http", "") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Whoever writes a password into a URL does not want to see it here.
    (scheme, authority.rsplit('@').next().unwrap_or_default())
}

fn split_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
        _ => (authority, ""),
    }
}
