//! The agent API in Rust's manners: the documented verbs, guards that end on drop, nothing that fails.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tierline_model::correlation::HEADER_NAME;
use tierline_model::{ErrorRecord, ExitType};

use crate::config::Config;
use crate::context::{self, Restore, Scope};
use crate::exit_call::ExitHandle;
use crate::process;
use crate::transaction::BtHandle;

/// Begins reporting. Answers whether the settings that are needed are there: application, tier, node, and a
/// controller with an access key, or an OTLP endpoint. Waits for nothing; may be called again.
///
/// ```no_run
/// let config = tierline::Config::new("shop", "front", "front-1")
///     .controller("127.0.0.1", 8090)
///     .access_key("…");
/// if !tierline::init(config) {
///     eprintln!("not monitored: settings are missing");
/// }
/// # fn serve() {}
/// serve();
/// tierline::shutdown(Some(std::time::Duration::from_millis(500)));
/// ```
pub fn init(config: Config) -> bool {
    process::init(config.resolve())
}

/// Ends all BTs and waits until the controller has everything, at most for `timeout` (`None`: 30 s), also for one
/// that is away at the moment; what it does not have by then is on disk for the next start. Answers whether everything
/// was delivered. Call it before `main` ends: a program that ends without loses its last minute.
///
/// ```
/// // Without `init` there is nothing to do.
/// assert!(tierline::shutdown(None));
/// ```
pub fn shutdown(timeout: Option<Duration>) -> bool {
    process::shutdown(timeout)
}

/// Delivers what has ended so far, at most for `timeout`, and goes on.
///
/// ```
/// tierline::flush(std::time::Duration::from_millis(100));
/// ```
pub fn flush(timeout: Duration) -> bool {
    process::flush(timeout)
}

/// Begins a BT in this execution context, continuing the one in `header` when there is one. `None` before
/// [`init`] and after [`shutdown`], and while a BT is active here.
///
/// ```
/// # let incoming: Option<&str> = None;
/// let bt = tierline::start_bt("/checkout", incoming);
/// // … the work …
/// drop(bt); // ends it
/// ```
#[must_use = "a BT ends when it is dropped"]
pub fn start_bt(name: &str, header: Option<&str>) -> Option<Bt> {
    process::with_current(|core| {
        let core = core?;
        let active = context::active_key();
        if active != 0 && core.by_key(active).is_some() {
            return None;
        }
        let handle = core.begin(name, header);
        if !handle.is_active() {
            return None;
        }
        context::set_active_key(handle.key());
        Some(Bt { handle })
    })
}

/// A running BT that ends when it is dropped. Dereferences to [`BtHandle`], whose clones other threads may
/// have.
#[derive(Debug)]
#[must_use = "a BT ends when it is dropped"]
pub struct Bt {
    handle: BtHandle,
}

impl Bt {
    /// Ends the BT.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/checkout", None) {
    ///     bt.end();
    /// }
    /// ```
    pub fn end(self) {
        drop(self);
    }

    /// Ends the BT in error.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/import", None) {
    ///     match "x".parse::<u32>() {
    ///         Ok(_) => bt.end(),
    ///         Err(error) => bt.fail(&error),
    ///     }
    /// }
    /// ```
    pub fn fail<E: Error + ?Sized>(self, error: &E) {
        self.handle.end_with(vec![record_of(error)]);
    }

    /// Another handle on the same BT, for other threads.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/fan-out", None) {
    ///     let handle = bt.handle();
    ///     std::thread::spawn(move || handle.add_user_data("from", "a thread")).join().unwrap();
    /// }
    /// ```
    #[must_use]
    pub fn handle(&self) -> BtHandle {
        self.handle.clone()
    }

    /// Moves the BT's context from this thread into `future`: inside, and on whatever thread it is polled,
    /// the BT is the active one; here another may begin.
    ///
    /// ```
    /// # async fn work() {}
    /// async fn handler() {
    ///     match tierline::start_bt("/checkout", None) {
    ///         Some(bt) => bt.in_scope(work()).await,
    ///         None => work().await,
    ///     }
    /// }
    /// ```
    pub fn in_scope<F: Future>(&self, future: F) -> Scope<F> {
        context::leave(self.handle.key());
        Scope::new(self.handle.key(), future)
    }
}

impl Deref for Bt {
    type Target = BtHandle;

    fn deref(&self) -> &BtHandle {
        &self.handle
    }
}

impl Drop for Bt {
    fn drop(&mut self) {
        context::leave(self.handle.key());
        if !self.handle.is_active() {
            return; // `fail`, the timeout or `shutdown` ended it
        }
        if std::thread::panicking() {
            self.handle.end_with(vec![panic_record()]);
        } else {
            self.handle.end();
        }
    }
}

impl BtHandle {
    /// Adds user data, kept when the BT is; shown under **USER DATA**. Values are cut to 5,000 characters.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/checkout", None) {
    ///     bt.add_snapshot_data("basket", "3 items");
    /// }
    /// ```
    pub fn add_snapshot_data(&self, key: &str, value: &str) {
        self.add_user_data(key, value);
    }

    /// Marks the BT as in error. It goes on.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/checkout", None) {
    ///     bt.report_error(&std::io::Error::other("the printer is out of paper"));
    /// }
    /// ```
    pub fn report_error<E: Error + ?Sized>(&self, error: &E) {
        self.mark_error(record_of(error));
    }

    /// Begins an exit call to the backend of these identifying properties. `operation` is what is done there:
    /// a URL, an SQL text. `optional_properties` are shown in the snapshot. `None` when the BT is over, or
    /// when another exit call is active and `TIERLINE_CONCURRENT_EXIT_CALLS` is off.
    ///
    /// ```
    /// use tierline::ExitType;
    /// if let Some(bt) = tierline::start_bt("/checkout", None) {
    ///     let identity = [("HOST", "db.example"), ("PORT", "5432"), ("VENDOR", "POSTGRESQL")];
    ///     let exit = bt.exit_call(ExitType::Db, "orders", &identity, Some("SELECT 1"), &[]);
    ///     // … the call …
    ///     drop(exit); // ends it
    /// }
    /// ```
    #[must_use = "an exit call ends when it is dropped"]
    pub fn exit_call(
        &self,
        exit_type: ExitType,
        display_name: &str,
        identifying_properties: &[(&str, &str)],
        operation: Option<&str>,
        optional_properties: &[(&str, &str)],
    ) -> Option<Exit> {
        let handle = self.begin_exit_to(
            &exit_type,
            display_name,
            identifying_properties,
            operation,
            optional_properties,
        )?;
        Some(Exit { handle: Some(handle) })
    }

    /// Runs `work` with this BT as the active one of the calling thread.
    ///
    /// ```
    /// if let Some(bt) = tierline::start_bt("/fan-out", None) {
    ///     let handle = bt.handle();
    ///     let thread = std::thread::spawn(move || handle.run(|| assert!(tierline::active_bt().is_some())));
    ///     thread.join().unwrap();
    /// }
    /// ```
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> R {
        let _restore = Restore(context::active_key());
        context::set_active_key(self.key());
        work()
    }
}

/// A running exit call that ends when it is dropped.
#[derive(Debug)]
#[must_use = "an exit call ends when it is dropped"]
pub struct Exit {
    handle: Option<ExitHandle>,
}

impl Exit {
    /// Ends the call.
    ///
    /// ```
    /// # use tierline::ExitType;
    /// # if let Some(bt) = tierline::start_bt("/x", None) {
    /// if let Some(exit) = bt.exit_call(ExitType::Http, "payment", &[("HOST", "pay.example")], None, &[]) {
    ///     exit.end();
    /// }
    /// # }
    /// ```
    pub fn end(self) {
        drop(self);
    }

    /// Ends the call in error; its BT is in error with it.
    ///
    /// ```
    /// # use tierline::ExitType;
    /// # if let Some(bt) = tierline::start_bt("/x", None) {
    /// if let Some(exit) = bt.exit_call(ExitType::Http, "payment", &[("HOST", "pay.example")], None, &[]) {
    ///     exit.fail(&std::io::Error::other("connection refused"));
    /// }
    /// # }
    /// ```
    pub fn fail<E: Error + ?Sized>(mut self, error: &E) {
        if let Some(handle) = self.handle.take() {
            handle.end_with(vec![record_of(error)]);
        }
    }

    /// What to send along so that the tier behind continues this BT. `None` when correlation is switched off
    /// or the BT is over.
    ///
    /// ```
    /// # use tierline::ExitType;
    /// # if let Some(bt) = tierline::start_bt("/x", None) {
    /// if let Some(exit) = bt.exit_call(ExitType::Http, "stock", &[("HOST", "stock.example")], None, &[])
    ///     && let Some(header) = exit.correlation_header()
    /// {
    ///     println!("{}: {}", header.name(), header.value());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn correlation_header(&self) -> Option<CorrelationHeader> {
        let mut text = String::new();
        self.handle.as_ref()?.correlation_header(false, &mut text).then_some(CorrelationHeader(text))
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            if std::thread::panicking() {
                handle.end_with(vec![panic_record()]);
            } else {
                handle.end();
            }
        }
    }
}

/// The text that lets the next tier continue a BT. Dereferences to it, so that it fits [`start_bt`].
///
/// ```
/// let received = tierline::CorrelationHeader::from("appId=1*…");
/// let bt = tierline::start_bt("/continued", Some(&received));
/// # drop(bt);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CorrelationHeader(String);

impl CorrelationHeader {
    /// The name of the header: `singularityheader`, compared without case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        HEADER_NAME
    }

    /// Its value: ASCII, at most 1,024 bytes when made here.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.0
    }
}

impl Deref for CorrelationHeader {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for CorrelationHeader {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for CorrelationHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error as it is reported: the type without its path, the message, and what it says caused it.
fn record_of<E: Error + ?Sized>(error: &E) -> ErrorRecord {
    let path = std::any::type_name::<E>();
    // `alloc::vec::Vec<a::B>` has the path of the outer type in front only.
    let end = path.find('<').unwrap_or(path.len());
    let start = path.get(..end).and_then(|outer| outer.rfind("::")).map_or(0, |colons| colons + 2);
    let mut stack = String::new();
    let mut source = error.source();
    while let Some(cause) = source
        && stack.len() < crate::limits::CAUSES_BYTES_MAX
    {
        stack.push_str("caused by: ");
        stack.push_str(&cause.to_string());
        stack.push('\n');
        source = cause.source();
    }
    ErrorRecord {
        type_name: Arc::from(path.get(start..).unwrap_or(path)),
        message: Arc::from(error.to_string()),
        stack: Arc::from(stack),
    }
}

fn panic_record() -> ErrorRecord {
    ErrorRecord {
        type_name: Arc::from("panic"),
        message: Arc::from("the thread panicked while this was running"),
        stack: Arc::from(""),
    }
}
