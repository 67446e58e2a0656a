//! What the operating system says of this process, as the metrics that Prometheus' client libraries agree on
//! (`process_…`: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>). Reads `/proc/self`
//! whenever the metrics are asked for; a value that cannot be read is left out.

use std::fs;

use crate::register::Register;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::param::{clock_ticks_per_second, page_size};

/// Registers the metrics, without any prefix of the registry's own.
pub fn register(registry: &mut impl Register) {
    registry.register_collector(Box::new(Process));
}

#[derive(Debug)]
struct Process;

/// What is read of `/proc/self/stat` (proc(5)).
#[derive(Debug, PartialEq)]
struct Stat {
    /// Seconds of processor time.
    cpu: f64,
    /// Seconds from the start of the machine to that of the process.
    start: f64,
    /// Bytes of address space.
    virtual_memory: f64,
    /// Bytes in memory.
    resident_memory: f64,
}

impl Stat {
    /// Reads the line. The name of the program, which is in parentheses, may hold spaces and parentheses itself.
    #[expect(clippy::cast_precision_loss, reason = "metrics are floating point numbers")]
    fn parse(line: &str, ticks: u64, page: usize) -> Option<Self> {
        let (_, after) = line.rsplit_once(')')?;
        let fields: Vec<&str> = after.split_whitespace().collect();
        // The first field after the name is the third of the line.
        let number = |position: usize| fields.get(position - 3)?.parse::<f64>().ok();
        let (user, system) = (number(14)?, number(15)?);
        Some(Self {
            cpu: (user + system) / ticks as f64,
            start: number(22)? / ticks as f64,
            virtual_memory: number(23)?,
            resident_memory: number(24)? * page as f64,
        })
    }
}

/// Second at which the machine started, since 1970.
fn boot() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines()
        .find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok())
}

/// The most files that may be open at the same time.
fn most_files() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "metrics are floating point numbers")]
fn open_files() -> Option<f64> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count() as f64)
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let line = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let stat = Stat::parse(&line, clock_ticks_per_second(), page_size());
        if let Some(stat) = &stat {
            let cpu = ConstCounter::new(stat.cpu);
            let help = "Total user and system CPU time spent in seconds";
            cpu.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, cpu.metric_type())?)?;
        }
        let stat = stat.as_ref();
        let gauges = [
            ("process_open_fds", "Number of open file descriptors", open_files()),
            (
                "process_max_fds",
                "Maximum number of open file descriptors",
                most_files(),
            ),
            (
                "process_virtual_memory_bytes",
                "Virtual memory size in bytes",
                stat.map(|stat| stat.virtual_memory),
            ),
            (
                "process_resident_memory_bytes",
                "Resident memory size in bytes",
                stat.map(|stat| stat.resident_memory),
            ),
            (
                "process_start_time_seconds",
                "Start time of the process since unix epoch in seconds",
                stat.zip(boot()).map(|(stat, boot)| boot + stat.start),
            ),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                let gauge = ConstGauge::new(value);
                gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line =
            "42 (a) b) S 1 42 42 0 -1 4194560 9 0 0 0 150 50 0 0 20 0 3 0 1000 4096000 25 18446744073709551615 1";
        let expected = Stat {
            cpu: 2.0,
            start: 10.0,
            virtual_memory: 4_096_000.0,
            resident_memory: 102_400.0,
        };
        assert_eq!(Stat::parse(line, 100, 4096), Some(expected));
        assert_eq!(Stat::parse("42 (short) S 1", 100, 4096), None);
    }

    #[test]
    fn this_process_is_described() {
        let mut registry = Registry::default();
        register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.parse::<f64>().ok())
                .unwrap_or_else(|| panic!("{name} in {text}"))
        };
        assert!(value("process_resident_memory_bytes") > 100_000.0);
        assert!(value("process_open_fds") >= 3.0 && value("process_max_fds") >= value("process_open_fds"));
        assert!(value("process_start_time_seconds") > 1.5e9);
        assert!(value("process_cpu_seconds_total") >= 0.0);
    }
}
