//! The commands as a user runs them: transcripts in `cases`, each a file with commands and what they print. A command runs in the
//! folder of the same name. `GOLDEN=update` writes what is printed into the transcripts; look at the difference before you commit
//! it.
//!
//! In a transcript `$` begins a command (`< FILE` is its standard input), lines of standard error begin with `stderr: `, and an
//! exit code that is not 0 follows as `exit: CODE`.

mod faults;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-operator");

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/cases")
}

/// What `line` prints in `folder`.
fn printed(line: &str, folder: &Path) -> String {
    let (line, input) = line.split_once(" < ").unwrap_or((line, ""));
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("prometheus-operator"), "{line}");
    let input = match input.trim() {
        "" => Stdio::null(),
        file => File::open(folder.join(file)).expect("the input").into(),
    };
    let output = Command::new(PROGRAM)
        .args(words)
        .current_dir(folder)
        .env_remove("KUBECONFIG")
        .env("HOME", "/nonexistent")
        .stdin(input)
        .output()
        .expect("the program runs");
    let mut text = String::from_utf8(output.stdout).expect("text");
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let _ = writeln!(text, "stderr: {line}");
    }
    if output.status.code() != Some(0) {
        let _ = writeln!(text, "exit: {}", output.status.code().expect("no signal"));
    }
    text
}

#[test]
fn commands_print_what_the_transcripts_say() {
    let mut transcripts: Vec<PathBuf> = fs::read_dir(cases())
        .expect("cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    transcripts.sort();
    assert!(!transcripts.is_empty());
    let mut differing = Vec::new();
    for path in transcripts {
        let transcript = fs::read_to_string(&path).expect("a transcript");
        let folder = path.with_extension("");
        let mut actual = String::new();
        for line in transcript.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let _ = write!(actual, "$ {line}\n{}\n", printed(line, &folder));
        }
        if actual != transcript {
            if std::env::var_os("GOLDEN").is_some_and(|value| value == "update") {
                fs::write(&path, &actual).expect("the transcript is written");
            }
            let place = actual
                .lines()
                .zip(transcript.lines())
                .find(|(ours, theirs)| ours != theirs);
            differing.push(format!("{}: {place:#?}", path.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn a_hundred_megabytes_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.yaml");
    File::create(&file).expect("a file").set_len(100 << 20).expect("room");
    let printed = printed("prometheus-operator lint large.yaml", folder.path());
    let expected =
        "stderr: prometheus-operator: the input is larger than 64 MiB: name fewer or smaller files\nexit: 2\n";
    assert_eq!(printed, expected);
}

/// Whoever may read everything is not refused anything.
#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a: 1\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("permissions");
    if File::open(&file).is_ok() {
        return;
    }
    let printed = printed("prometheus-operator lint a.yaml", folder.path());
    let expected = "stderr: prometheus-operator: cannot read a.yaml: Permission denied (os error 13)\nexit: 2\n";
    assert_eq!(printed, expected);
}

#[test]
fn rendered_files_go_to_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = cases().join("render/team.yaml");
    let line = format!("prometheus-operator render --only config -o out {}", input.display());
    printed(&line, folder.path());
    let configuration = folder.path().join("out/team/prometheus-main/prometheus.yaml");
    assert!(
        fs::read_to_string(configuration)
            .expect("a file")
            .contains("job_name: serviceMonitor/team/shop/0")
    );
}

/// The program carries the pages of the book.
#[test]
fn pages_are_those_of_the_book() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = |path: &str| fs::read_to_string(root.join("docs").join(path)).expect("a page");
    let printed = |words: &str| printed(&format!("prometheus-operator docs {words}"), &root);
    assert_eq!(printed("api prometheusrules"), page("reference/api/prometheusrule.md"));
    assert_eq!(printed("versions alertmanager"), page("alertmanager-versions.md"));
    let both = page("alertmanager-versions.md") + "\n" + &page("prometheus-versions.md");
    assert_eq!(printed("versions"), both);
}

#[test]
fn pages_go_to_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let remark = printed("prometheus-operator man manual", folder.path());
    let page = fs::read_to_string(folder.path().join("manual/prometheus-operator-lint.1")).expect("a page");
    assert!(
        page.contains(".TH") && remark.ends_with(" pages in manual\n"),
        "{remark}"
    );
    printed("prometheus-operator docs api --output-folder book", folder.path());
    let page = fs::read_to_string(folder.path().join("book/reference/api/probe.md")).expect("a page");
    assert!(page.starts_with("# Probe\n"));
}
