//! What was measured, as tables and plots: `docs/performance/figures.md` and the pictures that it shows. The rows are those that
//! `make bench` records (`SCALE_RECORD`), ours and the original's. Pure.

mod plot;
mod row;

use std::fmt::Write as _;
use std::io;

use crate::{File, Output};
use plot::{Line, Plot};
use row::{Row, median_by, read};

/// Where the rows are, and what is made of them.
const FOLDER: &str = "docs/performance";
const OURS: &str = include_str!("../../../docs/performance/ours.jsonl");
const ORIGINAL: &str = include_str!("../../../docs/performance/original.jsonl");
const MEBI: f64 = 1_000_000.0;

/// A column of a table, and a plot if it has a file.
struct Column {
    head: &'static str,
    unit: &'static str,
    file: Option<&'static str>,
    value: fn(&Row) -> Option<f64>,
}

const BY_MONITORS: &[Column] = &[
    column("First configuration", "s", Some("first-configuration"), |row| {
        row.first_configuration_seconds
    }),
    column("Change → Secret, median", "s", Some("latency"), |row| {
        row.median_seconds
    }),
    column("99th percentile", "s", None, |row| row.p99_seconds),
    column("CPU of 300 changes", "s", Some("cpu"), |row| row.cpu_seconds),
    column("CPU when idle, 30 s", "s", None, |row| row.idle_cpu_seconds),
    column("Memory, at most", "MB", Some("memory"), |row| {
        Some(row.peak_bytes? / MEBI)
    }),
];

const BY_WORKLOADS: &[Column] = &[
    column("Start → all complete", "s", None, |row| row.complete_seconds),
    column("Secret of all changed → all written", "s", None, |row| {
        row.all_written_seconds
    }),
    column("One own monitor changed", "s", None, |row| row.own_seconds),
    column("Memory, at most", "MB", None, |row| Some(row.peak_bytes? / MEBI)),
];

const fn column(
    head: &'static str,
    unit: &'static str,
    file: Option<&'static str>,
    value: fn(&Row) -> Option<f64>,
) -> Column {
    Column {
        head,
        unit,
        file,
        value,
    }
}

/// The tables and the plots.
///
/// # Errors
/// When a recorded row cannot be read.
pub fn output() -> io::Result<Output> {
    let all = [("this operator", read(OURS)?), ("the original", read(ORIGINAL)?)];
    let mut page =
        "# Figures\n\n<!-- Generated: make generate. How each is repeated: ../performance.md -->\n\n".to_owned();
    let mut files = Vec::new();
    page.push_str("## One Prometheus, by its number of ServiceMonitors\n\n");
    table(&mut page, "ServiceMonitors", &all, BY_MONITORS, |row| row.monitors);
    for column in BY_MONITORS {
        let Some(file) = column.file else { continue };
        let line = |(name, rows): &(&'static str, Vec<Row>)| Line {
            name,
            points: median_by(rows, |row| row.monitors, column.value).into_iter().collect(),
        };
        let plot = Plot {
            title: column.head,
            unit: column.unit,
            lines: all.iter().map(line).collect(),
        };
        let _ = writeln!(
            page,
            "![{} over the number of ServiceMonitors]({file}.svg)\n",
            column.head
        );
        files.push(File {
            path: format!("{FOLDER}/{file}.svg"),
            text: plot.svg(),
        });
    }
    page.push_str("## Many Prometheuses in one namespace\n\n");
    table(&mut page, "Prometheuses", &all, BY_WORKLOADS, |row| row.workloads);
    files.push(File {
        path: format!("{FOLDER}/figures.md"),
        text: page.trim_end().to_owned() + "\n",
    });
    Ok(Output {
        files,
        folders: Vec::new(),
    })
}

/// A row for each size that anybody was measured at, and each program.
fn table(
    page: &mut String,
    size: &str,
    all: &[(&'static str, Vec<Row>)],
    columns: &[Column],
    key: fn(&Row) -> Option<u32>,
) {
    let heads: Vec<String> = columns
        .iter()
        .map(|column| format!("{} ({})", column.head, column.unit))
        .collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "| {size} | | {} |\n|---|---|{}",
        heads.join(" | "),
        "---|".repeat(columns.len())
    );
    for (name, rows) in all {
        let mut sizes: Vec<u32> = rows.iter().filter_map(key).collect();
        sizes.sort_unstable();
        sizes.dedup();
        for size in sizes {
            let value = |column: &Column| {
                median_by(rows, key, column.value)
                    .get(&size)
                    .map_or("–".to_owned(), |value| digits(*value))
            };
            let values: Vec<String> = columns.iter().map(value).collect();
            let _ = writeln!(page, "| {size} | {name} | {} |", values.join(" | "));
        }
    }
    page.push('\n');
}

/// As many digits as mean something.
fn digits(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        value if value < 0.1 => format!("{value:.3}"),
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}
