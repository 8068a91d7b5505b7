//! The default store passes the suite.

use tempfile::TempDir;
use tierline_store::sqlite::SqliteStore;

fn open() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (SqliteStore::open(directory.path()).unwrap(), directory)
}

tierline_store::store_conformance!(open);
