//! Query parameters that several calls share.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tierline_engine::Scope;
use tierline_model::AppId;
use tierline_store::{Store, TimeRange};
use utoipa::IntoParams;

use super::error::ApiError;
use super::visitor::LoggedIn;
use crate::controller::{Shared, now_ms};
use crate::limits::RANGE_MS_MAX;
use crate::login::Visitor;

/// The time asked for: `[from, to)`.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct Range {
    /// Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
    /// minutes it is in.
    pub from: Option<u64>,
    /// Milliseconds since 1970, exclusive; now when absent.
    pub to: Option<u64>,
}

impl Range {
    /// The time asked for: the hour before now when nothing is said.
    ///
    /// # Errors
    /// When it ends before it begins or is longer than two years.
    pub fn resolve(self) -> Result<TimeRange, ApiError> {
        let end_ms = self.to.unwrap_or_else(now_ms);
        let start_ms = self.from.unwrap_or_else(|| end_ms.saturating_sub(3_600_000));
        if start_ms >= end_ms {
            return Err(ApiError::bad_request(
                "The time ends before it begins.",
                "`from` must be before `to`.",
            ));
        }
        if end_ms - start_ms > RANGE_MS_MAX || end_ms > TIME_MS_MAX {
            return Err(ApiError::bad_request("The time is too long.", "Ask for at most two years."));
        }
        // Of ten minutes there are sums; minutes off their edges would be unpacked and added up for every question.
        let begin_ms = if end_ms - start_ms > LONG_RANGE_MS { start_ms % TEN_MINUTES_MS } else { 0 };
        Ok(TimeRange { start_ms: start_ms - begin_ms, end_ms })
    }
}

/// Milliseconds of a time whose edge need not be exact to the minute.
const LONG_RANGE_MS: u64 = 6 * 3_600_000;

const TEN_MINUTES_MS: u64 = 600_000;

/// Milliseconds since 1970 no clock shows: the year 10,000.
const TIME_MS_MAX: u64 = 253_402_300_800_000;

/// An id in a query or path.
///
/// # Errors
/// When it is not between 1 and 2^52 − 1.
pub fn id<T>(value: u64, from_u64: impl Fn(u64) -> Option<T>) -> Result<T, ApiError> {
    from_u64(value).ok_or_else(|| {
        ApiError::bad_request(format!("{value} is not an id."), "Ids are between 1 and 2^52 - 1.")
    })
}

/// An id in a query that may be absent.
///
/// # Errors
/// When it is not between 1 and 2^52 − 1.
pub fn optional_id<T>(
    value: Option<u64>,
    from_u64: impl Fn(u64) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    value.map(|value| id(value, from_u64)).transpose()
}

/// The application in the path and the time in the query, of somebody who is logged in: where an answer looks.
pub struct Place {
    /// Who asks.
    pub visitor: Visitor,
    /// The account.
    pub account: String,
    /// The application.
    pub app_id: AppId,
    /// The time.
    pub range: TimeRange,
    /// Further ids of the path, by name.
    path: HashMap<String, String>,
}

impl Place {
    /// Where the engine looks.
    #[must_use]
    pub fn scope<'a>(&'a self, store: &'a dyn Store) -> Scope<'a> {
        Scope { store, account: &self.account, app_id: self.app_id, range: self.range }
    }

    /// An id of the path.
    ///
    /// # Errors
    /// When it is not an id.
    pub fn path_id<T>(&self, name: &str, from_u64: impl Fn(u64) -> Option<T>) -> Result<T, ApiError> {
        number(self.path_text(name)).and_then(|value| id(value, from_u64))
    }

    /// A text of the path.
    #[must_use]
    pub fn path_text(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }
}

fn number(text: &str) -> Result<u64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::bad_request(format!("{text:?} is not an id."), "Ids are whole numbers."))
}

impl FromRequestParts<Shared> for Place {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, controller: &Shared) -> Result<Self, ApiError> {
        let LoggedIn { visitor, .. } = LoggedIn::from_request_parts(parts, controller).await?;
        let Parameters(range) = Parameters::<Range>::from_request_parts(parts, controller).await?;
        let Path(path) =
            Path::<HashMap<String, String>>::from_request_parts(parts, controller).await.map_err(|e| {
                ApiError::bad_request(format!("The address cannot be read: {}.", e.body_text()), "Check it.")
            })?;
        let app_id = number(path.get("app").map_or("", String::as_str))
            .and_then(|value| id(value, AppId::from_u64))?;
        Ok(Self { account: visitor.account.clone(), visitor, app_id, range: range.resolve()?, path })
    }
}

/// A query whose mistakes are told in the page API's own form.
#[derive(Debug, Clone, Copy)]
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::bad_request(
                format!("The query cannot be read: {}.", rejection.body_text()),
                "Times and ids are whole numbers; docs/reference/openapi.json lists all parameters.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_time_begins_with_whole_ten_minutes() {
        let (end_ms, hour_ms) = (1_700_000_123_456, 3_600_000);
        let start_ms =
            |from| Range { from: Some(from), to: Some(end_ms) }.resolve().map(|it| it.start_ms).ok();
        assert_eq!(start_ms(end_ms - 6 * hour_ms), Some(end_ms - 6 * hour_ms));
        assert_eq!(start_ms(end_ms - 24 * hour_ms), Some(1_699_913_400_000));
    }
}
