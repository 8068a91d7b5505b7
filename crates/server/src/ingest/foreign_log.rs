//! The log behind the window of foreign traces: append-only files, each record with its length and checksum.
//!
//! A record that was cut off by a crash ends its file. Files go from the oldest on, when nothing that waits needs them
//! and repetitions of what is in them need no longer be recognised.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Error, Write as _};
use std::path::{Path, PathBuf};

use flate2::Crc;
use tierline_engine::foreign::TraceKey;
use tierline_model::Guid;
use tierline_wire::otlp::{Encoding, Signal};

use crate::controller::now_ms;
use crate::limits::{
    FOREIGN_LOG_BYTES_MAX, FOREIGN_LOG_FILE_BYTES, FOREIGN_LOG_FILE_MS, FOREIGN_LOG_KEPT_MS,
    INGEST_BODY_BYTES_MAX,
};

/// Length and checksum in front of a record.
const FRAME_BYTES: usize = 8;

/// What stands in the log.
#[derive(Debug, PartialEq)]
pub enum Record<'a> {
    /// A request with something foreign in it.
    Request {
        /// Whose.
        account: &'a str,
        /// When it came, milliseconds since 1970.
        received_ms: u64,
        /// Which.
        signal: Signal,
        /// How it is written.
        encoding: Encoding,
        /// The request, decompressed.
        body: &'a [u8],
    },
    /// These traces are decided now, from what stands before.
    Decision {
        /// Its number.
        decision: u64,
        /// When, milliseconds since 1970.
        now_ms: u64,
        /// Which.
        keys: Vec<TraceKey>,
    },
    /// A decision is in the store.
    Written {
        /// Its number.
        decision: u64,
    },
}

/// The log, open at its end.
pub struct ForeignLog {
    folder: PathBuf,
    file: Option<File>,
    number: u64,
    bytes: u64,
    begun_ms: u64,
    /// Number, bytes and end of the files before, oldest first.
    before: VecDeque<(u64, u64, u64)>,
}

impl ForeignLog {
    /// Opens the log in `folder`; `each` gets what stands in it, with the number of the file.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn open(folder: &Path, mut each: impl FnMut(u64, Record<'_>)) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let mut numbers: Vec<u64> = std::fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".log")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let mut before = VecDeque::new();
        for number in &numbers {
            let bytes = std::fs::read(path(folder, *number))?;
            read_records(&bytes, |record| each(*number, record));
            before.push_back((*number, bytes.len() as u64, now_ms()));
        }
        let number = numbers.last().copied().unwrap_or(0);
        Ok(Self { folder: folder.to_owned(), file: None, number, bytes: 0, begun_ms: 0, before })
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes + self.before.iter().map(|(_, bytes, _)| bytes).sum::<u64>()
    }

    /// Appends a record; with `sync` it is durable when this returns. Answers the number of its file.
    ///
    /// # Errors
    /// When it cannot be written, or the log is full.
    pub fn append(&mut self, record: &Record<'_>, sync: bool) -> Result<u64, Error> {
        if matches!(record, Record::Request { .. }) && self.bytes() > FOREIGN_LOG_BYTES_MAX {
            return Err(Error::other("the log has reached its limit; decisions do not get into the store"));
        }
        let frame = frame(record);
        let now_ms = now_ms();
        if self.file.is_some()
            && (self.bytes >= FOREIGN_LOG_FILE_BYTES || now_ms >= self.begun_ms + FOREIGN_LOG_FILE_MS)
        {
            self.end_file(now_ms);
        }
        if self.file.is_none() {
            let file =
                File::options().create_new(true).append(true).open(path(&self.folder, self.number + 1))?;
            // The name must survive a crash as well as the content.
            File::open(&self.folder)?.sync_all()?;
            self.number += 1;
            self.begun_ms = now_ms;
            self.bytes = 0;
            self.file = Some(file);
        }
        let Some(file) = &mut self.file else { return Err(Error::other("no file")) };
        let written = file.write_all(&frame).and_then(|()| if sync { file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            // Half a record would hide what comes after it.
            if file.set_len(self.bytes).is_err() {
                self.end_file(now_ms);
            }
            return Err(error);
        }
        self.bytes += frame.len() as u64;
        Ok(self.number)
    }

    fn end_file(&mut self, now_ms: u64) {
        self.file = None;
        self.before.push_back((self.number, self.bytes, now_ms));
        self.bytes = 0;
    }

    /// Removes the oldest files up to `needed`, when they ended long enough ago.
    pub fn drop_before(&mut self, needed: u64, now_ms: u64) {
        while let Some((number, _, ended_ms)) = self.before.front().copied()
            && number < needed
            && now_ms >= ended_ms.saturating_add(FOREIGN_LOG_KEPT_MS)
        {
            if std::fs::remove_file(path(&self.folder, number)).is_err() {
                return;
            }
            self.before.pop_front();
        }
    }
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}.log"))
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn frame(record: &Record<'_>) -> Vec<u8> {
    let mut payload = Vec::new();
    let text = |payload: &mut Vec<u8>, text: &str| {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        payload.extend(length.to_le_bytes());
        payload.extend(text.as_bytes().get(..usize::from(length)).unwrap_or_default());
    };
    match record {
        Record::Request { account, received_ms, signal, encoding, body } => {
            payload.push(1);
            payload.extend(received_ms.to_le_bytes());
            payload.push(match signal {
                Signal::Traces => 0,
                Signal::Logs => 1,
                Signal::Metrics => 2,
            });
            payload.push(u8::from(*encoding == Encoding::Json));
            text(&mut payload, account);
            payload.extend_from_slice(body);
        }
        Record::Decision { decision, now_ms, keys } => {
            payload.push(2);
            payload.extend(decision.to_le_bytes());
            payload.extend(now_ms.to_le_bytes());
            for key in keys {
                payload.extend(key.guid.as_bytes());
                text(&mut payload, &key.account);
            }
        }
        Record::Written { decision } => {
            payload.push(3);
            payload.extend(decision.to_le_bytes());
        }
    }
    let mut frame = Vec::with_capacity(FRAME_BYTES + payload.len());
    frame.extend((payload.len() as u32).to_le_bytes());
    frame.extend(checksum(&payload).to_le_bytes());
    frame.append(&mut payload);
    frame
}

fn read_records(mut bytes: &[u8], mut each: impl FnMut(Record<'_>)) {
    while let Some((head, rest)) = bytes.split_first_chunk::<FRAME_BYTES>() {
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let Some((payload, rest)) = rest.split_at_checked(length) else { return };
        if length > INGEST_BODY_BYTES_MAX * 2 || checksum(payload) != sum {
            return;
        }
        if let Some(record) = read(payload) {
            each(record);
        }
        bytes = rest;
    }
}

fn read(payload: &[u8]) -> Option<Record<'_>> {
    let (kind, mut rest) = payload.split_first()?;
    match kind {
        1 => {
            let received_ms = number(&mut rest)?;
            let ([signal, encoding], body) = rest.split_first_chunk::<2>()?;
            let mut body = body;
            let account = text(&mut body)?;
            Some(Record::Request {
                account,
                received_ms,
                signal: match signal {
                    0 => Signal::Traces,
                    1 => Signal::Logs,
                    _ => Signal::Metrics,
                },
                encoding: if *encoding == 1 { Encoding::Json } else { Encoding::Protobuf },
                body,
            })
        }
        2 => {
            let (decision, now_ms) = (number(&mut rest)?, number(&mut rest)?);
            let mut keys = Vec::new();
            while !rest.is_empty() {
                let (guid, behind) = rest.split_first_chunk::<16>()?;
                rest = behind;
                let account = text(&mut rest)?;
                keys.push(TraceKey { account: account.into(), guid: Guid::from_bytes(*guid)? });
            }
            Some(Record::Decision { decision, now_ms, keys })
        }
        3 => Some(Record::Written { decision: number(&mut rest)? }),
        _ => None,
    }
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (head, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*head))
}

fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_read_again_up_to_where_it_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let request = |body| Record::Request {
            account: "customer1",
            received_ms: 7,
            signal: Signal::Logs,
            encoding: Encoding::Json,
            body,
        };
        let guid = Guid::from_bytes([5; 16]).unwrap();
        let keys = vec![TraceKey { account: "a".into(), guid }, TraceKey { account: "bc".into(), guid }];
        let decision = Record::Decision { decision: 9, now_ms: 11, keys };
        let mut log = ForeignLog::open(folder.path(), |_, _| panic!("empty")).unwrap();
        for record in [&request(b"one"), &decision, &Record::Written { decision: 9 }, &request(b"two")] {
            assert_eq!(log.append(record, true).unwrap(), 1);
        }
        let file = path(folder.path(), 1);
        let whole = std::fs::read(&file).unwrap();
        assert_eq!(log.bytes(), whole.len() as u64);
        for length in [whole.len(), whole.len() - 1] {
            std::fs::write(&file, &whole[..length]).unwrap();
            let mut seen = Vec::new();
            ForeignLog::open(folder.path(), |file, record| seen.push(format!("{file} {record:?}"))).unwrap();
            let mut expected = vec![format!("1 {:?}", request(b"one")), format!("1 {decision:?}")];
            expected.push(format!("1 {:?}", Record::Written { decision: 9 }));
            if length == whole.len() {
                expected.push(format!("1 {:?}", request(b"two")));
            }
            assert_eq!(seen, expected);
        }
        let mut log = ForeignLog::open(folder.path(), |_, _| {}).unwrap();
        assert_eq!(log.append(&request(b"three"), false).unwrap(), 2, "never behind what was cut off");
        log.drop_before(1, u64::MAX);
        assert!(file.exists(), "still needed");
        log.drop_before(2, now_ms());
        assert!(file.exists(), "repetitions may still come");
        log.drop_before(2, u64::MAX);
        assert!(!file.exists());
    }
}
