//! Actions: what is done when a policy says so.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alerting;
use crate::limits::{ACTION_BODY_CHARS_MAX, ACTION_HEADERS_MAX, ACTION_RECIPIENTS_MAX};

/// What an action does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActionKind {
    /// Sends an email.
    #[default]
    Email,
    /// Calls a URL.
    #[serde(alias = "HTTP", alias = "WEBHOOK")]
    HttpRequest,
    /// Starts a diagnostic session.
    #[serde(alias = "DIAGNOSTIC_SESSION")]
    DiagnoseBusinessTransactions,
    /// Anything else clients set up (SMS, scripts, tickets): kept, and said not to be carried out.
    #[serde(untagged)]
    Other(OtherKind),
}

/// A kind of action that is kept but not carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OtherKind {
    /// A text message.
    Sms,
    /// A thread dump.
    ThreadDump,
    /// A script on a node.
    RunScriptOnNodes,
    /// A ticket.
    Jira,
    /// A scaling of machines.
    CustomEmail,
    /// Something of the customer's own.
    Custom,
}

/// An action, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Action {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it does.
    pub action_type: ActionKind,
    /// Who gets the email.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// The URL that is called, `http://` or `https://`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// `POST` (when empty), `PUT` or `GET`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// Headers of the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// The body of call or email, with `${variables}`; made from the event when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The type of the call's body; JSON when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub content_type: String,
    /// How long a diagnostic session lasts, minutes; 5 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_in_minutes: Option<u32>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A header of a call.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

alerting!(Action, "action", "action"; may hold secrets: true);

impl Action {
    /// Says why it cannot be carried out.
    ///
    /// # Errors
    /// A sentence without its subject.
    pub fn reason_against(&self) -> Result<(), String> {
        if self.body.chars().count() > ACTION_BODY_CHARS_MAX {
            return Err(format!("its body has more than {ACTION_BODY_CHARS_MAX} characters"));
        }
        match self.action_type {
            ActionKind::Email => {
                if self.emails.len() > ACTION_RECIPIENTS_MAX {
                    return Err(format!("it has more than {ACTION_RECIPIENTS_MAX} recipients"));
                }
                match self.emails.iter().find(|address| !is_address(address)) {
                    Some(address) => Err(format!("{address:?} is not an email address")),
                    None => Ok(()),
                }
            }
            ActionKind::HttpRequest => {
                if !matches!(self.method.as_str(), "" | "POST" | "PUT" | "GET") {
                    return Err("its method is none of POST, PUT and GET".to_owned());
                }
                if self.headers.len() > ACTION_HEADERS_MAX {
                    return Err(format!("it has more than {ACTION_HEADERS_MAX} headers"));
                }
                let known = self.url.is_empty() || is_url(&self.url);
                if known { Ok(()) } else { Err("its url does not begin with http:// or https://".to_owned()) }
            }
            ActionKind::DiagnoseBusinessTransactions | ActionKind::Other(_) => Ok(()),
        }
    }
}

fn is_address(text: &str) -> bool {
    let simple =
        !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','));
    simple && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
