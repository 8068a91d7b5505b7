//! Checks of documents.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::sample::{ACCOUNT, now_ms};
use crate::limits::{DOCUMENT_BYTES_MAX, DOCUMENT_DELETED_DAYS, DOCUMENT_VERSIONS_MAX};
use crate::{DocumentChange, Store, StoreError};

fn change<'d>(kind: &'d str, name: &'d str, text: &'d str) -> DocumentChange<'d> {
    DocumentChange { kind, name, text, changed_by: "ann", ..DocumentChange::default() }
}

/// Documents are found by account, kind and name, and nothing else.
pub fn documents_are_kept_by_kind_and_name<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let long = "ü".repeat(1_000_000);
    for (account, kind, name, text) in [
        (ACCOUNT, "user", "admin", "one"),
        (ACCOUNT, "user", "admin2", ""),
        (ACCOUNT, "key", "admin", &long),
        ("other", "user", "admin", "four"),
        (ACCOUNT, "", "", "five"),
    ] {
        assert_eq!(store.put_document(account, change(kind, name, text)).expect("put_document"), 1);
        assert_eq!(store.document(account, kind, name).expect("document").as_deref(), Some(text));
    }
    assert_eq!(store.put_document(ACCOUNT, change("user", "admin", "changed")).expect("put_document"), 2);
    let read = |account: &str, kind: &str, name: &str| store.document(account, kind, name).expect("document");
    assert_eq!(read(ACCOUNT, "user", "admin").as_deref(), Some("changed"));
    assert_eq!(read(ACCOUNT, "key", "admin"), Some(long.clone()));
    assert_eq!(read("other", "user", "admin").as_deref(), Some("four"));
    assert_eq!(read(ACCOUNT, "user", "Admin"), None);
    let names = |account: &str, kind: &str| {
        let all = store.documents(account, kind).expect("documents");
        all.into_iter().map(|record| record.name).collect::<Vec<_>>()
    };
    assert_eq!(names(ACCOUNT, "user"), ["admin", "admin2"]);
    assert_eq!(names("other", "user"), ["admin"]);
    assert_eq!(names("other", "key"), [""; 0]);
    let huge = "x".repeat(DOCUMENT_BYTES_MAX + 1);
    let answer = store.put_document(ACCOUNT, change("user", "huge", &huge));
    assert!(matches!(answer, Err(StoreError::TooLarge { .. })), "{answer:?}");
}

/// Each writing is a version of its own, with who and when.
pub fn versions_count_and_history_is_kept<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    for (version, (text, changed_by)) in [("a", "ann"), ("b", "bob"), ("b", "cid")].into_iter().enumerate() {
        let change = DocumentChange { changed_by, ..change("rules", "shop", text) };
        assert_eq!(store.put_document(ACCOUNT, change).expect("put_document"), version as u64 + 1);
    }
    let history = store.document_history(ACCOUNT, "rules", "shop").expect("document_history");
    let seen: Vec<_> =
        history.iter().map(|r| (r.version, r.text.as_str(), r.changed_by.as_str(), r.deleted)).collect();
    assert_eq!(seen, [(3, "b", "cid", false), (2, "b", "bob", false), (1, "a", "ann", false)]);
    assert!(history.iter().all(|record| record.changed_ms.abs_diff(now_ms()) < 3_600_000));
    assert_eq!(store.document_record(ACCOUNT, "rules", "shop").expect("record"), Some(history[0].clone()));
    assert_eq!(store.document_history("other", "rules", "shop").expect("document_history"), []);
}

/// Compare and set: nothing is overwritten unseen.
pub fn a_change_based_on_another_version_is_refused<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let put = |text: &str, expected: u64| {
        let change = DocumentChange { expected_version: Some(expected), ..change("rules", "shop", text) };
        store.put_document(ACCOUNT, change)
    };
    assert!(matches!(put("a", 1), Err(StoreError::Conflict { expected: 1, found: 0, .. })));
    assert_eq!(put("a", 0).expect("first"), 1);
    assert!(matches!(put("b", 0), Err(StoreError::Conflict { expected: 0, found: 1, .. })));
    assert_eq!(put("b", 1).expect("second"), 2);
    let error = put("c", 1).expect_err("conflict");
    assert!(error.to_string().contains("rules \"shop\" was changed meanwhile"), "{error}");
    assert_eq!(store.document(ACCOUNT, "rules", "shop").expect("document").as_deref(), Some("b"));
    let delete = |expected| store.delete_document(ACCOUNT, "rules", "shop", "ann", expected);
    assert!(matches!(delete(Some(1)), Err(StoreError::Conflict { expected: 1, found: 2, .. })));
    assert!(delete(Some(2)).expect("delete"));
}

/// What is deleted is not there, its versions are, and written again it goes on counting.
pub fn deleted_documents_are_gone_and_go_on_counting<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    assert!(!store.delete_document(ACCOUNT, "rules", "shop", "ann", None).expect("delete"));
    store.put_document(ACCOUNT, change("rules", "shop", "a")).expect("put_document");
    assert!(store.delete_document(ACCOUNT, "rules", "shop", "bob", None).expect("delete"));
    assert!(!store.delete_document(ACCOUNT, "rules", "shop", "bob", None).expect("delete"));
    assert_eq!(store.document(ACCOUNT, "rules", "shop").expect("document"), None);
    assert_eq!(store.documents(ACCOUNT, "rules").expect("documents"), []);
    let versions = || {
        let all = store.document_history(ACCOUNT, "rules", "shop").expect("document_history");
        all.into_iter().map(|r| (r.version, r.text, r.changed_by, r.deleted)).collect::<Vec<_>>()
    };
    let of = |version: u64, text: &str, by: &str, deleted| (version, text.to_owned(), by.to_owned(), deleted);
    assert_eq!(versions(), [of(2, "", "bob", true), of(1, "a", "ann", false)]);
    store.put_document(ACCOUNT, change("rules", "shop", "c")).expect("put_document");
    assert_eq!(versions()[0], of(3, "c", "ann", false));
    assert_eq!(versions().len(), 3);
    store.delete_document(ACCOUNT, "rules", "shop", "bob", None).expect("delete");
    store.drop_expired(now_ms()).expect("drop_expired");
    assert_eq!(versions().len(), 4, "a deletion can be looked into for a while");
    store.drop_expired(now_ms() + (DOCUMENT_DELETED_DAYS + 1) * 86_400_000).expect("drop_expired");
    assert_eq!(versions().len(), 0);
}

/// Of a secret only the present text is kept.
pub fn secrets_have_no_history<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    store.put_document(ACCOUNT, change("user", "ann", "careless")).expect("put_document");
    for text in ["hash 1", "hash 2"] {
        let change = DocumentChange { secret: true, ..change("user", "ann", text) };
        store.put_document(ACCOUNT, change).expect("put_document");
    }
    let history = store.document_history(ACCOUNT, "user", "ann").expect("document_history");
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].text.as_str(), history[0].version), ("hash 2", 3));
    store.delete_document(ACCOUNT, "user", "ann", "bob", None).expect("delete");
    let history = store.document_history(ACCOUNT, "user", "ann").expect("document_history");
    assert_eq!((history.len(), history[0].text.as_str(), history[0].deleted), (1, "", true));
}

/// The oldest versions go.
pub fn history_is_bounded<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let versions = DOCUMENT_VERSIONS_MAX + 7;
    for version in 1..=versions {
        let text = format!("text {version}");
        store.put_document(ACCOUNT, change("rules", "shop", &text)).expect("put_document");
    }
    let history = store.document_history(ACCOUNT, "rules", "shop").expect("document_history");
    assert_eq!(history.len(), DOCUMENT_VERSIONS_MAX);
    assert_eq!(history[0].version, versions as u64);
    assert_eq!(history[DOCUMENT_VERSIONS_MAX - 1].version, 8);
    let large = "x".repeat(3 << 20);
    for _ in 0..5 {
        store.put_document(ACCOUNT, change("rules", "large", &large)).expect("put_document");
    }
    let history = store.document_history(ACCOUNT, "rules", "large").expect("document_history");
    assert_eq!(history.iter().map(|r| r.version).collect::<Vec<_>>(), [5, 4, 3]);
}

/// Many compare and set at once: exactly one each time.
pub fn one_of_many_writers_wins<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let won = AtomicUsize::new(0);
    for round in 0..10u64 {
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let (store, won) = (&store, &won);
                scope.spawn(move || {
                    let text = format!("{writer}");
                    let change =
                        DocumentChange { expected_version: Some(round), ..change("rules", "shop", &text) };
                    match store.put_document(ACCOUNT, change) {
                        Ok(version) => {
                            assert_eq!(version, round + 1);
                            won.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(StoreError::Conflict { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                });
            }
        });
        assert_eq!(won.load(Ordering::SeqCst) as u64, round + 1);
    }
}
