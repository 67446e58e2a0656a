//! The operator as a process, and what the kernel says of it: memory and CPU time, from `/proc`.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-operator");
/// A program that uses no CPU for so long has nothing to do.
const QUIET: Duration = Duration::from_secs(3);
/// It is no longer waited for.
const PATIENCE: Duration = Duration::from_mins(3);

/// A running operator; it ends with the value.
pub(crate) struct Program {
    child: Child,
    started: Instant,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

impl Program {
    /// Starts it. Its log goes to standard error where `SCALE_LOG` is set.
    pub(crate) fn start(kubeconfig: &str) -> anyhow::Result<Self> {
        let program = std::env::var("SCALE_PROGRAM").unwrap_or_else(|_| PROGRAM.to_owned());
        let log = match std::env::var_os("SCALE_LOG") {
            Some(_) => Stdio::from(std::io::stderr()),
            None => Stdio::null(),
        };
        let started = Instant::now();
        let child = Command::new(program)
            .args(["--web.listen-address=127.0.0.1:0"])
            .env("KUBECONFIG", kubeconfig)
            // As in our Deployment.
            .env("MALLOC_ARENA_MAX", "1")
            .stdout(log)
            .spawn()
            .context("the operator")?;
        Ok(Self { child, started })
    }

    /// When it was started.
    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    /// CPU time that it has used.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let text = self.file("stat")?;
        // The name of the program, which may hold anything, ends at the last parenthesis. Fields 14 and 15 of all.
        let fields = text.rsplit(") ").next().unwrap_or_default();
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
        let ticks = ticks.sum::<Result<u32, _>>().context("stat")?;
        Ok(Duration::from_secs(1) * ticks / u32::try_from(rustix::param::clock_ticks_per_second())?)
    }

    /// Memory that it has, and the most that it ever had.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let text = self.file("status")?;
        let bytes = |name: &str| -> anyhow::Result<u64> {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .context("status")?;
            let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
            Ok(kibibytes * 1024)
        };
        Ok(Memory {
            resident: bytes("VmRSS:")?,
            peak: bytes("VmHWM:")?,
        })
    }

    fn file(&self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        fs::read_to_string(path).context("the operator has ended")
    }

    /// Waits until it has nothing to do.
    pub(crate) async fn quiet(&self) -> anyhow::Result<()> {
        let begin = Instant::now();
        let (mut since, mut before) = (begin, self.cpu()?);
        while since.elapsed() < QUIET && begin.elapsed() < PATIENCE {
            tokio::time::sleep(QUIET / 20).await;
            let now = self.cpu()?;
            // A timer of the runtime is no work.
            if now > before + Duration::from_millis(10) {
                (since, before) = (Instant::now(), now);
            }
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
