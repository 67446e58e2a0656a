//! `diff`: two states compared by what the operator would write for them: jobs, routes, receivers, rules, objects, and the pods
//! that would restart.

mod changes;
mod files;
mod value;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::input::{Input, git};
use super::mask::Mask;
use super::render::{Files, outcome_files};
use super::{Answer, Failure, Session};
use crate::args::{Diff, Format, Part, Sources};
use crate::object::yaml;
use changes::Changes;

/// Another operator that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// It does not run.
    #[error("cannot run {}", program.display())]
    Run {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It does not render.
    #[error("{} render failed: {message}", program.display())]
    Render {
        /// Which program.
        program: PathBuf,
        /// What it says.
        message: String,
    },
    /// What it wrote cannot be read.
    #[error("cannot read what {} has rendered", program.display())]
    Read {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Compares two states, or what two operators make of one.
pub(super) fn run(session: &Session<'_>, options: &Diff, out: &mut impl Write) -> Result<Answer, Failure> {
    let (old, new) = match (&options.operator_upgrade, &options.states[..]) {
        (Some(program), [state]) => {
            let old = rendered(session, state, options)?;
            (old, upgraded(session, program, state, options)?)
        }
        (None, [old, new]) => (rendered(session, old, options)?, rendered(session, new, options)?),
        _ => return Err(Failure::States),
    };
    let changes = Changes::between(&old, &new);
    match options.output {
        Format::Json => writeln!(out, "{:#}", json!(changes))?,
        Format::Yaml => out.write_all(yaml(&changes).as_bytes())?,
        _ => changes.write(session.is_coloured(), out)?,
    }
    Ok(Answer::of(!changes.is_empty()))
}

/// What this operator makes of a state: a file, a folder, `REVISION:PATH` of git, or `cluster`.
fn rendered(session: &Session<'_>, state: &str, options: &Diff) -> Result<Files, Failure> {
    let input = input(session, state, options)?;
    let world = session.world(&input);
    let outcomes = session.wait(world.outcomes());
    let mask = (!options.show_secrets).then(|| Mask::of(&input, &world.shown_secrets()));
    let mut files = Files::new();
    for outcome in &outcomes {
        if let Err(error) = &outcome.rendered {
            session.remark(&format!(
                "{state}: {} {} is not rendered: {}",
                outcome.kind,
                outcome.key,
                error.message()
            ));
        }
        files.extend(outcome_files(outcome, Part::All, mask.as_ref()));
    }
    Ok(files)
}

fn input(session: &Session<'_>, state: &str, options: &Diff) -> Result<Input, Failure> {
    let namespace = options.namespace.clone();
    let is_cluster = is_cluster(state);
    if let Some((revision, path)) = state.split_once(':').filter(|_| !Path::new(state).exists()) {
        return Ok(git::read(revision, path, &namespace)?);
    }
    let sources = Sources {
        filenames: if is_cluster { Vec::new() } else { vec![state.into()] },
        // Compared with a cluster, files are what would be applied to it.
        cluster: is_cluster || options.states.first().is_some_and(|first| self::is_cluster(first)),
        namespace,
    };
    session.input(&sources)
}

fn is_cluster(state: &str) -> bool {
    state == "cluster" && !Path::new(state).exists()
}

/// What another operator makes of a state.
fn upgraded(session: &Session<'_>, program: &Path, state: &str, options: &Diff) -> Result<Files, Failure> {
    let folder = std::env::temp_dir().join(format!("prometheus-operator-diff-{}", std::process::id()));
    let mut command = Command::new(program);
    command
        .args(&session.args().given)
        .arg("render")
        .arg("--output-folder")
        .arg(&folder);
    command.arg("--namespace").arg(&options.namespace);
    if options.show_secrets {
        command.arg("--show-secrets");
    }
    match state {
        "cluster" => command.arg("--cluster"),
        path => command.arg(path),
    };
    let output = command.output().map_err(|source| UpgradeError::Run {
        program: program.to_owned(),
        source,
    })?;
    let files = read_all(&folder);
    // What is left of it would only be in the way of nobody.
    let _ = fs::remove_dir_all(&folder);
    if output.status.code() == Some(2) || output.status.code().is_none() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(UpgradeError::Render {
            program: program.to_owned(),
            message,
        }
        .into());
    }
    let failed = |source| UpgradeError::Read {
        program: program.to_owned(),
        source,
    };
    Ok(files.map_err(failed)?)
}

/// The files below a folder, by their paths in it.
fn read_all(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.insert(name.display().to_string(), fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}

/// The workloads that files belong to: `NAMESPACE/KIND-NAME`.
fn workloads(files: &Files) -> BTreeSet<&str> {
    let folder = |path: &'_ String| path.match_indices('/').nth(1).map(|(at, _)| at);
    (files.keys())
        .filter_map(|path| folder(path).map(|end| &path[..end]))
        .collect()
}
