//! What promtool or amtool says of a text, and what is said where it cannot be asked. Runs processes and writes temporary
//! files.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use formats::version::Version;

/// What the config-reloader fills in, with values such as a pod has.
const VARIABLES: [(&str, &str); 5] = [
    ("$(POD_NAME)", "prometheus-main-0"),
    ("$(SHARD)", "0"),
    ("$(NODE_NAME)", "node-1"),
    ("$(TOPOLOGY_ZONE)", "zone-a"),
    ("$(INZONE_SHARD)", "0"),
];

/// A program that judges files.
pub(crate) struct Judge {
    path: PathBuf,
}

impl Judge {
    /// The program that the environment variable `name` names. Where there is none, the test is skipped; under `CI=true`
    /// that is a failure.
    pub(crate) fn find(name: &str) -> Option<Self> {
        if let Some(path) = std::env::var_os(name) {
            return Some(Self { path: path.into() });
        }
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "${name} names no program");
        None
    }

    /// Its version: `promtool, version 3.13.2 (branch: …`.
    pub(crate) fn version(&self) -> Version {
        let output = Command::new(&self.path).arg("--version").output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("its version is text");
        let version = text.split_whitespace().nth(2).expect("its version is the third word");
        Version::parse(version).expect("its version is one")
    }

    /// What it says, called with `arguments`, of a file with this text: nothing, or why it is no good.
    pub(crate) fn judge(&self, arguments: &[&str], text: &str) -> Result<(), String> {
        let text = (VARIABLES.iter()).fold(text.to_owned(), |text, (variable, value)| text.replace(variable, value));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.yaml");
        std::fs::write(&path, text).expect("a file");
        let output = (Command::new(&self.path).args(arguments).arg(&path))
            // Asking the cloud where one is takes long, and there is no cloud.
            .env("AWS_REGION", "eu-west-1")
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        if output.status.success() {
            return Ok(());
        }
        let told = [output.stdout, output.stderr].concat();
        Err(String::from_utf8_lossy(&told).replace(&*path.to_string_lossy(), "file.yaml"))
    }
}

/// Says that nothing is judged, and why; under `CI=true` that is a failure.
#[expect(clippy::print_stdout, reason = "whoever runs the suite has to know")]
pub(crate) fn skipped(program: &str, reason: &str) -> ExitCode {
    println!("{program}: skipped, {reason}");
    if std::env::var("CI").as_deref() == Ok("true") {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
