//! Users of the account.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::change::{apply, end};
use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::controller::{Controller, Shared};
use crate::people::UserChangeRequest;
use crate::permissions::Permission;
use crate::roles;
use crate::users::{Provider, UserRecord};

/// A new password.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRequest {
    /// Whose; a user that is not there is made, when an administrator asks.
    pub user: String,
    /// The new password, at least 12 characters.
    pub password: String,
    /// The present one; needed to change one's own from the page.
    #[serde(default)]
    pub current_password: Option<String>,
}

/// A user.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo {
    /// The number within the account.
    pub id: u64,
    /// The name to log in with.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// What people call them.
    pub display_name: String,
    /// Who knows them.
    pub provider: Provider,
    /// Their own roles.
    pub role_ids: Vec<u64>,
    /// Groups they are in, whose roles they have too.
    pub group_ids: Vec<u64>,
    /// Whether they may log in.
    pub enabled: bool,
    /// What they may do in the end.
    pub permissions: Vec<Permission>,
}

fn info(controller: &crate::controller::Controller, account: &str, user: UserRecord) -> UserInfo {
    let permissions = controller.permissions_of_user(account, &user).list();
    UserInfo {
        id: user.id,
        name: user.name,
        email: user.email,
        display_name: user.display_name,
        provider: user.provider,
        role_ids: user.role_ids,
        group_ids: user.group_ids,
        enabled: user.enabled,
        permissions,
    }
}

/// The account's users, by name.
#[utoipa::path(
    get,
    path = "/api/users",
    operation_id = "users_list",
    tag = "users",
    responses(
        (status = 200, body = Vec<UserInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<UserInfo>>, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    let users = controller.users.list(&visitor.account);
    Ok(Json(users.into_iter().map(|user| info(&controller, &visitor.account, user)).collect()))
}

/// Makes a user.
#[utoipa::path(
    post,
    path = "/api/users",
    operation_id = "users_add",
    tag = "users",
    request_body = UserChangeRequest,
    responses(
        (status = 200, body = UserInfo),
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 409, description = "The name is taken.", body = ErrorAnswer),
    )
)]
pub async fn add(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    body: Result<Json<UserChangeRequest>, JsonRejection>,
) -> Result<Json<UserInfo>, ApiError> {
    let account = visitor.account.clone();
    let added = apply(&controller, visitor, body, Controller::add::<UserRecord>).await?;
    Ok(Json(info(&controller, &account, added)))
}

/// Changes a user. A new password, or being disabled, ends all their sessions.
#[utoipa::path(
    put,
    path = "/api/users/{id}",
    operation_id = "users_change",
    tag = "users",
    params(("id" = u64, Path, description = "The user's number.")),
    request_body = UserChangeRequest,
    responses(
        (status = 200, body = UserInfo),
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "The name is taken, or nobody would be left to manage the account.", body = ErrorAnswer),
    )
)]
pub async fn change(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
    body: Result<Json<UserChangeRequest>, JsonRejection>,
) -> Result<Json<UserInfo>, ApiError> {
    let account = visitor.account.clone();
    let changed = apply(&controller, visitor, body, move |shared, by, change| shared.change(by, id, change));
    let changed = changed.await?;
    Ok(Json(info(&controller, &account, changed)))
}

/// Removes a user and ends all their sessions.
#[utoipa::path(
    delete,
    path = "/api/users/{id}",
    operation_id = "users_remove",
    tag = "users",
    params(("id" = u64, Path, description = "The user's number.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "Nobody would be left to manage the account.", body = ErrorAnswer),
    )
)]
pub async fn remove(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(id): Path<u64>,
) -> Result<StatusCode, ApiError> {
    end(&controller, visitor, move |shared, by| shared.remove::<UserRecord>(by, id)).await
}

/// Sets a user's password and ends all sessions of that user. Everybody may change their own.
#[utoipa::path(
    post,
    path = "/api/users/password",
    operation_id = "users_password",
    tag = "users",
    request_body = PasswordRequest,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "Too short or too long.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed, or the present password is wrong.", body = ErrorAnswer),
    )
)]
pub async fn password(
    State(controller): State<Shared>,
    LoggedIn { visitor, session }: LoggedIn,
    body: Result<Json<PasswordRequest>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let own = body.as_ref().is_ok_and(|Json(request)| request.user == visitor.user);
    if !own {
        visitor.must(Permission::ManageUsers)?;
    }
    let Json(request) = body?;
    if own && session.is_some() {
        // Who finds a screen unlocked must not be able to keep the account (OWASP ASVS 2.1.6).
        let current = request.current_password.as_deref().unwrap_or_default();
        if controller.users.check(&visitor.account, &visitor.user, current).await?.is_none() {
            let (user, account) = (&visitor.user, &visitor.account);
            controller.login_limits.failed(account, user, visitor.address, crate::controller::now_ms());
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "The present password is missing or wrong.",
                "Send it as currentPassword.",
            ));
        }
    }
    let change = move |shared: &crate::controller::Controller| {
        let Some(user) = shared.users.by_name(&visitor.account, &request.user) else {
            let new = UserChangeRequest {
                name: Some(request.user),
                password: Some(request.password),
                role_ids: Some(vec![roles::USER.id]),
                ..UserChangeRequest::default()
            };
            return shared.add::<UserRecord>(&visitor, &new).map(|_| ());
        };
        let change = UserChangeRequest { password: Some(request.password), ..UserChangeRequest::default() };
        if own {
            shared.change_own(&visitor, &change)
        } else {
            shared.change::<UserRecord>(&visitor, user.id, &change).map(|_| ())
        }
    };
    controller.blocking(change).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let hint = "docs/reference/openapi.json says what to send, as application/json.";
        Self::bad_request(format!("The request cannot be read: {}.", rejection.body_text()), hint)
    }
}
