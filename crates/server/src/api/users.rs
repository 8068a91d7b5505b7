//! Passwords.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::controller::Shared;
use crate::permissions::Permission;

/// A new password.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRequest {
    /// Whose; a user that is not there is made.
    pub user: String,
    /// The new password, at least 8 bytes.
    pub password: String,
}

/// Sets a user's password and ends all sessions of that user.
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
        (status = 403, description = "Not an administrator.", body = ErrorAnswer),
    )
)]
pub async fn password(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    body: Result<Json<PasswordRequest>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    let Json(request) = body.map_err(|rejection| {
        ApiError::bad_request(
            rejection.body_text(),
            "Send {\"user\": …, \"password\": …} as application/json.",
        )
    })?;
    let shared = controller.clone();
    let set = tokio::task::spawn_blocking(move || {
        shared.users.set_password(&visitor.account, &request.user, &request.password)?;
        shared.sessions.end_all_of(&visitor.account, &request.user);
        Ok::<(), ApiError>(())
    });
    set.await.map_err(|_| ApiError::bad_request("The change failed.", "Try again."))??;
    Ok(StatusCode::NO_CONTENT)
}
