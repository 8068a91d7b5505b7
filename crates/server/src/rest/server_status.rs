//! `serverstatus`: whether the controller is up, for scripts that wait for it.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::call::{Call, Calls};

/// The build's version in the four numbers clients expect.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), ".0");

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let call =
        Call::get("/rest/serverstatus", "server_status", "Whether the controller is available.").open();
    Calls::default()
        .add(call.answers_text("application/xml", "`<available>true</available>` among others."), show)
}

/// Says that it is available. Needs no login; by then the store is open, or nobody would answer.
pub async fn show() -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<serverstatus vendorid=\"\" version=\"1\"><available>true</available><serverid/><serverinfo><vendorname>Tierline</vendorname><productname>Tierline Controller</productname><serverversion>{VERSION}</serverversion><implementationVersion>Controller v{VERSION} Build {VERSION}</implementationVersion></serverinfo><startupTimeInSeconds>0</startupTimeInSeconds></serverstatus>"
    );
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"))], body).into_response()
}
