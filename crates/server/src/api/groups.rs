//! Groups of the account.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::change::{Body, apply, end};
use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::controller::{Controller, Shared};
use crate::groups::GroupRecord;
use crate::people::GroupChangeRequest;
use crate::permissions::Permission;

/// A group: users who share roles.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct GroupInfo {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Roles every member has.
    pub role_ids: Vec<u64>,
}

fn info(group: GroupRecord) -> GroupInfo {
    GroupInfo { id: group.id, name: group.name, description: group.description, role_ids: group.role_ids }
}

/// The account's groups, by name.
#[utoipa::path(
    get,
    path = "/api/groups",
    operation_id = "groups_list",
    tag = "groups",
    responses(
        (status = 200, body = Vec<GroupInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<GroupInfo>>, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    Ok(Json(controller.groups.list(&visitor.account).into_iter().map(info).collect()))
}

/// Makes a group.
#[utoipa::path(
    post,
    path = "/api/groups",
    operation_id = "groups_add",
    tag = "groups",
    request_body = GroupChangeRequest,
    responses(
        (status = 200, body = GroupInfo),
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
    body: Body<GroupChangeRequest>,
) -> Result<Json<GroupInfo>, ApiError> {
    let added = apply(&controller, visitor, body, Controller::add::<GroupRecord>).await?;
    Ok(Json(info(added)))
}

/// Changes a group.
#[utoipa::path(
    put,
    path = "/api/groups/{id}",
    operation_id = "groups_change",
    tag = "groups",
    params(("id" = u64, Path, description = "Its number.")),
    request_body = GroupChangeRequest,
    responses(
        (status = 200, body = GroupInfo),
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
    body: Body<GroupChangeRequest>,
) -> Result<Json<GroupInfo>, ApiError> {
    let changed = apply(&controller, visitor, body, move |shared, by, change| shared.change(by, id, change));
    Ok(Json(info(changed.await?)))
}

/// Removes a group.
#[utoipa::path(
    delete,
    path = "/api/groups/{id}",
    operation_id = "groups_remove",
    tag = "groups",
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
    end(&controller, visitor, move |shared, by| shared.remove::<GroupRecord>(by, id)).await
}
