//! The documentation as it is committed: complete, and about the programs as they are. Links to other servers are not
//! followed, since a test needs no network.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use serde_json::Value;
use xtask::book::{self, page::Page};

/// Markdown outside of the book that is checked as well.
const BESIDE: [&str; 4] = ["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"];

/// Flags of other programs that the documentation speaks of.
const OF_OTHERS: [(&str, &str); 7] = [
    ("--flag", "any program, in a sentence about flags"),
    ("--node-ip", "kubelet"),
    ("--query.replica-label", "thanos query"),
    ("--scrape.discovery-reload-interval", "prometheus"),
    ("--server-side", "kubectl apply"),
    ("--server.enable-runtime-reload", "promtail"),
    ("--web.enable-lifecycle", "prometheus"),
];

/// Words after the language of a YAML block that is no object of a cluster.
const NO_OBJECT: [&str; 4] = ["file", "kustomization", "values", "fragment"];

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the checkout")
}

/// Every page, by its path below the root.
fn pages() -> BTreeMap<PathBuf, Page> {
    let of_book = book::files(&root().join(book::FOLDER)).expect("the documentation");
    let markdown = of_book
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    (markdown.chain(BESIDE.iter().map(|name| root().join(name))))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.strip_prefix(root()).expect("below").to_owned(), Page::of(&text))
        })
        .collect()
}

#[test]
fn every_page_is_in_the_summary() {
    let pages = pages();
    let summary = Path::new("docs/SUMMARY.md");
    let links: Vec<PathBuf> = (pages[summary].links.iter())
        .filter_map(|link| Some(book::beside(summary, link.file()?)))
        .collect();
    let listed: BTreeSet<PathBuf> = links.iter().cloned().collect();
    assert_eq!(listed.len(), links.len(), "a page is listed twice");
    let written: BTreeSet<PathBuf> = pages
        .into_keys()
        .filter(|path| path.starts_with(book::FOLDER) && path != summary)
        .collect();
    assert_eq!(listed, written);
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for link in &page.links {
            let target = link
                .file()
                .map_or_else(|| path.clone(), |file| book::beside(path, file));
            let is_there = link.file().is_none() || root().join(&target).exists();
            let anchor = link
                .anchor()
                .filter(|_| target.extension().is_some_and(|ending| ending == "md"));
            let lacks = |anchor: &str| pages.get(&target).is_some_and(|page| !page.anchors.contains(anchor));
            if !is_there || anchor.is_some_and(lacks) {
                broken.push(format!("{}: {}", path.display(), link.destination));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Flags of our programs and of all their commands.
fn flags() -> BTreeSet<String> {
    fn collect(command: &Command, found: &mut BTreeSet<String>) {
        let long = command.get_arguments().filter_map(clap::Arg::get_long);
        found.extend(long.map(|long| format!("--{long}")));
        command.get_subcommands().for_each(|sub| collect(sub, found));
    }
    let mut found = BTreeSet::new();
    for command in [
        operator::args::Args::command(),
        operator::args::webhook_command(),
        config_reloader::args::command(),
    ] {
        collect(&command, &mut found);
    }
    found.insert("--help".to_owned());
    found
}

/// Flags among words: `--flag`, `--flag=value`.
fn named(words: &str) -> impl Iterator<Item = &str> {
    let flags = words
        .split_whitespace()
        .filter(|word| word.starts_with("--") && word.len() > 2);
    flags.filter_map(|word| word.split('=').next())
}

#[test]
fn every_flag_exists() {
    let known: BTreeSet<String> = flags()
        .into_iter()
        .chain(OF_OTHERS.map(|(flag, _)| flag.to_owned()))
        .collect();
    let mut unknown = Vec::new();
    for (path, page) in pages().iter().filter(|(path, _)| path.starts_with(book::FOLDER)) {
        let alone = page.words.iter().filter(|word| word.starts_with("--")).cloned();
        let commands = (page.blocks.iter().filter(|block| block.language == "sh"))
            .flat_map(|block| {
                block
                    .text
                    .replace("\\\n", " ")
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter_map(|line| {
                let line = line.split(" | ").next().unwrap_or_default().to_owned();
                line.starts_with("prometheus-").then_some(line)
            });
        for words in alone.chain(commands) {
            let missing = named(&words).filter(|flag| !known.contains(*flag));
            unknown.extend(missing.map(|flag| format!("{}: {flag}", path.display())));
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// A command after the name of a program, as in `prometheus-operator crds`.
#[test]
fn every_command_exists() {
    let operator = operator::args::Args::command();
    let reloader = config_reloader::args::command();
    for (path, page) in pages() {
        let blocks = page.blocks.iter().filter(|block| block.language == "sh");
        let lines = blocks.flat_map(|block| block.text.lines());
        for line in lines.chain(page.words.iter().map(String::as_str)) {
            let mut words = line.split_whitespace();
            let program = match words.next() {
                Some("prometheus-operator") => &operator,
                Some("prometheus-config-reloader") => &reloader,
                _ => continue,
            };
            let command = words
                .find(|word| !word.starts_with('-'))
                .filter(|word| word.starts_with(char::is_lowercase));
            let is_known = |name: &str| program.find_subcommand(name).is_some();
            assert!(command.is_none_or(is_known), "{}: {line}", path.display());
        }
    }
}

/// Words that are the name of a metric of ours, by their beginning.
const METRICS: [&str; 2] = ["prometheus_operator_", "reloader_"];
/// What Prometheus adds to the name of a histogram.
const SUFFIXES: [&str; 3] = ["_bucket", "_count", "_sum"];

#[test]
fn every_metric_exists() {
    let known: BTreeSet<String> = xtask::reference::metrics::families()
        .into_iter()
        .map(|family| family.name)
        .collect();
    let exists = |name: &str| {
        let mut of_histogram = SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix));
        known.contains(name) || of_histogram.any(|name| known.contains(name))
    };
    let mut unknown = Vec::new();
    for (path, page) in pages() {
        let blocks = page.blocks.iter().map(|block| block.text.as_str());
        for text in page.words.iter().map(String::as_str).chain(blocks) {
            let words = text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
            let ours = words.filter(|word| {
                METRICS
                    .iter()
                    .any(|beginning| word.starts_with(beginning) && !word.ends_with('_'))
            });
            unknown.extend(
                ours.filter(|word| !exists(word))
                    .map(|word| format!("{}: {word}", path.display())),
            );
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// What is no object says so, so that none escapes the integration test that has an API server judge them.
#[test]
fn every_yaml_block_is_objects_or_says_what_it_is() {
    for (path, page) in pages() {
        for block in page.blocks.iter().filter(|block| block.language == "yaml") {
            if NO_OBJECT.contains(&block.mark.as_str()) || BESIDE.iter().any(|name| path == Path::new(name)) {
                continue;
            }
            let place = format!("{}:{}", path.display(), block.line);
            let objects: Vec<Value> =
                serde_saphyr::from_multiple(&block.text).unwrap_or_else(|error| panic!("{place}: {error}"));
            for object in objects {
                assert!(
                    object["apiVersion"].is_string() && object["kind"].is_string(),
                    "{place}"
                );
            }
        }
    }
}
