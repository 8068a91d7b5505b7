//! API clients of the account.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::change::{Body, apply, end};
use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::api_clients::ApiClientRecord;
use crate::controller::{Controller, Shared};
use crate::people::ApiClientChangeRequest;
use crate::permissions::Permission;

/// An API client: a program that exchanges a secret for short-lived tokens.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApiClientInfo {
    /// Its number.
    pub id: u64,
    /// Its name; with the account behind `@` it is the OAuth `client_id`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Roles it has.
    pub role_ids: Vec<u64>,
    /// Seconds a token lives.
    pub token_life_s: u64,
    /// Whether it gets tokens, and whether those it has are good.
    pub enabled: bool,
    /// When it was made.
    pub created: u64,
}

/// A secret, shown only now.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApiClientSecret {
    /// The client's number.
    pub id: u64,
    /// The OAuth `client_id`.
    pub client_id: String,
    /// The OAuth `client_secret`.
    pub client_secret: String,
}

fn info(client: ApiClientRecord) -> ApiClientInfo {
    ApiClientInfo {
        id: client.id,
        name: client.name,
        description: client.description,
        role_ids: client.role_ids,
        token_life_s: client.token_life_s,
        enabled: client.enabled,
        created: client.created_ms,
    }
}

/// The account's API clients, by name.
#[utoipa::path(
    get,
    path = "/api/api-clients",
    operation_id = "api_clients_list",
    tag = "api_clients",
    responses(
        (status = 200, body = Vec<ApiClientInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<ApiClientInfo>>, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    Ok(Json(controller.api_clients.list(&visitor.account).into_iter().map(info).collect()))
}

/// Makes an API client; the answer is the only time its secret is shown.
#[utoipa::path(
    post,
    path = "/api/api-clients",
    operation_id = "api_clients_add",
    tag = "api_clients",
    request_body = ApiClientChangeRequest,
    responses(
        (status = 200, body = ApiClientSecret),
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
    body: Body<ApiClientChangeRequest>,
) -> Result<Json<ApiClientSecret>, ApiError> {
    let account = visitor.account.clone();
    let added = apply(&controller, visitor, body, Controller::add_api_client).await?;
    let (client, client_secret) = added;
    let client_id = format!("{}@{account}", client.name);
    Ok(Json(ApiClientSecret { id: client.id, client_id, client_secret }))
}

/// Changes an API client.
#[utoipa::path(
    put,
    path = "/api/api-clients/{id}",
    operation_id = "api_clients_change",
    tag = "api_clients",
    params(("id" = u64, Path, description = "Its number.")),
    request_body = ApiClientChangeRequest,
    responses(
        (status = 200, body = ApiClientInfo),
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
    body: Body<ApiClientChangeRequest>,
) -> Result<Json<ApiClientInfo>, ApiError> {
    let changed = apply(&controller, visitor, body, move |shared, by, change| shared.change(by, id, change));
    let changed = changed.await?;
    Ok(Json(info(changed)))
}

/// Removes an API client.
#[utoipa::path(
    delete,
    path = "/api/api-clients/{id}",
    operation_id = "api_clients_remove",
    tag = "api_clients",
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
    end(&controller, visitor, move |shared, by| shared.remove::<ApiClientRecord>(by, id)).await
}

/// Gives an API client a new secret, shown only now; the old one and all its tokens are over.
#[utoipa::path(
    post,
    path = "/api/api-clients/{id}/secret",
    operation_id = "api_clients_renew",
    tag = "api_clients",
    params(("id" = u64, Path, description = "Its number.")),
    responses(
        (status = 200, body = ApiClientSecret),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn renew(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
) -> Result<Json<ApiClientSecret>, ApiError> {
    let account = visitor.account.clone();
    let renewed = controller.blocking(move |shared| shared.renew_api_client_secret(&visitor, id));
    let client_secret = renewed.await??;
    let client = controller.api_clients.get(&account, id).ok_or_else(|| ApiError::not_found("API client"))?;
    Ok(Json(ApiClientSecret { id, client_id: format!("{}@{account}", client.name), client_secret }))
}

/// Ends all tokens an API client has.
#[utoipa::path(
    delete,
    path = "/api/api-clients/{id}/tokens",
    operation_id = "api_clients_revoke",
    tag = "api_clients",
    params(("id" = u64, Path, description = "Its number.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn revoke(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
) -> Result<StatusCode, ApiError> {
    end(&controller, visitor, move |shared, by| shared.revoke_tokens(by, id)).await
}
