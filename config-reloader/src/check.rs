//! Checking files with a program of the user's, such as `promtool check config {}`, before they are put in place. Starts
//! that program, without a shell, in a process group of its own, which ends with it.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::str::FromStr;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpgid};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The file, in the command.
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

/// A string that is no command line.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// Nothing to start.
    #[error("no program is named")]
    Empty,
    /// A quote that does not end.
    #[error("a quote does not end")]
    Quote,
    /// Nothing to check.
    #[error("{FILE} is missing, which stands for the file")]
    NoFile,
}

/// Why a file is not accepted.
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
    /// Whether the program accepts the file at `path`. Dropped, or after `limit`, the program and all that it started are
    /// ended.
    pub async fn run(&self, path: &Path, limit: Option<Duration>) -> Result<(), Error> {
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
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let group = Group::of(&child);
        let ended = match limit {
            Some(limit) => timeout(limit, ended(child)).await.map_err(|_| limit),
            None => Ok(ended(child).await),
        };
        group.end().await;
        let ended = ended.map_err(|limit| Error::TimedOut {
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

/// The processes that a program started, itself included. Dropped, they are ended.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }

    fn kill(&self) {
        if let Some(group) = self.0 {
            // Nothing is left of most groups.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Ends them, and takes note of their ends where this is the first process of a container: there they are ours when
    /// their own parents are gone, and would stay as zombies.
    async fn end(mut self) {
        self.kill();
        let group = self.0.take().filter(|_| std::process::id() == 1);
        if let Some(group) = group {
            let reap = move || while waitpgid(group, WaitOptions::empty()).is_ok_and(|ended| ended.is_some()) {};
            // It only waits.
            let _ = spawn_blocking(reap).await;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
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
