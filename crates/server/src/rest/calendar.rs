//! Points in time as the audit history writes them: `2020-12-29T17:00:00.000-0000`. Days are counted by the algorithm of
//! Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

/// Milliseconds since 1970 of a text; `None` when it is none, or before 1970. The milliseconds and the zone
/// (`Z`, `+0200`, `+02:00`) may be left out. A `+` that a form decoded as a blank is understood.
#[must_use]
pub fn read(text: &str) -> Option<u64> {
    let text = text.trim();
    let (date, rest) = text.split_once(['T', ' '])?;
    let mut parts = date.splitn(3, '-').map(digits);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let zone_at = rest.find(['Z', '+', '-', ' ']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    let (seconds, millis) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = seconds.splitn(3, ':').map(digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let millis = digits(millis.get(..3).unwrap_or(millis))?;
    let in_range = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !in_range {
        return None;
    }
    let of_day = (hour * 60 + minute) * 60 + second;
    let total_s = days(year, month, day) * 86_400 + of_day - zone_s(zone)?;
    u64::try_from(total_s * 1_000 + millis).ok()
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn zone_s(zone: &str) -> Option<i64> {
    let mut characters = zone.chars();
    let sign = match characters.next() {
        None | Some('Z') => return Some(0),
        Some('-') => -1,
        Some(_) => 1,
    };
    let numbers: String = characters.filter(|c| *c != ':').collect();
    let number = digits(&numbers).filter(|_| numbers.len() == 4)?;
    Some(sign * (number / 100 * 3_600 + number % 100 * 60))
}

/// Days since 1970.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The text of a time.
#[must_use]
pub fn text(time_ms: u64) -> String {
    let seconds = i64::try_from(time_ms / 1_000).unwrap_or(i64::MAX / 1_000);
    let (days, of_day) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}+0000", time_ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_their_texts() {
        assert_eq!(read("2020-12-29T17:00:00.000-0000"), Some(1_609_261_200_000));
        assert_eq!(read("2020-12-29T19:00:00.005+0200"), Some(1_609_261_200_005));
        assert_eq!(read("2020-12-29T19:00:00.005 0200"), Some(1_609_261_200_005));
        assert_eq!(read("2020-12-29T12:00:00-05:00"), Some(1_609_261_200_000));
        assert_eq!(read("1970-01-01T00:00Z"), Some(0));
        assert_eq!(text(1_609_261_200_005), "2020-12-29T17:00:00.005+0000");
        for ms in [0, 951_782_400_000, 951_868_799_999, 1_582_934_400_000, 4_102_444_800_000] {
            assert_eq!(read(&text(ms)), Some(ms), "{ms}");
        }
        for nonsense in [
            "",
            "T",
            "2020-12-29",
            "2020-13-29T00:00:00",
            "x-y-zT0:0:0",
            "1969-12-31T23:59:59",
            "2020-12-29T25:00:00",
            "99999-01-01T00:00:00",
            "2020-12-29T17:00:00+99999",
            "-1-1-1T1:1:1",
            "２020-12-29T17:00:00",
        ] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
