//! The table that is printed.

use std::time::Duration;

use super::program::Memory;

/// What was measured of one size.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) monitors: usize,
    pub(crate) first_configuration: Duration,
    pub(crate) memory_at_start: Memory,
    pub(crate) memory: Memory,
    /// CPU time without anything to do, and during the changes.
    pub(crate) idle: Duration,
    pub(crate) changes: Duration,
    /// From each change to the configuration with it, sorted.
    pub(crate) delays: Vec<Duration>,
    /// Where there are many other Secrets in the cluster.
    pub(crate) memory_among_secrets: Option<Memory>,
}

/// Prints the head of the table.
#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
pub(crate) fn print_head() {
    println!(
        "{} changes of ServiceMonitors, one in {:?}; then nothing to do for {:?}",
        super::CHANGES,
        super::PACE,
        super::IDLE
    );
    println!(
        "{:>8}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>13}",
        "monitors", "first", "at start", "after", "peak", "median", "99th", "CPU", "CPU when idle"
    );
}

impl Row {
    /// Prints it.
    #[expect(clippy::print_stdout, reason = "what a benchmark is for")]
    pub(crate) fn print(&self) {
        println!(
            "{:>8}  {:>7.2} s  {:>6} MB  {:>6} MB  {:>6} MB  {:>7.3} s  {:>7.3} s  {:>7.2} s  {:>11.2} s",
            self.monitors,
            self.first_configuration.as_secs_f64(),
            megabytes(self.memory_at_start.resident),
            megabytes(self.memory.resident),
            megabytes(self.memory.peak),
            self.delay(50).as_secs_f64(),
            self.delay(99).as_secs_f64(),
            self.changes.as_secs_f64(),
            self.idle.as_secs_f64(),
        );
        if let Some(memory) = self.memory_among_secrets {
            println!(
                "          among many other Secrets: {} MB at start, {} MB at most",
                megabytes(memory.resident),
                megabytes(memory.peak)
            );
        }
    }

    /// The delay that so many percent of the changes do not exceed.
    fn delay(&self, percent: usize) -> Duration {
        let last = self.delays.len().saturating_sub(1);
        self.delays.get(last * percent / 100).copied().unwrap_or_default()
    }
}

const fn megabytes(bytes: u64) -> u64 {
    bytes / 1_000_000
}
