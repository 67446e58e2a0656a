//! Checking files with a program of the user's, such as `promtool check config {}`, before they are put in place. Starts
//! that program, without a shell.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::str::FromStr;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Stands for the file in the command.
const FILE: &str = "{}";
/// Most bytes that are kept of each of what the program prints and of its errors.
const KEPT: u64 = 4096;
/// Characters that go into the message.
const SHOWN: usize = 500;

/// A command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    program: String,
    arguments: Vec<String>,
}

/// A text that is no command line.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// Nothing to start.
    #[error("no program is named")]
    Empty,
    /// A quote that does not end.
    #[error("a quote does not end")]
    Quote,
    /// Nothing to check.
    #[error("{FILE} must stand for the file")]
    NoFile,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program does not run.
    #[error("cannot run {program}")]
    Run {
        /// Its name.
        program: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The program found something.
    #[error("{program} refused the file ({status}): {text}")]
    Refused {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// Beginning of what it printed.
        text: String,
    },
    /// The program hangs.
    #[error("{program} took longer than {limit:?}")]
    TimedOut {
        /// Its name.
        program: String,
        /// What it was given.
        limit: Duration,
    },
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
    /// Whether the program takes the file at `path`. Dropped, or after `limit`, the program is ended.
    pub async fn run(&self, path: &Path, limit: Duration) -> Result<(), Error> {
        let path = path.to_string_lossy();
        let arguments = self.arguments.iter().map(|argument| argument.replace(FILE, &path));
        let program = || self.program.clone();
        let failed = |source| Error::Run {
            program: program(),
            source,
        };
        let child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let ended = timeout(limit, ended(child)).await.map_err(|_| Error::TimedOut {
            program: program(),
            limit,
        })?;
        let (status, text) = ended.map_err(failed)?;
        if status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Err(Error::Refused {
            program: program(),
            status,
            text: lines.join("; ").chars().take(SHOWN).collect(),
        })
    }
}

/// How a program ended, and what it printed: errors first, since these say why.
async fn ended(mut child: Child) -> io::Result<(ExitStatus, Vec<u8>)> {
    let (mut errors, mut output) = (Vec::new(), Vec::new());
    let (stderr, stdout) = (child.stderr.take(), child.stdout.take());
    let read_errors = async {
        // What is not read ends with the pipe.
        if let Some(stream) = stderr {
            stream.take(KEPT).read_to_end(&mut errors).await?;
        }
        io::Result::Ok(())
    };
    let read_output = async {
        if let Some(stream) = stdout {
            stream.take(KEPT).read_to_end(&mut output).await?;
        }
        io::Result::Ok(())
    };
    tokio::try_join!(read_errors, read_output)?;
    let status = child.wait().await?;
    errors.push(b'\n');
    errors.extend(output);
    Ok((status, errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(command: &str, content: &str, limit: Duration) -> Result<(), Error> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("ours");
        let check: Check = command.parse().expect("a command");
        check.run(file.path(), limit).await
    }

    const MINUTE: Duration = Duration::from_mins(1);

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
        let error = run("sh -c 'exec sleep 1000' {}", "", Duration::from_millis(20)).await;
        assert!(matches!(error, Err(Error::TimedOut { .. })), "{error:?}");
        let error = run("yes {}", "", MINUTE).await;
        assert!(matches!(error, Err(Error::Refused { .. })), "{error:?}");
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for text in ["", "promtool check config", "promtool '{}", "''"] {
            assert!(text.parse::<Check>().is_err(), "{text}");
        }
    }
}
