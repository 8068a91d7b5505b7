//! A controller at rest, with a few agents. See README.md.

#[path = "../../ingest/src/controller.rs"]
#[expect(dead_code, reason = "the ingest bench needs more of it")]
mod controller;
#[path = "../../ingest/src/http.rs"]
#[expect(dead_code, reason = "the ingest bench needs more of it")]
mod http;
#[path = "../../ingest/src/machine.rs"]
mod machine;

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use controller::{Controller, KEY};

/// Until every agent has reported once and the hours that are over are packed.
const SETTLE: Duration = Duration::from_secs(75);

/// P14: hundredths of a core, and megabytes.
const CORE_PERCENT_MAX: f64 = 1.0;
const MEMORY_MB_MAX: f64 = 60.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, address, number] = &arguments[..]
        && role == "agent"
    {
        agent(address, number);
    }
    let argument = |index: usize| arguments.get(index).map(|text| text.parse::<u64>().expect("a number"));
    let (agents, seconds) = (argument(0).unwrap_or(5), argument(1).unwrap_or(150));
    machine::print();
    let directory = std::env::temp_dir().join(format!("tierline-bench-rest-{}", std::process::id()));
    let controller = Controller::start(&directory.join("data"), &[]);
    let mut children: Vec<Child> = (0..agents)
        .map(|number| {
            let mut agent = Command::new(std::env::current_exe().expect("our own path"));
            agent.args(["agent", &controller.address, &number.to_string()]);
            agent.env("APPDYNAMICS_AGENT_BASE_DIR", directory.join(format!("agent-{number}")));
            agent.spawn().expect("an agent")
        })
        .collect();
    std::thread::sleep(SETTLE);
    let (before, begun) = (controller.cpu(), Instant::now());
    let mut most_kb = 0;
    while begun.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_secs(1));
        most_kb = most_kb.max(controller.memory_kb("VmRSS:"));
    }
    let percent = 100.0 * (controller.cpu() - before).as_secs_f64() / begun.elapsed().as_secs_f64();
    let accepted = controller.metric("tierline_ingest_batches_accepted_total");
    let polls = controller.metric("tierline_opamp_messages_total");
    for child in &mut children {
        let _ = child.kill();
        let _ = child.wait();
    }
    controller.stop();
    std::fs::remove_dir_all(&directory).expect("remove");
    println!("{agents} agents, {accepted} batches and {polls} polls since the start");
    assert!(accepted >= agents && polls > agents, "the agents are not connected");
    let memory_mb = most_kb as f64 / 1e3;
    let line =
        |what: String, reached: bool| println!("P14 {}: {what}", if reached { "reached" } else { "MISSED" });
    line(format!("{percent:.2} % of a core (1 %)"), percent <= CORE_PERCENT_MAX);
    line(format!("{memory_mb:.1} MB resident at most (60 MB)"), memory_mb <= MEMORY_MB_MAX);
}

/// Works a little until it is ended.
fn agent(address: &str, number: &str) -> ! {
    let (host, port) = address.rsplit_once(':').expect("host and port");
    let config = tierline::Config::new("shop", &format!("tier-{number}"), &format!("node-{number}"))
        .controller(host, port.parse().expect("a port"))
        .account("customer1")
        .access_key(KEY);
    assert!(tierline::init(config), "the settings are all there");
    loop {
        if let Some(bt) = tierline::start_bt("/look", None) {
            let properties = [("HOST", "db.internal"), ("PORT", "5432")];
            let query = Some("SELECT 1");
            let exit = bt.exit_call(tierline::ExitType::Db, "orders", &properties, query, &[]);
            std::thread::sleep(Duration::from_millis(5));
            drop(exit);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
