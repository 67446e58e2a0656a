//! Pages of flags: of the operator, of the program `admission-webhook` and of the config-reloader, from their command lines.
//! Pure.

use clap::{Arg, Command, CommandFactory as _};
use operator::args::{Args, FeatureGates, webhook_command};

use super::markdown::{code, codes, prose, table};
use super::{FOLDER, page};
use crate::File;

const OPERATOR: &str = "\
Flags of `prometheus-operator`. They may be written with one dash or two, as `--flag=value` or `--flag value`, in any order,
but before the command; a flag that is not bound to a value is written alone or with `=true` or `=false`. Durations are written
as `1m30s`, `500ms` or `0`.
";
const WEBHOOK: &str = "\
Flags of `admission-webhook`, which answers admission reviews and conversions without an API server. It is the operator's own
program: `prometheus-operator admission-webhook FLAGS` is the same.
";
const RELOADER: &str = "\
Flags of `prometheus-config-reloader`. [The config-reloader on its own](../reloader/README.md) says how they are used.
";

/// One page for each program.
pub(super) fn pages() -> Vec<File> {
    let file = |name: &str| format!("{FOLDER}/{name}-flags.md");
    let operator = format!("{OPERATOR}\n{}\n{}", flags(&Args::command(), 2), gates());
    let webhook = format!("{WEBHOOK}\n{}", flags(&webhook_command(), 2));
    let reloader = format!("{RELOADER}\n{}", flags(&config_reloader::args::command(), 2));
    vec![
        page(&file("operator"), "Flags of the operator", &operator),
        page(&file("admission-webhook"), "Flags of admission-webhook", &webhook),
        page(&file("config-reloader"), "Flags of the config-reloader", &reloader),
    ]
}

/// The flags of a command by heading, and after them those of its commands.
fn flags(command: &Command, level: usize) -> String {
    let mut text = String::new();
    let mut headings: Vec<Option<&str>> = Vec::new();
    for flag in shown(command) {
        if !headings.contains(&flag.get_help_heading()) {
            headings.push(flag.get_help_heading());
        }
    }
    for heading in headings {
        if let Some(heading) = heading {
            text += &format!("{} {heading}\n\n", "#".repeat(level));
        }
        let rows: Vec<Vec<String>> = shown(command)
            .filter(|flag| flag.get_help_heading() == heading)
            .map(row)
            .collect();
        text += &table(&["Flag", "Default", "Meaning"], &rows);
        text.push('\n');
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        text += &format!(
            "{} Command `{}`\n\n{}.\n\n",
            "#".repeat(level),
            sub.get_name(),
            prose(about.trim_end_matches('.'))
        );
        text += &flags(sub, level + 1);
    }
    text
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_shown = |flag: &&Arg| !flag.is_hide_set() && flag.get_id() != "help";
    command.get_arguments().filter(is_shown)
}

fn row(flag: &Arg) -> Vec<String> {
    let value = flag.get_value_names().and_then(|names| names.first());
    let takes_value = flag.get_action().takes_values();
    let name = match (flag.get_long(), value.filter(|_| takes_value)) {
        (Some(long), Some(value)) => format!("--{long}={value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.map_or_else(|| flag.get_id().to_string(), ToString::to_string),
    };
    let defaults = flag
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned());
    let default = if takes_value {
        defaults.collect::<Vec<_>>().join(",")
    } else {
        "false".to_owned()
    };
    let help = flag
        .get_long_help()
        .or(flag.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let words: Vec<String> = (flag.get_possible_values().iter())
        .filter(|_| takes_value)
        .map(|word| word.get_name().to_owned())
        .collect();
    let mut meaning = prose(&help);
    if !meaning.ends_with('.') {
        meaning.push('.');
    }
    if !words.is_empty() {
        meaning += &format!(" One of {}.", codes(&words));
    }
    let name = match flag.get_short() {
        Some(short) => format!("`-{short}`, {}", code(&name)),
        None => code(&name),
    };
    vec![name, code(&default), meaning]
}

fn gates() -> String {
    let gates: FeatureGates = "".parse().expect("no gate is set");
    let rows: Vec<Vec<String>> = gates
        .iter()
        .map(|(name, on)| vec![code(name), code(if on { "true" } else { "false" })])
        .collect();
    let table = table(&["Gate", "Default"], &rows);
    format!("## Feature gates\n\nFor `--feature-gates=NAME=true,OTHER=false`.\n\n{table}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_says_its_default_and_its_words() {
        let pages = pages();
        for (page, line) in [
            (
                0,
                "| `--repair-policy-for-statefulsets=REPAIR_POLICY_FOR_STATEFULSETS` | `none` | What to do with pods",
            ),
            (0, "| `--leader-elect` | `false` | "),
            (0, "| `StatusForConfigurationResources` | `false` |"),
            (1, "| `--web.listen-address=ADDRESS` | `:8443` | "),
            (2, "| `--watch-interval=DURATION` | `3m` | "),
        ] {
            let text = &pages[page].text;
            assert!(text.lines().any(|written| written.starts_with(line)), "{line}\n{text}");
        }
        assert!(pages[0].text.contains(" One of `none`, `evict`, `delete`."));
    }
}
