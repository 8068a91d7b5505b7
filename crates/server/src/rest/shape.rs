//! What an answer looks like, for the OpenAPI document. Keys are exact: a record has all of them and no others.

use serde_json::{Map, Value, json};

/// The shape of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A text.
    Text,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// A whole number.
    Number,
    /// A truth value.
    Bool,
    /// Anything, also nothing.
    Any,
    /// An object with keys of its own.
    Object,
    /// This or `null`.
    OrNull(Box<Shape>),
    /// A list of these.
    List(Box<Shape>),
    /// These keys, all of them, always.
    Record(Vec<(&'static str, Shape)>),
    /// At least these keys; others are kept as they came.
    Open(Vec<(&'static str, Shape)>),
}

impl Shape {
    /// A list of records with these keys.
    #[must_use]
    pub fn records(fields: &[(&'static str, Self)]) -> Self {
        Self::List(Box::new(Self::Record(fields.to_vec())))
    }

    /// A list of these.
    #[must_use]
    pub fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    /// Names with values, as properties are shown.
    #[must_use]
    pub fn properties() -> Self {
        Self::records(&[("id", Self::Number), ("name", Self::Text), ("value", Self::Text)])
    }

    /// As JSON Schema 2020-12.
    #[must_use]
    pub fn schema(&self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Word(words) => json!({"type": "string", "enum": words}),
            Self::Number => json!({"type": "integer"}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Any => json!({}),
            Self::Object => json!({"type": "object"}),
            Self::OrNull(shape) => json!({"anyOf": [shape.schema(), {"type": "null"}]}),
            Self::List(shape) => json!({"type": "array", "items": shape.schema()}),
            Self::Record(fields) => record(fields, false),
            Self::Open(fields) => record(fields, true),
        }
    }

    /// The shape in a few words, for people: the keys of a record, in their order.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Word(words) => words.join(" or "),
            Self::Number => "number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Any => "anything".to_owned(),
            Self::Object => "object".to_owned(),
            Self::OrNull(shape) => format!("{} or null", shape.words()),
            Self::List(shape) => format!("[{}]", shape.words()),
            Self::Record(fields) => keys(fields, ""),
            Self::Open(fields) => keys(fields, ", …"),
        }
    }
}

fn keys(fields: &[(&'static str, Shape)], more: &str) -> String {
    let names = fields.iter().map(|(name, shape)| match shape {
        Shape::Record(_) | Shape::List(_) => format!("{name}{}", nested(shape)),
        _ => (*name).to_owned(),
    });
    format!("{{{}{more}}}", names.collect::<Vec<_>>().join(", "))
}

fn nested(shape: &Shape) -> String {
    match shape {
        Shape::List(inner) if matches!(**inner, Shape::Record(_) | Shape::Open(_)) => shape.words(),
        Shape::List(_) => "[]".to_owned(),
        other => other.words(),
    }
}

fn record(fields: &[(&'static str, Shape)], open: bool) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|(name, shape)| ((*name).to_owned(), shape.schema())).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": open,
    })
}
