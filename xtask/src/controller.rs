//! A controller of our own: started on loopback, asked, stopped.

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{http, process};

/// Where people expect it; another free port when somebody has it already.
const PORT_USUAL: u16 = 8090;
const START_LIMIT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A running controller.
pub struct Controller {
    child: Child,
    log: PathBuf,
    /// Host and port it listens on.
    pub address: String,
    /// What agents need to report.
    pub access_key: String,
    /// The password of `admin@customer1` and of `root@system`.
    pub password: String,
}

impl Controller {
    /// Starts `tierline up` with its data and log in `folder`, and waits until it says it is available.
    pub fn start(binary: &Path, listen: Option<&str>, folder: &Path) -> Result<Self> {
        let address = match listen {
            Some(address) => address.to_owned(),
            None => free_address()?,
        };
        let (access_key, password) = (secret()?, secret()?);
        let log = folder.join("controller.log");
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut up = Command::new(binary);
        up.args(["up", "--listen", &address, "--data"]).arg(folder.join("data"));
        up.env("TIERLINE_ACCESS_KEY", &access_key).env("TIERLINE_ADMIN_PASSWORD", &password);
        // Whoever has started it manages its accounts, too.
        up.env("TIERLINE_ROOT_PASSWORD", &password);
        up.stdout(output.try_clone()?).stderr(output);
        let child = process::start(&mut up)?;
        let mut controller = Self { child, log, address, access_key, password };
        match controller.wait_until_available() {
            Ok(()) => Ok(controller),
            Err(error) => {
                // What went wrong at the start matters more than how the stop went.
                let _ = controller.stop();
                Err(error.context(controller.last_words()))
            }
        }
    }

    /// Asks the public REST API as `admin`.
    pub fn get(&self, path: &str) -> Result<String> {
        http::get(&self.address, path, Some(&format!("{}:{}", LOGIN, self.password)))
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(&mut self) -> Result<()> {
        let status = process::stop(&mut self.child)?;
        if !status.success() {
            bail!("the controller ended with {status}; {}", self.last_words());
        }
        Ok(())
    }

    fn wait_until_available(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let status = http::get(&self.address, "/controller/rest/serverstatus", None);
            if status.is_ok_and(|body| body.contains("<available>true</available>")) {
                return Ok(());
            }
            if !self.is_running()? {
                bail!("the controller ended while starting");
            }
            if process::interrupted() {
                bail!("interrupted while the controller was starting");
            }
            if Instant::now() > deadline {
                bail!("the controller was not available after {} s", START_LIMIT.as_secs());
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(10)..];
        format!("the end of {}:\n{}", self.log.display(), last.join("\n"))
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        // Reached with a running child only when a task failed half way.
        let _ = process::stop(&mut self.child);
    }
}

/// The login that Basic authentication and the page take.
pub const LOGIN: &str = "admin@customer1";

/// A free loopback port: the usual one when possible.
pub fn free_address() -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", PORT_USUAL))
        .or_else(|_| TcpListener::bind(("127.0.0.1", 0)))
        .context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.to_string())
}

/// 96 random bits as text.
fn secret() -> Result<String> {
    let mut bytes = [0_u8; 12];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
