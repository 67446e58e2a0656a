//! `render`: what the operator would write for each workload.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use formats::gzip;
use k8s_openapi::api::core::v1::Secret;
use kube::Resource;
use serde::Serialize;
use serde_json::Value;

use super::input::{self, Input};
use super::mask::Mask;
use super::world::{Outcome, World};
use super::{Answer, Failure, Session};
use crate::args::{Part, Render};
use crate::object::yaml;
use crate::reconcile::{Desired, Rendered};

/// No generated file is larger, unpacked.
const LIMIT: u64 = 256 << 20;

/// A file that would be written, by its path below the folder.
pub type Files = BTreeMap<String, String>;

/// A folder or a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Renders all workloads.
pub(super) fn run(session: &Session<'_>, options: &Render, out: &mut impl Write) -> Result<Answer, Failure> {
    let sources = options.sources.with_paths(&options.paths);
    let mut input = session.input(&sources)?;
    if !options.secrets_from.is_empty() {
        let referred = input::Input::read(&crate::args::Sources {
            filenames: options.secrets_from.clone(),
            cluster: false,
            ..sources
        })?;
        input = input.over(referred);
    }
    let world = session.world(&input);
    let outcomes = session.wait(world.outcomes());
    let mask = (!options.show_secrets).then(|| Mask::of(&input, &world.shown_secrets()));
    let mut answer = Answer::of(report_unread(session, &input, &world));
    if outcomes.is_empty() {
        return Err(Failure::NoWorkload);
    }
    let mut files = Files::new();
    for outcome in &outcomes {
        if report(session, outcome) {
            answer = Answer::Findings;
        }
        files.extend(outcome_files(outcome, options.only, mask.as_ref()));
    }
    match &options.output_folder {
        Some(folder) => write_all(folder, &files)?,
        None => print_all(&files, out)?,
    }
    Ok(answer)
}

/// Says what is not as the user wrote it; whether something is wrong.
fn report(session: &Session<'_>, outcome: &Outcome) -> bool {
    let who = format!("{} {}", outcome.kind, outcome.key);
    for reference in &outcome.placeholders {
        session.remark(&format!(
            "{who}: {reference} is not in the input: placeholders are in its place"
        ));
    }
    match &outcome.rendered {
        Err(error) => {
            session.remark(&format!("{who}: not rendered: {}", error.message()));
            true
        }
        Ok(rendered) => {
            for rejection in &rendered.rejections {
                session.remark(&format!(
                    "{who}: {} {} is left out: {}",
                    rejection.kind, rejection.object, rejection.message
                ));
            }
            for dropped in &rendered.dropped {
                session.remark(&format!("{who}: {dropped}"));
            }
            for notice in &rendered.notices {
                session.remark(&format!("{who}: {}", notice.message));
            }
            !rendered.rejections.is_empty()
        }
    }
}

/// Says which documents could not be looked at.
fn report_unread(session: &Session<'_>, input: &Input, world: &World) -> bool {
    for fault in &input.faults {
        let input::Fault { position, cause } = fault;
        session.remark(&format!("{}:{}: {cause}", position.file, position.place.line));
    }
    for (number, unreadable) in &world.unreadable {
        let object = &input.objects[*number];
        session.remark(&format!("{} {} is left out: {unreadable}", object.kind, object.key));
    }
    !input.faults.is_empty() || !world.unreadable.is_empty()
}

/// The files of a workload, without secrets where there is a mask.
pub fn outcome_files(outcome: &Outcome, part: Part, mask: Option<&Mask>) -> Files {
    let Ok(rendered) = &outcome.rendered else {
        return Files::new();
    };
    let folder = format!(
        "{}/{}-{}",
        outcome.key.namespace,
        outcome.kind.to_lowercase(),
        outcome.key.name
    );
    let mut files = Files::new();
    if part != Part::Objects {
        for (name, text) in config_files(rendered) {
            let text = mask.map_or_else(|| text.clone(), |mask| mask.file(&name, &text));
            files.insert(format!("{folder}/{name}"), text);
        }
    }
    if part != Part::Config {
        for (name, mut object) in objects(&rendered.desired) {
            if let Some(mask) = mask {
                mask.object(&mut object);
            }
            files.insert(format!("{folder}/objects/{name}.yaml"), yaml(&object));
        }
    }
    files
}

/// The files that the programs read: those in Secrets that are not keys or certificates, and the rules.
pub fn config_files(rendered: &Rendered) -> Files {
    let mut files = Files::new();
    for secret in &rendered.desired.secrets {
        for (name, content) in secret.data.iter().flatten() {
            let (name, content) = match name.strip_suffix(".gz") {
                Some(name) => (name, gzip::decompress(&*content.0, LIMIT).unwrap_or_default()),
                None => (name.as_str(), content.0.clone()),
            };
            if is_configuration(name) {
                files.insert(name.to_owned(), String::from_utf8_lossy(&content).into_owned());
            }
        }
    }
    for config_map in &rendered.desired.config_maps {
        for (name, text) in config_map.data.iter().flatten() {
            files.insert(format!("rules/{name}"), text.clone());
        }
        for (name, content) in config_map.binary_data.iter().flatten() {
            let text = gzip::decompress(&*content.0, LIMIT).unwrap_or_default();
            let name = name.trim_end_matches(".gz");
            files.insert(format!("rules/{name}"), String::from_utf8_lossy(&text).into_owned());
        }
    }
    files
}

/// Whether a key of a Secret is a file of configuration: TLS assets are named by kind, namespace, name and key.
fn is_configuration(name: &str) -> bool {
    !name.starts_with("0_") && !name.starts_with("1_")
}

/// The objects, by kind and name.
pub fn objects(desired: &Desired) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    let secrets: Vec<Secret> = desired.secrets.clone();
    add(&mut objects, &secrets);
    add(&mut objects, &desired.config_maps);
    add(&mut objects, &desired.services);
    add(&mut objects, &desired.stateful_sets);
    add(&mut objects, &desired.daemon_sets);
    objects
}

fn add<K: Resource<DynamicType = ()> + Serialize>(objects: &mut BTreeMap<String, Value>, children: &[K]) {
    for child in children {
        let name = child.meta().name.as_deref().unwrap_or_default();
        let key = format!("{}-{name}", K::kind(&()).to_lowercase());
        objects.insert(key, crds::to_value(child).unwrap_or_default());
    }
}

/// Writes files below a folder, which is made if need be.
pub(super) fn write_all(folder: &Path, files: &Files) -> Result<(), WriteError> {
    for (name, text) in files {
        let path = folder.join(name);
        let written = match path.parent() {
            Some(parent) => fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)),
            None => Ok(()),
        };
        written.map_err(|source| WriteError { path, source })?;
    }
    Ok(())
}

fn print_all(files: &Files, out: &mut impl Write) -> io::Result<()> {
    for (name, text) in files {
        writeln!(out, "---\n# {name}")?;
        out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            writeln!(out)?;
        }
    }
    Ok(())
}
