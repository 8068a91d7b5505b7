//! An answer before it is written as JSON or XML.

/// A value. Records keep the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing: `null` in JSON, left out in XML.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number; the API has no others.
    Number(i64),
    /// A text. Left out in XML when it is empty (as recorded).
    Text(String),
    /// A list and what its elements are called in XML.
    List(&'static str, Vec<Value>),
    /// Keys and values.
    Record(Vec<(&'static str, Value)>),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl Value {
    /// A name with a value, as properties are shown; their id is always 0.
    #[must_use]
    pub fn property(name: &str, value: &str) -> Self {
        Self::Record(vec![("id", 0u64.into()), ("name", name.into()), ("value", value.into())])
    }

    /// A list of properties.
    #[must_use]
    pub fn properties<'a>(properties: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let properties = properties.into_iter().map(|(name, value)| Self::property(name, value));
        Self::List("name-value", properties.collect())
    }

    /// An empty list of properties.
    #[must_use]
    pub fn no_properties() -> Self {
        Self::List("name-value", Vec::new())
    }

    /// Bytes it takes as text, roughly.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 8,
            Self::Text(text) => text.len() + 2,
            Self::List(_, values) => values.iter().map(Self::size_bytes).sum::<usize>() + 2,
            Self::Record(fields) => {
                fields.iter().map(|(key, value)| key.len() + 4 + value.size_bytes()).sum()
            }
        }
    }
}
