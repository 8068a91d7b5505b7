//! `tierline backup` and `tierline restore`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tierline_store::sqlite;

use super::say;
use crate::settings::DATA_USUAL;

/// `tierline backup`
#[derive(Args, Debug)]
pub struct Backup {
    /// A new directory for the copy
    to: PathBuf,
    /// The data directory; a controller may be using it
    #[arg(long, env = "TIERLINE_DATA", default_value = DATA_USUAL)]
    data: PathBuf,
}

impl Backup {
    /// Copies the store.
    pub fn run(self) -> Result<()> {
        let copied = sqlite::backup(&self.data, &self.to)?;
        say(&format!(
            "{} files with {} bytes are in {}. It holds passwords' hashes and access keys: keep it as safe as the \
             original. `tierline restore` puts it back; it is a data directory itself.",
            copied.files,
            copied.bytes,
            self.to.display()
        ));
        Ok(())
    }
}

/// `tierline restore`
#[derive(Args, Debug)]
pub struct Restore {
    /// The directory `tierline backup` made
    from: PathBuf,
    /// The data directory to make; it must be new or empty
    #[arg(long, env = "TIERLINE_DATA", default_value = DATA_USUAL)]
    data: PathBuf,
}

impl Restore {
    /// Looks through the backup and copies it.
    pub fn run(self) -> Result<()> {
        let copied = sqlite::restore(&self.from, &self.data)?;
        say(&format!(
            "{} files with {} bytes are in {}; `tierline up --data {}` goes on with them.",
            copied.files,
            copied.bytes,
            self.data.display(),
            self.data.display()
        ));
        Ok(())
    }
}
