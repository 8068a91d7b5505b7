//! Roles of the account.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::change::{Body, apply, end};
use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::controller::{Controller, Shared};
use crate::people::RoleChangeRequest;
use crate::permissions::Permission;
use crate::roles::RoleRecord;

/// A role: a named set of permissions.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct RoleInfo {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its holders may do.
    pub permissions: Vec<Permission>,
    /// Whether every account has it and nobody can change it.
    pub built_in: bool,
}

fn info(role: RoleRecord) -> RoleInfo {
    RoleInfo {
        id: role.id,
        name: role.name,
        description: role.description,
        permissions: role.permissions,
        built_in: role.built_in,
    }
}

/// The built-in roles, then the account's own by name.
#[utoipa::path(
    get,
    path = "/api/roles",
    operation_id = "roles_list",
    tag = "roles",
    responses(
        (status = 200, body = Vec<RoleInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<RoleInfo>>, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    Ok(Json(controller.all_roles(&visitor.account).into_iter().map(info).collect()))
}

/// Makes a role.
#[utoipa::path(
    post,
    path = "/api/roles",
    operation_id = "roles_add",
    tag = "roles",
    request_body = RoleChangeRequest,
    responses(
        (status = 200, body = RoleInfo),
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "It names a role that is not there.", body = ErrorAnswer),
        (status = 409, description = "The name is taken.", body = ErrorAnswer),
    )
)]
pub async fn add(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    body: Body<RoleChangeRequest>,
) -> Result<Json<RoleInfo>, ApiError> {
    let added = apply(&controller, visitor, body, Controller::add::<RoleRecord>).await?;
    Ok(Json(info(added)))
}

/// Changes a role.
#[utoipa::path(
    put,
    path = "/api/roles/{id}",
    operation_id = "roles_change",
    tag = "roles",
    params(("id" = u64, Path, description = "Its number.")),
    request_body = RoleChangeRequest,
    responses(
        (status = 200, body = RoleInfo),
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "The name is taken, or this one stays as it is.", body = ErrorAnswer),
    )
)]
pub async fn change(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
    body: Body<RoleChangeRequest>,
) -> Result<Json<RoleInfo>, ApiError> {
    let changed = apply(&controller, visitor, body, move |shared, by, change| shared.change(by, id, change));
    Ok(Json(info(changed.await?)))
}

/// Removes a role.
#[utoipa::path(
    delete,
    path = "/api/roles/{id}",
    operation_id = "roles_remove",
    tag = "roles",
    params(("id" = u64, Path, description = "Its number.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "This one stays.", body = ErrorAnswer),
    )
)]
pub async fn remove(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
) -> Result<StatusCode, ApiError> {
    end(&controller, visitor, move |shared, by| shared.remove::<RoleRecord>(by, id)).await
}
