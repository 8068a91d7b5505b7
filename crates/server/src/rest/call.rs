//! A call of the REST API and what the document says about it: routes and document are one table, so that neither
//! can have what the other has not.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use super::shape::Shape;
use crate::controller::Shared;

/// How a call tells of errors (facts/controller-api 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// A small HTML page, the reason also in the status line.
    Page,
    /// `{"statusCode": …, "message": "…"}`.
    Json,
}

impl Errors {
    /// What callers of this path expect. `path` is below `/controller`.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let json = ["/alerting/", "/api/", "/restui/", "/sim/", "/mds/"];
        if json.iter().any(|prefix| path.starts_with(prefix)) { Self::Json } else { Self::Page }
    }
}

/// A query parameter. Its value is a text: what makes no sense is answered with 400 or ignored, as said.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether the call is refused without it.
    pub required: bool,
}

/// An optional parameter.
#[must_use]
pub const fn optional(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about, required: false }
}

/// A parameter without which the call is refused.
#[must_use]
pub const fn required(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about, required: true }
}

/// The time of the question; all four or fewer.
pub const TIME: [Parameter; 4] = [
    optional(
        "time-range-type",
        "BEFORE_NOW (the default), BEFORE_TIME, AFTER_TIME or BETWEEN_TIMES. What the type does not need is ignored.",
    ),
    optional("duration-in-mins", "Length of the range in minutes, 60 when absent."),
    optional("start-time", "Milliseconds since 1970, inclusive; for AFTER_TIME and BETWEEN_TIMES."),
    optional("end-time", "Milliseconds since 1970, exclusive; for BEFORE_TIME and BETWEEN_TIMES."),
];

/// What a call takes in its body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its media types.
    pub media_types: &'static [&'static str],
    /// What is in it.
    pub about: &'static str,
    /// An example of the first media type, as text.
    pub example: &'static str,
}

/// What a call answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it means.
    pub about: &'static str,
    /// Media types with their shapes.
    pub content: Vec<(&'static str, Shape)>,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path below `/controller`.
    pub path: &'static str,
    /// A name for programs made from the document.
    pub id: &'static str,
    /// What it is for, a sentence.
    pub summary: &'static str,
    /// What else there is to know.
    pub notes: &'static str,
    /// Query parameters.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<Body>,
    /// Answers other than errors.
    pub answers: Vec<Answer>,
    /// Statuses of errors beyond those every call has.
    pub errors: Vec<u16>,
    /// Whether one must be logged in.
    pub login: bool,
}

impl Call {
    fn new(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            notes: "",
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            errors: Vec::new(),
            login: true,
        }
    }

    /// A call that reads.
    #[must_use]
    pub fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, id, summary)
    }

    /// A call that makes something, or an old one that changes something.
    #[must_use]
    pub fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, id, summary)
    }

    /// A call that changes something.
    #[must_use]
    pub fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PUT, path, id, summary)
    }

    /// A call that removes something.
    #[must_use]
    pub fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, id, summary)
    }

    /// With these query parameters.
    #[must_use]
    pub fn with(mut self, parameters: &[Parameter]) -> Self {
        self.parameters.extend_from_slice(parameters);
        self
    }

    /// With something else to know.
    #[must_use]
    pub const fn note(mut self, notes: &'static str) -> Self {
        self.notes = notes;
        self
    }

    /// With a body.
    #[must_use]
    pub fn takes(
        mut self,
        media_types: &'static [&'static str],
        about: &'static str,
        example: &'static str,
    ) -> Self {
        self.body = Some(Body { media_types, about, example });
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn takes_json(self, about: &'static str, example: &'static str) -> Self {
        self.takes(&["application/json"], about, example)
    }

    /// Answers in XML, or in JSON with `output=JSON`.
    #[must_use]
    pub fn answers(mut self, about: &'static str, shape: Shape) -> Self {
        self.parameters.push(optional("output", "XML (the default) or JSON, in any case."));
        let content = vec![("application/json", shape), ("application/xml", Shape::Any)];
        self.answers.push(Answer { status: 200, about, content });
        self.fails(&[400])
    }

    /// Answers in JSON.
    #[must_use]
    pub fn answers_json(mut self, status: u16, about: &'static str, shape: Shape) -> Self {
        self.answers.push(Answer { status, about, content: vec![("application/json", shape)] });
        self
    }

    /// Answers with a text of this media type.
    #[must_use]
    pub fn answers_text(mut self, media_type: &'static str, about: &'static str) -> Self {
        self.answers.push(Answer { status: 200, about, content: vec![(media_type, Shape::Any)] });
        self
    }

    /// Answers with nothing.
    #[must_use]
    pub fn answers_nothing(mut self, status: u16, about: &'static str) -> Self {
        self.answers.push(Answer { status, about, content: Vec::new() });
        self
    }

    /// May fail with these statuses.
    #[must_use]
    pub fn fails(mut self, statuses: &[u16]) -> Self {
        self.errors.extend_from_slice(statuses);
        self
    }

    /// Needs no login.
    #[must_use]
    pub const fn open(mut self) -> Self {
        self.login = false;
        self
    }

    /// The statuses it may fail with.
    #[must_use]
    pub fn failures(&self) -> Vec<u16> {
        let mut all = self.errors.clone();
        if self.login {
            all.extend([401, 403, 429]);
        }
        if self.path.contains('{') {
            all.push(400);
        }
        if self.body.is_some() {
            all.extend([400, 413]);
        }
        all.push(503);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Calls with their handlers.
#[derive(Default)]
pub struct Calls {
    /// What the document says.
    pub all: Vec<Call>,
    router: Router<Shared>,
}

impl Calls {
    /// One more.
    #[must_use]
    pub fn add<H, T>(mut self, call: Call, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(call.method.clone()).unwrap_or(MethodFilter::GET);
        // Some clients write a slash at the end.
        let with_slash = format!("{}/", call.path);
        self.router = self.router.route(&with_slash, on(filter, handler.clone()));
        self.router = self.router.route(call.path, on(filter, handler));
        self.all.push(call);
        self
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.all.extend(other.all);
        self.router = self.router.merge(other.router);
        self
    }

    /// The routes.
    pub fn router(self) -> Router<Shared> {
        self.router
    }
}
