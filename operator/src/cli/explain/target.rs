//! From the URL of a target to the job that scrapes it, or to the one that comes nearest. Pure.

use super::scene::Scene;
use super::selection::Pair;
use super::step::{Name, Outcome, Steps};
use super::{Explanation, Near, SCRAPE, relabeling, walk};
use crate::cli::input::Object;
use crate::object::ConfigKind;

/// Jobs that are shown as near misses, at most.
const NEAR: usize = 3;
/// What begins a difference of hosts.
const HOST: &str = "its host";
/// The path that is meant where none is written.
const PATH: &str = "/metrics";

/// Where something is scraped.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: String,
    path: Option<String>,
}

impl Place {
    /// The place of a URL, with or without a scheme and a path.
    fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (authority, path) = match rest.find('/') {
            Some(end) => (&rest[..end], Some(&rest[end..])),
            None => (rest, None),
        };
        let default = if scheme == "https" { "443" } else { "80" };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
            _ => (authority, default),
        };
        Self {
            host: host.to_owned(),
            port: port.to_owned(),
            path: path.map(|path| path.split('?').next().unwrap_or_default().to_owned()),
        }
    }

    /// In what the place of a target differs from the one that is asked for; the fewer, the nearer.
    fn differs(&self, target: &Self) -> Vec<String> {
        let path = target.path.as_deref().unwrap_or(PATH);
        let parts = [
            ("host", self.host.as_str(), target.host.as_str()),
            ("port", &self.port, &target.port),
            ("path", self.path.as_deref().unwrap_or(path), path),
        ];
        let differing = parts.into_iter().filter(|(_, asked, found)| asked != found);
        differing
            .map(|(part, _, found)| format!("its {part} is {found}"))
            .collect()
    }
}

/// An object whose job has a target near the one that is asked for.
struct Candidate<'a> {
    kind: ConfigKind,
    object: &'a Object,
    job: String,
    url: String,
    differs: Vec<String>,
    is_dropped: bool,
}

/// The job of a target.
pub(super) fn target(scene: &Scene<'_>, url: &str, traced: bool, explanation: &mut Explanation) {
    let asked = Place::of(url);
    let mut candidates = candidates(scene, &asked);
    candidates.sort_by_key(|candidate| (candidate.differs.len(), candidate.is_dropped));
    let exact = candidates.iter().filter(|candidate| candidate.differs.is_empty());
    let mut jobs = Vec::new();
    for candidate in exact {
        jobs.push(candidate.job.clone());
        let name = format!("{} {}", candidate.kind, candidate.object.key);
        if !explanation.objects.iter().any(|object| object.object == name) {
            explanation
                .objects
                .push(walk::object(scene, candidate.kind, candidate.object, traced));
        }
    }
    jobs.dedup();
    let outcome = if jobs.is_empty() {
        Outcome::failed(
            format!("no job has the target {url}"),
            "see the nearest jobs, or make a monitor for it",
        )
    } else {
        Outcome::passed(format!("target of job {}", super::services::listed(&jobs)))
    };
    let _ = explanation.steps.take(Name::Monitor, outcome);
    // Of another host, a target is near if nothing else differs, and if there is no better one.
    let is_near = |candidate: &&Candidate<'_>| match candidate.differs.as_slice() {
        [] => false,
        [only] => jobs.is_empty() || !only.starts_with(HOST),
        [first, ..] => !first.starts_with(HOST),
    };
    let near = candidates.iter().filter(is_near);
    let mut near: Vec<Near> = near
        .map(|candidate| Near {
            object: format!("{} {}", candidate.kind, candidate.object.key),
            why: format!(
                "job {} scrapes {}: {}",
                candidate.job,
                candidate.url,
                candidate.differs.join(", ")
            ),
        })
        .collect();
    near.dedup();
    near.truncate(NEAR);
    explanation.near = near;
}

fn candidates<'a>(scene: &'a Scene<'a>, asked: &Place) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::new();
    for kind in SCRAPE {
        for object in scene.objects(kind.as_str()) {
            for pair in walk::pairs(scene, kind, object) {
                candidates.extend(of_pair(&pair, asked));
            }
        }
    }
    candidates
}

/// The nearest target of each job of an object.
fn of_pair<'a>(pair: &Pair<'a>, asked: &Place) -> Vec<Candidate<'a>> {
    let Ok(rendered) = pair.walk(&mut Steps::default()) else {
        return Vec::new();
    };
    let mut candidates = Vec::new();
    let shards = relabeling::shards(pair);
    for (job, found) in walk::found(pair, rendered) {
        let near = found.iter().filter_map(|target| {
            let trace = relabeling::trace(job, &target.labels, shards).ok()?;
            let is_dropped = trace.after.is_none();
            // One that is dropped would have been scraped at its address.
            let url = trace
                .url()
                .or_else(|| Some(format!("http://{}", target.labels.get("__address__")?)))?;
            let differs = asked.differs(&Place::of(&url));
            Some(Candidate {
                kind: pair.kind,
                object: pair.object,
                job: job.name.clone(),
                url,
                differs,
                is_dropped,
            })
        });
        candidates.extend(near.min_by_key(|candidate| (candidate.differs.len(), candidate.is_dropped)));
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_from_others() {
        let asked = Place::of("10.0.0.1:8080");
        let differs = |url: &str| asked.differs(&Place::of(url)).len();
        assert_eq!(differs("http://10.0.0.1:8080/metrics"), 0);
        assert_eq!(
            differs("http://10.0.0.1:8080/other"),
            0,
            "any path where none is asked for"
        );
        assert_eq!(differs("https://10.0.0.1/metrics"), 1);
        let asked = Place::of("http://shop.example/probe?module=x");
        assert_eq!(
            asked.differs(&Place::of("http://shop.example:80/probe")),
            Vec::<String>::new()
        );
        assert_eq!(
            asked.differs(&Place::of("http://shop.example")),
            ["its path is /metrics"]
        );
    }
}
