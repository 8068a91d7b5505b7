//! Suppressions of health rules: kept for the clients that write them. Rules are evaluated always; what keeps quiet is
//! an action suppression.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tierline_engine::alerting::Alerting;

/// A suppression, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthRuleSuppression {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Alerting for HealthRuleSuppression {
    const KIND: &'static str = "health-rule-suppression";
    const WHAT: &'static str = "health rule suppression";

    fn id(&self) -> u64 {
        self.id
    }

    fn set_id(&mut self, id: u64) {
        self.id = id;
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
