//! Ingest of the real controller beside a sink that stores nothing. See README.md.

#[expect(dead_code, reason = "the bench of questions needs more of it")]
mod controller;
mod foreign;
mod http;
mod load;
mod machine;
mod sink;
#[path = "../../store/src/traffic.rs"]
#[expect(dead_code, reason = "the bench of the store needs more of it")]
mod traffic;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use controller::{Controller, bytes_in};
use load::Load;

/// Longest wait for foreign traces to be decided, and for hours to be packed.
const SETTLE: Duration = Duration::from_secs(120);

/// One run.
#[derive(Clone, Copy, Default)]
struct Run {
    cpu: Duration,
    wall: Duration,
    told_to_wait: u64,
    bytes: u64,
    /// Of packing hours.
    packing: Duration,
    /// Of the sums over ten minutes and an hour.
    sums_bytes: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "sink") {
        sink::run();
    }
    let argument = |index: usize| arguments.get(index).map(|text| text.parse::<u64>().expect("a number"));
    let spans = argument(0).unwrap_or(200_000);
    let repetitions = argument(1).unwrap_or(5) as usize;
    let only = arguments.get(2).map_or("", String::as_str);
    machine::print();
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
    let (points, data_points) = Load::points(300_000, now_ms);
    let loads = [Load::snapshots(spans, now_ms), Load::foreign(spans, now_ms), points];
    let directory = std::env::temp_dir().join(format!("tierline-bench-ingest-{}", std::process::id()));
    let mut ours: Vec<Vec<Run>> = vec![Vec::new(); loads.len() * 2];
    let mut ceiling: Vec<Vec<Run>> = ours.clone();
    for _ in 0..repetitions {
        for (index, load) in loads.iter().enumerate().filter(|(_, load)| load.name.contains(only)) {
            for gzip in [false, true] {
                let place = index * 2 + usize::from(gzip);
                ours[place].push(into_the_controller(load, gzip, &directory));
                ceiling[place].push(into_the_sink(load, gzip));
            }
        }
    }
    println!(
        "medians of {repetitions} repetitions, in turns; k/s per core is over processor time of the process"
    );
    for (place, runs) in ours.iter().enumerate().filter(|(_, runs)| !runs.is_empty()) {
        print_line(&loads[place / 2], place % 2 == 1, runs, &ceiling[place]);
    }
    if only.is_empty() {
        targets(&loads, &ours, data_points);
    }
}

fn into_the_controller(load: &Load, gzip: bool, directory: &Path) -> Run {
    let _ = std::fs::remove_dir_all(directory);
    // Foreign traces are decided within the run.
    let variables = [("TIERLINE_FOREIGN_WINDOW_S", "2")];
    let controller = Controller::start(directory, &variables);
    let empty_bytes = bytes_in(directory);
    let (wall, told_to_wait) = load.send(&controller.address, gzip);
    if load.name.contains("OpenTelemetry") {
        while controller.metric("tierline_foreign_traces_waiting") > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    let cpu = controller.stop();
    // The log of foreign telemetry goes when its traces are decided and repetitions are not to be expected any more.
    let bytes = bytes_in(directory) - bytes_in(&directory.join("foreign")) - empty_bytes;
    let mut run = Run { cpu, wall, told_to_wait, bytes, ..Run::default() };
    if load.path == "/v1/metrics" {
        // A start packs the hours that are over.
        let controller = Controller::start(directory, &variables);
        controller.wait_until_idle(SETTLE);
        run.packing = controller.stop();
        run.bytes = bytes_in(&directory.join("metrics"));
        run.sums_bytes = bytes_in(&directory.join("metrics-10m")) + bytes_in(&directory.join("metrics-1h"));
    }
    std::fs::remove_dir_all(directory).expect("remove");
    run
}

fn into_the_sink(load: &Load, gzip: bool) -> Run {
    let this: PathBuf = std::env::current_exe().expect("our own path");
    let sink = Controller::of(Command::new(this).arg("sink"));
    let (wall, told_to_wait) = load.send(&sink.address, gzip);
    Run { cpu: sink.stop(), wall, told_to_wait, ..Run::default() }
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Thousands a second of processor time.
fn per_core(load: &Load, run: &Run) -> f64 {
    load.items as f64 / run.cpu.as_secs_f64() / 1e3
}

fn print_line(load: &Load, gzip: bool, runs: &[Run], ceiling: &[Run]) {
    let (own, most) = (median(runs, |run| per_core(load, run)), median(ceiling, |run| per_core(load, run)));
    let least = runs.iter().map(|run| per_core(load, run)).fold(f64::INFINITY, f64::min);
    println!(
        "{}, {}: {own:.0} k/s per core (least {least:.0}), {:.0} k/s on the clock; the sink {most:.0} k/s per core: {:.0} %; {:.0} B each on the wire, {:.1} B on disk{}",
        load.name,
        if gzip { "gzip" } else { "plain" },
        load.items as f64 / median(runs, |run| run.wall.as_secs_f64()) / 1e3,
        100.0 * own / most,
        load.bytes_per_item(gzip),
        median(runs, |run| run.bytes as f64) / load.items as f64,
        match runs.iter().map(|run| run.told_to_wait).sum::<u64>() {
            0 => String::new(),
            times => format!("; told to wait {times} times"),
        }
    );
    let packing = median(runs, |run| run.packing.as_secs_f64());
    if packing > 0.0 {
        println!(
            "  packing the hours: {:.2} s = {:.0} k/s per core; {:.1} B of sums over ten minutes and an hour",
            packing,
            load.items as f64 / packing / 1e3,
            median(runs, |run| run.sums_bytes as f64) / load.items as f64
        );
    }
}

fn targets(loads: &[Load], ours: &[Vec<Run>], data_points: u64) {
    let line = |id: &str, what: String, reached: bool| {
        println!("{id} {}: {what}", if reached { "reached" } else { "MISSED" });
    };
    let rate = |place: usize| median(&ours[place], |run| per_core(&loads[place / 2], run));
    let each = |place: usize| median(&ours[place], |run| run.bytes as f64) / loads[place / 2].items as f64;
    for place in [0, 1] {
        let how = if place == 0 { "plain" } else { "gzip" };
        line("P10", format!("{:.0} k spans/s per core, {how} (150 k)", rate(place)), rate(place) >= 150.0);
    }
    line("P11", format!("{:.1} B a span (60)", each(0)), each(0) <= 60.0);
    for place in [4, 5] {
        let how = if place == 4 { "plain" } else { "gzip" };
        let otlp = rate(place) * data_points as f64 / loads[2].items as f64;
        line(
            "P12",
            format!(
                "{:.0} k points/s per core, {how} (300 k); these are {otlp:.0} k data points of OTLP",
                rate(place)
            ),
            rate(place) >= 300.0,
        );
    }
    line("P12", format!("{:.1} B a point after packing (40)", each(4)), each(4) <= 40.0);
}
