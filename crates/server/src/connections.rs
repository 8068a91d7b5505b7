//! Connections: a bounded number, a share for each address, with or without TLS, and none that says nothing for long.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::controller::Shared;
use crate::counters::Counters;
use crate::limits::{
    CONNECTION_IDLE_S, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, FIRST_REQUEST_S, REQUEST_HEAD_BYTES_MAX,
    REQUEST_HEAD_S, REQUESTS_PER_CONNECTION_MAX, STOP_GRACE_S,
};
use crate::tls::Tls;

/// The other side of a connection; every request carries it as an extension.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
}

/// How many connections there are.
#[derive(Default)]
pub struct Connections {
    open: AtomicUsize,
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let own = by_address.entry(address).or_default();
        if *own >= CONNECTIONS_PER_ADDRESS_MAX {
            return None;
        }
        *own += 1;
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(Place { connections: Arc::clone(self), address })
    }
}

/// The place of one connection.
struct Place {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.fetch_sub(1, Ordering::Relaxed);
        let mut by_address = self.connections.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = by_address.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// Answers connections until `stop` is done, then gives running requests a few seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    controller: Shared,
    tls: Option<Arc<Tls>>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let Some((stream, address, permit)) = accepted else { continue };
        let Some(place) = controller.connections.enter(address.ip().to_canonical()) else {
            Counters::add(&controller.counters.connections_refused, 1);
            continue;
        };
        // Answers are written whole; waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _held = (permit, place);
            let asked = Arc::new(AtomicBool::new(false));
            let stream = Connection::new(stream, Arc::clone(&asked));
            match tls {
                None => talk(stream, address, router, asked, watcher).await,
                Some(tls) => {
                    // The first request's time limit covers the handshake.
                    if let Ok(stream) = TlsAcceptor::from(tls.config()).accept(stream).await {
                        talk(stream, address, router, asked, watcher).await;
                    }
                }
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(Duration::from_secs(STOP_GRACE_S), graceful.shutdown()).await;
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// The next connection, when there are not too many; further ones wait in the system's queue.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => Some((stream, address, permit)),
        Err(_) => {
            // Out of file descriptors, or a connection that broke at once: there will be others.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    address: SocketAddr,
    router: Router,
    asked: Arc<AtomicBool>,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer { address });
        router.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(REQUEST_HEAD_S))
        .max_buf_size(REQUEST_HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(CONNECTION_IDLE_S / 4))
        .keep_alive_timeout(Duration::from_secs(CONNECTION_IDLE_S / 4))
        .max_header_list_size(REQUEST_HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(REQUESTS_PER_CONNECTION_MAX);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    // Whatever breaks a connection is the other side's affair; what was acknowledged is durable.
    let _ = watcher.watch(connection).await;
}

/// A connection that ends when its other side says nothing for [`CONNECTION_IDLE_S`], or has not asked anything
/// after [`FIRST_REQUEST_S`].
pub struct Connection {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    asked: Arc<AtomicBool>,
}

impl Connection {
    fn new(stream: TcpStream, asked: Arc<AtomicBool>) -> Self {
        let idle = Box::pin(tokio::time::sleep(Duration::from_secs(FIRST_REQUEST_S)));
        Self { stream, idle, asked }
    }

    fn heard(&mut self) {
        // Before the first request every byte counts, but no time is given for it.
        if self.asked.load(Ordering::Relaxed) {
            self.idle.as_mut().reset(Instant::now() + Duration::from_secs(CONNECTION_IDLE_S));
        }
    }

    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.idle.as_mut().poll(context).is_ready()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.heard();
            return read;
        }
        if self.is_over(context) { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.heard();
            return written;
        }
        // Who asks and does not read the answer.
        if self.is_over(context) { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if written.is_ready() {
            self.heard();
            return written;
        }
        if self.is_over(context) { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending }
    }
}

/// Lets the process have as many connections as the system allows it; shells usually say 1,024.
pub fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_err()
    {
        crate::log::line(&format!("at most {soft} files can be open, connections included"));
    }
}
