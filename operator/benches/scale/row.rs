//! The table that is printed.

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

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
    pub(crate) fn print(&self) -> anyhow::Result<()> {
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
        record(&json!({
            "monitors": self.monitors,
            "first_configuration_seconds": self.first_configuration.as_secs_f64(),
            "resident_bytes": self.memory.resident,
            "peak_bytes": self.memory.peak,
            "median_seconds": self.delay(50).as_secs_f64(),
            "p99_seconds": self.delay(99).as_secs_f64(),
            "cpu_seconds": self.changes.as_secs_f64(),
            "idle_cpu_seconds": self.idle.as_secs_f64(),
            "secrets_bytes": self.memory_among_secrets.map(|memory| memory.resident.saturating_sub(self.memory_at_start.resident)),
        }))
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

/// What was measured of many Prometheuses.
#[derive(Debug)]
pub(crate) struct WorkloadsRow {
    pub(crate) count: usize,
    /// From the start until each has a configuration.
    pub(crate) complete: Duration,
    /// From the change of a Secret that all need until all are written, and the CPU time of that.
    pub(crate) all_written: Duration,
    pub(crate) cpu: Duration,
    /// From the change of a monitor that one of them selects until that one is written.
    pub(crate) own: Duration,
    pub(crate) memory_at_start: Memory,
    pub(crate) memory: Memory,
}

impl WorkloadsRow {
    /// Prints it.
    #[expect(clippy::print_stdout, reason = "what a benchmark is for")]
    pub(crate) fn print(&self) -> anyhow::Result<()> {
        println!(
            "{} Prometheuses in one namespace: complete after {:.2} s; a Secret of all of them changed: written after {:.2} s, \
             CPU {:.2} s; a monitor of one of them: {:.3} s; {} MB at start, {} MB at most",
            self.count,
            self.complete.as_secs_f64(),
            self.all_written.as_secs_f64(),
            self.cpu.as_secs_f64(),
            self.own.as_secs_f64(),
            megabytes(self.memory_at_start.peak),
            megabytes(self.memory.peak),
        );
        record(&json!({
            "workloads": self.count,
            "complete_seconds": self.complete.as_secs_f64(),
            "all_written_seconds": self.all_written.as_secs_f64(),
            "cpu_seconds": self.cpu.as_secs_f64(),
            "own_seconds": self.own.as_secs_f64(),
            "peak_at_start_bytes": self.memory_at_start.peak,
            "peak_bytes": self.memory.peak,
        }))
    }
}

/// Adds a line to the file of `SCALE_RECORD`, where one is wanted.
fn record(row: &Value) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os("SCALE_RECORD") else {
        return Ok(());
    };
    let mut file = File::options().create(true).append(true).open(path)?;
    Ok(writeln!(file, "{row}")?)
}
