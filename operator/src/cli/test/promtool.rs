//! Runs promtool, and reads the results that it writes as `JUnit` XML.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use roxmltree::{Document, Node};

use super::Error;
use super::suite::Suite;
use crate::args::Test;

/// Names of tests, each with what is wrong.
pub(super) type Reported = Vec<(String, Vec<String>)>;

/// What promtool says of each file.
pub(super) fn results(options: &Test, folder: &Path, suites: &[&Suite]) -> Result<BTreeMap<PathBuf, Reported>, Error> {
    if suites.is_empty() {
        return Ok(BTreeMap::new());
    }
    let file = folder.join("results.xml");
    let mut command = Command::new(&options.promtool);
    command
        .args(["test", "rules"])
        .arg(format!("--junit={}", file.display()));
    command.args(options.run.iter().map(|pattern| format!("--run={pattern}")));
    command.args((options.enable_feature.iter()).map(|name| format!("--enable-feature={name}")));
    command.args(suites.iter().map(|suite| &suite.path));
    let output = command.output().map_err(|source| Error::Absent {
        program: options.promtool.clone(),
        source,
    })?;
    let said = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let text = fs::read_to_string(&file).map_err(|_| Error::NoResults(said()))?;
    read(&text)
}

fn read(text: &str) -> Result<BTreeMap<PathBuf, Reported>, Error> {
    let document = Document::parse(text)?;
    let name = |node: &Node<'_, '_>| node.attribute("name").unwrap_or_default().to_owned();
    let named = |tag: &'static str| move |node: &Node<'_, '_>| node.has_tag_name(tag);
    let case = |case: Node<'_, '_>| {
        let bad = (case.children()).filter(|node| node.has_tag_name("failure") || node.has_tag_name("error"));
        let messages = bad.map(|node| node.text().unwrap_or_default().to_owned());
        (name(&case), messages.collect())
    };
    let suites = document.descendants().filter(named("testsuite"));
    let of_suite = |suite: Node<'_, '_>| {
        let cases = suite.children().filter(named("testcase")).map(case);
        (PathBuf::from(name(&suite)), cases.collect())
    };
    Ok(suites.map(of_suite).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_by_file_and_test() {
        let text = "<testsuites><testsuite name=\"/t/a.yaml\" tests=\"2\"><testcase name=\"first\"><failure>x&#xA;y</failure>\
                    <failure>z</failure></testcase><testcase name=\"second\"></testcase></testsuite>\
                    <testsuite name=\"/t/b.yaml\"><testcase name=\"unknown\"><error>e</error></testcase></testsuite></testsuites>";
        let results = read(text).unwrap();
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            results[Path::new("/t/a.yaml")],
            [
                ("first".to_owned(), owned(&["x\ny", "z"])),
                ("second".to_owned(), Vec::new())
            ]
        );
        assert_eq!(results[Path::new("/t/b.yaml")], [("unknown".to_owned(), owned(&["e"]))]);
        assert!(read("no results").is_err());
    }
}
