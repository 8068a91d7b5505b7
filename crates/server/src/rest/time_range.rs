//! Time ranges of the REST API. Milliseconds since 1970; start inclusive, end exclusive.

use tierline_store::TimeRange;

use super::error::RestError;
use super::query::Parameters;
use crate::limits::RANGE_MS_MAX;

/// What is asked for when nothing is said.
const USUAL_MINUTES: u64 = 60;

/// Reads `time-range-type`, `duration-in-mins`, `start-time` and `end-time`. What does not belong to the type is
/// ignored (`end-time=1440` beside BEFORE_NOW, as seen).
///
/// # Errors
/// When the type is unknown, or what it needs is missing or nonsense.
pub fn time_range(parameters: &Parameters, now_ms: u64) -> Result<TimeRange, RestError> {
    let kind = parameters.text("time-range-type").unwrap_or("BEFORE_NOW").to_ascii_uppercase();
    let length_ms = parameters.number("duration-in-mins").unwrap_or(USUAL_MINUTES).saturating_mul(60_000);
    let need = |name: &str| {
        let missing = || RestError::bad_request(format!("Invalid value for {name} is specified"));
        parameters.number(name).ok_or_else(missing)
    };
    let (start_ms, end_ms) = match kind.as_str() {
        "BEFORE_NOW" => (now_ms.saturating_sub(length_ms), now_ms),
        "BEFORE_TIME" => {
            let end_ms = need("end-time")?;
            (end_ms.saturating_sub(length_ms), end_ms)
        }
        "AFTER_TIME" => {
            let start_ms = need("start-time")?;
            (start_ms, start_ms.saturating_add(length_ms))
        }
        "BETWEEN_TIMES" => (need("start-time")?, need("end-time")?),
        _ => return Err(RestError::bad_request(format!("Invalid time range type {kind} is specified"))),
    };
    if start_ms >= end_ms {
        return Err(RestError::bad_request("Invalid time range: the start time is not before the end time"));
    }
    // Nothing is in the future, and nothing is older than two years: a longer range means "everything", and an end
    // far away must not move its start.
    let next_minute_ms = (now_ms / 60_000 + 1) * 60_000;
    let end_ms = if start_ms < next_minute_ms { end_ms.min(next_minute_ms) } else { end_ms };
    Ok(TimeRange { start_ms: start_ms.max(end_ms.saturating_sub(RANGE_MS_MAX)), end_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &[(&str, &str)], expected: Result<(u64, u64), &str>) {
        let pairs = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let got = time_range(&Parameters::new(pairs), 10_000_000).map(|r| (r.start_ms, r.end_ms));
        let expected = expected.map_err(RestError::bad_request);
        assert_eq!(got, expected, "{query:?}");
    }

    #[test]
    fn all_four_kinds() {
        let (kind, minutes) = ("time-range-type", ("duration-in-mins", "10"));
        check(&[(kind, "BEFORE_NOW"), minutes], Ok((9_400_000, 10_000_000)));
        check(&[(kind, "BEFORE_TIME"), minutes, ("end-time", "1000000")], Ok((400_000, 1_000_000)));
        check(&[(kind, "AFTER_TIME"), minutes, ("start-time", "1000000")], Ok((1_000_000, 1_600_000)));
        check(&[(kind, "BETWEEN_TIMES"), ("start-time", "5"), ("end-time", "9")], Ok((5, 9)));
    }

    #[test]
    fn an_end_far_in_the_future_is_now() {
        let kind = "time-range-type";
        for end in ["99999999999999", "18446744073709551615"] {
            let far = [(kind, "BETWEEN_TIMES"), ("start-time", "5"), ("end-time", end)];
            check(&far, Ok((5, 10_020_000)));
        }
        let after = [(kind, "AFTER_TIME"), ("start-time", "5"), ("duration-in-mins", "99999999999")];
        check(&after, Ok((5, 10_020_000)));
        let all_in_the_future =
            [(kind, "BETWEEN_TIMES"), ("start-time", "20000000"), ("end-time", "20000005")];
        check(&all_in_the_future, Ok((20_000_000, 20_000_005)));
    }

    #[test]
    fn sloppy_requests_are_understood_and_nonsense_is_refused() {
        let kind = "time-range-type";
        check(&[], Ok((6_400_000, 10_000_000)));
        check(&[(kind, "before_now"), ("start-time", ""), ("end-time", "1440")], Ok((6_400_000, 10_000_000)));
        check(&[(kind, "LAST_WEEK")], Err("Invalid time range type LAST_WEEK is specified"));
        check(
            &[(kind, "BETWEEN_TIMES"), ("start-time", "9")],
            Err("Invalid value for end-time is specified"),
        );
        let backwards = [(kind, "BETWEEN_TIMES"), ("start-time", "9"), ("end-time", "5")];
        check(&backwards, Err("Invalid time range: the start time is not before the end time"));
        check(
            &[(kind, "BEFORE_NOW"), ("duration-in-mins", "99999999999999999999")],
            Ok((6_400_000, 10_000_000)),
        );
    }
}
