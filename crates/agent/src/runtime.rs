//! CPU, memory and threads of this process, and the CPU time of the reporter's own thread.

use tierline_model::RuntimeSample;

/// Remembers what was read last, so that CPU time can be told per interval.
#[derive(Debug, Default)]
pub struct RuntimeSampler {
    process_cpu_ms: Option<f64>,
    agent_cpu_ms: Option<f64>,
}

impl RuntimeSampler {
    /// A sampler whose first interval begins now.
    #[must_use]
    pub fn start() -> Self {
        // The reporter's thread is yet to start: all it uses counts.
        let mut sampler = Self { process_cpu_ms: None, agent_cpu_ms: Some(0.0) };
        sampler.sample(0, false);
        sampler
    }

    /// What was used since the last call. Away from the reporter's thread its CPU time is not known. What the system
    /// does not tell is 0.
    pub fn sample(&mut self, agent_memory_bytes: usize, on_reporter: bool) -> RuntimeSample {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        RuntimeSample {
            process_cpu_ms: since(&mut self.process_cpu_ms, process_cpu_ms()),
            process_memory_bytes: number_after(&status, "VmRSS:").saturating_mul(1_024),
            agent_cpu_ms: if on_reporter { since(&mut self.agent_cpu_ms, thread_cpu_ms()) } else { 0.0 },
            agent_memory_bytes: u64::try_from(agent_memory_bytes).unwrap_or(u64::MAX),
            threads: number_after(&status, "Threads:"),
        }
    }
}

fn since(last: &mut Option<f64>, now: Option<f64>) -> f64 {
    let before = std::mem::replace(last, now);
    before.zip(now).map_or(0.0, |(before, now)| (now - before).max(0.0))
}

fn number_after(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn process_cpu_ms() -> Option<f64> {
    clock_ms(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn thread_cpu_ms() -> Option<f64> {
    clock_ms(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn clock_ms(clock: libc::clockid_t) -> Option<f64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of this frame.
    let result = unsafe { libc::clock_gettime(clock, &mut time) };
    (result == 0).then(|| time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6)
}

/// The system's name for this host; empty when it has none.
#[must_use]
pub fn host_name() -> String {
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is as long as said; one byte less keeps a zero at its end.
    let result = unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) };
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
    if result == 0 {
        String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_seen() {
        let mut sampler = RuntimeSampler::start();
        sampler.sample(0, true);
        let begun_ms = thread_cpu_ms().unwrap();
        while thread_cpu_ms().unwrap() < begun_ms + 20.0 {
            std::hint::spin_loop();
        }
        let sample = sampler.sample(7, true);
        // The two clocks are not read at the same moment.
        assert!(
            sample.agent_cpu_ms >= 20.0 && sample.process_cpu_ms + 1.0 > sample.agent_cpu_ms,
            "{sample:?}"
        );
        assert!(sample.process_memory_bytes > 1 << 20 && sample.threads >= 1, "{sample:?}");
        assert_eq!(sample.agent_memory_bytes, 7);
        assert!(!host_name().is_empty());
    }
}
