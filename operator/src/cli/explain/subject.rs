//! What an explanation is asked for: `KIND/NAME`, `KIND NAME`, or `target URL`. Pure.

use crate::object::ConfigKind;

/// What is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A configuration object.
    Config(ConfigKind, String),
    /// The monitors of a Service.
    Service(String),
    /// The monitors of a pod.
    Pod(String),
    /// The job of a target.
    Target(String),
}

/// What a word means.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Config(ConfigKind),
    Service,
    Pod,
    Target,
}

/// The words for kinds, as kubectl takes them: singular, plural, short.
const WORDS: [(&[&str], Meaning); 9] = [
    (
        &["servicemonitor", "servicemonitors", "smon"],
        Meaning::Config(ConfigKind::ServiceMonitor),
    ),
    (
        &["podmonitor", "podmonitors", "pmon"],
        Meaning::Config(ConfigKind::PodMonitor),
    ),
    (&["probe", "probes", "prb"], Meaning::Config(ConfigKind::Probe)),
    (
        &["scrapeconfig", "scrapeconfigs", "scfg"],
        Meaning::Config(ConfigKind::ScrapeConfig),
    ),
    (
        &["prometheusrule", "prometheusrules", "promrule"],
        Meaning::Config(ConfigKind::PrometheusRule),
    ),
    (
        &["alertmanagerconfig", "alertmanagerconfigs", "amcfg"],
        Meaning::Config(ConfigKind::AlertmanagerConfig),
    ),
    (&["service", "services", "svc"], Meaning::Service),
    (&["pod", "pods", "po"], Meaning::Pod),
    (&["target"], Meaning::Target),
];

/// Words that ask for nothing that can be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A kind that is not known.
    #[error(
        "{0:?} is no kind that is explained: name a servicemonitor, podmonitor, probe, scrapeconfig, prometheusrule, \
         alertmanagerconfig, service or pod, as KIND/NAME, or a target, as `target URL`"
    )]
    Kind(String),
    /// A kind alone.
    #[error("{0} has no name: write {0}/NAME")]
    Name(String),
}

impl Subject {
    /// What `words` ask for, and the words that are left.
    ///
    /// # Errors
    /// When they ask for nothing that can be explained.
    pub fn read(words: &[String]) -> Result<(Self, &[String]), Error> {
        let (first, rest) = words.split_first().ok_or_else(|| Error::Kind(String::new()))?;
        let (word, name, rest) = match first.split_once('/') {
            Some((word, name)) => (word, name, rest),
            None => match rest.split_first() {
                Some((name, rest)) => (first.as_str(), name.as_str(), rest),
                None => (first.as_str(), "", rest),
            },
        };
        // `servicemonitors.monitoring.coreos.com/NAME` is how kubectl prints names.
        let kind = word.split('.').next().unwrap_or_default().to_lowercase();
        let meaning = WORDS.iter().find(|(words, _)| words.contains(&kind.as_str()));
        let (_, meaning) = meaning.ok_or_else(|| Error::Kind(word.to_owned()))?;
        if name.is_empty() {
            return Err(Error::Name(word.to_owned()));
        }
        let name = name.to_owned();
        let subject = match *meaning {
            Meaning::Config(kind) => Self::Config(kind, name),
            Meaning::Service => Self::Service(name),
            Meaning::Pod => Self::Pod(name),
            Meaning::Target => Self::Target(name),
        };
        Ok((subject, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<(Subject, usize), Error> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Subject::read(&words).map(|(subject, rest)| (subject, rest.len()))
    }

    #[test]
    fn kinds_have_the_names_that_kubectl_takes() {
        let monitor = Subject::Config(ConfigKind::ServiceMonitor, "a".to_owned());
        for words in [
            "servicemonitor/a x",
            "smon a x",
            "ServiceMonitors/a x",
            "servicemonitor.monitoring.coreos.com/a x",
        ] {
            assert_eq!(read(words), Ok((monitor.clone(), 1)), "{words}");
        }
        assert_eq!(read("po/a"), Ok((Subject::Pod("a".to_owned()), 0)));
        let url = "http://10.0.0.1:80/metrics";
        assert_eq!(read(&format!("target {url}")), Ok((Subject::Target(url.to_owned()), 0)));
        assert!(matches!(read("deployment/a"), Err(Error::Kind(_))));
        assert!(matches!(read("smon"), Err(Error::Name(_))));
    }
}
