//! Go-style command lines for clap: `-name value`, `-name=value`, `--name=false`. Pure.
//!
//! The rules are those of Go's `flag` package: one dash or two, a boolean takes a value only after `=`, every other
//! flag takes the next argument whatever it looks like, and the first argument that is no flag ends the flags.

mod duration;

use std::any::TypeId;
use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

pub use duration::{InvalidDuration, parse_duration};

/// Rewrites `arguments` (the program's name first) into what `command` understands: `--name=value`, or `--name` for
/// switches. Unknown flags stay, for clap to report.
///
/// A boolean flag may be a switch (a plain `bool` in a derived struct) or take a `bool` value.
pub fn normalise(command: &Command, arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments = arguments.into_iter();
    let mut normalised: Vec<OsString> = arguments.next().into_iter().collect();
    while let Some(argument) = arguments.next() {
        let Some((name, value)) = argument.to_str().and_then(flag) else {
            normalised.push(argument);
            break;
        };
        let known = command.get_arguments().find(|known| known.get_long() == Some(name));
        match known.map(Shape::of) {
            Some(Shape::Switch) => switch(&mut normalised, name, value),
            Some(Shape::Boolean) => normalised.push(join(name, value.map_or("true", boolean_word).into())),
            Some(Shape::Valued) => match (value, arguments.next_if_absent(value)) {
                (Some(value), _) => normalised.push(join(name, value.into())),
                (None, Some(next)) => normalised.push(join(name, next)),
                (None, None) => normalised.push(format!("--{name}").into()),
            },
            // `-h`, and what nobody knows.
            None => normalised.push(argument),
        }
    }
    normalised.extend(arguments);
    normalised
}

/// How a flag takes its value.
enum Shape {
    /// Present or not.
    Switch,
    /// `true` or `false` after `=`; present alone it is true.
    Boolean,
    /// A value, after `=` or as the next argument.
    Valued,
}

impl Shape {
    fn of(argument: &Arg) -> Self {
        match argument.get_action() {
            ArgAction::Set | ArgAction::Append if argument.get_value_parser().type_id() == TypeId::of::<bool>() => {
                Self::Boolean
            }
            ArgAction::Set | ArgAction::Append => Self::Valued,
            _ => Self::Switch,
        }
    }
}

/// Name and value of a flag; `None` for what is no flag: `-`, `--`, `word`.
fn flag(argument: &str) -> Option<(&str, Option<&str>)> {
    let body = argument.strip_prefix('-')?;
    let body = body.strip_prefix('-').unwrap_or(body);
    let (name, value) = body
        .split_once('=')
        .map_or((body, None), |(name, value)| (name, Some(value)));
    (!name.is_empty()).then_some((name, value))
}

/// A switch that is off is left out; one that clap cannot judge is left to clap.
fn switch(normalised: &mut Vec<OsString>, name: &str, value: Option<&str>) {
    let bare = OsString::from(format!("--{name}"));
    match value.map(boolean_word) {
        None | Some("true") => normalised.push(bare),
        Some("false") => normalised.retain(|argument| *argument != bare),
        Some(other) => normalised.push(join(name, other.into())),
    }
}

/// Go's spellings of the two booleans; other words come back as they are.
fn boolean_word(value: &str) -> &str {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => "true",
        "0" | "f" | "F" | "FALSE" | "false" | "False" => "false",
        other => other,
    }
}

fn join(name: &str, value: OsString) -> OsString {
    let mut argument = OsString::from(format!("--{name}="));
    argument.push(value);
    argument
}

/// Takes the next argument only where the flag brought no value of its own.
trait NextIfAbsent {
    fn next_if_absent(&mut self, value: Option<&str>) -> Option<OsString>;
}

impl<I: Iterator<Item = OsString>> NextIfAbsent for I {
    fn next_if_absent(&mut self, value: Option<&str>) -> Option<OsString> {
        if value.is_some() { None } else { self.next() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        Command::new("sample")
            .arg(Arg::new("switch").long("switch").action(ArgAction::SetTrue))
            .arg(
                Arg::new("probes")
                    .long("probes")
                    .value_parser(clap::value_parser!(bool)),
            )
            .arg(Arg::new("namespaces").long("namespaces"))
            .arg(Arg::new("dir").long("dir").action(ArgAction::Append))
    }

    fn normalised(arguments: &[&str]) -> Vec<String> {
        let all = ["sample"].iter().chain(arguments).map(OsString::from);
        let result = normalise(&command(), all).into_iter().skip(1);
        result
            .map(|argument| argument.into_string().expect("the input is UTF-8"))
            .collect()
    }

    #[test]
    fn one_dash_is_as_good_as_two() {
        assert_eq!(
            normalised(&["-namespaces", "a,b", "--dir=x", "-dir=y"]),
            ["--namespaces=a,b", "--dir=x", "--dir=y"]
        );
    }

    #[test]
    fn a_value_may_look_like_a_flag_and_may_be_empty() {
        assert_eq!(
            normalised(&["--namespaces", "-switch", "-dir="]),
            ["--namespaces=-switch", "--dir="]
        );
        assert_eq!(normalised(&["-namespaces=a=b"]), ["--namespaces=a=b"]);
    }

    #[test]
    fn booleans_take_a_value_only_behind_the_sign() {
        assert_eq!(
            normalised(&["-switch", "--probes", "-dir", "x"]),
            ["--switch", "--probes=true", "--dir=x"]
        );
        assert_eq!(normalised(&["--switch=1", "-probes=F"]), ["--switch", "--probes=false"]);
        assert_eq!(normalised(&["--switch", "--switch=false"]), Vec::<String>::new());
        assert_eq!(
            normalised(&["--switch=maybe", "--probes=maybe"]),
            ["--switch=maybe", "--probes=maybe"]
        );
    }

    #[test]
    fn flags_end_at_the_first_other_argument() {
        assert_eq!(
            normalised(&["-switch", "crds", "-dir", "x"]),
            ["--switch", "crds", "-dir", "x"]
        );
        assert_eq!(normalised(&["--", "-dir", "x"]), ["--", "-dir", "x"]);
    }

    #[test]
    fn what_is_unknown_stays_for_clap() {
        assert_eq!(normalised(&["-h", "-dri=x", "-dir"]), ["-h", "-dri=x", "--dir"]);
    }

    #[test]
    fn clap_reads_the_result() {
        let matches = command().get_matches_from(normalise(
            &command(),
            ["sample", "-probes", "-dir", "-x", "-dir=y"].map(OsString::from),
        ));
        assert_eq!(matches.get_one::<bool>("probes"), Some(&true));
        let dirs: Vec<&String> = matches.get_many("dir").expect("given twice").collect();
        assert_eq!(dirs, ["-x", "y"]);
    }
}
