//! Health rules: when something is not well.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use tierline_model::AppId;
use tierline_store::Store;

use super::{AlertingError, Schedule, alerting, default_rules, expression, number};
use crate::limits::{CONDITIONS_MAX, METRIC_PATH_CHARS_MAX, RULE_MINUTES_MAX};

/// A health rule, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HealthRule {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it is evaluated.
    pub enabled: bool,
    /// It looks at so many minutes, 1 to 360.
    pub use_data_from_last_n_minutes: u32,
    /// An open violation is told of again after so many minutes.
    pub wait_time_after_violation: u32,
    /// The schedule by which it is evaluated; all the time when empty.
    pub schedule_name: String,
    /// What it looks at.
    pub affects: Affects,
    /// When it is violated.
    pub eval_criterias: EvalCriterias,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

alerting!(HealthRule, "health-rule", "health rule", default_rules::default_rules; beside: scheduled);

impl Default for HealthRule {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            enabled: true,
            use_data_from_last_n_minutes: 30,
            wait_time_after_violation: 30,
            schedule_name: "Always".to_owned(),
            affects: Affects::default(),
            eval_criterias: EvalCriterias::default(),
            more: Map::new(),
        }
    }
}

/// The kind of thing a rule looks at. What some clients call otherwise is understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AffectedEntityType {
    /// The application as a whole.
    #[serde(alias = "APPLICATION_PERFORMANCE")]
    OverallApplicationPerformance,
    /// Business transactions.
    #[default]
    BusinessTransactionPerformance,
    /// What tiers or nodes executed.
    #[serde(alias = "TIER_NODE_HEALTH")]
    TierNodeTransactionPerformance,
    /// The machines and processes of tiers or nodes.
    TierNodeHardware,
    /// Servers; nothing reports them.
    ServersInApplication,
    /// Backends.
    #[serde(alias = "BACKEND_CALL_PERFORMANCE")]
    Backends,
    /// Errors by type.
    Errors,
    /// Service endpoints.
    #[serde(alias = "SERVICE_ENDPOINT_PERFORMANCE")]
    ServiceEndpoints,
    /// Information points; nothing reports them.
    InformationPoints,
    /// Any metric; the paths are whole.
    Custom,
    /// Databases; nothing reports them.
    Databases,
    /// Servers; nothing reports them.
    Servers,
    /// The network; nothing reports it.
    AdvancedNetwork,
}

/// What a rule looks at. The scope and the names are found in `selection`, whatever object they stand in.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Affects {
    /// The kind of thing.
    pub affected_entity_type: AffectedEntityType,
    /// Which of them, as the client wrote it (`affectedBusinessTransactions: {businessTransactionScope: …}` …).
    #[serde(flatten)]
    pub selection: Map<String, Value>,
}

/// When a rule is violated.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EvalCriterias {
    /// Critically.
    pub critical_criteria: Option<Criteria>,
    /// A little.
    pub warning_criteria: Option<Criteria>,
}

/// How conditions are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Aggregation {
    /// All must hold.
    #[default]
    All,
    /// One must hold.
    Any,
    /// As `conditionExpression` says.
    Custom,
}

/// Conditions and how they are joined.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Criteria {
    /// How they are joined.
    pub condition_aggregation_type: Aggregation,
    /// `(A AND B) OR (C AND D AND E)`; short names of conditions.
    pub condition_expression: Option<String>,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// Whether the numbers of a tier or business transaction count as a whole, or those of each of its nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_matching_criteria: Option<EvalMatching>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Whose numbers conditions are about, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EvalMatching {
    /// `AVERAGE` (the whole), `ANY_NODE`, `ALL_NODES`, `PERCENTAGE_NODES` or `NUMBER_NODES`.
    pub match_type: String,
    /// The percentage or number of nodes.
    #[serde(with = "number")]
    pub value: Option<f64>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// How many nodes must violate a criterion.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Matching {
    /// None by itself: their numbers together do.
    Whole,
    /// So many.
    Nodes(f64),
    /// So many of a hundred.
    Percent(f64),
}

impl EvalMatching {
    fn matching(&self) -> Result<Matching, String> {
        let kind = self.match_type.to_ascii_uppercase();
        let value = |most: f64| match self.value {
            Some(value) if value > 0.0 && value <= most => Ok(value),
            _ => Err(format!("its evalMatchingCriteria {:?} needs a value up to {most}", self.match_type)),
        };
        match kind.as_str() {
            "" | "AVERAGE" | "TIER_AVERAGE" => Ok(Matching::Whole),
            "ANY" | "ANY_NODE" => Ok(Matching::Nodes(1.0)),
            "ALL" | "ALL_NODES" => Ok(Matching::Percent(100.0)),
            _ if kind.contains("PERCENT") => Ok(Matching::Percent(value(100.0)?)),
            _ if kind.contains("NUMBER") => Ok(Matching::Nodes(value(1e6)?)),
            _ => Err(format!(
                "its evalMatchingCriteria {:?} is not known: AVERAGE, ANY_NODE, ALL_NODES, PERCENTAGE_NODES and NUMBER_NODES are",
                self.match_type
            )),
        }
    }
}

/// One condition.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    /// Its name for people.
    pub name: String,
    /// Its name in the expression: `A`, `B`, ….
    pub short_name: String,
    /// Whether it holds when there are no data.
    pub evaluate_to_true_on_no_data: bool,
    /// What it compares with what.
    pub eval_detail: EvalDetail,
    /// Whether it must hold in several single minutes instead of in all of them together.
    pub trigger_enabled: bool,
    /// In how many.
    pub minimum_triggers: u32,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Whether a condition has one metric or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvalDetailType {
    /// One metric.
    #[default]
    SingleMetric,
    /// A formula of several.
    MetricExpression,
}

/// Which number of a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AggregateFunction {
    /// Its value over the minutes.
    #[default]
    #[serde(alias = "AVERAGE")]
    Value,
    /// The smallest observation.
    #[serde(alias = "MIN")]
    Minimum,
    /// The largest observation.
    #[serde(alias = "MAX")]
    Maximum,
    /// The sum.
    Sum,
    /// What the sum is divided by.
    Count,
    /// The last minute's value.
    Current,
    /// How many nodes reported it.
    GroupCount,
}

/// What a condition compares.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EvalDetail {
    /// One metric or a formula.
    pub eval_detail_type: EvalDetailType,
    /// Which number of the metric.
    pub metric_aggregate_function: AggregateFunction,
    /// The metric, below the thing looked at.
    pub metric_path: String,
    /// `(variable1 + variable2) / 100`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_expression: Option<String>,
    /// The metrics of the formula.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metric_expression_variables: Vec<MetricVariable>,
    /// With what it is compared.
    pub metric_eval_detail: MetricEvalDetail,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A metric of a formula.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricVariable {
    /// Its name in the formula.
    pub variable_name: String,
    /// Which number of the metric.
    pub metric_aggregate_function: AggregateFunction,
    /// The metric.
    pub metric_path: String,
}

/// With what a number is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvalKind {
    /// A fixed number.
    #[default]
    SpecificType,
    /// Its baseline.
    BaselineType,
}

/// How a number is compared with a fixed one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CompareCondition {
    /// It is larger.
    #[serde(alias = "GREATER_THAN")]
    GreaterThanSpecificValue,
    /// It is smaller.
    #[serde(alias = "LESS_THAN")]
    LessThanSpecificValue,
}

/// How a number is compared with its baseline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BaselineCondition {
    /// Close to it.
    #[serde(alias = "WITHIN")]
    WithinBaseline,
    /// Not close to it.
    #[serde(alias = "NOT_WITHIN")]
    NotWithinBaseline,
    /// Far above it.
    #[serde(alias = "GREATER_THAN")]
    GreaterThanBaseline,
    /// Far below it.
    #[serde(alias = "LESS_THAN")]
    LessThanBaseline,
}

/// The unit of the distance from a baseline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BaselineUnit {
    /// Deviations.
    #[serde(alias = "STANDARD_DEVIATION")]
    StandardDeviations,
    /// Per cent of the baseline.
    #[serde(alias = "PERCENT")]
    Percentage,
}

/// With what a number is compared.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricEvalDetail {
    /// A fixed number or the baseline.
    pub metric_eval_detail_type: EvalKind,
    /// How, with a fixed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_condition: Option<CompareCondition>,
    /// How, with the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_condition: Option<BaselineCondition>,
    /// Which baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_name: Option<String>,
    /// The unit of `compareValue`, with the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_unit: Option<BaselineUnit>,
    /// The fixed number, or the distance from the baseline.
    #[serde(with = "number")]
    pub compare_value: Option<f64>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl HealthRule {
    /// Says why it cannot be evaluated.
    ///
    /// # Errors
    /// A sentence without its subject.
    pub fn reason_against(&self) -> Result<(), String> {
        if !(1..=RULE_MINUTES_MAX).contains(&self.use_data_from_last_n_minutes) {
            return Err(format!("useDataFromLastNMinutes must be between 1 and {RULE_MINUTES_MAX}"));
        }
        let criterias = [&self.eval_criterias.critical_criteria, &self.eval_criterias.warning_criteria];
        if criterias.iter().all(|criteria| criteria.is_none()) {
            return Err("it has neither criticalCriteria nor warningCriteria".to_owned());
        }
        criterias.into_iter().flatten().try_for_each(Criteria::reason_against)?;
        let by_nodes = criterias.into_iter().flatten().any(|c| c.matching() != Matching::Whole);
        let has_nodes = matches!(
            self.affects.affected_entity_type,
            AffectedEntityType::BusinessTransactionPerformance
                | AffectedEntityType::TierNodeTransactionPerformance
                | AffectedEntityType::TierNodeHardware
        );
        if by_nodes && !has_nodes {
            return Err(
                "its evalMatchingCriteria counts nodes, which only tiers and business transactions have"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn scheduled(&self, store: &dyn Store, account: &str, app_id: AppId) -> Result<(), AlertingError> {
        if self.schedule_name.is_empty() {
            return Ok(());
        }
        let schedules = super::list::<Schedule>(store, account, app_id)?;
        if schedules.iter().any(|schedule| schedule.value.name == self.schedule_name) {
            return Ok(());
        }
        Err(super::invalid::<Self>(format!("there is no schedule named {:?}", self.schedule_name)))
    }
}

impl Criteria {
    /// How many nodes must violate it.
    #[must_use]
    pub fn matching(&self) -> Matching {
        let matching = self.eval_matching_criteria.as_ref().and_then(|one| one.matching().ok());
        matching.unwrap_or(Matching::Whole)
    }

    fn reason_against(&self) -> Result<(), String> {
        if let Some(matching) = &self.eval_matching_criteria {
            matching.matching()?;
        }
        if self.conditions.is_empty() || self.conditions.len() > CONDITIONS_MAX {
            return Err(format!("criteria have 1 to {CONDITIONS_MAX} conditions"));
        }
        self.conditions.iter().try_for_each(Condition::reason_against)?;
        if self.condition_aggregation_type == Aggregation::Custom {
            let names: Vec<&str> = self.conditions.iter().map(|c| c.short_name.as_str()).collect();
            let text = self.condition_expression.as_deref().unwrap_or_default();
            expression::Logic::parse(text, &names)
                .map_err(|error| format!("its conditionExpression {text:?}: {error}"))?;
        }
        Ok(())
    }
}

impl Condition {
    fn reason_against(&self) -> Result<(), String> {
        let detail = &self.eval_detail;
        let against = &detail.metric_eval_detail;
        let about = |reason: &str| Err(format!("condition {:?} {reason}", self.name));
        let paths = detail.metric_expression_variables.iter().map(|variable| &variable.metric_path);
        if paths.chain([&detail.metric_path]).any(|path| path.chars().count() > METRIC_PATH_CHARS_MAX) {
            return about("has a metric path that is too long");
        }
        match detail.eval_detail_type {
            EvalDetailType::SingleMetric if detail.metric_path.trim().is_empty() => {
                return about("has no metricPath");
            }
            EvalDetailType::SingleMetric => {}
            EvalDetailType::MetricExpression => {
                let names: Vec<&str> =
                    detail.metric_expression_variables.iter().map(|v| v.variable_name.as_str()).collect();
                let text = detail.metric_expression.as_deref().unwrap_or_default();
                if names.len() > CONDITIONS_MAX {
                    return about("has too many variables");
                }
                if let Err(error) = expression::Formula::parse(text, &names) {
                    return about(&format!("has a metricExpression that cannot be read: {error}"));
                }
            }
        }
        if !against.compare_value.is_some_and(f64::is_finite) {
            return about("has no compareValue");
        }
        match against.metric_eval_detail_type {
            EvalKind::SpecificType if against.compare_condition.is_none() => about("has no compareCondition"),
            EvalKind::BaselineType if against.baseline_condition.is_none() => {
                about("has no baselineCondition")
            }
            _ => Ok(()),
        }
    }
}
