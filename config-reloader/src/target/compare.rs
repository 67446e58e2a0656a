//! Whether a running configuration is that of a file. A target does not give back the file: it fills in defaults, hides
//! secrets, spells durations its own way, renames and leaves out. So only what cannot have come from the same file is a
//! difference: a list of another length, or another value where both have one. Pure.

use std::fmt;

use formats::duration::PrometheusDuration;
use formats::yaml::Yaml;

/// What stands in the place of secrets.
const HIDDEN: &[&str] = &["<secret>", "xxxxx"];
/// Keys whose value the target makes anew: paths become absolute, labels are expanded, matchers are sorted.
const REWRITTEN: &[&str] = &[
    "rule_files",
    "scrape_config_files",
    "templates",
    "external_labels",
    "matchers",
    "source_matchers",
    "target_matchers",
    "files",
    "file",
];

/// The first place at which two configurations differ. It holds no value: that might be a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    place: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it differs at {}", self.place)
    }
}

/// The first place at which `running` cannot be what `file` says.
pub(super) fn difference(file: &Yaml, running: &Yaml) -> Option<Difference> {
    below(file, running).map(|mut parts| {
        parts.reverse();
        let place = parts.concat();
        Difference {
            place: place.trim_start_matches('.').to_owned(),
        }
    })
}

/// The parts of the place, the innermost first.
fn below(file: &Yaml, running: &Yaml) -> Option<Vec<String>> {
    if let (Some(pairs), Some(_)) = (file.as_map(), running.as_map()) {
        return pairs.iter().find_map(|(key, value)| {
            let key = key.as_str()?;
            // What is left out may be the default, or have another name by now.
            let other = running.value_of(key)?;
            if REWRITTEN.contains(&key) || key.ends_with("_file") {
                return None;
            }
            in_part(below(value, other), || format!(".{key}"))
        });
    }
    if let (Some(items), Some(others)) = (file.as_seq(), running.as_seq()) {
        if items.len() != others.len() {
            return Some(Vec::new());
        }
        let mut pairs = items.iter().zip(others).enumerate();
        return pairs.find_map(|(index, (item, other))| in_part(below(item, other), || format!("[{index}]")));
    }
    match (scalar(file), scalar(running)) {
        (Some(file), Some(running)) if !is_same(&file, &running) => Some(Vec::new()),
        // A list where a text is, and the like: another spelling of the same.
        _ => None,
    }
}

fn in_part(found: Option<Vec<String>>, part: impl FnOnce() -> String) -> Option<Vec<String>> {
    let mut parts = found?;
    parts.push(part());
    Some(parts)
}

/// The text of a scalar; `None` for null, which stands for any default.
fn scalar(node: &Yaml) -> Option<String> {
    match node {
        Yaml::Bool(value) => Some(value.to_string()),
        Yaml::Int(value) => Some(value.to_string()),
        Yaml::UInt(value) => Some(value.to_string()),
        Yaml::Float(value) => Some(value.to_string()),
        Yaml::Str(text) => Some(text.to_string()),
        _ => None,
    }
}

fn is_same(file: &str, running: &str) -> bool {
    let (file, running) = (file.trim(), running.trim());
    file == running
        || HIDDEN.iter().any(|hidden| running.contains(hidden))
        || equal_by(PrometheusDuration::parse, file, running)
        || equal_by(str::parse::<f64>, file, running)
        || equal_by(bytes, file, running)
        // Addresses gain a slash and lose the spelling of their escapes.
        || (file.contains("://") && running.contains("://"))
        || file.eq_ignore_ascii_case(running)
}

fn equal_by<T: PartialEq, E>(read: impl Fn(&str) -> Result<T, E>, file: &str, running: &str) -> bool {
    matches!((read(file), read(running)), (Ok(file), Ok(running)) if file == running)
}

/// A number of bytes: `10MB` and `10MiB` are the same to Prometheus.
fn bytes(text: &str) -> Result<(f64, u32), ()> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(())?;
    let (number, unit) = text.split_at(end);
    let unit = unit.strip_suffix('B').ok_or(())?;
    let unit = unit.strip_suffix('i').unwrap_or(unit);
    let power = ["", "K", "M", "G", "T", "P", "E"]
        .iter()
        .position(|known| *known == unit);
    let power = power.and_then(|power| u32::try_from(power).ok()).ok_or(())?;
    Ok((number.parse().map_err(|_| ())?, power))
}

#[cfg(test)]
mod tests {
    use formats::yaml::parse;

    use super::*;

    fn place(file: &str, running: &str) -> Option<String> {
        let difference = difference(&parse(file).expect("YAML"), &parse(running).expect("YAML"));
        difference.map(|difference| difference.place)
    }

    #[test]
    fn what_a_target_rewrites_is_no_difference() {
        let file = "global:\n  scrape_interval: 60s\n  external_labels: {a: $HOME}\nrule_files: [rules/*.yaml]\n\
                    scrape_configs:\n- job_name: a\n  bearer_token: abc\n  body_size_limit: 10MB\n  sample_limit: 0\n  \
                    static_configs: [{targets: ['a:1']}]\n  basic_auth: {username: b, password: c}\n  honor_labels: yes\n\
                    inhibit_rules: [{source_matchers: [c, 'a = b']}]\n";
        let running = "global:\n  scrape_interval: 1m\n  scrape_timeout: 10s\n  external_labels: {a: /root}\n\
                       rule_files: [/etc/rules/*.yaml]\nscrape_configs:\n- job_name: a\n  honor_labels: true\n  \
                       authorization: {type: Bearer, credentials: <secret>}\n  body_size_limit: 10MiB\n  \
                       static_configs:\n  - targets:\n    - a:1\n  basic_auth: {username: b, password: <secret>}\n\
                       inhibit_rules: [{source_matchers: ['a=\"b\"', 'c']}]\n";
        assert_eq!(place(file, running), None);
    }

    #[test]
    fn what_cannot_come_from_the_file_is_found_with_its_place() {
        for (file, running, expected) in [
            ("a: [{b: c}]", "a: [{b: d}]", "a[0].b"),
            ("a: [b, c]", "a: [b]", "a"),
            (
                "global: {scrape_interval: 30s}",
                "global: {scrape_interval: 1m}",
                "global.scrape_interval",
            ),
            ("a: true", "a: false", "a"),
            ("a: 10MB", "a: 11MiB", "a"),
        ] {
            assert_eq!(place(file, running).as_deref(), Some(expected), "{file}");
        }
    }
}
