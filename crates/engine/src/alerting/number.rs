//! Numbers as clients wrote them: whole ones without a decimal point.

use serde::{Deserialize as _, Deserializer, Serializer};

const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// # Errors
/// When the serializer fails.
pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_none(),
        Some(value) if value.fract() == 0.0 && value.abs() < WHOLE_MAX => {
            serializer.serialize_i64(*value as i64)
        }
        Some(value) => serializer.serialize_f64(*value),
    }
}

/// # Errors
/// When it is no number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Option::<f64>::deserialize(deserializer)
}
