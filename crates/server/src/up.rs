//! `tierline up`: opens the store, listens, answers until told to stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{Quarantined, Retention, Store, StoreOptions};
use tokio::net::TcpListener;

use crate::access_keys::{DEFAULT_ACCOUNT, SYSTEM};
use crate::connections::{self, raise_file_limit};
use crate::controller::{Controller, Shared, now_ms};
use crate::ingest::foreign::keep_deciding;
use crate::limits::{
    KEEP_DAYS_MAX, LARGE_BLOCK_BYTES, RETENTION_INTERVAL_S, STORE_TRY_INTERVAL_S, TLS_LOOK_INTERVAL_S,
};
use crate::roles::ACCOUNT_ADMINISTRATOR;
use crate::router::router;
use crate::settings::Settings;
use crate::tls::Tls;
use crate::users::{ADMIN, ROOT};
use crate::{log, secret};

/// Where spans of other SDKs wait, in the data directory.
const FOREIGN_FOLDER: &str = "foreign";

/// What a first start made up and prints once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FirstStart {
    /// The access key, when there was none.
    pub access_key: Option<String>,
    /// The password of `admin`, when there was none.
    pub password: Option<String>,
}

/// Makes sure that there is an access key and a user, those that were preset or random ones. Blocks.
///
/// # Errors
/// When they cannot be written, or a preset one is unusable.
pub fn prepare(controller: &Controller, settings: &Settings) -> Result<FirstStart> {
    let mut made = FirstStart::default();
    let keys = &controller.access_keys;
    if let Some(key) = &settings.access_key {
        keys.add(DEFAULT_ACCOUNT, Some(key), "preset", now_ms())
            .context("cannot keep the preset access key")?;
    } else if keys.list().is_empty() {
        made.access_key = Some(keys.add(DEFAULT_ACCOUNT, None, "made by the first start", now_ms())?.key);
    }
    let users = &controller.users;
    let role_id = ACCOUNT_ADMINISTRATOR.id;
    let preset =
        [(DEFAULT_ACCOUNT, ADMIN, &settings.admin_password), (SYSTEM, ROOT, &settings.root_password)];
    for (account, user, password) in preset {
        if let Some(password) = password
            && users.verify(account, user, password)?.is_none()
        {
            let what = || format!("cannot set the preset password of {user}@{account}");
            users.set_password(account, user, password, role_id, "settings").with_context(what)?;
        }
    }
    if settings.admin_password.is_none() && users.list(DEFAULT_ACCOUNT).is_empty() {
        let password = secret::token()?;
        users.set_password(DEFAULT_ACCOUNT, ADMIN, &password, role_id, "first start")?;
        made.password = Some(password);
    }
    Ok(made)
}

/// Opens the embedded store for a command that does not know the controller's settings: it drops nothing that a
/// controller may have been told to keep. Blocks.
///
/// # Errors
/// As [`open_store`].
pub fn open_store_as_it_is(data: &Path) -> Result<Arc<SqliteStore>> {
    let retention = Retention::of_days(KEEP_DAYS_MAX);
    open_store(data, StoreOptions { retention, bytes_max: None })
}

/// Opens the embedded store of a data directory that only its owner may read. Blocks.
///
/// # Errors
/// When it cannot be made, is in use, or cannot be understood.
pub fn open_store(data: &Path, options: StoreOptions) -> Result<Arc<SqliteStore>> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("cannot make the data directory {}", data.display()))?;
    // One that was there before may have been made for everybody; access keys are in it.
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot keep the data directory {} to its owner", data.display()))?;
    let store = SqliteStore::open_with(data, options)
        .with_context(|| format!("cannot open the data directory {}", data.display()))?;
    Ok(Arc::new(store))
}

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// When it cannot start.
pub async fn run(settings: Settings) -> Result<()> {
    raise_file_limit();
    return_large_memory();
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen at {}; is another controller running?", settings.listen))?;
    let address = listener.local_addr()?;
    let (controller, tls) = tokio::task::spawn_blocking(move || -> Result<(Shared, Option<Arc<Tls>>)> {
        let tls = settings.tls.as_ref().map(|files| Tls::open(&files.certificate, &files.key));
        let tls = tls.transpose()?.map(Arc::new);
        let store = open_store(&settings.data, settings.storage)?;
        for damaged in store.health()?.quarantined {
            let Quarantined { file, moved_to, reason } = damaged;
            log::line(&format!(
                "{file} cannot be read ({reason}); it was put aside as {moved_to}, the rest goes on"
            ));
        }
        let controller = Arc::new(Controller::with(store, address.to_string(), settings.options())?);
        controller
            .foreign
            .open(&settings.data.join(FOREIGN_FOLDER), settings.foreign_window, &*controller.store)
            .context("cannot open the log of foreign telemetry")?;
        let made = prepare(&controller, &settings)?;
        announce(address, &settings, &made);
        Ok((controller, tls))
    })
    .await??;
    serve(listener, controller, tls, stop_signal()).await
}

/// Makes the allocator give large blocks back when they are freed. Each password check takes 19 MB for a moment; glibc
/// would learn from the first one to keep such blocks, once per thread: some hundred megabytes after a few failed logins.
fn return_large_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets one number inside the allocator; values out of range are refused.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
    }
}

/// Answers until `stop` is done, then gives running requests a few seconds.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    controller: Shared,
    tls: Option<Arc<Tls>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let mut beside = tokio::task::JoinSet::new();
    beside.spawn(clean_up(Arc::clone(&controller)));
    beside.spawn(crate::jobs::run(Arc::clone(&controller)));
    beside.spawn(keep_deciding(Arc::clone(&controller)));
    beside.spawn(try_to_write(Arc::clone(&controller)));
    if let Some(tls) = &tls {
        beside.spawn(look_at_certificate(Arc::clone(tls)));
    }
    let router = router(&controller);
    connections::serve(listener, router, controller, tls, stop).await;
    beside.shutdown().await;
    Ok(())
}

/// Finds out by itself when a store that could not be written can be written again.
async fn try_to_write(controller: Shared) {
    let mut every = tokio::time::interval(Duration::from_secs(STORE_TRY_INTERVAL_S));
    loop {
        every.tick().await;
        if controller.store_state.trouble().is_some() {
            let tried = controller.blocking(|shared| shared.store_state.try_again(&*shared.store, now_ms()));
            let _ = tried.await;
        }
    }
}

/// Reads the certificate again when its files change, and on SIGHUP.
async fn look_at_certificate(tls: Arc<Tls>) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut every = tokio::time::interval(Duration::from_secs(TLS_LOOK_INTERVAL_S));
    let mut hangup = signal(SignalKind::hangup()).ok();
    loop {
        let forced = tokio::select! {
            _ = every.tick() => false,
            Some(()) = async { hangup.as_mut()?.recv().await } => true,
        };
        let tls = Arc::clone(&tls);
        let _ = tokio::task::spawn_blocking(move || tls.look_again(forced)).await;
    }
}

async fn clean_up(controller: Shared) {
    let mut every = tokio::time::interval(Duration::from_secs(RETENTION_INTERVAL_S));
    loop {
        every.tick().await;
        let store = Arc::clone(&controller.store);
        match tokio::task::spawn_blocking(move || store.drop_expired(now_ms())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::line(&format!("old data could not be removed: {error}")),
            Err(error) => log::line(&format!("the clean-up failed: {error}")),
        }
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Whoever reads our output may have gone; that is no reason to stop.
fn announce(address: SocketAddr, settings: &Settings, made: &FirstStart) {
    let mut text = format!(
        "Tierline controller {} at {}://{address}\n  data        {}\n  login       {ADMIN} (REST: {ADMIN}@{DEFAULT_ACCOUNT})\n",
        env!("CARGO_PKG_VERSION"),
        if settings.tls.is_some() { "https" } else { "http" },
        settings.data.display()
    );
    if let Some(password) = &made.password {
        text.push_str(&format!(
            "  password    {password}   (shown only now; `tierline user password` sets a new one)\n"
        ));
    }
    if let Some(key) = &made.access_key {
        text.push_str(&format!(
            "  access key  {key}   (agents need it; `tierline key list --reveal` shows it again)\n"
        ));
    }
    let _ = std::io::stdout().write_all(text.as_bytes());
}
