//! What differs between two renderings, by workload. Pure but for the writer that is given.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::files::parts;
use super::value::{Difference, differences};
use super::workloads;
use crate::cli::input::json;
use crate::cli::render::Files;

/// The hash of what the pods were made for. It differs where anything does.
const HASH: &str = "prometheus-operator-input-hash";

/// All that differs.
#[derive(Debug, Serialize)]
pub(super) struct Changes {
    workloads: Vec<Workload>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Workload {
    /// Namespace, kind and name.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    parts: Vec<PartChange>,
    restarts: Vec<Restart>,
}

#[derive(Debug, Serialize)]
struct PartChange {
    file: String,
    part: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
}

/// Pods that would restart.
#[derive(Debug, Serialize)]
struct Restart {
    object: String,
    /// Whether the set itself must be made again.
    recreated: bool,
    because: Vec<Difference>,
}

impl Changes {
    /// What differs between two renderings.
    pub(super) fn between(old: &Files, new: &Files) -> Self {
        let (before, after) = (workloads(old), workloads(new));
        let names: BTreeSet<&str> = before.union(&after).copied().collect();
        let workload = |name: &str| {
            let change = match (before.contains(name), after.contains(name)) {
                (true, false) => Some("removed"),
                (false, true) => Some("added"),
                _ => None,
            };
            let mut workload = Workload {
                name: name.to_owned(),
                change,
                parts: Vec::new(),
                restarts: Vec::new(),
            };
            if change.is_none() {
                workload.compare(&of(old, name), &of(new, name));
            }
            workload
        };
        let mut workloads: Vec<Workload> = names.into_iter().map(workload).collect();
        workloads.retain(|workload| {
            workload.change.is_some() || !workload.parts.is_empty() || !workload.restarts.is_empty()
        });
        Self { workloads }
    }

    /// Whether nothing differs.
    pub(super) const fn is_empty(&self) -> bool {
        self.workloads.is_empty()
    }

    /// Writes it for people.
    pub(super) fn write(&self, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
        for workload in &self.workloads {
            let paint = Paint(is_coloured);
            match workload.change {
                Some(change) => writeln!(out, "{}", paint.line(change, &workload.name))?,
                None => writeln!(out, "{}", workload.name)?,
            }
            for part in &workload.parts {
                let name = format!("{} ({})", part.part, part.file);
                writeln!(out, "  {}", paint.line(part.change, &name))?;
                write_differences(&part.differences, "      ", out)?;
            }
            for restart in &workload.restarts {
                let verb = if restart.recreated {
                    "is recreated"
                } else {
                    "restarts its pods"
                };
                writeln!(out, "  ! {} {verb}, because of", restart.object)?;
                write_differences(&restart.because, "      ", out)?;
            }
        }
        if self.is_empty() {
            writeln!(out, "the operator would write the same")?;
        }
        Ok(())
    }
}

fn write_differences(differences: &[Difference], indentation: &str, out: &mut impl Write) -> io::Result<()> {
    for Difference { path, old, new } in differences {
        match (old, new) {
            (Some(old), Some(new)) => writeln!(out, "{indentation}{path}: {old} -> {new}")?,
            (None, Some(new)) => writeln!(out, "{indentation}{path}: {new} is new")?,
            (Some(old), None) => writeln!(out, "{indentation}{path}: {old} is gone")?,
            (None, None) => {}
        }
    }
    Ok(())
}

struct Paint(bool);

impl Paint {
    fn line(&self, change: &str, name: &str) -> String {
        let (sign, colour) = match change {
            "added" => ("+", "\x1b[32m"),
            "removed" => ("-", "\x1b[31m"),
            _ => ("~", "\x1b[33m"),
        };
        if self.0 {
            format!("{colour}{sign} {name}\x1b[0m")
        } else {
            format!("{sign} {name}")
        }
    }
}

/// The files of a workload, by their paths in its folder.
fn of(files: &Files, workload: &str) -> Files {
    let prefix = format!("{workload}/");
    let own = files.iter().filter_map(|(path, text)| {
        let name = path.strip_prefix(&prefix)?;
        Some((name.to_owned(), text.clone()))
    });
    own.collect()
}

impl Workload {
    fn compare(&mut self, old: &Files, new: &Files) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let (before, after) = (old.get(name), new.get(name));
            if before == after {
                continue;
            }
            match name.strip_prefix("objects/") {
                // The files are compared, which say what of them differs.
                Some(object) if object.starts_with("secret-") || object.starts_with("configmap-") => {}
                Some(object) => self.object(object, before, after),
                None => self.file(name, before, after),
            }
        }
    }

    fn file(&mut self, name: &str, old: Option<&String>, new: Option<&String>) {
        let parts = |text: Option<&String>| text.map_or_else(Default::default, |text| parts(name, text));
        let (old, new) = (parts(old), parts(new));
        let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for part in all {
            let (before, after) = (old.get(part), new.get(part));
            if before != after {
                self.part(name, part, before, after);
            }
        }
    }

    fn part(&mut self, file: &str, part: &str, old: Option<&Value>, new: Option<&Value>) {
        let (change, differences) = match (old, new) {
            (Some(old), Some(new)) => ("changed", differences(old, new)),
            (None, _) => ("added", Vec::new()),
            (_, None) => ("removed", Vec::new()),
        };
        self.parts.push(PartChange {
            file: file.to_owned(),
            part: part.to_owned(),
            change,
            differences,
        });
    }

    fn object(&mut self, name: &str, old: Option<&String>, new: Option<&String>) {
        let read = |text: Option<&String>| text.and_then(|text| Some(json(&formats::yaml::parse(text).ok()?)));
        let (old, new) = (read(old), read(new));
        let name = name.trim_end_matches(".yaml");
        let (Some(old), Some(new)) = (&old, &new) else {
            self.part("objects", name, old.as_ref(), new.as_ref());
            return;
        };
        let is_set = name.starts_with("statefulset-") || name.starts_with("daemonset-");
        let mut because = Vec::new();
        let mut others = Vec::new();
        for difference in differences(old, new) {
            if difference.path.contains(HASH) {
                continue;
            }
            if is_set && (difference.path.starts_with("spec.template.") || is_fixed(&difference.path)) {
                because.push(difference);
            } else {
                others.push(difference);
            }
        }
        if !others.is_empty() {
            self.parts.push(PartChange {
                file: "objects".to_owned(),
                part: name.to_owned(),
                change: "changed",
                differences: others,
            });
        }
        if !because.is_empty() {
            self.restarts.push(Restart {
                object: name.to_owned(),
                recreated: because.iter().any(|difference| is_fixed(&difference.path)),
                because,
            });
        }
    }
}

/// Whether a field of a StatefulSet cannot change: then the set is made again.
fn is_fixed(path: &str) -> bool {
    [
        "spec.serviceName",
        "spec.selector",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
    ]
    .iter()
    .any(|fixed| path.starts_with(fixed))
}
