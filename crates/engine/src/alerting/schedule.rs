//! When rules are evaluated.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alerting;

/// A schedule, in the form of the REST API. Without configuration it is active all the time.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// For people.
    pub description: String,
    /// A name of the IANA time zone database (`Europe/Paris`); UTC when empty.
    pub timezone: String,
    /// When it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_configuration: Option<Recurrence>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

alerting!(Schedule, "schedule", "schedule", always);

fn always() -> Vec<Schedule> {
    vec![Schedule {
        id: 1,
        name: "Always".to_owned(),
        description: "This schedule is active all the time.".to_owned(),
        timezone: "UTC".to_owned(),
        ..Schedule::default()
    }]
}

impl Schedule {
    fn reason_against(&self) -> Result<(), String> {
        zone(&self.timezone)?;
        self.schedule_configuration.as_ref().map_or(Ok(()), Recurrence::reason_against)
    }

    /// Whether it is active at a time, milliseconds since 1970. One that cannot be understood any more is: better told
    /// too often than never.
    #[must_use]
    pub fn is_active(&self, now_ms: u64) -> bool {
        let Some(recurrence) = &self.schedule_configuration else { return true };
        local(&self.timezone, now_ms).and_then(|now| recurrence.holds(&now)).unwrap_or(true)
    }
}

/// A time zone by its name in the IANA database; UTC when empty.
///
/// # Errors
/// When nobody knows the name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    if name.trim().is_empty() {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name.trim()).map_err(|_| {
        format!("its time zone {name:?} is not known: names are those of the IANA database (Europe/Paris)")
    })
}

/// What clocks in a zone show.
pub(super) fn local(zone_name: &str, now_ms: u64) -> Result<Zoned, String> {
    let at = Timestamp::from_millisecond(i64::try_from(now_ms).unwrap_or(i64::MAX));
    Ok(at.map_err(|error| error.to_string())?.to_zoned(zone(zone_name)?))
}

/// Times that come again: by the day, the week, on one weekday of the month, or once.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recurrence {
    /// `DAILY`, `WEEKLY`, `MONTHLY_SPECIFIC_DAY` or `ONE_TIME`; all the time when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schedule_frequency: String,
    /// `HH:MM`; the begin of the day when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// `HH:MM`, exclusive; the end of the day when absent. One that is not later than the start is on the next day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// `YYYY-MM-DD` or `DD/MM/YYYY`, for `ONE_TIME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// `YYYY-MM-DD` or `DD/MM/YYYY`, for `ONE_TIME`; the start's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// `MONDAY`, …, for `WEEKLY`; the day the time begins on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// `MONDAY`, …, for `MONTHLY_SPECIFIC_DAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// `FIRST`, `SECOND`, `THIRD`, `FOURTH` or `LAST`, for `MONTHLY_SPECIFIC_DAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<String>,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Recurrence {
    /// Says why it cannot be followed.
    ///
    /// # Errors
    /// A sentence without its subject.
    pub(super) fn reason_against(&self) -> Result<(), String> {
        if self.schedule_frequency == "WEEKLY" && self.days.is_empty() {
            return Err("it has no days".to_owned());
        }
        let begin = DateTime::constant(2026, 1, 1, 0, 0, 0, 0);
        let any_day = begin.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
        self.holds(&any_day).map(drop)
    }

    /// Whether it holds at a time.
    pub(super) fn holds(&self, now: &Zoned) -> Result<bool, String> {
        let start = self.start_time.as_deref().map_or(Ok(Time::midnight()), time)?;
        let end = self.end_time.as_deref().map_or(Ok(Time::midnight()), time)?;
        let days: Vec<Weekday> = self.days.iter().map(|day| weekday(day)).collect::<Result<_, _>>()?;
        let begins_on: Box<dyn Fn(Date) -> bool> = match self.schedule_frequency.as_str() {
            "" => return Ok(true),
            "DAILY" => Box::new(|_| true),
            "WEEKLY" => Box::new(move |date| days.contains(&date.weekday())),
            "MONTHLY_SPECIFIC_DAY" => {
                let day = weekday(self.day.as_deref().unwrap_or_default())?;
                let nth = nth(self.occurrence.as_deref().unwrap_or_default())?;
                Box::new(move |date| date.nth_weekday_of_month(nth, day).is_ok_and(|found| found == date))
            }
            "ONE_TIME" => {
                let first = date(self.start_date.as_deref().unwrap_or_default())?;
                let last = self.end_date.as_deref().map_or(Ok(first), date)?;
                let (begin, end) = (first.to_datetime(start), last.to_datetime(end));
                if end <= begin {
                    return Err("it ends before it begins".to_owned());
                }
                return Ok((begin..end).contains(&now.datetime()));
            }
            other => {
                return Err(format!(
                    "its scheduleFrequency {other:?} is not known: DAILY, WEEKLY, MONTHLY_SPECIFIC_DAY and ONE_TIME are"
                ));
            }
        };
        let (today, at) = (now.date(), now.time());
        let yesterday = today.yesterday().unwrap_or(today);
        Ok(if start < end {
            begins_on(today) && (start..end).contains(&at)
        } else {
            (begins_on(today) && at >= start) || (begins_on(yesterday) && at < end)
        })
    }
}

fn time(text: &str) -> Result<Time, String> {
    let mut parts = text.trim().splitn(3, ':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next().flatten(), parts.next().flatten());
    let second = parts.next().unwrap_or(Some(0));
    let read = || Time::new(hour?, minute?, second?, 0).ok();
    read().ok_or_else(|| format!("its time {text:?} is not one like 08:30"))
}

fn date(text: &str) -> Result<Date, String> {
    let numbers: Vec<i16> = text.trim().split(['-', '/']).filter_map(|part| part.parse().ok()).collect();
    let read = || match (numbers.as_slice(), text.contains('/')) {
        ([day, month, year], true) | ([year, month, day], false) => {
            Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()
        }
        _ => None,
    };
    read().ok_or_else(|| format!("its date {text:?} is not one like 2026-12-31"))
}

fn weekday(text: &str) -> Result<Weekday, String> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "MONDAY" => Weekday::Monday,
        "TUESDAY" => Weekday::Tuesday,
        "WEDNESDAY" => Weekday::Wednesday,
        "THURSDAY" => Weekday::Thursday,
        "FRIDAY" => Weekday::Friday,
        "SATURDAY" => Weekday::Saturday,
        "SUNDAY" => Weekday::Sunday,
        _ => return Err(format!("its day {text:?} is not one like MONDAY")),
    })
}

fn nth(text: &str) -> Result<i8, String> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "FIRST" => 1,
        "SECOND" => 2,
        "THIRD" => 3,
        "FOURTH" => 4,
        "LAST" => -1,
        _ => return Err(format!("its occurrence {text:?} is none of FIRST, SECOND, THIRD, FOURTH, LAST")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn active(zone: &str, configuration: Value, at: &str) -> bool {
        let schedule: Schedule =
            serde_json::from_value(json!({"timezone": zone, "scheduleConfiguration": configuration}))
                .unwrap();
        schedule.reason_against().unwrap();
        let at: Timestamp = at.parse().unwrap();
        schedule.is_active(u64::try_from(at.as_millisecond()).unwrap())
    }

    #[test]
    fn schedules_follow_the_clock_of_their_zone() {
        let office = json!({"scheduleFrequency": "WEEKLY", "startTime": "08:00", "endTime": "18:00",
            "days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]});
        // 2026-11-20 is a Friday; Paris is an hour ahead in winter, two in summer.
        assert!(active("Europe/Paris", office.clone(), "2026-11-20T07:00:00Z"));
        assert!(!active("Europe/Paris", office.clone(), "2026-11-20T06:59:59Z"));
        assert!(active("Europe/Paris", office.clone(), "2026-07-17T06:00:00Z"));
        assert!(!active("Europe/Paris", office.clone(), "2026-11-20T17:00:00Z"), "the end is exclusive");
        assert!(!active("UTC", office, "2026-11-21T12:00:00Z"), "Saturday");
        let night = json!({"scheduleFrequency": "WEEKLY", "startTime": "22:00", "endTime": "06:00", "days": ["FRIDAY"]});
        assert!(active("", night.clone(), "2026-11-20T23:00:00Z"));
        assert!(active("", night.clone(), "2026-11-21T05:59:00Z"), "the night from Friday to Saturday");
        assert!(!active("", night, "2026-11-20T05:00:00Z"));
        let once = json!({"scheduleFrequency": "ONE_TIME", "startDate": "24/12/2026", "startTime": "12:00",
            "endDate": "2026-12-26", "endTime": "12:00"});
        assert!(active("UTC", once.clone(), "2026-12-26T11:00:00Z"));
        assert!(!active("UTC", once, "2026-12-26T12:00:00Z"));
        let patch_day =
            json!({"scheduleFrequency": "MONTHLY_SPECIFIC_DAY", "occurrence": "SECOND", "day": "TUESDAY"});
        assert!(active("UTC", patch_day.clone(), "2026-11-10T00:00:00Z"));
        assert!(!active("UTC", patch_day, "2026-11-17T00:00:00Z"));
        assert!(active("UTC", json!({}), "2026-11-17T00:00:00Z"));
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        for (wrong, word) in [
            (json!({"timezone": "Europe/Atlantis"}), "Atlantis"),
            (json!({"scheduleConfiguration": {"scheduleFrequency": "CUSTOM", "startCron": "* *"}}), "CUSTOM"),
            (json!({"scheduleConfiguration": {"scheduleFrequency": "WEEKLY"}}), "no days"),
            (json!({"scheduleConfiguration": {"scheduleFrequency": "DAILY", "startTime": "25:00"}}), "25:00"),
            (
                json!({"scheduleConfiguration": {"scheduleFrequency": "ONE_TIME", "startDate": "soon"}}),
                "soon",
            ),
        ] {
            let schedule: Schedule = serde_json::from_value(wrong).unwrap();
            let reason = schedule.reason_against().unwrap_err();
            assert!(reason.contains(word), "{reason} should say {word}");
        }
    }
}
