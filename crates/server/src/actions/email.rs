//! Email by SMTP, through the server that the account's people named.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};
use serde::{Deserialize, Serialize};
use tierline_engine::reactions::{Delivery, Outcome};
use tierline_store::{DocumentChange, Store, StoreError};
use utoipa::ToSchema;

use super::text;
use crate::http_client;
use crate::limits::ACTION_TIMEOUT_S;

const KIND: &str = "email-server";

/// How the connection to the server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Begins in the clear and must then be encrypted (port 587).
    #[default]
    Starttls,
    /// Encrypted from the first byte (port 465).
    Tls,
    /// In the clear, for a server on this machine (port 25).
    None,
}

/// The server an account's email goes through.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailServer {
    /// Its host; no email is sent while it is empty.
    pub host: String,
    /// Its port; the usual one when absent.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub protection: Protection,
    /// Who logs in; nobody when empty.
    pub user: String,
    /// The password.
    pub password: String,
    /// The sender's address.
    pub from: String,
}

/// The server of an account.
///
/// # Errors
/// When the store cannot be read.
pub fn load(store: &dyn Store, account: &str) -> Result<EmailServer, StoreError> {
    let Some(text) = store.document(account, KIND, KIND)? else { return Ok(EmailServer::default()) };
    serde_json::from_str(&text).map_err(|error| StoreError::Damaged(format!("the email server: {error}")))
}

/// Names the server of an account. Its password is kept in the data directory, which only the controller may read.
///
/// # Errors
/// When the store cannot be written.
pub fn save(
    store: &dyn Store,
    account: &str,
    server: &EmailServer,
    changed_by: &str,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(server).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let change = DocumentChange {
        kind: KIND,
        name: KIND,
        text: &text,
        changed_by,
        secret: true,
        ..DocumentChange::default()
    };
    store.put_document(account, change)?;
    Ok(())
}

/// Sends the email of a delivery. Blocks.
pub fn send(store: &dyn Store, account: &str, delivery: &Delivery) -> Outcome {
    let server = match load(store, account) {
        Ok(server) if !server.host.is_empty() => server,
        Ok(_) => return Outcome::Refused("no email server is set up for this account".to_owned()),
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let message = match message(&server, delivery) {
        Ok(message) => message,
        Err(error) => return Outcome::Refused(error),
    };
    let transport = match transport(&server) {
        Ok(transport) => transport,
        Err(error) => return Outcome::Failed(format!("{}: {error:#}", server.host)),
    };
    match transport.send(&message) {
        Ok(_) => Outcome::Done(format!("{} took it", server.host)),
        Err(error) if error.is_permanent() => Outcome::Refused(format!("{}: {error}", server.host)),
        Err(error) => Outcome::Failed(format!("{}: {error}", server.host)),
    }
}

/// TLS that trusts the system's certificates and those of `TIERLINE_CA_FILE`.
fn trusted(host: &str) -> anyhow::Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    for certificate in http_client::own_certificates()? {
        parameters = parameters.add_root_certificate(Certificate::from_der(certificate.to_vec())?);
    }
    Ok(parameters.build()?)
}

fn transport(server: &EmailServer) -> anyhow::Result<SmtpTransport> {
    let (tls, usual_port) = match server.protection {
        Protection::Starttls => (Tls::Required(trusted(&server.host)?), 587),
        Protection::Tls => (Tls::Wrapper(trusted(&server.host)?), 465),
        Protection::None => (Tls::None, 25),
    };
    let mut builder = SmtpTransport::builder_dangerous(&server.host)
        .port(server.port.unwrap_or(usual_port))
        .timeout(Some(Duration::from_secs(ACTION_TIMEOUT_S)))
        .tls(tls);
    if !server.user.is_empty() {
        builder = builder.credentials(Credentials::new(server.user.clone(), server.password.clone()));
    }
    Ok(builder.build())
}

fn message(server: &EmailServer, delivery: &Delivery) -> Result<Message, String> {
    let address = |text: &str| text.parse::<Mailbox>().map_err(|error| format!("{text:?}: {error}"));
    if delivery.action.emails.is_empty() {
        return Err("the action has no recipients".to_owned());
    }
    let mut message = Message::builder().from(address(&server.from)?).subject(text::headline(delivery));
    for recipient in &delivery.action.emails {
        message = message.to(address(recipient)?);
    }
    let body = match delivery.action.body.as_str() {
        "" => text::letter(delivery),
        template => text::fill(template, delivery, false),
    };
    message.header(ContentType::TEXT_PLAIN).body(body).map_err(|error| error.to_string())
}
