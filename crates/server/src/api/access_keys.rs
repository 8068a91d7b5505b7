//! Access keys, for administrators.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::access_keys::{AccessKey, AccessKeyError};
use crate::audit::Action;
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// A key to add.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyRequest {
    /// The key; a random one when absent.
    #[serde(default)]
    pub key: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// A key.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyInfo {
    /// A short name for revoking.
    pub id: String,
    /// The key; in the list only its ends.
    pub key: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created: u64,
}

/// The account's access keys, masked.
#[utoipa::path(
    get,
    path = "/api/access-keys",
    operation_id = "access_keys_list",
    tag = "access_keys",
    responses(
        (status = 200, body = Vec<AccessKeyInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not an administrator.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<AccessKeyInfo>>, ApiError> {
    visitor.must(Permission::ManageAccessKeys)?;
    let keys = controller.access_keys.list().into_iter().filter(|key| key.account == visitor.account);
    Ok(Json(keys.map(|key| AccessKeyInfo { key: key.masked(), ..info(key) }).collect()))
}

/// One access key, unmasked; that somebody looked is written into the audit.
#[utoipa::path(
    get,
    path = "/api/access-keys/{id}",
    operation_id = "access_keys_one",
    tag = "access_keys",
    params(("id" = String, Path, description = "The key's short name.")),
    responses(
        (status = 200, body = AccessKeyInfo),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not an administrator.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<String>,
) -> Result<Json<AccessKeyInfo>, ApiError> {
    visitor.must(Permission::ManageAccessKeys)?;
    let mut keys = controller.access_keys.list().into_iter();
    let key = keys.find(|key| key.id == id && key.account == visitor.account);
    let key = key.ok_or_else(|| ApiError::not_found("access key"))?;
    let object = format!("access-key:{id}");
    controller.blocking(move |shared| shared.audit(&visitor, Action::ObjectViewed, &object)).await?;
    Ok(Json(info(key)))
}

/// Adds an access key.
#[utoipa::path(
    post,
    path = "/api/access-keys",
    operation_id = "access_keys_add",
    tag = "access_keys",
    request_body = AccessKeyRequest,
    responses(
        (status = 200, body = AccessKeyInfo),
        (status = 400, description = "Not usable as a key.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not an administrator.", body = ErrorAnswer),
    )
)]
pub async fn add(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    body: Result<Json<AccessKeyRequest>, JsonRejection>,
) -> Result<Json<AccessKeyInfo>, ApiError> {
    visitor.must(Permission::ManageAccessKeys)?;
    let Json(request) = body?;
    let added = controller.blocking(move |shared| -> Result<AccessKey, ApiError> {
        let description = request.description.unwrap_or_default();
        let keys = &shared.access_keys;
        let added = keys.add(&visitor.account, request.key.as_deref(), &description, now_ms())?;
        shared.audit(&visitor, Action::ObjectCreated, &format!("access-key:{}", added.id));
        Ok(added)
    });
    Ok(Json(info(added.await??)))
}

/// Revokes an access key: agents that use it are refused from now on.
#[utoipa::path(
    delete,
    path = "/api/access-keys/{id}",
    operation_id = "access_keys_revoke",
    tag = "access_keys",
    params(("id" = String, Path, description = "The key's short name.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not an administrator.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn revoke(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    visitor.must(Permission::ManageAccessKeys)?;
    let own = controller.access_keys.list().iter().any(|key| key.id == id && key.account == visitor.account);
    if !own {
        return Err(ApiError::not_found("access key"));
    }
    let revoked = controller.blocking(move |shared| -> Result<(), ApiError> {
        shared.access_keys.revoke(&id)?;
        shared.audit(&visitor, Action::ObjectDeleted, &format!("access-key:{id}"));
        Ok(())
    });
    revoked.await??;
    Ok(StatusCode::NO_CONTENT)
}

fn info(key: AccessKey) -> AccessKeyInfo {
    AccessKeyInfo { id: key.id, key: key.key, description: key.description, created: key.created_ms }
}

impl From<AccessKeyError> for ApiError {
    fn from(error: AccessKeyError) -> Self {
        match error {
            AccessKeyError::Unknown(_) => Self::not_found("access key"),
            AccessKeyError::TooMany | AccessKeyError::Unusable | AccessKeyError::Taken => {
                Self::bad_request(format!("{error}."), "Choose another key, or revoke one.")
            }
            error => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{error}."),
                "Look at the disk of the controller's data directory.",
            ),
        }
    }
}
