//! The names of the spool's files: `<created ms>-<owner's incarnation>-<number>.<m or s>`.

use crate::batch::BatchKind;

/// A file of the spool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpoolFile {
    /// Its name.
    pub name: String,
    /// The incarnation that wrote it.
    pub owner: String,
    /// What it holds.
    pub kind: BatchKind,
    /// Its length.
    pub bytes: u64,
}

impl SpoolFile {
    /// A file's name. Names in order are files in order of their first batch.
    #[must_use]
    pub fn name(created_ms: u64, owner: &str, number: u32, kind: BatchKind) -> String {
        format!("{created_ms:016}-{owner}-{number:06}.{}", char::from(kind.letter()))
    }

    /// Reads a name; `None` when it is not one of ours.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, letter) = name.rsplit_once('.')?;
        let [letter] = letter.as_bytes() else { return None };
        let kind = BatchKind::of_letter(*letter)?;
        let mut parts = stem.split('-');
        let (Some(time), Some(owner), Some(_number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let ours = time.len() == 16 && owner.len() == 32 && owner.bytes().all(|b| b.is_ascii_hexdigit());
        ours.then(|| Self { name: name.to_owned(), owner: owner.to_owned(), kind, bytes: 0 })
    }
}
