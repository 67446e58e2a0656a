//! The rows that the benchmark `scale` records, one object of JSON in a line. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was measured once. A program that was measured by other means lacks some of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) monitors: Option<u32>,
    pub(super) first_configuration_seconds: Option<f64>,
    pub(super) median_seconds: Option<f64>,
    pub(super) p99_seconds: Option<f64>,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) idle_cpu_seconds: Option<f64>,
    pub(super) peak_bytes: Option<f64>,
    pub(super) workloads: Option<u32>,
    pub(super) complete_seconds: Option<f64>,
    pub(super) all_written_seconds: Option<f64>,
    pub(super) own_seconds: Option<f64>,
}

/// The rows of a file.
///
/// # Errors
/// When a line is no row.
pub(super) fn read(text: &str) -> serde_json::Result<Vec<Row>> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(serde_json::from_str)
        .collect()
}

/// The median of a value by size, of all rows that have both.
pub(super) fn median_by(
    rows: &[Row],
    size: fn(&Row) -> Option<u32>,
    value: fn(&Row) -> Option<f64>,
) -> BTreeMap<u32, f64> {
    let mut values: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (size, value) in rows.iter().filter_map(|row| size(row).zip(value(row))) {
        values.entry(size).or_default().push(value);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    values
        .into_iter()
        .map(|(size, values)| (size, median(values)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_size_are_one_value() {
        let text = r#"{"monitors": 500, "cpu_seconds": 3.0}
{"monitors": 500, "cpu_seconds": 1.0, "unknown": true}
{"monitors": 500, "cpu_seconds": 2.0}

{"monitors": 5000}
{"workloads": 300, "cpu_seconds": 9.0}"#;
        let rows = read(text).expect("rows");
        assert_eq!(rows.len(), 5);
        let by_monitors = median_by(&rows, |row| row.monitors, |row| row.cpu_seconds);
        assert_eq!(by_monitors.into_iter().collect::<Vec<_>>(), [(500, 2.0)]);
    }
}
