//! HTTP/1.1 over one connection that stays open: as little as the load needs, so that the load costs little.

use std::io::{BufRead as _, BufReader, Read as _, Result, Write as _};
use std::net::TcpStream;

/// An answer: status and body.
pub struct Answer {
    pub status: u16,
    pub retry_after_s: u64,
    pub body: Vec<u8>,
}

/// A connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    pub fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host: address.to_owned() })
    }

    /// Sends protobuf and waits for the answer.
    pub fn post(&mut self, path: &str, key: &str, gzip: bool, body: &[u8]) -> Result<Answer> {
        let encoding = if gzip { "Content-Encoding: gzip\r\n" } else { "" };
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nx-tierline-access-key: {key}\r\nContent-Type: application/x-protobuf\r\n{encoding}Content-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.stream.get_mut().write_all(body)?;
        self.answer()
    }

    /// Asks; `authorization` is the whole header line or empty.
    pub fn get(&mut self, path: &str, authorization: &str) -> Result<Answer> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{authorization}\r\n", self.host);
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("no answer: {line:?}")))?;
        let (mut length, mut chunked, mut retry_after_s) = (0, false, 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("content-length", value) => length = value.parse().unwrap_or(0),
                ("transfer-encoding", _) => chunked = true,
                ("retry-after", value) => retry_after_s = value.parse().unwrap_or(1),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if chunked {
            self.chunks(&mut body)?;
        } else {
            self.stream.read_exact(&mut body)?;
        }
        Ok(Answer { status, retry_after_s, body })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Result<()> {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            let begin = body.len();
            body.resize(begin + length + 2, 0);
            self.stream.read_exact(&mut body[begin..])?;
            body.truncate(begin + length);
            if length == 0 {
                return Ok(());
            }
        }
    }
}
