//! The suite every [`Store`](crate::Store) must pass. Feature `conformance`, for tests only.
//!
//! `store_conformance!(open)` makes one test of each check; `open` is a function that answers a new, empty store
//! and whatever must live as long as it (a temporary directory). Random checks compare with [`oracle`], a store
//! so naive that it can be read; the seed stands in every failure.

pub mod documents;
pub mod entities;
pub mod journal;
pub mod metrics;
pub mod oracle;
pub mod queries;
pub mod random;
pub mod sample;
pub mod snapshots;
pub mod transfer;
pub mod writing;

/// Makes one `#[test]` of every check, for the stores `$open` opens.
#[macro_export]
macro_rules! store_conformance {
    ($open:expr) => {
        $crate::store_conformance!(@checks $open,
            entities: empty_store_answers_empty, merge_keeps_first_and_last, resolutions_stay_until_replaced,
                agents_replace_and_come_newest_first,
                hostile_names_are_kept_to_the_letter, accounts_see_only_their_own;
            documents: documents_are_kept_by_kind_and_name, versions_count_and_history_is_kept,
                a_change_based_on_another_version_is_refused, deleted_documents_are_gone_and_go_on_counting,
                secrets_have_no_history, history_is_bounded, one_of_many_writers_wins;
            journal: records_come_newest_first_and_page_by_page, records_are_filtered,
                the_journal_belongs_to_its_account_and_expires, accounts_are_listed;
            metrics: a_repeated_report_changes_nothing, a_corrected_report_replaces,
                incarnations_of_one_node_add_up, intervals_below_a_minute_add_up, histograms_are_exact,
                minutes_and_nodes_are_counted_once, ranges_are_whole_minutes, rows_have_a_limit,
                ledgers_come_back, random_questions_have_the_naive_answer;
            snapshots: a_segment_comes_back_whole, a_repeated_batch_changes_nothing,
                the_final_record_replaces_the_one_in_flight, a_late_record_in_flight_changes_nothing,
                pages_join_without_gap_or_repetition, user_data_and_backends_are_found,
                random_filters_have_the_naive_answer;
            transfer: an_export_of_everything_is_a_copy, a_request_or_a_time_travels_alone,
                damaged_exports_are_refused, archived_requests_are_kept_for_ever;
            writing: a_batch_is_visible_when_written, writers_and_readers_do_not_disturb_each_other,
                what_is_expired_is_dropped_and_nothing_else;
        );
    };
    (@checks $open:expr, $($module:ident: $($check:ident),+;)+) => {
        $(mod $module {
            $(#[test]
            fn $check() {
                $crate::conformance::$module::$check(|| {
                    #[allow(unused_imports)]
                    use super::*;
                    $open()
                });
            })+
        })+
    };
}
