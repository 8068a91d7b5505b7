//! Node names with a number: the first free of `prefix-0`, `prefix-1`, …

use std::path::Path;

use tierline_model::name::clean_name;

use crate::file_lock::FileLock;
use crate::limits::NODE_NAMES_MAX;

/// A node name, held as long as this lives.
#[derive(Debug)]
pub struct NodeName {
    /// The name.
    pub name: String,
    /// What keeps other processes from taking it.
    pub lock: Option<FileLock>,
    /// Why it may not be ours alone.
    pub warning: Option<String>,
}

/// Takes the first free name. Without a directory that can be written, or when all are taken, it is `prefix-0`,
/// shared: numbers of processes with the same node name add up.
#[must_use]
pub fn take(prefix: &str, directory: Option<&Path>) -> NodeName {
    let named = |number: u32| clean_name(&format!("{prefix}-{number}")).into_owned();
    let Some(directory) = directory.map(|directory| directory.join("nodes")) else {
        let warning =
            format!("without a directory to write, every process of {prefix} is the node {}", named(0));
        return NodeName { name: named(0), lock: None, warning: Some(warning) };
    };
    let mut problem = std::fs::create_dir_all(&directory).err();
    for number in 0..NODE_NAMES_MAX {
        let name = named(number);
        // The name may hold a slash; its hash does not.
        let file = format!("{:016x}.lock", xxhash_rust::xxh3::xxh3_64(name.as_bytes()));
        match FileLock::try_lock(&directory.join(file)) {
            Ok(Some(lock)) => return NodeName { name, lock: Some(lock), warning: None },
            Ok(None) => {}
            Err(error) => {
                problem = Some(error);
                break;
            }
        }
    }
    let reason = problem.map_or_else(|| "all names are taken".to_owned(), |error| error.to_string());
    let warning =
        format!("no node name of {prefix} could be taken ({reason}); the node is {}, maybe shared", named(0));
    NodeName { name: named(0), lock: None, warning: Some(warning) }
}
