//! The controllers over time: what must be there before one runs, and which session runs. When something that was missing
//! appears, the session is replaced by a larger one; when a part of it ends by itself, by another one of its kind.

use std::time::Duration;

use super::prerequisites::{Availability, available};
use super::session::{self, Running};
use super::start::Start;
use process::causes::Causes;
use process::liveness::Pulse;

/// Pause before missing prerequisites are looked for again.
const PREREQUISITES_PAUSE: Duration = Duration::from_secs(30);
/// Pause after the API server did not answer, or a session failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);

/// How often the supervisor says that it runs.
const BEAT: Duration = Duration::from_secs(10);
/// After this time without a beat it counts as stuck: a survey of permissions may wait for an answer, and a session for the
/// end of its runs.
const SILENCE: Duration = Duration::from_mins(5);

/// Runs all controllers that can run, until the stop. Those that cannot are named in the log, and started when they can.
pub(super) async fn run(start: Start) {
    let mut before: Option<Availability> = None;
    let mut session: Option<Running> = None;
    let pulse = start.liveness.pulse("controllers", SILENCE);
    loop {
        pulse.beat();
        let mut pause = PREREQUISITES_PAUSE;
        match available(&start.client, &start.scopes, start.settings.gates).await {
            Ok(now) if before.as_ref() != Some(&now) => {
                now.log();
                end(session.take()).await;
                if now.runs_any() {
                    session = Some(session::begin(&start, &now));
                }
                before = Some(now);
            }
            Ok(_) => {}
            Err(error) => {
                pause = FAILURE_PAUSE;
                tracing::error!(error = %Causes(&error), "cannot check permissions, trying again");
            }
        }
        let complete = before.as_ref().is_some_and(Availability::is_complete);
        tokio::select! {
            // The stop first: parts of a session that end with it have not failed.
            biased;
            () = start.stop.cancelled() => break,
            () = tokio::time::sleep(pause), if !complete => {}
            () = beats(&pulse) => {}
            panic = failed(&mut session) => {
                let panic = panic.map(|panic| panic.to_string());
                tracing::error!(panic, "a watch or a controller ended unexpectedly, restarting all of them");
                end(session.take()).await;
                before = None;
                start.stop.run_until_cancelled(tokio::time::sleep(FAILURE_PAUSE)).await;
            }
        }
    }
    end(session).await;
}

/// Beats as long as it is waited for, which is as long as all parts of the session run.
async fn beats(pulse: &Pulse) {
    loop {
        tokio::time::sleep(BEAT).await;
        pulse.beat();
    }
}

async fn failed(session: &mut Option<Running>) -> Option<tokio::task::JoinError> {
    match session {
        Some(session) => session.failed().await,
        None => std::future::pending().await,
    }
}

async fn end(session: Option<Running>) {
    if let Some(session) = session {
        session.end().await;
    }
}
