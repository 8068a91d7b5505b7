//! Delivery as a whole, process by process: children use the agent, the parent is the controller.

#![expect(clippy::print_stdout, reason = "the runner prints what a test harness prints")]

mod child;
mod exits;
mod failures;
mod forks;
mod opamp;
mod reports;
mod runner;
mod ways;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, rest)) if first == "child" => child::run(rest),
        _ => runner::run(
            &arguments,
            &[reports::TESTS, failures::TESTS, exits::TESTS, forks::TESTS, opamp::TESTS, ways::TESTS],
        ),
    }
}
