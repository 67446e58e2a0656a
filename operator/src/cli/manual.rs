//! `man` and `completions`: what `clap` makes of the command line. The pages of the config-reloader are made here, too, by the
//! generators of the project: that program stays small. Pure.

use std::io::{self, Write};

use clap::{Command, CommandFactory as _};
use clap_complete::generate;
use clap_mangen::Man;

use super::render::{Files, write_all};
use super::{Answer, Failure, Session};
use crate::args::{Args, Completions, Manual, webhook_command};

/// A part of a page: title, and paragraphs. One that begins with `$` is a command.
pub type Section = (&'static str, &'static [&'static str]);

/// What the page of this program has besides its flags.
const SECTIONS: &[Section] = &[
    (
        "EXAMPLES",
        &[
            "What is wrong with the objects in a folder:",
            "$ prometheus-operator lint manifests/",
            "What a change would do to a cluster:",
            "$ prometheus-operator diff cluster manifests/",
        ],
    ),
    (
        "EXIT STATUS",
        &[
            "0: nothing was found; or the operator was stopped by SIGTERM or SIGINT.",
            "1: a command found something; or the operator could not run.",
            "2: a command could not run, or an argument is wrong.",
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            "KUBECONFIG: how the cluster is reached, unless --apiserver says so or the program runs in a pod.",
            "NO_COLOR: if it is not empty, nothing is coloured.",
        ],
    ),
];

/// Writes the pages.
pub(super) fn run(session: &Session<'_>, options: &Manual) -> Result<Answer, Failure> {
    let mut files = pages(&Args::command(), SECTIONS)?;
    files.extend(pages(&webhook_command(), &[])?);
    write_all(&options.folder, &files)?;
    session.remark(&format!("{} pages in {}", files.len(), options.folder.display()));
    Ok(Answer::Nothing)
}

/// Prints the completions.
pub(super) fn complete(options: Completions, out: &mut impl Write) -> Answer {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    generate(options.shell, &mut command, name, out);
    Answer::Nothing
}

/// A page for a program and one for each of its commands, by the names of their files.
///
/// # Errors
/// None but those of formatting, which does not fail in memory.
pub fn pages(command: &Command, sections: &[Section]) -> io::Result<Files> {
    let mut command = command.clone();
    command.build();
    let name = command.get_name().to_owned();
    let mut files = Files::from([(format!("{name}.1"), page(&command, sections)?)]);
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let full = format!("{name}-{}", sub.get_name());
        let mut text = Vec::new();
        let man = Man::new(sub.clone().display_name(full.clone())).source(source(&name));
        man.render(&mut text)?;
        files.insert(format!("{full}.1"), String::from_utf8_lossy(&text).into_owned());
    }
    Ok(files)
}

/// The program and its version, as the header of a page has them.
fn source(program: &str) -> String {
    format!("{program} {}", env!("CARGO_PKG_VERSION"))
}

fn page(command: &Command, sections: &[Section]) -> io::Result<String> {
    let mut text = Vec::new();
    // The example of `--help` is among the examples.
    let man = Man::new(command.clone().after_help("")).source(source(command.get_name()));
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    for (title, paragraphs) in sections {
        writeln!(text, ".SH \"{title}\"")?;
        for paragraph in *paragraphs {
            let escaped = paragraph.replace('\\', "\\e").replace('-', "\\-");
            match escaped.strip_prefix("$ ") {
                Some(line) => writeln!(text, ".PP\n.RS 4\n.nf\n{line}\n.fi\n.RE")?,
                // A line that begins with a dot would be a request.
                None => writeln!(text, ".PP\n\\&{escaped}")?,
            }
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use clap_complete::Shell;

    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let pages = pages(&Args::command(), SECTIONS).unwrap();
        for command in Args::command().get_subcommands() {
            let name = format!("prometheus-operator-{}.1", command.get_name());
            assert!(pages.contains_key(&name), "{name}");
        }
        let main = &pages["prometheus-operator.1"];
        assert!(main.contains("\\-\\-kubelet\\-service") && main.contains("KUBECONFIG: how the cluster"));
        assert!(pages["prometheus-operator-lint.1"].contains("\\-\\-list\\-rules"));
    }

    #[test]
    fn every_shell_learns_every_command() {
        for shell in [Shell::Bash, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut out = Vec::new();
            complete(Completions { shell }, &mut out);
            let text = String::from_utf8(out).unwrap();
            for command in Args::command().get_subcommands() {
                assert!(text.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }

    /// The example of a command is in its help.
    #[test]
    fn every_question_has_an_example() {
        for command in Args::command().get_subcommands() {
            if matches!(
                command.get_name(),
                "start" | "crds" | "full-crds" | "apply-crds" | "admission-webhook" | "admission-policies"
            ) {
                continue;
            }
            let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.contains("Example"), "{}", command.get_name());
            assert!(about.contains("prometheus-operator "), "{}", command.get_name());
        }
    }
}
