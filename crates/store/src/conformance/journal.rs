//! Checks of the journal and of accounts.

use tierline_model::AppId;

use super::sample::{ACCOUNT, APPLICATIONS, now_ms};
use crate::limits::{AUDIT_RETENTION_DAYS, EVENTS_RETENTION_DAYS, JOURNAL_RECORD_BYTES_MAX};
use crate::query::TimeRange;
use crate::{DocumentChange, JournalFilter, JournalRecord, Store, StoreError};

const DAY_MS: u64 = 86_400_000;

fn record(number: u64) -> JournalRecord {
    JournalRecord {
        time_ms: now_ms() - 1_000_000 + number,
        stream: "events".to_owned(),
        app_id: number.is_multiple_of(2).then(|| AppId::of(APPLICATIONS[0])),
        kind: ["CUSTOM", "DEPLOYMENT", "POLICY"][number as usize % 3].to_owned(),
        severity: ["INFO", "ERROR"][number as usize % 2].to_owned(),
        subject: format!("'subject' {number}"),
        text: format!("{{\"number\": {number}}}"),
    }
}

/// Newest first, every record on exactly one page.
pub fn records_come_newest_first_and_page_by_page<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    // Written in another order than they happened, some at the same moment.
    let order = [5u64, 1, 1, 9, 3, 5, 2, 2, 8];
    let mut ids = Vec::new();
    for numbers in order.chunks(4) {
        let records: Vec<_> = numbers.iter().map(|number| record(*number)).collect();
        ids.extend(store.append(ACCOUNT, &records).expect("append"));
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert_eq!(ids.len(), order.len());
    let mut expected: Vec<(u64, JournalRecord)> = ids.into_iter().zip(order.map(record)).collect();
    expected.sort_by_key(|(id, record)| std::cmp::Reverse((record.time_ms, *id)));
    let filter = JournalFilter::all("events");
    assert_eq!(store.journal(ACCOUNT, &filter).expect("journal"), expected);
    let mut found = Vec::new();
    let mut filter = JournalFilter { limit: 2, ..filter };
    loop {
        let page = store.journal(ACCOUNT, &filter).expect("journal");
        assert!(page.len() <= 2);
        let Some((id, _)) = page.last() else { break };
        filter.before_id = Some(*id);
        found.extend(page);
    }
    assert_eq!(found, expected);
    assert_eq!(store.append(ACCOUNT, &[]).expect("append"), Vec::<u64>::new());
    let mut huge = record(1);
    huge.text = "x".repeat(JOURNAL_RECORD_BYTES_MAX);
    let answer = store.append(ACCOUNT, &[record(2), huge]);
    assert!(matches!(answer, Err(StoreError::TooLarge { .. })), "{answer:?}");
    filter = JournalFilter::all("events");
    assert_eq!(store.journal(ACCOUNT, &filter).expect("journal"), expected, "all or none");
}

/// Every field of the filter, alone and together.
pub fn records_are_filtered<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let records: Vec<_> = (0..60).map(record).collect();
    store.append(ACCOUNT, &records).expect("append");
    let app_ids = [None, Some(AppId::of(APPLICATIONS[0])), Some(AppId::of(APPLICATIONS[1]))];
    let kinds: [&[&str]; 3] = [&[], &["POLICY"], &["CUSTOM", "DEPLOYMENT", "'"]];
    let severities: [&[&str]; 2] = [&[], &["ERROR"]];
    let ranges = [
        TimeRange { start_ms: 0, end_ms: u64::MAX },
        TimeRange { start_ms: records[10].time_ms, end_ms: records[20].time_ms },
        TimeRange { start_ms: u64::MAX, end_ms: 0 },
    ];
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for app_id in app_ids {
        for kinds in kinds {
            for severities in severities {
                for range in ranges {
                    let filter = JournalFilter {
                        app_id,
                        kinds: owned(kinds),
                        severities: owned(severities),
                        range,
                        ..JournalFilter::all("events")
                    };
                    let matches = |r: &&JournalRecord| {
                        app_id.is_none_or(|id| r.app_id == Some(id))
                            && (kinds.is_empty() || kinds.contains(&r.kind.as_str()))
                            && (severities.is_empty() || severities.contains(&r.severity.as_str()))
                            && (range.start_ms..range.end_ms).contains(&r.time_ms)
                    };
                    let expected: Vec<_> = records.iter().rev().filter(matches).cloned().collect();
                    let found = store.journal(ACCOUNT, &filter).expect("journal");
                    let found: Vec<_> = found.into_iter().map(|(_, record)| record).collect();
                    assert_eq!(found, expected, "{filter:?}");
                }
            }
        }
    }
}

/// Nobody else sees it; events go before the audit does.
pub fn the_journal_belongs_to_its_account_and_expires<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let at = |stream: &str, days: u64| JournalRecord {
        stream: stream.to_owned(),
        time_ms: now_ms() - days * DAY_MS,
        ..record(1)
    };
    let ages = [0, EVENTS_RETENTION_DAYS + 1, AUDIT_RETENTION_DAYS + 1];
    for stream in ["events", "audit"] {
        store.append(ACCOUNT, &ages.map(|days| at(stream, days))).expect("append");
    }
    let count = |account: &str, stream: &str| {
        store.journal(account, &JournalFilter::all(stream)).expect("journal").len()
    };
    assert_eq!((count(ACCOUNT, "events"), count(ACCOUNT, "audit"), count(ACCOUNT, "x")), (3, 3, 0));
    assert_eq!((count("other", "events"), count("", "audit")), (0, 0));
    store.drop_expired(now_ms()).expect("drop_expired");
    assert_eq!((count(ACCOUNT, "events"), count(ACCOUNT, "audit")), (1, 2));
}

/// Accounts that were created and those that were written to.
pub fn accounts_are_listed<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    assert_eq!(store.accounts().expect("accounts"), [""; 0]);
    assert!(store.create_account("b 'ü'").expect("create_account"));
    assert!(!store.create_account("b 'ü'").expect("create_account"));
    let change = DocumentChange { kind: "k", name: "n", ..DocumentChange::default() };
    store.put_document("a", change).expect("put_document");
    assert_eq!(store.accounts().expect("accounts"), ["a", "b 'ü'"]);
    assert!(!store.create_account("a").expect("create_account"));
}
