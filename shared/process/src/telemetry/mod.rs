//! Logs of both programs: one line per event on standard output, as logfmt or JSON, with the original's keys and
//! level names. [`start`] may be called once per process.

mod line;

use std::fmt;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Libraries whose debug output is about themselves: they speak at `info` and above, unless the level is `all`.
const LIBRARIES: &[&str] = &["h2", "hyper", "hyper_util", "kube_client", "mio", "rustls", "tower"];

/// Libraries that write what they read into their lines, Secrets included. What they say the programs say themselves.
const TELLTALES: &[&str] = &["kube_client", "kube_runtime"];

/// A flag value that is not one of the known words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not one of {known}")]
pub struct UnknownWord {
    value: Box<str>,
    known: &'static str,
}

/// Least severe level that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    /// Everything, that of libraries included, but for what could hold a Secret.
    All,
    /// Each run of a loop.
    Debug,
    /// Changes of state.
    #[default]
    Info,
    /// What works in spite of a mistake.
    Warn,
    /// What does not work.
    Error,
    /// Nothing.
    None,
}

impl LogLevel {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("all", Self::All),
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
        ("none", Self::None),
    ];

    fn filter(self) -> Targets {
        let (own, libraries) = match self {
            Self::All => (LevelFilter::TRACE, LevelFilter::TRACE),
            Self::Debug => (LevelFilter::DEBUG, LevelFilter::INFO),
            Self::Info => (LevelFilter::INFO, LevelFilter::INFO),
            Self::Warn => (LevelFilter::WARN, LevelFilter::WARN),
            Self::Error => (LevelFilter::ERROR, LevelFilter::ERROR),
            Self::None => (LevelFilter::OFF, LevelFilter::OFF),
        };
        Targets::new()
            .with_default(own)
            .with_targets(LIBRARIES.iter().map(|library| (*library, libraries)))
            .with_targets(TELLTALES.iter().map(|module| (*module, LevelFilter::OFF)))
    }
}

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// `key=value` pairs.
    #[default]
    Logfmt,
    /// One JSON object.
    Json,
}

impl LogFormat {
    const WORDS: &'static [(&'static str, Self)] = &[("logfmt", Self::Logfmt), ("json", Self::Json)];
}

fn from_word<T: Copy>(words: &[(&str, T)], value: &str, known: &'static str) -> Result<T, UnknownWord> {
    let found = words.iter().find(|(word, _)| *word == value);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| UnknownWord {
        value: value.into(),
        known,
    })
}

fn to_word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words
        .iter()
        .find(|(_, meaning)| meaning == value)
        .map_or("", |(word, _)| word)
}

impl FromStr for LogLevel {
    type Err = UnknownWord;

    fn from_str(value: &str) -> Result<Self, UnknownWord> {
        from_word(Self::WORDS, value, "all, debug, info, warn, error, none")
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(to_word(Self::WORDS, self))
    }
}

impl FromStr for LogFormat {
    type Err = UnknownWord;

    fn from_str(value: &str) -> Result<Self, UnknownWord> {
        from_word(Self::WORDS, value, "logfmt, json")
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(to_word(Self::WORDS, self))
    }
}

/// Sends the process' events to standard output from now on.
///
/// # Errors
/// When it was called before.
pub fn start(level: LogLevel, format: LogFormat) -> Result<(), TryInitError> {
    tracing_subscriber::registry()
        .with(line::layer(format, std::io::stdout))
        .with(level.filter())
        .try_init()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for (word, level) in LogLevel::WORDS {
            assert_eq!(word.parse(), Ok(*level));
            assert_eq!(&level.to_string(), word);
        }
        for (word, format) in LogFormat::WORDS {
            assert_eq!(word.parse(), Ok(*format));
            assert_eq!(&format.to_string(), word);
        }
        assert!("warning".parse::<LogLevel>().is_err());
        let error = "yaml".parse::<LogFormat>().expect_err("not a format");
        assert_eq!(error.to_string(), "\"yaml\" is not one of logfmt, json");
    }

    #[test]
    fn libraries_are_quiet_unless_everything_is_wanted() {
        use tracing::Level;
        assert!(LogLevel::Debug.filter().would_enable("operator::run", &Level::DEBUG));
        assert!(!LogLevel::Debug.filter().would_enable("hyper::proto", &Level::DEBUG));
        assert!(LogLevel::All.filter().would_enable("hyper::proto", &Level::TRACE));
        assert!(!LogLevel::Warn.filter().would_enable("hyper::proto", &Level::INFO));
        for level in [Level::ERROR, Level::WARN, Level::DEBUG, Level::TRACE] {
            assert!(!LogLevel::All.filter().would_enable("kube_client::client", &level));
            assert!(!LogLevel::All.filter().would_enable("kube_client::config", &level));
        }
        assert!(!LogLevel::None.filter().would_enable("operator", &Level::ERROR));
    }
}
