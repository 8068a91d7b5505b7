//! `tierline export` and `tierline import`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use tierline_store::sqlite;
use tierline_store::{Selection, Store as _, TimeRange, TransferSummary};

use super::say;
use crate::settings::DATA_USUAL;
use crate::up::open_store_as_it_is;

/// The account of an ordinary controller.
const ACCOUNT_USUAL: &str = "customer1";

/// `tierline export`
#[derive(Args, Debug)]
pub struct Export {
    /// The file to make
    to: PathBuf,
    /// The data directory; a controller may be using it
    #[arg(long, env = "TIERLINE_DATA", default_value = DATA_USUAL)]
    data: PathBuf,
    /// Only the request with this GUID
    #[arg(long, conflicts_with_all = ["from_ms", "to_ms"])]
    guid: Option<String>,
    /// Only what started at this time or later, milliseconds since 1970
    #[arg(long, value_name = "MS")]
    from_ms: Option<u64>,
    /// Only what started before this time, milliseconds since 1970
    #[arg(long, value_name = "MS")]
    to_ms: Option<u64>,
    /// Only this account [default: customer1 with --guid, else all]
    #[arg(long)]
    account: Option<String>,
}

impl Export {
    fn selection(&self) -> Result<Selection> {
        if let Some(guid) = &self.guid {
            let account = self.account.clone().unwrap_or_else(|| ACCOUNT_USUAL.to_owned());
            let hex: String = guid.chars().filter(|c| *c != '-').collect();
            let Ok(guid) = hex.parse() else {
                bail!("`{guid}` is no GUID: 32 hex digits, as snapshots show it")
            };
            return Ok(Selection::Request { account, guid });
        }
        if self.from_ms.is_none() && self.to_ms.is_none() && self.account.is_none() {
            return Ok(Selection::Everything);
        }
        let range = TimeRange { start_ms: self.from_ms.unwrap_or(0), end_ms: self.to_ms.unwrap_or(u64::MAX) };
        if range.start_ms >= range.end_ms {
            bail!("--from-ms must be before --to-ms");
        }
        Ok(Selection::Range { account: self.account.clone(), range })
    }

    /// Writes the file; what was begun is removed when it fails.
    pub fn run(self) -> Result<()> {
        let selection = self.selection()?;
        let file = open_new(&self.to)?;
        let written = write(file, &self.data, &selection);
        if written.is_err() {
            let _ = std::fs::remove_file(&self.to);
        }
        say(&format!("{} holds {}.", self.to.display(), words(&written?)));
        if selection == Selection::Everything {
            say("It holds passwords' hashes and access keys: keep it safe.");
        }
        Ok(())
    }
}

fn open_new(path: &PathBuf) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).with_context(|| format!("cannot make {}", path.display()))
}

fn write(file: File, data: &std::path::Path, selection: &Selection) -> Result<TransferSummary> {
    let mut out = BufWriter::new(file);
    let summary = sqlite::export_directory(data, selection, &mut out)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    if summary.segments == 0 && matches!(selection, Selection::Request { .. }) {
        bail!("no snapshot of this request is kept");
    }
    Ok(summary)
}

/// `tierline import`
#[derive(Args, Debug)]
pub struct Import {
    /// The file `tierline export` made
    from: PathBuf,
    /// The data directory; no controller may be using it
    #[arg(long, env = "TIERLINE_DATA", default_value = DATA_USUAL)]
    data: PathBuf,
}

impl Import {
    /// Takes the file in.
    pub fn run(self) -> Result<()> {
        let file = File::open(&self.from).with_context(|| format!("cannot open {}", self.from.display()))?;
        let store = open_store_as_it_is(&self.data)?;
        let summary = store.import(&mut BufReader::new(file))?;
        say(&format!("{} took in {}.", self.data.display(), words(&summary)));
        if summary.documents_kept > 0 {
            say(&format!("{} documents were there already and stayed as they are.", summary.documents_kept));
        }
        let late = store.health()?;
        if late.reports_late + late.segments_late > 0 {
            say(&format!(
                "{} reports and {} segments are of days this store has dropped already: they were left out.",
                late.reports_late, late.segments_late
            ));
        }
        Ok(())
    }
}

fn words(summary: &TransferSummary) -> String {
    format!(
        "{} accounts, {} reports, {} sums, {} segments, {} documents, {} records of the journal",
        summary.accounts, summary.reports, summary.sums, summary.segments, summary.documents, summary.journal
    )
}
