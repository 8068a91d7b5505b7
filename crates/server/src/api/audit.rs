//! Who did what.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use tierline_store::TimeRange;
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::audit::{self, AuditEntry};
use crate::controller::Shared;
use crate::limits::AUDIT_PAGE_MAX;
use crate::permissions::Permission;

/// Which lines.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// From when on, milliseconds since 1970; the beginning when absent.
    pub from: Option<u64>,
    /// Until when, milliseconds since 1970; now when absent.
    pub to: Option<u64>,
    /// Behind this line: the last `id` of the answer before.
    pub before: Option<u64>,
    /// At most so many (100 when absent, 1,000 at most).
    pub limit: Option<usize>,
}

/// One line.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AuditInfo {
    /// Where it stands; grows.
    pub id: u64,
    /// When.
    pub time: u64,
    /// Who.
    pub user: String,
    /// Who knows them: `INTERNAL`, `OIDC`, `API_CLIENT`.
    pub provider: String,
    /// From where; empty when that is not known.
    pub address: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
}

/// Lines usually asked for at one time.
const LINES_USUAL: usize = 100;

/// What was done in the account, newest first.
#[utoipa::path(
    get,
    path = "/api/audit",
    operation_id = "audit_list",
    tag = "audit",
    params(AuditQuery),
    responses(
        (status = 200, body = Vec<AuditInfo>),
        (status = 400, description = "A parameter cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<Vec<AuditInfo>>, ApiError> {
    visitor.must(Permission::ViewAudit)?;
    let Query(query) = query.map_err(|rejection| {
        ApiError::bad_request(
            format!("{}.", rejection.body_text()),
            "from, to, before and limit are numbers.",
        )
    })?;
    let range = TimeRange { start_ms: query.from.unwrap_or(0), end_ms: query.to.unwrap_or(u64::MAX) };
    let limit = query.limit.unwrap_or(LINES_USUAL).clamp(1, AUDIT_PAGE_MAX);
    let found = controller
        .ask(move |store| audit::entries(store, &visitor.account, range, limit, query.before))
        .await?;
    Ok(Json(found.into_iter().map(info).collect()))
}

fn info(entry: AuditEntry) -> AuditInfo {
    AuditInfo {
        id: entry.id,
        time: entry.time_ms,
        user: entry.user,
        provider: entry.provider,
        address: entry.address,
        action: entry.action,
        object: entry.object,
    }
}
