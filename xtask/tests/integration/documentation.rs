//! The documentation against a real API server: every object in it is accepted, strictly, and the pages with commands for a
//! control plane are followed.
//!
//! A block says by the word after its language what becomes of it: `sh control-plane` is run; `sh` alone needs more than
//! an API server, such as pods. YAML without a word is objects.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use xtask::book::{self, page::Block, page::Page};

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the checkout")
}

/// Whether there is an API server; under CI there has to be one.
#[expect(clippy::print_stderr, reason = "whoever runs the test by hand has to know")]
fn is_reachable() -> bool {
    let is_named = std::env::var_os("KUBECONFIG").is_some();
    assert!(is_named || std::env::var_os("CI").is_none(), "KUBECONFIG is not set");
    if !is_named {
        eprintln!("skipped: KUBECONFIG is not set");
    }
    is_named
}

/// What a script says that may call `kubectl`.
fn run(script: &str, input: &str) -> Output {
    let kubectl = root().join("e2e/cluster/cluster");
    let script = format!(
        "set -euo pipefail\nkubectl() {{ \"{}\" kubectl \"$@\"; }}\n{script}",
        kubectl.display()
    );
    let mut child = Command::new("bash")
        .args(["-c", &script])
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(input.as_bytes())
        .expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn succeeds(what: &str, script: &str, input: &str) {
    let output = run(script, input);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {errors}");
}

/// The pages with blocks, by their path below the root.
fn pages() -> Vec<(String, Vec<Block>)> {
    let files = book::files(&root().join(book::FOLDER)).expect("the documentation");
    let markdown = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let pages = markdown.map(|path| {
        let text = fs::read_to_string(&path).expect("a page");
        let name = path.strip_prefix(root()).expect("below").display().to_string();
        (name, Page::of(&text).blocks)
    });
    pages.filter(|(_, blocks)| !blocks.is_empty()).collect()
}

fn is_objects(block: &Block) -> bool {
    block.language == "yaml" && block.mark.is_empty()
}

fn is_command(block: &Block) -> bool {
    block.language == "sh" && block.mark == "control-plane"
}

/// Makes the namespaces that objects are in.
fn prepare(namespaces: &BTreeSet<String>) {
    let list = namespaces.iter().fold(String::new(), |list, name| {
        list + "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + name + "\n"
    });
    succeeds(
        "definitions",
        "kubectl apply --server-side --force-conflicts --kustomize crds",
        "",
    );
    succeeds(
        "definitions",
        "kubectl wait --for=condition=Established crd --all --timeout=60s",
        "",
    );
    if !list.is_empty() {
        succeeds("namespaces", "kubectl apply --server-side --filename -", &list);
    }
}

fn namespaces(blocks: &[&Block]) -> BTreeSet<String> {
    let objects = blocks.iter().flat_map(|block| {
        let objects = serde_saphyr::from_multiple::<Value>(&block.text);
        objects.unwrap_or_else(|error| panic!("line {}: {error}", block.line))
    });
    let names = objects.filter_map(|object| object["metadata"]["namespace"].as_str().map(str::to_owned));
    names.collect()
}

/// One after the other, since a page that is followed makes its namespace itself.
#[test]
fn pages_are_followed_and_every_object_is_accepted() {
    if !is_reachable() {
        return;
    }
    let pages = pages();
    prepare(&BTreeSet::new());
    let namespaces = follow(&pages);
    accept(&pages);
    // Nobody waits for their end.
    for name in namespaces {
        let script = format!("kubectl delete --ignore-not-found --wait=false namespace {name}");
        succeeds(&name, &script, "");
    }
}

/// Applies the objects and runs the commands of pages that have commands, in their order, as somebody who follows them would.
/// Returns the namespaces of the objects.
fn follow(pages: &[(String, Vec<Block>)]) -> BTreeSet<String> {
    let followed = pages.iter().filter(|(_, blocks)| blocks.iter().any(is_command));
    let mut made = Vec::new();
    for (page, blocks) in followed {
        for block in blocks {
            let place = format!("{page}:{}", block.line);
            if is_objects(block) {
                succeeds(&place, "kubectl apply --server-side --filename -", &block.text);
                made.push(block);
            } else if is_command(block) {
                succeeds(&place, &block.text, "");
            }
        }
    }
    assert!(!made.is_empty(), "no page has commands");
    namespaces(&made)
}

/// Unknown fields, wrong types and broken rules of validation are errors.
fn accept(pages: &[(String, Vec<Block>)]) {
    let blocks: Vec<(&str, &Block)> = (pages.iter())
        .flat_map(|(page, blocks)| blocks.iter().map(move |block| (page.as_str(), block)))
        .filter(|(_, block)| is_objects(block))
        .collect();
    assert!(blocks.len() > 30, "{}", blocks.len());
    prepare(&namespaces(&blocks.iter().map(|(_, block)| *block).collect::<Vec<_>>()));
    let mut refused = Vec::new();
    for (page, block) in blocks {
        let output = run(
            "kubectl apply --server-side --dry-run=server --validate=strict --force-conflicts --filename -",
            &block.text,
        );
        if !output.status.success() {
            refused.push(format!(
                "{page}:{}: {}",
                block.line,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}
