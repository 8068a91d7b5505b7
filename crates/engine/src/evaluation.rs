//! Health rules against numbers: which thing violates which rule now, and why.

use std::collections::HashMap;

use serde_json::Value;
use tierline_model::TierId;
use tierline_model::transaction::OTHER_TRAFFIC_INTERNAL_NAME;
use tierline_store::{Entities, TimeRange};

use crate::alerting::HealthRule;
use crate::alerting::expression::{Formula, Logic};
use crate::alerting::health_rule::{
    AffectedEntityType, AggregateFunction, Aggregation, BaselineCondition, BaselineUnit, CompareCondition,
    Condition, Criteria, EvalDetailType, EvalKind, Matching, MetricEvalDetail,
};
use crate::alerting::policy::texts;
use crate::baselines::{Baseline, BaselineCache, Trend, exact};
use crate::events::EntityRef;
use crate::metric_data::{MetricDataError, MetricValue, metric_data_in};
use crate::metric_path::{MetricPath, Part, parse};
use crate::metric_tree::{ERRORS, INDIVIDUAL_NODES, Leaf, MetricTree};
use crate::scope::Scope;
use crate::transactions_admin::BtAdmin;

const MINUTE_MS: u64 = 60_000;

/// How badly a rule is violated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A little.
    Warning,
    /// Critically.
    Critical,
}

/// What a rule says of one thing.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The thing.
    pub entity: EntityRef,
    /// How badly it violates the rule; `None` when it does not.
    pub level: Option<Level>,
    /// The conditions that hold, in sentences.
    pub reasons: Vec<String>,
}

/// Everything rules are evaluated with: one application at one time.
pub struct Evaluator<'a> {
    /// Where and when; the range ends now.
    pub scope: Scope<'a>,
    /// What there is.
    pub entities: &'a Entities,
    /// The metrics.
    pub tree: &'a MetricTree,
    /// Who was renamed, excluded or deleted.
    pub admin: &'a BtAdmin,
    /// Baselines known from before.
    pub baselines: &'a BaselineCache,
}

/// A thing rules look at, and the path its metrics are below.
struct Subject {
    base: Vec<String>,
    entity: EntityRef,
    /// The tier whose nodes have numbers of it.
    tier: Option<TierId>,
}

/// Nodes a violation names.
const NODES_TOLD_MAX: usize = 5;

/// Numbers of one metric by the path of the thing.
type Numbers = HashMap<Vec<String>, (Leaf, MetricPath, Vec<MetricValue>)>;

impl Evaluator<'_> {
    /// What a rule says of everything it looks at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn evaluate(&self, rule: &HealthRule) -> Result<Vec<Finding>, MetricDataError> {
        let pattern = base_pattern(rule);
        let Some(pattern) = pattern else { return Ok(Vec::new()) };
        let subjects = self.subjects(rule);
        let mut findings: Vec<Finding> = subjects
            .iter()
            .map(|s| Finding { entity: s.entity.clone(), level: None, reasons: Vec::new() })
            .collect();
        let criterias = [
            (Level::Critical, &rule.eval_criterias.critical_criteria),
            (Level::Warning, &rule.eval_criterias.warning_criteria),
        ];
        for (level, criteria) in criterias {
            let Some(criteria) = criteria else { continue };
            if findings.iter().all(|finding| finding.level.is_some()) {
                break;
            }
            let holding = match criteria.matching() {
                Matching::Whole => self.holding(rule, criteria, &pattern, &subjects)?,
                matching => self.holding_on_nodes(rule, (criteria, matching), &pattern, &subjects)?,
            };
            for (finding, reasons) in findings.iter_mut().zip(holding).filter(|(f, _)| f.level.is_none()) {
                if let Some(reasons) = reasons {
                    finding.level = Some(level);
                    finding.reasons = reasons;
                }
            }
        }
        Ok(findings)
    }

    /// For each thing the reasons why a criterion holds; `None` when it does not.
    fn holding(
        &self,
        rule: &HealthRule,
        criteria: &Criteria,
        pattern: &[Part],
        subjects: &[Subject],
    ) -> Result<Vec<Option<Vec<String>>>, MetricDataError> {
        let mut answers = Vec::new();
        for condition in &criteria.conditions {
            answers.push(self.condition(rule, condition, pattern, subjects)?);
        }
        let of_thing = |index: usize| {
            let of_thing: Vec<Option<&String>> =
                answers.iter().map(|a| a.get(index).and_then(Option::as_ref)).collect();
            let holds: Vec<bool> = of_thing.iter().map(Option::is_some).collect();
            joined(criteria, &holds).then(|| of_thing.into_iter().flatten().cloned().collect())
        };
        Ok((0..subjects.len()).map(of_thing).collect())
    }

    /// The same where a criterion is about the nodes of each thing one by one, and enough of them must violate it.
    fn holding_on_nodes(
        &self,
        rule: &HealthRule,
        (criteria, matching): (&Criteria, Matching),
        pattern: &[Part],
        subjects: &[Subject],
    ) -> Result<Vec<Option<Vec<String>>>, MetricDataError> {
        let mut node_pattern = pattern.to_vec();
        node_pattern.extend([Part::Name(INDIVIDUAL_NODES.to_owned()), Part::Any]);
        let (mut nodes, mut owners) = (Vec::new(), Vec::new());
        for (index, subject) in subjects.iter().enumerate() {
            for node in self.entities.nodes.iter().filter(|node| Some(node.tier_id) == subject.tier) {
                let mut base = subject.base.clone();
                base.extend([INDIVIDUAL_NODES.to_owned(), node.name.to_string()]);
                let entity = EntityRef::new("APPLICATION_COMPONENT_NODE", node.id.get(), &*node.name);
                nodes.push(Subject { base, entity, tier: subject.tier });
                owners.push(index);
            }
        }
        let holding = self.holding(rule, criteria, &node_pattern, &nodes)?;
        let of_thing = |index: usize| {
            let own = || owners.iter().zip(nodes.iter().zip(&holding)).filter(|(owner, _)| **owner == index);
            let violating: Vec<(&Subject, &Vec<String>)> =
                own().filter_map(|(_, (node, reasons))| Some((node, reasons.as_ref()?))).collect();
            let (count, all) = (violating.len() as f64, own().count() as f64);
            let enough = match matching {
                Matching::Nodes(wanted) => count >= wanted,
                Matching::Percent(wanted) => count * 100.0 >= wanted * all,
                Matching::Whole => false,
            };
            (enough && count > 0.0).then(|| {
                let say = |(node, reasons): &(&Subject, &Vec<String>)| {
                    format!("On {}: {}", node.entity.name, reasons.join(" "))
                };
                violating.iter().take(NODES_TOLD_MAX).map(say).collect()
            })
        };
        Ok((0..subjects.len()).map(of_thing).collect())
    }

    /// For each thing the sentence why the condition holds; `None` when it does not.
    fn condition(
        &self,
        rule: &HealthRule,
        condition: &Condition,
        pattern: &[Part],
        subjects: &[Subject],
    ) -> Result<Vec<Option<String>>, MetricDataError> {
        let detail = &condition.eval_detail;
        let no_data =
            || condition.evaluate_to_true_on_no_data.then(|| format!("{} has no data.", condition.name));
        if detail.eval_detail_type == EvalDetailType::MetricExpression {
            return self.formula(rule, condition, pattern, subjects);
        }
        let minutes = condition.trigger_enabled;
        let full = full_pattern(pattern, &detail.metric_path);
        let Some(full) = full else { return Ok(subjects.iter().map(|_| no_data()).collect()) };
        let numbers = self.numbers(rule, &full, pattern.len(), !minutes)?;
        let baselines = match detail.metric_eval_detail.metric_eval_detail_type {
            EvalKind::SpecificType => None,
            EvalKind::BaselineType => {
                let name = detail.metric_eval_detail.baseline_name.as_deref().unwrap_or_default();
                // The hour most of the data are from.
                let half_ms = u64::from(rule.use_data_from_last_n_minutes) * MINUTE_MS / 2;
                let at_ms = self.scope.range.end_ms.saturating_sub(half_ms);
                Some(self.baselines.at(self.scope, self.tree, &full, Trend::of(name), at_ms)?)
            }
        };
        let answer = |subject: &Subject| {
            let (leaf, path, values) = numbers.get(&subject.base)?;
            if values.is_empty() {
                return None;
            }
            let baseline = baselines.as_ref().map(|known| known.get(path).copied());
            let function = detail.metric_aggregate_function;
            let compare = |value: &MetricValue| {
                compare(pick(*leaf, value, function), baseline, &detail.metric_eval_detail)
            };
            let holding: Vec<String> = values.iter().filter_map(compare).collect();
            let wanted = if minutes { condition.minimum_triggers.max(1) as usize } else { 1 };
            let told = holding.last().filter(|_| holding.len() >= wanted);
            Some(told.map(|reason| format!("{} {reason}", detail.metric_path)))
        };
        Ok(subjects.iter().map(|subject| answer(subject).unwrap_or_else(no_data)).collect())
    }

    fn formula(
        &self,
        rule: &HealthRule,
        condition: &Condition,
        pattern: &[Part],
        subjects: &[Subject],
    ) -> Result<Vec<Option<String>>, MetricDataError> {
        let detail = &condition.eval_detail;
        let variables = &detail.metric_expression_variables;
        let names: Vec<&str> = variables.iter().map(|v| v.variable_name.as_str()).collect();
        let text = detail.metric_expression.as_deref().unwrap_or_default();
        let Ok(formula) = Formula::parse(text, &names) else {
            return Ok(vec![None; subjects.len()]);
        };
        let mut known = Vec::new();
        for variable in variables {
            known.push(match full_pattern(pattern, &variable.metric_path) {
                Some(full) => self.numbers(rule, &full, pattern.len(), true)?,
                None => Numbers::new(),
            });
        }
        let answer = |subject: &Subject| {
            let values: Vec<Option<f64>> = known
                .iter()
                .zip(variables)
                .map(|(numbers, variable)| {
                    let (leaf, _, values) = numbers.get(&subject.base)?;
                    Some(pick(*leaf, values.first()?, variable.metric_aggregate_function))
                })
                .collect();
            match formula.value(&values) {
                // A formula has no baseline: its parts do.
                Some(value) => {
                    compare(value, None, &detail.metric_eval_detail).map(|why| format!("{text} {why}"))
                }
                None => {
                    condition.evaluate_to_true_on_no_data.then(|| format!("{} has no data.", condition.name))
                }
            }
        };
        Ok(subjects.iter().map(answer).collect())
    }

    /// The numbers of a metric over the rule's minutes, by the first `base` parts of their paths.
    fn numbers(
        &self,
        rule: &HealthRule,
        pattern: &[Part],
        base: usize,
        rollup: bool,
    ) -> Result<Numbers, MetricDataError> {
        let end_ms = self.scope.range.end_ms;
        let length_ms = u64::from(rule.use_data_from_last_n_minutes) * MINUTE_MS;
        let range = TimeRange { start_ms: end_ms.saturating_sub(length_ms), end_ms };
        let all = metric_data_in(Scope { range, ..self.scope }, self.tree, pattern, rollup)?;
        Ok(all
            .into_iter()
            .map(|series| {
                let key = series.metric.path.0.iter().take(base).cloned().collect();
                (key, (series.metric.leaf, series.metric.path, series.values))
            })
            .collect())
    }

    fn subjects(&self, rule: &HealthRule) -> Vec<Subject> {
        let selection = Selection::of(rule);
        let mut subjects = match rule.affects.affected_entity_type {
            AffectedEntityType::BusinessTransactionPerformance => self.bts(&selection),
            AffectedEntityType::TierNodeTransactionPerformance => {
                self.tiers_or_nodes(&selection, "Overall Application Performance")
            }
            AffectedEntityType::TierNodeHardware => {
                self.tiers_or_nodes(&selection, "Application Infrastructure Performance")
            }
            AffectedEntityType::Backends => self.backends(&selection),
            AffectedEntityType::OverallApplicationPerformance => {
                vec![self.application(vec!["Overall Application Performance".to_owned()])]
            }
            AffectedEntityType::Custom => vec![self.application(Vec::new())],
            AffectedEntityType::Errors => self.below(ERRORS, "ERROR", &selection),
            AffectedEntityType::ServiceEndpoints => {
                self.below("Service Endpoints", "SERVICE_ENDPOINT", &selection)
            }
            _ => Vec::new(),
        };
        subjects.sort_by(|a, b| a.base.cmp(&b.base));
        subjects.dedup_by(|a, b| a.base == b.base);
        subjects
    }

    fn application(&self, base: Vec<String>) -> Subject {
        let name = self.entities.applications.first().map_or_else(String::new, |a| a.name.to_string());
        let entity = EntityRef::new("APPLICATION", self.scope.app_id.get(), name);
        Subject { base, entity, tier: None }
    }

    fn bts(&self, selection: &Selection) -> Vec<Subject> {
        let root = ["Business Transaction Performance", "Business Transactions"];
        let wanted = self.entities.bts.iter().filter(|bt| !self.admin.is_hidden(bt));
        wanted
            .filter_map(|bt| {
                let tier = self.entities.tiers.iter().find(|tier| tier.id == bt.tier_id)?;
                let name = if bt.other_traffic { OTHER_TRAFFIC_INTERNAL_NAME } else { &*bt.name };
                let shown = self.admin.name_of(bt);
                selection.has(&[shown, &bt.name, &tier.name]).then(|| Subject {
                    base: [root[0], root[1], &tier.name, name].map(str::to_owned).to_vec(),
                    entity: EntityRef::new("BUSINESS_TRANSACTION", bt.id.get(), shown),
                    tier: Some(bt.tier_id),
                })
            })
            .collect()
    }

    fn tiers_or_nodes(&self, selection: &Selection, root: &str) -> Vec<Subject> {
        if !selection.nodes {
            let tiers = self.entities.tiers.iter().filter(|tier| selection.has(&[&tier.name]));
            return tiers
                .map(|tier| Subject {
                    base: vec![root.to_owned(), tier.name.to_string()],
                    entity: EntityRef::new("APPLICATION_COMPONENT", tier.id.get(), &*tier.name),
                    tier: (!selection.nodes).then_some(tier.id),
                })
                .collect();
        }
        let nodes = self.entities.nodes.iter();
        nodes
            .filter_map(|node| {
                let tier = self.entities.tiers.iter().find(|tier| tier.id == node.tier_id)?;
                let base = [root, &*tier.name, INDIVIDUAL_NODES, &*node.name].map(str::to_owned).to_vec();
                let entity = EntityRef::new("APPLICATION_COMPONENT_NODE", node.id.get(), &*node.name);
                selection.has(&[&node.name, &tier.name]).then_some(Subject { base, entity, tier: None })
            })
            .collect()
    }

    fn backends(&self, selection: &Selection) -> Vec<Subject> {
        let all = self.entities.backends.iter().filter(|backend| selection.has(&[&backend.backend.name]));
        all.map(|backend| Subject {
            base: vec!["Backends".to_owned(), format!("Discovered backend call - {}", backend.backend.name)],
            entity: EntityRef::new("BACKEND", backend.backend.id.get(), &*backend.backend.name),
            tier: None,
        })
        .collect()
    }

    /// Things that only the metric tree knows, two folders below the root: tier and name.
    fn below(&self, root: &str, entity_type: &str, selection: &Selection) -> Vec<Subject> {
        let mut found = Vec::new();
        for tier in &self.entities.tiers {
            let folder = [Part::Name(root.to_owned()), Part::Name(tier.name.to_string())];
            for entry in self.tree.list(&folder).into_iter().filter(|entry| entry.folder) {
                if selection.has(&[&entry.name, &tier.name]) {
                    let id = tierline_model::id::id_of(entity_type, &[&tier.name, &entry.name]);
                    let base = vec![root.to_owned(), tier.name.to_string(), entry.name.clone()];
                    let entity = EntityRef::new(entity_type, id, entry.name);
                    found.push(Subject { base, entity, tier: None });
                }
            }
        }
        found
    }
}

/// Which things a rule looks at: all, or those whose names it says.
struct Selection {
    all: bool,
    /// Nodes one by one instead of tiers.
    nodes: bool,
    names: Vec<String>,
    /// What names must (or must not) be like.
    like: Option<(tierline_model::detection::ReadyText, bool)>,
}

impl Selection {
    fn of(rule: &HealthRule) -> Self {
        let selection = Value::Object(rule.affects.selection.clone());
        let mut found = Vec::new();
        texts(&selection, &mut found, 0);
        let all = !found.iter().any(|text| text.starts_with("SPECIFIC_") || text.contains("_SPECIFIC_"));
        let like = pattern_matcher(&selection, 0);
        Self {
            all,
            nodes: found.contains(&"NODE_AFFECTED_ENTITIES"),
            names: found.into_iter().map(str::to_owned).collect(),
            like,
        }
    }

    /// Whether it has a thing of one of these names. The first is the thing's own.
    fn has(&self, names: &[&str]) -> bool {
        if let Some((text, wanted)) = &self.like {
            return names.first().is_some_and(|name| text.matches(name)) == *wanted;
        }
        self.all || names.iter().any(|name| self.names.iter().any(|one| one == name))
    }
}

/// `patternMatcher: {matchTo: STARTS_WITH, matchValue: …, shouldNot: false}` wherever it stands.
fn pattern_matcher(value: &Value, depth: usize) -> Option<(tierline_model::detection::ReadyText, bool)> {
    use tierline_model::detection::{Comparison, ReadyText, TextMatch};
    const DEPTH_MAX: usize = 6;
    let object = value.as_object()?;
    if let (Some(to), Some(with)) = (object.get("matchTo"), object.get("matchValue")) {
        let comparison = match to.as_str()? {
            "STARTS_WITH" => Comparison::StartsWith,
            "ENDS_WITH" => Comparison::EndsWith,
            "CONTAINS" => Comparison::Contains,
            "MATCH_REG_EX" | "REGEX" | "MATCHES_REGEX" => Comparison::Regex,
            _ => Comparison::Equals,
        };
        let text = TextMatch { comparison, value: with.as_str()?.to_owned(), not: false };
        let should_not = object.get("shouldNot").and_then(Value::as_bool).unwrap_or(false);
        return Some((ReadyText::new(&text, "patternMatcher").ok()?, !should_not));
    }
    if depth >= DEPTH_MAX {
        return None;
    }
    object.values().find_map(|inner| pattern_matcher(inner, depth + 1))
}

/// Whether a rule asks about errors by type, which the tree knows only when it is told to: it costs reading executions.
pub(crate) fn looks_at_errors(rule: &HealthRule) -> bool {
    let criterias = [&rule.eval_criterias.critical_criteria, &rule.eval_criterias.warning_criteria];
    let mut conditions = criterias.into_iter().flatten().flat_map(|criteria| &criteria.conditions);
    let below_errors = |path: &str| path.split('|').next().is_some_and(|root| root.trim() == ERRORS);
    match rule.affects.affected_entity_type {
        AffectedEntityType::Errors => true,
        AffectedEntityType::Custom => conditions.any(|condition| {
            let detail = &condition.eval_detail;
            let variables = &detail.metric_expression_variables;
            below_errors(&detail.metric_path)
                || variables.iter().any(|variable| below_errors(&variable.metric_path))
        }),
        _ => false,
    }
}

/// The folder of the things a rule looks at; `None` when nothing reports them.
fn base_pattern(rule: &HealthRule) -> Option<Vec<Part>> {
    let name = |text: &str| Part::Name(text.to_owned());
    let nodes = Selection::of(rule).nodes;
    let tier_or_node = |root: &str| {
        let mut pattern = vec![name(root), Part::Any];
        if nodes {
            pattern.extend([name(INDIVIDUAL_NODES), Part::Any]);
        }
        pattern
    };
    Some(match rule.affects.affected_entity_type {
        AffectedEntityType::BusinessTransactionPerformance => {
            vec![
                name("Business Transaction Performance"),
                name("Business Transactions"),
                Part::Any,
                Part::Any,
            ]
        }
        AffectedEntityType::TierNodeTransactionPerformance => tier_or_node("Overall Application Performance"),
        AffectedEntityType::TierNodeHardware => tier_or_node("Application Infrastructure Performance"),
        AffectedEntityType::OverallApplicationPerformance => vec![name("Overall Application Performance")],
        AffectedEntityType::Backends => vec![name("Backends"), Part::Any],
        AffectedEntityType::Errors => vec![name(ERRORS), Part::Any, Part::Any],
        AffectedEntityType::ServiceEndpoints => vec![name("Service Endpoints"), Part::Any, Part::Any],
        AffectedEntityType::Custom => Vec::new(),
        _ => return None,
    })
}

fn full_pattern(base: &[Part], metric_path: &str) -> Option<Vec<Part>> {
    let mut pattern = base.to_vec();
    pattern.extend(parse(metric_path).ok()?);
    Some(pattern)
}

fn pick(leaf: Leaf, value: &MetricValue, function: AggregateFunction) -> f64 {
    match function {
        AggregateFunction::Value => exact(leaf, value),
        AggregateFunction::Minimum => value.min as f64,
        AggregateFunction::Maximum => value.max as f64,
        AggregateFunction::Sum => value.sum as f64,
        AggregateFunction::Count | AggregateFunction::GroupCount => value.count as f64,
        AggregateFunction::Current => value.current as f64,
    }
}

/// Why a value violates; `None` when it does not. `baseline` is `Some(None)` when there is none yet.
fn compare(value: f64, baseline: Option<Option<Baseline>>, with: &MetricEvalDetail) -> Option<String> {
    let wanted = with.compare_value.unwrap_or(f64::NAN);
    match with.metric_eval_detail_type {
        EvalKind::SpecificType => match with.compare_condition? {
            CompareCondition::GreaterThanSpecificValue => {
                (value > wanted).then(|| format!("is {value:.1}, above {wanted}."))
            }
            CompareCondition::LessThanSpecificValue => {
                (value < wanted).then(|| format!("is {value:.1}, below {wanted}."))
            }
        },
        EvalKind::BaselineType => {
            let Baseline { value: usual, deviation, .. } = baseline??;
            let (distance, unit) = match with.baseline_unit {
                Some(BaselineUnit::Percentage) => (usual.abs() * wanted / 100.0, "per cent"),
                _ => (deviation * wanted, "deviations"),
            };
            let (holds, how) = match with.baseline_condition? {
                BaselineCondition::GreaterThanBaseline => (value > usual + distance, "above"),
                BaselineCondition::LessThanBaseline => (value < usual - distance, "below"),
                BaselineCondition::WithinBaseline => ((value - usual).abs() <= distance, "within"),
                BaselineCondition::NotWithinBaseline => ((value - usual).abs() > distance, "not within"),
            };
            holds.then(|| format!("is {value:.1}, {how} {wanted} {unit} of its baseline {usual:.1}."))
        }
    }
}

fn joined(criteria: &Criteria, holds: &[bool]) -> bool {
    match criteria.condition_aggregation_type {
        Aggregation::All => !holds.is_empty() && holds.iter().all(|holds| *holds),
        Aggregation::Any => holds.iter().any(|holds| *holds),
        Aggregation::Custom => {
            let names: Vec<&str> = criteria.conditions.iter().map(|c| c.short_name.as_str()).collect();
            let text = criteria.condition_expression.as_deref().unwrap_or_default();
            Logic::parse(text, &names).is_ok_and(|logic| logic.holds(holds))
        }
    }
}
