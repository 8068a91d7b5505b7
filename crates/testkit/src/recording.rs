//! A recording controller: a small HTTP server that takes what agents send, remembers it, and can misbehave in all
//! the ways that controllers and networks do.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tierline_model::{AgentConfig, AgentIdentity, Incarnation, Segment};
use tierline_wire::opamp::{
    AgentMessage, RemoteConfig, ServerMessage, decode_agent_message, encode_server_message,
};
use tierline_wire::otlp::{AgentReport, DecodeLimits, decode_metrics, decode_traces};

/// How the controller treats a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Behaviour {
    /// As it should.
    Well,
    /// Reads and never answers.
    BlackHole,
    /// Answers this status, with `Retry-After` in seconds when given, and takes nothing.
    Status(u16, Option<u64>),
    /// Answers bytes that are not HTTP, and takes nothing.
    Garbage,
    /// Answers 200 with a body that is no message, and takes it.
    GarbageBody,
    /// Takes the request and closes the connection without an answer.
    TakeAndClose,
    /// Closes the connection in the middle of the request.
    CloseMidway,
    /// Takes and answers after this long.
    Slow(Duration),
    /// Answers 200, and that it rejected so many items.
    Partial(i64),
}

/// A request that came in complete.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// When it was complete.
    pub at: Instant,
    /// Its path.
    pub path: String,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body as sent.
    pub sent: Vec<u8>,
    /// Its body, unzipped.
    pub body: Vec<u8>,
    /// Whether it was taken: what is not counts for nothing.
    pub taken: bool,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    /// For OpAMP alone, when it is not to be treated like the rest.
    opamp_behaviour: Mutex<Option<Behaviour>>,
    recorded: Mutex<Vec<Recorded>>,
    config: Mutex<Option<AgentConfig>>,
    connections: AtomicU64,
    stop: AtomicBool,
}

/// The controller. Stops when dropped.
pub struct RecordingController {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<Listening>,
}

struct Listening {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RecordingController {
    /// Listens on a free port of the loopback.
    ///
    /// # Errors
    /// When there is none.
    pub fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(Behaviour::Well),
            opamp_behaviour: Mutex::new(None),
            recorded: Mutex::new(Vec::new()),
            config: Mutex::new(None),
            connections: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let listening = Some(listen(listener, &shared)?);
        Ok(Self { address, shared, listening })
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How it treats requests from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *lock(&self.shared.behaviour) = behaviour;
    }

    /// How it treats OpAMP from now on; `None`: like everything else.
    pub fn behave_at_opamp(&self, behaviour: Option<Behaviour>) {
        *lock(&self.shared.opamp_behaviour) = behaviour;
    }

    /// Refuses connections from now on.
    pub fn refuse(&mut self) {
        if let Some(Listening { stop, thread }) = self.listening.take() {
            stop.store(true, Ordering::SeqCst);
            // Only a panic makes this fail, and it has been printed.
            let _ = thread.join();
        }
    }

    /// Listens again, on the same port.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub fn listen_again(&mut self) -> io::Result<()> {
        if self.listening.is_none() {
            self.listening = Some(listen(TcpListener::bind(self.address)?, &self.shared)?);
        }
        Ok(())
    }

    /// The configuration it offers over OpAMP.
    pub fn offer(&self, config: AgentConfig) {
        *lock(&self.shared.config) = Some(config);
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Everything that came in.
    #[must_use]
    pub fn recorded(&self) -> Vec<Recorded> {
        lock(&self.shared.recorded).clone()
    }

    /// The reports taken, by what identifies them: a repetition replaces.
    ///
    /// # Panics
    /// When an agent sent what cannot be decoded, or something in it was rejected.
    #[must_use]
    pub fn reports(&self) -> BTreeMap<(Incarnation, u64), AgentReport> {
        let mut reports = BTreeMap::new();
        for request in self.taken("/v1/metrics") {
            let decoded = decode_metrics(&request.body, &DecodeLimits::default()).expect("a metrics request");
            assert_eq!(decoded.outcome.partial_success(), None, "rejected");
            for report in decoded.reports {
                reports.insert((report.agent.incarnation, report.report.start_ms), report);
            }
        }
        reports
    }

    /// BTs ended, over all reports taken.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.reports().values().map(|report| report.report.ledger.ended).sum()
    }

    /// The segments taken; a later record of the same span replaces.
    ///
    /// # Panics
    /// When an agent sent what cannot be decoded, or something in it was rejected.
    #[must_use]
    pub fn segments(&self) -> Vec<(AgentIdentity, Segment)> {
        let mut segments = BTreeMap::new();
        for request in self.taken("/v1/traces") {
            let decoded = decode_traces(&request.body, &DecodeLimits::default()).expect("a traces request");
            assert_eq!(decoded.outcome.partial_success(), None, "rejected");
            for batch in decoded.batches {
                for segment in batch.segments {
                    let key = (segment.guid, segment.span_id);
                    segments.insert(key, (batch.agent.clone(), segment));
                }
            }
        }
        segments.into_values().collect()
    }

    /// What agents said over OpAMP.
    ///
    /// # Panics
    /// When it cannot be decoded.
    #[must_use]
    pub fn opamp_messages(&self) -> Vec<AgentMessage> {
        let messages = self.taken(tierline_wire::opamp::PATH).into_iter();
        messages.map(|request| decode_agent_message(&request.body).expect("an OpAMP message")).collect()
    }

    fn taken(&self, path: &str) -> Vec<Recorded> {
        self.recorded().into_iter().filter(|request| request.taken && request.path == path).collect()
    }

    /// Waits until `met`, at most `seconds`; answers whether it was.
    pub fn wait(&self, seconds: u64, met: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if met(self) {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for RecordingController {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.refuse();
    }
}

fn listen(listener: TcpListener, shared: &Arc<Shared>) -> io::Result<Listening> {
    listener.set_nonblocking(true)?;
    let stop = Arc::new(AtomicBool::new(false));
    let (stopping, shared) = (stop.clone(), shared.clone());
    let thread = std::thread::Builder::new().name("recording".to_owned()).spawn(move || {
        while !stopping.load(Ordering::SeqCst) {
            match listener.accept() {
                Ok((stream, _)) => {
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                    let (shared, stopping) = (shared.clone(), stopping.clone());
                    std::thread::spawn(move || {
                        // A connection that breaks is what is being tested.
                        let _ = serve(stream, &shared, &stopping);
                    });
                }
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    })?;
    Ok(Listening { stop, thread })
}

fn serve(mut stream: TcpStream, shared: &Shared, stopping: &AtomicBool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_millis(20)))?;
    let mut received = Vec::new();
    loop {
        let Some((head, body)) = read_request(&mut stream, &mut received, shared, stopping)? else {
            return Ok(());
        };
        let opamp = head.path == tierline_wire::opamp::PATH;
        let special = lock(&shared.opamp_behaviour).clone().filter(|_| opamp);
        let behaviour = special.unwrap_or_else(|| lock(&shared.behaviour).clone());
        let taken = matches!(
            behaviour,
            Behaviour::Well
                | Behaviour::TakeAndClose
                | Behaviour::Slow(_)
                | Behaviour::GarbageBody
                | Behaviour::Partial(_)
        );
        if let Behaviour::Slow(wait) = behaviour {
            std::thread::sleep(wait);
        }
        let unzipped = match head.headers.get("content-encoding").map(String::as_str) {
            Some("gzip") => unzip(&body)?,
            _ => body.clone(),
        };
        let answer = if opamp { opamp_answer(&unzipped, shared) } else { Vec::new() };
        lock(&shared.recorded).push(Recorded {
            at: Instant::now(),
            path: head.path,
            headers: head.headers,
            sent: body,
            body: unzipped,
            taken,
        });
        match behaviour {
            Behaviour::Well | Behaviour::Slow(_) => respond(&mut stream, 200, None, &answer)?,
            Behaviour::GarbageBody => respond(&mut stream, 200, None, &[0xff; 100])?,
            Behaviour::Status(status, retry_after) => {
                respond(&mut stream, status, retry_after, b"\x12\x02no")?
            }
            Behaviour::Garbage => stream.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n")?,
            Behaviour::TakeAndClose | Behaviour::CloseMidway => return Ok(()),
            Behaviour::Partial(rejected) => {
                let partial = tierline_wire::otlp::PartialSuccess { rejected, message: "too odd".to_owned() };
                let response = tierline_wire::otlp::ExportResponse { partial_success: Some(partial) };
                let body = response
                    .encode(tierline_wire::otlp::Signal::Metrics, tierline_wire::otlp::Encoding::Protobuf);
                respond(&mut stream, 200, None, &body)?;
            }
            Behaviour::BlackHole => {
                while !stopping.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                return Ok(());
            }
        }
    }
}

struct Head {
    path: String,
    headers: BTreeMap<String, String>,
}

/// `None` when the other side closed, or the controller stops.
fn read_request(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
    shared: &Shared,
    stopping: &AtomicBool,
) -> io::Result<Option<(Head, Vec<u8>)>> {
    let mut buffer = [0; 16_384];
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = parse_head(&received[..end]);
            let length =
                head.headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if *lock(&shared.behaviour) == Behaviour::CloseMidway {
                return Ok(None);
            }
            if received.len() >= end + 4 + length {
                let body = received[end + 4..end + 4 + length].to_vec();
                received.drain(..end + 4 + length);
                return Ok(Some((head, body)));
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(read) => received.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                if stopping.load(Ordering::SeqCst) {
                    return Ok(None);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn parse_head(head: &[u8]) -> Head {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    // A proxy may pass the absolute form on, which every server has to take (RFC 9112, 3.2.2).
    let path = target
        .strip_prefix("http://")
        .and_then(|rest| rest.find('/').map(|at| &rest[at..]))
        .unwrap_or(target);
    let path = path.to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Head { path, headers }
}

fn unzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(body).take(64 << 20).read_to_end(&mut unzipped)?;
    Ok(unzipped)
}

fn respond(stream: &mut TcpStream, status: u16, retry_after: Option<u64>, body: &[u8]) -> io::Result<()> {
    let retry_after = retry_after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} Because\r\nContent-Type: application/x-protobuf\r\n{retry_after}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())
}

/// Offers the configuration unless the agent says that it has it.
fn opamp_answer(body: &[u8], shared: &Shared) -> Vec<u8> {
    let Ok(message) = decode_agent_message(body) else { return Vec::new() };
    let offered = lock(&shared.config).as_ref().and_then(|config| RemoteConfig::of(config).ok());
    let known = message.remote_config_status.map(|status| status.hash);
    let remote_config = offered.filter(|remote| known.as_ref() != Some(&remote.hash));
    encode_server_message(&ServerMessage {
        instance_uid: message.instance_uid,
        remote_config,
        ..ServerMessage::default()
    })
}
