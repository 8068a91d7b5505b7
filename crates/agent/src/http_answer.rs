//! Reading an HTTP/1.1 answer piece by piece, as it arrives. Whatever the other side sends, memory stays bounded.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::http::HttpError;
use crate::limits::{HTTP_ANSWER_BYTES_MAX, HTTP_HEAD_BYTES_MAX, HTTP_RETRY_AFTER_MAX};

/// What the server answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `Retry-After`, at most [`HTTP_RETRY_AFTER_MAX`].
    pub retry_after: Option<Duration>,
    /// `x-tierline-config-version`: a hint that a new configuration waits.
    pub config_version: Option<u64>,
    /// The content.
    pub body: Vec<u8>,
}

/// An answer on its way in.
pub struct Answering {
    headers_only: bool,
    received: Vec<u8>,
    head: Option<Head>,
}

struct Head {
    answer: Answer,
    body: Body,
    keep_alive: bool,
}

enum Body {
    Sized(usize),
    Chunked,
    UntilClosed,
}

impl Answering {
    /// Nothing received yet. `headers_only`: there is no body, whatever the headers say.
    #[must_use]
    pub fn new(headers_only: bool) -> Self {
        Self { headers_only, received: Vec::new(), head: None }
    }

    /// Takes more bytes; the answer and whether the connection can be used again, once it is complete.
    ///
    /// # Errors
    /// When this is not HTTP/1.1 or too long.
    pub fn more(&mut self, bytes: &[u8]) -> Result<Option<(Answer, bool)>, HttpError> {
        self.received.extend_from_slice(bytes);
        while self.head.is_none() {
            let Some(end) = find(&self.received, b"\r\n\r\n") else {
                let enough = self.received.len() > HTTP_HEAD_BYTES_MAX;
                return if enough { Err(HttpError::TooLong) } else { Ok(None) };
            };
            let head = parse_head(self.received.get(..end).unwrap_or_default(), self.headers_only)?;
            self.received.drain(..end + 4);
            // 100 Continue and its like come before the answer.
            if head.answer.status >= 200 {
                self.head = Some(head);
            }
        }
        if self.received.len() > HTTP_ANSWER_BYTES_MAX {
            return Err(HttpError::TooLong);
        }
        let done = match self.head.as_ref().map(|head| &head.body) {
            Some(Body::Sized(length)) => {
                let whole = self.received.get(..*length).map(<[u8]>::to_vec);
                whole.map(|body| (body, self.received.len() == *length))
            }
            Some(Body::Chunked) => unchunked(&self.received)?,
            Some(Body::UntilClosed) | None => None,
        };
        Ok(done.and_then(|(body, nothing_behind)| self.finish(body, nothing_behind)))
    }

    fn finish(&mut self, body: Vec<u8>, nothing_behind: bool) -> Option<(Answer, bool)> {
        self.head
            .take()
            .map(|Head { answer, keep_alive, .. }| (Answer { body, ..answer }, keep_alive && nothing_behind))
    }

    /// The other side closed: the answer if that was its end.
    ///
    /// # Errors
    /// When something was missing.
    pub fn closed(mut self) -> Result<(Answer, bool), HttpError> {
        if matches!(self.head, Some(Head { body: Body::UntilClosed, .. })) {
            let body = std::mem::take(&mut self.received);
            if let Some((answer, _)) = self.finish(body, true) {
                return Ok((answer, false));
            }
        }
        Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn parse_head(head: &[u8], headers_only: bool) -> Result<Head, HttpError> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let version = status_line.get(..8).unwrap_or_default();
    if version != "HTTP/1.1" && version != "HTTP/1.0" {
        return Err(HttpError::Malformed("status line"));
    }
    let status = status_line.get(9..12).and_then(|digits| digits.parse::<u16>().ok());
    let status =
        status.filter(|status| (100..600).contains(status)).ok_or(HttpError::Malformed("status code"))?;
    let mut answer = Answer { status, ..Answer::default() };
    let mut keep_alive = version == "HTTP/1.1";
    let mut length = None;
    let mut chunked = false;
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(HttpError::Malformed("header"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let parsed = value.parse::<usize>().map_err(|_| HttpError::Malformed("content-length"))?;
                if length.is_some_and(|length| length != parsed) {
                    return Err(HttpError::Malformed("content-length"));
                }
                length = Some(parsed);
            }
            "transfer-encoding" => chunked = value.to_ascii_lowercase().ends_with("chunked"),
            "connection" if value.eq_ignore_ascii_case("close") => keep_alive = false,
            "connection" if value.eq_ignore_ascii_case("keep-alive") => keep_alive = true,
            "retry-after" => answer.retry_after = retry_after(value, SystemTime::now()),
            "x-tierline-config-version" => answer.config_version = value.parse().ok(),
            _ => {}
        }
    }
    if length.is_some_and(|length| length > HTTP_ANSWER_BYTES_MAX) {
        return Err(HttpError::TooLong);
    }
    let body = match (chunked, length) {
        _ if headers_only || status < 200 || status == 204 || status == 304 => Body::Sized(0),
        (true, _) => Body::Chunked,
        (false, Some(length)) => Body::Sized(length),
        (false, None) => Body::UntilClosed,
    };
    Ok(Head { answer, body, keep_alive })
}

/// The content of a complete chunked body (RFC 9112, 7.1), and whether nothing follows it.
fn unchunked(received: &[u8]) -> Result<Option<(Vec<u8>, bool)>, HttpError> {
    let mut body = Vec::new();
    let mut rest = received;
    loop {
        let Some(end) = find(rest, b"\r\n") else {
            return if rest.len() > HTTP_HEAD_BYTES_MAX {
                Err(HttpError::Malformed("chunk"))
            } else {
                Ok(None)
            };
        };
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16).map_err(|_| HttpError::Malformed("chunk"))?;
        rest = rest.get(end + 2..).unwrap_or_default();
        if length == 0 {
            // Trailers, if any, end with an empty line.
            let end =
                if rest.starts_with(b"\r\n") { Some(2) } else { find(rest, b"\r\n\r\n").map(|at| at + 4) };
            return Ok(end.map(|end| (body, rest.len() == end)));
        }
        if length > HTTP_ANSWER_BYTES_MAX {
            return Err(HttpError::TooLong);
        }
        let Some(chunk) = rest.get(..length) else { return Ok(None) };
        body.extend_from_slice(chunk);
        match rest.get(length..length + 2) {
            Some(b"\r\n") => rest = rest.get(length + 2..).unwrap_or_default(),
            Some(_) => return Err(HttpError::Malformed("chunk")),
            None => return Ok(None),
        }
    }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => http_date(value)?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(HTTP_RETRY_AFTER_MAX))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is sent today (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.split(' ').skip(1);
    let day: i64 = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month_name = parts.next()?;
    let month = i64::try_from(MONTHS.iter().position(|month| *month == month_name)?).ok()? + 1;
    let year: i64 = parts.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = parts.next()?.split(':').map(|part| part.parse::<u64>().ok().filter(|part| *part <= 60));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    // Days since 1970 of a civil date, counted from March so that leap days come last.
    let (shifted_year, shifted_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400 + day_of_year
        - 719_468;
    let seconds = u64::try_from(days).ok()? * 86_400 + hour * 3_600 + minute * 60 + second;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However the bytes are cut, the answer is the same.
    fn check(bytes: &[u8], status: u16, body: &[u8], reusable: bool) {
        for step in [1, 2, 7, bytes.len()] {
            let mut answering = Answering::new(false);
            let mut done = None;
            for piece in bytes.chunks(step) {
                assert!(done.is_none(), "done before the end");
                done = answering.more(piece).unwrap();
            }
            let (answer, reuse) = match done {
                Some(done) => done,
                None => answering.closed().unwrap(),
            };
            assert_eq!((answer.status, answer.body.as_slice(), reuse), (status, body, reusable));
        }
    }

    #[test]
    fn answers_in_pieces() {
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", true);
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 200, b"", false);
        check(b"HTTP/1.0 503 No\r\n\r\nsorry", 503, b"sorry", false);
        check(b"HTTP/1.1 204 No\r\n\r\n", 204, b"", true);
        check(b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok", 200, b"ok", true);
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
            200,
            b"abc0123456789",
            true,
        );
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: 1\r\n\r\n",
            200,
            b"",
            true,
        );
    }

    #[test]
    fn garbage_is_an_error_and_never_grows() {
        for bytes in [
            &b"SSH-2.0-OpenSSH\r\n\r\n"[..],
            b"HTTP/2.0 200 OK\r\n\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 999 X\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
            b"HTTP/1.1 \xff\xff\xff\r\n\r\n",
        ] {
            assert!(Answering::new(false).more(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
        for endless in [&b"HTTP/1.1 200 OK\r\nx: y\r\n"[..], b"HTTP/1.1 200 OK\r\n\r\nx"] {
            let mut answering = Answering::new(false);
            let mut fed = 0;
            let mut result = answering.more(endless);
            while result.is_ok() {
                result = answering.more(&[b'a'; 65_536]);
                fed += 65_536;
                assert!(fed <= HTTP_ANSWER_BYTES_MAX + 2 * 65_536);
            }
        }
        assert!(Answering::new(false).closed().is_err());
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(now));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("99999999", now), Some(HTTP_RETRY_AFTER_MAX));
        assert_eq!(
            http_date("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(UNIX_EPOCH + Duration::from_secs(1_709_164_800))
        );
        for text in ["soon", "-1", "", "Sun, 06 Nov 1994", "Sun, 99 Foo 1994 08:49:37 GMT"] {
            assert_eq!(retry_after(text, now), None, "{text:?}");
        }
    }
}
