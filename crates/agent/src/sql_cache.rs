//! Statements that were seen, without their literals: programs send few different ones, many times.

use std::cell::RefCell;

use crate::limits::{CACHED_SQL_BYTES_MAX, CACHED_SQL_PER_THREAD};
use crate::set_cache::SetCache;
use crate::sql::{Dialect, write_without_literals};
use crate::text_hash::hash_text;

struct Known {
    dialect: Dialect,
    sql: Box<str>,
    cleaned: Box<str>,
}

thread_local! {
    static KNOWN: RefCell<Option<SetCache<Known>>> = const { RefCell::new(None) };
}

/// Runs `work` with the statement without its literals, once.
///
/// ```
/// use tierline::sql::Dialect;
/// let upper = tierline::sql_cache::with_cleaned("select 1", Dialect::Ansi, str::to_uppercase);
/// assert_eq!(upper, "SELECT ?");
/// ```
pub fn with_cleaned<R>(sql: &str, dialect: Dialect, mut work: impl FnMut(&str) -> R) -> R {
    if sql.len() <= CACHED_SQL_BYTES_MAX {
        let done = KNOWN.try_with(|known| {
            let mut known = known.try_borrow_mut().ok()?;
            let known = known.get_or_insert_with(|| SetCache::new(CACHED_SQL_PER_THREAD));
            // The table is one thread's own and small: who aims for collisions slows down only that, by a bit.
            let hash = hash_text(dialect as u64 + 1, sql);
            let is = |known: &Known| known.dialect == dialect && *known.sql == *sql;
            let place = match known.find(hash, is) {
                Some(place) => place,
                None => known.insert(hash, learn(sql, dialect)).0,
            };
            Some(work(&known.get(place)?.cleaned))
        });
        if let Ok(Some(result)) = done {
            return result;
        }
    }
    work(&learn(sql, dialect).cleaned)
}

fn learn(sql: &str, dialect: Dialect) -> Known {
    let mut cleaned = String::with_capacity(sql.len());
    write_without_literals(sql, dialect, &mut cleaned);
    Known { dialect, sql: Box::from(sql), cleaned: cleaned.into_boxed_str() }
}
