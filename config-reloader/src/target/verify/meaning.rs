//! Whether two scalars mean the same to the program that wrote one of them. Pure.

use formats::duration::PrometheusDuration;
use reqwest::Url;

/// What is in the place of secrets.
const HIDDEN: &[&str] = &["<secret>", "%3Csecret%3E"];
/// Units of bytes: 1024 each, whether they are written with an `i` or not.
const UNITS: &[&str] = &["", "K", "M", "G", "T", "P", "E"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How the value of a key is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// As what it is: a number, a duration, a size, a URL.
    Value,
    /// Letter by letter.
    Text,
    /// The same, in which the program replaces variables of the environment.
    Expanded,
    /// A path, which the program makes absolute.
    Path,
    /// A word in any case.
    Word,
    /// A range of time, such as months by name or number.
    Range,
    /// A matcher of labels.
    Matcher,
}

/// Whether `running` is what becomes of `file`.
pub(super) fn is_same(meaning: Meaning, file: &str, running: &str) -> bool {
    if file == running || HIDDEN.contains(&running) {
        return true;
    }
    match meaning {
        // Matchers are compared all together.
        Meaning::Text | Meaning::Matcher => false,
        Meaning::Expanded => file.contains('$'),
        Meaning::Path => is_same_path(file, running),
        Meaning::Word => file.eq_ignore_ascii_case(running),
        Meaning::Range => range(file) == range(running),
        Meaning::Value => is_same_value(file, running),
    }
}

fn is_same_value(file: &str, running: &str) -> bool {
    equal_by(duration, file, running)
        || equal_by(number, file, running)
        || equal_by(boolean, file, running)
        || equal_by(bytes, file, running)
        || equal_by(url, file, running)
}

fn equal_by<T: PartialEq>(read: impl Fn(&str) -> Option<T>, file: &str, running: &str) -> bool {
    read(file).is_some_and(|file| Some(file) == read(running))
}

fn duration(text: &str) -> Option<PrometheusDuration> {
    PrometheusDuration::parse(text).ok()
}

/// A number as YAML 1.1 has them.
fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    let in_base = |prefix: &str, base| {
        u32::from_str_radix(digits.strip_prefix(prefix)?, base)
            .ok()
            .map(f64::from)
    };
    let is_octal = digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let octal = is_octal.then(|| in_base("0", 8)).flatten();
    let value = match digits.to_ascii_lowercase().as_str() {
        ".inf" => Some(f64::INFINITY),
        "inf" | "infinity" | "nan" => None,
        _ => digits.parse::<f64>().ok(),
    };
    let value = in_base("0x", 16)
        .or(in_base("0o", 8))
        .or(in_base("0b", 2))
        .or(octal)
        .or(value);
    value.map(|value| sign * value)
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

/// A number of bytes, written in one or more parts: `1GiB512MiB` is `1.5GB`.
fn bytes(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let unit = unit.strip_suffix('B')?;
        let unit = unit.strip_suffix('i').unwrap_or(unit).to_ascii_uppercase();
        let power = UNITS.iter().position(|known| *known == unit)?;
        total += number.parse::<f64>().ok()? * 1024_f64.powi(i32::try_from(power).ok()?);
        rest = tail;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are far below what a number of 64 bits holds"
    )]
    (!text.is_empty()).then_some(total as u64)
}

/// What of a URL is not hidden: all but its credentials.
#[derive(PartialEq)]
struct Visible {
    scheme: String,
    host: Option<String>,
    port: Option<u16>,
    path: String,
    query: Option<String>,
}

fn url(text: &str) -> Option<Visible> {
    let url = Url::parse(text).ok().filter(|_| text.contains("://"))?;
    Some(Visible {
        scheme: url.scheme().to_owned(),
        host: url.host_str().map(str::to_owned),
        port: url.port_or_known_default(),
        path: percent_decoded(url.path()),
        query: url.query().map(percent_decoded),
    })
}

fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let code = rest
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            bytes = &rest[2..];
        } else {
            decoded.push(first);
            bytes = rest;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A path of the file counts from the folder of the target's own configuration, which is not known here.
fn is_same_path(file: &str, running: &str) -> bool {
    let (file, running) = (cleaned(file), cleaned(running));
    let relative = file.trim_start_matches("../");
    !file.starts_with('/') && (running == relative || running.ends_with(&format!("/{relative}"))) || file == running
}

/// A path without `.`, doubled slashes, and `..` after a name.
fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// A range as Alertmanager writes it: months by name, and one end where both are the same.
fn range(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let named = |end: &str| {
        let number = end.trim().parse::<usize>().ok();
        // Days and years are numbers on both sides, and come out the same.
        let name = number.and_then(|number| MONTHS.get(number.checked_sub(1)?));
        name.map_or_else(|| end.trim().to_owned(), |name| (*name).to_owned())
    };
    let (first, last) = text.split_once(':').unwrap_or((&text, &text));
    let (first, last) = (named(first), named(last));
    if first == last {
        first
    } else {
        format!("{first}:{last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_other_words_is_the_same() {
        for (meaning, file, running) in [
            (Meaning::Value, "60s", "1m"),
            (Meaning::Value, "1024KB", "1MiB"),
            (Meaning::Value, "1.5GB", "1GiB512MiB"),
            (Meaning::Value, "yes", "true"),
            (Meaning::Value, "0x1F", "31"),
            (Meaning::Value, "010", "8"),
            (Meaning::Value, "1_000", "1000"),
            (Meaning::Value, "+1e3", "1000"),
            (Meaning::Value, "anything", "<secret>"),
            (Meaning::Value, "http://u:p@h:80", "http://u:xxxxx@h/"),
            (Meaning::Value, "http://h/a%20b?c=%2F", "http://h/a b?c=/"),
            (Meaning::Path, "rules/*.yml", "/etc/prometheus/rules/*.yml"),
            (Meaning::Path, "./a//b.yml", "a/b.yml"),
            (Meaning::Path, "../a.yml", "/etc/a.yml"),
            (Meaning::Word, "Replace", "replace"),
            (Meaning::Range, "1:3", "january:march"),
            (Meaning::Range, "Monday:monday", "monday"),
            (Meaning::Range, "-1", "-1"),
            (Meaning::Expanded, "${HOST}", "a"),
        ] {
            assert!(is_same(meaning, file, running), "{meaning:?}: {file} and {running}");
        }
    }

    #[test]
    fn other_values_are_others() {
        for (meaning, file, running) in [
            (Meaning::Value, "60s", "61s"),
            (Meaning::Value, "1MB", "1GB"),
            (Meaning::Value, "yes", "false"),
            (Meaning::Value, "10", "11"),
            (Meaning::Value, "a", "A"),
            (Meaning::Value, "http://h/a", "http://h/b"),
            (Meaning::Value, "http://h:9090/", "http://h:9091/"),
            (Meaning::Value, "http://h/", "https://h/"),
            (Meaning::Value, "http://h/?a", "http://h/?b"),
            (Meaning::Text, "60s", "1m"),
            (Meaning::Text, "yes", "true"),
            (Meaning::Path, "a.yml", "/etc/ba.yml"),
            (Meaning::Path, "/a/b.yml", "/c/a/b.yml"),
            (Meaning::Range, "1:3", "january:april"),
            (Meaning::Expanded, "host", "a"),
        ] {
            assert!(!is_same(meaning, file, running), "{meaning:?}: {file} and {running}");
        }
    }
}
