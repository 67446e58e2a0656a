//! Commands that answer questions, without a cluster or about one. They run what the controllers run: [`world`] shows files as
//! the watches would show a cluster, and `observe`, `select` and `render` do the rest.
//!
//! A command is a file with a function `run`: it gets its arguments and a [`Session`], writes its answer, and says whether it found
//! something. Only `input`, `session` and `world::cluster` have effects besides writing the answer.

pub mod convert;
mod definitions;
pub mod diff;
mod docs;
pub mod explain;
pub mod input;
pub mod lint;
pub mod manual;
pub mod mask;
pub mod progress;
mod rbac;
pub mod render;
pub mod report;
pub mod routes;
pub mod schema;
mod session;
mod test;
pub mod world;

pub use definitions::Error;
pub use session::{Answer, Failure, Session};

use std::io::{self, Write as _};
use std::process::ExitCode;

use process::causes::Causes;

use crate::admission::policies;
use crate::args::{Args, Definitions, Policies, Question};
use crate::object::yaml;
use definitions::{Versions, definitions, without_descriptions};

/// Nothing was found.
const NOTHING: u8 = 0;
/// Something was found.
const FINDINGS: u8 = 1;
/// The command could not run.
const FAILED: u8 = 2;

/// Answers `question`. The exit code is 0 if nothing was found, 1 if something was, and 2 if the command could not run.
#[expect(clippy::print_stderr, reason = "commands have no log")]
pub fn answer(question: &Question, args: &Args) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let answer = Session::new(args).and_then(|session| {
        let answer = match question {
            Question::Render(options) => render::run(&session, options, &mut out),
            Question::Lint(options) => lint::run(&session, options, &mut out),
            Question::Diff(options) => diff::run(&session, options, &mut out),
            Question::Routes(options) => routes::run(&session, options, &mut out),
            Question::Explain(options) => explain::run(&session, options, &mut out),
            Question::Convert(options) => convert::run(&session, options, &mut out),
            Question::Rbac(options) => rbac::run(&session, options, &mut out),
            Question::Test(options) => test::run(&session, options, &mut out),
            Question::Docs(options) => docs::run(&session, options, &mut out),
            Question::Man(options) => manual::run(&session, options),
            Question::Completions(options) => Ok(manual::complete(*options, &mut out)),
        }?;
        out.flush()?;
        Ok(answer)
    });
    ExitCode::from(match answer {
        Ok(Answer::Nothing) => NOTHING,
        Ok(Answer::Findings) => FINDINGS,
        // Whoever reads the answer has read enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => NOTHING,
        Err(failure) => {
            eprintln!("prometheus-operator: {}", Causes(&failure));
            FAILED
        }
    })
}

/// The custom resource definitions with the version that is stored, as one YAML stream, in the order of their names.
pub fn crds(options: Definitions) -> Result<String, Error> {
    stream(Versions::Stored, options)
}

/// The custom resource definitions with every version, as one YAML stream, in the order of their names.
pub fn full_crds(options: Definitions) -> Result<String, Error> {
    stream(Versions::All, options)
}

/// Policies that check what definitions cannot, each with its binding, as one YAML stream.
pub fn admission_policies(wanted: &Policies) -> String {
    let mut stream = String::new();
    for object in policies::objects(wanted) {
        stream.push_str("---\n");
        stream.push_str(&yaml(&object));
    }
    stream
}

fn stream(versions: Versions, options: Definitions) -> Result<String, Error> {
    let mut stream = String::new();
    for mut definition in definitions(versions)? {
        if options.without_descriptions {
            definition = without_descriptions(&definition)?;
        }
        stream.push_str("---\n");
        stream.push_str(&definition);
    }
    Ok(stream)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "nothing in definitions and policies is secret")]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn policies_are_a_stream_that_can_be_read() {
        let wanted = Policies {
            least_interval: std::time::Duration::from_secs(10),
            action: crate::args::PolicyAction::Deny,
            namespace_label: "".parse().unwrap(),
        };
        let stream = admission_policies(&wanted);
        let documents = serde_saphyr::from_multiple::<Value>(&stream).unwrap();
        assert_eq!(documents, policies::objects(&wanted));
    }

    #[test]
    fn a_stream_has_each_kind_and_is_shorter_without_prose() {
        let print = |without_descriptions| full_crds(Definitions { without_descriptions }).unwrap();
        let (described, bare) = (print(false), print(true));
        let names = |stream: &str| -> Vec<Value> {
            let documents = serde_saphyr::from_multiple::<Value>(stream).unwrap();
            documents
                .into_iter()
                .map(|definition| definition["metadata"]["name"].clone())
                .collect()
        };
        assert_eq!(names(&described).len(), crds::custom_resource_definitions().len());
        assert_eq!(names(&bare), names(&described));
        assert!(
            bare.len() < described.len() * 2 / 3,
            "{} of {}",
            bare.len(),
            described.len()
        );
        assert!(bare.contains("name: v1beta1\n"));
    }
}
