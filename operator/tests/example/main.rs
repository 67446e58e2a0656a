//! The example of the project, rendered by `render --only config` and loaded by the real programs: `promtool` and `amtool` judge
//! what a user would get. They are taken from `$PROMTOOL` and `$AMTOOL`; without one of them its test says that it was skipped,
//! and under `CI=true` it fails. So does the command `test`, which runs promtool itself.

#![expect(clippy::print_stdout, reason = "the test says what it skips")]

mod rules;

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The example, rendered.
fn rendered() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/example");
    let output = Command::new(env!("CARGO_BIN_EXE_prometheus-operator"))
        .args(["render", "--only", "config", "-n", "monitoring-example", "-o"])
        .args([folder.path(), &example])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// The program in `variable`; `None` where the test is skipped.
fn program(variable: &str) -> Option<PathBuf> {
    let program = std::env::var_os(variable);
    if program.is_none() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "{variable} names no program"
        );
        println!("skipped: {variable} names no program");
    }
    program.map(PathBuf::from)
}

/// Has the program in `variable` judge a file.
fn judge(variable: &str, arguments: &[&str], file: &Path) {
    let Some(program) = program(variable) else { return };
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .expect("the program runs");
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&told));
}

#[test]
fn prometheus_loads_the_configuration_and_the_rules() {
    let folder = rendered();
    let own = folder.path().join("monitoring-example/prometheus-example");
    judge(
        "PROMTOOL",
        &["check", "config", "--syntax-only"],
        &own.join("prometheus.yaml"),
    );
    let rules: Vec<PathBuf> = std::fs::read_dir(own.join("rules"))
        .expect("rules")
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert_eq!(rules.len(), 1);
    judge("PROMTOOL", &["check", "rules"], &rules[0]);
}

#[test]
fn alertmanager_loads_the_configuration() {
    let folder = rendered();
    let file = folder
        .path()
        .join("monitoring-example/alertmanager-example/alertmanager.yaml");
    judge("AMTOOL", &["check-config"], &file);
}
