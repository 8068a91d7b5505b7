//! What counts as an error of a business transaction (facts/agent-api 4.3).

use serde::{Deserialize, Serialize};

use crate::detection::{DetectionError, ReadyText, TextMatch};
use crate::limits::{DETECTION_RULES_MAX, STATUS_RANGES_MAX};

/// HTTP status codes from `first` to `last`, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRange {
    /// The lowest.
    pub first: u16,
    /// The highest.
    pub last: u16,
}

/// Errors that are not counted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IgnoredError {
    /// The exception's type; any when absent.
    pub type_name: Option<TextMatch>,
    /// Its message; any when absent.
    pub message: Option<TextMatch>,
}

/// What counts as an error.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorDetection {
    /// Whether HTTP status codes make automatic BTs (and exit calls) errors. Never BTs made through the API in Python
    /// (contract.md).
    pub by_status: bool,
    /// Which status codes, at most 50 ranges. Default 400 to 505.
    pub status_ranges: Vec<StatusRange>,
    /// Errors that do not make a BT an error; at most 200. They stay in the snapshot.
    pub ignored: Vec<IgnoredError>,
}

impl Default for ErrorDetection {
    fn default() -> Self {
        let status_ranges = vec![StatusRange { first: 400, last: 505 }];
        Self { by_status: true, status_ranges, ignored: Vec::new() }
    }
}

impl ErrorDetection {
    /// Whether an HTTP status is an error.
    #[must_use]
    pub fn is_error_status(&self, status: u16) -> bool {
        self.by_status
            && self.status_ranges.iter().take(STATUS_RANGES_MAX).any(|r| (r.first..=r.last).contains(&status))
    }
}

/// The ignored errors of an [`ErrorDetection`], made ready.
#[derive(Debug, Default)]
pub struct ErrorFilter {
    ignored: Vec<(Option<ReadyText>, Option<ReadyText>)>,
}

impl ErrorFilter {
    /// Makes them ready.
    ///
    /// # Errors
    /// When a rule cannot be used.
    pub fn new(detection: &ErrorDetection) -> Result<Self, DetectionError> {
        if detection.ignored.len() > DETECTION_RULES_MAX || detection.status_ranges.len() > STATUS_RANGES_MAX
        {
            return Err(DetectionError::TooMany);
        }
        let ready = |text: &Option<TextMatch>| {
            text.as_ref().map(|text| ReadyText::new(text, "an ignored error")).transpose()
        };
        let ignored: Result<_, DetectionError> =
            detection.ignored.iter().map(|one| Ok((ready(&one.type_name)?, ready(&one.message)?))).collect();
        Ok(Self { ignored: ignored? })
    }

    /// Whether an error does not count. A rule that says nothing matches nothing.
    #[must_use]
    pub fn ignores(&self, type_name: &str, message: &str) -> bool {
        self.ignored.iter().any(|(wanted_type, wanted_message)| {
            (wanted_type.is_some() || wanted_message.is_some())
                && wanted_type.as_ref().is_none_or(|text| text.matches(type_name))
                && wanted_message.as_ref().is_none_or(|text| text.matches(message))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes() {
        let default = ErrorDetection::default();
        assert!(default.is_error_status(400) && default.is_error_status(505));
        assert!(!default.is_error_status(399) && !default.is_error_status(506));
        assert!(!ErrorDetection { by_status: false, ..default }.is_error_status(500));
    }

    #[test]
    fn ignored_errors() {
        let detection: ErrorDetection = serde_json::from_str(
            r#"{"ignored": [{"type_name": {"value": "KeyError"}, "message": {"comparison": "contains", "value": "cart"}}, {}]}"#,
        )
        .unwrap();
        let filter = ErrorFilter::new(&detection).unwrap();
        assert!(filter.ignores("KeyError", "no cart here"));
        assert!(!filter.ignores("KeyError", "else") && !filter.ignores("ValueError", "cart"));
    }
}
