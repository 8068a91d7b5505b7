//! Who sent it.

use std::sync::Arc;

use tierline_model::name::{clean_name, cut};
use tierline_model::{AgentIdentity, Language};

use super::view::Attributes;
use crate::attribute as name;
use crate::limits::RESOURCE_TEXT_CHARS_MAX;

/// The agent a resource describes; `None` when it is not one of ours.
pub(super) fn identity(attributes: &Attributes<'_>) -> Option<AgentIdentity> {
    let mut incarnation = None;
    let (mut application, mut tier, mut node) = ("", "", "");
    let (mut language, mut agent_version, mut runtime_version, mut host_name, mut os_type) =
        ("", "", "", "", "");
    let mut process_id = 0;
    for (key, value) in attributes {
        let text = value.text().unwrap_or_default();
        match &**key {
            name::SERVICE_NAMESPACE => application = text,
            name::SERVICE_NAME => tier = text,
            name::SERVICE_INSTANCE_ID => node = text,
            name::INCARNATION => incarnation = text.parse().ok(),
            name::TELEMETRY_SDK_LANGUAGE => language = text,
            name::TELEMETRY_SDK_VERSION => agent_version = text,
            name::PROCESS_RUNTIME_VERSION => runtime_version = text,
            name::HOST_NAME => host_name = text,
            name::OS_TYPE => os_type = text,
            name::PROCESS_PID => {
                process_id = value.count().and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0)
            }
            _ => {}
        }
    }
    if [application, tier, node].iter().any(|text| text.is_empty()) {
        return None;
    }
    let detail = |text: &str| Arc::from(cut(text, RESOURCE_TEXT_CHARS_MAX));
    Some(AgentIdentity {
        application: Arc::from(clean_name(application)),
        tier: Arc::from(clean_name(tier)),
        node: Arc::from(clean_name(node)),
        incarnation: incarnation?,
        language: Language::parse(language),
        agent_version: detail(agent_version),
        runtime_version: detail(runtime_version),
        host_name: detail(host_name),
        os_type: detail(os_type),
        process_id,
    })
}
