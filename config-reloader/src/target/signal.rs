//! Reload by SIGHUP to the process that runs an executable, confirmed by the runtime information of Prometheus: the
//! target must say that its last reload succeeded, at a later time than the one before. Reads `/proc`, so the two
//! containers must share their process namespace.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use super::client::{Client, LONGEST};
use super::error::Error;

/// Time between two looks at the runtime information; it gives times in whole seconds.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Bytes of an executable's name that the kernel keeps.
const KEPT: usize = 15;

/// A process, looked for at each reload.
#[derive(Clone)]
pub(super) struct Process {
    /// Name of its executable.
    pub(super) executable: String,
    /// Where it says how its last reload went.
    pub(super) runtime_info: Client,
}

/// The part of Prometheus' answer to `/api/v1/status/runtimeinfo` that is of interest.
#[derive(Deserialize)]
struct Answer {
    data: RuntimeInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeInfo {
    reload_config_success: bool,
    last_config_time: Timestamp,
}

impl Process {
    /// Signals and waits until the reload is confirmed. The caller bounds the time.
    pub(super) async fn reload(&self) -> Result<(), Error> {
        let before = self.runtime_info().await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "it is compared with the clock of the target, on the same machine"
        )]
        let now = Timestamp::now();
        tokio::time::sleep(until_next_second(before.last_config_time, now)).await;
        let id = find(Path::new("/proc"), &self.executable)?;
        kill_process(id, Signal::HUP).map_err(|source| Error::Signal {
            id: id.as_raw_nonzero().get(),
            source,
        })?;
        // A configuration that cannot be loaded leaves the time as it is, so it shows only where the one before was good.
        let was_good = before.reload_config_success;
        loop {
            let now = self.runtime_info().await?;
            if now.reload_config_success && now.last_config_time > before.last_config_time {
                return Ok(());
            }
            if was_good && !now.reload_config_success {
                return Err(Error::NotLoaded);
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    }

    async fn runtime_info(&self) -> Result<RuntimeInfo, Error> {
        let url = || self.runtime_info.address.to_string();
        let sent = self.runtime_info.send(Method::GET, LONGEST).await;
        let answer = sent.map_err(|source| Error::Call { url: url(), source })?;
        if answer.status != StatusCode::OK {
            let status = answer.status;
            return Err(Error::Refused { url: url(), status });
        }
        let answer: Result<Answer, _> = serde_json::from_slice(&answer.body);
        answer
            .map(|answer| answer.data)
            .map_err(|source| Error::RuntimeInfo { url: url(), source })
    }
}

/// How long to wait so that a reload shows: Prometheus gives its time in whole seconds, so a second reload within one
/// second would look like the first.
fn until_next_second(last: Timestamp, now: Timestamp) -> Duration {
    let left = Duration::try_from(last.duration_since(now)).map_or_else(
        |_| LOOK_INTERVAL.saturating_sub(Duration::try_from(now.duration_since(last)).unwrap_or_default()),
        |ahead| ahead + LOOK_INTERVAL,
    );
    // A clock that is ahead must not hold up the reload.
    left.min(LOOK_INTERVAL)
}

/// The process with the lowest number that runs `executable`.
fn find(processes: &Path, executable: &str) -> Result<Pid, Error> {
    let failed = |source| Error::Processes {
        path: PathBuf::from(processes),
        source,
    };
    let mut ids = Vec::new();
    for entry in fs::read_dir(processes).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        ids.extend(name.to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    ids.sort_unstable();
    let kept = &executable.as_bytes()[..executable.len().min(KEPT)];
    let runs = |id: &i32| {
        // A process that ended meanwhile has no name.
        let name = fs::read(processes.join(id.to_string()).join("comm")).unwrap_or_default();
        name.strip_suffix(b"\n") == Some(kept)
    };
    let found = ids.into_iter().find(runs).and_then(Pid::from_raw);
    found.ok_or_else(|| Error::NoProcess(executable.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_number_is_found_by_the_name_that_the_kernel_keeps() {
        let processes = tempfile::tempdir().expect("a folder");
        for (id, name) in [
            ("12", "prometheus"),
            ("7", "sh"),
            ("9", "prometheus"),
            ("self", "prometheus"),
            ("3", "a-very-long-nam"),
        ] {
            fs::create_dir(processes.path().join(id)).expect("ours");
            fs::write(processes.path().join(id).join("comm"), format!("{name}\n")).expect("ours");
        }
        let id = |name: &str| find(processes.path(), name).ok().map(|id| id.as_raw_nonzero().get());
        assert_eq!(id("prometheus"), Some(9));
        assert_eq!(id("a-very-long-name"), Some(3));
        assert_eq!(id("prom"), None);
    }

    #[test]
    fn a_reload_waits_for_a_second_in_which_it_shows() {
        let time = |text: &str| text.parse::<Timestamp>().expect("a time");
        let last = time("2026-03-01T10:00:01Z");
        for (now, milliseconds) in [
            ("2026-03-01T10:00:01.25Z", 750),
            ("2026-03-01T10:00:01Z", 1000),
            ("2026-03-01T10:00:02Z", 0),
            ("2026-03-01T11:00:00Z", 0),
            ("2026-03-01T09:00:00Z", 1000),
        ] {
            assert_eq!(
                until_next_second(last, time(now)),
                Duration::from_millis(milliseconds),
                "{now}"
            );
        }
    }

    #[test]
    fn runtime_information_is_read_as_prometheus_writes_it() {
        let text = r#"{"status":"success","data":{"startTime":"2026-03-01T10:00:00.5Z","CWD":"/","reloadConfigSuccess":true,
            "lastConfigTime":"2026-03-01T10:00:01Z","goroutineCount":40}}"#;
        let answer: Answer = serde_json::from_str(text).expect("an answer");
        assert!(answer.data.reload_config_success);
        assert_eq!(answer.data.last_config_time.to_string(), "2026-03-01T10:00:01Z");
    }
}
