//! How it goes, for probes and people: `/healthz` says whether the loop is alive, `/readyz` whether every target runs
//! what it should, and since when not. Uses the clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::{Method, StatusCode};
use jiff::Timestamp;
use process::http::{Answer, Routes, answer};
use serde::Serialize;

use crate::trouble::Trouble;

/// Handle to the state; clones share it.
#[derive(Clone)]
pub struct Health(Arc<Mutex<State>>);

struct State {
    /// A look at the files that takes longer hangs.
    longest_look: Duration,
    looking_since: Option<SystemTime>,
    backend: String,
    /// Why the files are not in place.
    files: Option<Problem>,
    targets: Vec<Target>,
}

struct Target {
    name: String,
    last_reload: Option<SystemTime>,
    problem: Option<Problem>,
}

#[derive(Clone, Copy)]
struct Problem {
    reason: &'static str,
    since: SystemTime,
}

/// The answer of `/readyz`.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// How changes are noticed.
    watch: String,
    /// The earliest of all targets.
    last_reload: Option<Timestamp>,
    stuck_since: Option<Timestamp>,
    problems: Vec<Described>,
}

#[derive(Serialize)]
struct Described {
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    reason: &'static str,
    since: Option<Timestamp>,
}

/// The answer of `/healthz`.
#[derive(Serialize)]
struct Liveness {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
}

impl Health {
    /// Nothing is in place yet, and there is no target.
    pub fn new(longest_look: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            longest_look,
            looking_since: None,
            backend: "none".to_owned(),
            files: Some(Problem::going_on(None, "not_yet_read")),
            targets: Vec::new(),
        })))
    }

    /// There is one more target, which was not reloaded yet.
    pub fn add(&self, name: &str) {
        self.state().targets.push(Target {
            name: name.to_owned(),
            last_reload: None,
            problem: Some(Problem::going_on(None, "not_yet_reloaded")),
        });
    }

    /// A target is none any more.
    pub fn remove(&self, name: &str) {
        self.state().targets.retain(|target| target.name != name);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look at the files begins.
    pub fn looking(&self) {
        self.state().looking_since = Some(SystemTime::now());
    }

    /// The look ended: with everything in place, or for a reason without it.
    pub fn looked(&self, reason: Option<&'static str>, backend: String) {
        let mut state = self.state();
        state.looking_since = None;
        state.backend = backend;
        let former = state.files;
        state.files = reason.map(|reason| Problem::going_on(former, reason));
    }

    /// Every target is to be reloaded.
    pub fn reloading(&self) {
        for target in &mut self.state().targets {
            target.problem = Some(Problem::going_on(target.problem, "not_yet_reloaded"));
        }
    }

    /// An attempt to reload a target ended.
    pub fn reloaded(&self, name: &str, trouble: Option<Trouble>) {
        let mut state = self.state();
        for target in state.targets.iter_mut().filter(|target| target.name == name) {
            if trouble.is_none() {
                target.last_reload = Some(SystemTime::now());
            }
            target.problem = trouble.map(|trouble| Problem::going_on(target.problem, trouble.as_str()));
        }
    }

    /// Adds `/healthz` and `/readyz`.
    pub fn routes(&self, routes: Routes) -> Routes {
        let (live, ready) = (self.clone(), self.clone());
        routes
            .on(Method::GET, "/healthz", move |_| {
                std::future::ready(live.liveness(SystemTime::now()))
            })
            .on(Method::GET, "/readyz", move |_| std::future::ready(ready.readiness()))
    }

    fn liveness(&self, now: SystemTime) -> Answer {
        let state = self.state();
        let hangs = |since: &SystemTime| now.duration_since(*since).is_ok_and(|age| age > state.longest_look);
        match state.looking_since.filter(hangs) {
            None => json(
                StatusCode::OK,
                &Liveness {
                    status: "up",
                    since: None,
                },
            ),
            Some(since) => {
                let since = timestamp(since);
                json(StatusCode::SERVICE_UNAVAILABLE, &Liveness { status: "stuck", since })
            }
        }
    }

    fn readiness(&self) -> Answer {
        let state = self.state();
        let of_targets = state.targets.iter().map(|target| (Some(&target.name), target.problem));
        let problems = std::iter::once((None, state.files)).chain(of_targets);
        let problems: Vec<_> = problems
            .filter_map(|(target, problem)| Some((target, problem?)))
            .collect();
        let reloads = state.targets.iter().map(|target| target.last_reload);
        let readiness = Readiness {
            ready: problems.is_empty(),
            watch: state.backend.clone(),
            // `None` comes first: it counts as long as there is a target without a reload.
            last_reload: reloads.min().flatten().and_then(timestamp),
            stuck_since: problems
                .iter()
                .map(|(_, problem)| problem.since)
                .min()
                .and_then(timestamp),
            problems: problems
                .into_iter()
                .map(|(target, problem)| Described {
                    target: target.cloned(),
                    reason: problem.reason,
                    since: timestamp(problem.since),
                })
                .collect(),
        };
        let status = if readiness.ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        json(status, &readiness)
    }
}

impl Problem {
    /// The reason is the latest one, the time that of the first.
    fn going_on(former: Option<Self>, reason: &'static str) -> Self {
        let since = former.map_or_else(SystemTime::now, |former| former.since);
        Self { reason, since }
    }
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

fn json(status: StatusCode, content: &impl Serialize) -> Answer {
    // What is written here has neither maps nor floating point numbers, so nothing can fail.
    let text = serde_json::to_string(content).unwrap_or_default();
    answer(status, "application/json; charset=utf-8", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(answer: Answer) -> (u16, serde_json::Value) {
        use http_body_util::BodyExt as _;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.expect("it is in memory").to_bytes();
        (status, serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[tokio::test]
    async fn alive_unless_a_look_hangs() {
        let health = Health::new(Duration::from_mins(1));
        let later = |seconds| SystemTime::now() + Duration::from_secs(seconds);
        assert_eq!(
            body(health.liveness(later(1000))).await,
            (200, serde_json::json!({"status": "up"}))
        );
        health.looking();
        assert_eq!(body(health.liveness(later(50))).await.0, 200);
        let (status, content) = body(health.liveness(later(70))).await;
        assert_eq!((status, &content["status"]), (503, &serde_json::json!("stuck")));
        assert!(content["since"].is_string());
        health.looked(None, "inotify".to_owned());
        assert_eq!(body(health.liveness(later(1000))).await.0, 200);
    }

    #[tokio::test]
    async fn ready_when_everything_is_in_place_and_every_target_runs_it() {
        let health = Health::new(Duration::ZERO);
        health.add("a");
        health.add("b");
        let reasons = |content: &serde_json::Value| {
            let problems = content["problems"].as_array().expect("a list").iter();
            problems
                .map(|problem| problem["reason"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let (status, content) = body(health.readiness()).await;
        assert_eq!(status, 503);
        assert_eq!(
            reasons(&content),
            ["not_yet_read", "not_yet_reloaded", "not_yet_reloaded"]
        );
        health.looked(None, "inotify".to_owned());
        health.reloaded("a", None);
        health.reloaded("b", Some(Trouble::Unreachable));
        let (_, first) = body(health.readiness()).await;
        assert_eq!(
            (reasons(&first), &first["last_reload"]),
            (vec!["unreachable".to_owned()], &serde_json::Value::Null)
        );
        health.reloaded("b", Some(Trouble::Refused));
        let (_, second) = body(health.readiness()).await;
        assert_eq!(
            (reasons(&second), &second["stuck_since"]),
            (vec!["refused".to_owned()], &first["stuck_since"])
        );
        health.reloaded("b", None);
        health.reloading();
        assert_eq!(body(health.readiness()).await.0, 503);
        health.reloaded("a", None);
        health.reloaded("b", None);
        let (status, content) = body(health.readiness()).await;
        assert_eq!(
            (status, &content["ready"], &content["watch"]),
            (200, &true.into(), &"inotify".into())
        );
        assert!(content["last_reload"].is_string() && content["stuck_since"].is_null());
        health.add("c");
        assert_eq!(body(health.readiness()).await.0, 503);
        health.remove("c");
        assert_eq!(body(health.readiness()).await.0, 200);
    }
}
