//! `docs/tests.md`: each scenario of the original's end-to-end suite, the tests that are about it, and how long they take. It is
//! made from `e2e/scenarios.tsv`, from the comments `// Rows …` in the suite, and from a recorded run, `e2e/seconds.tsv`. Reads
//! files; writes none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use crate::{File, Output};

/// Where the tests are.
const SUITE: &str = "e2e/tests/end_to_end";

/// A scenario of the original.
struct Scenario<'a> {
    number: u32,
    name: &'a str,
    elsewhere: Vec<&'a str>,
    lacks: &'a str,
}

/// A test of the suite, as `file::function`.
type Test = String;

/// The document.
///
/// # Errors
/// When a file cannot be read, or says what cannot be: a row that does not exist, a test that is nowhere.
pub fn output(root: &Path) -> io::Result<Output> {
    let table = fs::read_to_string(root.join("e2e/scenarios.tsv"))?;
    let scenarios = scenarios(&table)?;
    let record = fs::read_to_string(root.join("e2e/seconds.tsv")).unwrap_or_default();
    let seconds = seconds(&record);
    let mut tests: BTreeMap<u32, Vec<Test>> = BTreeMap::new();
    let mut files: Vec<_> = fs::read_dir(root.join(SUITE))?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let name = file.file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
        for (test, rows) in tests_of(&fs::read_to_string(file.path())?) {
            for row in rows {
                tests.entry(row).or_default().push(format!("{name}::{test}"));
            }
        }
    }
    if let Some(row) = tests
        .keys()
        .find(|row| scenarios.iter().all(|scenario| scenario.number != **row))
    {
        return Err(io::Error::other(format!(
            "{SUITE}: there is no row {row} in e2e/scenarios.tsv"
        )));
    }
    for reference in scenarios.iter().flat_map(|scenario| &scenario.elsewhere) {
        exists(root, reference)?;
    }
    let file = File {
        path: "docs/tests.md".to_owned(),
        text: document(&scenarios, &tests, &seconds),
    };
    Ok(Output {
        files: vec![file],
        folders: Vec::new(),
    })
}

fn scenarios(table: &str) -> io::Result<Vec<Scenario<'_>>> {
    let row = |line| {
        let columns: Vec<&str> = str::split(line, '\t').collect();
        let [number, name, elsewhere, lacks] = columns[..] else {
            return Err(io::Error::other(format!("e2e/scenarios.tsv: not four columns: {line}")));
        };
        let number = number
            .parse()
            .map_err(|_| io::Error::other(format!("e2e/scenarios.tsv: no number: {line}")))?;
        Ok(Scenario {
            number,
            name,
            elsewhere: elsewhere.split_whitespace().collect(),
            lacks,
        })
    };
    table.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

/// Seconds of each test, by `file::function`; the longest of several runs.
fn seconds(record: &str) -> BTreeMap<&str, u64> {
    let mut longest = BTreeMap::new();
    for (test, seconds) in record.lines().filter_map(|line| line.split_once('\t')) {
        let seconds = seconds.parse().unwrap_or(0);
        let entry = longest.entry(test).or_insert(seconds);
        *entry = seconds.max(*entry);
    }
    longest
}

/// The tests of a file with the rows that stand above each: `// Row 7`, `// Rows 1, 3–5`.
fn tests_of(source: &str) -> Vec<(&str, Vec<u32>)> {
    let mut found = Vec::new();
    let mut rows = Vec::new();
    for line in source.lines() {
        if let Some(list) = line.strip_prefix("// Rows ").or_else(|| line.strip_prefix("// Row ")) {
            rows = list.split(", ").flat_map(range).collect();
        } else if let Some(rest) = line.strip_prefix("async fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or(rest);
            found.push((name, std::mem::take(&mut rows)));
        }
    }
    found
}

fn range(text: &str) -> std::ops::RangeInclusive<u32> {
    let (first, last) = text.split_once('–').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse().unwrap_or(0);
    number(first)..=number(last)
}

/// An error unless the file `path` of `path::function` is there, and has the function.
fn exists(root: &Path, reference: &str) -> io::Result<()> {
    let (path, function) = reference.split_once("::").unwrap_or((reference, ""));
    let missing = || io::Error::other(format!("e2e/scenarios.tsv: there is no {reference}"));
    let source = fs::read_to_string(root.join(path)).map_err(|_| missing())?;
    if source.contains(&format!("fn {function}(")) || function.is_empty() {
        Ok(())
    } else {
        Err(missing())
    }
}

fn document(scenarios: &[Scenario<'_>], tests: &BTreeMap<u32, Vec<Test>>, seconds: &BTreeMap<&str, u64>) -> String {
    let none = Vec::new();
    let row = |scenario: &Scenario<'_>| {
        let own = tests.get(&scenario.number).unwrap_or(&none);
        let longest = own.iter().filter_map(|test| seconds.get(test.as_str())).max();
        let tests: Vec<_> = own
            .iter()
            .map(String::as_str)
            .chain(scenario.elsewhere.iter().copied())
            .collect();
        let extent = match (tests.is_empty(), scenario.lacks.is_empty()) {
            (true, _) => "cannot",
            (false, true) => "tested",
            (false, false) => "partly",
        };
        let tests: Vec<_> = tests.iter().map(|test| format!("`{test}`")).collect();
        let seconds = longest.map(u64::to_string).unwrap_or_default();
        let lacks = scenario.lacks.trim_start_matches("cannot: ");
        let line = format!(
            "| {} | `{}` | {extent} | {} | {seconds} | {lacks} |",
            scenario.number,
            scenario.name,
            tests.join("<br>")
        );
        (extent, line)
    };
    let rows: Vec<_> = scenarios.iter().map(row).collect();
    let count = |wanted: &str| rows.iter().filter(|(extent, _)| *extent == wanted).count();
    let mut text = format!(
        "<!-- Generated: make generate -->\n# End-to-end scenarios\n\n\
         Each row is a scenario of the end-to-end suite of the original operator, and the tests here that are about the same. Tests \
         without a folder are those of `{SUITE}`, which run on real pods; the others need an API server only. *Seconds* are \
         those of the longest of the row's tests on real pods, in a recorded run.\n\n\
         {} scenarios: {} tested, {} partly, {} cannot be tested.\n\n\
         | Row | Scenario of the original | | Tests | Seconds | What is not covered |\n|--:|---|---|---|--:|---|\n",
        rows.len(),
        count("tested"),
        count("partly"),
        count("cannot"),
    );
    for (_, line) in rows {
        _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_belong_to_the_test_below_them() {
        let source = "// Rows 1, 3–5\n#[tokio::test]\nasync fn first() {}\n\nasync fn second<K>() {}\n// Row 7\nasync fn third() {}\n";
        let wanted = vec![("first", vec![1, 3, 4, 5]), ("second", vec![]), ("third", vec![7])];
        assert_eq!(tests_of(source), wanted);
    }

    #[test]
    fn a_row_is_tested_partly_or_not_at_all() {
        let table = "1\tone\t\t\n2\ttwo\tfolder/file.rs\tthe rest\n3\tthree\t\tcannot: no such thing\n";
        let tests = BTreeMap::from([(1, vec!["file::test".to_owned()])]);
        let text = document(
            &scenarios(table).expect("a table"),
            &tests,
            &seconds("file::test\t3\nfile::test\t5\n"),
        );
        assert!(
            text.contains("3 scenarios: 1 tested, 1 partly, 1 cannot be tested."),
            "{text}"
        );
        assert!(
            text.contains("| 1 | `one` | tested | `file::test` | 5 |  |\n"),
            "{text}"
        );
        assert!(
            text.contains("| 2 | `two` | partly | `folder/file.rs` |  | the rest |\n"),
            "{text}"
        );
        assert!(
            text.contains("| 3 | `three` | cannot |  |  | no such thing |\n"),
            "{text}"
        );
    }

    #[test]
    fn the_committed_document_is_what_comes_out() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in output(&root).expect("sources that fit").files {
            let committed = fs::read_to_string(root.join(&file.path)).expect("a committed file");
            assert!(committed == file.text, "{} is out of date: make generate", file.path);
        }
    }
}
