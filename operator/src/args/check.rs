//! The flags of the last line of defence: programs that judge what was generated before it is written. Plain values.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use process::flags::parse_duration;

/// Whether generated files are judged by the programs that read them.
#[derive(Debug, Clone, clap::Args)]
pub struct ConfigurationCheck {
    /// Have generated files judged before they replace the last ones, by a program for each kind of workload:
    /// prometheus=/bin/promtool,alertmanager=/bin/amtool,thanos=/bin/thanos. An object with which a file is refused is found and
    /// left out.
    #[arg(long, value_name = "KIND=PROGRAM", default_value = "")]
    pub check_configuration: Programs,
    /// How long such a program may take; what it has not accepted by then is refused.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub check_configuration_timeout: Duration,
}

/// What can be judged. Sorted by the word of the flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// Configuration of Alertmanagers, by amtool.
    Alertmanager,
    /// Configuration and rules of Prometheuses and agents, by promtool.
    Prometheus,
    /// Rules of Thanos Rulers, by thanos.
    Thanos,
}

impl Reader {
    const WORDS: [(&'static str, Self); 3] = [
        ("alertmanager", Self::Alertmanager),
        ("prometheus", Self::Prometheus),
        ("thanos", Self::Thanos),
    ];
}

/// The program of each reader that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programs(pub BTreeMap<Reader, String>);

/// Not a program for a kind of workload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of prometheus=PROGRAM, alertmanager=PROGRAM, thanos=PROGRAM")]
pub struct NotAReader(String);

impl FromStr for Programs {
    type Err = NotAReader;

    fn from_str(text: &str) -> Result<Self, NotAReader> {
        let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
            let wrong = || NotAReader(pair.to_owned());
            let (word, program) = pair.split_once('=').ok_or_else(wrong)?;
            let (_, reader) = (Reader::WORDS.iter().find(|(known, _)| *known == word)).ok_or_else(wrong)?;
            if program.is_empty() {
                return Err(wrong());
            }
            Ok((*reader, program.to_owned()))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_named_by_what_they_read() {
        let programs: Programs = "prometheus=/bin/promtool,alertmanager=/bin/amtool"
            .parse()
            .expect("pairs");
        let named: Vec<_> = programs.0.into_iter().collect();
        let expected = [
            (Reader::Alertmanager, "/bin/amtool"),
            (Reader::Prometheus, "/bin/promtool"),
        ];
        assert_eq!(named, expected.map(|(reader, program)| (reader, program.to_owned())));
        assert_eq!("".parse(), Ok(Programs::default()));
        for wrong in ["/bin/promtool", "grafana=/bin/x", "prometheus="] {
            assert!(wrong.parse::<Programs>().is_err(), "{wrong}");
        }
    }
}
