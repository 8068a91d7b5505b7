//! `cargo xtask demo`: the controller, the shop of `examples/shop`, and traffic, until told to stop.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::controller::{Controller, LOGIN};
use crate::python::Environment;
use crate::{dist, node, process, python, setup, workspace};

const APPLICATION: &str = "Shop";
/// Short enough that a newcomer sees numbers while still reading the first lines.
const REPORT_INTERVAL_MS: u64 = 5_000;
/// How long [`Demo::wait_until_visible`] gives the whole way from a request to the page's data.
const VISIBLE_LIMIT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// The tiers of the demo's longest business transaction, of the one that crosses Node, Python and Node, and of those that
/// are observed without a word about it in their code.
const TIERS: [&str; 7] = ["web", "front", "orders", "shipping", "mail", "kiosk", "reviews"];
/// Names RabbitMQ, if there is one, for the queue between the tiers `front` and `mail`.
const AMQP_VARIABLE: &str = "SHOP_AMQP_URL";

/// What the command line asked for.
#[derive(Debug, Default, PartialEq)]
struct Options {
    seconds: Option<u64>,
    listen: Option<String>,
    report_interval_ms: Option<u64>,
    once: bool,
    command: Vec<String>,
}

/// The running demo.
pub struct Demo {
    /// The controller in the middle of it.
    pub controller: Controller,
    shop: Child,
    log: PathBuf,
}

/// Runs the demo as the command line says.
pub fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
    setup::basics()?;
    let built = dist::build()?;
    let interval_ms = options.report_interval_ms.unwrap_or(REPORT_INTERVAL_MS);
    let mut demo = Demo::start(&built, options.listen.as_deref(), interval_ms)?;
    demo.introduce();
    let result = if options.once { demo.once(&options.command) } else { demo.stay(options.seconds) };
    println!("stopping");
    result.and(demo.stop())
}

impl Demo {
    /// Starts everything; the shop makes traffic at once.
    pub fn start(built: &dist::Dist, listen: Option<&str>, report_interval_ms: u64) -> Result<Self> {
        let folder = workspace::target().join("demo");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)?;
        let mut packages = vec!["flask", "redis"];
        packages.extend(std::env::var_os(AMQP_VARIABLE).map(|_| "pika"));
        let environment = Environment::with(&python::main()?, "shop", &packages, "the demo system")?;
        environment.install_wheel(&built.wheel)?;
        let node_tiers = workspace::root().join("examples/shop/node");
        setup::npm_packages(&node_tiers)?;
        node::install_agent(&node_tiers, &built.tarball)?;
        let controller = Controller::start(&built.binary, listen, &folder)?;
        let log = folder.join("shop.log");
        let shop = start_shop(&environment, &controller, &folder, &log, report_interval_ms)?;
        Ok(Self { controller, shop, log })
    }

    /// Waits until all tiers and a slow and a failed request can be seen.
    pub fn wait_until_visible(&mut self) -> Result<()> {
        let deadline = Instant::now() + VISIBLE_LIMIT;
        loop {
            self.check_running()?;
            let missing = match self.missing() {
                Ok(missing) if missing.is_empty() => return Ok(()),
                Ok(missing) => missing.join(", "),
                Err(error) => format!("{error:#}"),
            };
            if process::interrupted() {
                bail!("interrupted");
            }
            if Instant::now() > deadline {
                bail!("after {} s the controller still does not show: {missing}", VISIBLE_LIMIT.as_secs());
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Stops the traffic and the shop first, so that what they have to say is still heard.
    pub fn stop(mut self) -> Result<()> {
        let shop = process::stop(&mut self.shop)?;
        self.controller.stop()?;
        if !shop.success() {
            bail!("the shop ended with {shop}; see {}", self.log.display());
        }
        Ok(())
    }

    fn introduce(&self) {
        println!("\n  page        http://{}/", self.controller.address);
        println!("  login       {LOGIN}   password {}", self.controller.password);
        println!("  access key  {}", self.controller.access_key);
        println!("  logs        {}\n", self.log.with_file_name("").display());
    }

    fn once(&mut self, command: &[String]) -> Result<()> {
        self.wait_until_visible()?;
        println!("the tiers, a slow and a failed request are visible");
        let Some((program, arguments)) = command.split_first() else { return Ok(()) };
        process::run(Command::new(program).args(arguments).envs(self.variables()))
    }

    fn stay(&mut self, seconds: Option<u64>) -> Result<()> {
        println!("Ctrl-C stops everything.");
        let deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        while !process::interrupted() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
            self.check_running()?;
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// How a program run against the demo finds it.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("TIERLINE_URL", format!("http://{}", self.controller.address)),
            ("TIERLINE_LOGIN", LOGIN.to_owned()),
            ("TIERLINE_APP", APPLICATION.to_owned()),
            ("TIERLINE_PASSWORD", self.controller.password.clone()),
            ("TIERLINE_ACCESS_KEY", self.controller.access_key.clone()),
        ]
    }

    fn check_running(&mut self) -> Result<()> {
        if let Some(status) = self.shop.try_wait()? {
            bail!("the shop ended by itself with {status}; see {}", self.log.display());
        }
        if !self.controller.is_running()? {
            bail!(
                "the controller ended by itself; see {}",
                self.log.with_file_name("controller.log").display()
            );
        }
        Ok(())
    }

    /// What a visitor of the page could not see yet.
    fn missing(&self) -> Result<Vec<String>> {
        let tiers = self.list(&format!("{APPLICATION}/tiers?output=JSON"))?;
        let range = "time-range-type=BEFORE_NOW&duration-in-mins=60&output=JSON";
        let snapshots = self.list(&format!("{APPLICATION}/request-snapshots?{range}"))?;
        let mut missing = Vec::new();
        for tier in TIERS {
            if !tiers.iter().any(|found| found["name"] == tier) {
                missing.push(format!("tier {tier}"));
            }
        }
        for (what, verdicts) in
            [("a slow snapshot", &["SLOW", "VERY_SLOW"][..]), ("an error snapshot", &["ERROR"])]
        {
            let is_one =
                |found: &Value| found["userExperience"].as_str().is_some_and(|v| verdicts.contains(&v));
            if !snapshots.iter().any(is_one) {
                missing.push(what.to_owned());
            }
        }
        Ok(missing)
    }

    fn list(&self, path: &str) -> Result<Vec<Value>> {
        let body = self.controller.get(&format!("/controller/rest/applications/{path}"))?;
        serde_json::from_str(&body).with_context(|| format!("{path} is not a JSON list"))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Reached with a running shop only when a task failed half way.
        let _ = process::stop(&mut self.shop);
    }
}

fn start_shop(
    environment: &Environment,
    controller: &Controller,
    folder: &Path,
    log: &Path,
    report_interval_ms: u64,
) -> Result<Child> {
    let (host, port) = controller.address.rsplit_once(':').context("an address is HOST:PORT")?;
    let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut shop = Command::new(environment.python());
    shop.args(["-m", "shop", "--data"]).arg(folder.join("shop"));
    if let Ok(url) = std::env::var(AMQP_VARIABLE) {
        shop.args(["--amqp", &url]);
    }
    shop.current_dir(workspace::root().join("examples/shop"));
    shop.env("APPDYNAMICS_AGENT_APPLICATION_NAME", APPLICATION)
        .env("APPDYNAMICS_CONTROLLER_HOST_NAME", host)
        .env("APPDYNAMICS_CONTROLLER_PORT", port)
        .env("APPDYNAMICS_CONTROLLER_SSL_ENABLED", "off")
        .env("APPDYNAMICS_AGENT_ACCOUNT_NAME", "customer1")
        .env("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY", &controller.access_key)
        .env("APPDYNAMICS_AGENT_BASE_DIR", folder.join("agent"))
        .env("TIERLINE_REPORT_INTERVAL_MS", report_interval_ms.to_string());
    process::start(shop.stdout(output.try_clone()?).stderr(output))
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--seconds" => {
                options.seconds = Some(value()?.parse().context("--seconds takes a whole number")?)
            }
            "--listen" => options.listen = Some(value()?.clone()),
            "--report-interval-ms" => {
                let interval = value()?.parse().context("--report-interval-ms takes a whole number")?;
                options.report_interval_ms = Some(interval);
            }
            "--once" => options.once = true,
            "--" if options.once => options.command = rest.by_ref().cloned().collect(),
            other => bail!("the demo has no option `{other}`; see `cargo xtask help`"),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn options_are_understood() {
        let options = parse(&words("--seconds 5 --listen 127.0.0.1:1 --once -- npm test")).unwrap();
        assert_eq!(options.seconds, Some(5));
        assert_eq!(options.listen.as_deref(), Some("127.0.0.1:1"));
        assert_eq!(options.command, ["npm", "test"]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for line in ["--secnods 5", "--seconds", "--seconds soon", "-- npm"] {
            parse(&words(line)).unwrap_err();
        }
    }
}
