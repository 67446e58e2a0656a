//! Checking files with a program of the user's, such as `promtool check config {}`, before they are put in place.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

pub use process::program::Error;

/// The file, in the command.
const FILE: &str = "{}";

/// A command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    program: String,
    arguments: Vec<String>,
}

/// A string that is no command line.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// Nothing to start.
    #[error("the command is empty")]
    Empty,
    /// A quote that does not end.
    #[error("a quote is not closed")]
    Quote,
    /// Nothing to check.
    #[error("{FILE}, the placeholder for the file, is missing")]
    NoFile,
}

impl FromStr for Check {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut words = shlex::split(text).ok_or(Invalid::Quote)?.into_iter();
        let program = words
            .next()
            .filter(|program| !program.is_empty())
            .ok_or(Invalid::Empty)?;
        let arguments: Vec<_> = words.collect();
        if !arguments.iter().any(|argument| argument.contains(FILE)) {
            return Err(Invalid::NoFile);
        }
        Ok(Self { program, arguments })
    }
}

impl Check {
    /// Whether the program accepts the file at `path`. Dropped, or after `limit`, the program and all that it started are
    /// ended.
    pub async fn run(&self, path: &Path, limit: Option<Duration>) -> Result<(), Error> {
        let path = path.to_string_lossy();
        let arguments = self.arguments.iter().map(|argument| argument.replace(FILE, &path));
        process::program::judge(&self.program, arguments, limit).await
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::spawn_blocking;
    use tokio::time::timeout;

    use super::*;

    async fn run(command: &str, content: &str, limit: Option<Duration>) -> Result<(), Error> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("ours");
        let check: Check = command.parse().expect("a command");
        check.run(file.path(), limit).await
    }

    const MINUTE: Option<Duration> = Some(Duration::from_mins(1));

    #[tokio::test]
    async fn the_exit_code_decides_and_the_output_says_why() {
        run("grep -q 'good: 1' {}", "good: 1\n", MINUTE)
            .await
            .expect("it is good");
        let error = run("sh -c 'echo out; echo why >&2; exit 3' {}", "", MINUTE).await;
        let message = error.expect_err("it fails").to_string();
        assert_eq!(message, "sh refused the file (exit status: 3): why; out");
        let error = run("/no/such/program {}", "", MINUTE)
            .await
            .expect_err("it is not there");
        assert_eq!(error.to_string(), "cannot run /no/such/program");
    }

    #[tokio::test]
    async fn a_program_that_hangs_or_floods_is_ended() {
        let error = run("sh -c 'exec sleep 1000' {}", "", Some(Duration::from_millis(20))).await;
        assert!(matches!(error, Err(Error::TimedOut { .. })), "{error:?}");
        let error = run("yes {}", "", MINUTE).await;
        assert!(matches!(error, Err(Error::Refused { .. })), "{error:?}");
    }

    #[tokio::test]
    async fn what_a_program_started_ends_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("it is there").success());
        // The grandchild holds the writing end until it ends.
        let command = format!("sh -c '(exec 3>{}; exec sleep 1000) & wait' {{}}", pipe.display());
        let reader = spawn_blocking(move || std::fs::read(pipe));
        let error = run(&command, "", Some(Duration::from_millis(200))).await;
        assert!(matches!(error, Err(Error::TimedOut { .. })), "{error:?}");
        let read = timeout(Duration::from_secs(20), reader)
            .await
            .expect("the grandchild ended");
        assert!(read.expect("no panic").expect("readable").is_empty());
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for text in ["", "promtool check config", "promtool '{}", "''"] {
            assert!(text.parse::<Check>().is_err(), "{text}");
        }
    }
}
