//! The process behind a foreign resource.

use std::sync::Arc;

use tierline_model::name::{clean_name, cut};
use tierline_model::{AgentIdentity, Incarnation, Language};
use xxhash_rust::xxh3::xxh3_128;

use super::bag::Bag;
use super::{DEFAULT_APPLICATION, DEFAULT_TIER};
use crate::attribute as name;
use crate::limits::RESOURCE_TEXT_CHARS_MAX;
use crate::otlp::view::Attributes;

/// The process; `None` when the resource is one of our agents'.
pub(super) fn identity(attributes: &Attributes<'_>) -> Option<AgentIdentity> {
    let bag = Bag(attributes);
    if bag.has(&[name::INCARNATION]) {
        return None;
    }
    let text = |names: &[&str]| bag.text(names);
    let detail = |key: &str| -> Arc<str> {
        text(&[key]).map_or_else(|| Arc::from(""), |text| Arc::from(cut(&text, RESOURCE_TEXT_CHARS_MAX)))
    };
    let named = |names: &[&str], usual: &str| -> Arc<str> {
        text(names).map_or_else(|| Arc::from(usual), |text| Arc::from(clean_name(&text)))
    };
    let application = named(&[name::SERVICE_NAMESPACE], DEFAULT_APPLICATION);
    let tier = named(&[name::SERVICE_NAME], DEFAULT_TIER);
    let node = named(&[name::SERVICE_INSTANCE_ID, "k8s.pod.name", name::HOST_NAME, "container.id"], &tier);
    let process_id = bag.number(&[name::PROCESS_PID]).and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0);
    let who = format!("{application}\u{0}{tier}\u{0}{node}\u{0}{process_id}");
    Some(AgentIdentity {
        incarnation: Incarnation(xxh3_128(who.as_bytes()).to_be_bytes()),
        application,
        tier,
        node,
        language: Language::parse(&text(&[name::TELEMETRY_SDK_LANGUAGE]).unwrap_or_default()),
        agent_version: detail(name::TELEMETRY_SDK_VERSION),
        runtime_version: detail(name::PROCESS_RUNTIME_VERSION),
        host_name: detail(name::HOST_NAME),
        os_type: detail(name::OS_TYPE),
        process_id,
    })
}
