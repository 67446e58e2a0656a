//! What promtool can be asked about the rendered files of a Prometheus, for `--check-configuration`. Pure.

use formats::gzip;
use k8s_openapi::api::core::v1::Secret;

use super::names;
use super::observe::Observed;
use super::secrets::CONFIG_KEY;
use crate::args::Reader;
use crate::reconcile::Rendered;
use crate::reconcile::judgement::{JudgedFile, Question};
use crate::rules;

/// What the config-reloader fills in, with values such as a pod has.
const VARIABLES: [(&str, &str); 5] = [
    ("$(POD_NAME)", "prometheus-0"),
    ("$(SHARD)", "0"),
    ("$(NODE_NAME)", "node"),
    ("$(TOPOLOGY_ZONE)", "zone"),
    ("$(INZONE_SHARD)", "0"),
];
/// Features that promtool reads expressions by have this in front.
const OF_EXPRESSIONS: &str = "promql-";

/// The questions: whether the configuration would be loaded, all jobs included, and the rules.
pub(super) fn questions(observed: &Observed, rendered: &Rendered) -> Vec<Question> {
    let instance = observed.object.instance();
    let mut arguments: Vec<String> = Vec::new();
    let features = instance.common.enable_features.iter();
    let features: Vec<&str> = features
        .map(|one| &**one)
        .filter(|one| one.starts_with(OF_EXPRESSIONS))
        .collect();
    if !features.is_empty() {
        arguments.push(format!("--enable-feature={}", features.join(",")));
    }
    let question = |words: &[&str], files: Vec<JudgedFile>| Question {
        reader: Reader::Prometheus,
        arguments: arguments
            .iter()
            .cloned()
            .chain(words.iter().map(|word| (*word).to_owned()))
            .collect(),
        prefix: "",
        files,
    };
    let agent: &[&str] = if instance.server().is_none() { &["--agent"] } else { &[] };
    // Files that it names are in the pods only.
    let words = [&["check", "config", "--syntax-only"][..], agent].concat();
    let configuration = configuration(&names::prefixed(&instance), &rendered.desired.secrets);
    let configuration = configuration.map(|text| JudgedFile {
        name: "prometheus.yaml".to_owned(),
        content: text.into_bytes(),
    });
    vec![
        question(&words, configuration.into_iter().collect()),
        question(
            &["check", "rules", "--lint=none"],
            JudgedFile::all(rules::texts(&rendered.desired.config_maps)),
        ),
    ]
}

/// The configuration in the Secret of that name, with the jobs of further files in their place; nothing where it is not
/// written, or empty.
fn configuration(name: &str, secrets: &[Secret]) -> Option<String> {
    let files = |secret: &Secret| secret.data.clone().unwrap_or_default();
    let text = |packed: &[u8]| String::from_utf8(gzip::decompress(packed, u64::MAX).ok()?).ok();
    let own = secrets
        .iter()
        .find(|secret| secret.metadata.name.as_deref() == Some(name))?;
    let mut configuration = text(&files(own).get(CONFIG_KEY)?.0).filter(|text| !text.is_empty())?;
    let pattern = format!("scrape_config_files:\n- {}\n", names::JOB_FILES_PATTERN);
    if configuration.contains(&pattern) {
        let is_of_jobs = |(key, _): &(String, _)| names::is_job_file(key);
        let job_files = secrets.iter().flat_map(files).filter(is_of_jobs);
        let jobs = job_files.filter_map(|(_, packed)| text(&packed.0));
        let mut all = "scrape_configs:\n".to_owned();
        for jobs in jobs {
            all.push_str(jobs.strip_prefix("scrape_configs:\n").unwrap_or(&jobs));
        }
        configuration = configuration.replace(&pattern, &all);
    }
    for (variable, value) in VARIABLES {
        configuration = configuration.replace(variable, value);
    }
    Some(configuration)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;
    use serde_json::json;

    use super::*;

    fn secret(name: &str, key: &str, text: &str) -> Secret {
        let mut secret: Secret = serde_json::from_value(json!({ "metadata": { "name": name } })).expect("a Secret");
        secret.data = Some([(key.to_owned(), ByteString(gzip::compress(text.as_bytes())))].into());
        secret
    }

    #[test]
    fn all_jobs_are_in_one_file() {
        let jobs = |number| {
            let text = format!("scrape_configs:\n- job_name: {number}\n");
            secret(&format!("jobs-{number}"), &names::job_file(number), &text)
        };
        let head = format!(
            "global: {{}}\nscrape_config_files:\n- {}\nalerting: $(POD_NAME)\n",
            names::JOB_FILES_PATTERN
        );
        let all = [
            jobs(0),
            secret("main", CONFIG_KEY, &head),
            jobs(3),
            secret("other", "web.yaml", ""),
        ];
        let expected = "global: {}\nscrape_configs:\n- job_name: 0\n- job_name: 3\nalerting: prometheus-0\n";
        assert_eq!(configuration("main", &all).as_deref(), Some(expected));
        assert_eq!(configuration("main", &[secret("main", CONFIG_KEY, "")]), None);
        assert_eq!(configuration("main", &[]), None);
    }
}
