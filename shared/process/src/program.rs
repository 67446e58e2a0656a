//! Programs of the user's that judge files, such as promtool. Starts one without a shell, in a process group of its own, which
//! ends with it, and keeps the beginning of what it prints.

use std::ffi::OsStr;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpgid};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Most bytes that are kept of each of what the program prints and of its errors.
const KEPT: u64 = 4096;
/// Characters that go into the message.
const SHOWN: usize = 500;

/// Why a program does not accept what it was given.
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

/// Whether `program` with `arguments` ends well. Dropped, or after `limit`, the program and all that it started are ended.
///
/// # Errors
/// When it does not run, takes too long, or ends with another code than zero.
pub async fn judge(
    program: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    limit: Option<Duration>,
) -> Result<(), Error> {
    let name = || program.to_owned();
    let failed = |source| Error::Run {
        program: name(),
        source,
    };
    let child = Command::new(program)
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
    let ended = ended.map_err(|limit| Error::TimedOut { program: name(), limit })?;
    let (status, text) = ended.map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(Error::Refused {
        program: name(),
        status,
        text: lines.join("; ").chars().take(SHOWN).collect(),
    })
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
