//! Accounts, for those who may manage them from the account `system`.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::accounts::{AccountError, AccountRecord};
use crate::audit::Action;
use crate::controller::{QuestionError, Shared, now_ms};
use crate::permissions::Permission;
use crate::roles::ACCOUNT_ADMINISTRATOR;
use crate::users::ADMIN;

/// An account.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AccountInfo {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether its users may log in and its agents report.
    pub enabled: bool,
    /// When it was made; 0 for those every controller has.
    pub created: u64,
}

/// An account to make.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AccountRequest {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The password of its first user, `admin`.
    pub admin_password: String,
}

/// What is to be changed about an account.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AccountChangeRequest {
    /// Whether its users may log in and its agents report. Its data stay.
    pub enabled: bool,
}

fn info(account: AccountRecord) -> AccountInfo {
    AccountInfo { id: account.id, name: account.name, enabled: account.enabled, created: account.created_ms }
}

/// All accounts, by name.
#[utoipa::path(
    get,
    path = "/api/accounts",
    operation_id = "accounts_list",
    tag = "accounts",
    responses(
        (status = 200, body = Vec<AccountInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<Vec<AccountInfo>>, ApiError> {
    visitor.must(Permission::ManageAccounts)?;
    Ok(Json(controller.accounts.list().into_iter().map(info).collect()))
}

/// Makes an account with its first user, `admin`.
#[utoipa::path(
    post,
    path = "/api/accounts",
    operation_id = "accounts_add",
    tag = "accounts",
    request_body = AccountRequest,
    responses(
        (status = 200, body = AccountInfo),
        (status = 400, description = "Not readable, or not a name or password.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 409, description = "The name is taken.", body = ErrorAnswer),
    )
)]
pub async fn add(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    body: Result<Json<AccountRequest>, JsonRejection>,
) -> Result<Json<AccountInfo>, ApiError> {
    visitor.must(Permission::ManageAccounts)?;
    let Json(request) = body?;
    let added = controller.blocking(move |shared| -> Result<AccountRecord, ApiError> {
        let AccountRequest { name, admin_password } = request;
        // Refused before anything is made.
        crate::passwords::hash(ADMIN, &admin_password)?;
        let added = shared.accounts.add(&name, &visitor.user, now_ms())?;
        shared.users.set_password(&name, ADMIN, &admin_password, ACCOUNT_ADMINISTRATOR.id, &visitor.user)?;
        shared.audit(&visitor, Action::ObjectCreated, &format!("account:{name}"));
        Ok(added)
    });
    Ok(Json(info(added.await??)))
}

/// Lets an account's users and agents in, or keeps them out and ends their sessions.
#[utoipa::path(
    put,
    path = "/api/accounts/{name}",
    operation_id = "accounts_change",
    tag = "accounts",
    params(("name" = String, Path, description = "Its name.")),
    request_body = AccountChangeRequest,
    responses(
        (status = 200, body = AccountInfo),
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "The account system stays as it is.", body = ErrorAnswer),
    )
)]
pub async fn change(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Path(name): Path<String>,
    body: Result<Json<AccountChangeRequest>, JsonRejection>,
) -> Result<Json<AccountInfo>, ApiError> {
    visitor.must(Permission::ManageAccounts)?;
    let Json(request) = body?;
    let changed = controller.blocking(move |shared| -> Result<AccountRecord, ApiError> {
        let changed = shared.accounts.set_enabled(&name, request.enabled, &visitor.user)?;
        if !request.enabled {
            shared.sessions.end_all_in(&name);
        }
        shared.audit(&visitor, Action::ObjectUpdated, &format!("account:{name}"));
        Ok(changed)
    });
    Ok(Json(info(changed.await??)))
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Roster(error) => error.into(),
            AccountError::Store(error) => QuestionError::Store(error).into(),
            AccountError::Name => Self::bad_request(format!("{error}."), "Choose another name."),
            AccountError::System => {
                Self::new(StatusCode::CONFLICT, format!("{error}."), "Nothing was changed.")
            }
        }
    }
}
