//! The reasons of conditions and events, with what each means: for documents. Data; a test compares the table with the
//! sources.

/// Where a reason shows up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The condition `Available` of a workload.
    Available,
    /// The condition `Reconciled` of a workload that is `True` in spite of it.
    Remark,
    /// The condition `Reconciled` of a workload that is not `True`.
    Failure,
    /// An event about a workload.
    Event,
    /// An event about a configuration object, and the condition `Accepted` of its bindings.
    Rejection,
}

/// A reason.
#[derive(Debug, Clone, Copy)]
pub struct Reason {
    /// The word, in `PascalCase`. Several are joined by `And`.
    pub word: &'static str,
    /// Where it shows up.
    pub places: &'static [Place],
    /// What it means.
    pub meaning: &'static str,
}

const fn reason(word: &'static str, places: &'static [Place], meaning: &'static str) -> Reason {
    Reason { word, places, meaning }
}

/// All reasons, by their words.
#[rustfmt::skip]
pub const REASONS: &[Reason] = &[
    reason("ApplyFailed", &[Place::Event],
        "The API server refused an object of the workload. The message is the API server's. The operator tries again."),
    reason("ConfigurationRefused", &[Place::Event],
        "The program named by `--check-configuration` refuses the generated files. The last good ones stay."),
    reason("ConfigurationRollingOut", &[Place::Remark],
        "The configuration has outgrown its Secret, and jobs move into further ones. The pods are restarted to mount these."),
    reason("ConfigurationUnmanaged", &[Place::Remark],
        "The configuration is left to the user, because the Prometheus has no selector."),
    reason("DaemonSetNotFound", &[Place::Available],
        "The DaemonSet of the workload does not exist."),
    reason("DefaultConfiguration", &[Place::Remark, Place::Event],
        "There is no configuration of the Alertmanager, so alerts are sent to nobody."),
    reason("FeatureReplaced", &[Place::Remark],
        "A feature flag that the version does not know has been replaced by what does the same."),
    reason("IgnoredFields", &[Place::Remark],
        "A field has no effect, because another one takes precedence."),
    reason("InvalidConfiguration", &[Place::Rejection],
        "The object is wrong, or refers to something that is wrong or missing. It is left out; the message names the field."),
    reason("InvalidSpecification", &[Place::Event],
        "The workload is wrong, or refers to something that is wrong or missing. The last good state stays; the message names the field."),
    reason("NoPodReady", &[Place::Available],
        "No pod is ready. The message says why."),
    reason("NoSelectedResources", &[Place::Remark],
        "The workload selects nothing."),
    reason("NotFound", &[Place::Failure],
        "The status is `Unknown`: nothing has been tried yet."),
    reason("ObserveFailed", &[Place::Event],
        "Something that the workload refers to could not be read. The operator tries again."),
    reason("ReconciliationFailed", &[Place::Failure],
        "The last change could not be applied. The last good state stays; the message says what is wrong."),
    reason("SomePodsNotReady", &[Place::Available],
        "Some pods are ready, and not all. The message says why."),
    reason("StatefulSetNotFound", &[Place::Available],
        "The StatefulSet of the workload does not exist."),
    reason("StatusUpdateFailed", &[Place::Event],
        "The status could not be written. The operator tries again."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// What comes before a reason in the sources.
    const BEFORE: [&str; 8] = [
        "Notice::new(",
        "Notice::event(",
        "reason: ",
        "const REASON: &str = ",
        "ConditionStatus::True,",
        "ConditionStatus::False,",
        "ConditionStatus::Degraded,",
        "ConditionStatus::Unknown,",
    ];
    /// Those that are not ours: of reviews, and of the controllers of Kubernetes.
    const OF_OTHERS: [&str; 2] = ["FailedCreate", "Invalid"];

    fn sources(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.ends_with("tests") || path.ends_with("tests.rs") || path.ends_with("reasons.rs") {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else {
                let text = fs::read_to_string(&path).expect("a source");
                found.push_str(text.split("\nmod tests {").next().unwrap_or_default());
            }
        }
    }

    #[test]
    fn the_table_is_what_the_sources_say() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let listed: BTreeSet<&str> = REASONS.iter().map(|reason| reason.word).collect();
        for word in &listed {
            assert!(text.contains(&format!("\"{word}\"")), "{word} is not used");
        }
        let written = BEFORE.iter().flat_map(|before| text.split(before).skip(1));
        let words = written.filter_map(|after| after.trim_start().strip_prefix('"')?.split('"').next());
        let used: BTreeSet<&str> = words
            .filter(|word| !word.is_empty() && !word.contains(' ') && !OF_OTHERS.contains(word))
            .collect();
        assert!(used.len() > 5, "{used:?}");
        assert!(
            used.is_subset(&listed),
            "not in the table: {:?}",
            used.difference(&listed)
        );
    }

    #[test]
    fn words_are_sorted() {
        assert!(REASONS.is_sorted_by_key(|reason| reason.word));
    }
}
