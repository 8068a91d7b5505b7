//! Reading a request's body: bounded in bytes, compressed and decompressed, and in time.

use std::io::Read as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt as _;

use crate::ingest::IngestError;
use crate::ingest::gate::Visit;
use crate::limits::{BODY_READ_TIMEOUT_S, INGEST_BODY_BYTES_MAX};

/// The body as it was before compression. `visit` answers for the memory.
///
/// # Errors
/// When it is too long, too slow, not gzip, or when all requests together hold too much.
pub async fn read(headers: &HeaderMap, body: Body, visit: &mut Visit) -> Result<Vec<u8>, IngestError> {
    let gzip = is_gzip(headers)?;
    let deadline = Duration::from_secs(BODY_READ_TIMEOUT_S);
    let raw =
        tokio::time::timeout(deadline, collect(body, visit)).await.map_err(|_| IngestError::TooSlow)??;
    if gzip { decompress(&raw, visit) } else { Ok(raw) }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, IngestError> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim()) {
        None | Some("" | "identity") => Ok(false),
        Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => Ok(true),
        Some(_) => Err(IngestError::ContentEncoding),
    }
}

async fn collect(mut body: Body, visit: &mut Visit) -> Result<Vec<u8>, IngestError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| IngestError::Interrupted)?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > INGEST_BODY_BYTES_MAX {
            return Err(IngestError::TooLarge { max: INGEST_BODY_BYTES_MAX });
        }
        visit.hold(data.len())?;
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

/// A bomb is stopped at the limit: never more than one chunk beyond it is in memory.
fn decompress(raw: &[u8], visit: &mut Visit) -> Result<Vec<u8>, IngestError> {
    const CHUNK_BYTES: usize = 64 << 10;
    let mut decoder = MultiGzDecoder::new(raw);
    let mut bytes = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = decoder.read(&mut chunk).map_err(|_| IngestError::Gzip)?;
        if length == 0 {
            return Ok(bytes);
        }
        if bytes.len() + length > INGEST_BODY_BYTES_MAX {
            return Err(IngestError::TooLarge { max: INGEST_BODY_BYTES_MAX });
        }
        visit.hold(length)?;
        bytes.extend_from_slice(chunk.get(..length).unwrap_or_default());
    }
}
