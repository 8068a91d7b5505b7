//! What a business transaction costs in a Rust program, beside `tracing` with the OpenTelemetry SDK in the same
//! run. CPU time of all threads; the subjects take turns; medians.

mod ours;
mod peer;

use std::collections::HashMap;
use std::hint::black_box;

use cpu_time::ProcessTime;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tierline::{ExitCall, ExitType};

const REPETITIONS: usize = 9;

/// CPU nanoseconds per round of `work`.
fn run(rounds: u32, work: &mut dyn FnMut(u32)) -> f64 {
    let start = ProcessTime::now();
    work(rounds);
    start.elapsed().as_nanos() as f64 / f64::from(rounds)
}

struct Subject<'a> {
    name: &'a str,
    rounds: u32,
    work: Box<dyn FnMut(u32) + 'a>,
    results: Vec<f64>,
}

fn subject<'a>(name: &'a str, rounds: u32, mut work: impl FnMut() + 'a) -> Subject<'a> {
    let work = Box::new(move |rounds| (0..rounds).for_each(|_| work()));
    Subject { name, rounds, work, results: Vec::new() }
}

fn median(results: &mut [f64]) -> f64 {
    results.sort_by(f64::total_cmp);
    results.get(results.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let core = ours::core();
    let (provider, _guard) = peer::begin();
    let propagator = TraceContextPropagator::new();
    let mut headers = HashMap::new();
    let (mut header, mut other_header) = (String::new(), String::new());
    let bt = core.begin("/parts", None);
    let backend = core.backend(&ExitType::Db, "orders", &ours::PROPERTIES);
    let exit = bt.begin_exit(ExitCall {
        exit_type: ExitType::Db,
        display_name: "orders",
        backend: &backend,
        operation: None,
        optional_properties: &[],
    });
    let mut subjects = [
        subject("tierline            W0", 1_000_000, || ours::w0(&core)),
        subject("tracing + OTel SDK  W0", 100_000, peer::w0),
        subject("tierline            W", 500_000, || ours::w(&core, &mut header)),
        subject("tracing + OTel SDK  W", 50_000, || peer::w(&mut headers, &propagator)),
        subject("  part: backend of four properties", 1_000_000, || {
            black_box(core.backend(&ExitType::Db, "orders", black_box(&ours::PROPERTIES)));
        }),
        subject("  part: correlation header", 1_000_000, || {
            other_header.clear();
            black_box(exit.as_ref().map(|exit| exit.correlation_header(false, &mut other_header)));
        }),
        subject("  part: running BT by its key", 1_000_000, || {
            black_box(core.by_key(black_box(bt.key())));
        }),
        subject("  for comparison: the system's clock", 1_000_000, || {
            black_box(std::time::Instant::now());
        }),
    ];
    for _ in 0..REPETITIONS {
        for subject in &mut subjects {
            subject.results.push(run(subject.rounds, &mut subject.work));
        }
    }
    println!("CPU ns, median of {REPETITIONS} interleaved repetitions (best)");
    for subject in &mut subjects {
        let median = median(&mut subject.results);
        let best = subject.results.first().copied().unwrap_or(f64::NAN);
        println!("{:<38} {median:>9.1}   ({best:.1})", subject.name);
    }
    let many = many_threads(&core, 2);
    println!("tierline W on 2 threads, CPU ns each   {many:>9.1}");
    let _ = provider.shutdown();
}

/// W on several threads at once: what they would wait for each other shows here.
fn many_threads(core: &std::sync::Arc<tierline::Core>, threads: u32) -> f64 {
    const ROUNDS: u32 = 1_000_000;
    let start = ProcessTime::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut header = String::new();
                (0..ROUNDS).for_each(|_| ours::w(core, &mut header));
            });
        }
    });
    start.elapsed().as_nanos() as f64 / f64::from(ROUNDS * threads)
}
