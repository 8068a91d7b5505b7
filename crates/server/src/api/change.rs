//! What all calls that change users, groups, roles and API clients do alike.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use super::error::ApiError;
use crate::controller::{Controller, Shared};
use crate::login::Visitor;
use crate::people::PeopleError;
use crate::permissions::Permission;

/// A request's body, read only for those who may change something: everybody else learns nothing from its faults.
pub(super) type Body<C> = Result<Json<C>, JsonRejection>;

/// Changes something as the body says, on a thread that may block.
pub(super) async fn apply<C: Send + 'static, T: Send + 'static>(
    controller: &Shared,
    visitor: Visitor,
    body: Body<C>,
    change: impl FnOnce(&Controller, &Visitor, &C) -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, ApiError> {
    visitor.must(Permission::ManageUsers)?;
    let Json(wanted) = body?;
    Ok(controller.blocking(move |shared| change(shared, &visitor, &wanted)).await??)
}

/// Removes or ends something, on a thread that may block.
pub(super) async fn end(
    controller: &Shared,
    visitor: Visitor,
    change: impl FnOnce(&Controller, &Visitor) -> Result<(), PeopleError> + Send + 'static,
) -> Result<StatusCode, ApiError> {
    controller.blocking(move |shared| change(shared, &visitor)).await??;
    Ok(StatusCode::NO_CONTENT)
}
