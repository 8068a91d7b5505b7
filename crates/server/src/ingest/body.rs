//! Reading a request's body: bounded in bytes, compressed and decompressed, and in time.

use std::io::Read as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::ingest::IngestError;
use crate::ingest::gate::Visit;
use crate::limits::{
    BODY_BYTES_BEFOREHAND_MAX, BODY_READ_TIMEOUT_S, BODY_TIGHT_BYTES_PER_SECOND, BODY_TIGHT_GRACE_S,
    INGEST_BODY_BYTES_MAX,
};

/// The body as it was before compression. `visit` answers for the memory.
///
/// # Errors
/// When it is too long, too slow, not gzip, or when all requests together hold too much.
pub async fn read(headers: &HeaderMap, body: Body, visit: &mut Visit) -> Result<Vec<u8>, IngestError> {
    let gzip = is_gzip(headers)?;
    let raw = collect(body, visit).await?;
    if gzip { decompress(&raw, visit) } else { Ok(raw) }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, IngestError> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim()) {
        None | Some("" | "identity") => Ok(false),
        Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => Ok(true),
        Some(_) => Err(IngestError::ContentEncoding),
    }
}

/// When the next bytes must have come. While memory is scarce, who holds some has to go on sending.
fn deadline(begun: Instant, received_bytes: usize, visit: &Visit) -> Instant {
    let mut seconds = BODY_READ_TIMEOUT_S;
    if visit.is_tight() {
        seconds = seconds.min(BODY_TIGHT_GRACE_S + received_bytes as u64 / BODY_TIGHT_BYTES_PER_SECOND);
    }
    begun + Duration::from_secs(seconds)
}

/// How often a waiting reader looks whether memory became scarce.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

async fn collect(mut body: Body, visit: &mut Visit) -> Result<Vec<u8>, IngestError> {
    let begun = Instant::now();
    // Who says how much is coming saves us from moving it again and again; who lies has not got much for it.
    let said = body.size_hint().exact().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut bytes = Vec::with_capacity(said.min(BODY_BYTES_BEFOREHAND_MAX));
    loop {
        let Ok(frame) = tokio::time::timeout(LOOK_INTERVAL, body.frame()).await else {
            if Instant::now() >= deadline(begun, bytes.len(), visit) {
                return Err(IngestError::TooSlow);
            }
            continue;
        };
        let Some(frame) = frame else { return Ok(bytes) };
        let frame = frame.map_err(|_| IngestError::Interrupted)?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > INGEST_BODY_BYTES_MAX {
            return Err(IngestError::TooLarge { max: INGEST_BODY_BYTES_MAX });
        }
        visit.hold(data.len())?;
        bytes.extend_from_slice(data);
        if Instant::now() >= deadline(begun, bytes.len(), visit) {
            return Err(IngestError::TooSlow);
        }
    }
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

/// A body somebody else reads (gRPC), under the same limits of memory and time.
pub struct Counted {
    body: Body,
    visit: Visit,
    begun: Instant,
    look: Pin<Box<Sleep>>,
    received_bytes: usize,
}

/// Why it was cut off.
#[derive(Debug, thiserror::Error)]
pub enum CutOff {
    /// By us.
    #[error(transparent)]
    Limit(#[from] IngestError),
    /// By its sender.
    #[error(transparent)]
    Sender(#[from] axum::Error),
}

impl Counted {
    /// `visit` answers for the memory until the body, and all that was made of it, is dropped.
    #[must_use]
    pub fn new(body: Body, visit: Visit) -> Self {
        let look = Box::pin(tokio::time::sleep(LOOK_INTERVAL));
        Self { body, visit, begun: Instant::now(), look, received_bytes: 0 }
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.received_bytes += bytes;
                Poll::Ready(Some(this.visit.hold(bytes).map(|()| frame).map_err(CutOff::Limit)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                while this.look.as_mut().poll(context).is_ready() {
                    if Instant::now() >= deadline(this.begun, this.received_bytes, &this.visit) {
                        return Poll::Ready(Some(Err(IngestError::TooSlow.into())));
                    }
                    this.look.as_mut().reset(Instant::now() + LOOK_INTERVAL);
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
