//! What Prometheus itself says of a job: whether it has loaded it, what it discovers, what it drops and by which rule, and how its
//! last scrapes ended. Pure.

use serde_json::Value;

use super::job::Job;
use super::live::{Answer, Said, Silence};
use super::relabel::{Labels, Trace};
use super::relabeling::{self, TRACED, Traced};
use super::selection::Pair;
use super::services::listed;
use super::step::{Ended, Name, Outcome, Steps};

/// Which step a scrape that ends so is a fault of, and what mends it; the words are those of Prometheus.
const MENDS: [(&str, Name, &str); 12] = [
    (
        "connection refused",
        Name::Connection,
        "see whether the program listens on that port, and on more than 127.0.0.1",
    ),
    (
        "context deadline exceeded",
        Name::Connection,
        "see whether a NetworkPolicy is in the way, or raise scrapeTimeout",
    ),
    (
        "i/o timeout",
        Name::Connection,
        "see whether a NetworkPolicy is in the way",
    ),
    (
        "no route to host",
        Name::Connection,
        "see whether a NetworkPolicy is in the way",
    ),
    ("no such host", Name::Connection, "correct the host name of the target"),
    ("401", Name::Scrape, "set the credentials of the endpoint"),
    (
        "403",
        Name::Scrape,
        "give the permission to the credentials of the endpoint, or to the service account of Prometheus",
    ),
    (
        "404",
        Name::Scrape,
        "set path of the endpoint to where the program has its metrics",
    ),
    ("x509", Name::Scrape, "set tlsConfig of the endpoint: ca, or serverName"),
    (
        "server gave HTTP response to HTTPS client",
        Name::Scrape,
        "set scheme of the endpoint to http",
    ),
    ("Content-Type", Name::Scrape, "set fallbackScrapeProtocol"),
    (
        "limit exceeded",
        Name::Scrape,
        "raise the limit of the object, or the enforced one of the Prometheus",
    ),
];

/// Takes the steps, and gives the traces of the first targets.
///
/// # Errors
/// When one fails, or nobody answers.
pub(super) fn walk(pair: &Pair<'_>, job: &Job, said: &Said, steps: &mut Steps) -> (Vec<Traced>, Result<(), Ended>) {
    let answers = match running(pair, said, steps) {
        Ok(answers) => answers,
        Err(ended) => return (Vec::new(), Err(ended)),
    };
    let loaded = loaded(&answers, &job.name);
    let traces = traces(job, &answers, &loaded);
    (traces, further(pair, job, &answers, &loaded, steps))
}

/// Takes the step to a pod that answers, and gives those that do.
///
/// # Errors
/// When none does.
pub(super) fn running<'a>(pair: &Pair<'_>, said: &'a Said, steps: &mut Steps) -> Result<Vec<&'a Answer>, Ended> {
    match said.answering() {
        Ok(answers) => {
            let names: Vec<String> = answers.iter().map(|answer| answer.pod.clone()).collect();
            steps.take(Name::Running, Outcome::passed(listed(&names)))?;
            Ok(answers)
        }
        Err(silence @ Silence::Denied(_)) => {
            let why = format!("{silence}; --prometheus-url names an address at which it can be asked");
            steps.take(Name::Running, Outcome::unknown(why))?;
            Err(Ended)
        }
        Err(silence) => {
            let mend = format!(
                "see why: kubectl --namespace {} get pods; or check --prometheus-url, where it is given",
                pair.workload.key.namespace
            );
            steps.take(
                Name::Running,
                Outcome::failed(format!("no pod of {} answers: {silence}", pair.who()), mend),
            )?;
            Err(Ended)
        }
    }
}

/// The job as each pod has it.
fn loaded<'a>(answers: &[&'a Answer], name: &str) -> Vec<(&'a Answer, Option<Job>)> {
    let find = |answer: &'a Answer| {
        let text = answer.configuration.as_deref().unwrap_or_default();
        (answer, Job::all(text).into_iter().find(|job| job.name == name))
    };
    answers.iter().copied().map(find).collect()
}

fn further(
    pair: &Pair<'_>,
    job: &Job,
    answers: &[&Answer],
    loaded: &[(&Answer, Option<Job>)],
    steps: &mut Steps,
) -> Result<(), Ended> {
    steps.take(Name::Configuration, configuration(job, loaded))?;
    let targets = targets(answers, &job.name, "activeTargets");
    if let Some(silence) = answers
        .iter()
        .find_map(|answer| answer.targets.get(&job.name)?.as_ref().err())
    {
        steps.take(Name::Discovery, Outcome::unknown(silence.to_string()))?;
        return Err(Ended);
    }
    steps.take(Name::Discovery, discovery(pair, job, answers, loaded, targets.len()))?;
    match scrape(&targets) {
        (Name::Scrape, outcome) => {
            steps.take(Name::Connection, Outcome::passed("each target answers"))?;
            steps.take(Name::Scrape, outcome)
        }
        (name, outcome) => steps.take(name, outcome),
    }
}

fn configuration(job: &Job, loaded: &[(&Answer, Option<Job>)]) -> Outcome {
    let named = |(answer, _): &(&Answer, Option<Job>)| answer.pod.clone();
    if let Some(silence) = loaded
        .iter()
        .find_map(|(answer, _)| answer.configuration.as_ref().err())
    {
        return Outcome::unknown(silence.to_string());
    }
    let (with, without): (Vec<_>, Vec<_>) = loaded.iter().partition(|(_, job)| job.is_some());
    // Jobs in files of their own are not part of what Prometheus shows.
    let has_files = |(answer, _): &&(&Answer, Option<Job>)| {
        answer
            .configuration
            .as_ref()
            .is_ok_and(|text| text.contains("scrape_config_files:"))
    };
    let without: Vec<_> = without.into_iter().filter(|loaded| !has_files(loaded)).collect();
    if let Some(pod) = without.first() {
        return Outcome::failed(
            format!(
                "the configuration that {} has loaded has no job {}",
                named(pod),
                job.name
            ),
            format!(
                "a change takes a minute or two; after that, see the log of the config-reloader of {}",
                named(pod)
            ),
        );
    }
    let differs = |(answer, loaded): &&&(&Answer, Option<Job>)| {
        let own = loaded.as_ref().map(|loaded| loaded.rules(answer.shard));
        own.is_some_and(|own| own.is_ok() && own != job.rules(answer.shard))
    };
    if let Some(pod) = with.iter().find(differs) {
        return Outcome::hint(
            format!(
                "{} has loaded job {} with other relabeling rules than the operator writes now",
                named(pod),
                job.name
            ),
            "a change takes a minute or two; after that, see the log of the config-reloader",
        );
    }
    let pods: Vec<String> = loaded.iter().map(named).collect();
    Outcome::passed(format!("job {} is loaded by {}", job.name, listed(&pods)))
}

fn targets<'a>(answers: &[&'a Answer], job: &str, list: &str) -> Vec<&'a Value> {
    let answered = answers
        .iter()
        .filter_map(|answer| answer.targets.get(job)?.as_ref().ok());
    let targets = answered.flat_map(|answer| answer["data"][list].as_array().into_iter().flatten());
    // Old versions know no filter.
    let is_own = |target: &&Value| match target["scrapePool"].as_str() {
        Some(pool) => pool == job,
        None => target["discoveredLabels"]["job"] == job,
    };
    targets.filter(is_own).collect()
}

fn discovered(target: &Value) -> Labels {
    let labels = target["discoveredLabels"].as_object().into_iter().flatten();
    labels
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn address(labels: &Labels) -> String {
    let label = |name: &str| labels.get(name).map_or("", String::as_str);
    match label("__meta_kubernetes_pod_name") {
        "" => label("__address__").to_owned(),
        pod => format!("{} (pod {pod})", label("__address__")),
    }
}

/// The targets that each pod drops, on their way through the rules that it has loaded.
fn dropped(job: &Job, loaded: &[(&Answer, Option<Job>)]) -> Vec<(String, Trace)> {
    let mut dropped = Vec::new();
    for (answer, own) in loaded {
        let Ok(rules) = own.as_ref().unwrap_or(job).rules(answer.shard) else {
            continue;
        };
        for target in targets(&[answer], &job.name, "droppedTargets") {
            let labels = discovered(target);
            dropped.push((address(&labels), Trace::of(&rules, &labels)));
        }
    }
    // Those that came furthest first.
    dropped.sort_by_key(|(_, trace)| std::cmp::Reverse(trace.effects.len()));
    dropped
}

fn discovery(
    pair: &Pair<'_>,
    job: &Job,
    answers: &[&Answer],
    loaded: &[(&Answer, Option<Job>)],
    active: usize,
) -> Outcome {
    if active > 0 {
        return Outcome::passed(format!("{active} targets"));
    }
    let all = targets(answers, &job.name, "droppedTargets").len();
    let dropped = dropped(job, loaded);
    let Some((target, trace)) = dropped.first() else {
        return Outcome::failed(
            format!("Prometheus discovers nothing for job {}", job.name),
            "see its log: an error of discovery is repeated there; a change takes some seconds",
        );
    };
    let shards = relabeling::shards(pair);
    if answers.len() < shards {
        return Outcome::unknown(format!(
            "{} of {shards} shards were asked: the targets may be another one's",
            answers.len()
        ));
    }
    match trace.dropped_by() {
        Some(effect) => match relabeling::verdict(pair, job, target, effect) {
            Outcome::Failed { why, mend } => Outcome::failed(format!("all {all} targets are dropped; {why}"), mend),
            other => other,
        },
        None => Outcome::failed(
            format!("all {all} targets are dropped, among them {target}, which the rules keep: it has no address"),
            "see to it that a rule does not remove __address__",
        ),
    }
}

/// How the last scrapes ended, and which step that is about.
fn scrape(targets: &[&Value]) -> (Name, Outcome) {
    let count = |health: &str| targets.iter().filter(|target| target["health"] == health).count();
    if let Some(target) = targets.iter().find(|target| target["health"] == "down") {
        let error = target["lastError"].as_str().unwrap_or_default();
        let known = MENDS.iter().find(|(words, ..)| error.contains(words));
        let (name, mend) = known.map_or((Name::Scrape, "see what the program answers at that URL"), |known| {
            (known.1, known.2)
        });
        let url = target["scrapeUrl"].as_str().unwrap_or_default();
        let why = format!(
            "{} of {} targets are down; {url}: {error}",
            count("down"),
            targets.len()
        );
        return (name, Outcome::failed(why, mend));
    }
    let up = count("up");
    if up == 0 {
        return (Name::Connection, Outcome::unknown("none was scraped yet"));
    }
    (
        Name::Scrape,
        Outcome::passed(format!("{up} of {} targets are up", targets.len())),
    )
}

/// The first targets, those that are scraped first.
fn traces(job: &Job, answers: &[&Answer], loaded: &[(&Answer, Option<Job>)]) -> Vec<Traced> {
    let mut traces = Vec::new();
    for answer in answers {
        let own = loaded
            .iter()
            .find(|(other, _)| std::ptr::eq(*other, *answer))
            .and_then(|(_, job)| job.as_ref());
        let Ok(rules) = own.unwrap_or(job).rules(answer.shard) else {
            continue;
        };
        for target in targets(&[answer], &job.name, "activeTargets") {
            let labels = discovered(target);
            traces.push(Traced {
                target: address(&labels),
                trace: Trace::of(&rules, &labels),
            });
        }
    }
    let dropped = dropped(job, loaded).into_iter();
    traces.extend(dropped.map(|(target, trace)| Traced { target, trace }));
    traces.truncate(TRACED);
    traces
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_error_says_what_to_do() {
        let target =
            |health: &str, error: &str| json!({"health": health, "lastError": error, "scrapeUrl": "http://a:1/m"});
        let (up, refused) = (
            target("up", ""),
            target("down", "dial tcp: connect: connection refused"),
        );
        assert_eq!(scrape(&[&up]), (Name::Scrape, Outcome::passed("1 of 1 targets are up")));
        let (name, Outcome::Failed { why, mend }) = scrape(&[&up, &refused]) else {
            panic!("it does not fail");
        };
        assert_eq!(name, Name::Connection);
        assert_eq!(
            why,
            "1 of 2 targets are down; http://a:1/m: dial tcp: connect: connection refused"
        );
        assert!(mend.contains("127.0.0.1"), "{mend}");
        let plain = target("down", "server gave HTTP response to HTTPS client");
        assert_eq!(scrape(&[&plain]).0, Name::Scrape);
    }
}
