//! What the controller does with the model: which entities a report tells of, which backend is a tier, and every
//! answer the page and the REST API give, in the words of the model. No HTTP, no SQL; JSON only as the text of documents.

pub mod agent_configuration;
pub mod alerting;
pub mod applications;
pub mod applications_admin;
pub mod backends;
pub mod backends_admin;
pub mod baselines;
pub mod business_transactions;
pub mod detection_trial;
pub mod diagnostic_sessions;
mod documents;
pub mod errors;
pub mod evaluation;
pub mod events;
pub mod flow_map;
pub mod foreign;
pub mod ingest;
pub mod limits;
pub mod markers;
pub mod metric_data;
pub mod metric_path;
pub mod metric_tree;
pub mod names;
pub mod nodes;
pub mod numbers;
pub mod overlay;
pub mod presence;
pub mod reactions;
pub mod resolution;
pub mod scope;
pub mod scorecard;
pub mod series;
pub mod snapshots;
pub mod staleness;
pub mod transactions_admin;
pub mod violations;

pub use numbers::Numbers;
pub use scope::Scope;
