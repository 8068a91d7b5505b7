//! The ceiling: a server that decodes OTLP into the messages of the protocol, counts what is in them and forgets them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::GzDecoder;
use prost::Message as _;
use tierline_wire::proto::otlp::collector::metrics::v1::ExportMetricsServiceRequest;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;

static ITEMS: AtomicU64 = AtomicU64::new(0);

/// Serves until it is ended.
pub fn run() -> ! {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("sink at http://{}", listener.local_addr().expect("an address"));
    // SAFETY: the handler only ends the process.
    unsafe { libc::signal(libc::SIGTERM, end as *const () as libc::sighandler_t) };
    loop {
        let (stream, _) = listener.accept().expect("a connection");
        std::thread::spawn(move || {
            let _ = serve(stream);
        });
    }
}

extern "C" fn end(_: i32) {
    // SAFETY: allowed in a handler.
    unsafe { libc::_exit(0) }
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let (mut length, mut gzip) = (0, false);
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "content-encoding" => gzip = true,
                _ => {}
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body)?;
        let mut plain = Vec::new();
        if gzip {
            GzDecoder::new(&body[..]).read_to_end(&mut plain)?;
        }
        let items = count(&path, if gzip { &plain } else { &body });
        ITEMS.fetch_add(items, Ordering::Relaxed);
        let said = if path.starts_with("/v1/") { "" } else { "<available>true</available>" };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: {}\r\n\r\n{said}",
            said.len()
        );
        stream.get_mut().write_all(head.as_bytes())?;
    }
}

fn count(path: &str, body: &[u8]) -> u64 {
    match path {
        "/v1/traces" => {
            let request = ExportTraceServiceRequest::decode(body).expect("traces");
            let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
            scopes.map(|scope| scope.spans.len() as u64).sum()
        }
        "/v1/metrics" => {
            let request = ExportMetricsServiceRequest::decode(body).expect("metrics");
            let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
            scopes.map(|scope| scope.metrics.len() as u64).sum()
        }
        _ => 0,
    }
}
